"""Hands masks out to one reviewer: looks what there is, picks, saves.

No mask goes to more people than it is owed: whoever hands out waits for whoever else is handing out masks.
"""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count, islice
from math import ceil

from audit.jobs.review.given_gold import KNOWN_ANSWERS
from audit.jobs.review.gold import GoldSource
from audit.jobs.review.leases import lease_of
from audit.jobs.review.stock import Stock
from audit.jobs.review.tasks import Workplace
from audit.review.queue import UNITS_APART, WINDOW_SIZE, in_turn
from db.assignments import add_assignments, load_given_for, load_latest
from db.records import Assignment, Purpose
from db.reviews import load_judged
from db.samples import load_held
from db.store import Transaction

Handed = tuple[str, Purpose]
"""A mask about to be given to a reviewer, and what its verdict will be for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigner:
    """Hands out masks to one reviewer.

    Attributes:
        gold: where masks of known answer come from.
        order: the sample's masks, block after block, inside each in order of the reviewer's tickets.
        block_of: place of each unit in the sample's stored order.
    """

    workplace: Workplace
    gold: GoldSource
    order: tuple[str, ...]
    block_of: Mapping[int, int]

    def hand_out(
        self, transaction: Transaction, stock: Stock, *, n: int, leave_out: Container[str], now: datetime
    ) -> int:
        """Give the reviewer up to `n` masks to read, and masks of known answer before and among them.

        Of the last masks of a sample nobody is given more than their share, so that all can go on.

        Args:
            transaction: in which nobody else is given anything.
            stock: what there is.
            n: at most so many.
            leave_out: masks not to be given now.
            now: when this happens.

        Returns:
            How many were given to read.
        """
        sample_id, reviewer_id = self.workplace.sample.sample_id, self.workplace.reviewer.reviewer_id
        if not stock.owed:  # then there is nothing to practise for either
            return 0
        due = self._due(transaction, now)
        not_now = {mask_id for mask_id, _ in due}
        owed = [each for each in stock.owed if each not in leave_out and each not in not_now]
        share = ceil(len(owed) / (1 + stock.n_holders))
        last = load_latest(transaction, reviewer_id, sample_id, UNITS_APART + WINDOW_SIZE)
        position = last[-1].position + 1 if last else 0
        units = self._units_seen(transaction, last, now)
        picked = self._pick(transaction, owed, units, min(n, share))
        handed = [*due, *self._mixed(transaction, picked, position + len(due), units, now)]
        given = [
            Assignment(
                task_id=mask_id,
                reviewer_id=reviewer_id,
                sample_id=sample_id,
                purpose=purpose,
                position=place,
                assigned_at=now,
                lease_until=now + lease_of(self.workplace),
            )
            for place, (mask_id, purpose) in zip(count(position), handed, strict=False)
        ]
        add_assignments(transaction, given)
        return len(picked)

    def _units_seen(self, transaction: Transaction, last: Sequence[Assignment], now: datetime) -> list[int]:
        """The units of what was given last, without what was neither judged nor is still held."""
        judged = load_judged(
            transaction, self.workplace.reviewer.reviewer_id, [each.task_id for each in last]
        )
        seen = [each.task_id for each in last if each.task_id in judged or each.lease_until > now]
        mask_units = self.workplace.mask_units
        # A mask made wrong on purpose is no mask of the sample, and belongs to the mention of the right one.
        known = self.gold.masks(transaction) if any(mask_id not in mask_units for mask_id in seen) else {}
        made = {mask_id: mask.unit_id for mask_id, mask in known.items()}
        units = (mask_units.get(mask_id, made.get(mask_id)) for mask_id in seen)
        return [unit for unit in units if unit is not None]

    def _pick(
        self, transaction: Transaction, owed: Sequence[str], latest: Sequence[int], n: int
    ) -> list[str]:
        """The next masks in turn, without those that the sample has lost since the desk was opened."""
        turn = in_turn(owed, self.workplace.mask_units, block_of=self.block_of, latest=latest)
        picked: list[str] = []
        while len(picked) < n and (some := list(islice(turn, n - len(picked)))):
            held = load_held(transaction, self.workplace.sample.sample_id, some)
            picked += [mask_id for mask_id in some if mask_id in held]
        return picked

    def _due(self, transaction: Transaction, now: datetime) -> list[Handed]:
        """Masks of known answer that come first: the practice, or those not judged whose lease has ended."""
        reviewer_id, sample_id = self.workplace.reviewer.reviewer_id, self.workplace.sample.sample_id
        given = load_given_for(transaction, reviewer_id, KNOWN_ANSWERS)
        if not any(each.purpose is Purpose.PRACTICE for each in given):
            practice = self.gold.practice(transaction, now)
            if practice:
                return [(mask.mask_id, Purpose.PRACTICE) for mask in practice]
        ended = [each for each in given if each.sample_id == sample_id and each.lease_until <= now]
        judged = load_judged(transaction, reviewer_id, [each.task_id for each in ended])
        left = [each for each in ended if each.task_id not in judged]
        known = self.gold.masks(transaction) if left else {}
        return [
            (each.task_id, each.purpose)
            for each in left
            if each.task_id in known and known[each.task_id].can_be_shown
        ]

    def _mixed(
        self,
        transaction: Transaction,
        readings: Sequence[str],
        position: int,
        latest: Sequence[int],
        now: datetime,
    ) -> Iterator[Handed]:
        """The readings in their order, and masks of known answer where it is their turn."""
        mask_units = self.workplace.mask_units
        near = {*latest, *(mask_units[mask_id] for mask_id in readings)}
        for mask_id in readings:
            while mask := self.gold.pick(transaction, position=position, apart_from=near, now=now):
                near.add(mask.unit_id)
                yield mask.mask_id, Purpose.GOLD
                position += 1
            yield mask_id, Purpose.READING
            position += 1
