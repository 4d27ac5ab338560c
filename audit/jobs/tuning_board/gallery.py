"""The judged masks of a sample, one by one: kept or dropped, right or wrong, with their features."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import isnan

from audit.features.references import FeatureReference
from audit.jobs.review_state import Outcome
from audit.jobs.tuning_data import TuningData
from audit.jobs.tuning_masks import Flags
from db.records import Unit

PAGE_SIZE = 12


class Fate(StrEnum):
    """What the thresholds do with a mask."""

    KEPT = "kept"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class GalleryMask:
    """One judged mask.

    Attributes:
        mask_id: None where it is empty.
        outcome: correct, incorrect, or missing where it is empty.
        values: of the features that were loaded; None where not known.
    """

    unit: Unit
    mask_id: str | None
    outcome: Outcome
    fate: Fate
    values: Mapping[FeatureReference, float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class GalleryPage:
    """Some masks of a gallery.

    Attributes:
        number: of the page, from 1.
        n_pages: at least 1.
        n_masks: of all pages.
    """

    masks: tuple[GalleryMask, ...]
    number: int
    n_pages: int
    n_masks: int


def judged_masks(data: TuningData, kept: Flags) -> tuple[GalleryMask, ...]:
    """Give every judged mask of the one setting that was loaded, in the order of the units.

    Args:
        data: of one setting.
        kept: which masks of the population are kept, bool.
    """
    [setting] = data.settings
    made, outcomes = data.state.masks_made[setting.setting], data.state.outcomes[setting.setting]
    return tuple(
        GalleryMask(
            unit=data.state.units[unit],
            mask_id=made[unit].mask_id,
            outcome=outcomes[unit],
            fate=Fate.KEPT if kept[position] else Fate.DROPPED,
            values={
                reference: None if isnan(value) else value
                for reference, value in zip(
                    data.masks.references, data.masks.features[position].tolist(), strict=True
                )
            },
        )
        for unit, position in zip(data.verdicts.unit.tolist(), data.verdicts.position.tolist(), strict=True)
    )


def gallery_page(masks: Sequence[GalleryMask], number: int) -> GalleryPage:
    """Give one page of some masks; a number beyond the last page gives the last."""
    n_pages = max(1, -(-len(masks) // PAGE_SIZE))
    shown = min(max(number, 1), n_pages)
    return GalleryPage(
        masks=tuple(masks[(shown - 1) * PAGE_SIZE : shown * PAGE_SIZE]),
        number=shown,
        n_pages=n_pages,
        n_masks=len(masks),
    )
