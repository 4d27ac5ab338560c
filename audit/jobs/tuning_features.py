"""Which features thresholds are tried on where nobody names any."""

from collections.abc import Iterator

import numpy as np

from audit.errors import InputError
from audit.features.references import FeatureReference
from audit.jobs.tuning_masks import TuningMasks

BY_DEFAULT = tuple(
    FeatureReference(name=name)
    for name in ("iou", "consensus_iou", "confidence_max", "area_share", "n_components")
)
"""Agreement, confidence, size and shape. Each feature more is one more that chance can speak for."""

MOST_UNKNOWN = 0.5
"""A feature that is unknown of more than this share of masks says too little to be tried unasked."""


def telling_features(masks: TuningMasks) -> TuningMasks:
    """Give the masks with those of their features that can tell masks apart.

    Left out are features that are unknown of most masks, the same for all, or the same as one before.

    Raises:
        InputError: none is left.
    """
    chosen = list(_telling(masks))
    if not chosen:
        asked = ", ".join(str(each) for each in masks.references)
        raise InputError(
            f"none of the features {asked} tells masks apart: they are unknown of most masks or the same for "
            "all; name others with --features"
        )
    return masks.with_features(chosen)


def _telling(masks: TuningMasks) -> Iterator[int]:
    before: list[int] = []
    for number in range(len(masks.references)):
        column = masks.features[:, number]
        known = column[~np.isnan(column)]
        says_much = known.size >= (1 - MOST_UNKNOWN) * column.size and known.size > 0
        if not says_much or known.min() == known.max():
            continue
        if any(np.array_equal(column, masks.features[:, other], equal_nan=True) for other in before):
            continue
        before.append(number)
        yield number
