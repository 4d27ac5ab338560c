"""Features of what a detector said: its confidences and its boxes."""

from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit
from numpy.typing import NDArray

from audit.coco.buffers import as_flags, as_numbers
from audit.coco.scanning import Int
from audit.features.column import Column, Flags, numbers_or_zeros, read_numbers, single
from audit.features.spans import Ints, Longs

Reals = NDArray[np.float64]

_CONFIDENCE_IN_LABEL = r"\s*\([^()]*\)\s*$"


class Detections:
    """What came with the masks of some rows; each thing is gone through once."""

    def __init__(self, rows: pa.Table) -> None:
        self._rows = rows

    @cached_property
    def confidences(self) -> tuple[Reals, Flags]:
        """The highest, mean and lowest confidence, float64 [n_rows, 3], and whether there is any."""
        ends, values = _flat(self._rows, "confidences")
        summary, is_given = _summaries(ends, numbers_or_zeros(values), as_flags(pc.is_valid(values)))
        scores = single(self._rows, "score")
        has_score = ~is_given & as_flags(pc.is_valid(scores))
        summary[has_score] = read_numbers(self._rows, "score")[has_score, None]
        return summary, is_given | has_score

    @cached_property
    def same_type(self) -> tuple[Longs, Reals]:
        """Boxes of the most frequent label, int64 [n_rows], and the pixels that they cover, float64 [n_rows].

        Labels are the same if they are without the confidence at their end; where there is not one label per
        box, all boxes are of one type. Of labels that are equally frequent the first counts.
        """
        box_ends, corners = _flat(self._rows, "boxes")
        label_ends, labels = _flat(self._rows, "labels")
        types = pc.replace_substring_regex(labels, _CONFIDENCE_IN_LABEL, "")
        return _largest_types(
            box_ends // 4,
            as_numbers(corners).reshape(-1, 4),
            label_ends,
            numbers_or_zeros(types.dictionary_encode(null_encoding="encode").indices),
            self.heights,
            self.widths,
        )

    @property
    def heights(self) -> Ints:
        """Of the images in pixels, int32 [n_rows]; 0 where unknown."""
        heights: Ints = read_numbers(self._rows, "height")
        return heights

    @property
    def widths(self) -> Ints:
        """The same."""
        widths: Ints = read_numbers(self._rows, "width")
        return widths


def confidence_max(detections: Detections) -> Column:
    """The highest confidence of the labels; where none carries one, the score."""
    return _confidence(detections, 0)


def confidence_mean(detections: Detections) -> Column:
    """The mean confidence of the labels that carry one; where none does, the score."""
    return _confidence(detections, 1)


def confidence_min(detections: Detections) -> Column:
    """The lowest confidence of the labels; where none carries one, the score."""
    return _confidence(detections, 2)


def n_boxes_same_type(detections: Detections) -> Column:
    """Boxes of the annotation that carry its most frequent label."""
    counts = detections.same_type[0]
    return Column(values=counts, is_known=np.ones(len(counts), np.bool_))


def same_type_cover(detections: Detections) -> Column:
    """The share of the image under the union of those boxes."""
    n_pixels = detections.heights.astype(np.int64) * detections.widths
    return Column(values=detections.same_type[1] / np.maximum(n_pixels, 1), is_known=n_pixels > 0)


def _confidence(detections: Detections, which: int) -> Column:
    summary, is_known = detections.confidences
    return Column(values=summary[:, which], is_known=is_known)


def _flat(rows: pa.Table, name: str) -> tuple[Longs, pa.Array]:
    """Where the values of each row end, int64 [n_rows], and the values."""
    lists = single(rows, name)
    lengths = numbers_or_zeros(pc.list_value_length(lists))
    return np.cumsum(lengths, dtype=np.int64), lists.flatten()


@njit(nogil=True, cache=True)
def _summaries(ends: Longs, values: Reals, is_given: Flags) -> tuple[Reals, Flags]:
    found = np.zeros((len(ends), 3), np.float64)
    is_any = np.zeros(len(ends), np.bool_)
    start = 0
    for row in range(len(ends)):
        given = values[start : ends[row]][is_given[start : ends[row]]]
        if len(given):
            found[row, 0], found[row, 1], found[row, 2] = given.max(), given.mean(), given.min()
            is_any[row] = True
        start = ends[row]
    return found, is_any


@njit(nogil=True, cache=True)
def _largest_types(
    box_ends: Longs, corners: Reals, label_ends: Longs, types: Ints, heights: Ints, widths: Ints
) -> tuple[Longs, Reals]:
    counts = np.zeros(len(box_ends), np.int64)
    covers = np.zeros(len(box_ends), np.float64)
    box = label = 0
    for row in range(len(box_ends)):
        boxes = corners[box : box_ends[row]]
        of_boxes = types[label : label_ends[row]]
        if len(boxes) and len(of_boxes) == len(boxes):
            boxes = boxes[of_boxes == of_boxes[_place_of_most_frequent(of_boxes)]]
        counts[row] = len(boxes)
        covers[row] = _union_area(boxes, heights[row], widths[row])
        box, label = box_ends[row], label_ends[row]
    return counts, covers


@njit(nogil=True, cache=True)
def _place_of_most_frequent(types: Ints) -> Int:
    order = np.argsort(types, kind="mergesort")
    n_best, best = 0, np.int64(0)
    start = 0
    for end in range(1, len(order) + 1):
        if end < len(order) and types[order[end]] == types[order[start]]:
            continue
        n, first = end - start, order[start]
        if n > n_best or (n == n_best and first < best):
            n_best, best = n, first
        start = end
    return best


@njit(nogil=True, cache=True)
def _union_area(boxes: Reals, height: Int, width: Int) -> float:
    """Pixels of the image under boxes x1, y1, x2, y2, strip by strip between their vertical sides."""
    clipped = boxes[np.argsort(boxes[:, 1], kind="mergesort")]
    for box in clipped:
        box[0], box[2] = min(max(box[0], 0.0), width), min(max(box[2], 0.0), width)
        box[1], box[3] = min(max(box[1], 0.0), height), min(max(box[3], 0.0), height)
    sides = np.sort(np.concatenate((clipped[:, 0], clipped[:, 2])))
    area = 0.0
    for k in range(len(sides) - 1):
        if sides[k] == sides[k + 1]:
            continue
        covered = bottom = 0.0
        for box in clipped:
            if box[0] <= sides[k] and box[2] >= sides[k + 1] and box[3] > bottom:
                covered += box[3] - max(box[1], bottom)
                bottom = box[3]
        area += covered * (sides[k + 1] - sides[k])
    return area
