"""Which masks of known answer one reviewer was given of one sample, and what they are shown as."""

from collections.abc import Collection, Mapping
from types import MappingProxyType

from audit.jobs.review.gold import GoldSource
from audit.jobs.review.tasks import Workplace
from audit.review.gold_turns import practice_answer
from audit.review.outgoing import Practice
from db.assignments import load_given_for
from db.records import GoldMask, Purpose
from db.store import Transaction

KNOWN_ANSWERS = (Purpose.PRACTICE, Purpose.GOLD)


class GivenGold:
    """The masks of known answer that one reviewer was given, kept up to date when others turn up."""

    def __init__(self, workplace: Workplace, gold: GoldSource) -> None:
        self._workplace = workplace
        self._gold = gold
        self._purposes: dict[str, Purpose] = {}
        self._masks: dict[str, GoldMask] = {}

    @property
    def purposes(self) -> Mapping[str, Purpose]:
        """Mask id → what its verdict is for."""
        return MappingProxyType(self._purposes)

    def take_up(self, transaction: Transaction, mask_ids: Collection[str]) -> None:
        """Look up what was given where some of these masks are not known to have been."""
        if not self._purposes.keys() >= set(mask_ids):
            self.look_up(transaction)

    def look_up(self, transaction: Transaction) -> None:
        """Look up all that was given so far; an answer that was known once is not forgotten here."""
        reviewer_id, sample_id = self._workplace.reviewer.reviewer_id, self._workplace.sample.sample_id
        given = load_given_for(transaction, reviewer_id, KNOWN_ANSWERS)
        self._purposes = {each.task_id: each.purpose for each in given if each.sample_id == sample_id}
        if self._purposes:
            self._masks |= self._gold.masks(transaction)

    def unit_of(self, mask_id: str) -> int | None:
        """The unit that such a mask is shown as; None where it is none, or its answer is known no more."""
        mask = self._masks.get(mask_id) if mask_id in self._purposes else None
        return None if mask is None else mask.unit_id

    def practice(self, mask_id: str) -> Practice | None:
        """What is told of a mask for practice; None of any other."""
        mask = self._masks.get(mask_id)
        if mask is None or self._purposes.get(mask_id) is not Purpose.PRACTICE:
            return None
        return practice_answer(mask)
