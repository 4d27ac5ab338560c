"""The difference of two settings where mentions weigh differently, or strata stand for known shares."""

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from sampling.checks import as_codes, as_weights, check_open_share
from sampling.comparison.paired import Comparison, count_pairs
from sampling.errors import EstimateError
from sampling.estimation.estimate import Interval, IntervalMethod, NoEstimate
from sampling.estimation.limits import normal_quantile

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StratifiedPairs:
    """Drawn mentions with the difference of their two verdicts, by stratum.

    Attributes:
        differences: verdict of A minus verdict of B, −1, 0 or 1, shape (n,).
        strata: each mention's stratum, 0 … H−1, shape (n,).
        weights: how much a mention counts within its stratum, finite and above 0, shape (n,).
        shares: how much each stratum counts, finite and at least 0, shape (H,); they need not add up to 1.

    Raises:
        EstimateError: shapes, strata, differences or shares are not as above.
        DesignError: a weight is not finite or not above 0.
    """

    differences: NDArray[np.int64]
    strata: NDArray[np.int64]
    weights: Floats
    shares: Floats

    def __post_init__(self) -> None:
        n = np.size(self.differences)
        if not self.differences.shape == self.strata.shape == self.weights.shape == (n,):
            raise EstimateError(
                f"differences, strata and weights have shapes {self.differences.shape}, {self.strata.shape} "
                f"and {self.weights.shape}: give one of each per mention"
            )
        object.__setattr__(self, "differences", as_codes("differences", self.differences, least=-1))
        object.__setattr__(self, "strata", as_codes("strata", self.strata))
        if self.strata.max(initial=-1) >= self.shares.size:
            raise EstimateError(
                f"strata reach from {self.strata.min()} to {self.strata.max()}, and there are shares for "
                f"{self.shares.size}: number them from 0 and give each a share"
            )
        if not np.isin(self.differences, (-1, 0, 1)).all():
            raise EstimateError("a difference of two verdicts is −1, 0 or 1: leave open verdicts out")
        if not (np.isfinite(self.shares) & (self.shares >= 0)).all() or not self.shares.sum() > 0:
            raise EstimateError(f"shares are {self.shares}: give finite numbers from 0 up, not all 0")
        object.__setattr__(self, "weights", as_weights("weights", self.weights))


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightedDifference:
    """A weighted difference with what its interval is made of.

    Attributes:
        value: Σ_h share_h · (weighted mean difference in h).
        centre: the same, drawn towards 0 by the pseudo-pairs; the middle of the interval.
        standard_error: of `centre`, above 0.
        n_pairs: mentions behind it.
        n_eff: equally weighted mentions of a simple random sample that would tell about as much.
        limit: the greatest absolute value possible, the sum of the shares.
    """

    value: float
    centre: float
    standard_error: float
    n_pairs: int
    n_eff: float
    limit: float

    def interval(self, confidence: float, method: IntervalMethod) -> Interval:
        """Centre ± z·standard_error, cut at ±limit, and stretched to the value where that lies outside."""
        check_open_share("confidence", confidence)
        half_width = normal_quantile(confidence) * self.standard_error
        return Interval(
            low=min(self.value, max(-self.limit, self.centre - half_width)),
            high=max(self.value, min(self.limit, self.centre + half_width)),
            confidence=confidence,
            method=method,
        )

    @property
    def p_value(self) -> float:
        """Two-sided, of "the difference is 0", by the same normal approximation as the interval."""
        return 2 * NormalDist().cdf(-abs(self.centre) / self.standard_error)


def weighted_difference(pairs: StratifiedPairs) -> WeightedDifference | NoEstimate:
    """The difference as a separate ratio estimate over strata, its variance smoothed as Bonett and Price's.

    In stratum h, with weights w: d_h = Σw·y/Σw and k_h = (Σw)²/Σw² equally weighted mentions (Kish). Two
    pseudo-pairs, one for each setting, are shared out over the strata in proportion to share_h²/k_h, so
    that s_h of either goes to h: p_a = (k_h·p̂_a + s_h)/(k_h + 2s_h), and p_b. The variance is
    Σ share_h²·(p_a + p_b − (p_a − p_b)²)/(k_h + 2s_h), without the square for a stratum of one mention.
    Where weights vary inside a stratum the linearised variance Σ_h n_h/(n_h − 1)·Σ(e − ē)²,
    e = share_h·w·(y − d_h)/Σw, is taken if it is larger.

    With equal weights and strata in proportion, and so with one stratum, it is Bonett and Price's.

    Returns:
        The estimate; or why there is none: no pair, or a stratum that counts and has no pair.

    Sources: Bonett and Price 2012; Kish, Survey Sampling, 1965, § 11.7; Särndal, Swensson and Wretman 1992,
    § 7.3 (separate ratio estimator and its linearised variance).

    >>> pairs = StratifiedPairs(
    ...     differences=np.repeat([1, -1, 0], [12, 2, 36]), strata=np.zeros(50, dtype=np.int64),
    ...     weights=np.ones(50), shares=np.ones(1))
    >>> weighted_difference(pairs).value
    0.2
    """
    n_strata = pairs.shares.size
    n_h = np.bincount(pairs.strata, minlength=n_strata)
    if pairs.differences.size == 0:
        return NoEstimate(reason="no mention is judged right or wrong under both settings")
    empty = np.flatnonzero((n_h == 0) & (pairs.shares > 0))
    if empty.size:
        return NoEstimate(
            reason=f"{empty.size} of {n_strata} strata have no mention that is judged under both settings"
        )
    filled = n_h > 0
    moments = _moments(pairs, filled)
    shares, d_h, k_h = pairs.shares[filled], moments.d_h, moments.k_h
    by_stratum = shares**2 / k_h
    smoothed = k_h + 2 * by_stratum / by_stratum.sum()
    d_smoothed = d_h * k_h / smoothed
    discordant = (moments.p_h * k_h + smoothed - k_h) / smoothed
    squares = np.where(n_h[filled] > 1, d_smoothed**2, 0.0)
    variance = float(np.sum(shares**2 * (discordant - squares) / smoothed))
    limit = min(1.0, float(shares.sum()))  # rounded, shares of everything may add up to more
    return WeightedDifference(
        # Rounding can carry a difference of 1 in every stratum beyond the limit.
        value=float(np.clip(np.sum(shares * d_h), -limit, limit)),
        centre=float(np.sum(shares * d_smoothed)),
        standard_error=sqrt(max(variance, moments.linearised)),
        n_pairs=pairs.differences.size,
        n_eff=float(limit**2 / by_stratum.sum()),
        limit=limit,
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Moments:
    d_h: Floats  # weighted mean difference
    p_h: Floats  # weighted share of discordant pairs
    k_h: Floats  # Kish's number of equally weighted mentions
    linearised: float  # variance of the estimate, 0 where no weights vary


def _moments(pairs: StratifiedPairs, filled: NDArray[np.bool_]) -> _Moments:
    n_strata = pairs.shares.size

    def per_stratum(values: Floats) -> Floats:
        return np.bincount(pairs.strata, values, minlength=n_strata).astype(np.float64)

    # Over the greatest weight: squares of weights as given may overflow.
    y, w = pairs.differences.astype(np.float64), pairs.weights / pairs.weights.max()
    totals = per_stratum(w)
    totals[~filled] = 1.0
    d_h = per_stratum(w * y) / totals
    k_h = totals**2 / np.where(filled, per_stratum(w**2), 1.0)
    n_h = np.bincount(pairs.strata, minlength=n_strata)
    # Residuals of a ratio add up to 0 in their stratum, so they are their own deviations.
    residuals = (pairs.shares / totals)[pairs.strata] * w * (y - d_h[pairs.strata])
    spread = n_h / np.maximum(n_h - 1, 1) * per_stratum(residuals**2)
    varies = k_h < n_h * (1 - 1e-12)
    return _Moments(
        d_h=d_h[filled],
        p_h=(per_stratum(w * y**2) / totals)[filled],
        k_h=k_h[filled],
        linearised=float(spread.sum()) if varies.any() else 0.0,
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WeightedVerdicts:
    """The verdicts that two settings got on the same mentions, with what each mention stands for.

    Attributes:
        a_correct: whether A is right, shape (n,), bool.
        b_correct: whether B is right, shape (n,), bool.
        strata: each mention's stratum, 0 … H−1, shape (n,).
        weights: entity or design weights, finite and above 0, shape (n,).
        shares: how many entities, or annotations, of the population each stratum holds, or what share of
            them, shape (H,), finite and at least 0.
    """

    a_correct: NDArray[np.bool_]
    b_correct: NDArray[np.bool_]
    strata: NDArray[np.int64]
    weights: Floats
    shares: Floats


def compare_weighted(
    a: str, b: str, verdicts: WeightedVerdicts, *, confidence: float = 0.95
) -> Comparison | NoEstimate:
    """The difference of two settings per entity or per annotation, with interval and p-value.

    `weighted_difference` on shares that add up to 1; the p-value is that of the same normal approximation,
    as McNemar's exact one knows no weights. Weights that are equal in each stratum and strata that were
    drawn in proportion give Bonett and Price's interval.

    Raises:
        EstimateError: the arrays do not belong together, or the shares are no shares.
        DesignError: a weight is not finite or not above 0, or the confidence is outside (0, 1).

    >>> verdicts = WeightedVerdicts(
    ...     a_correct=np.array([True, True, True, False]), b_correct=np.array([True, False, True, False]),
    ...     strata=np.array([0, 0, 1, 1]), weights=np.ones(4), shares=np.array([0.9, 0.1]))
    >>> compare_weighted("box", "point", verdicts).difference
    0.45
    """
    check_open_share("confidence", confidence)
    counts = count_pairs(verdicts.a_correct, verdicts.b_correct)
    if counts.n_pairs == 0:
        return NoEstimate(reason="no mention is judged right or wrong under both settings")
    pairs = StratifiedPairs(
        differences=verdicts.a_correct.astype(np.int64) - verdicts.b_correct.astype(np.int64),
        strata=verdicts.strata,
        weights=verdicts.weights,
        shares=verdicts.shares / total if (total := verdicts.shares.sum()) > 0 else verdicts.shares,
    )
    estimate = weighted_difference(pairs)
    if isinstance(estimate, NoEstimate):
        return estimate
    return Comparison(
        a=a,
        b=b,
        difference=estimate.value,
        interval=estimate.interval(confidence, IntervalMethod.BONETT_PRICE),
        p_value=estimate.p_value,
        p_adjusted=estimate.p_value,
        counts=counts,
    )
