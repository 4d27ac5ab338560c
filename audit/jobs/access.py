"""Access: decides who may come in, by which door, and whether someone who came in may still stay.

A personal link carries 256 random bits; the store keeps their SHA-256 alone, so nobody who reads the database
can make a link of it.
"""

import hmac
import logging
import secrets
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from audit.errors import AuditError, InputError
from audit.review.throttle import Throttle
from db.errors import StoreError
from db.records import Reviewer, Role
from db.reviewers import (
    ensure_reviewer,
    find_by_link,
    find_reviewer,
    load_link_hash,
    load_reviewer,
    load_reviewers,
    put_role,
)
from db.store import Store, Transaction

LOCAL_REVIEWER = "local"
"""Who judges where nobody signs in: on loopback there is one person."""

TOKEN_BYTES = 32

ASK_A_LEAD = "ask whoever leads this review for a new one"

CANNOT_NOW = "the server cannot do this now; whoever leads the review can see why in its log"

_logger = logging.getLogger(__name__)


class AccessError(InputError):
    """Somebody may not come in, or not stay; the sentence is for them and of no use to who guesses."""

    kind = "access"


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """Who was let in, and by what.

    Attributes:
        reviewer: as the store knew them when they came in.
        link_hash: SHA-256 of the personal link that let them in; None where it was no link.
    """

    reviewer: Reviewer
    link_hash: str | None = None


def make_token() -> str:
    """Give a new personal link's secret: 43 characters that stand in an address as they are."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def hash_token(token: str) -> str:
    """Give what the store keeps of a token, as 64 hexadecimal digits.

    >>> hash_token("abc")[:16]
    'ba7816bf8f01cfea'
    """
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def admit_local(store: Store, now: datetime) -> Admission:
    """Let in the one person of this machine, who leads the review too."""
    with store.transaction() as transaction:
        reviewer = ensure_reviewer(transaction, LOCAL_REVIEWER, now)
        if reviewer.role is not Role.LEAD:
            put_role(transaction, reviewer.reviewer_id, Role.LEAD)
        return Admission(reviewer=load_reviewer(transaction, reviewer.reviewer_id))


def admit_by_link(
    store: Store, throttle: Throttle, token: str, *, address: str, seconds: float, now: datetime
) -> Admission:
    """Let in the person whose personal link holds this token.

    Looking the hash up takes a time that depends on the hash, which tells nothing of any token. It comes
    first, so that nobody who tries wrong links can keep out those who have right ones.

    Args:
        store: the workspace's.
        throttle: counts the tokens that nobody has.
        token: as it was handed in; any text.
        address: where it came from.
        seconds: of a clock that only goes forward.
        now: by which a link may have ended.

    Raises:
        AccessError: nobody has this link, it has ended, or its owner was shut out.
    """
    link_hash = hash_token(token)
    with store.reading() as transaction:
        reviewer = find_by_link(transaction, link_hash)
    if reviewer is None:
        if throttle.refuses(address, seconds):
            raise AccessError("too many links that are not valid were tried: wait a minute before the next")
        throttle.count(address, seconds)
        raise AccessError(f"this link is not valid, or a newer one has replaced it: {ASK_A_LEAD}")
    _check_person(reviewer)
    _check_link_time(reviewer, now)
    return Admission(reviewer=reviewer, link_hash=link_hash)


def admit_by_email(store: Store, email: object, *, is_verified: object) -> Admission:
    """Let in the person whose name is the e-mail address that a sign-in provider has verified.

    Args:
        store: the workspace's.
        email: what the provider says; upper and lower case are the same.
        is_verified: what the provider says of it; anything but True is no.

    Raises:
        AccessError: the provider does not vouch for the address, nobody has it, or its owner was shut out.
    """
    if not isinstance(email, str) or not is_email(email.strip()) or is_verified is not True:
        raise AccessError(
            "the provider you signed in with does not confirm that the e-mail address is yours: "
            "confirm it there, then sign in again"
        )
    with store.reading() as transaction:
        reviewer = find_person(transaction, email_name(email))
    if reviewer is None:
        raise AccessError(
            f"this review does not know {email.strip()}: ask whoever leads it to add that address"
        )
    _check_person(reviewer)
    return Admission(reviewer=reviewer)


def find_person(transaction: Transaction, name: str) -> Reviewer | None:
    """Give whoever has this name, or else one that differs from it in upper and lower case alone."""
    exact = find_reviewer(transaction, name)
    if exact is not None:
        return exact
    alike = (each for each in load_reviewers(transaction) if each.name.lower() == name.lower())
    return next(alike, None)


def email_name(email: str) -> str:
    """Give the name under which the person of an e-mail address is known.

    >>> email_name(" Ann@Example.org ")
    'ann@example.org'
    """
    return email.strip().lower()


def is_email(name: str) -> bool:
    """Whether a name is an e-mail address, as far as one can see."""
    user, at, domain = name.rpartition("@")
    return bool(user and at and domain) and not any(each.isspace() for each in name)


def check_still_allowed(transaction: Transaction, admission: Admission, now: datetime) -> None:
    """Raise AccessError unless someone who was let in may still be here.

    Every exchange of an open page asks, so that whoever is shut out, or whose link has ended or was replaced,
    stores and sees nothing more.
    """
    reviewer = load_reviewer(transaction, admission.reviewer.reviewer_id)
    _check_person(reviewer)
    if reviewer.role is not admission.reviewer.role:
        raise AccessError("what you may do here was changed: reload the page")
    if admission.link_hash is None:
        return
    present = load_link_hash(transaction, reviewer.reviewer_id) or ""
    if not hmac.compare_digest(present, admission.link_hash):
        raise AccessError("a newer link has replaced yours: open that one")
    _check_link_time(reviewer, now)


def check_lead(admission: Admission) -> None:
    """Raise AccessError unless a lead was let in."""
    if admission.reviewer.role is not Role.LEAD:
        raise AccessError("this page is for those who lead the review; yours is the page of the masks")


def told_to(reader: Reviewer | None, error: AuditError | StoreError) -> str:
    """Give what somebody may read of an error, as a clause; whatever is kept from them goes to the log.

    Paths, settings and the database's address are for those who lead the review, and so for the local person.

    Args:
        reader: who looks at the page; None for who has not come in.
        error: what went wrong.
    """
    if isinstance(error, AccessError):
        return str(error)
    if reader is not None and reader.role is Role.LEAD:
        return str(error)
    _logger.error("a page could not do what it was asked: %s", error)
    return CANNOT_NOW


def _check_person(reviewer: Reviewer) -> None:
    if reviewer.disabled_at is not None:
        raise AccessError("you no longer take part in this review; what you judged is kept")


def _check_link_time(reviewer: Reviewer, now: datetime) -> None:
    if reviewer.link_expires_at is not None and reviewer.link_expires_at <= now:
        raise AccessError(f"this link has expired: {ASK_A_LEAD}")
