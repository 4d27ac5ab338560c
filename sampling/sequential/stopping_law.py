"""The exact law of a review of one stratum that stops at a width: what its interval covers, what it costs.

By counting paths, without simulation: a path is a sequence of right and wrong units that has not stopped
before. All paths to x right of n units have the probability p^x·(1 − p)^(n−x), so one count serves every p.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import xlog1py, xlogy

from sampling.checks import as_whole
from sampling.errors import DesignError
from sampling.estimation.limits import Limits

Floats = NDArray[np.float64]
LimitsOf = Callable[[Floats, Floats], Limits]
"""From counts of right units and of units, both float64 of one shape, to interval limits."""

ONE_SIDE = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StoppingLaw:
    """Where a review can end, and how many ways lead there; each array (S,), float64.

    Attributes:
        n: units reviewed.
        n_correct: right ones among them.
        log_n_paths: logarithm of the number of sequences that end there and nowhere before.
        low: the lower limit that is then stated.
        high: the upper limit.
    """

    n: Floats
    n_correct: Floats
    log_n_paths: Floats
    low: Floats
    high: Floats

    def probabilities(self, accuracy: float) -> Floats:
        """The probability to end at each place, for units that are right with the probability `accuracy`.

        Raises:
            DesignError: the accuracy is outside [0, 1].
        """
        if not 0 <= accuracy <= 1:
            raise DesignError(f"the accuracy is {accuracy}: give a number from 0 to 1")
        log_path = xlogy(self.n_correct, accuracy) + xlog1py(self.n - self.n_correct, -accuracy)
        return np.asarray(np.exp(self.log_n_paths + log_path), dtype=np.float64)

    def mean_n(self, accuracy: float) -> float:
        """The expected number of units reviewed."""
        return float(self.probabilities(accuracy) @ self.n)

    def coverage(self, accuracy: float) -> float:
        """The probability that the interval at the end contains the accuracy."""
        covers = (self.low <= accuracy) & (accuracy <= self.high)
        return float(self.probabilities(accuracy)[covers].sum())

    def least_coverage(self, *, low: float = 0.5, high: float = 1 - 1e-6) -> tuple[float, float]:
        """The least coverage for accuracies in [low, high], and the accuracy that has it.

        Coverage jumps at interval limits and is a polynomial between them, so it is taken on both sides of
        every limit, where its local minima are but for those within a polynomial's piece.
        """
        ends = np.unique(np.concatenate([self.low, self.high]))
        ends = ends[(ends > low) & (ends < high)]
        middles = (ends[1:] + ends[:-1]) / 2
        tried = np.concatenate([[low, high], ends - ONE_SIDE, ends + ONE_SIDE, middles])
        coverages = [self.coverage(float(accuracy)) for accuracy in tried]
        worst = int(np.argmin(coverages))
        return coverages[worst], float(tried[worst])


def stopping_law(
    limits_of: LimitsOf, *, half_width: float, block_size: int = 1, n_most: int | None = None
) -> StoppingLaw:
    """The law of a review that stops at the first block whose interval has at most the half width.

    Args:
        limits_of: the interval.
        half_width: w, in (0, 0.5).
        block_size: units between two looks, at least 1.
        n_most: units after which the review ends in any case; none for as many as it takes.

    Raises:
        DesignError: an argument is outside its range.

    Source: exact enumeration as in Schultz, Nichol, Elfring and Weed, "Multiple-stage procedures for drug
    screening", Biometrics 29 (1973) 293–300.

    >>> from sampling.estimation.limits import proportion_limits
    >>> law = stopping_law(lambda x, n: proportion_limits(x, n, confidence=0.965), half_width=0.05)
    >>> round(law.mean_n(0.91)), round(law.coverage(0.91), 3)
    (141, 0.983)
    """
    counts = [as_whole("the block size", block_size)]
    counts += [] if n_most is None else [as_whole("the greatest number of units", n_most)]
    if not 0 < half_width < 0.5 or min(counts) < 1:
        raise DesignError(
            f"half width {half_width}, blocks of {block_size} and at most {n_most} units: "
            "give a half width between 0 and 0.5, and at least 1 unit"
        )
    ends: list[tuple[Floats, ...]] = []
    log_n_paths: Floats = np.zeros(1)
    n = 0
    while np.isfinite(log_n_paths).any():
        n += 1
        log_n_paths = _with_one_more(log_n_paths)
        if n % block_size == 0 or n == n_most:
            x = np.flatnonzero(np.isfinite(log_n_paths)).astype(np.float64)
            limits = limits_of(x, np.full(x.size, float(n)))
            ends_here = (limits.high - limits.low <= 2 * half_width) | (n == n_most)
            stopped = x[ends_here].astype(np.int64)
            here = (np.full(x.size, float(n)), x, log_n_paths[x.astype(np.int64)], limits.low, limits.high)
            ends.append(tuple(column[ends_here] for column in here))
            log_n_paths[stopped] = -np.inf
    columns = [np.concatenate(column) for column in zip(*ends, strict=True)]
    return StoppingLaw(
        n=columns[0], n_correct=columns[1], log_n_paths=columns[2], low=columns[3], high=columns[4]
    )


def _with_one_more(log_n_paths: Floats) -> Floats:
    """The paths to x of n + 1 units: those to x of n, then one wrong, and those to x − 1, then one right."""
    grown = np.full(log_n_paths.size + 1, -np.inf)
    grown[:-1] = log_n_paths
    grown[1:] = np.logaddexp(grown[1:], log_n_paths)
    return grown
