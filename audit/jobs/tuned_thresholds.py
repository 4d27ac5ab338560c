"""Thresholds as tuning finds them: what they keep of some masks, and several of them as one set."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from audit.features.references import FeatureReference
from audit.jobs.tuning_masks import Flags, TuningMasks
from sampling.thresholds.boxes import Bound, Box, Direction


@dataclass(frozen=True, slots=True, kw_only=True)
class TunedThreshold:
    """One threshold of a rule set: masks are kept that are at least, or at most, its value."""

    reference: FeatureReference
    direction: Direction
    value: float


def thresholds_of(box: Box, references: Sequence[FeatureReference]) -> tuple[TunedThreshold, ...]:
    """Give the bounds of a box as thresholds; references are those of its columns."""
    return tuple(
        TunedThreshold(reference=references[bound.feature], direction=bound.direction, value=bound.value)
        for bound in box.bounds
    )


def kept_by(thresholds: Iterable[TunedThreshold], masks: TuningMasks) -> Flags:
    """Give which masks meet all thresholds, bool [n_masks]; one of which a feature is unknown does not."""
    kept = np.ones(masks.n_masks, np.bool_)
    for each in thresholds:
        column = masks.features[:, [masks.references.index(each.reference)]]
        bound = Bound(feature=0, direction=each.direction, value=each.value)
        kept &= Box(bounds=(bound,)).holds(column)
    return kept


def both(first: Sequence[TunedThreshold], second: Sequence[TunedThreshold]) -> tuple[TunedThreshold, ...]:
    """Give the thresholds that keep what both sets keep: of two on one side of a feature the stricter."""
    strictest: dict[tuple[FeatureReference, Direction], TunedThreshold] = {}
    for each in (*first, *second):
        key = (each.reference, each.direction)
        before = strictest.setdefault(key, each)
        if each.direction.sign * each.value > each.direction.sign * before.value:
            strictest[key] = each
    return tuple(strictest.values())
