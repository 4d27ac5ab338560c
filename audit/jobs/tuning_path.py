"""The path along which thresholds are certified: nested boxes, learned before those verdicts are seen."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from audit.errors import InputError
from audit.features.references import FeatureReference
from audit.jobs.tuned_thresholds import TunedThreshold, both, thresholds_of
from audit.jobs.tuning_base import BaseDecisions
from audit.jobs.tuning_masks import Flags, Floats, TuningMasks
from audit.jobs.tuning_region import Region
from sampling.thresholds.boxes import Direction, NestedBoxes
from sampling.thresholds.judged import JudgedMasks
from sampling.thresholds.kept import Guarantee, needed_kept
from sampling.thresholds.learning import learned_risk, nested_boxes
from sampling.thresholds.path import ThresholdPath, threshold_path
from sampling.thresholds.starts import start_where_likely
from sampling.thresholds.waves import candidate_region

MOST_TO_LEARN_ON = 100_000
"""Masks, evenly chosen, that boxes are cut by: they decide how much is kept, not whether it is certified."""

N_STARTS = 5
"""Places along the path where certifying begins, each with its share of the error probability."""

_ROWS_AT_ONCE = 500_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LearnedBoxes:
    """Boxes, and the masks that they were cut by with their risk."""

    features: Floats
    risk: Floats
    boxes: NestedBoxes


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TuningPath:
    """Boxes from strict to loose, and how many of them hold each mask.

    Attributes:
        references: of the features, in the order of the boxes' columns.
        region: thresholds that all boxes lie within.
        boxes: nested, in order.
        scores: float64 [n_masks]: 0 for a mask that is dropped whatever the thresholds, and as many as there
            are boxes for one that is kept whatever they are.
        learned: what the boxes were cut by; it says where along the path a certificate is likely. None where
            that is not asked.
    """

    references: tuple[FeatureReference, ...]
    region: tuple[TunedThreshold, ...]
    boxes: NestedBoxes
    scores: Floats
    learned: LearnedBoxes | None = None

    @property
    def directions(self) -> tuple[Direction, ...]:
        """On which side of each feature masks are kept."""
        return self.boxes.directions

    def kept(self, threshold: float) -> Flags:
        """Which masks have at least a score, bool [n_masks]."""
        return self.scores >= threshold

    def thresholds(self, score: float) -> tuple[TunedThreshold, ...]:
        """The thresholds that keep what has at least a score; none where all is kept."""
        return both(self.region, thresholds_of(self.boxes.box(score), self.references))

    def to_certify(self, guarantee: Guarantee, *, n_verdicts: int) -> ThresholdPath:
        """The scores to try, from the strictest; shares are of the masks that are in a box.

        Most of the error probability is spent where the learned risk makes a certificate likely.
        """
        path = threshold_path(
            self.scores[self.scores > 0], guarantee, n_verdicts=n_verdicts, n_starts=N_STARTS
        )
        if self.learned is None:
            return path
        scores = self.learned.boxes.scores(self.learned.features)
        if scores.max() < path.thresholds[0]:
            return path
        return start_where_likely(path, scores, self.learned.risk, guarantee, n_verdicts=n_verdicts)


def learned_path(
    masks: TuningMasks, learning: JudgedMasks, base: BaseDecisions, region: Region
) -> TuningPath:
    """Learn the path from verdicts that will not certify.

    Args:
        masks: every mask, with the features to cut by.
        learning: the verdicts; those on masks that the thresholds do not decide on say nothing.
        base: which masks are out or kept whatever the thresholds.
        region: outside of which masks are out.

    Raises:
        InputError: no mask is left to the thresholds.
    """
    out = base.dropped | (~region.inside & ~base.corrected)
    is_open = ~(out | base.corrected)
    if not is_open.any():
        raise InputError(
            "the rules before the thresholds drop or correct every mask: there is nothing to tune"
        )
    learned = _learned(masks, learning, is_open)
    boxes = learned.boxes
    scores = _scores(boxes, masks.features)
    scores[base.corrected] = len(boxes.lower)
    scores[out] = 0
    return TuningPath(
        references=masks.references,
        region=region.thresholds,
        boxes=boxes,
        scores=scores,
        # Inside a region, and among masks that are kept anyway, the model's risk is not what will be judged.
        learned=None if region.thresholds or base.corrected.any() else learned,
    )


def learned_region(
    masks: TuningMasks, learning: JudgedMasks, guarantee: Guarantee
) -> tuple[TunedThreshold, ...] | None:
    """Give the thresholds within which a certificate is in reach; None where no verdict lets hope for one."""
    learned = _learned(masks, learning, np.ones(masks.n_masks, np.bool_))
    region = candidate_region(learned.boxes.scores(learned.features), learned.risk, guarantee)
    return None if region is None else thresholds_of(learned.boxes.box(region.threshold), masks.references)


def _learned(masks: TuningMasks, learning: JudgedMasks, is_open: Flags) -> LearnedBoxes:
    learning = learning.where(is_open[learning.position])
    chosen = _evenly_chosen(is_open, learning.position)
    features = masks.features[chosen]
    here = JudgedMasks(
        position=np.searchsorted(chosen, learning.position),
        correct=learning.correct,
        weight=learning.weight,
    )
    risk = learned_risk(features, here)
    return LearnedBoxes(features=features, risk=risk, boxes=nested_boxes(features, risk))


def fewest_to_try(guarantee: Guarantee) -> int:
    """Give the certifying verdicts on kept masks with which the strictest threshold of a path is tried."""
    at_start = Guarantee(target=guarantee.target, confidence=1 - guarantee.error / N_STARTS)
    return needed_kept(1, at_start)


def _evenly_chosen(is_open: Flags, needed: NDArray[np.intp]) -> NDArray[np.intp]:
    """Places of the masks to learn on, ascending: every so-manieth, and those with a verdict."""
    places = np.flatnonzero(is_open)
    step = -(-places.size // MOST_TO_LEARN_ON)
    return np.union1d(places[::step], needed) if step > 1 else places


def _scores(boxes: NestedBoxes, features: Floats) -> Floats:
    scores = np.empty(len(features))
    for first in range(0, len(features), _ROWS_AT_ONCE):
        here = slice(first, first + _ROWS_AT_ONCE)
        scores[here] = boxes.scores(features[here])
    return scores
