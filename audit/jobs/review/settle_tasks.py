"""The desk where a lead settles masks: what reviewers said is shown without who said it."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from audit.jobs.review.entries import reading_entry, withdrawal_entry
from audit.jobs.review.items import note_unjudgable, read_picture, retry_unjudgable
from audit.jobs.review.tasks import Outlook, Workplace
from audit.review.attention import Attention, blind_readings, masks_to_settle
from audit.review.events import Event, ReadingEvent, WithdrawalEvent
from audit.review.images import Unjudgable
from audit.review.naming import shown_name
from audit.review.outgoing import Item, PastVerdict, Progress
from audit.review.queue import N_RECENT, WINDOW_SIZE
from db.records import Mask, Purpose, Source, StandingVerdict, Unit
from db.reviews import add_readings, count_entries, load_standing
from db.samples import load_held, load_masks, load_unjudgable
from db.store import Store, Transaction

PAUSE = timedelta(seconds=5)
"""So long the readings of a sample, which take up to a second to load, are not loaded again for whoever has
something to settle."""


class SettleTasks:
    """What one lead settles. Nobody is given anything: of two leads' verdicts on a mask the later counts."""

    n_practice = None

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace
        self._readings: Mapping[str, Sequence[StandingVerdict]] = {}
        self._n_entries = -1
        self._loaded_at: datetime | None = None
        self._to_settle: Mapping[str, Attention] = {}

    def known(self, transaction: Transaction, task_ids: Collection[str]) -> frozenset[str]:
        """Those that the sample holds at present: a lead may settle any of its masks."""
        held = load_held(transaction, self._workplace.sample.sample_id, task_ids)
        return frozenset(held & self._workplace.mask_units.keys())

    def store(self, transaction: Transaction, events: Sequence[Event], *, now: datetime) -> None:
        """Put the lead's verdicts into the journal, as adjudications."""
        place = self._workplace
        entries = [
            reading_entry(place, event, Purpose.ADJUDICATION, now=now)
            if isinstance(event, ReadingEvent)
            else withdrawal_entry(place, event, Purpose.ADJUDICATION, now)
            for event in events
            if isinstance(event, ReadingEvent | WithdrawalEvent)
        ]
        add_readings(transaction, place.reviewer.reviewer_id, entries, source=Source.PAGE, now=now)

    def hand_out(self, transaction: Transaction, *, leave_out: Collection[str], now: datetime) -> None:
        """Do nothing: what is to be settled is whatever the verdicts make it."""

    def outlook(self, transaction: Transaction, *, leave_out: Collection[str], now: datetime) -> Outlook:
        """Give what is to be settled by all leads' verdicts as they stand, and by readings of seconds ago."""
        place = self._workplace
        self._take_up_readings(transaction, now)
        standing = load_standing(transaction, place.sample.sample_id, Purpose.ADJUDICATION)
        adjudications = [each for each in standing if each.mask_id in place.mask_units]
        self._to_settle = masks_to_settle(
            self._readings,
            {each.mask_id: each.verdict for each in adjudications},
            seed=place.sample.seed,
            lead=place.reviewer.name,
        )
        unjudgable = self._to_settle.keys() & load_unjudgable(transaction, place.sample.sample_id).keys()
        settled = {each.mask_id for each in adjudications} | unjudgable
        own = [each for each in adjudications if each.reviewer == place.reviewer.name]
        coming = [each for each in self._to_settle if each not in unjudgable and each not in leave_out]
        return Outlook(
            coming=tuple(coming[:WINDOW_SIZE]),
            recent=tuple(self._past(each) for each in own[-N_RECENT:]),
            progress=Progress(
                n_tasks=len(self._to_settle.keys() | settled),
                n_settled=len(settled),
                n_unjudgable=len(unjudgable),
                n_verdicts=len(own),
            ),
        )

    def items(self, store: Store, task_ids: Sequence[str]) -> Iterator[Item]:
        """Read the masks' pictures, one at a time, and what was said of them."""
        with store.reading() as transaction:
            masks = load_masks(transaction, task_ids)
        for mask in masks:
            yield self._item(store, mask)

    def _take_up_readings(self, transaction: Transaction, now: datetime) -> None:
        """Load the readings where the journal, which only grows, has grown."""
        is_recent = self._loaded_at is not None and abs(now - self._loaded_at) < PAUSE
        if is_recent and self._to_settle:
            return
        n_entries = count_entries(transaction)
        if n_entries == self._n_entries:
            return
        readings: dict[str, list[StandingVerdict]] = defaultdict(list)
        for each in load_standing(transaction, self._workplace.sample.sample_id):
            if each.mask_id in self._workplace.mask_units:  # a sample may gain masks while the desk is open
                readings[each.mask_id].append(each)
        self._readings, self._n_entries, self._loaded_at = readings, n_entries, now

    def _item(self, store: Store, mask: Mask) -> Item:
        unit = self._unit(mask.mask_id)
        content = read_picture([mask], unit)
        if isinstance(content, Unjudgable):
            note_unjudgable(store, mask, content)
        why = self._to_settle.get(mask.mask_id)
        return Item(
            task_id=mask.mask_id,
            entity=shown_name(unit),
            question=unit.question,
            content=content,
            readings=blind_readings(self._readings.get(mask.mask_id, ()), seed=self._workplace.sample.seed),
            why="" if why is None else str(why),
        )

    def _past(self, adjudication: StandingVerdict) -> PastVerdict:
        return PastVerdict(
            task_id=adjudication.mask_id,
            entity=shown_name(self._unit(adjudication.mask_id)),
            verdict=adjudication.verdict,
            reasons=adjudication.reasons,
            comment=adjudication.comment,
            flagged=adjudication.flagged,
        )

    def _unit(self, mask_id: str) -> Unit:
        return self._workplace.units[self._workplace.mask_units[mask_id]]


def open_settle_tasks(store: Store, workplace: Workplace, now: datetime) -> SettleTasks:
    """Give what a lead settles, after trying once more what could not be shown before.

    Raises:
        StoreError: the store does not answer.
    """
    units = {mask_id: workplace.units[unit_id] for mask_id, unit_id in workplace.mask_units.items()}
    retry_unjudgable(store, workplace.sample.sample_id, tuple(units), units, now)
    return SettleTasks(workplace)
