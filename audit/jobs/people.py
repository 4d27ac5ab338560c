"""People: who may judge, made known and shut out; their links are told once and kept as hashes."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from audit.errors import InputError
from audit.jobs.access import LOCAL_REVIEWER, email_name, find_person, hash_token, is_email, make_token
from audit.names import check_name
from audit.settings import Settings
from db.records import Reviewer, Role
from db.reviewers import (
    count_verdicts,
    ensure_reviewer,
    load_reviewer,
    load_reviewers,
    put_disabled,
    put_link,
    put_role,
)
from db.store import Store

BY_PROVIDER = "oidc"


class LinkState(StrEnum):
    """What has become of a person's link."""

    NONE = "none"
    """There is none, or links open nothing because a provider lets people in."""
    VALID = "valid"
    EXPIRED = "expired"
    DISABLED = "disabled"
    """The person was shut out, with or without a link."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedPerson:
    """Somebody who may come in from now on.

    Attributes:
        token: of the personal link, told here and never again; None where a provider vouches for people.
        before: the same person as they were known before, or None where they are new.
    """

    reviewer: Reviewer
    token: str | None
    before: Reviewer | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One line of the list of people.

    Attributes:
        n_verdicts: masks they have a standing verdict on, for whatever purpose.
    """

    reviewer: Reviewer
    link: LinkState
    n_verdicts: int


def add_person(
    store: Store, settings: Settings, name: str, *, role: Role | None, days: int | None, now: datetime
) -> AddedPerson:
    """Let somebody in; who was known before gets a new link in place of the old one.

    Args:
        store: the workspace's.
        settings: which say whether links or a provider let people in.
        name: an e-mail address where a provider does.
        role: None for what they were before, and for a reviewer where they are new.
        days: after which the link ends; None for never.
        now: when this happens.

    Raises:
        InputError: the name will not do, or is nearly somebody else's.
    """
    wanted = _checked_name(name, settings)
    token = None if settings.sign_in == BY_PROVIDER else make_token()
    with store.transaction() as transaction:
        before = find_person(transaction, wanted)
        if before is not None and before.name != wanted and settings.sign_in != BY_PROVIDER:
            raise InputError(
                f"there is {before.name!r} already, and {wanted!r} differs from it in upper and lower case "
                "alone: give that name, or another one"
            )
        known_as = wanted if before is None else before.name
        reviewer_id = ensure_reviewer(transaction, known_as, now).reviewer_id
        if role is not None:
            put_role(transaction, reviewer_id, role)
        put_disabled(transaction, reviewer_id, None)
        put_link(
            transaction,
            reviewer_id,
            link_hash=None if token is None else hash_token(token),
            expires_at=None if token is None or days is None else now + timedelta(days=days),
        )
        reviewer = load_reviewer(transaction, reviewer_id)
    return AddedPerson(reviewer=reviewer, token=token, before=before)


def disable_person(store: Store, name: str, now: datetime) -> Reviewer:
    """Shut somebody out: neither their link nor a provider lets them in; what they judged stays.

    Returns:
        The person as they were before: who was shut out already stays as they are.

    Raises:
        InputError: nobody has that name, or it is the one of this machine, who needs no link.
    """
    wanted = name.strip()
    if wanted.lower() == LOCAL_REVIEWER:
        raise InputError(
            f"{LOCAL_REVIEWER!r} is whoever sits at this machine and cannot be shut out: "
            "serve with `mask-audit review --sign-in` to let people in by name only"
        )
    with store.transaction() as transaction:
        reviewer = find_person(transaction, wanted)
        if reviewer is None:
            raise InputError(f"there is no reviewer {wanted!r}: `mask-audit reviewer list` names all")
        if reviewer.disabled_at is None:
            put_disabled(transaction, reviewer.reviewer_id, now)
    return reviewer


def list_people(store: Store, settings: Settings, now: datetime) -> list[Person]:
    """Give everybody who was added or has judged, by name."""
    with store.reading() as transaction:
        reviewers = load_reviewers(transaction)
        n_verdicts = count_verdicts(transaction)
    return [
        Person(
            reviewer=reviewer,
            link=_link_state(reviewer, settings, now),
            n_verdicts=n_verdicts.get(reviewer.reviewer_id, 0),
        )
        for reviewer in reviewers
    ]


def check_somebody_may_sign_in(store: Store, settings: Settings, now: datetime) -> None:
    """Raise InputError where a page that asks for a sign-in would let nobody in."""
    by_provider = settings.sign_in == BY_PROVIDER
    for person in list_people(store, settings, now):
        is_invited = by_provider and is_email(person.reviewer.name)
        if person.link is LinkState.VALID or (is_invited and person.link is not LinkState.DISABLED):
            return
    what = "EMAIL" if by_provider else "NAME"
    raise InputError(
        f"nobody could sign in yet, and the page is not served without: add people with "
        f"`mask-audit reviewer add {what}`"
    )


def _checked_name(name: str, settings: Settings) -> str:
    known_as = email_name(name) if settings.sign_in == BY_PROVIDER else name.strip()
    check_name("the reviewer", known_as)
    if known_as.lower() == LOCAL_REVIEWER:
        raise InputError(
            f"{LOCAL_REVIEWER!r} is whoever sits at this machine and needs no link: give another name"
        )
    if settings.sign_in == BY_PROVIDER and not is_email(known_as):
        raise InputError(
            f"{known_as!r} is no e-mail address, and sign_in is {BY_PROVIDER!r}: give the address that the "
            "provider knows the person by"
        )
    return known_as


def _link_state(reviewer: Reviewer, settings: Settings, now: datetime) -> LinkState:
    if reviewer.disabled_at is not None:
        return LinkState.DISABLED
    if not reviewer.has_link or settings.sign_in == BY_PROVIDER:
        return LinkState.NONE
    ends_at = reviewer.link_expires_at
    return LinkState.EXPIRED if ends_at is not None and ends_at <= now else LinkState.VALID
