"""The weighted share of every domain and its scatter, stratum by stratum.

The share is a ratio of two weighted sums (Hájek's), its variance that of the ratio's linear part:
w(y − p̂)/Σw, 0 outside the domain, added up per cluster. Units count as drawn with replacement: there is no
finite population correction, as one annotation of an entity does not tell how the entity's others differ.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sampling.errors import EstimateError
from sampling.estimation.outcomes import SampledOutcomes

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DomainTable:
    """D domains by H strata: what estimates and variances are computed from.

    Attributes:
        n: counted units, shape (D,), at least 1.
        n_correct: the right ones among them, shape (D,).
        value: p̂ = Σwy/Σw over the domain's counted units, float64, shape (D,), in [0, 1].
        share: W, the stratum's part of the domain's Σw, shape (D, H); rows sum to 1.
        rate: p̂ in the stratum, shape (D, H); 0 where the domain has no unit there.
        unit_squares: Σ(w/Σw)² over units, Σw being the domain's, shape (D, H).
        cluster_squares: the same over clusters, their weights added up first.
        n_clusters_counted: clusters with a counted unit, shape (D, H).
        scatter: Σ_c z_c² − (Σ_c z_c)²/m over the stratum's m clusters, z_c the cluster's sum of w(y − p̂)/Σw;
            shape (D, H).
        n_units: units drawn in the stratum, counted or not, shape (H,).
        n_clusters: clusters drawn in the stratum, m, shape (H,).
        unsampled: what sampling leaves of the stratum's variance, shape (H,), in (0, 1].
    """

    n: Codes
    n_correct: Codes
    value: Floats
    share: Floats
    rate: Floats
    unit_squares: Floats
    cluster_squares: Floats
    n_clusters_counted: Codes
    scatter: Floats
    n_units: Codes
    n_clusters: Codes
    unsampled: Floats


def tabulate(outcomes: SampledOutcomes, domain: Codes, n_domains: int) -> DomainTable:
    """The table of `n_domains` disjoint domains.

    Args:
        outcomes: the sample, of at least one unit.
        domain: intp, one per unit: the domain it lies in, −1 for none. Every domain has a counted unit.
        n_domains: D.
    """
    n_strata = int(outcomes.stratum.max()) + 1
    cluster_of_unit, stratum_of_cluster = _clusters_within_strata(outcomes)
    n_all_clusters = len(stratum_of_cluster)
    units = np.flatnonzero(outcomes.is_counted & (domain >= 0))
    of_domain = domain[units]
    cell = of_domain * n_strata + outcomes.stratum[units]
    groups, group = np.unique(of_domain * n_all_clusters + cluster_of_unit[units], return_inverse=True)
    cell_of_group = groups // n_all_clusters * n_strata + stratum_of_cluster[groups % n_all_clusters]
    is_correct = outcomes.is_correct[units]

    def per_cell(cells: Codes, values: Floats) -> Floats:
        sums: Floats = np.bincount(cells, values, n_domains * n_strata).astype(np.float64)
        return sums.reshape(n_domains, n_strata)

    # Sums of the weights as given: equal ones then give n_correct/n to the last digit.
    weight = outcomes.weight[units]
    total = np.bincount(of_domain, weight, n_domains)
    value = np.bincount(of_domain, weight * is_correct, n_domains) / total
    cell_total = per_cell(cell, weight)
    rate = per_cell(cell, weight * is_correct) / np.where(cell_total > 0, cell_total, 1.0)
    weight = weight / total[of_domain]
    residual = weight * (is_correct - value[of_domain])
    n_clusters = np.bincount(stratum_of_cluster, minlength=n_strata)
    squared_sums = per_cell(cell_of_group, np.square(np.bincount(group, residual)))
    return DomainTable(
        n=np.bincount(of_domain, minlength=n_domains),
        n_correct=np.bincount(of_domain[is_correct], minlength=n_domains),
        value=value,
        share=cell_total / total[:, np.newaxis],
        rate=rate,
        unit_squares=per_cell(cell, np.square(weight)),
        cluster_squares=per_cell(cell_of_group, np.square(np.bincount(group, weight))),
        n_clusters_counted=np.bincount(cell_of_group, minlength=n_domains * n_strata).reshape(rate.shape),
        scatter=squared_sums - per_cell(cell, residual) ** 2 / np.maximum(n_clusters, 1),
        n_units=np.bincount(outcomes.stratum, minlength=n_strata),
        n_clusters=n_clusters,
        unsampled=np.ones(n_strata) if outcomes.unsampled is None else outcomes.unsampled[:n_strata],
    )


def _clusters_within_strata(outcomes: SampledOutcomes) -> tuple[Codes, Codes]:
    """Every unit's cluster, counted anew in each stratum, and the stratum of every such cluster."""
    names, code = np.unique(outcomes.cluster, return_inverse=True)
    pairs, cluster_of_unit = np.unique(outcomes.stratum * len(names) + code, return_inverse=True)
    return cluster_of_unit, pairs // len(names)


def linearised_variance(outcomes: SampledOutcomes) -> float:
    """The variance of the weighted share by Taylor linearisation, as survey packages print it: unsmoothed.

    V = Σ_h m_h/(m_h − 1)·(Σ_c z_hc² − (Σ_c z_hc)²/m_h), z_hc the sum of w(y − p̂)/Σw over the counted units of
    cluster c, 0 where it has none; m_h clusters drawn in stratum h. It is 0 where every unit is right, and so
    no basis for an interval: `estimate` smooths it.

    Raises:
        EstimateError: no unit is counted, or a stratum has a single cluster.

    Source: Woodruff, "A simple method for approximating the variance of a complicated estimate", JASA 66
    (1971) 411–414; Särndal, Swensson and Wretman, Model Assisted Survey Sampling, 1992, ch. 5 and 10.

    >>> outcomes = SampledOutcomes(
    ...     stratum=np.array([0, 0, 0, 1, 1]), cluster=np.arange(5), weight=np.array([1.0, 1, 1, 2, 2]),
    ...     is_counted=np.ones(5, bool), is_correct=np.array([True, True, False, True, False]))
    >>> round(linearised_variance(outcomes), 6)
    0.102041
    """
    if outcomes.n_counted == 0:
        raise EstimateError("no unit is counted, so there is no variance: review some first")
    table = tabulate(outcomes, np.zeros(outcomes.n_units, np.intp), 1)
    lonely = np.flatnonzero(table.n_clusters == 1)
    if lonely.size:
        raise EstimateError(
            f"stratum {lonely[0]} has a single cluster, which has no variance: join it to another stratum"
        )
    m = table.n_clusters
    return float((table.scatter[0] * m / np.maximum(m - 1, 1)).sum())
