"""Confidence intervals for a proportion: one function per method."""

from math import sqrt
from statistics import NormalDist

from sampling.errors import EstimateError
from sampling.estimation.estimate import Interval, IntervalMethod


def wilson_interval(n_successes: int, n: int, *, confidence: float = 0.95) -> Interval:
    """Wilson's score interval for the share behind n_successes of n.

    The p with |n_successes/n − p| ≤ z·√(p(1−p)/n), z the (1+confidence)/2 quantile of the normal law: centre
    (p̂ + z²/2n)/(1 + z²/n), half width z·√(p̂(1−p̂)/n + z²/4n²)/(1 + z²/n).

    For a simple random sample with replacement. Coverage is nominal on average over p and dips below near 0
    and 1 (95 %, n = 200: at least 90.5 % for p in [0.9, 0.999]). Ignores the finite population and any
    weights.

    Args:
        n_successes: 0 ≤ n_successes ≤ n.
        n: at least 1.
        confidence: nominal coverage, in (0, 1).

    Returns:
        Limits in [0, 1] that contain n_successes/n; 0 and 1 exactly where no, or every, unit is a success.

    Raises:
        EstimateError: an argument is outside its range.

    Source: Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927)
    209–212.

    >>> interval = wilson_interval(1722, 2000)
    >>> round(interval.low, 4), round(interval.high, 4)
    (0.8451, 0.8755)
    """
    if not 0 <= n_successes <= n or n < 1:
        raise EstimateError(
            f"{n_successes} successes of {n} are no sample: give 0 ≤ n_successes ≤ n and n ≥ 1"
        )
    if not 0 < confidence < 1:
        raise EstimateError(f"confidence is {confidence}: give a number between 0 and 1, such as 0.95")
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share = n_successes / n
    centre = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half_width = z * sqrt(share * (1 - share) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    return Interval(
        # At the ends the limit is 0 or 1 by algebra; rounding would leave it beside.
        low=0.0 if n_successes == 0 else min(share, centre - half_width),
        high=1.0 if n_successes == n else max(share, centre + half_width),
        confidence=confidence,
        method=IntervalMethod.WILSON,
    )
