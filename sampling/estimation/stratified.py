"""The weighted share of a stratified sample with an interval that can be defended.

The interval is that of a simple random sample of n_eff units, n_eff = p̃(1−p̃)/Ṽ. Both p̃ and Ṽ come from
stratum rates that half a success and half an error are added to: a stratum without an error has not shown
that it has none, and a variance of 0 would claim so.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from sampling.checks import check_open_share
from sampling.errors import EstimateError
from sampling.estimation.estimate import Estimate, Interval, IntervalMethod, NoEstimate
from sampling.estimation.limits import Limits, normal_quantile, proportion_limits
from sampling.estimation.linearisation import DomainTable, tabulate
from sampling.estimation.outcomes import SampledOutcomes

Floats = NDArray[np.float64]

ONE_SHARE_METHODS: Final = {
    IntervalMethod.WILSON_EFFECTIVE: IntervalMethod.WILSON,
    IntervalMethod.KORN_GRAUBARD: IntervalMethod.CLOPPER_PEARSON,
}
"""The methods that take share·n of n for counts, and whose limits those are."""

THIN_STRATUM = 30
"""Clusters with a counted unit below which a stratum's variance is itself uncertain."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Precision:
    """How much D domains tell, in H strata each.

    Attributes:
        n_eff: effective number of units of the domain, float64, shape (D,), above 0.
        freedom: degrees of freedom of the domain's variance, shape (D,), at most `full_freedom`.
        full_freedom: clusters with a counted unit, shape (D,).
        stratum_n_eff: effective number of units in the stratum, shape (D, H); 0 where there is none.
        between: variance from not knowing the domain's share of the stratum, shape (D, H).
    """

    n_eff: Floats
    freedom: Floats
    full_freedom: Floats
    stratum_n_eff: Floats
    between: Floats


def estimate(
    outcomes: SampledOutcomes,
    *,
    confidence: float = 0.95,
    method: IntervalMethod = IntervalMethod.WILSON_EFFECTIVE,
) -> Estimate | NoEstimate:
    """The weighted share Σwy/Σw of the counted units and its interval; or why there is none.

    Of a domain: `estimate(outcomes.within(domain))`; of many at once: `sampling.estimation.domains`.

    Args:
        outcomes: the sample.
        confidence: nominal coverage, in (0, 1).
        method: `WILSON_EFFECTIVE`; or, on the same n_eff, the conservative `KORN_GRAUBARD`; or
            `MOVER_JEFFREYS`, which adds up the strata's squared distances to their Jeffreys limits.

    Raises:
        DesignError: the confidence is outside (0, 1), or the method is none of these.

    Sources: Wilson 1927, Korn and Graubard 1998 (see `intervals`); Zou and Donner, "Construction of
    confidence limits about effect measures: a general approach", Statistics in Medicine 27 (2008) 1693–1702.

    >>> outcomes = SampledOutcomes(
    ...     stratum=np.repeat([0, 1], 50), cluster=np.arange(100), weight=np.repeat([1.0, 9.0], 50),
    ...     is_counted=np.ones(100, bool), is_correct=np.repeat([False, True], [5, 95]))
    >>> found = estimate(outcomes)
    >>> round(found.value, 4), round(found.interval.low, 4), round(found.interval.high, 4), round(found.n_eff)
    (0.99, 0.9449, 0.9981, 109)
    """
    check_open_share("confidence", confidence)
    if outcomes.n_counted == 0:
        return NoEstimate(reason="no unit is known to be right or wrong")
    table = tabulate(outcomes, np.zeros(outcomes.n_units, np.intp), 1)
    precision = precision_of(table)
    limits = table_limits(table, precision, confidence=confidence, method=method)
    return Estimate(
        value=float(table.value[0]),
        interval=Interval(
            low=float(limits.low[0]), high=float(limits.high[0]), confidence=confidence, method=method
        ),
        n=int(table.n[0]),
        n_eff=float(precision.n_eff[0]),
    )


def precision_of(table: DomainTable) -> Precision:
    """The effective number of units of every domain: p̃(1−p̃)/Ṽ.

    In stratum h: W_h its share of the domain's weight, S_h = Σ(w/Σw)² over units and C_h over clusters, n_h
    the units drawn, L_h the linearised variance (`DomainTable.scatter`).

    - p̃_h = (p̂_h·n* + ½)/(n* + 1) with n* = W_h²/C_h, Kish's number of clusters; p̃ = Σ W_h·p̃_h.
    - K_h(p) = S_h·p_h(1−p_h) + (S_h − W_h²/n_h)·(p_h−p)²: the variance if weights and clusters tell nothing
      about who is right. The second term is what not knowing the domain's share of the stratum adds.
    - deff_h = (x + ½·C_h/S_h)/(x/d + ½), d = max(L_h/K_h(p̂), 1), x = min(p̂_h, 1−p̂_h)·W_h²/S_h: what weights
      and clusters do tell, from x effective units of the rarer outcome; the half that is added is of a
      cluster that is right, or wrong, as a whole.
    - Ṽ = Σ V_h, V_h = (1 − f_h)·deff_h·K_h(p̃), 1 − f_h the stratum's `unsampled_share`, and
      df = Ṽ²/Σ(V_h²/m_h), m_h the clusters with a counted unit, where any of them is below `THIN_STRATUM`
      (Satterthwaite's, of m_h + 1 smoothed clusters).

    With equal weights and no clusters in a stratum deff_h = 1; if moreover the whole stratum counts,
    V_h = W_h²·p̃_h(1−p̃_h)/n_h. One such stratum gives n_eff = n, whatever the rate: the interval of one share.

    Sources: Särndal, Swensson and Wretman, Model Assisted Survey Sampling, 1992, ch. 5 and 10 (linearisation,
    domains); Kish, Survey Sampling, 1965, sec. 11.7; why n_eff must be steadied: Franco, Little, Louis and
    Slud, "Comparative study of confidence intervals for proportions in complex sample surveys", Journal of
    Survey Statistics and Methodology 7 (2019) 334–364; Satterthwaite, "An approximate distribution of
    estimates of variance components", Biometrics Bulletin 2 (1946) 110–114.
    """
    filled = np.where(table.share > 0, table.unit_squares, 1.0)
    unit_kish = table.share**2 / filled
    cluster_kish = table.share**2 / np.where(table.share > 0, table.cluster_squares, 1.0)
    rate = (table.rate * cluster_kish + 0.5) / (cluster_kish + 1)
    value = (table.share * rate).sum(axis=1)

    expected = _within(table, table.rate) + _between(table, table.rate, table.value)
    excess = np.maximum(table.scatter / np.where(expected > 0, expected, np.inf), 1.0)
    rarer = unit_kish * np.minimum(table.rate, 1 - table.rate)
    deff = (rarer + 0.5 * table.cluster_squares / filled) / (rarer / excess + 0.5)

    deff = deff * table.unsampled
    between = deff * _between(table, rate, value)
    variance = deff * _within(table, rate) + between
    whole_variance = variance.sum(axis=1)
    clusters = table.n_clusters_counted
    full_freedom = clusters.sum(axis=1).astype(np.float64)
    is_thin = ((clusters > 0) & (clusters < THIN_STRATUM)).any(axis=1)
    freedom = whole_variance**2 / (variance**2 / np.maximum(clusters, 1)).sum(axis=1)
    return Precision(
        n_eff=value * (1 - value) / whole_variance,
        freedom=np.where(is_thin, np.minimum(freedom, full_freedom), full_freedom),
        full_freedom=full_freedom,
        stratum_n_eff=unit_kish / np.where(deff > 0, deff, 1.0),
        between=between,
    )


def table_limits(
    table: DomainTable, precision: Precision, *, confidence: float, method: IntervalMethod
) -> Limits:
    """The interval limits of every domain, shape (D,).

    Wilson's and Korn and Graubard's are on n_eff·(t_m/t_df)², the quantiles of Student's law with all the
    clusters and with the variance's degrees of freedom: a correction where a thin stratum matters, 1
    elsewhere (Korn and Graubard 1998). Where weights are unequal each limit is the outer one of theirs and of
    MOVER's: one n_eff for all strata forgets which of them the errors are in, and alone it held 85 % where a
    heavy stratum showed few errors beside a light one that showed many. Method and refusals as of `estimate`.
    """
    if method is IntervalMethod.MOVER_JEFFREYS:
        return _mover_limits(table, precision, confidence)
    if method not in ONE_SHARE_METHODS:
        known = ", ".join([*ONE_SHARE_METHODS, IntervalMethod.MOVER_JEFFREYS])
        raise EstimateError(f"{method} is no method for a stratified sample: choose one of {known}")
    tail = (1 + confidence) / 2
    n = precision.n_eff * (stdtrit(precision.full_freedom, tail) / stdtrit(precision.freedom, tail)) ** 2
    limits = proportion_limits(table.value * n, n, confidence=confidence, method=ONE_SHARE_METHODS[method])
    by_strata = _mover_limits(table, precision, confidence)
    # Where all units weigh the same, 1/Σ(w/Σw)² is their number.
    is_even = np.isclose(table.unit_squares.sum(axis=1) * table.n, 1.0)
    low = np.where(is_even, limits.low, np.minimum(limits.low, by_strata.low))
    high = np.where(is_even, limits.high, np.maximum(limits.high, by_strata.high))
    # value·n/n is the value but for rounding.
    return Limits(low=np.minimum(low, table.value), high=np.maximum(high, table.value))


def _within(table: DomainTable, rate: Floats) -> Floats:
    return table.unit_squares * rate * (1 - rate)


def _between(table: DomainTable, rate: Floats, value: Floats) -> Floats:
    # At least 0 by Cauchy and Schwarz; rounding would put it beside.
    spread = np.maximum(table.unit_squares - table.share**2 / np.maximum(table.n_units, 1), 0.0)
    return np.asarray(spread * (rate - value[:, np.newaxis]) ** 2)


def _mover_limits(table: DomainTable, precision: Precision, confidence: float) -> Limits:
    n = np.where(precision.stratum_n_eff > 0, precision.stratum_n_eff, 1.0)
    strata = proportion_limits(table.rate * n, n, confidence=confidence, method=IntervalMethod.JEFFREYS)
    unknown_shares = normal_quantile(confidence) ** 2 * precision.between.sum(axis=1)

    def distance(limit: Floats) -> Floats:
        squares = ((table.share * (limit - table.rate)) ** 2).sum(axis=1)
        return np.asarray(np.sqrt(squares + unknown_shares))

    return Limits(
        low=np.maximum(table.value - distance(strata.low), 0.0),
        high=np.minimum(table.value + distance(strata.high), 1.0),
    )
