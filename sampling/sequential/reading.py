"""Which verdicts a sequential method may read: whole blocks, in their stored order."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum

import numpy as np
from numpy.typing import NDArray

from sampling.checks import as_codes, as_weights
from sampling.errors import DesignError


class Outcome(IntEnum):
    """How a unit of the stored order stands, as the policy of counts has it."""

    WRONG = 0
    """Incorrect, or missing: no mask where the setting covers every mention."""
    RIGHT = 1
    UNDECIDED = 2
    """Unsure, unjudgable or outside the setting's population: it says nothing and holds nothing up."""
    PENDING = 3
    """Without a final verdict: not looked at yet, or unsure and waiting for somebody to settle it."""


class GoalState(StrEnum):
    """Where a review stands that ends when its goal is reached."""

    REACHED = "reached"
    GOING_ON = "going-on"
    EXHAUSTED = "exhausted"
    """The whole order is read and the goal is not reached, which says nothing against the masks."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OrderedReview:
    """A review in its stored order, as it stands now.

    Numbers of any integer type become intp, weights of any real type float64.

    Attributes:
        block: (n,) integers from 0, the block of each unit; no number may be left out.
        stratum: (n,) integers from 0 to H − 1, the stratum of each unit.
        outcome: (n,) values of `Outcome`.
        weights: (H,) above 0, what each stratum weighs in the target mix, in any unit: for the mix as
            allocated the sizes of the first draw. They must not depend on verdicts.

    Raises:
        DesignError: the arrays do not fit each other, or hold what they must not.
    """

    block: NDArray[np.int64]
    stratum: NDArray[np.int64]
    outcome: NDArray[np.int64]
    weights: NDArray[np.float64]

    def __post_init__(self) -> None:
        sizes = {self.block.size, self.stratum.size, self.outcome.size}
        if len(sizes) > 1 or self.block.size == 0:
            raise DesignError(
                f"the review has {self.block.size} blocks, {self.stratum.size} strata and "
                f"{self.outcome.size} outcomes: give one of each for every unit, and at least one unit"
            )
        for name in ("block", "stratum", "outcome"):
            object.__setattr__(self, name, as_codes(name, getattr(self, name)))
        object.__setattr__(self, "weights", as_weights("weights of strata", self.weights))
        _check_every_number_occurs("stratum", self.stratum, self.weights.size)
        _check_every_number_occurs("block", self.block, int(self.block.max()) + 1)
        if not np.isin(self.outcome, list(Outcome)).all():
            raise DesignError("an outcome is not WRONG, RIGHT, UNDECIDED or PENDING: give one of the four")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ReadBlocks:
    """What is known at the end of every step of the reading; a step is one block, or a few that were merged.

    Attributes:
        n_counted: (K, H) units of each stratum that are known to be right or wrong, at least 1 each.
        n_correct: (K, H) those that are right; or (R, K, H), one review after another, for simulations.
        weights: (H,) shares of the target mix, adding up to 1.
        last_block: (K,) the number of the block that ends each step.
        n_blocks: blocks of the whole order.
        n_blocks_complete: blocks from the first on that hold no pending unit.
    """

    n_counted: NDArray[np.int64]
    n_correct: NDArray[np.int64]
    weights: NDArray[np.float64]
    last_block: NDArray[np.int64]
    n_blocks: int
    n_blocks_complete: int

    @property
    def n_blocks_read(self) -> int:
        """Complete blocks that are part of a step; those behind wait for a counted unit of some stratum."""
        return int(self.last_block[-1]) + 1 if self.last_block.size else 0

    @property
    def is_exhausted(self) -> bool:
        """No unit of the order awaits a verdict."""
        return self.n_blocks_complete == self.n_blocks

    @property
    def n_counted_so_far(self) -> NDArray[np.int64]:
        """(K,) counted units of all strata up to the end of each step."""
        return np.asarray(self.n_counted.sum(axis=1).cumsum(), dtype=np.int64)

    def state(self, step: int | None) -> GoalState:
        """Where the review stands, given the step that reached its goal, if one did."""
        if step is not None:
            return GoalState.REACHED
        return GoalState.EXHAUSTED if self.is_exhausted else GoalState.GOING_ON


def read_blocks(review: OrderedReview) -> ReadBlocks:
    """The complete blocks of a review, from the first up to the first that holds a pending unit.

    Reading further would read what happened to be judged first. Undecided units are left out. A block without
    a counted unit of some stratum is read together with the next one; which blocks are merged depends on what
    could be decided, never on what was decided. Blocks at the end that still lack a stratum are not read.

    >>> import numpy as np
    >>> read = read_blocks(OrderedReview(
    ...     block=np.array([0, 0, 1, 1, 2, 2]), stratum=np.array([0, 1, 0, 1, 0, 1]),
    ...     outcome=np.array([1, 2, 1, 0, 3, 1]), weights=np.array([1.0, 1.0])))
    >>> read.n_counted.tolist(), read.n_correct.tolist(), read.n_blocks_read, read.n_blocks
    ([[2, 1]], [[2, 0]], 2, 3)
    """
    n_blocks = int(review.block.max()) + 1
    pending = review.block[review.outcome == Outcome.PENDING]
    n_complete = int(pending.min()) if pending.size else n_blocks
    shape = (n_blocks, review.weights.size)
    n_correct = _counts(review, review.outcome == Outcome.RIGHT, shape)[:n_complete]
    n_counted = n_correct + _counts(review, review.outcome == Outcome.WRONG, shape)[:n_complete]
    ends = _ends_of_steps(n_counted)
    return ReadBlocks(
        n_counted=_sums_up_to(ends, n_counted),
        n_correct=_sums_up_to(ends, n_correct),
        weights=review.weights / review.weights.sum(),
        last_block=ends,
        n_blocks=n_blocks,
        n_blocks_complete=n_complete,
    )


def why_nothing_is_read(review: OrderedReview) -> str:
    """Why `read_blocks` has no step, as a clause without a full stop."""
    pending = review.block[review.outcome == Outcome.PENDING]
    n_complete = int(pending.min()) if pending.size else int(review.block.max()) + 1
    if n_complete == 0:
        return "no block has been reviewed to its end"
    is_decided = (review.block < n_complete) & np.isin(review.outcome, (Outcome.WRONG, Outcome.RIGHT))
    n_decided = np.bincount(review.stratum[is_decided], minlength=review.weights.size)
    lacking = int(np.argmin(n_decided))
    return f"no unit of stratum {lacking} in the {n_complete} complete blocks can be decided"


def _counts(review: OrderedReview, chosen: NDArray[np.bool_], shape: tuple[int, int]) -> NDArray[np.int64]:
    cell = review.block[chosen] * shape[1] + review.stratum[chosen]
    return np.bincount(cell, minlength=shape[0] * shape[1]).reshape(shape).astype(np.int64)


def _ends_of_steps(n_counted: NDArray[np.int64]) -> NDArray[np.int64]:
    """The blocks by which every stratum has had a counted unit since the end before."""
    ends = []
    has_unit = np.zeros(n_counted.shape[1], dtype=np.bool_)
    for block, counts in enumerate(n_counted):
        has_unit |= counts > 0
        if has_unit.all():
            ends.append(block)
            has_unit[:] = False
    return np.array(ends, dtype=np.int64)


def _sums_up_to(ends: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.diff(counts.cumsum(axis=0)[ends], axis=0, prepend=0)


def _check_every_number_occurs(name: str, numbers: NDArray[np.int64], n: int) -> None:
    if numbers.max() >= n:
        raise DesignError(
            f"the units have {name} numbers from {numbers.min()} to {numbers.max()}: "
            f"number them from 0 to {n - 1}"
        )
    if (n_units := np.bincount(numbers, minlength=n)).min() == 0:
        raise DesignError(
            f"{name} {int(np.argmin(n_units))} of {n} has no unit: "
            "leave no number out and give no weight without units"
        )
