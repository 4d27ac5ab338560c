"""Turns what a reviewer pressed into entries of the journal: what it was for, when, who is to read again."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from audit.jobs.review.entries import reading_entry, withdrawal_entry
from audit.jobs.review.stock import rule_of
from audit.jobs.review.tasks import Workplace
from audit.review.events import Event, ReadingEvent, WithdrawalEvent
from db.assignments import load_assignments, load_first_read, load_readings_on
from db.records import Assignment, MaskReader, Purpose, Reading, Verdict, Withdrawal
from db.store import Transaction


def journal_entries(
    transaction: Transaction, workplace: Workplace, events: Sequence[Event], now: datetime
) -> list[Reading | Withdrawal]:
    """Give events on masks as entries of the journal.

    The purpose is that for which the mask was given, whatever the browser says; a mask that was never given
    is read. A first reading gets the chance that somebody else reads the mask again, fixed here for ever.

    Args:
        transaction: the one that will store them.
        workplace: of the reviewer.
        events: in the order of the key presses.
        now: when they arrived.
    """
    known = _load_known(transaction, workplace, {event.task_id for event in events})
    return [
        known.reading(event, now) if isinstance(event, ReadingEvent) else known.withdrawal(event, now)
        for event in events
        if isinstance(event, ReadingEvent | WithdrawalEvent)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What the store says of the masks of some events."""

    workplace: Workplace
    given: dict[str, Assignment]
    readers: dict[str, list[MaskReader]]
    first_read: set[str]

    def reading(self, event: ReadingEvent, now: datetime) -> Reading:
        purpose = self._purpose(event.task_id)
        chance = (
            self._second_probability(event.task_id, event.verdict) if purpose is Purpose.READING else None
        )
        return reading_entry(self.workplace, event, purpose, second_probability=chance, now=now)

    def withdrawal(self, event: WithdrawalEvent, now: datetime) -> Withdrawal:
        return withdrawal_entry(self.workplace, event, self._purpose(event.task_id), now)

    def _purpose(self, mask_id: str) -> Purpose:
        return self.given[mask_id].purpose if mask_id in self.given else Purpose.READING

    def _second_probability(self, mask_id: str, verdict: Verdict) -> float | None:
        """Fixed for first readings only: nobody decides by a later one whether the mask is read again.

        Who gave the first reading still does when they take it back and judge again.
        """
        reviewer_id = self.workplace.reviewer.reviewer_id
        is_read_by_others = any(each.reviewer_id != reviewer_id for each in self.readers.get(mask_id, ()))
        if is_read_by_others and mask_id not in self.first_read:
            return None
        return rule_of(self.workplace.settings).second_probability(verdict)


def _load_known(transaction: Transaction, workplace: Workplace, mask_ids: set[str]) -> _Known:
    readers: dict[str, list[MaskReader]] = defaultdict(list)
    for each in load_readings_on(transaction, mask_ids):
        readers[each.mask_id].append(each)
    reviewer_id = workplace.reviewer.reviewer_id
    return _Known(
        workplace=workplace,
        given=load_assignments(transaction, reviewer_id, mask_ids),
        readers=readers,
        first_read=load_first_read(transaction, reviewer_id, mask_ids),
    )
