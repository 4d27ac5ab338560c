"""Estimate the accuracy of a mix to ± w: review until the interval is that narrow, and stop."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sampling.errors import DesignError
from sampling.estimation.estimate import Estimate, Interval, IntervalMethod
from sampling.estimation.limits import normal_quantile, proportion_limits
from sampling.sequential.reading import (
    GoalState,
    OrderedReview,
    ReadBlocks,
    read_blocks,
    why_nothing_is_read,
)
from sampling.sequential.running import running_n_eff, running_share

CALIBRATED_ERROR: Final[Mapping[float, float]] = MappingProxyType({0.90: 0.066, 0.95: 0.035, 0.99: 0.007})
"""The error rate to compute with, by the confidence to state; `stopping_law` shows that they suffice."""

WIDEST = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class WidthRule:
    """Stop at the end of the first block whose interval has at most this half width.

    The interval is Agresti and Coull's, made with a smaller error rate than the one that is stated, since
    looking after every block finds the moments at which an interval is too narrow by chance. Wilson's will
    not do: near 1 it stops after a run without an error and then misses (stated 95 %, kept 89 % at 0.997).

    Attributes:
        half_width: w, of the interval as cut at 0 and 1; in (0, 0.1].
        confidence: 0.90, 0.95 or 0.99: those that are calibrated.

    Raises:
        DesignError: one of them is outside its range.

    Sources: Agresti and Coull, "Approximate is better than 'exact'", American Statistician 52 (1998) 119–126;
    Frey, "Fixed-width sequential confidence intervals for a proportion", American Statistician 64 (2010)
    242–249 (calibrating the error rate).
    """

    half_width: float
    confidence: float = 0.95

    def __post_init__(self) -> None:
        if not 0 < self.half_width <= WIDEST:
            raise DesignError(
                f"the half width is {self.half_width}: give a number above 0 and at most {WIDEST}"
            )
        if self.confidence not in CALIBRATED_ERROR:
            known = ", ".join(map(str, CALIBRATED_ERROR))
            raise DesignError(
                f"the confidence is {self.confidence}: stopping at a width is calibrated for {known}"
            )

    @property
    def working_confidence(self) -> float:
        """What the limits are computed with, above the confidence that is stated."""
        return 1 - CALIBRATED_ERROR[self.confidence]

    def follow(self, read: ReadBlocks) -> "Course":
        """The estimate and its interval at the end of every step.

        The interval is that of p̂·n_eff of n_eff. The variance takes every stratum to have z²/2 more right
        and z²/2 more wrong units than it has, as Agresti and Coull's interval takes the whole to have: with
        fewer, a stratum that has shown few errors by chance would end the review.
        """
        share = running_share(read)
        n_eff = running_n_eff(read, n_added=normal_quantile(self.working_confidence) ** 2 / 2)
        limits = proportion_limits(
            share * n_eff,
            n_eff,
            confidence=self.working_confidence,
            method=IntervalMethod.AGRESTI_COULL,
        )
        return Course(share=share, n_eff=n_eff, low=limits.low, high=limits.high)

    def is_reached(self, course: "Course") -> NDArray[np.bool_]:
        """(…, K), which of the intervals have at most the half width."""
        return np.asarray(course.high - course.low <= 2 * self.half_width)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Course:
    """Estimates after every step, each array (…, K): the share, what it is worth, and its limits."""

    share: NDArray[np.float64]
    n_eff: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class WidthStatus:
    """How far a review is that ends when its interval is narrow enough.

    Attributes:
        state: REACHED at the first block whose interval is narrow enough, whatever comes after.
        estimate: at that block, or at the end of an exhausted order; its interval is valid there alone. None
            while the review goes on, when a confidence sequence is what may be shown, and where no block
            can be read.
        half_width: of the interval at the last block that counts; None before the first.
        n_blocks_read: blocks that were read.
        n_blocks: blocks of the whole order.
        reached_at_block: the number of the block at which to stop, or None.
        why_unread: why no block is read yet, as a clause without a full stop; None once one is.
    """

    state: GoalState
    estimate: Estimate | None
    half_width: float | None
    n_blocks_read: int
    n_blocks: int
    reached_at_block: int | None
    why_unread: str | None = None


def estimate_to_width(review: OrderedReview, rule: WidthRule) -> WidthStatus:
    """Whether the accuracy of the mix is known to ± w, by the blocks that are complete, and what it is then.

    Args:
        review: the review in its stored order.
        rule: the half width and the confidence; fixed before the review.

    >>> block = np.repeat(np.arange(20), 10)
    >>> review = OrderedReview(block=block, stratum=0 * block, outcome=0 * block + 1, weights=np.ones(1))
    >>> status = estimate_to_width(review, WidthRule(half_width=0.05))
    >>> status.state.value, status.estimate.n, round(status.estimate.interval.low, 3)
    ('reached', 50, 0.903)
    """
    read = read_blocks(review)
    course = rule.follow(read)
    narrow = np.flatnonzero(rule.is_reached(course))
    step = int(narrow[0]) if narrow.size else None
    state = read.state(step)
    last = step if step is not None else read.last_block.size - 1
    has_ended = state is not GoalState.GOING_ON and last >= 0
    return WidthStatus(
        state=state,
        estimate=_estimate_at(last, read=read, course=course, rule=rule) if has_ended else None,
        half_width=float(course.high[last] - course.low[last]) / 2 if last >= 0 else None,
        n_blocks_read=read.n_blocks_read,
        n_blocks=read.n_blocks,
        reached_at_block=None if step is None else int(read.last_block[step]),
        why_unread=None if read.last_block.size else why_nothing_is_read(review),
    )


def _estimate_at(step: int, *, read: ReadBlocks, course: Course, rule: WidthRule) -> Estimate:
    return Estimate(
        value=float(course.share[step]),
        interval=Interval(
            low=float(course.low[step]),
            high=float(course.high[step]),
            confidence=rule.confidence,
            method=IntervalMethod.FIXED_WIDTH,
        ),
        n=int(read.n_counted_so_far[step]),
        n_eff=float(course.n_eff[step]),
    )
