"""What a kind of desk does: the protocol between the exchange with a page and what is judged there."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from audit.review.events import Event
from audit.review.outgoing import Item, PastPreference, PastVerdict, Progress
from audit.settings import Settings
from db.records import Reviewer, Sample, Unit
from db.store import Store, Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Workplace:
    """What every kind of desk starts from.

    Attributes:
        units: unit id → mention, of the whole sample.
        mask_units: mask id → unit id, of every mask that eyes can judge.
        compared: the two settings to compare, where that is what is done.
        guideline_hash: SHA-256 of the guideline in force, or None where there is none.
    """

    settings: Settings
    sample: Sample
    reviewer: Reviewer
    units: Mapping[int, Unit]
    mask_units: Mapping[str, int]
    compared: tuple[str, str] | None
    guideline_hash: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """Where a reviewer stands.

    Attributes:
        coming: the tasks handed to them and not judged, in order.
        recent: their latest verdicts, oldest first.
    """

    coming: tuple[str, ...]
    recent: tuple[PastVerdict | PastPreference, ...]
    progress: Progress


class Tasks(Protocol):
    """What one person judges at one desk. It may remember what cannot change in the store."""

    @property
    def n_practice(self) -> int | None:
        """How many tasks for practice come first; None where there are none."""

    def known(self, transaction: Transaction, task_ids: Collection[str]) -> frozenset[str]:
        """Which of these tasks are this desk's: events on others are refused."""

    def store(self, transaction: Transaction, events: Sequence[Event], *, now: datetime) -> None:
        """Put events on known tasks into the journal; one that is there already changes nothing."""

    def hand_out(self, transaction: Transaction, *, leave_out: Collection[str], now: datetime) -> None:
        """Renew the leases of what the person was given and see to it that there is enough of it.

        Args:
            transaction: that may write.
            leave_out: tasks whose pictures cannot be had at present.
            now: from which leases count.
        """

    def outlook(self, transaction: Transaction, *, leave_out: Collection[str], now: datetime) -> Outlook:
        """Give where the person stands; `leave_out` as for `hand_out`."""

    def items(self, store: Store, task_ids: Sequence[str]) -> Iterator[Item]:
        """Read the pictures of known tasks, one at a time, and note for good what cannot be shown."""
