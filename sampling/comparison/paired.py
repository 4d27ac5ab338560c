"""Two settings judged on the same mentions: the difference of their accuracies, its interval, its p-value.

Every mention weighs the same here, as for the estimand `mix`; `sampling.comparison.stratified` weighs them.
"""

from dataclasses import dataclass, fields, replace
from math import isfinite, sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

from sampling.checks import as_flags, as_whole, check_open_share
from sampling.errors import EstimateError
from sampling.estimation.estimate import Interval, IntervalMethod, NoEstimate
from sampling.estimation.intervals import wilson_interval
from sampling.estimation.limits import normal_quantile


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedCounts:
    """Mentions by the verdicts that settings A and B got on them; a mention that either leaves open is out.

    Raises:
        EstimateError: a count is negative.
        DesignError: a count is no whole number.
    """

    n_both: int = 0
    n_only_a: int = 0
    n_only_b: int = 0
    n_neither: int = 0

    def __post_init__(self) -> None:
        for field in fields(self):
            count = as_whole(field.name, getattr(self, field.name))
            if count < 0:
                raise EstimateError(f"{field.name} is {count}: counts are at least 0")
            object.__setattr__(self, field.name, count)

    @property
    def n_pairs(self) -> int:
        """Mentions judged right or wrong under both settings."""
        return self.n_both + self.n_only_a + self.n_only_b + self.n_neither

    @property
    def n_discordant(self) -> int:
        """Mentions on which one setting is right and the other wrong."""
        return self.n_only_a + self.n_only_b

    @property
    def difference(self) -> float:
        """Accuracy of A minus accuracy of B, in [−1, 1].

        Raises:
            EstimateError: there is no pair.
        """
        if self.n_pairs == 0:
            raise EstimateError("there is no pair, so there is no difference: judge mentions under both")
        return (self.n_only_a - self.n_only_b) / self.n_pairs


def count_pairs(a_correct: NDArray[np.bool_], b_correct: NDArray[np.bool_]) -> PairedCounts:
    """The counts of the mentions whose verdicts are given, mention by mention, for A and for B.

    Args:
        a_correct: whether A is right on each mention, shape (n,), bool.
        b_correct: the same for B.

    Raises:
        EstimateError: the arrays do not have the same length, or are not bool.

    >>> count_pairs(np.array([True, True, False]), np.array([True, False, False]))
    PairedCounts(n_both=1, n_only_a=1, n_only_b=0, n_neither=1)
    """
    if a_correct.shape != b_correct.shape or a_correct.ndim != 1:
        raise EstimateError(
            f"verdicts of shapes {a_correct.shape} and {b_correct.shape} are no pairs: "
            "give one of each setting per mention"
        )
    as_flags("a_correct", a_correct)
    as_flags("b_correct", b_correct)
    return PairedCounts(
        n_both=int(np.sum(a_correct & b_correct)),
        n_only_a=int(np.sum(a_correct & ~b_correct)),
        n_only_b=int(np.sum(~a_correct & b_correct)),
        n_neither=int(np.sum(~a_correct & ~b_correct)),
    )


def bonett_price_interval(counts: PairedCounts, *, confidence: float = 0.95) -> Interval:
    """Bonett and Price's adjusted Wald interval for the difference of two paired proportions.

    With p_a = (n_only_a + 1)/(n + 2) and p_b = (n_only_b + 1)/(n + 2): centre p_a − p_b, half width
    z·√((p_a + p_b − (p_a − p_b)²)/(n + 2)), cut at −1 and 1. Never empty, also without a discordant pair.

    Args:
        counts: at least one pair.
        confidence: nominal coverage, in (0, 1).

    Returns:
        Limits in [−1, 1] that contain the difference.

    Raises:
        EstimateError: there is no pair.
        DesignError: the confidence is outside (0, 1).

    Source: Bonett and Price, "Adjusted Wald confidence interval for a difference of binomial proportions
    based on paired data", J. Educational and Behavioral Statistics 37 (2012) 479–488, eq. 5.

    >>> interval = bonett_price_interval(PairedCounts(n_both=60, n_only_a=50, n_only_b=22, n_neither=68))
    >>> round(interval.low, 4), round(interval.high, 4)
    (0.0574, 0.2199)
    """
    check_open_share("confidence", confidence)
    difference, n = counts.difference, counts.n_pairs
    p_a, p_b = (counts.n_only_a + 1) / (n + 2), (counts.n_only_b + 1) / (n + 2)
    z = normal_quantile(confidence)
    half_width = z * sqrt((p_a + p_b - (p_a - p_b) ** 2) / (n + 2))
    return Interval(
        low=max(-1.0, min(difference, p_a - p_b - half_width)),
        high=min(1.0, max(difference, p_a - p_b + half_width)),
        confidence=confidence,
        method=IntervalMethod.BONETT_PRICE,
    )


def newcombe_interval(counts: PairedCounts, *, confidence: float = 0.95) -> Interval:
    """Newcombe's hybrid score interval for the difference of two paired proportions (his method 10).

    With Wilson's limits l_a, u_a and l_b, u_b of the accuracies p_a and p_b, and the correlation φ of the
    verdicts: low = D − √((p_a − l_a)² − 2φ(p_a − l_a)(u_b − p_b) + (u_b − p_b)²), and high the same with
    the other limits. φ is corrected for continuity where it is positive.

    Args:
        counts: at least one pair.
        confidence: nominal coverage, in (0, 1).

    Returns:
        Limits in [−1, 1] that contain the difference.

    Raises:
        EstimateError: there is no pair.
        DesignError: the confidence is outside (0, 1).

    Source: Newcombe, "Improved confidence intervals for the difference between binomial proportions based
    on paired data", Statistics in Medicine 17 (1998) 2635–2650.

    >>> interval = newcombe_interval(PairedCounts(n_both=20, n_only_a=12, n_only_b=2, n_neither=16))
    >>> round(interval.low, 4), round(interval.high, 4)
    (0.0562, 0.3292)
    """
    check_open_share("confidence", confidence)
    difference, n = counts.difference, counts.n_pairs
    n_a, n_b = counts.n_both + counts.n_only_a, counts.n_both + counts.n_only_b
    a = wilson_interval(n_a, n, confidence=confidence)
    b = wilson_interval(n_b, n, confidence=confidence)
    correlation = _corrected_correlation(counts)
    p_a, p_b = n_a / n, n_b / n
    return Interval(
        low=max(-1.0, difference - _third_side(p_a - a.low, b.high - p_b, correlation)),
        high=min(1.0, difference + _third_side(a.high - p_a, p_b - b.low, correlation)),
        confidence=confidence,
        method=IntervalMethod.NEWCOMBE,
    )


def _corrected_correlation(counts: PairedCounts) -> float:
    n_a, n_b, n = counts.n_both + counts.n_only_a, counts.n_both + counts.n_only_b, counts.n_pairs
    margins = n_a * (n - n_a) * n_b * (n - n_b)
    if margins == 0:
        return 0.0
    excess = counts.n_both * counts.n_neither - counts.n_only_a * counts.n_only_b
    return (max(excess - n / 2, 0.0) if excess > 0 else excess) / sqrt(margins)


def _third_side(one: float, other: float, cosine: float) -> float:
    # Rounding can leave a square of −1e-19 where both sides are equal and the cosine is 1.
    return sqrt(max(0.0, one**2 - 2 * cosine * one * other + other**2))


def mcnemar_exact(counts: PairedCounts) -> float:
    """McNemar's exact two-sided p-value of "both settings are equally accurate".

    min(1, 2·P(X ≤ min(n_only_a, n_only_b))), X binomial with n_discordant trials of 1/2; 1 without a
    discordant pair. Never rejects too often, and is conservative where discordant pairs are few.

    Source: McNemar, Psychometrika 12 (1947) 153–157; exact form: Liddell, The Statistician 25 (1976) 295–304.

    >>> mcnemar_exact(PairedCounts(n_both=1, n_only_a=1, n_only_b=7, n_neither=12))
    0.0703125
    """
    fewer = min(counts.n_only_a, counts.n_only_b)
    return min(1.0, 2 * float(binom.cdf(fewer, counts.n_discordant, 0.5)))


def mcnemar_mid_p(counts: PairedCounts) -> float:
    """McNemar's mid-p value: the exact one with half of the probability of the observed split taken off.

    Closer to its nominal level than the exact one, and may exceed it a little.

    Source: Fagerland, Lydersen and Laake, BMC Medical Research Methodology 13 (2013) 91.

    >>> round(mcnemar_mid_p(PairedCounts(n_both=1, n_only_a=1, n_only_b=7, n_neither=12)), 7)
    0.0390625
    """
    fewer, n = min(counts.n_only_a, counts.n_only_b), counts.n_discordant
    # Twice P(X < fewer) and once P(X = fewer).
    return min(1.0, float(binom.cdf(fewer - 1, n, 0.5) + binom.cdf(fewer, n, 0.5)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """How far apart two settings are on the mentions judged under both.

    Attributes:
        a: the one setting.
        b: the other.
        difference: accuracy of a minus accuracy of b, in [−1, 1].
        interval: contains `difference`; for this pair alone, whatever the family.
        p_value: of "equally accurate", for this pair alone.
        p_adjusted: the same, held over the family that was compared; `p_value` until a family is named.
        counts: the pairs, unweighted.
    """

    a: str
    b: str
    difference: float
    interval: Interval
    p_value: float
    p_adjusted: float
    counts: PairedCounts

    @property
    def n_pairs(self) -> int:
        """Mentions judged right or wrong under both."""
        return self.counts.n_pairs

    def of_clusters(self, deff: float) -> "Comparison":
        """The same where mentions were drawn together: every distance is √deff times as uncertain.

        The interval's limits move away from the difference by √deff, within [−1, 1]; the p-value is that of
        its normal quantile divided by √deff.

        Args:
            deff: how far drawing together widens the variance, at least 1.

        Raises:
            EstimateError: the design effect is below 1 or not finite.

        Source: Kish, Survey Sampling, 1965, § 8.2 (design effect).
        """
        if not (isfinite(deff) and deff >= 1):
            raise EstimateError(f"the design effect of clusters is {deff}: give a number of at least 1")
        low, high = (
            self.difference + sqrt(deff) * (limit - self.difference)
            for limit in (self.interval.low, self.interval.high)
        )
        z = NormalDist().inv_cdf(max(self.p_value, 1e-300) / 2) / sqrt(deff) if self.p_value < 1 else 0.0
        p_value = 2 * NormalDist().cdf(z)
        return replace(
            self,
            interval=replace(self.interval, low=max(-1.0, low), high=min(1.0, high)),
            p_value=p_value,
            p_adjusted=p_value,
        )


_INTERVALS = {
    IntervalMethod.BONETT_PRICE: bonett_price_interval,
    IntervalMethod.NEWCOMBE: newcombe_interval,
}


def compare_settings(
    a: str,
    b: str,
    counts: PairedCounts,
    *,
    confidence: float = 0.95,
    method: IntervalMethod = IntervalMethod.BONETT_PRICE,
) -> Comparison | NoEstimate:
    """The difference of two settings with its interval and McNemar's exact p-value; or why there is none.

    Args:
        a: the setting whose accuracy the other's is taken from.
        b: the other.
        counts: their pairs.
        confidence: nominal coverage, in (0, 1).
        method: Bonett and Price's interval, or Newcombe's.

    Raises:
        EstimateError: the method is not one for a difference of paired proportions.
        DesignError: the confidence is outside (0, 1).

    >>> counts = PairedCounts(n_both=1501, n_only_a=221, n_only_b=19, n_neither=259)
    >>> compared = compare_settings("box", "point", counts)
    >>> compared.difference, round(compared.interval.low, 4), round(compared.interval.high, 4)
    (0.101, 0.0863, 0.1155)
    >>> compare_settings("box", "point", PairedCounts())
    NoEstimate(reason='no mention is judged right or wrong under both settings')
    """
    check_open_share("confidence", confidence)
    if method not in _INTERVALS:
        known = " or ".join(_INTERVALS)
        raise EstimateError(f"{method} is no interval for a difference of paired proportions: take {known}")
    if counts.n_pairs == 0:
        return NoEstimate(reason="no mention is judged right or wrong under both settings")
    p_value = mcnemar_exact(counts)
    return Comparison(
        a=a,
        b=b,
        difference=counts.difference,
        interval=_INTERVALS[method](counts, confidence=confidence),
        p_value=p_value,
        p_adjusted=p_value,
        counts=counts,
    )
