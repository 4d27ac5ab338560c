"""The desk where a reviewer reads masks, with masks of known answer among them that look like any other."""

from collections.abc import Collection, Container, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from math import ceil

from audit.jobs.review.assignment import Assigner
from audit.jobs.review.given_gold import KNOWN_ANSWERS, GivenGold
from audit.jobs.review.gold import GoldSource, open_gold
from audit.jobs.review.items import note_unjudgable, read_picture, retry_unjudgable
from audit.jobs.review.leases import hold_again, renew_leases
from audit.jobs.review.own_verdicts import OwnVerdicts
from audit.jobs.review.review_entries import journal_entries
from audit.jobs.review.stock import Stock, take_stock
from audit.jobs.review.tasks import Outlook, Workplace
from audit.review.events import Event
from audit.review.images import Unjudgable
from audit.review.naming import shown_name
from audit.review.outgoing import Item, PastVerdict, Progress
from audit.review.queue import MOST_HELD, N_RECENT, WINDOW_SIZE, ticket_order
from db.assignments import LONG_ENDED, load_open, move_leases, wait_to_hand_out
from db.gold import load_met
from db.records import Assignment, Purpose, Source, Unit
from db.reviewers import put_practised
from db.reviews import add_readings, load_judged
from db.samples import load_held, load_mask_units, load_masks, load_units
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
        self.n_practice = n_practice
        self._gold = gold
        self._set_out(workplace)
        self._own = OwnVerdicts(workplace.reviewer.reviewer_id, (Purpose.READING, *KNOWN_ANSWERS))
        self._given_gold = GivenGold(workplace, gold)
        self._looked_at: datetime | None = None
        self._paused_at: datetime | None = None
        self._left_to_others: set[str] = set()
        self._not_shown: set[str] = set()
        self._n_gold_expected = 0
        self._expected_at: datetime | None = None

    def _set_out(self, workplace: Workplace) -> None:
        block_of = {unit.unit_id: unit.block for unit in workplace.units.values() if unit.block is not None}
        self.order = ticket_order(
            workplace.mask_units,
            seed=workplace.sample.seed,
            reviewer=workplace.reviewer.name,
            block_of=block_of,
        )
        self._workplace = workplace
        self._assigner = Assigner(workplace=workplace, gold=self._gold, order=self.order, block_of=block_of)

    def unit_of(self, mask_id: str) -> Unit | None:
        """The mention that a mask is shown as; None where the mask is not known here."""
        unit_id = self._workplace.mask_units.get(mask_id, self._given_gold.unit_of(mask_id))
        return None if unit_id is None else self._workplace.units.get(unit_id)

    def known(self, transaction: Transaction, task_ids: Collection[str]) -> frozenset[str]:
        """Those that the reviewer was given or has judged, but for what the sample has lost since."""
        place = self._workplace
        met = load_met(transaction, place.reviewer.reviewer_id, task_ids)
        strange = met - place.mask_units.keys()
        self._given_gold.take_up(transaction, strange)
        held = load_held(transaction, place.sample.sample_id, met)
        return frozenset(mask_id for mask_id in held | strange if self.unit_of(mask_id) is not None)

    def store(self, transaction: Transaction, events: Sequence[Event], *, now: datetime) -> None:
        """Put verdicts into the journal; judged masks are held no more, and withdrawn ones are again."""
        if not events:
            return
        place = self._workplace
        entries = journal_entries(transaction, place, events, now)
        add_readings(transaction, place.reviewer.reviewer_id, entries, source=Source.PAGE, now=now)
        mask_ids = {entry.mask_id for entry in entries}
        judged = load_judged(transaction, place.reviewer.reviewer_id, mask_ids)
        move_leases(transaction, place.reviewer.reviewer_id, judged, LONG_ENDED)
        hold_again(transaction, place, mask_ids - judged, now)
        if any(entry.purpose is Purpose.PRACTICE for entry in entries):
            self._end_practice(transaction, now)

    def hand_out(self, transaction: Transaction, *, leave_out: Collection[str], now: datetime) -> None:
        """Renew the leases of what the reviewer holds, and give more where little of it is left."""
        place = self._workplace
        all_held = self._held(transaction, now)
        held = [each for each in all_held if each.task_id not in leave_out]
        renew_leases(transaction, place, held, now)
        n_left = sum(each.task_id not in self._not_shown for each in held)
        n = min(WINDOW_SIZE - n_left, MOST_HELD - len(all_held))
        if n_left >= ENOUGH or n <= 0 or _is_within(PAUSE, self._paused_at, now):
            return
        wait_to_hand_out(transaction)
        # What is loaded after the wait tells what those who went before have done.
        stock = self._next_masks(transaction, now)
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
            coming=tuple(coming[:WINDOW_SIZE]), recent=tuple(self._recent()), progress=self._progress(coming)
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
        """What the reviewer holds and has not judged, without what the sample has lost since."""
        place = self._workplace
        given = load_open(transaction, place.reviewer.reviewer_id, place.sample.sample_id, now)
        judged = load_judged(transaction, place.reviewer.reviewer_id, [each.task_id for each in given])
        of_sample = [each.task_id for each in given if each.task_id in place.mask_units]
        lost = set(of_sample) - load_held(transaction, place.sample.sample_id, of_sample)
        return [each for each in given if each.task_id not in judged | lost]

    def look_through(self, transaction: Transaction, now: datetime) -> None:
        """Take up what this reviewer and others have read so far, of the whole sample as it is now."""
        self._take_up_growth(transaction)
        self._own.refresh(transaction)
        self._given_gold.look_up(transaction)
        stock = take_stock(transaction, self._workplace, self.order, now)
        self._looked_at = now
        self._left_to_others = set(stock.left_to_others)
        self._not_shown = set(stock.unjudgable)
        if not _is_within(
            LOOK_LASTS, self._expected_at, now
        ):  # more often would tell which verdict was on gold
            n_open = ceil((len(self.order) - len(self._settled())) / (1 + stock.n_holders))
            self._n_gold_expected = len(self._judged_gold()) + self._gold.n_expected(transaction, n_open)
            self._expected_at = now

    def _take_up_growth(self, transaction: Transaction) -> None:
        """Go on with the masks that the sample has gained since the desk was opened."""
        sample_id = self._workplace.sample.sample_id
        mask_units = load_mask_units(transaction, sample_id)
        if mask_units.keys() <= self._workplace.mask_units.keys():
            return
        units = {unit.unit_id: unit for unit in load_units(transaction, sample_id)}
        self._set_out(replace(self._workplace, units=units, mask_units=mask_units))

    def _next_masks(self, transaction: Transaction, now: datetime) -> Stock:
        """Look at the masks that were left when the sample was looked through, the next ones alone."""
        done = self._own.standing.keys() | self._left_to_others | self._not_shown
        left = (mask_id for mask_id in self.order if mask_id not in done)
        stock = take_stock(transaction, self._workplace, list(islice(left, N_LOOKED_AT)), now)
        self._left_to_others |= stock.left_to_others
        self._not_shown |= stock.unjudgable
        return stock

    def _end_practice(self, transaction: Transaction, now: datetime) -> None:
        """Note that the reviewer has practised once no mask for practice is left to judge."""
        if self._gold.n_left_to_practise(transaction, now) == 0:
            put_practised(transaction, self._workplace.reviewer.reviewer_id, now)

    def _is_coming(self, mask_id: str, leave_out: Container[str]) -> bool:
        is_left_out = mask_id in self._not_shown or mask_id in leave_out
        return not is_left_out and self.unit_of(mask_id) is not None

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

    def _progress(self, coming: Collection[str]) -> Progress:
        """Count masks of known answer so that neither number tells when one is handed out or judged.

        Each judged one is one more settled, as any verdict is. The total holds from the start those that are
        expected, and is made exact where nothing is before the reviewer.
        """
        read, gold = self._read(), self._judged_gold()
        n_gold = max(self._n_gold_expected, len(gold)) if coming else len(gold)
        of_sample = self._workplace.mask_units.keys()
        return Progress(
            n_tasks=len(self.order) + n_gold,
            n_settled=len(self._settled()) + len(gold),
            n_unjudgable=len((self._not_shown & of_sample) - read),
            n_verdicts=len(read) + len(self._own.standing.keys() & self._given_gold.purposes.keys()),
        )

    def _read(self) -> set[str]:
        """The masks of the sample that the reviewer has read."""
        return (
            self._own.standing.keys() & self._workplace.mask_units.keys()
        ) - self._given_gold.purposes.keys()

    def _settled(self) -> set[str]:
        """The masks of the sample that the reviewer need not read any more."""
        return ((self._left_to_others | self._not_shown) & self._workplace.mask_units.keys()) | self._read()

    def _judged_gold(self) -> set[str]:
        purposes = self._given_gold.purposes
        return {mask_id for mask_id in self._own.standing if purposes.get(mask_id) is Purpose.GOLD}


def open_review_tasks(store: Store, workplace: Workplace, now: datetime) -> ReviewTasks:
    """Give what a reviewer reads, after trying once more what could not be shown before.

    Raises:
        StoreError: the store does not answer.
    """
    gold = open_gold(store, workplace)
    with store.reading() as transaction:
        n_practice = _n_practice(transaction, workplace, gold, now)
    tasks = ReviewTasks(workplace, gold, n_practice)
    units = {mask_id: workplace.units[unit_id] for mask_id, unit_id in workplace.mask_units.items()}
    retry_unjudgable(store, workplace.sample.sample_id, tasks.order, units, now)
    with store.reading() as transaction:
        tasks.look_through(transaction, now)
    return tasks


def _is_within(time: timedelta, since: datetime | None, now: datetime) -> bool:
    return since is not None and abs(now - since) < time  # whichever way a clock may have jumped


def _n_practice(
    transaction: Transaction, workplace: Workplace, gold: GoldSource, now: datetime
) -> int | None:
    if workplace.reviewer.practised_at is not None:
        return None
    return gold.n_left_to_practise(transaction, now) or None
