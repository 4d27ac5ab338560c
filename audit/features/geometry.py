"""How large masks are, where they lie and how long their outlines are, from their spans.

Each function goes once over the spans of many masks and gives whole numbers; `shapes` turns them into
features.
"""

import numpy as np
from numba import njit

from audit.coco.scanning import Int
from audit.features.column import Flags
from audit.features.spans import Ints, Longs, SpanBatch, Spans, common_length, spans_of


@njit(nogil=True, cache=True)
def areas(batch: SpanBatch) -> Longs:
    """Pixels of each mask, int64 [n_masks]."""
    found = np.zeros(len(batch.heights), np.int64)
    for mask in range(len(found)):
        for k in range(batch.first_span[mask], batch.first_span[mask + 1]):
            found[mask] += batch.highs[k] - batch.lows[k]
    return found


@njit(nogil=True, cache=True)
def boxes(batch: SpanBatch) -> Ints:
    """The smallest box around each mask: x, y, width, height in pixels, int32 [n_masks, 4]; 0 if empty."""
    found = np.zeros((len(batch.heights), 4), np.int32)
    for mask in range(len(found)):
        spans = spans_of(batch, mask)
        if len(spans.lows) == 0:
            continue
        x, end = _column_range(spans)
        y, bottom = spans.lows.min(), spans.highs.max()
        found[mask, 0], found[mask, 1], found[mask, 2], found[mask, 3] = x, y, end - x, bottom - y
    return found


@njit(nogil=True, cache=True)
def border_pixels(batch: SpanBatch) -> Longs:
    """Pixels of each mask that lie on the border of its image, int64 [n_masks]."""
    found = np.zeros(len(batch.heights), np.int64)
    for mask in range(len(found)):
        spans = spans_of(batch, mask)
        for column in range(len(spans.starts) - 1):
            n_sides = _sides_on_border(spans, column)
            for k in range(spans.starts[column], spans.starts[column + 1]):
                length = spans.highs[k] - spans.lows[k]
                found[mask] += length if n_sides else min(length, _ends_on_border(spans, k))
    return found


@njit(nogil=True, cache=True)
def border_edges(batch: SpanBatch) -> Longs:
    """Edges of pixels of each mask that lie on the edge of its image, int64 [n_masks]."""
    found = np.zeros(len(batch.heights), np.int64)
    for mask in range(len(found)):
        spans = spans_of(batch, mask)
        for column in range(len(spans.starts) - 1):
            n_sides = _sides_on_border(spans, column)
            for k in range(spans.starts[column], spans.starts[column + 1]):
                found[mask] += n_sides * (spans.highs[k] - spans.lows[k]) + _ends_on_border(spans, k)
    return found


@njit(nogil=True, cache=True)
def entries(batch: SpanBatch) -> Longs:
    """How often one enters each mask along all lines of a direction, int64 [n_masks, 4].

    The directions are down, right, right and down, right and up; what is outside of the image is outside of
    the mask. One leaves as often as one enters.
    """
    found = np.zeros((len(batch.heights), 4), np.int64)
    for mask in range(len(found)):
        spans = spans_of(batch, mask)
        area = (spans.highs - spans.lows).sum()
        found[mask, 0] = len(spans.lows)
        for direction, shift in ((1, 0), (2, 1), (3, -1)):
            kept = np.int64(0)
            for column in range(len(spans.starts) - 2):
                kept += common_length(spans, column + 1, spans, column, shift)
            found[mask, direction] = area - kept
    return found


@njit(nogil=True, cache=True)
def hull_areas(batch: SpanBatch) -> Longs:
    """Pixels whose centres lie in or on the convex hull of each mask, int64 [n_masks].

    The hull is that of the middles of the edges of all pixels of the mask, as scikit-image's
    `convex_hull_image` has it. Everything is in half pixels, so that no number is rounded.
    """
    found = np.zeros(len(batch.heights), np.int64)
    for mask in range(len(found)):
        spans = spans_of(batch, mask)
        if len(spans.lows):
            found[mask] = _hull_area(spans)
    return found


@njit(nogil=True, cache=True)
def _column_range(spans: Spans) -> tuple[Int, Int]:
    """The first column that holds a span, and the one after the last; there must be one."""
    first = np.searchsorted(spans.starts, 0, side="right") - 1
    last = np.searchsorted(spans.starts, len(spans.lows), side="left")
    return first, last


@njit(nogil=True, cache=True)
def _sides_on_border(spans: Spans, column: Int) -> Int:
    return (1 if column == 0 else 0) + (1 if column == len(spans.starts) - 2 else 0)


@njit(nogil=True, cache=True)
def _ends_on_border(spans: Spans, k: Int) -> Int:
    return (1 if spans.lows[k] == 0 else 0) + (1 if spans.highs[k] == spans.height else 0)


@njit(nogil=True, cache=True)
def _hull_area(spans: Spans) -> Int:
    first, end = _column_range(spans)
    n_places = 2 * (end - first) + 1  # the edges and the middles of columns, half a pixel apart
    tops = np.full(n_places, 2**40, np.int64)
    bottoms = np.full(n_places, -1, np.int64)
    for column in range(first, end):
        if spans.starts[column] == spans.starts[column + 1]:
            continue
        place = 2 * (column - first) + 1
        top = 2 * np.int64(spans.lows[spans.starts[column]]) + 1
        bottom = 2 * np.int64(spans.highs[spans.starts[column + 1] - 1]) - 1
        for side in (place - 1, place + 1):
            tops[side], bottoms[side] = min(tops[side], top), max(bottoms[side], bottom)
        tops[place], bottoms[place] = top - 1, bottom + 1
    # The lower side is the upper one of the mask turned over.
    upper = _hull_side(tops, bottoms >= 0)
    lower = _hull_side(-bottoms, bottoms >= 0)
    area = np.int64(0)
    for column in range(end - first):
        # Centres of pixels lie on odd numbers: the first one not above the hull, and the last one not below.
        area += (-lower[column] - 1) // 2 - upper[column] // 2 + 1
    return area


@njit(nogil=True, cache=True)
def _hull_side(heights: Longs, is_point: Flags) -> Longs:
    """The smallest whole number that is not below the lower convex hull of points, at every second place."""
    corners = np.empty(len(heights), np.int64)
    n_corners = 0
    for place in range(len(heights)):
        if not is_point[place]:
            continue
        while n_corners > 1:
            a, b = corners[n_corners - 2], corners[n_corners - 1]
            if (heights[b] - heights[a]) * (place - a) < (heights[place] - heights[a]) * (b - a):
                break
            n_corners -= 1
        corners[n_corners] = place
        n_corners += 1
    found = np.empty(len(heights) // 2, np.int64)
    k = 0
    for i in range(len(found)):
        place = 2 * i + 1
        while corners[k + 1] < place:
            k += 1
        a, b = corners[k], corners[k + 1]
        rise, run = heights[b] - heights[a], b - a
        found[i] = heights[a] - (-rise * (place - a)) // run
    return found
