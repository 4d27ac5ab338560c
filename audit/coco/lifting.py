# ruff: noqa: SIM109, PLR1714 - comparing with a tuple compiles to slower code
"""Preparing elements for a fast JSON parser, compiled: one line each, with the long RLE texts lifted out.

Most bytes of an annotation are the `counts` of its RLEs. They are checked and unescaped in one pass and
replaced by `""`, so that the parser only meets the small rest. Which text belongs to which RLE is told
afterwards by their order; an element in which something is unusual is marked as irregular instead.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from audit.coco.scanning import Bytes, Int

MAX_DEPTH = 64
"""Elements nested deeper are irregular (and then refused as too deep)."""

_SPACE, _QUOTE, _BACKSLASH, _COLON = 32, 34, 92, 58
_OPEN_LIST, _CLOSE_LIST, _OPEN_OBJECT, _CLOSE_OBJECT = 91, 93, 123, 125
_TAB, _NEWLINE, _RETURN = 9, 10, 13
_N, _I = 78, 73
_MAX_RUN = 2**32 - 1
_MAX_SHIFT = 30
Longs = NDArray[np.int64]

_COUNTS = np.frombuffer(b"counts", np.uint8)


class Lifted(NamedTuple):
    """Elements as lines, and what was lifted out of them.

    Attributes:
        lines: uint8, a line for each regular element.
        is_regular: bool [n_elements].
        n_texts: int64 [n_elements], how many counts were lifted out of each.
        texts: uint8, the lifted counts, unescaped, one after the other.
        text_starts: int32 [n_texts + 1], where each begins in `texts`.
        totals: int64 [n_texts], the sum of its runs.
        areas: int64 [n_texts], the pixels inside.
        is_ascii: no byte above 127 was met.
    """

    lines: Bytes
    is_regular: NDArray[np.bool_]
    n_texts: NDArray[np.int64]
    texts: Bytes
    text_starts: NDArray[np.int32]
    totals: NDArray[np.int64]
    areas: NDArray[np.int64]
    is_ascii: bool | np.bool_


@njit(nogil=True, cache=True)
def _lift_counts(  # noqa: C901 - one pass over the bytes
    data: Bytes, start: Int, end: Int, texts: Bytes, text_at: Int
) -> tuple[Int, Int, Int, Int]:
    """Unescapes a string of counts, its quotation mark just passed, into `texts`, and adds up its runs.

    Returns:
        The place after its closing quotation mark (−1 if it is no sound sequence of runs), where its text
        ends in `texts`, its total, and its area.
    """
    n_runs = 0
    total = np.int64(0)
    area = np.int64(0)
    last = np.int64(0)
    before_last = np.int64(0)
    value = np.int64(0)
    shift = 0
    i = np.uint64(start)  # unsigned: no test for places counted from the end
    stop = np.uint64(end)
    at = np.uint64(text_at)
    while i < stop:
        byte = data[i]
        i += np.uint64(1)
        group = np.int64(byte) - 48
        if group < 0 or group > 63 or shift > _MAX_SHIFT:
            if byte == _QUOTE and shift == 0:
                return np.int64(i), np.int64(at), total, area
            break
        if byte == _BACKSLASH:
            if i == stop or data[i] != _BACKSLASH:
                break
            i += np.uint64(1)
        texts[at] = byte
        at += np.uint64(1)
        if group > 31:
            value |= (group & 31) << shift
            shift += 5
            continue
        if shift:
            value |= ((group ^ 16) - 16) << shift
            shift = 0
        else:
            value = (group ^ 16) - 16
        if n_runs > 2:
            value += before_last
        if value < 0 or value > _MAX_RUN:
            break
        total += value
        area += value * (n_runs & 1)
        before_last = last
        last = value
        value = np.int64(0)
        n_runs += 1
    return -1, 0, 0, 0


@njit(nogil=True, cache=True)
def _copy_string(data: Bytes, start: Int, end: Int, lines: Bytes, line_at: Int) -> tuple[Int, Int, Int]:
    """Copies a string with both quotation marks.

    Returns:
        The place after it (−1 if it does not end), where it ends in `lines`, and the bitwise or of its bytes.
    """
    i = np.uint64(start)
    stop = np.uint64(end)
    at = np.uint64(line_at)
    one = np.uint64(1)
    lines[at] = _QUOTE
    i += one
    at += one
    seen = np.int64(0)
    while i < stop:
        byte = data[i]
        lines[at] = byte
        seen |= np.int64(byte)
        i += one
        at += one
        if byte == _QUOTE:
            return np.int64(i), np.int64(at), seen
        if byte == _BACKSLASH and i < stop:
            lines[at] = data[i]
            i += one
            at += one
    return -1, 0, 0


@njit(nogil=True, cache=True)
def _is_counts(data: Bytes, start: Int, end: Int) -> bool:
    if end - start != len(_COUNTS):
        return False
    for k in range(len(_COUNTS)):  # noqa: SIM110 - a generator does not compile
        if data[start + k] != _COUNTS[k]:
            return False
    return True


@njit(nogil=True, cache=True)
def _grown(array: Longs) -> Longs:
    larger = np.empty(2 * len(array), array.dtype)
    larger[: len(array)] = array
    return larger


@njit(nogil=True, cache=True)
def lift(  # noqa: C901, PLR0912, PLR0915 - one pass over the bytes
    data: Bytes, starts: NDArray[np.int64], ends: NDArray[np.int64], lines: Bytes, texts: Bytes
) -> Lifted:
    """Elements as lines, their counts lifted out; see `Lifted`."""
    n_elements = len(starts)
    is_regular = np.zeros(n_elements, np.bool_)
    n_texts = np.zeros(n_elements, np.int64)
    text_ends: Longs = np.empty(2 * n_elements + 2, np.int64)
    totals: Longs = np.empty(2 * n_elements + 2, np.int64)
    areas: Longs = np.empty(2 * n_elements + 2, np.int64)
    n_lifted = 0
    line_at: Int = 0
    text_at: Int = 0
    seen = np.int64(0)
    for element in range(n_elements):
        line_start, text_start, first_lifted = line_at, text_at, n_lifted
        depth = 0
        is_closed = False
        is_sound = True
        last_was_counts = False
        awaits_counts = False
        i: Int = starts[element]
        end = ends[element]
        while i < end:
            byte = data[i]
            if byte == _SPACE or byte == _TAB or byte == _NEWLINE or byte == _RETURN:
                if line_at > line_start and lines[line_at - 1] != _SPACE:
                    lines[line_at] = _SPACE
                    line_at += 1
                i += 1
                continue
            if is_closed or byte < _SPACE or (depth == 0 and byte != _OPEN_OBJECT):
                is_sound = False
                break
            if byte == _N or byte == _I:  # NaN and -Infinity, which the parser lets pass
                is_sound = False
                break
            if byte == _QUOTE:
                if awaits_counts:
                    i, text_end, total, area = _lift_counts(data, i + 1, end, texts, text_at)
                    if i < 0:
                        is_sound = False
                        break
                    if n_lifted == len(totals):
                        text_ends, totals, areas = _grown(text_ends), _grown(totals), _grown(areas)
                    text_ends[n_lifted], totals[n_lifted], areas[n_lifted] = text_end, total, area
                    text_at = text_end
                    n_lifted += 1
                    lines[line_at] = lines[line_at + 1] = _QUOTE
                    line_at += 2
                    awaits_counts = False
                else:
                    next_i, line_end, bytes_seen = _copy_string(data, i, end, lines, line_at)
                    if next_i < 0:
                        is_sound = False
                        break
                    last_was_counts = _is_counts(data, i + 1, next_i - 1)
                    seen |= bytes_seen
                    i, line_at = next_i, line_end
                continue
            awaits_counts = last_was_counts and byte == _COLON
            last_was_counts = False
            if byte == _OPEN_OBJECT or byte == _OPEN_LIST:
                depth += 1
                is_sound = depth <= MAX_DEPTH
                if not is_sound:
                    break
            elif byte == _CLOSE_OBJECT or byte == _CLOSE_LIST:
                depth -= 1
                is_closed = depth == 0
            lines[line_at] = byte
            line_at += 1
            i += 1
        if is_sound and is_closed:
            is_regular[element] = True
            n_texts[element] = n_lifted - first_lifted
            lines[line_at] = _NEWLINE
            line_at += 1
        else:
            line_at, text_at, n_lifted = line_start, text_start, first_lifted
    text_starts = np.zeros(n_lifted + 1, np.int32)
    text_starts[1:] = text_ends[:n_lifted]
    return Lifted(
        lines[:line_at],
        is_regular,
        n_texts,
        texts[:text_at],
        text_starts,
        totals[:n_lifted],
        areas[:n_lifted],
        seen < 128,
    )
