"""Certify that the accuracy of a mix is at least a target, looking after every block."""

from dataclasses import dataclass
from math import isfinite
from typing import Self

import numpy as np
from numpy.typing import NDArray

from sampling.checks import check_open_share
from sampling.errors import DesignError
from sampling.sequential.martingale import composition, log_wealth
from sampling.sequential.reading import (
    GoalState,
    OrderedReview,
    ReadBlocks,
    read_blocks,
    why_nothing_is_read,
)

HOPED_FOR = 0.95
PATIENCE = 200.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bet:
    """How much the test of a target bets: it settles how soon a true claim is certified, not the error rate.

    Attributes:
        hoped_for: η₀, the accuracy that is bet on before anything is known; above the target, below 1.
        patience: d, after how many verdicts what was seen counts as much as what was hoped for; at least 1.
    """

    hoped_for: float
    patience: float = PATIENCE

    def __post_init__(self) -> None:
        check_open_share("hoped_for", self.hoped_for)
        if not (isfinite(self.patience) and self.patience >= 1):
            raise DesignError(f"patience is {self.patience}: give a number of verdicts, at least 1")

    @classmethod
    def against(cls, target: float) -> Self:
        """The bet on 0.95, or half way from the target to 1 where that is more.

        >>> Bet.against(0.9).hoped_for, Bet.against(0.98).hoped_for
        (0.95, 0.99)
        """
        return cls(hoped_for=max(HOPED_FOR, (1 + target) / 2))


@dataclass(frozen=True, slots=True, kw_only=True)
class Certification:
    """What may be said of "the accuracy is at least the target", at whatever moment one looks.

    Attributes:
        state: REACHED where it is certified; it stays so whatever comes after.
        p_value: in [0, 1], the least so far; certified where it is at most 1 − confidence.
        target: the accuracy to certify.
        confidence: 1 − the probability to certify, ever, what is not so.
        n_counted: right and wrong units that were read.
        n_blocks_read: blocks that were read; those behind hold a pending unit or follow one.
        n_blocks: blocks of the whole order.
        certified_at_block: the number of the block at whose end it was first certified, or None.
        n_counted_when_certified: right and wrong units up to there, or None.
        why_unread: why no block is read yet, as a clause without a full stop; None once one is.
    """

    state: GoalState
    p_value: float
    target: float
    confidence: float
    n_counted: int
    n_blocks_read: int
    n_blocks: int
    certified_at_block: int | None = None
    n_counted_when_certified: int | None = None
    why_unread: str | None = None


def certify(
    review: OrderedReview, *, target: float, confidence: float = 0.95, bet: Bet | None = None
) -> Certification:
    """Whether the accuracy of the mix is shown to be at least the target, by the blocks that are complete.

    ALPHA with shrinkage and truncation, its bet fixed within a block: see `sampling.sequential.martingale`
    for the wealth and the proof. The p-value is 1/(the greatest wealth so far). Valid at every moment, for
    every way to stop or to go on, with strata of any accuracy.

    Args:
        review: the review in its stored order.
        target: t in (0, 1).
        confidence: in (0, 1).
        bet: how much is bet; `Bet.against(target)` unless given. It must not be chosen by the verdicts.

    Raises:
        DesignError: an argument is outside its range.

    Source: Stark, "ALPHA: Audit that learns from previously hand-audited ballots", AOAS 17 (2023) 641–679,
    § 2.2 and § 2.5.1.

    >>> block = np.repeat(np.arange(12), 10)
    >>> review = OrderedReview(block=block, stratum=0 * block, outcome=0 * block + 1, weights=np.ones(1))
    >>> found = certify(review, target=0.9)
    >>> found.state.value, found.n_counted_when_certified, round(found.p_value, 5)
    ('reached', 60, 0.00043)
    """
    check_open_share("confidence", confidence)
    read = read_blocks(review)
    p_values = anytime_p_values(read, target=target, bet=bet)
    reached = np.flatnonzero(p_values <= 1 - confidence)
    step = int(reached[0]) if reached.size else None
    so_far = read.n_counted_so_far
    return Certification(
        state=read.state(step),
        p_value=float(p_values[-1]) if p_values.size else 1.0,
        target=target,
        confidence=confidence,
        n_counted=int(so_far[-1]) if so_far.size else 0,
        n_blocks_read=read.n_blocks_read,
        n_blocks=read.n_blocks,
        certified_at_block=None if step is None else int(read.last_block[step]),
        n_counted_when_certified=None if step is None else int(so_far[step]),
        why_unread=None if read.last_block.size else why_nothing_is_read(review),
    )


def anytime_p_values(read: ReadBlocks, *, target: float, bet: Bet | None = None) -> NDArray[np.float64]:
    """The p-value of "the accuracy is below the target" at the end of every step; it never rises.

    Args:
        read: K steps; `n_correct` may have leading axes.
        target: t in (0, 1).
        bet: as for `certify`.

    Returns:
        (…, K) values in [0, 1].

    Raises:
        DesignError: the target is outside (0, 1) or not below what the bet hopes for.
    """
    check_open_share("target", target)
    bet = bet or Bet.against(target)
    if bet.hoped_for <= target:
        raise DesignError(
            f"the bet hopes for {bet.hoped_for} and the target is {target}: hope for more than the target"
        )
    wealth = log_wealth(read, _stakes(read, target, bet), target)
    greatest = np.maximum.accumulate(wealth, axis=-1)
    return np.asarray(np.exp(-np.maximum(greatest, 0.0)), dtype=np.float64)


def _stakes(read: ReadBlocks, target: float, bet: Bet) -> NDArray[np.float64]:
    """The stake (η − t)/(1 − t) for shrink-trunc's η, by what was read before each step.

    η = (d·η₀ + S)/(d + j), S the correct ones of j counted units in the shares of the mix, held between t + ε
    and 1 − ε with ε = c/√(d + j), c = (η₀ − t)/2 (Stark 2023, § 2.5.1).
    """
    n_before = read.n_counted_so_far - read.n_counted.sum(axis=1)
    n_correct = (composition(read).factor * read.n_correct).sum(axis=-1)
    n_correct_before = n_correct.cumsum(axis=-1) - n_correct
    weight = bet.patience + n_before
    margin = (bet.hoped_for - target) / 2 / np.sqrt(weight)
    expected = (bet.patience * bet.hoped_for + n_correct_before) / weight
    held = np.minimum(1 - margin, np.maximum(expected, target + margin))
    return np.asarray((held - target) / (1 - target), dtype=np.float64)
