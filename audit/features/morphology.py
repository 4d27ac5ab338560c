"""Masks made thinner and thicker by a square, from their spans.

The square has a side of 2 × reach + 1 pixels. Outside of the image is nothing: a pixel counts as eroded for
what is in the image alone, as in OpenCV, so that a mask does not come loose from the border.
"""

import numpy as np
from numba import njit

from audit.coco.scanning import Int
from audit.features.spans import Ints, Longs, SpanBatch, Spans, spans_of
from audit.features.topology import count_pieces_and_holes


@njit(nogil=True, cache=True)
def pieces_opened(batch: SpanBatch, reaches: Longs) -> Ints:
    """Pieces of each mask after erosion and then dilation, int32 [n_masks]."""
    found = np.zeros(len(reaches), np.int32)
    for mask in range(len(reaches)):
        eroded = erode(spans_of(batch, mask), reaches[mask])
        found[mask] = count_pieces_and_holes(dilate(eroded, reaches[mask]))[0]
    return found


@njit(nogil=True, cache=True)
def pieces_closed(batch: SpanBatch, reaches: Longs) -> Ints:
    """Pieces of each mask after dilation and then erosion, int32 [n_masks]."""
    found = np.zeros(len(reaches), np.int32)
    for mask in range(len(reaches)):
        dilated = dilate(spans_of(batch, mask), reaches[mask])
        found[mask] = count_pieces_and_holes(erode(dilated, reaches[mask]))[0]
    return found


@njit(nogil=True, cache=True)
def interiors(batch: SpanBatch, reaches: Longs) -> SpanBatch:
    """The pixels of each mask that are further than its reach from the background and from the border.

    What is left of the mask is its boundary as Boundary IoU has it (Cheng et al., CVPR 2021), where outside
    of the image is background.
    """
    n_masks = len(reaches)
    lows: Ints = np.empty(len(batch.lows), np.int32)
    highs: Ints = np.empty(len(batch.lows), np.int32)
    starts = np.empty(len(batch.starts), np.int32)
    first_span = np.zeros(n_masks + 1, np.int64)
    for mask in range(n_masks):
        inside = _without_border(erode(spans_of(batch, mask), reaches[mask]), reaches[mask])
        at = first_span[mask]
        end = at + len(inside.lows)
        if end > len(lows):
            lows, highs = _with_room(lows, 2 * end), _with_room(highs, 2 * end)
        lows[at:end], highs[at:end] = inside.lows, inside.highs
        starts[batch.first_start[mask] : batch.first_start[mask + 1]] = inside.starts
        first_span[mask + 1] = end
    n_spans = first_span[n_masks]
    return SpanBatch(lows[:n_spans], highs[:n_spans], starts, first_span, batch.first_start, batch.heights)


@njit(nogil=True, cache=True)
def erode(spans: Spans, reach: Int) -> Spans:
    """The pixels around which the whole square, as far as it is in the image, is in the mask."""
    across = min(reach, len(spans.starts) - 1)
    window = 2 * across + 1
    # Full columns on both sides, so that what is outside takes nothing away.
    eroded = _with_full_columns(_shrunk(spans, reach), across)
    width = 1
    while 2 * width <= window:
        eroded = _common_to(eroded, width)
        width *= 2
    return eroded if width == window else _common_to(eroded, window - width)


@njit(nogil=True, cache=True)
def dilate(spans: Spans, reach: Int) -> Spans:
    """The pixels around which some of the square is in the mask."""
    return _complement(erode(_complement(spans), reach))


@njit(nogil=True, cache=True)
def _shrunk(spans: Spans, reach: Int) -> Spans:
    """Each span shorter by reach at both ends, but not at the border."""
    lows, highs = np.empty_like(spans.lows), np.empty_like(spans.highs)
    starts = np.zeros_like(spans.starts)
    n_spans = 0
    for column in range(len(starts) - 1):
        for k in range(spans.starts[column], spans.starts[column + 1]):
            low, high = spans.lows[k], spans.highs[k]
            lows[n_spans] = min(low + reach, spans.height) if low else 0
            highs[n_spans] = high - reach if high < spans.height else high
            n_spans += 1 if lows[n_spans] < highs[n_spans] else 0
        starts[column + 1] = n_spans
    return Spans(lows[:n_spans], highs[:n_spans], starts, spans.height)


@njit(nogil=True, cache=True)
def _with_full_columns(spans: Spans, n: Int) -> Spans:
    """The same with n full columns more on either side."""
    n_spans, n_starts = len(spans.lows), len(spans.starts)
    lows, highs = np.zeros(n_spans + 2 * n, np.int32), np.full(n_spans + 2 * n, spans.height, np.int32)
    lows[n : n + n_spans], highs[n : n + n_spans] = spans.lows, spans.highs
    starts = np.empty(n_starts + 2 * n, np.int32)
    starts[:n] = np.arange(n)
    starts[n : n + n_starts] = spans.starts + n
    starts[n + n_starts :] = n + n_spans + np.arange(1, n + 1)
    return Spans(lows, highs, starts, spans.height)


@njit(nogil=True, cache=True)
def _common_to(spans: Spans, step: Int) -> Spans:
    """What each column has in common with the one `step` further on, and as many columns fewer."""
    lows, highs = np.empty(2 * len(spans.lows), np.int32), np.empty(2 * len(spans.lows), np.int32)
    starts = np.zeros(len(spans.starts) - step, np.int32)
    n_spans = 0
    for column in range(len(starts) - 1):
        i, end_i = spans.starts[column], spans.starts[column + 1]
        j, end_j = spans.starts[column + step], spans.starts[column + step + 1]
        while i < end_i and j < end_j:
            high_i, high_j = spans.highs[i], spans.highs[j]
            lows[n_spans] = max(spans.lows[i], spans.lows[j])
            highs[n_spans] = min(high_i, high_j)
            n_spans += 1 if lows[n_spans] < highs[n_spans] else 0
            i += 1 if high_i <= high_j else 0
            j += 1 if high_j <= high_i else 0
        starts[column + 1] = n_spans
    return Spans(lows[:n_spans], highs[:n_spans], starts, spans.height)


@njit(nogil=True, cache=True)
def _complement(spans: Spans) -> Spans:
    """What the mask does not cover of its image."""
    room = len(spans.lows) + len(spans.starts) - 1
    lows, highs = np.empty(room, np.int32), np.empty(room, np.int32)
    starts = np.zeros_like(spans.starts)
    n_spans = 0
    for column in range(len(starts) - 1):
        low = 0
        for k in range(spans.starts[column], spans.starts[column + 1]):
            if spans.lows[k] > low:
                lows[n_spans], highs[n_spans] = low, spans.lows[k]
                n_spans += 1
            low = spans.highs[k]
        if low < spans.height:
            lows[n_spans], highs[n_spans] = low, spans.height
            n_spans += 1
        starts[column + 1] = n_spans
    return Spans(lows[:n_spans], highs[:n_spans], starts, spans.height)


@njit(nogil=True, cache=True)
def _without_border(spans: Spans, reach: Int) -> Spans:
    """The mask less what lies within reach of the border."""
    lows, highs = np.empty_like(spans.lows), np.empty_like(spans.highs)
    starts = np.zeros_like(spans.starts)
    n_columns = len(starts) - 1
    n_spans = 0
    for column in range(n_columns):
        if reach <= column < n_columns - reach:
            for k in range(spans.starts[column], spans.starts[column + 1]):
                lows[n_spans] = max(spans.lows[k], reach)
                highs[n_spans] = min(spans.highs[k], spans.height - reach)
                n_spans += 1 if lows[n_spans] < highs[n_spans] else 0
        starts[column + 1] = n_spans
    return Spans(lows[:n_spans], highs[:n_spans], starts, spans.height)


@njit(nogil=True, cache=True)
def _with_room(values: Ints, room: Int) -> Ints:
    wider = np.empty(room, np.int32)
    wider[: len(values)] = values
    return wider
