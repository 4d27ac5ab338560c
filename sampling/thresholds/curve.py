"""How accurate what is kept is, threshold by threshold, with a band that holds for all thresholds at once."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sampling.checks import as_weights, check_open_share
from sampling.errors import DesignError
from sampling.estimation.domains import simultaneous_confidence
from sampling.estimation.estimate import IntervalMethod
from sampling.estimation.limits import Limits, proportion_limits
from sampling.thresholds.boxes import Direction, towards_kept
from sampling.thresholds.judged import JudgedMasks
from sampling.thresholds.weighted import weighted_error_limits

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

N_ANCHORS = 32
"""Thresholds that share the error probability; between them the band follows from shares that are known."""
FEWEST_AT_AN_ANCHOR = 20
"""Verdicts that the strictest anchor is expected to keep."""
N_POINTS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePoint:
    """One threshold.

    Attributes:
        threshold: a value of the population.
        coverage: the share of the population that it keeps, exactly, in (0, 1].
        accuracy: the weighted share of right masks among the verdicts kept; None where there is none.
        low, high: the band, in [0, 1]; `accuracy` lies in it.
        n_kept: verdicts on kept masks.
        n_errors: the wrong ones among them.
    """

    threshold: float
    coverage: float
    accuracy: float | None
    low: float
    high: float
    n_kept: int
    n_errors: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AccuracyCurve:
    """Thresholds of one feature from the strictest to the one that keeps every mask with a known value.

    Attributes:
        direction: whether masks of at least, or of at most, a threshold are kept.
        points: from the strictest on, at least one.
        confidence: with which the true accuracy lies in the band at every threshold at once.
        unknown: the masks whose value is unknown, which no threshold keeps.
    """

    direction: Direction
    points: tuple[CurvePoint, ...]
    confidence: float
    unknown: "UnknownMasks"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownMasks:
    """The masks without a value, and the verdicts on them.

    Attributes:
        share: of the population, in [0, 1].
        n_verdicts: on such masks.
        n_errors: the wrong ones among them.
    """

    share: float
    n_verdicts: int
    n_errors: int


def accuracy_curve(
    values: Floats,
    judged: JudgedMasks,
    *,
    direction: Direction,
    confidence: float = 0.95,
    weights: Floats | None = None,
    n_points: int = N_POINTS,
) -> AccuracyCurve:
    """Coverage and accuracy over the threshold of one feature, or any score, with a simultaneous band.

    A = 1 − E/C: C the share of the population that a threshold keeps, known; E the share of the population
    that is kept and wrong. At `N_ANCHORS` thresholds, chosen by C alone in equal ratios, E/C gets limits of
    1 − (1 − confidence)/N_ANCHORS each: Clopper and Pearson's of the verdicts kept, or, where weights differ,
    those of `weighted_error_limits`. Between them neither E nor C − E can fall from strict to loose, so for
    every threshold and anchor a:

        E ≤ E_a if C ≤ C_a, E ≤ E_a + C − C_a if C > C_a, and the mirror image below.

    With verdicts that weigh the same the band holds whatever the accuracies, for all thresholds, those that
    are not shown too: Bonferroni over limits that hold, and inequalities that always do.

    Args:
        values: of the population, shape (N,), NaN where unknown.
        judged: the verdicts, a sample of that population; all may be used, as nothing is chosen here.
        direction: whether to keep from a threshold up, or down.
        confidence: of the whole band, in (0, 1).
        weights: what each mask of the population weighs in the estimand, shape (N,), finite, above 0; None if
            all weigh the same.
        n_points: thresholds shown at most, at least 1.

    Raises:
        DesignError: no known value, an infinite one, weights that are none, or a number out of range.
        EstimateError: a position outside the population.

    Sources: Clopper and Pearson 1934; Miller, Simultaneous Statistical Inference, 1981, ch. 1 (Bonferroni).

    >>> values = np.linspace(0, 1, 1001)
    >>> judged = JudgedMasks(position=np.arange(1001), correct=values > 0.1, weight=np.ones(1001))
    >>> curve = accuracy_curve(values, judged, direction=Direction.AT_LEAST, n_points=5)
    >>> [(round(point.coverage, 2), round(point.accuracy, 2), round(point.low, 2)) for point in curve.points]
    [(0.2, 1.0, 0.96), (0.4, 1.0, 0.98), (0.6, 1.0, 0.99), (0.8, 1.0, 0.99), (1.0, 0.9, 0.87)]
    """
    check_open_share("confidence", confidence)
    if n_points < 1:
        raise DesignError(f"{n_points} points show no curve: give at least 1")
    judged.check_within(values.size)
    population = _population(values, direction, weights)
    anchors = population.thresholds_at(_anchor_shares(population, judged.n))
    shown = population.thresholds_at(population.known_share * np.arange(1, n_points + 1) / n_points)
    limits = _error_limits(
        judged,
        population.keeps(anchors, judged),
        confidence=simultaneous_confidence(confidence, anchors.size),
    )
    band = _band(population.coverage(anchors), limits, population.coverage(shown))
    is_unknown = np.isnan(values[judged.position])
    return AccuracyCurve(
        direction=direction,
        points=tuple(_points(population, judged, shown, band, direction)),
        confidence=confidence,
        unknown=UnknownMasks(
            share=population.unknown_share,
            n_verdicts=int(is_unknown.sum()),
            n_errors=int(np.sum(is_unknown & ~judged.correct)),
        ),
    )


def _population(values: Floats, direction: Direction, weights: Floats | None) -> "_Population":
    if values.ndim != 1 or np.isnan(values).all():
        raise DesignError(
            f"values {values.shape} with none known make no curve: give one per mask, NaN where unknown"
        )
    mass = np.ones(values.size) if weights is None else as_weights("weights", weights)
    if mass.shape != values.shape:
        raise DesignError(f"{mass.shape} weights for {values.shape} values: give one per mask")
    turned = towards_kept(values[:, np.newaxis], (direction,))[:, 0]
    ranked = np.argsort(-turned, kind="stable")
    order, unknown = np.split(ranked, [int(np.isfinite(turned).sum())])
    # Equal weights become counts, which add up exactly; where all is known, the last sum is the whole itself.
    mass = mass / mass.max()
    known, rest = np.cumsum(mass[order]), float(mass[unknown].sum())
    whole = known[-1] + rest
    return _Population(turned=turned, falling=turned[order], shares=known / whole, unknown_share=rest / whole)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Population:
    """The values as `towards_kept` turns them, (N,); the known ones falling; the share up to each."""

    turned: Floats
    falling: Floats
    shares: Floats
    unknown_share: float

    @property
    def known_share(self) -> float:
        return float(self.shares[-1])

    def thresholds_at(self, shares: Floats) -> Floats:
        """The strictest thresholds that keep at least these shares, each once, from the strictest."""
        # Rounding must not ask for more than the known masks.
        at = np.searchsorted(self.shares, shares * (1 - 1e-12)).clip(max=self.falling.size - 1)
        return np.asarray(np.unique(self.falling[at])[::-1])

    def coverage(self, thresholds: Floats) -> Floats:
        kept = np.searchsorted(-self.falling, -thresholds, side="right")
        return np.asarray(self.shares[kept - 1])

    def keeps(self, thresholds: Floats, judged: JudgedMasks) -> Flags:
        """Which verdicts each threshold keeps, shape (m, n)."""
        return np.asarray(self.turned[judged.position] >= thresholds[:, np.newaxis])


def _points(
    population: _Population, judged: JudgedMasks, thresholds: Floats, band: Limits, direction: Direction
) -> Iterator[CurvePoint]:
    kept = population.keeps(thresholds, judged)
    weight, right = kept @ judged.weight, kept @ (judged.weight * judged.correct)
    n_kept, n_errors = kept.sum(axis=1), (kept & ~judged.correct).sum(axis=1)
    for j, (threshold, coverage) in enumerate(zip(thresholds, population.coverage(thresholds), strict=True)):
        accuracy = min(float(right[j] / weight[j]), 1.0) if n_kept[j] else None
        low, high = 1 - float(band.high[j]), 1 - float(band.low[j])
        yield CurvePoint(
            threshold=float(threshold) * direction.sign,
            coverage=float(coverage),
            accuracy=accuracy,
            low=low if accuracy is None else min(low, accuracy),
            high=high if accuracy is None else max(high, accuracy),
            n_kept=int(n_kept[j]),
            n_errors=int(n_errors[j]),
        )


def _anchor_shares(population: _Population, n_verdicts: int) -> Floats:
    most = population.known_share
    least = min(most, FEWEST_AT_AN_ANCHOR / max(n_verdicts, FEWEST_AT_AN_ANCHOR))
    return np.asarray(np.geomspace(least, most, N_ANCHORS), dtype=np.float64)


def _error_limits(judged: JudgedMasks, kept: Flags, *, confidence: float) -> Limits:
    if not judged.is_even:
        limits = [
            weighted_error_limits(judged.correct[each], judged.weight[each], confidence=confidence)
            for each in kept
        ]
        return Limits(low=np.array([low for low, _ in limits]), high=np.array([high for _, high in limits]))
    n = kept.sum(axis=1).astype(np.float64)
    errors = (kept & ~judged.correct).sum(axis=1).astype(np.float64)
    limits_of_errors = proportion_limits(
        errors, np.maximum(n, 1.0), confidence=confidence, method=IntervalMethod.CLOPPER_PEARSON
    )
    return Limits(low=limits_of_errors.low, high=np.where(n > 0, limits_of_errors.high, 1.0))


def _band(anchors: Floats, limits: Limits, coverage: Floats) -> Limits:
    """Limits of E/C at every coverage, shape (m,), from those at the anchors."""
    beyond = coverage[:, np.newaxis] - anchors
    least = np.max(limits.low * anchors + np.minimum(beyond, 0.0), axis=1)
    most = np.min(limits.high * anchors + np.maximum(beyond, 0.0), axis=1)
    return Limits(low=np.clip(least / coverage, 0.0, 1.0), high=np.clip(most / coverage, 0.0, 1.0))
