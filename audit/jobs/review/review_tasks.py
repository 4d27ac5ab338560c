"""The desk where a reviewer reads masks, with masks of known answer among them that look like any other."""

from collections.abc import Collection, Container, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice

from audit.jobs.review.assignment import Assigner
from audit.jobs.review.given_gold import KNOWN_ANSWERS, GivenGold
from audit.jobs.review.gold import GoldSource, open_gold
from audit.jobs.review.items import note_unjudgable, read_picture, retry_unjudgable, shown_name
from audit.jobs.review.leases import hold_again, renew_leases
from audit.jobs.review.own_verdicts import OwnVerdicts
from audit.jobs.review.review_entries import journal_entries
from audit.jobs.review.stock import Stock, take_stock
from audit.jobs.review.tasks import Outlook, Workplace
from audit.review.events import Event
from audit.review.images import Unjudgable
from audit.review.outgoing import Item, PastVerdict, Progress
from audit.review.queue import N_RECENT, WINDOW_SIZE, ticket_order
from db.assignments import load_assignments, load_open, move_leases, wait_for_sample
from db.records import Assignment, Purpose, Source, Unit
from db.reviewers import put_practised
from db.reviews import add_readings, load_judged
from db.samples import load_held, load_masks
from db.store import Store, Transaction

ENOUGH = WINDOW_SIZE // 2
"""With so many masks left a reviewer is given no more yet."""

PAUSE = timedelta(seconds=5)
"""So long nobody is given more who was given less than they had room for."""

LOOK_LASTS = timedelta(minutes=1)
"""So long what others have read is taken for read: looking through a whole sample takes its time, and is done
where nobody has to wait for it."""

N_LOOKED_AT = 600
"""Masks that are looked at for the next ones: enough to keep a mention's masks apart."""


class ReviewTasks:
    """What one reviewer reads of one sample."""

    def __init__(self, workplace: Workplace, gold: GoldSource, n_practice: int | None) -> None:
        block_of = {unit.unit_id: unit.block for unit in workplace.units.values() if unit.block is not None}
        self.order = ticket_order(
            workplace.mask_units,
            seed=workplace.sample.seed,
            reviewer=workplace.reviewer.name,
            block_of=block_of,
        )
        self.n_practice = n_practice
        self._workplace = workplace
        self._assigner = Assigner(workplace=workplace, gold=gold, order=self.order, block_of=block_of)
        self._own = OwnVerdicts(workplace.reviewer.reviewer_id, (Purpose.READING, *KNOWN_ANSWERS))
        self._given_gold = GivenGold(workplace, gold)
        self._looked_at: datetime | None = None
        self._paused_at: datetime | None = None
        self._read_by_others: set[str] = set()
        self._not_shown: set[str] = set()

    def unit_of(self, mask_id: str) -> Unit | None:
        """The mention that a mask is shown as; None where the mask is not known here."""
        unit_id = self._workplace.mask_units.get(mask_id, self._given_gold.unit_of(mask_id))
        return None if unit_id is None else self._workplace.units.get(unit_id)

    def known(self, transaction: Transaction, task_ids: Collection[str]) -> frozenset[str]:
        """Those that the sample holds at present, and those of known answer that the reviewer was given."""
        place = self._workplace
        strange = [mask_id for mask_id in task_ids if mask_id not in place.mask_units]
        given = load_assignments(transaction, place.reviewer.reviewer_id, strange)
        self._given_gold.take_up(transaction, given)
        held = load_held(transaction, place.sample.sample_id, task_ids)
        return frozenset(mask_id for mask_id in held | given.keys() if self.unit_of(mask_id) is not None)

    def store(self, transaction: Transaction, events: Sequence[Event], *, now: datetime) -> None:
        """Put verdicts into the journal; judged masks are held no more, and withdrawn ones are again."""
        if not events:
            return
        place = self._workplace
        entries = journal_entries(transaction, place, events, now)
        add_readings(transaction, place.reviewer.reviewer_id, entries, source=Source.PAGE, now=now)
        mask_ids = {entry.mask_id for entry in entries}
        judged = load_judged(transaction, place.reviewer.reviewer_id, mask_ids)
        move_leases(transaction, place.reviewer.reviewer_id, judged, now)
        hold_again(transaction, place, mask_ids - judged, now)
        if any(entry.purpose is Purpose.PRACTICE for entry in entries):
            self._end_practice(transaction, now)

    def hand_out(self, transaction: Transaction, *, leave_out: Collection[str], now: datetime) -> None:
        """Renew the leases of what the reviewer holds, and give more where little of it is left."""
        place = self._workplace
        held = [each for each in self._held(transaction, now) if each.task_id not in leave_out]
        renew_leases(transaction, place, held, now)
        n_left = sum(each.task_id not in self._not_shown for each in held)
        if n_left >= ENOUGH or _is_within(PAUSE, self._paused_at, now):
            return
        wait_for_sample(transaction, place.sample.sample_id)
        # What is loaded after the wait tells what those who went before have done.
        stock = self._next_masks(transaction, now)
        n = WINDOW_SIZE - n_left
        n_given = self._assigner.hand_out(transaction, stock, n=n, leave_out=leave_out, now=now)
        if n_given < n:
            self._paused_at, self._looked_at = now, None

    def outlook(self, transaction: Transaction, *, leave_out: Collection[str], now: datetime) -> Outlook:
        """Give what the reviewer holds, in order, and their latest verdicts."""
        self._own.refresh(transaction)
        if not _is_within(LOOK_LASTS, self._looked_at, now):
            self.look_through(transaction, now)
        held = self._held(transaction, now)
        self._given_gold.take_up(
            transaction, [each.task_id for each in held if each.purpose in KNOWN_ANSWERS]
        )
        coming = [each.task_id for each in held if self._is_coming(each.task_id, leave_out)]
        return Outlook(
            coming=tuple(coming[:WINDOW_SIZE]), recent=tuple(self._recent()), progress=self._progress()
        )

    def items(self, store: Store, task_ids: Sequence[str]) -> Iterator[Item]:
        """Read masks and photos, one at a time, and note for good what cannot be shown."""
        with store.reading() as transaction:
            masks = load_masks(transaction, task_ids)
        for mask in masks:
            unit = self.unit_of(mask.mask_id)
            if unit is None:
                continue
            content = read_picture([mask], unit)
            if isinstance(content, Unjudgable):
                self._not_shown.add(mask.mask_id)
                note_unjudgable(store, mask, content)
            yield Item(
                task_id=mask.mask_id,
                entity=shown_name(unit),
                question=unit.question,
                content=content,
                practice=self._given_gold.practice(mask.mask_id),
            )

    def _held(self, transaction: Transaction, now: datetime) -> list[Assignment]:
        """What the reviewer holds, without what the sample has lost since."""
        place = self._workplace
        given = load_open(transaction, place.reviewer.reviewer_id, place.sample.sample_id, now)
        of_sample = [each.task_id for each in given if each.task_id in place.mask_units]
        lost = set(of_sample) - load_held(transaction, place.sample.sample_id, of_sample)
        return [each for each in given if each.task_id not in lost]

    def look_through(self, transaction: Transaction, now: datetime) -> None:
        """Take up what this reviewer and others have read so far, of the whole sample."""
        self._own.refresh(transaction)
        stock = take_stock(transaction, self._workplace, self.order, now)
        self._looked_at = now
        self._read_by_others = set(stock.read_by_others)
        self._not_shown = set(stock.unjudgable)

    def _next_masks(self, transaction: Transaction, now: datetime) -> Stock:
        """Look at the masks that were left when the sample was looked through, the next ones alone."""
        done = self._own.standing.keys() | self._read_by_others | self._not_shown
        left = (mask_id for mask_id in self.order if mask_id not in done)
        stock = take_stock(transaction, self._workplace, list(islice(left, N_LOOKED_AT)), now)
        self._read_by_others |= stock.read_by_others
        self._not_shown |= stock.unjudgable
        return stock

    def _end_practice(self, transaction: Transaction, now: datetime) -> None:
        """Note that the reviewer has practised once no mask for practice is left to judge."""
        if self._assigner.gold.n_left_to_practise(transaction) == 0:
            put_practised(transaction, self._workplace.reviewer.reviewer_id, now)

    def _is_coming(self, mask_id: str, leave_out: Container[str]) -> bool:
        # A judged mask is held no more, unless the clock was put back since.
        is_done = mask_id in self._not_shown or mask_id in self._own.standing
        return not is_done and mask_id not in leave_out and self.unit_of(mask_id) is not None

    def _recent(self) -> list[PastVerdict]:
        recent: list[PastVerdict] = []
        for entry in self._own.newest_first():
            unit = self.unit_of(entry.mask_id)
            if unit is not None and entry.verdict is not None:
                recent.append(
                    PastVerdict(
                        task_id=entry.mask_id,
                        entity=shown_name(unit),
                        verdict=entry.verdict,
                        reasons=entry.reasons,
                        comment=entry.comment,
                        flagged=entry.flagged,
                    )
                )
            if len(recent) == N_RECENT:
                break
        return recent[::-1]

    def _progress(self) -> Progress:
        """A mask that is given for another purpose than reading is no task to read, and one of its own."""
        own, purposes = self._own.standing.keys(), self._given_gold.purposes
        of_sample = self._workplace.mask_units.keys()
        gold = {mask_id for mask_id, purpose in purposes.items() if purpose is Purpose.GOLD}
        gold -= self._not_shown
        read = (own & of_sample) - purposes.keys()
        unjudgable = self._not_shown - read - purposes.keys()
        return Progress(
            n_tasks=len(self.order) - len(purposes.keys() & of_sample) + len(gold),
            n_settled=len((self._read_by_others - purposes.keys()) | read | unjudgable) + len(gold & own),
            n_unjudgable=len(unjudgable),
            n_verdicts=len(read) + len(purposes.keys() & own),
        )


def open_review_tasks(store: Store, workplace: Workplace, now: datetime) -> ReviewTasks:
    """Give what a reviewer reads, after trying once more what could not be shown before.

    Raises:
        StoreError: the store does not answer.
    """
    gold = open_gold(store, workplace)
    with store.reading() as transaction:
        n_practice = _n_practice(transaction, workplace, gold)
    tasks = ReviewTasks(workplace, gold, n_practice)
    units = {mask_id: workplace.units[unit_id] for mask_id, unit_id in workplace.mask_units.items()}
    retry_unjudgable(store, workplace.sample.sample_id, tasks.order, units, now)
    with store.reading() as transaction:
        tasks.look_through(transaction, now)
    return tasks


def _is_within(time: timedelta, since: datetime | None, now: datetime) -> bool:
    return since is not None and abs(now - since) < time  # whichever way a clock may have jumped


def _n_practice(transaction: Transaction, workplace: Workplace, gold: GoldSource) -> int | None:
    if workplace.reviewer.practised_at is not None:
        return None
    return gold.n_left_to_practise(transaction) or None
