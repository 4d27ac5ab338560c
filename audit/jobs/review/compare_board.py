"""How the pairs of two settings stand for one reviewer: what is said of them, and who holds them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from audit.jobs.review.compared_pairs import present_pairs
from audit.jobs.review.leases import lease_of
from audit.jobs.review.tasks import Workplace
from audit.review.pairs import MaskPair
from db.assignments import load_leased
from db.preferences import load_standing_preferences
from db.records import Assignment, Purpose, StandingPreference
from db.samples import load_unjudgable
from db.store import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """How the pairs stand for one reviewer.

    Attributes:
        mine: pair id → what the reviewer says of it, oldest first.
        held: pairs that the reviewer was given and has not judged, in the order in which they were given.
        n_others: pair id → how many others say something of it.
        n_holding: pair id → how many others hold it.
        n_holders: how many others hold any.
        unjudgable: pairs of which a mask cannot be shown.
    """

    mine: Mapping[str, StandingPreference]
    held: tuple[Assignment, ...]
    n_others: Counter[str]
    n_holding: Counter[str]
    n_holders: int
    unjudgable: frozenset[str]

    def is_done(self, pair_id: str, n_owed: int) -> bool:
        """Whether a pair needs nothing more of this reviewer."""
        return pair_id in self.mine or pair_id in self.unjudgable or self.n_others.get(pair_id, 0) >= n_owed

    def is_taken(self, pair_id: str, n_owed: int) -> bool:
        """Whether as many others as are to see a pair have judged or hold it."""
        return self.n_others.get(pair_id, 0) + self.n_holding.get(pair_id, 0) >= n_owed


def load_board(
    transaction: Transaction, workplace: Workplace, pairs: Mapping[str, MaskPair], now: datetime
) -> Board:
    """Load how pairs stand for a reviewer.

    Args:
        transaction: an open one.
        workplace: of the reviewer.
        pairs: pair id → pair.
        now: by which leases may have ended.
    """
    sample_id, me = workplace.sample.sample_id, workplace.reviewer
    pair_of = {pair.mask_ids: pair.pair_id for pair in pairs.values()}
    said = [
        (pair_of[each.mask_ids], each)
        for each in load_standing_preferences(transaction, sample_id)
        if each.mask_ids in pair_of
    ]
    mine = {pair_id: each for pair_id, each in said if each.reviewer == me.name}
    latest = now + lease_of(workplace)
    leased = load_leased(transaction, sample_id, Purpose.PREFERENCE, now=now, latest=latest)
    by_others = [each for each in leased if each.reviewer_id != me.reviewer_id]
    open_ids = pairs.keys() - mine.keys()
    open_to_me = [each for each in leased if each.reviewer_id == me.reviewer_id and each.task_id in open_ids]
    present = set(present_pairs(transaction, sample_id, pairs, [each.task_id for each in open_to_me]))
    unjudgable = load_unjudgable(transaction, sample_id).keys()
    return Board(
        mine=mine,
        held=tuple(each for each in open_to_me if each.task_id in present),
        n_others=Counter(pair_id for pair_id, each in said if each.reviewer != me.name),
        n_holding=Counter(each.task_id for each in by_others),
        n_holders=len({each.reviewer_id for each in by_others}),
        unjudgable=frozenset(
            pair.pair_id for pair in pairs.values() if not unjudgable.isdisjoint(pair.mask_ids)
        ),
    )
