"""Two settings compared by verdicts drawn only where their masks differ.

Where the masks are the same the verdicts are the same, so the difference of the accuracies lies in the
differing mentions alone. How many of them each entity has is known for the whole population before any
verdict. Phase 1 takes of every entity its differing mention with the smallest annotation ticket, which gives
the entity its stratum; phase 2 draws n_h of the M_h entities of stratum h.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from math import sqrt
from typing import Self

import numpy as np
from numpy.typing import NDArray

from sampling.checks import as_codes, check_open_share
from sampling.comparison.stratified import Floats, StratifiedPairs, WeightedDifference, weighted_difference
from sampling.errors import DesignError, EstimateError
from sampling.estimation.estimate import Bounds, Interval, IntervalMethod, NoEstimate

Whole = NDArray[np.int64]


class DifferenceEstimand(StrEnum):
    """Which mean a difference of two settings is; over the whole population, equal masks counting as 0."""

    ANNOTATION = "annotation"
    """(1/N)·Σ_e d_e·(mean difference in e): every annotation counts once."""
    ENTITY = "entity"
    """(1/E)·Σ_e (d_e/N_e)·(mean difference in e): every entity counts once."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Differing:
    """The entities with differing mentions, one element each: all of a population, or those drawn of it.

    Attributes:
        strata: the stratum that phase 1 put the entity into, 0 … H−1, shape (n,).
        n_differing: d_e, its mentions whose masks differ, at least 1.
        n_annotations: N_e, all its mentions in the frame, at least d_e.

    Raises:
        DesignError: the shapes differ, or a number is outside its range.
    """

    strata: Whole
    n_differing: Whole
    n_annotations: Whole

    def __post_init__(self) -> None:
        n = self.strata.size
        if not self.strata.shape == self.n_differing.shape == self.n_annotations.shape == (n,):
            raise DesignError(
                f"strata, n_differing and n_annotations have shapes {self.strata.shape}, "
                f"{self.n_differing.shape} and {self.n_annotations.shape}: give one of each per entity"
            )
        for name in ("strata", "n_differing", "n_annotations"):
            object.__setattr__(self, name, as_codes(name, getattr(self, name)))
        wrong = (self.n_differing < 1) | (self.n_differing > self.n_annotations) | (self.strata < 0)
        if wrong.any():
            first = int(np.argmax(wrong))
            raise DesignError(
                f"an entity in stratum {self.strata[first]} has {self.n_differing[first]} differing mentions "
                f"of {self.n_annotations[first]}: number strata from 0 and give 1 ≤ differing ≤ all"
            )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ContrastPopulation:
    """What is known of the whole population before a verdict; the differing part as phase 1 left it.

    Attributes:
        n_entities_differing: M_h, entities with a differing mention in each stratum, shape (H,).
        n_differing: Σ d_e over them, shape (H,).
        entity_parts: Σ d_e/N_e over them, shape (H,).
        n_annotations: N, every annotation of the frame, with and without differing masks.
        n_entities: E, every entity of the frame.

    Raises:
        DesignError: no entity has a differing mention, or the frame is smaller than the differing part.
    """

    n_entities_differing: Whole
    n_differing: Whole
    entity_parts: Floats
    n_annotations: int
    n_entities: int

    def __post_init__(self) -> None:
        n, n_differing = int(self.n_entities_differing.sum()), int(self.n_differing.sum())
        if n == 0:
            raise DesignError("the two settings have the same mask everywhere: there is nothing to draw")
        if self.n_annotations < n_differing or self.n_entities < n:
            raise DesignError(
                f"{n} entities with {n_differing} annotations differ, in a frame of {self.n_entities} with "
                f"{self.n_annotations}: give the sizes of the whole frame"
            )

    @classmethod
    def of(cls, differing: Differing, *, n_annotations: int, n_entities: int) -> Self:
        """Sum up every entity that has a differing mention, as phase 1 left it, in a frame of such sizes."""
        parts = differing.n_differing / differing.n_annotations
        return cls(
            n_entities_differing=np.bincount(differing.strata),
            n_differing=np.bincount(differing.strata, differing.n_differing).astype(np.int64),
            entity_parts=np.bincount(differing.strata, parts).astype(np.float64),
            n_annotations=n_annotations,
            n_entities=n_entities,
        )

    def stakes(self, units: Differing, estimand: DifferenceEstimand) -> Floats:
        """What the mean difference in each entity adds to the estimand: d_e/N, or (d_e/N_e)/E."""
        if estimand is DifferenceEstimand.ANNOTATION:
            return units.n_differing / self.n_annotations
        return units.n_differing / units.n_annotations / self.n_entities

    def stakes_by_stratum(self, estimand: DifferenceEstimand) -> Floats:
        """A_h, the stakes of all entities of each stratum together, shape (H,)."""
        if estimand is DifferenceEstimand.ANNOTATION:
            return self.n_differing / self.n_annotations
        return self.entity_parts / self.n_entities

    def share_differing(self, estimand: DifferenceEstimand) -> float:
        """The share of annotations, or the mean share in an entity, whose masks differ: the limit of |D|."""
        return float(self.stakes_by_stratum(estimand).sum())


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ContrastSample:
    """The drawn mentions, one of each drawn entity, with their verdicts.

    Attributes:
        drawn: the drawn entities, shape (n,).
        differences: verdict of A minus verdict of B, −1, 0 or 1; any where it is not decided, shape (n,).
        decided: whether both verdicts are right or wrong, shape (n,), bool.

    Raises:
        EstimateError: the shapes differ, or a decided difference is not −1, 0 or 1.
    """

    drawn: Differing
    differences: Whole
    decided: NDArray[np.bool_]

    def __post_init__(self) -> None:
        if not self.drawn.strata.shape == self.differences.shape == self.decided.shape:
            raise EstimateError(
                f"{self.drawn.strata.size} drawn entities, {self.differences.size} differences and "
                f"{self.decided.size} decisions: give one of each per drawn entity"
            )
        if not np.isin(self.differences[self.decided], (-1, 0, 1)).all():
            raise EstimateError("a difference of two verdicts is −1, 0 or 1: mark the others as not decided")


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """The difference of two settings from verdicts where their masks differ.

    Attributes:
        estimand: which mean it is.
        difference: accuracy of A minus accuracy of B in the whole population, from the decided mentions.
            Unbiased, so that of a few mentions it may pass ±share_differing.
        interval: contains `difference`; otherwise within ±share_differing.
        p_value: two-sided, of "no difference", by the same normal approximation as the interval.
        bounds: the least and the greatest the difference could be, whatever the undecided mentions are.
        share_differing: known without a verdict; the true difference is no larger.
        n_drawn: differing mentions drawn.
        n_pairs: those decided under both settings.
        n_eff: equally weighted differing mentions that would tell about as much.
    """

    estimand: DifferenceEstimand
    difference: float
    interval: Interval
    p_value: float
    bounds: Bounds
    share_differing: float
    n_drawn: int
    n_pairs: int
    n_eff: float


def contrast(
    population: ContrastPopulation,
    sample: ContrastSample,
    *,
    estimand: DifferenceEstimand,
    confidence: float = 0.95,
) -> Contrast | NoEstimate:
    """The difference of two settings over the population, or why there is none.

    With a_e what an entity's mean difference adds to the estimand (d_e/N, or (d_e/N_e)/E), y_e the
    difference on its drawn mention, A_h = Σ a_e over all M_h entities of stratum h, which is known, and means
    over the n_h drawn:

    D = Σ_h [ȳ·A_h + n_h(M_h − 1)/(n_h − 1)·(mean of a·y − ȳ·mean of a)],   M_h·a·y where n_h = 1.

    Phase 1 takes each of the d_e mentions with 1/d_e, and given it the sum is unbiased over phase 2 (Hartley
    and Ross), so its mean over both is the estimand exactly, whatever the d_e have to do with the
    differences. Scaling ȳ by A_h takes out how much the d_e vary, which scaling by M_h/n_h leaves in; the
    plain ratio does so too, and is biased.

    The variance is the larger of Σ_h M_h²·s²/n_h, s² that of a·(y − ȳ) among the drawn, and that of
    `weighted_difference` with weights a_e and shares A_h, so that the interval is never empty, also where no
    drawn pair differs in verdict. No finite-population correction: one mention of an entity cannot tell the
    spread between entities, which it would shrink, from the spread within. Undecided mentions are left out
    as if missing at random, and bounded.

    Args:
        population: every entity with a differing mention.
        sample: those drawn of it, by simple random sampling within strata.
        estimand: whose mean is meant; a report must say it.
        confidence: nominal coverage, in (0, 1).

    Returns:
        The difference; or that a stratum with differing mentions has none decided.

    Raises:
        DesignError: more was drawn of a stratum than it has, or the confidence is outside (0, 1).

    Sources: Hartley and Ross, "Unbiased ratio estimators", Nature 174 (1954) 270–271; two phases: Särndal,
    Swensson and Wretman 1992, ch. 9.

    >>> everyone = Differing(strata=np.array([0, 0]),
    ...     n_differing=np.array([1, 3]), n_annotations=np.array([2, 3]))
    >>> found = contrast(
    ...     ContrastPopulation.of(everyone, n_annotations=16, n_entities=5),
    ...     ContrastSample(drawn=everyone, differences=np.array([0, 1]), decided=np.array([True, True])),
    ...     estimand=DifferenceEstimand.ANNOTATION)
    >>> found.difference, found.share_differing
    (0.1875, 0.25)
    """
    check_open_share("confidence", confidence)
    _check_drawn(population, sample.drawn)
    decided = sample.decided
    estimate = _estimate(population, _at(sample.drawn, decided), sample.differences[decided], estimand)
    if isinstance(estimate, NoEstimate):
        return estimate
    expansion = _expansion(population, sample.drawn, estimand)
    settled = float(expansion[decided] @ sample.differences[decided])
    open_part = float(np.abs(expansion[~decided]).sum())
    return Contrast(
        estimand=estimand,
        difference=estimate.value,
        interval=estimate.interval(confidence, IntervalMethod.CONTRAST),
        p_value=estimate.p_value,
        bounds=Bounds(
            low=min(estimate.value, settled - open_part), high=max(estimate.value, settled + open_part)
        ),
        share_differing=population.share_differing(estimand),
        n_drawn=sample.decided.size,
        n_pairs=estimate.n_pairs,
        n_eff=estimate.n_eff,
    )


def _estimate(
    population: ContrastPopulation, drawn: Differing, differences: Whole, estimand: DifferenceEstimand
) -> WeightedDifference | NoEstimate:
    h, A_h = drawn.strata, population.stakes_by_stratum(estimand)
    a = population.stakes(drawn, estimand)
    ratio = weighted_difference(StratifiedPairs(differences=differences, strata=h, weights=a, shares=A_h))
    if isinstance(ratio, NoEstimate):
        return ratio
    M_h, n_h = population.n_entities_differing, np.bincount(h, minlength=A_h.size)
    residuals = a * (differences - (_per_stratum(h, differences, A_h.size) / np.maximum(n_h, 1))[h])
    centred = residuals - (_per_stratum(h, residuals, A_h.size) / np.maximum(n_h, 1))[h]
    squares = _per_stratum(h, centred**2, A_h.size)
    variance = float(np.sum(M_h**2 * squares / np.maximum(n_h * (n_h - 1), 1)))
    value = float(_expansion(population, drawn, estimand) @ differences)
    return replace(
        ratio,
        value=value,
        centre=value - ratio.value + ratio.centre,
        standard_error=max(ratio.standard_error, sqrt(variance)),
    )


def _expansion(population: ContrastPopulation, drawn: Differing, estimand: DifferenceEstimand) -> Floats:
    """What each drawn difference is multiplied by: A_h/n_h + (M_h − 1)/(n_h − 1)·(a_e − mean of a)."""
    h, A_h = drawn.strata, population.stakes_by_stratum(estimand)
    M_h, n_h = population.n_entities_differing, np.bincount(h, minlength=A_h.size)
    a = population.stakes(drawn, estimand)
    deviations = a - (_per_stratum(h, a, A_h.size) / np.maximum(n_h, 1))[h]
    several = A_h[h] / n_h[h] + (M_h[h] - 1) / np.maximum(n_h[h] - 1, 1) * deviations
    return np.where(n_h[h] > 1, several, M_h[h] * a)


def _per_stratum(strata: Whole, values: Whole | Floats, n_strata: int) -> Floats:
    return np.bincount(strata, values, minlength=n_strata).astype(np.float64)


def _at(units: Differing, where: NDArray[np.bool_]) -> Differing:
    return Differing(
        strata=units.strata[where],
        n_differing=units.n_differing[where],
        n_annotations=units.n_annotations[where],
    )


def _check_drawn(population: ContrastPopulation, drawn: Differing) -> None:
    n_h = np.bincount(drawn.strata, minlength=population.n_entities_differing.size)
    M_h = np.zeros(n_h.size, dtype=np.int64)
    M_h[: population.n_entities_differing.size] = population.n_entities_differing
    if (n_h > M_h).any():
        h = int(np.argmax(n_h > M_h))
        raise DesignError(
            f"{n_h[h]} entities are drawn of stratum {h}, where {M_h[h]} have a differing mention: "
            "give the population that the sample was drawn from"
        )
