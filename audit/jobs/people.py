"""People: who may judge, made known and shut out; their links are told once and kept as hashes."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from audit.errors import InputError
from audit.jobs.access import LOCAL_REVIEWER, email_name, hash_token, make_token
from audit.names import check_name
from audit.settings import Settings
from db.records import Reviewer, Role
from db.reviewers import (
    count_verdicts,
    ensure_reviewer,
    find_reviewer,
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
        InputError: the name will not do.
    """
    known_as = _checked_name(name, settings)
    token = None if settings.sign_in == BY_PROVIDER else make_token()
    with store.transaction() as transaction:
        before = find_reviewer(transaction, known_as)
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


def disable_person(store: Store, settings: Settings, name: str, now: datetime) -> Reviewer:
    """Shut somebody out: neither their link nor a provider lets them in; what they judged stays.

    Returns:
        The person as they were before: who was shut out already stays as they are.

    Raises:
        InputError: nobody has that name, or it is the one of this machine, who needs no link.
    """
    known_as = _known_as(name, settings)
    if known_as == LOCAL_REVIEWER:
        raise InputError(
            f"{LOCAL_REVIEWER!r} is whoever sits at this machine and cannot be shut out: "
            "serve with `mask-audit review --sign-in` to let people in by name only"
        )
    with store.transaction() as transaction:
        reviewer = find_reviewer(transaction, known_as)
        if reviewer is None:
            raise InputError(f"there is no reviewer {known_as!r}: `mask-audit reviewer list` names all")
        if reviewer.disabled_at is None:
            put_disabled(transaction, reviewer.reviewer_id, now)
    return reviewer


def list_people(store: Store, now: datetime) -> list[Person]:
    """Give everybody who was added or has judged, by name."""
    with store.reading() as transaction:
        reviewers = load_reviewers(transaction)
        n_verdicts = count_verdicts(transaction)
    return [
        Person(
            reviewer=reviewer,
            link=_link_state(reviewer, now),
            n_verdicts=n_verdicts.get(reviewer.reviewer_id, 0),
        )
        for reviewer in reviewers
    ]


def check_somebody_may_sign_in(store: Store, settings: Settings, now: datetime) -> None:
    """Raise InputError where a page that asks for a sign-in would let nobody in."""
    by_provider = settings.sign_in == BY_PROVIDER
    people = [each for each in list_people(store, now) if each.reviewer.name != LOCAL_REVIEWER]
    if any(
        each.link is LinkState.VALID or (by_provider and each.link is not LinkState.DISABLED)
        for each in people
    ):
        return
    what = "EMAIL" if by_provider else "NAME"
    raise InputError(
        f"nobody could sign in yet, and the page is not served without: add people with "
        f"`mask-audit reviewer add {what}`"
    )


def _checked_name(name: str, settings: Settings) -> str:
    known_as = _known_as(name, settings)
    check_name("the reviewer", known_as)
    if known_as == LOCAL_REVIEWER:
        raise InputError(
            f"{LOCAL_REVIEWER!r} is whoever sits at this machine and needs no link: give another name"
        )
    if settings.sign_in == BY_PROVIDER and not _is_email(known_as):
        raise InputError(
            f"{known_as!r} is no e-mail address, and sign_in is {BY_PROVIDER!r}: give the address that the "
            "provider knows the person by"
        )
    return known_as


def _known_as(name: str, settings: Settings) -> str:
    return email_name(name) if settings.sign_in == BY_PROVIDER else name.strip()


def _is_email(name: str) -> bool:
    user, at, domain = name.rpartition("@")
    return bool(user and at and domain) and not any(each.isspace() for each in name)


def _link_state(reviewer: Reviewer, now: datetime) -> LinkState:
    if reviewer.disabled_at is not None:
        return LinkState.DISABLED
    if not reviewer.has_link:
        return LinkState.NONE
    ends_at = reviewer.link_expires_at
    return LinkState.EXPIRED if ends_at is not None and ends_at <= now else LinkState.VALID
