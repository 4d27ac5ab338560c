"""Features of the shape of single masks. What an empty mask is said to be: area 0, no box, no solidity."""

from functools import cached_property
from math import pi, sqrt

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from audit.features import geometry, morphology, topology
from audit.features.column import Column, Flags, numbers_or_zeros, ratio, read_numbers, single
from audit.features.spans import Ints, Longs, SpanBatch, UnionSpans, union_spans

OPENING_SHARE = 0.005
"""The reach of opening and closing, of the diagonal of the image."""


class Masks:
    """The masks of some rows, decoded and gone through once for each thing that is asked of them.

    Attributes:
        parts: list of binary [n_masks].
        heights: int32 [n_masks], pixels; 0 where unknown.
        widths: int32 [n_masks], the same.
    """

    def __init__(self, rows: pa.Table) -> None:
        self.parts = single(rows, "parts")
        self.heights: Ints = read_numbers(rows, "height")
        self.widths: Ints = read_numbers(rows, "width")

    @property
    def batch(self) -> SpanBatch:
        """The spans of the masks; of one that cannot be read there are none."""
        return self._union.batch

    @property
    def is_readable(self) -> Flags:
        """Whether each can be measured, bool [n_masks]."""
        return self._union.is_readable

    @cached_property
    def areas(self) -> Longs:
        """Pixels, int64 [n_masks]."""
        return geometry.areas(self.batch)

    @cached_property
    def boxes(self) -> Ints:
        """`geometry.boxes`."""
        return geometry.boxes(self.batch)

    @cached_property
    def entries(self) -> Longs:
        """`geometry.entries`."""
        return geometry.entries(self.batch)

    @cached_property
    def pieces_and_holes(self) -> Ints:
        """`topology.pieces_and_holes`."""
        return topology.pieces_and_holes(self.batch)

    def reaches(self, share: float) -> Longs:
        """A share of the diagonal of each image in whole pixels, at least 1, int64 [n_masks].

        Halves go to the even number, as in Python's `round`.
        """
        diagonals = np.sqrt(self.heights.astype(np.float64) ** 2 + self.widths.astype(np.float64) ** 2)
        reaches: Longs = np.maximum(np.rint(share * diagonals), 1).astype(np.int64)
        return reaches

    def numbers(self, values: NDArray[np.integer]) -> Column:
        """Numbers that every readable mask has."""
        return Column(values=values, is_known=self.is_readable)

    def shares(self, values: NDArray[np.integer], wholes: Longs) -> Column:
        """Shares of the image that every readable mask has; 0 where the size of the image is unknown."""
        return Column(values=values / np.maximum(wholes, 1), is_known=self.is_readable)

    @cached_property
    def _union(self) -> UnionSpans:
        return union_spans(self.parts, self.heights, self.widths)


def area(masks: Masks) -> Column:
    """Pixels of the union of the parts."""
    return masks.numbers(masks.areas)


def area_share(masks: Masks) -> Column:
    """Area / (height × width)."""
    return masks.shares(masks.areas, masks.heights.astype(np.int64) * masks.widths)


def box_x(masks: Masks) -> Column:
    """The first column of the mask."""
    return _side_of_box(masks, 0)


def box_y(masks: Masks) -> Column:
    """The first row of the mask."""
    return _side_of_box(masks, 1)


def box_width(masks: Masks) -> Column:
    """Columns from the first to the last one of the mask."""
    return _side_of_box(masks, 2)


def box_height(masks: Masks) -> Column:
    """Rows from the first to the last one of the mask."""
    return _side_of_box(masks, 3)


def n_parts(masks: Masks) -> Column:
    """RLEs that the annotation gives."""
    return masks.numbers(numbers_or_zeros(pc.list_value_length(masks.parts)))


def n_components(masks: Masks) -> Column:
    """Pieces by 8-connectivity, scikit-image's `label(mask, connectivity=2)`."""
    return masks.numbers(masks.pieces_and_holes[:, 0])


def n_holes(masks: Masks) -> Column:
    """Pieces of the background by 4-connectivity that do not reach the border of the image."""
    return masks.numbers(masks.pieces_and_holes[:, 1])


def solidity(masks: Masks) -> Column:
    """Area / area of the convex hull, as scikit-image's `regionprops` has it; all pieces are one region."""
    return ratio(masks.areas, geometry.hull_areas(masks.batch))


def compactness(masks: Masks) -> Column:
    """4π × area / perimeter², where the perimeter is Crofton's with four directions.

    π/4 × (n_down + n_right + (n_diagonal + n_antidiagonal) / √2), n being how often one enters the mask along
    the lines of a direction: `perimeter_crofton(mask, directions=4)` in scikit-image. A disc has about 1 and
    so does a turned one; masks of a few pixels come to more, a single pixel to 1.75.
    """
    down, right, diagonal, antidiagonal = masks.entries.T
    perimeters = pi / 4 * (down + right + (diagonal + antidiagonal) / sqrt(2))
    return ratio(4 * pi * masks.areas, perimeters**2)


def border_contact(masks: Masks) -> Column:
    """The share of the pixels on the border of the image that are in the mask."""
    heights, widths = masks.heights.astype(np.int64), masks.widths.astype(np.int64)
    inner = np.maximum(heights - 2, 0) * np.maximum(widths - 2, 0)
    return masks.shares(geometry.border_pixels(masks.batch), heights * widths - inner)


def cut_share(masks: Masks) -> Column:
    """The share of the outline, in edges of pixels, that lies on the edge of the image."""
    return ratio(geometry.border_edges(masks.batch), 2 * (masks.entries[:, 0] + masks.entries[:, 1]))


def n_components_opened(masks: Masks) -> Column:
    """Pieces after erosion and dilation by a square: thin bridges and specks are gone."""
    return masks.numbers(morphology.pieces_opened(masks.batch, masks.reaches(OPENING_SHARE)))


def n_components_closed(masks: Masks) -> Column:
    """Pieces after dilation and erosion by a square: what nearly touches is one."""
    return masks.numbers(morphology.pieces_closed(masks.batch, masks.reaches(OPENING_SHARE)))


def _side_of_box(masks: Masks, side: int) -> Column:
    return Column(values=masks.boxes[:, side], is_known=masks.areas > 0)
