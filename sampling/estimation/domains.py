"""Estimates for every slice of a sample at once: its categories, splits, sources, size classes."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from math import expm1, log

import numpy as np
from numpy.typing import NDArray

from sampling.checks import as_whole, check_open_share
from sampling.errors import EstimateError
from sampling.estimation.estimate import Estimate, Interval, IntervalMethod, NoEstimate
from sampling.estimation.intervals import rule_of_three
from sampling.estimation.linearisation import DomainTable, tabulate
from sampling.estimation.outcomes import SampledOutcomes
from sampling.estimation.stratified import precision_of, table_limits

NOT_IN_A_DOMAIN = -1
FEWEST_COUNTED = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainEstimate:
    """One slice: its counts, which can always be shown, and its estimate, which needs enough of them.

    Attributes:
        n: counted units.
        n_correct: the right ones among them.
        estimate: of the slice, or why there is none.
        greatest_error: where units are counted and none is wrong, the one-sided upper bound of the share of
            errors, by the rule of three on n_eff; None elsewhere.
    """

    n: int
    n_correct: int
    estimate: Estimate | NoEstimate
    greatest_error: float | None


class Correction(StrEnum):
    """How the confidence of one figure follows from that of all."""

    BONFERRONI = "bonferroni"
    """Holds whatever the figures have to do with each other."""
    SIDAK = "sidak"
    """A little narrower; for figures of disjoint slices, which are independent."""


def estimates_by_domain(
    outcomes: SampledOutcomes,
    domain: NDArray[np.intp],
    *,
    n_domains: int,
    fewest: int = FEWEST_COUNTED,
    confidence: float = 0.95,
    method: IntervalMethod = IntervalMethod.WILSON_EFFECTIVE,
) -> tuple[DomainEstimate, ...]:
    """What every domain shows; its estimate is that of `estimate(outcomes.within(domain == d))`.

    Args:
        outcomes: the sample.
        domain: intp, one per unit: from 0 to n_domains − 1, or `NOT_IN_A_DOMAIN`.
        n_domains: how many there are, also those without a counted unit.
        fewest: counted units below which a domain gets no estimate.
        confidence: nominal coverage of each interval on its own, in (0, 1); for all of them at once take that
            of `simultaneous_confidence`.
        method: as of `estimate`.

    Returns:
        One per domain, in the order of their codes.

    Raises:
        DesignError: as of `estimate`; or domain codes out of range, or not one per unit.

    >>> outcomes = SampledOutcomes(
    ...     stratum=np.zeros(90, np.intp), cluster=np.arange(90), weight=np.ones(90),
    ...     is_counted=np.ones(90, bool), is_correct=np.arange(90) != 0)
    >>> cats, dogs, owls = estimates_by_domain(outcomes, np.repeat([0, 1, 2], [40, 45, 5]), n_domains=3)
    >>> cats.estimate.value, round(dogs.greatest_error, 3), owls.estimate
    (0.975, 0.064, NoEstimate(reason='fewer than 30 units are known to be right or wrong'))
    """
    check_open_share("confidence", confidence)
    _check_domains(outcomes, domain, n_domains)
    n = np.bincount(domain[outcomes.is_counted & (domain >= 0)], minlength=n_domains)
    filled = np.flatnonzero(n)
    nothing = NoEstimate(reason="no unit is known to be right or wrong")
    found = [DomainEstimate(n=0, n_correct=0, estimate=nothing, greatest_error=None)] * n_domains
    if filled.size:
        # One more than there are domains, so that NOT_IN_A_DOMAIN finds the last.
        renumbered = np.full(n_domains + 1, NOT_IN_A_DOMAIN)
        renumbered[filled] = np.arange(filled.size)
        table = tabulate(outcomes, renumbered[domain], filled.size)
        for code, estimated in zip(filled, _of_table(table, fewest, confidence, method), strict=True):
            found[code] = estimated
    return tuple(found)


def simultaneous_confidence(
    confidence: float, n_figures: int, *, correction: Correction = Correction.BONFERRONI
) -> float:
    """The confidence that each of `n_figures` intervals needs for all to cover at once with `confidence`.

    Bonferroni: 1 − (1 − confidence)/n_figures; Šidák: confidence^(1/n_figures).

    Raises:
        DesignError: the confidence is outside (0, 1), there is no figure, or there are so many that the
            confidence of each rounds to 1.

    Source: Šidák, "Rectangular confidence regions for the means of multivariate normal distributions", JASA
    62 (1967) 626–633; Miller, Simultaneous Statistical Inference, Springer 1981, ch. 1.

    >>> round(simultaneous_confidence(0.95, 9), 5)
    0.99444
    """
    check_open_share("confidence", confidence)
    if as_whole("the number of figures", n_figures) < 1:
        raise EstimateError(f"{n_figures} figures have no confidence to share: give at least 1")
    if correction is Correction.SIDAK:
        error = -expm1(log(confidence) / n_figures)
    else:
        error = (1 - confidence) / n_figures
    if 1 - error == 1:
        raise EstimateError(f"{n_figures} figures leave each a confidence that is 1 to 16 digits: show fewer")
    return 1 - error


def _check_domains(outcomes: SampledOutcomes, domain: NDArray[np.intp], n_domains: int) -> None:
    if domain.shape != (outcomes.n_units,) or not np.issubdtype(domain.dtype, np.integer):
        raise EstimateError(
            f"the domain codes are {domain.dtype} of shape {domain.shape}: give one integer for each of the "
            f"{outcomes.n_units} units"
        )
    if domain.size and not NOT_IN_A_DOMAIN <= domain.min() <= domain.max() < n_domains:
        raise EstimateError(
            f"the domain codes run from {domain.min()} to {domain.max()}: give 0 to {n_domains - 1}, or "
            f"{NOT_IN_A_DOMAIN} for a unit in none"
        )


def _of_table(
    table: DomainTable, fewest: int, confidence: float, method: IntervalMethod
) -> Iterator[DomainEstimate]:
    precision = precision_of(table)
    limits = table_limits(table, precision, confidence=confidence, method=method)
    too_few = NoEstimate(reason=f"fewer than {fewest} units are known to be right or wrong")
    columns = (table.n, table.n_correct, table.value, limits.low, limits.high, precision.n_eff)
    for n, n_correct, value, low, high, n_eff in zip(*(column.tolist() for column in columns), strict=True):
        interval = Interval(low=low, high=high, confidence=confidence, method=method)
        yield DomainEstimate(
            n=n,
            n_correct=n_correct,
            estimate=Estimate(value=value, interval=interval, n=n, n_eff=n_eff) if n >= fewest else too_few,
            greatest_error=rule_of_three(min(n, n_eff), confidence=confidence) if n == n_correct else None,
        )
