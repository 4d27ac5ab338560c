"""One visit: who looks at which workspace, from the moment that a page is opened until it is left."""

from dataclasses import dataclass
from datetime import datetime

from audit.jobs.access import LOCAL_REVIEWER, Admission, check_still_allowed
from audit.review.opening import Link
from audit.settings import Settings
from db.records import Reviewer, Role
from db.store import Store

_MASKS = Link(label="Judge masks", href="./")
_LEADS = (
    Link(label="Settle", href="./settle"),
    Link(label="Lead", href="./lead"),
    Link(label="Tune", href="./tune"),
    Link(label="Report", href="./report"),
)
_SIGN_OUT = Link(label="Sign out", href="./sign-out")


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What every page is given.

    Attributes:
        store: the workspace's, shared by all visits.
        settings: the workspace's, as they were when the page was opened.
        admission: who came in, and how.
        sample_name: of the sample that is served; None for the latest.
        compared: the two settings whose masks are compared; None where masks are read.
    """

    store: Store
    settings: Settings
    admission: Admission
    sample_name: str | None
    compared: tuple[str, str] | None = None

    @property
    def reviewer(self) -> Reviewer:
        """Who came in."""
        return self.admission.reviewer

    def links_beside(self, here: str) -> tuple[Link, ...]:
        """The pages that this person may go to from the one whose address is `here`."""
        leads = _LEADS if self.reviewer.role is Role.LEAD else ()
        leave = () if self.reviewer.name == LOCAL_REVIEWER else (_SIGN_OUT,)
        return tuple(link for link in (_MASKS, *leads, *leave) if link.href != here)

    def check(self, now: datetime) -> None:
        """Raise AccessError unless this person may still be here; a page that stays open asks every time."""
        with self.store.reading() as transaction:
            check_still_allowed(transaction, self.admission, now)
