"""Masks as spans: the stretches of each column that a mask covers, of many masks one after the other.

A run of an RLE may go over several columns; a span never does. All features of shape are passes over spans.
What is compiled here reads named tuples, which Numba knows.
"""

from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit
from numpy.typing import NDArray

from audit.coco import rle_kernels
from audit.coco.buffers import as_flags, as_numbers
from audit.coco.canonical import canonical_counts
from audit.coco.scanning import Bytes, Int

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]

MAX_COLUMNS = 2**20
"""A wider mask is not measured: a few bytes of RLE could ask for any amount of memory."""


class Spans(NamedTuple):
    """The spans of one mask, by column and from top to bottom; no two of a column touch.

    Attributes:
        lows: int32 [n_spans], the first row of each.
        highs: int32 [n_spans], the row after the last one.
        starts: int32 [n_columns + 1], the first span of each column, and the number of all.
        height: rows of the image.
    """

    lows: Ints
    highs: Ints
    starts: Ints
    height: Int


class SpanBatch(NamedTuple):
    """The spans of many masks, each as in `Spans`; `spans_of` gives one of them.

    Attributes:
        first_span: int64 [n_masks + 1], where each begins in `lows` and `highs`.
        first_start: int64 [n_masks + 1], where each begins in `starts`.
        heights: int64 [n_masks].
    """

    lows: Ints
    highs: Ints
    starts: Ints
    first_span: Longs
    first_start: Longs
    heights: Longs


class UnionSpans(NamedTuple):
    """The spans of masks that come in parts.

    Attributes:
        is_readable: bool [n_masks], False where the mask is null, a part is no mask of its size, or there
            are more than `MAX_COLUMNS` columns; there are no spans there.
    """

    batch: SpanBatch
    is_readable: NDArray[np.bool_]


def union_spans(parts: pa.ListArray, heights: Ints, widths: Ints) -> UnionSpans:
    """The spans of masks, each the union of its parts; no part at all is the empty mask of any size.

    Args:
        parts: list of binary [n_masks]: compressed COCO counts of each part.
        heights: int32 [n_masks], pixels; 0 where unknown.
        widths: int32 [n_masks], the same.

    >>> masks = pa.array([[b"132", b"42"], [], None], pa.list_(pa.binary()))
    >>> found = union_spans(masks, np.array([2, 2, 2], np.int32), np.array([3, 3, 3], np.int32))
    >>> found.is_readable
    array([ True,  True, False])
    >>> found.batch.lows, found.batch.highs, found.batch.first_span
    (array([1, 0, 0], dtype=int32), array([2, 2, 2], dtype=int32), array([0, 3, 3, 3]))
    """
    tall = heights.astype(np.int64)
    n_pixels = np.where(widths <= MAX_COLUMNS, tall * widths, 0)
    counts = canonical_counts(parts, n_pixels)
    n_columns = np.where(counts.is_sound, widths, 0)
    batch = _split(counts.texts, counts.starts, tall, n_columns.astype(np.int64))
    is_empty = as_flags(pc.is_valid(parts)) & (as_numbers(pc.list_value_length(parts)) == 0)
    return UnionSpans(batch=batch, is_readable=counts.is_sound | is_empty)


@njit(nogil=True, cache=True)
def spans_of(batch: SpanBatch, mask: Int) -> Spans:
    """The spans of one mask, not copied."""
    first, last = batch.first_span[mask], batch.first_span[mask + 1]
    starts = batch.starts[batch.first_start[mask] : batch.first_start[mask + 1]]
    return Spans(batch.lows[first:last], batch.highs[first:last], starts, batch.heights[mask])


@njit(nogil=True, cache=True)
def common_length(a: Spans, column_a: Int, b: Spans, column_b: Int, shift: Int) -> Int:
    """Rows that a column of a shares with a column of b, which is moved down by `shift` before."""
    i, end_i = a.starts[column_a], a.starts[column_a + 1]
    j, end_j = b.starts[column_b], b.starts[column_b + 1]
    length = np.int64(0)
    while i < end_i and j < end_j:
        high_a, high_b = np.int64(a.highs[i]), b.highs[j] + shift
        shared = min(high_a, high_b) - max(np.int64(a.lows[i]), b.lows[j] + shift)
        if shared > 0:
            length += shared
        if high_a <= high_b:
            i += 1
        else:
            j += 1
    return length


@njit(nogil=True, cache=True)
def _split(texts: Bytes, text_starts: Longs, heights: Longs, n_columns: Longs) -> SpanBatch:
    n_masks = len(heights)
    # Every span begins with a run or with a column; memory that is not written to is never taken.
    lows = np.empty(len(texts) + n_columns.sum(), np.int32)
    highs = np.empty(len(lows), np.int32)
    starts = np.zeros(n_columns.sum() + n_masks, np.int32)
    first_span, first_start = np.zeros(n_masks + 1, np.int64), np.zeros(n_masks + 1, np.int64)
    runs = np.empty(np.diff(text_starts).max() if n_masks else 0, np.uint32)
    for mask in range(n_masks):
        counts = texts[text_starts[mask] : text_starts[mask + 1]]
        n_pixels = heights[mask] * n_columns[mask]
        n_runs, _ = rle_kernels.decode_into(counts, n_pixels, runs)
        at, start = first_span[mask], first_start[mask]
        end = start + n_columns[mask] + 1
        n_spans = _split_runs(runs[:n_runs], heights[mask], lows[at:], highs[at:], starts[start:end])
        first_span[mask + 1], first_start[mask + 1] = at + n_spans, end
    n_spans = first_span[n_masks]
    return SpanBatch(lows[:n_spans], highs[:n_spans], starts, first_span, first_start, heights)


@njit(nogil=True, cache=True)
def _split_runs(runs: rle_kernels.Runs, height: Int, lows: Ints, highs: Ints, starts: Ints) -> Int:
    n_spans = 0
    open_column = 0
    """Up to and with this column `starts` is written."""
    begin = np.int64(0)
    for i in range(len(runs)):
        end = begin + np.int64(runs[i])
        if i & 1:
            column = begin // height
            low = begin - column * height
            left = end - begin
            while left:
                while open_column < column:
                    open_column += 1
                    starts[open_column] = n_spans
                lows[n_spans] = low
                high = min(height, low + left)
                highs[n_spans] = high
                n_spans += 1
                left -= high - low
                low = np.int64(0)
                column += 1
        begin = end
    starts[open_column + 1 :] = n_spans
    return n_spans
