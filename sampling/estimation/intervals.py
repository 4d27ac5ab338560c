"""Confidence intervals for the share behind whole counts, or fractions of them: one function per method.

All are for a simple random sample with replacement, and ignore the finite population and any weights. Every
interval contains n_successes/n and lies in [0, 1]; it reaches 0 and 1 exactly where no, or every, unit is a
success.
"""

from math import expm1, isfinite, log1p, sqrt

import numpy as np

from sampling.checks import check_open_share
from sampling.errors import EstimateError
from sampling.estimation.estimate import Interval, IntervalMethod
from sampling.estimation.limits import normal_quantile, proportion_limits


def wilson_interval(n_successes: float, n: float, *, confidence: float = 0.95) -> Interval:
    """Wilson's score interval for the share behind n_successes of n.

    The p with |n_successes/n − p| ≤ z·√(p(1−p)/n), z the (1+confidence)/2 quantile of the normal law: centre
    (p̂ + z²/2n)/(1 + z²/n), half width z·√(p̂(1−p̂)/n + z²/4n²)/(1 + z²/n).

    Coverage is nominal on average over p and dips below near 0 and 1 (95 %, p in [0.9, 0.999]: at least
    89.5 % at n = 200, 83.7 % at n = 30).

    Args:
        n_successes: 0 ≤ n_successes ≤ n; effective counts may be fractions.
        n: finite, above 0.
        confidence: nominal coverage, in (0, 1).

    Returns:
        Limits in [0, 1] that contain n_successes/n; 0 and 1 exactly where no, or every, unit is a success.

    Raises:
        EstimateError: the counts are no sample.
        DesignError: the confidence is outside (0, 1).

    Source: Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927)
    209–212.

    >>> interval = wilson_interval(1722, 2000)
    >>> round(interval.low, 4), round(interval.high, 4)
    (0.8451, 0.8755)
    """
    return _interval(IntervalMethod.WILSON, n_successes, n, confidence)


def wilson_units(share: float, half_width: float, *, confidence: float = 0.95) -> float:
    """The n, as a real number, at which Wilson's interval has this half width; at most 0 where any n has.

    The half width H falls in n; n is the larger root of H²(n + z²)² = z²(n·p(1 − p) + z²/4), its formula
    squared.

    Args:
        share: p, in [0, 1].
        half_width: H, in (0, 1).
        confidence: in (0, 1).

    Source: Wilson 1927, solved for n.

    >>> round(wilson_units(0.95, 0.01), 1)
    1837.1
    """
    z, H = normal_quantile(confidence), half_width
    linear = share * (1 - share) - 2 * H**2
    return z**2 * (linear + sqrt(max(linear**2 + H**2 * (1 - 4 * H**2), 0.0))) / (2 * H) / H


def clopper_pearson_interval(n_successes: float, n: float, *, confidence: float = 0.95) -> Interval:
    """The interval by Clopper and Pearson: covers at least the confidence, whatever p is.

    Low is the (1−confidence)/2 quantile of Beta(x, n−x+1), high the (1+confidence)/2 quantile of
    Beta(x+1, n−x), x the successes: the p at which so many, or so few, would be that improbable. At p = 0.95
    it is 3 to 6 % wider than Wilson's. Arguments, result and refusals as of `wilson_interval`; with fractions
    it is Korn and Graubard's.

    Source: Clopper and Pearson, "The use of confidence or fiducial limits illustrated in the case of the
    binomial", Biometrika 26 (1934) 404–413; Korn and Graubard, "Confidence intervals for proportions with
    small expected number of positive counts estimated from survey data", Survey Methodology 24
    (1998) 193–201.

    >>> interval = clopper_pearson_interval(200, 200)
    >>> round(interval.low, 4), interval.high
    (0.9817, 1.0)
    """
    return _interval(IntervalMethod.CLOPPER_PEARSON, n_successes, n, confidence)


def jeffreys_interval(n_successes: float, n: float, *, confidence: float = 0.95) -> Interval:
    """The equal-tailed interval of the posterior under Jeffreys' prior, with its ends drawn out to 0 and 1.

    The (1∓confidence)/2 quantiles of Beta(x+½, n−x+½); where no, or every, unit is a success, the limit on
    that side is 0 or 1 and the other stays. Nominal on average, short near 0 and 1 (95 %, n = 200: at least
    87.8 % for p in [0.9, 0.999]). Arguments, result and refusals as of `wilson_interval`.

    Source: Brown, Cai and DasGupta, "Interval estimation for a binomial proportion", Statistical Science 16
    (2001) 101–133, sec. 3.1.3.

    >>> interval = jeffreys_interval(200, 200)
    >>> round(interval.low, 4), interval.high
    (0.9875, 1.0)
    """
    return _interval(IntervalMethod.JEFFREYS, n_successes, n, confidence)


def agresti_coull_interval(n_successes: float, n: float, *, confidence: float = 0.95) -> Interval:
    """The interval by Agresti and Coull: Wald's after z²/2 successes and z²/2 failures are added.

    Centre p̃ = (x + z²/2)/(n + z²), as Wilson's, half width z·√(p̃(1−p̃)/(n + z²)), cut at 0 and 1; contains
    Wilson's. Arguments, result and refusals as of `wilson_interval`.

    Source: Agresti and Coull, "Approximate is better than 'exact' for interval estimation of binomial
    proportions", The American Statistician 52 (1998) 119–126.

    >>> interval = agresti_coull_interval(190, 200)
    >>> round(interval.low, 4), round(interval.high, 4)
    (0.9093, 0.9737)
    """
    return _interval(IntervalMethod.AGRESTI_COULL, n_successes, n, confidence)


def mid_p_interval(n_successes: float, n: float, *, confidence: float = 0.95) -> Interval:
    """Clopper and Pearson's interval with only half of what was observed counted as extreme.

    Low solves P(X > x) + ½·P(X = x) = (1−confidence)/2 for X binomial (n, p), high the mirror image. Closer
    to nominal than Clopper–Pearson, and without its guarantee (95 %, n = 200: at least 91.9 % for p in
    [0.9, 0.999]). Arguments, result and refusals as of `wilson_interval`.

    Source: Lancaster, "Significance tests in discrete distributions", JASA 56 (1961) 223–234; Berry and
    Armitage, "Mid-P confidence intervals: a brief review", The Statistician 44 (1995) 417–423.

    >>> interval = mid_p_interval(190, 200)
    >>> round(interval.low, 4), round(interval.high, 4)
    (0.9127, 0.9743)
    """
    return _interval(IntervalMethod.MID_P, n_successes, n, confidence)


def rule_of_three(n: float, *, confidence: float = 0.95) -> float:
    """The greatest share of errors that n units without one leave possible: 1 − (1−confidence)^(1/n).

    The upper end of the exact one-sided interval; at 95 % about 3/n, whence the name.

    Raises:
        EstimateError: n is not a finite number above 0.
        DesignError: the confidence is outside (0, 1).

    Source: Hanley and Lippman-Hand, "If nothing goes wrong, is everything all right?", JAMA 249 (1983)
    1743–1745.

    >>> round(rule_of_three(200), 5)
    0.01487
    """
    check_open_share("confidence", confidence)
    if not (isfinite(n) and n > 0):
        raise EstimateError(f"{n} units leave every share possible: give a number above 0")
    return -expm1(log1p(-confidence) / n)


def _interval(method: IntervalMethod, n_successes: float, n: float, confidence: float) -> Interval:
    if not (0 <= n_successes <= n and n > 0 and isfinite(n)):
        raise EstimateError(
            f"{n_successes} successes of {n} are no sample: give 0 ≤ n_successes ≤ n and n above 0"
        )
    check_open_share("confidence", confidence)
    limits = proportion_limits(
        np.array([n_successes], np.float64), np.array([n], np.float64), confidence=confidence, method=method
    )
    return Interval(
        low=float(limits.low[0]), high=float(limits.high[0]), confidence=confidence, method=method
    )
