"""Every feature, in one table: its name, unit and range, what it needs, what gives it and what it is."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import pyarrow as pa

from audit.features import agreement, detections, shapes
from audit.features.column import Column

VERSION = 2
"""To be raised when a feature comes out otherwise under the same name: what was measured is outdated."""


class Needs(StrEnum):
    """What a feature is computed from."""

    MASK = "mask"
    CONFIDENCE = "confidence"
    BOXES = "boxes"
    PAIR = "pair"
    """The masks of two settings of one mention."""
    SETTINGS = "settings"
    """The masks of all settings of one mention."""


class Unit(StrEnum):
    """What a feature counts in."""

    PIXELS = "px"
    SQUARE_PIXELS = "px²"
    COUNT = "count"
    SHARE = "share"
    RATIO = "ratio"
    CONFIDENCE = "confidence"


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """One number that describes a mask, or two, where it is known.

    Attributes:
        name: of its column.
        unit: what it counts in.
        kind: int32, int64 or float64.
        lowest: the beginning of its range; None where it has none.
        highest: the end of its range; None where it has none.
        needs: decides what `of` takes: `shapes.Masks`, `detections.Detections`, `agreement.Pairs` or
            `agreement.Votes`.
        of: gives it for many masks at once.
        means: what it is, in a sentence, and where it is not known.
    """

    name: str
    unit: Unit
    kind: pa.DataType
    lowest: float | None
    highest: float | None
    needs: Needs
    of: Callable[[Any], Column]
    means: str

    @property
    def field(self) -> pa.Field:
        """Its column."""
        return pa.field(self.name, self.kind)


CATALOGUE: tuple[Feature, ...] = (
    Feature(
        name="area",
        unit=Unit.SQUARE_PIXELS,
        kind=pa.int64(),
        lowest=0,
        highest=None,
        needs=Needs.MASK,
        of=shapes.area,
        means=("Pixels that the mask covers; 0 for an empty mask, unknown for one that cannot be read."),
    ),
    Feature(
        name="area_share",
        unit=Unit.SHARE,
        kind=pa.float64(),
        lowest=0,
        highest=1,
        needs=Needs.MASK,
        of=shapes.area_share,
        means="Share of the image that the mask covers.",
    ),
    Feature(
        name="box_x",
        unit=Unit.PIXELS,
        kind=pa.int32(),
        lowest=0,
        highest=None,
        needs=Needs.MASK,
        of=shapes.box_x,
        means="First column of the mask; unknown for an empty one.",
    ),
    Feature(
        name="box_y",
        unit=Unit.PIXELS,
        kind=pa.int32(),
        lowest=0,
        highest=None,
        needs=Needs.MASK,
        of=shapes.box_y,
        means="First row of the mask; unknown for an empty one.",
    ),
    Feature(
        name="box_width",
        unit=Unit.PIXELS,
        kind=pa.int32(),
        lowest=1,
        highest=None,
        needs=Needs.MASK,
        of=shapes.box_width,
        means="Columns from the first to the last one of the mask; unknown for an empty one.",
    ),
    Feature(
        name="box_height",
        unit=Unit.PIXELS,
        kind=pa.int32(),
        lowest=1,
        highest=None,
        needs=Needs.MASK,
        of=shapes.box_height,
        means="Rows from the first to the last one of the mask; unknown for an empty one.",
    ),
    Feature(
        name="n_parts",
        unit=Unit.COUNT,
        kind=pa.int32(),
        lowest=0,
        highest=None,
        needs=Needs.MASK,
        of=shapes.n_parts,
        means="RLEs that the annotation gives; the mask is their union.",
    ),
    Feature(
        name="n_components",
        unit=Unit.COUNT,
        kind=pa.int32(),
        lowest=0,
        highest=None,
        needs=Needs.MASK,
        of=shapes.n_components,
        means="Pieces of the mask; pixels that share an edge or a corner are of one piece.",
    ),
    Feature(
        name="n_holes",
        unit=Unit.COUNT,
        kind=pa.int32(),
        lowest=0,
        highest=None,
        needs=Needs.MASK,
        of=shapes.n_holes,
        means=("Pieces of the background, connected by edges, that do not reach the border of the image."),
    ),
    Feature(
        name="solidity",
        unit=Unit.SHARE,
        kind=pa.float64(),
        lowest=0,
        highest=1,
        needs=Needs.MASK,
        of=shapes.solidity,
        means="Area divided by the area of the convex hull of the mask; unknown for an empty one.",
    ),
    Feature(
        name="compactness",
        unit=Unit.RATIO,
        kind=pa.float64(),
        lowest=0,
        highest=1.75,
        needs=Needs.MASK,
        of=shapes.compactness,
        means=(
            "4π × area / perimeter², about 1 for a disc and less the more ragged or drawn out the mask "
            "is; unknown for an empty one."
        ),
    ),
    Feature(
        name="border_contact",
        unit=Unit.SHARE,
        kind=pa.float64(),
        lowest=0,
        highest=1,
        needs=Needs.MASK,
        of=shapes.border_contact,
        means="Share of the pixels on the border of the image that the mask covers.",
    ),
    Feature(
        name="cut_share",
        unit=Unit.SHARE,
        kind=pa.float64(),
        lowest=0,
        highest=1,
        needs=Needs.MASK,
        of=shapes.cut_share,
        means=(
            "Share of the outline of the mask that lies on the edge of the image; unknown for an empty one."
        ),
    ),
    Feature(
        name="n_components_opened",
        unit=Unit.COUNT,
        kind=pa.int32(),
        lowest=0,
        highest=None,
        needs=Needs.MASK,
        of=shapes.n_components_opened,
        means=(
            "Pieces after erosion and dilation by a square that reaches 0.5 % of the diagonal of the "
            "image, at least 1 pixel."
        ),
    ),
    Feature(
        name="n_components_closed",
        unit=Unit.COUNT,
        kind=pa.int32(),
        lowest=0,
        highest=None,
        needs=Needs.MASK,
        of=shapes.n_components_closed,
        means="Pieces after dilation and erosion by the same square.",
    ),
    Feature(
        name="confidence_max",
        unit=Unit.CONFIDENCE,
        kind=pa.float64(),
        lowest=None,
        highest=None,
        needs=Needs.CONFIDENCE,
        of=detections.confidence_max,
        means=(
            "Highest confidence of the labels, or the score where no label has one; unknown without either."
        ),
    ),
    Feature(
        name="confidence_mean",
        unit=Unit.CONFIDENCE,
        kind=pa.float64(),
        lowest=None,
        highest=None,
        needs=Needs.CONFIDENCE,
        of=detections.confidence_mean,
        means=("Mean confidence of the labels, or the score where no label has one; unknown without either."),
    ),
    Feature(
        name="confidence_min",
        unit=Unit.CONFIDENCE,
        kind=pa.float64(),
        lowest=None,
        highest=None,
        needs=Needs.CONFIDENCE,
        of=detections.confidence_min,
        means=(
            "Lowest confidence of the labels, or the score where no label has one; unknown without either."
        ),
    ),
    Feature(
        name="n_boxes_same_type",
        unit=Unit.COUNT,
        kind=pa.int32(),
        lowest=0,
        highest=None,
        needs=Needs.BOXES,
        of=detections.n_boxes_same_type,
        means=(
            "Boxes of the annotation with its most frequent label; all of them where labels and boxes "
            "do not pair up."
        ),
    ),
    Feature(
        name="same_type_cover",
        unit=Unit.SHARE,
        kind=pa.float64(),
        lowest=0,
        highest=1,
        needs=Needs.BOXES,
        of=detections.same_type_cover,
        means=("Share of the image under the union of those boxes; unknown where the size of the image is."),
    ),
    Feature(
        name="iou",
        unit=Unit.SHARE,
        kind=pa.float64(),
        lowest=0,
        highest=1,
        needs=Needs.PAIR,
        of=agreement.iou,
        means=(
            "Intersection over union of the two masks; unknown where both are empty or of different sizes."
        ),
    ),
    Feature(
        name="a_in_b",
        unit=Unit.SHARE,
        kind=pa.float64(),
        lowest=0,
        highest=1,
        needs=Needs.PAIR,
        of=agreement.a_in_b,
        means="Share of the first mask that lies in the second; unknown where the first is empty.",
    ),
    Feature(
        name="b_in_a",
        unit=Unit.SHARE,
        kind=pa.float64(),
        lowest=0,
        highest=1,
        needs=Needs.PAIR,
        of=agreement.b_in_a,
        means="Share of the second mask that lies in the first; unknown where the second is empty.",
    ),
    Feature(
        name="boundary_iou",
        unit=Unit.SHARE,
        kind=pa.float64(),
        lowest=0,
        highest=1,
        needs=Needs.PAIR,
        of=agreement.boundary_iou,
        means=(
            "Intersection over union of the boundaries of the two masks, 2 % of the diagonal of the "
            "image thick; unknown as iou is."
        ),
    ),
    Feature(
        name="n_voters",
        unit=Unit.COUNT,
        kind=pa.int32(),
        lowest=0,
        highest=None,
        needs=Needs.SETTINGS,
        of=agreement.n_voters,
        means=(
            "Other settings whose mask of the mention can be compared with this one; none that is filtered "
            "from another, nor the one that this is filtered from."
        ),
    ),
    Feature(
        name="consensus_iou",
        unit=Unit.SHARE,
        kind=pa.float64(),
        lowest=0,
        highest=1,
        needs=Needs.SETTINGS,
        of=agreement.consensus_iou,
        means=(
            "Intersection over union of the mask with the votes of those settings, each pixel weighing as "
            "many as cover it; unknown without votes, or where all masks are empty."
        ),
    ),
)
"""In the order of the columns that they become."""


def features_of(*needs: Needs) -> tuple[Feature, ...]:
    """The features that need one of some things, in the order of the table.

    >>> [feature.name for feature in features_of(Needs.BOXES)]
    ['n_boxes_same_type', 'same_type_cover']
    """
    return tuple(feature for feature in CATALOGUE if feature.needs in needs)
