"""The limits of a proportion by every method, over arrays and for counts that need not be whole.

A design gives a proportion and an effective number of units; share·n_eff of n_eff then stand for the counts,
as Korn and Graubard have it. Who has whole counts wants `sampling.estimation.intervals`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, betaincc, betainccinv, betaincinv

from sampling.errors import EstimateError
from sampling.estimation.estimate import IntervalMethod

Floats = NDArray[np.float64]
BoundPair = tuple[NDArray[Any], NDArray[Any]]

BISECTIONS = 60


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Limits:
    """Interval limits, element by element; float64 in [0, 1], `low` ≤ `high`."""

    low: Floats
    high: Floats


def normal_quantile(confidence: float) -> float:
    """The z that a standard normal variable stays within, up or down, with the probability `confidence`.

    >>> round(normal_quantile(0.95), 4)
    1.96
    """
    # From the lower tail: (1 + confidence)/2 rounds to 1 for a confidence just below 1.
    return -NormalDist().inv_cdf((1 - confidence) / 2)


def proportion_limits(
    successes: Floats, n: Floats, *, confidence: float, method: IntervalMethod = IntervalMethod.WILSON
) -> Limits:
    """The limits for the share behind `successes` of n, element by element; counts may be fractions.

    Args:
        successes: float64, 0 ≤ successes ≤ n.
        n: float64 of the same shape, finite and above 0.
        confidence: nominal coverage, in (0, 1).
        method: Wilson, Clopper–Pearson, Jeffreys, Agresti–Coull or mid-P.

    Returns:
        Limits that contain successes/n; 0 exactly where nothing is a success, 1 where everything is.

    Raises:
        EstimateError: the method is not one of a single share.

    >>> limits = proportion_limits(np.array([0.0, 45.6]), np.array([50.0, 48.0]), confidence=0.95)
    >>> limits.low.round(4), limits.high.round(4)
    (array([0.    , 0.8486]), array([0.0713, 0.9847]))
    """
    if method not in LIMITS:
        raise EstimateError(f"{method} is no method for one share: choose one of {', '.join(LIMITS)}")
    low, high = LIMITS[method](successes, n, confidence)
    share = successes / n
    # At the ends the limit is 0 or 1 by algebra or by convention; rounding would leave it beside.
    return Limits(
        low=np.where(successes <= 0, 0.0, np.clip(low, 0.0, share)),
        high=np.where(successes >= n, 1.0, np.clip(high, share, 1.0)),
    )


def _wilson(successes: Floats, n: Floats, confidence: float) -> BoundPair:
    z = normal_quantile(confidence)
    share = successes / n
    centre = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half_width = z * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    return centre - half_width, centre + half_width


def _agresti_coull(successes: Floats, n: Floats, confidence: float) -> BoundPair:
    z = normal_quantile(confidence)
    centre = (successes + z**2 / 2) / (n + z**2)
    half_width = z * np.sqrt(centre * (1 - centre) / (n + z**2))
    return centre - half_width, centre + half_width


def _clopper_pearson(successes: Floats, n: Floats, confidence: float) -> BoundPair:
    tail = (1 - confidence) / 2
    failures = n - successes
    # Beta(0, b) is no distribution; whatever stands there is replaced by 0 or 1 by the caller.
    low = betaincinv(np.where(successes > 0, successes, 1.0), failures + 1, tail)
    high = betainccinv(successes + 1, np.where(failures > 0, failures, 1.0), tail)
    return low, high


def _jeffreys(successes: Floats, n: Floats, confidence: float) -> BoundPair:
    tail = (1 - confidence) / 2
    a, b = successes + 0.5, n - successes + 0.5
    return betaincinv(a, b, tail), betainccinv(a, b, tail)


def _mid_p(successes: Floats, n: Floats, confidence: float) -> BoundPair:
    tail = (1 - confidence) / 2
    failures = n - successes
    return (
        _root(lambda p: _mid_p_of_at_least(successes, failures, p) - tail, shape=successes.shape),
        _root(lambda p: tail - _mid_p_of_at_most(successes, failures, p), shape=successes.shape),
    )


def _mid_p_of_at_least(successes: Floats, failures: Floats, p: Floats) -> Floats:
    """P(X > x) + ½·P(X = x) for X binomial (n, p): the mean of P(X > x) and P(X ≥ x)."""
    more = np.where(failures > 0, betainc(successes + 1, np.where(failures > 0, failures, 1.0), p), 0.0)
    as_many = np.where(successes > 0, betainc(np.where(successes > 0, successes, 1.0), failures + 1, p), 1.0)
    half: Floats = (more + as_many) / 2
    return half


def _mid_p_of_at_most(successes: Floats, failures: Floats, p: Floats) -> Floats:
    """P(X < x) + ½·P(X = x), from the complements so that a small tail keeps its digits."""
    as_many = np.where(failures > 0, betaincc(successes + 1, np.where(failures > 0, failures, 1.0), p), 1.0)
    fewer = np.where(successes > 0, betaincc(np.where(successes > 0, successes, 1.0), failures + 1, p), 0.0)
    half: Floats = (fewer + as_many) / 2
    return half


def _root(increasing: Callable[[Floats], Floats], *, shape: tuple[int, ...]) -> Floats:
    low, high = np.zeros(shape), np.ones(shape)
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        is_below = increasing(middle) < 0
        low, high = np.where(is_below, middle, low), np.where(is_below, high, middle)
    return (low + high) / 2


LIMITS: Final[Mapping[IntervalMethod, Callable[[Floats, Floats, float], BoundPair]]] = {
    IntervalMethod.WILSON: _wilson,
    IntervalMethod.CLOPPER_PEARSON: _clopper_pearson,
    IntervalMethod.JEFFREYS: _jeffreys,
    IntervalMethod.AGRESTI_COULL: _agresti_coull,
    IntervalMethod.MID_P: _mid_p,
}
