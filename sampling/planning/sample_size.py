"""How many verdicts one proportion takes, and what a number of them shows."""

from math import ceil, isfinite, sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

from sampling.checks import as_whole, check_open_share
from sampling.errors import DesignError
from sampling.estimation.intervals import wilson_interval, wilson_units

MOST_VERDICTS = 1_000_000


def expected_half_width(expected: float, n: float, *, confidence: float = 0.95) -> float:
    """Half the width of Wilson's interval where the share of n comes out as expected.

    Args:
        expected: p, in (0, 1).
        n: verdicts, or their effective number; above 0.
        confidence: in (0, 1).

    Raises:
        DesignError: an argument is outside its range.

    >>> round(expected_half_width(0.95, 2000), 4)
    0.0096
    """
    check_open_share("the expected accuracy", expected)
    if not (isfinite(n) and n > 0):
        raise DesignError(f"the number of verdicts is {n}: give one above 0")
    interval = wilson_interval(expected * n, n, confidence=confidence)
    return (interval.high - interval.low) / 2


def n_for_half_width(expected: float, half_width: float, *, confidence: float = 0.95) -> int:
    """The fewest verdicts whose Wilson interval, at the expected share, is no wider than wanted.

    Args:
        expected: p, in (0, 1).
        half_width: w, in (0, 0.5): 0.01 is one percentage point to either side.
        confidence: in (0, 1).

    Raises:
        DesignError: an argument is outside its range, or more than a million verdicts are needed.

    >>> [n_for_half_width(p, 0.01) for p in (0.7, 0.95, 0.995)]
    [8064, 1838, 305]
    """
    check_open_share("the expected accuracy", expected)
    check_open_share("confidence", confidence)
    check_half_width(half_width)
    n = wilson_units(expected, half_width, confidence=confidence)
    if n > MOST_VERDICTS:
        raise DesignError(f"±{half_width} takes {n:.0f} verdicts: ask for a wider interval")
    return max(1, ceil(n))


def check_half_width(half_width: float) -> None:
    """Refuse a half width that no interval for a share can need."""
    if not (isfinite(half_width) and 0 < half_width < 0.5):
        raise DesignError(f"the half width is {half_width}: give a number between 0 and 0.5, such as 0.01")


def chance_to_certify(n: int, target: float, expected: float, *, confidence: float = 0.95) -> float:
    """The probability that n verdicts, looked at once, show that the accuracy is above a target.

    The exact one-sided binomial test: P(X ≥ c) at the expected accuracy, c the smallest number of right ones
    with P(X ≥ c) ≤ 1 − confidence at the target. It is the power; where `expected` is at most `target`, the
    chance of a false certification.

    Args:
        n: verdicts, at least 1.
        target: t, in (0, 1).
        expected: p, in (0, 1).
        confidence: in (0, 1).

    Raises:
        DesignError: an argument is outside its range.

    >>> round(chance_to_certify(286, 0.9, 0.948), 3)
    0.928
    """
    _check_certification(target, expected, confidence)
    if as_whole("the number of verdicts", n) < 1:
        raise DesignError(f"the number of verdicts is {n}: give at least 1")
    return float(_powers(np.array([n]), target, expected, confidence)[0])


def n_to_certify(target: float, expected: float, *, power: float = 0.9, confidence: float = 0.95) -> int:
    """The fewest verdicts from which on the exact binomial test, at one look, certifies with a given chance.

    The power is a saw: it falls where one more right verdict becomes necessary. The number given is past its
    last tooth below `power`, so a few units that turn out to be unjudgable do not spoil the plan.

    Args:
        target: t, in (0, 1).
        expected: p, above the target and below 1.
        power: the wanted chance, in (0, 1).
        confidence: in (0, 1).

    Raises:
        DesignError: an argument is outside its range, the expected accuracy is not above the target, or more
            than a million verdicts are needed.

    >>> n_to_certify(0.9, 0.948)
    286
    """
    _check_certification(target, expected, confidence)
    check_open_share("power", power)
    if expected <= target:
        raise DesignError(
            f"an accuracy of {expected} is expected and the target is {target}: no number of verdicts "
            "certifies what is not so; aim lower"
        )
    most = _n_normal(target, expected, power, confidence)
    if most > MOST_VERDICTS:
        raise DesignError(f"certifying {target} at {expected} takes {most} verdicts: aim lower")
    # The saw's teeth and the skewness of the binomial law both move n by a multiple of 1/(expected − target).
    reach = ceil(20 / (expected - target)) + 50
    n = np.arange(max(1, most - reach), most + reach)
    short = n[_powers(n, target, expected, confidence) < power]
    return int(short[-1] if short.size else n[0] - 1) + 1


def _powers(n: NDArray[np.int64], target: float, expected: float, confidence: float) -> NDArray[np.float64]:
    # isf is the smallest c with P(X > c) ≤ 1 − confidence, and X > c certifies.
    greatest_short = binom.isf(1 - confidence, n, target)
    return np.asarray(binom.sf(greatest_short, n, expected), dtype=np.float64)


def _n_normal(target: float, expected: float, power: float, confidence: float) -> int:
    """The normal approximation with its correction for continuity, to know where to search."""
    z, z_power = NormalDist().inv_cdf(confidence), NormalDist().inv_cdf(power)
    spread = z * sqrt(target * (1 - target)) + z_power * sqrt(expected * (1 - expected))
    return ceil((max(spread, 0.0) / (expected - target)) ** 2 + 2 / (expected - target))


def _check_certification(target: float, expected: float, confidence: float) -> None:
    check_open_share("the target", target)
    check_open_share("the expected accuracy", expected)
    check_open_share("confidence", confidence)
