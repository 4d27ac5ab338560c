"""The region that the later waves of a sample were drawn in, which the verdicts of the first wave chose."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from audit.features.references import parse_reference
from audit.jobs.tuned_thresholds import TunedThreshold, kept_by
from audit.jobs.tuning_masks import Flags, TuningMasks
from db.records import Sample, WaveKind
from sampling.thresholds.boxes import Direction


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Region:
    """A part of the masks.

    Attributes:
        thresholds: that bound it; none where it is all masks.
        inside: which masks are in it, bool [n_masks].
    """

    thresholds: tuple[TunedThreshold, ...]
    inside: Flags


def region_of(masks: TuningMasks, thresholds: tuple[TunedThreshold, ...]) -> Region:
    """Give the region within thresholds on features that the masks have."""
    return Region(thresholds=thresholds, inside=kept_by(thresholds, masks))


def everywhere(masks: TuningMasks) -> Region:
    """Give the region of all masks."""
    return Region(thresholds=(), inside=np.ones(masks.n_masks, np.bool_))


def has_region(sample: Sample) -> bool:
    """Tell whether later waves of a sample were drawn in a region."""
    return bool(sample.waves) and sample.waves[-1].kind is WaveKind.REGION


def thresholds_stored(sample: Sample) -> tuple[TunedThreshold, ...]:
    """Give what bounds the region of a sample that has one."""
    return tuple(_read(sample.waves[-1].bounds))


def stored(thresholds: Iterable[TunedThreshold]) -> dict[str, float]:
    """Give thresholds as a sample's wave keeps them: "iou at_least" → 0.7."""
    return {f"{each.reference} {each.direction}": each.value for each in thresholds}


def _read(bounds: Mapping[str, float]) -> Iterable[TunedThreshold]:
    for name, value in bounds.items():
        reference, _, direction = name.rpartition(" ")
        yield TunedThreshold(
            reference=parse_reference(reference), direction=Direction(direction), value=value
        )
