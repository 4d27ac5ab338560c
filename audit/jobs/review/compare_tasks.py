"""The desk at which a reviewer says which of two settings' masks of a mention is better.

Pairs go out like masks to read: in an order of the reviewer's own, with leases, and to no more people than
are to see each. The browser never learns which setting made which mask.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from math import ceil

from audit.errors import InputError
from audit.jobs.review.compare_board import Board, load_board
from audit.jobs.review.compared_pairs import load_pairs, present_pairs
from audit.jobs.review.items import Content, note_unjudgable, read_picture, retry_unjudgable
from audit.jobs.review.leases import lease_of, renew_leases
from audit.jobs.review.tasks import Outlook, Workplace
from audit.review.events import Event, PreferenceEvent
from audit.review.images import Unjudgable
from audit.review.naming import shown_name
from audit.review.outgoing import Item, PastPreference, Progress
from audit.review.pairs import MaskPair, as_preference, as_side, left_of, pair_order
from audit.review.queue import MOST_HELD, N_RECENT, WINDOW_SIZE
from db.assignments import (
    LONG_ENDED,
    add_assignments,
    load_assignments,
    load_latest,
    move_leases,
    wait_to_hand_out,
)
from db.preferences import add_preferences
from db.records import (
    Assignment,
    Mask,
    Preference,
    PreferenceReading,
    Purpose,
    StandingPreference,
    Unit,
)
from db.samples import load_masks
from db.store import Store, Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareTasks:
    """The pairs of two settings as one reviewer compares them.

    Attributes:
        pairs: pair id → pair.
        order: all of them, in this reviewer's order.
    """

    workplace: Workplace
    pairs: Mapping[str, MaskPair]
    order: tuple[str, ...]

    @property
    def n_practice(self) -> int | None:
        """None: nobody knows which mask is the better one."""
        return None

    def known(self, transaction: Transaction, task_ids: Collection[str]) -> frozenset[str]:
        """Which of these the reviewer was given, of the pairs that the sample still holds."""
        given = load_assignments(transaction, self.workplace.reviewer.reviewer_id, task_ids)
        return frozenset(self._present(transaction, self.pairs.keys() & given.keys()))

    def store(self, transaction: Transaction, events: Sequence[Event], *, now: datetime) -> None:
        """Put what was said into the journal of preferences; who takes it back holds the pair again."""
        if not events:
            return
        reviewer_id = self.workplace.reviewer.reviewer_id
        add_preferences(transaction, reviewer_id, [self._entry(event) for event in events], now=now)
        touched = {event.task_id for event in events}
        judged = touched & self._board(transaction, now).mine.keys()
        move_leases(transaction, reviewer_id, judged, LONG_ENDED)
        move_leases(transaction, reviewer_id, touched - judged, now + lease_of(self.workplace))

    def hand_out(self, transaction: Transaction, *, leave_out: Collection[str], now: datetime) -> None:
        """Renew the leases of what the reviewer holds, and fill it up to a window of pairs.

        Of the last pairs nobody is given more than their share, so that all can go on.
        """
        wait_to_hand_out(transaction)
        board = self._board(transaction, now)
        renew_leases(transaction, self.workplace, board.held, now)
        out = {each.task_id for each in board.held}.union(leave_out)
        free = [
            pair_id
            for pair_id in self.order
            if pair_id not in out
            and not board.is_done(pair_id, self._n_owed)
            and not board.is_taken(pair_id, self._n_owed)
        ]
        n_lacking = WINDOW_SIZE - len(self._coming(board, leave_out))
        n = min(n_lacking, MOST_HELD - len(board.held), ceil(len(free) / (1 + board.n_holders)))
        self._give(transaction, self._pick(transaction, free, n), now)

    def outlook(self, transaction: Transaction, *, leave_out: Collection[str], now: datetime) -> Outlook:
        """Give where the reviewer stands."""
        board = self._board(transaction, now)
        done = [pair_id for pair_id in self.pairs if board.is_done(pair_id, self._n_owed)]
        return Outlook(
            coming=self._coming(board, leave_out),
            recent=tuple(self._past(*each) for each in list(board.mine.items())[-N_RECENT:]),
            progress=Progress(
                n_tasks=len(self.pairs),
                n_settled=len(done),
                n_unjudgable=len(board.unjudgable.difference(board.mine, board.n_others)),
                n_verdicts=len(board.mine),
            ),
        )

    def items(self, store: Store, task_ids: Sequence[str]) -> Iterator[Item]:
        """Read the photos and both masks of pairs, the left one first."""
        mask_ids = {mask_id for task_id in task_ids for mask_id in self.pairs[task_id].mask_ids}
        with store.reading() as transaction:
            masks = {mask.mask_id: mask for mask in load_masks(transaction, sorted(mask_ids))}
        for task_id in task_ids:
            pair = self.pairs[task_id]
            if not masks.keys() >= set(pair.mask_ids):  # lost while the answer was made
                continue
            first, second = (masks[mask_id] for mask_id in pair.mask_ids)
            in_place = (first, second) if self._left(pair) is Preference.FIRST else (second, first)
            unit = self.workplace.units[pair.unit_id]
            yield Item(
                task_id=task_id,
                entity=shown_name(unit),
                question=unit.question,
                content=_content(store, unit, in_place),
            )

    @property
    def _n_owed(self) -> int:
        return self.workplace.settings.first_readings

    def _left(self, pair: MaskPair) -> Preference:
        return left_of(pair, seed=self.workplace.sample.seed, reviewer=self.workplace.reviewer.name)

    def _coming(self, board: Board, leave_out: Collection[str]) -> tuple[str, ...]:
        out = board.unjudgable.union(leave_out)
        return tuple(each.task_id for each in board.held if each.task_id not in out)

    def _present(self, transaction: Transaction, pair_ids: Collection[str]) -> list[str]:
        return present_pairs(transaction, self.workplace.sample.sample_id, self.pairs, pair_ids)

    def _pick(self, transaction: Transaction, free: Sequence[str], n: int) -> list[str]:
        """The first pairs; those that the sample has lost since the desk was opened are passed over."""
        waiting, picked = iter(free), list[str]()
        while len(picked) < n and (some := list(islice(waiting, n - len(picked)))):
            picked += self._present(transaction, some)
        return picked

    def _give(self, transaction: Transaction, pair_ids: Sequence[str], now: datetime) -> None:
        sample_id, reviewer_id = self.workplace.sample.sample_id, self.workplace.reviewer.reviewer_id
        latest = load_latest(transaction, reviewer_id, sample_id, 1)
        n_before = latest[0].position + 1 if latest else 0
        given = [
            Assignment(
                task_id=pair_id,
                reviewer_id=reviewer_id,
                sample_id=sample_id,
                purpose=Purpose.PREFERENCE,
                position=n_before + place,
                assigned_at=now,
                lease_until=now + lease_of(self.workplace),
            )
            for place, pair_id in enumerate(pair_ids)
        ]
        add_assignments(transaction, given)

    def _board(self, transaction: Transaction, now: datetime) -> Board:
        return load_board(transaction, self.workplace, self.pairs, now)

    def _entry(self, event: Event) -> PreferenceReading:
        pair = self.pairs[event.task_id]
        left = self._left(pair)
        if not isinstance(event, PreferenceEvent):
            return PreferenceReading(
                mask_ids=pair.mask_ids,
                preference=None,
                shown_left=left,
                client_key=event.client_key,
                sequence=event.sequence,
                decided_at=event.decided_at,
            )
        return PreferenceReading(
            mask_ids=pair.mask_ids,
            preference=as_preference(event.preference, left),
            shown_left=left,
            comment=event.comment,
            flagged=event.flagged,
            client_key=event.client_key,
            sequence=event.sequence,
            seconds=event.seconds,
            shown_at=event.shown_at,
            decided_at=event.decided_at,
            guideline_hash=self.workplace.guideline_hash,
        )

    def _past(self, pair_id: str, said: StandingPreference) -> PastPreference:
        pair = self.pairs[pair_id]
        return PastPreference(
            task_id=pair_id,
            entity=shown_name(self.workplace.units[pair.unit_id]),
            preference=as_side(said.preference, self._left(pair)),
            comment=said.comment,
            flagged=said.flagged,
        )


def _content(store: Store, unit: Unit, masks: Sequence[Mask]) -> Content:
    if len({(mask.height, mask.width) for mask in masks}) > 1:
        content: Content = Unjudgable(reason="the sizes of the two masks differ")
    else:
        content = read_picture(masks, unit)
    for mask in masks:
        # Which of the two is at fault is a matter of each by itself.
        alone = read_picture([mask], unit) if isinstance(content, Unjudgable) else content
        note_unjudgable(store, mask, alone)
    return content


def open_compare_tasks(store: Store, workplace: Workplace, now: datetime) -> CompareTasks:
    """Open the desk of one reviewer who compares, and try once more what could not be shown before.

    Raises:
        InputError: no two settings of the sample are named, or there is nothing to compare.
        StoreError: the store does not answer.
    """
    if workplace.compared is None:
        raise InputError("nothing is compared here: name two settings by `review --compare A B`")
    with store.reading() as transaction:
        pairs = load_pairs(transaction, workplace.sample, workplace.compared)
    units = workplace.units
    tasks = CompareTasks(
        workplace=workplace,
        pairs={pair.pair_id: pair for pair in pairs},
        order=pair_order(
            pairs,
            seed=workplace.sample.seed,
            reviewer=workplace.reviewer.name,
            block_of={unit_id: unit.block for unit_id, unit in units.items() if unit.block is not None},
        ),
    )
    unit_of = {mask_id: units[pair.unit_id] for pair in pairs for mask_id in pair.mask_ids}
    retry_unjudgable(store, workplace.sample.sample_id, list(unit_of), unit_of, now)
    return tasks
