"""Thresholds as somebody puts them, and which masks of the population they keep."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from audit.features.references import FeatureReference
from audit.jobs.tuning_masks import Flags, Floats, TuningMasks
from audit.rules.feature_threshold import Unknown, threshold_rule
from audit.rules.rule import Rule
from sampling.thresholds.boxes import Direction


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One threshold: a mask is kept if all conditions hold of it.

    Attributes:
        unknown: what becomes of masks of which the feature is not known.
    """

    reference: FeatureReference
    direction: Direction
    threshold: float
    unknown: Unknown

    def holds(self, masks: TuningMasks) -> Flags:
        """Of which masks it holds, bool [n_masks]."""
        values = values_of(masks, self.reference)
        is_within = (
            values >= self.threshold if self.direction is Direction.AT_LEAST else values <= self.threshold
        )
        return is_within | np.isnan(values) if self.unknown is Unknown.KEEP else is_within

    def rule(self) -> Rule:
        """The rule that drops every mask of which it does not hold."""
        if self.direction is Direction.AT_LEAST:
            return threshold_rule(reference=self.reference, at_least=self.threshold, unknown=self.unknown)
        return threshold_rule(reference=self.reference, at_most=self.threshold, unknown=self.unknown)


def values_of(masks: TuningMasks, reference: FeatureReference) -> Floats:
    """The values of a feature that was loaded, float64 [n_masks], NaN where unknown."""
    return masks.features[:, masks.references.index(reference)]


def kept_masks(masks: TuningMasks, conditions: Iterable[Condition]) -> Flags:
    """Which masks are kept, bool [n_masks]; all of them where there is no condition."""
    kept = np.ones(masks.n_masks, np.bool_)
    for condition in conditions:
        kept &= condition.holds(masks)
    return kept
