"""Estimates the accuracy of every setting, over the whole sample and in every slice of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from audit.jobs.review_state import Outcome, ReviewState, counts_of
from reports.results import Figure, Result, Span
from sampling.design.frame import Across, DrawnUnit
from sampling.design.phase_one import SizeMeasure
from sampling.estimation.accuracy import sample_accuracy
from sampling.estimation.cautions import FEWEST_EFFECTIVE, Caution, cautions
from sampling.estimation.domains import NOT_IN_A_DOMAIN, DomainEstimate, estimates_by_domain
from sampling.estimation.estimands import Estimand, ReviewedSample, estimates_by_estimand
from sampling.estimation.estimate import Bounds, Estimate, NoEstimate, VerdictCounts, accuracy_bounds
from sampling.estimation.finite_population import unsampled_share
from sampling.estimation.intervals import rule_of_three
from sampling.estimation.stratified import estimate

Codes = NDArray[np.intp]

COUNTED = (Outcome.CORRECT, Outcome.INCORRECT, Outcome.MISSING)
UNDECIDED = (Outcome.UNSURE, Outcome.UNJUDGABLE)

SMALL_AREA, MEDIUM_AREA = 32**2, 96**2
"""Pixels below which a mask is small, or medium: the classes of the COCO evaluation (cocodataset.org)."""

SIZE_CLASSES = ("small", "medium", "large")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How figures are made.

    Attributes:
        confidence: coverage of each interval on its own, in (0, 1).
        table_confidence: the same of the settings' overall figures; more where they hold all at once.
        estimand: the headline's.
        span: what the confidence is of.
    """

    confidence: float
    table_confidence: float
    estimand: Estimand
    span: Span = Span.EACH


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Slicing:
    """A sample cut into slices.

    Attributes:
        names: of the slices.
        codes: of each unit, the position of its slice, or `NOT_IN_A_DOMAIN`.
    """

    names: tuple[str, ...]
    codes: Codes


def reviewed_sample(state: ReviewState, setting: str) -> ReviewedSample:
    """Give the units of a sample as they stand under one setting, as arrays in the order of the units."""
    outcomes = state.outcomes[setting]
    units = state.units
    return ReviewedSample(
        stratum=strata_codes(state),
        cluster=_clusters(state),
        entity_weight=np.array([unit.entity_weight for unit in units]),
        design_weight=np.array([unit.design_weight for unit in units]),
        is_counted=np.array([outcome in COUNTED for outcome in outcomes], dtype=np.bool_),
        is_correct=np.array([outcome is Outcome.CORRECT for outcome in outcomes], dtype=np.bool_),
        unsampled=_unsampled(state, setting),
        mix_weight=unit_weights(state, Estimand.MIX) if state.sample.waves else None,
    )


def unit_weights(state: ReviewState, estimand: Estimand) -> NDArray[np.float64]:
    """Give how much each unit counts in an estimand, in the order of the units; only ratios matter.

    In the mix every unit counts once, but where a sample was drawn in waves: there a split counts as much as
    the first allocation gave it, and a unit what it stands for of it.
    """
    if estimand is Estimand.ENTITY:
        return np.array([unit.entity_weight for unit in state.units])
    if estimand is Estimand.ANNOTATION:
        return np.array([unit.design_weight for unit in state.units])
    if not state.sample.waves:
        return np.ones(len(state.units))
    of_annotations = state.sample.unit == DrawnUnit.ANNOTATION
    shares = {
        stratum.split: stratum.n_first / (stratum.n_annotations if of_annotations else stratum.n_entities)
        for stratum in state.sample.strata
    }
    stands_for = unit_weights(state, Estimand.ANNOTATION if of_annotations else Estimand.ENTITY)
    return np.asarray(stands_for * np.array([shares[unit.stratum] for unit in state.units]))


def overall_result(state: ReviewState, setting: str, figures: Figures) -> Result:
    """Give what the whole sample shows of a setting."""
    sample = reviewed_sample(state, setting)
    return result_of(
        state, setting, figures, estimates_by_estimand(sample, confidence=figures.table_confidence)
    )


def result_of(
    state: ReviewState, setting: str, figures: Figures, found: Mapping[Estimand, Estimate | NoEstimate]
) -> Result:
    """Give estimates of a setting over the whole sample with all that belongs to them."""
    counts = counts_of(state.outcomes[setting])
    sample = reviewed_sample(state, setting)
    estimands: dict[Estimand, Figure] = dict(found)
    nothing = sample_accuracy(counts)
    if isinstance(nothing, NoEstimate):  # which knows why
        estimands = dict.fromkeys(Estimand, nothing)
    headline = estimands[figures.estimand]
    return Result(
        counts=counts,
        headline=figures.estimand,
        estimands=estimands,
        cautions=cautions(sample.outcomes(figures.estimand), headline)
        if isinstance(headline, Estimate)
        else (),
        greatest_error=_greatest_error(counts, headline),
        bounds=_bounds(state, setting, counts, np.ones(len(state.units), dtype=np.bool_)),
    )


def sliced_results(state: ReviewState, setting: str, slicing: Slicing, figures: Figures) -> dict[str, Result]:
    """Give what every slice of the sample shows of a setting."""
    sample = reviewed_sample(state, setting)
    found = {
        estimand: estimates_by_domain(
            sample.outcomes(estimand),
            slicing.codes,
            n_domains=len(slicing.names),
            fewest=1,
            confidence=figures.confidence,
        )
        for estimand in Estimand
    }
    counts = _counts_by_slice(state.outcomes[setting], slicing)
    return {
        name: _slice_result(
            counts[place],
            {estimand: estimates[place] for estimand, estimates in found.items()},
            figures,
            _bounds(state, setting, counts[place], slicing.codes == place),
        )
        for place, name in enumerate(slicing.names)
    }


def cluster_deff(state: ReviewState, setting: str, estimand: Estimand) -> float:
    """Give how far drawing units of one entity together widens a setting's variance, at least 1."""
    drawn_together = reviewed_sample(state, setting).outcomes(estimand)
    drawn_alone = replace(drawn_together, cluster=np.arange(drawn_together.n_units))
    together, alone = estimate(drawn_together), estimate(drawn_alone)
    if isinstance(together, NoEstimate) or isinstance(alone, NoEstimate):
        return 1.0
    return max(1.0, alone.n_eff / together.n_eff)


def strata_codes(state: ReviewState) -> Codes:
    """Give what is drawn independently: the splits; drawn within splits, all of the sample is one.

    The same tickets then draw the same entities in every split, so their units are alike across splits.
    """
    if state.sample.across == Across.WITHIN_SPLIT:
        return np.zeros(len(state.units), dtype=np.intp)
    return by_split(state).codes


def by_split(state: ReviewState) -> Slicing:
    """Cut a sample by the splits that it was drawn in."""
    names = tuple(stratum.split for stratum in state.sample.strata)
    return _slicing(names, [unit.stratum for unit in state.units])


def by_category(state: ReviewState) -> Slicing:
    """Cut a sample by category; units without one are in no slice."""
    names = tuple(sorted({unit.category for unit in state.units if unit.category is not None}))
    return _slicing(names, [unit.category for unit in state.units])


def by_source(state: ReviewState) -> Slicing:
    """Cut a sample by source dataset; units without one are in no slice."""
    names = tuple(sorted({unit.source for unit in state.units if unit.source is not None}))
    return _slicing(names, [unit.source for unit in state.units])


def by_size(state: ReviewState, setting: str) -> Slicing:
    """Cut a sample by the size of a setting's own masks; units without a mask are in no slice."""
    masks = [made.mask_id for made in state.masks_made[setting]]
    classes = [None if mask_id is None else size_class(state.areas[mask_id]) for mask_id in masks]
    return _slicing(tuple(name for name in SIZE_CLASSES if name in classes), classes)


def _bounds(
    state: ReviewState, setting: str, counts: VerdictCounts, chosen: NDArray[np.bool_]
) -> Bounds | None:
    """The accuracy in the mix with every undecided unit wrong, and right; None where none was looked at."""
    is_untouched = counts.n_pending > 0 and counts.n_reviewed == 0
    if is_untouched or counts.n_counted + counts.n_undecided == 0:
        return None
    if not state.sample.waves:
        return accuracy_bounds(counts)
    outcomes, weights = state.outcomes[setting], unit_weights(state, Estimand.MIX)

    def total(*kinds: Outcome) -> float:
        return float(weights[chosen & np.array([outcome in kinds for outcome in outcomes])].sum())

    right, undecided = total(Outcome.CORRECT), total(*UNDECIDED)
    whole = total(*COUNTED, *UNDECIDED)
    return Bounds(low=right / whole, high=(right + undecided) / whole)


def _greatest_error(counts: VerdictCounts, headline: Estimate | NoEstimate) -> float | None:
    if isinstance(headline, NoEstimate) or counts.n_accepted < counts.n_counted:
        return None
    return rule_of_three(min(headline.n, headline.n_eff), confidence=headline.interval.confidence)


def _slicing(names: tuple[str, ...], slices: Sequence[str | None]) -> Slicing:
    place = {name: number for number, name in enumerate(names)}
    codes = [NOT_IN_A_DOMAIN if name is None else place[name] for name in slices]
    return Slicing(names=names, codes=np.array(codes, dtype=np.intp))


def size_class(area: int) -> str:
    """Give the class of a mask by its pixels.

    >>> [size_class(area) for area in (1023, 1024, 9216)]
    ['small', 'medium', 'large']
    """
    if area < SMALL_AREA:
        return "small"
    return "medium" if area < MEDIUM_AREA else "large"


def _clusters(state: ReviewState) -> Codes:
    """Units that were drawn together share a code: several annotations of one entity."""
    if state.sample.unit == DrawnUnit.ANNOTATION:
        return np.arange(len(state.units), dtype=np.intp)
    place: dict[str, int] = {}
    return np.array([place.setdefault(unit.entity_id, len(place)) for unit in state.units], dtype=np.intp)


def _unsampled(state: ReviewState, setting: str) -> NDArray[np.float64] | None:
    """What is left to chance of each split once its units are known; None where it cannot be told.

    It cannot where one of several annotations stands for its entity. A unit that nobody can or did judge is
    as unknown as one that was not drawn.
    """
    strata = state.sample.strata
    has_one_each = all(stratum.n_annotations == stratum.n_entities for stratum in strata) and all(
        unit.n_annotations_of_entity == 1 for unit in state.units
    )
    if not has_one_each or state.sample.size_measure != SizeMeasure.NONE:
        return None
    known = [outcome in COUNTED or outcome is Outcome.DROPPED for outcome in state.outcomes[setting]]
    n_known = np.bincount(by_split(state).codes[np.array(known, dtype=np.bool_)], minlength=len(strata))
    return np.array(
        [
            unsampled_share(n, stratum.n_annotations) if n else 1.0
            for n, stratum in zip(n_known.tolist(), strata, strict=True)
        ]
    )


def _counts_by_slice(outcomes: Sequence[Outcome], slicing: Slicing) -> list[VerdictCounts]:
    of_slice: list[list[Outcome]] = [[] for _ in slicing.names]
    for code, outcome in zip(slicing.codes.tolist(), outcomes, strict=True):
        if code != NOT_IN_A_DOMAIN:
            of_slice[code].append(outcome)
    return [counts_of(each) for each in of_slice]


def _slice_result(
    counts: VerdictCounts,
    found: Mapping[Estimand, DomainEstimate],
    figures: Figures,
    bounds: Bounds | None,
) -> Result:
    nothing = sample_accuracy(counts)
    if isinstance(nothing, NoEstimate):
        return Result(
            counts=counts,
            headline=figures.estimand,
            estimands=dict.fromkeys(Estimand, nothing),
            cautions=(),
            greatest_error=None,
            bounds=bounds,
        )
    headline = found[figures.estimand]
    is_small = (
        isinstance(headline.estimate, Estimate)
        and min(headline.estimate.n, headline.estimate.n_eff) < FEWEST_EFFECTIVE
    )
    return Result(
        counts=counts,
        headline=figures.estimand,
        estimands={estimand: each.estimate for estimand, each in found.items()},
        cautions=(Caution.FEW_EFFECTIVE,) if is_small else (),
        greatest_error=headline.greatest_error,
        bounds=bounds,
    )
