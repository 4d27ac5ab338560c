"""The thresholds to try and their order, fixed before the verdicts that certify are looked at."""

from dataclasses import dataclass
from math import isclose

import numpy as np
from numpy.typing import NDArray

from sampling.checks import as_whole, check_open_share
from sampling.errors import DesignError
from sampling.thresholds.kept import Guarantee, needed_kept

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ThresholdPath:
    """Thresholds from the strictest on; a mask is kept if its score is at least the threshold.

    Attributes:
        thresholds: finite, falling, shape (m,), m ≥ 1.
        shares: the share of the population that each keeps, shape (m,).
        budgets: the part of the error probability that each starts with, at least 0, together 1, shape (m,).

    Raises:
        DesignError: the arrays are not as above.
    """

    thresholds: Floats
    shares: Floats
    budgets: Floats

    def __post_init__(self) -> None:
        if not self.thresholds.shape == self.shares.shape == self.budgets.shape == (self.thresholds.size,):
            raise DesignError("give one share and one budget per threshold")
        if not (self.thresholds.size and (np.diff(self.thresholds) < 0).all()):
            raise DesignError("a path has at least one threshold, and each is below the one before it")
        if not np.isfinite(self.thresholds).all():
            raise DesignError(f"the thresholds are {self.thresholds}: give finite numbers")
        if not ((self.shares >= 0) & (self.shares <= 1)).all():
            raise DesignError(f"the shares are {self.shares}: give numbers from 0 to 1")
        if not ((self.budgets >= 0).all() and isclose(self.budgets.sum(), 1.0)):
            raise DesignError(f"the budgets add up to {self.budgets.sum()}: give numbers from 0 that make 1")


def threshold_path(
    scores: Floats,
    guarantee: Guarantee,
    *,
    n_verdicts: int,
    n_starts: int = 5,
    n_steps: int = 50,
) -> ThresholdPath:
    """A path along the scores of the whole population, from few kept masks to all of them.

    The strictest threshold keeps so many that n_verdicts on a simple random sample are expected to hold
    needed_kept(1) at a start's share of the error; from there the number kept grows by equal steps. Masks of
    equal score are kept together, so there may be fewer thresholds than steps. The starts lie evenly along
    the path, each with 1/n_starts of the error probability.

    Args:
        scores: of every mask of the population, shape (N,), finite: they need no verdict.
        guarantee: target and confidence.
        n_verdicts: verdicts that will certify, at least 1.
        n_starts: places where a walk begins, at least 1. One walk from a strict start fails for lack of
            verdicts, one from a loose start for lack of accuracy; several hedge.
        n_steps: thresholds at most, at least n_starts.

    Raises:
        DesignError: no score, a score that is not finite, or a number that is too small.

    >>> path = threshold_path(np.arange(1000.0), Guarantee(target=0.9), n_verdicts=500, n_starts=2, n_steps=5)
    >>> path.thresholds, path.budgets
    (array([892., 669., 446., 223.,   0.]), array([0.5, 0. , 0.5, 0. , 0. ]))
    """
    if scores.ndim != 1 or scores.size == 0 or not np.isfinite(scores).all():
        raise DesignError("scores must be finite numbers, one per mask of the population, and at least one")
    if not (n_verdicts >= 1 and 1 <= n_starts <= n_steps):
        raise DesignError(
            f"{n_verdicts} verdicts, {n_starts} starts and {n_steps} steps make no path: "
            "give at least one verdict, and 1 ≤ starts ≤ steps"
        )
    at_start = Guarantee(target=guarantee.target, confidence=1 - guarantee.error / n_starts)
    smallest = min(1.0, needed_kept(1, at_start) / n_verdicts)
    falling = np.sort(scores.astype(np.float64))[::-1]
    n_kept = np.ceil(np.linspace(smallest, 1.0, n_steps) * scores.size).astype(np.int64)
    thresholds = np.unique(falling[n_kept - 1])[::-1]
    budgets = np.zeros(thresholds.size)
    starts = np.arange(n_starts) * thresholds.size // n_starts
    np.add.at(budgets, starts, 1 / n_starts)
    return ThresholdPath(
        thresholds=thresholds,
        shares=np.searchsorted(-falling, -thresholds, side="right") / scores.size,
        budgets=budgets,
    )


def learning_part(n: int, share: float, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Which of n verdicts go into learning the score: a random share of them; the others certify.

    A verdict that helped to choose the score, the boxes or their order cannot certify. Scores learned on the
    verdicts of other settings leave all n to certify.

    Args:
        n: verdicts, at least 2.
        share: in (0, 1); at least one verdict goes to either part.
        rng: the source of chance.

    Returns:
        True where the verdict is for learning, shape (n,), bool.

    Raises:
        DesignError: fewer than two verdicts, or a share outside (0, 1).

    >>> int(learning_part(300, 1 / 3, np.random.default_rng(1)).sum())
    100
    """
    check_open_share("share", share)
    if as_whole("the number of verdicts", n) < 2:
        raise DesignError(f"{n} verdicts cannot both teach and certify: give at least 2")
    n_learning = min(max(round(n * share), 1), n - 1)
    learning = np.zeros(n, dtype=np.bool_)
    learning[rng.permutation(n)[:n_learning]] = True
    return learning
