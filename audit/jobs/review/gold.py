"""Masks of known answer for one reviewer: which is mixed in when, and which come first for practice."""

from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime
from math import ceil

from audit.jobs.review.stock import find_read_enough
from audit.jobs.review.tasks import Workplace
from audit.jobs.synthetic_masks import make_synthetic_masks
from audit.review.gold_turns import answer_wanted, choose_gold, practice_round
from db.assignments import load_given_for
from db.gold import has_judged, load_gold, load_met
from db.records import GoldMask, Known, Purpose
from db.reviews import load_judged
from db.store import Store, Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldSource:
    """What a reviewer's desk asks for masks of known answer.

    It stores nothing: whoever asks hands the masks out, and `load_met` then knows of them.
    """

    workplace: Workplace

    def pick(
        self, transaction: Transaction, *, position: int, apart_from: Container[int], now: datetime
    ) -> GoldMask | None:
        """Give the mask of known answer to hand out at a position; None where it is no turn for one.

        None also where none is left of the answer whose turn it is, so that the answers stay in balance.

        Args:
            transaction: in which the mask is handed out.
            position: how many tasks the reviewer was given before.
            apart_from: units whose masks the reviewer meets shortly before or after.
            now: when that is.
        """
        place = self.workplace
        seed, reviewer = place.sample.seed, place.reviewer
        answer = answer_wanted(position, share=place.settings.gold_share, seed=seed, reviewer=reviewer.name)
        if answer is None:
            return None
        gold = self._spare(transaction, now)
        met = load_met(transaction, reviewer.reviewer_id, [each.mask_id for each in gold])
        return choose_gold(gold, answer, met=met, apart_from=apart_from, seed=seed, reviewer=reviewer.name)

    def practice(self, transaction: Transaction, now: datetime) -> tuple[GoldMask, ...]:
        """Give the masks that the reviewer is to practise on before their first verdict that counts.

        None for whoever has practised, judged, or been given a round before, and none where a kind of mask is
        lacking.
        """
        place = self.workplace
        reviewer = place.reviewer
        if reviewer.practised_at is not None or has_judged(transaction, reviewer.reviewer_id):
            return ()
        if load_given_for(transaction, reviewer.reviewer_id, [Purpose.PRACTICE]):
            return ()
        gold = self._spare(transaction, now)
        return practice_round(
            gold,
            n=place.settings.practice,
            met=load_met(transaction, reviewer.reviewer_id, [each.mask_id for each in gold]),
            seed=place.sample.seed,
            reviewer=reviewer.name,
        )

    def n_left_to_practise(self, transaction: Transaction, now: datetime) -> int:
        """Give how many masks the reviewer is still to practise on, of a round begun or of one to come.

        A mask whose answer a lead took back, or that cannot be shown, is not waited for.
        """
        reviewer_id = self.workplace.reviewer.reviewer_id
        given = [each.task_id for each in load_given_for(transaction, reviewer_id, [Purpose.PRACTICE])]
        if not given:
            return len(self.practice(transaction, now))
        known = self.masks(transaction)
        left = set(given) - load_judged(transaction, reviewer_id, given)
        return sum(mask_id in known and known[mask_id].can_be_shown for mask_id in left)

    def n_expected(self, transaction: Transaction, n_readings: int) -> int:
        """Give about how many masks of known answer are mixed among so many masks to read."""
        share = self.workplace.settings.gold_share
        if not n_readings or not share or not self.masks(transaction):
            return 0
        return ceil(n_readings * share / (1 - share))

    def masks(self, transaction: Transaction) -> dict[str, GoldMask]:
        """Give every mask of known answer of the sample, by id."""
        return {each.mask_id: each for each in load_gold(transaction, self.workplace.sample.sample_id)}

    def _spare(self, transaction: Transaction, now: datetime) -> list[GoldMask]:
        """Those that nobody is still to read: who is shown one as gold could not read it any more."""
        gold = load_gold(transaction, self.workplace.sample.sample_id)
        of_sample = [each.mask_id for each in gold if each.known is not Known.SYNTHETIC]
        spare = find_read_enough(transaction, self.workplace, of_sample, now)
        return [each for each in gold if each.known is Known.SYNTHETIC or each.mask_id in spare]


def open_gold(store: Store, workplace: Workplace) -> GoldSource:
    """Give a reviewer's source of masks of known answer, after making the wrong ones that are still lacking.

    Raises:
        StoreError: the store does not answer.
    """
    make_synthetic_masks(store, workplace.sample)
    return GoldSource(workplace=workplace)
