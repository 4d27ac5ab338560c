"""Two rounds of an audit: the difference of their accuracies, where their samples share some of their units.

A unit that was drawn in both rounds, and judged twice or once for both, ties the two accuracies together:
they are neither pairs throughout nor independent.
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from sampling.checks import as_codes
from sampling.errors import EstimateError
from sampling.estimation.estimate import Estimate, Interval, IntervalMethod
from sampling.estimation.outcomes import SampledOutcomes

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Round:
    """One round of an audit under one setting.

    Attributes:
        outcomes: its units with the weights of one estimand; at least one counts.
        estimate: of their weighted share.
        links: what each unit was drawn as, intp, at least 0, shape (n,): the same code for the same thing in
            both rounds, as an entity or an annotation.

    Raises:
        EstimateError: there is not one link per unit, or no unit counts.
    """

    outcomes: SampledOutcomes
    estimate: Estimate
    links: NDArray[np.intp]

    def __post_init__(self) -> None:
        object.__setattr__(self, "links", as_codes("links", self.links))
        if self.links.shape != (self.outcomes.n_units,):
            raise EstimateError(
                f"{self.links.size} links for {self.outcomes.n_units} units: give one of each unit"
            )
        if self.outcomes.n_counted == 0:
            raise EstimateError("no unit of a round is known to be right or wrong: it has no accuracy")


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundDifference:
    """How far apart the accuracies of two rounds are.

    Attributes:
        difference: new minus old, in [−1, 1].
        interval: contains `difference`.
        correlation: of the two estimates, in [−1, 1]; 0 where they share nothing.
        n_shared: things drawn in both rounds with a unit that counts in both.
    """

    difference: float
    interval: Interval
    correlation: float
    n_shared: int

    @property
    def is_shown(self) -> bool:
        """The interval leaves 0 out."""
        return not self.interval.low <= 0 <= self.interval.high


def difference_of_rounds(old: Round, new: Round) -> RoundDifference:
    """The accuracy of the new round minus that of the old one, by the variance estimates recovered (MOVER).

    With the limits l, u of the two accuracies and the correlation r of the estimates:
    low = D − √((p₂ − l₂)² − 2r(p₂ − l₂)(u₁ − p₁) + (u₁ − p₁)²), and high the same with the other limits. r is
    that of partially overlapping samples: Σ z₁z₂/√(Σz₁²·Σz₂²), z the sum of w(y − p̂ₕ)/Σw over the counted
    units of one thing that was drawn, p̂ₕ the share in its stratum; only what both rounds drew has a product.
    With equal weights it is φ·m/√(n₁n₂) for m shared units of n₁ and n₂. As in Bonett and Price's interval
    for pairs, two discordant pseudo-pairs, one for each round, are added to the products, by the share
    λ = m/√(n₁n₂) of what is shared: pairs that all agree do not show that the rounds are equal.

    Without a shared unit and with Wilson's limits it is Newcombe's hybrid score interval.

    Raises:
        EstimateError: the two intervals are of different confidence.

    Sources: Zou and Donner, Statistics in Medicine 27 (2008) 1693–1702 (MOVER with a correlation); Newcombe,
    Statistics in Medicine 17 (1998) 873–890 (method 10); Derrick, Dobson-Mckittrick, Toher and White, "Test
    statistics for comparing two proportions with partially overlapping samples", J. Applied Quantitative
    Methods 10 (2015) 1–14; Qualité and Tillé, "Variance estimation of changes in repeated surveys", Survey
    Methodology 34 (2008) 173–181 (the covariance is that of the common part); Bonett and Price 2012.

    >>> from sampling.estimation.stratified import estimate
    >>> def judged(n_correct: int, n: int, first_link: int) -> Round:
    ...     outcomes = SampledOutcomes(
    ...         stratum=np.zeros(n, np.intp), cluster=np.arange(n), weight=np.ones(n),
    ...         is_counted=np.ones(n, bool), is_correct=np.arange(n) < n_correct)
    ...     return Round(outcomes=outcomes, estimate=estimate(outcomes), links=first_link + np.arange(n))
    >>> apart = difference_of_rounds(judged(160, 200, 0), judged(180, 200, 200))
    >>> round(apart.difference, 4), round(apart.interval.low, 4), round(apart.interval.high, 4)
    (0.1, 0.03, 0.1699)
    >>> shared = difference_of_rounds(judged(160, 200, 0), judged(180, 200, 0))
    >>> shared.n_shared, round(shared.interval.low, 4), round(shared.interval.high, 4)
    (200, 0.0577, 0.1472)
    """
    before, after = old.estimate, new.estimate
    if before.interval.confidence != after.interval.confidence:
        raise EstimateError(
            f"the intervals hold {before.interval.confidence} and {after.interval.confidence}: make both of "
            "one confidence"
        )
    correlation, n_shared = _correlation(old, new)
    difference = after.value - before.value
    down = _third_side(after.value - after.interval.low, before.interval.high - before.value, correlation)
    up = _third_side(after.interval.high - after.value, before.value - before.interval.low, correlation)
    return RoundDifference(
        difference=difference,
        interval=Interval(
            low=max(-1.0, difference - down),
            high=min(1.0, difference + up),
            confidence=after.interval.confidence,
            method=IntervalMethod.MOVER_OVERLAPPING,
        ),
        correlation=correlation,
        n_shared=n_shared,
    )


def _correlation(old: Round, new: Round) -> tuple[float, int]:
    n_links = int(max(old.links.max(), new.links.max())) + 1
    first, second = _linear_parts(old, n_links), _linear_parts(new, n_links)
    shared = first.is_drawn & second.is_drawn
    n_shared = int(np.count_nonzero(shared))
    if n_shared == 0:
        return 0.0, 0
    overlap = n_shared / sqrt(np.count_nonzero(first.is_drawn) * np.count_nonzero(second.is_drawn))
    p, q = first.value, second.value
    # A pseudo-pair is right in one round and wrong in the other; it weighs as an average unit.
    discordant = (p * (1 - q) + (1 - p) * q) / (first.kish_n * second.kish_n)
    products = float(np.sum(first.part * second.part)) - overlap * discordant
    return float(np.clip(products / sqrt(first.squares * second.squares), -1.0, 1.0)), n_shared


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _LinearParts:
    value: float
    part: Floats  # of each link, its sum of w(y − p̂ₕ)/Σw
    is_drawn: NDArray[np.bool_]  # of each link: a unit of it counts
    kish_n: float  # equally weighted links that would tell as much

    @property
    def squares(self) -> float:
        """Σz² with both pseudo-pairs."""
        pseudo = (self.value**2 + (1 - self.value) ** 2) / self.kish_n**2
        return float(np.sum(self.part**2)) + pseudo


def _linear_parts(one: Round, n_links: int) -> _LinearParts:
    outcomes = one.outcomes
    counted = outcomes.is_counted
    weight, stratum = outcomes.weight[counted], outcomes.stratum[counted]
    weight = weight / weight.sum()
    right = outcomes.is_correct[counted].astype(np.float64)
    totals = np.bincount(stratum, weight)
    rate = np.bincount(stratum, weight * right) / np.where(totals > 0, totals, 1.0)
    links = one.links[counted]
    of_links = np.bincount(links, weight, n_links)
    return _LinearParts(
        value=one.estimate.value,
        part=np.bincount(links, weight * (right - rate[stratum]), n_links).astype(np.float64),
        is_drawn=of_links > 0,
        kish_n=float(1 / np.sum(of_links**2)),
    )


def _third_side(one: float, other: float, cosine: float) -> float:
    # Rounding can leave a square of −1e-19 where both sides are equal and the cosine is 1.
    return sqrt(max(0.0, one**2 - 2 * cosine * one * other + other**2))
