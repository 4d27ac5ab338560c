"""Loops over compressed counts and run lengths, compiled; they release the GIL and trust nothing they read.

The encoding is that of COCO (`rleToString` and `rleFrString` in maskApi.c): little-endian groups of five
bits, each a character from `0` (48) to `o` (111), bit 32 saying that more follow, bit 16 of the last one the
sign; from the fourth run on, a number is the difference to the run two before.
"""

from enum import IntEnum

import numpy as np
from numba import njit
from numpy.typing import NDArray

from audit.coco.scanning import Bytes, Int

Runs = NDArray[np.uint32]


class Fault(IntEnum):
    """Why counts are no mask of the size they claim."""

    NONE = 0
    CHARACTERS = 1
    """A byte outside of the encoding, or an end within a number."""
    RUN = 2
    """A run below 0, or beyond 2^32 − 1."""
    TOTAL = 3
    """Runs that do not add up to height × width."""


_NONE, _CHARACTERS, _RUN, _TOTAL = (int(fault) for fault in Fault)
_MAX_RUN = 2**32 - 1
_MAX_SHIFT = 30
"""Seven groups hold 35 bits, more than any difference of two runs needs."""


@njit(nogil=True, cache=True)
def decode_into(data: Bytes, n_pixels: Int, runs: Runs) -> tuple[Int, Int]:
    """Writes the run lengths of counts; `runs` must be at least as long as `data`.

    Returns:
        The number of runs, and a `Fault`. Nothing in `runs` counts unless that is `NONE`.
    """
    n_runs = 0
    total: Int = 0
    value: Int = 0
    shift = 0
    for byte in data:
        group = np.int64(byte) - 48
        if group < 0 or group > 63:
            return 0, _CHARACTERS
        if shift > _MAX_SHIFT:
            return 0, _RUN
        value |= (group & 31) << shift
        shift += 5
        if group & 32:
            continue
        value -= ((group >> 4) & 1) << shift  # the sign, without a branch that nothing could predict
        if n_runs > 2:
            value += np.int64(runs[n_runs - 2])
        if value < 0 or value > _MAX_RUN:
            return 0, _RUN
        runs[n_runs] = value
        n_runs += 1
        total += value
        value = 0
        shift = 0
    if shift:
        return 0, _CHARACTERS
    return n_runs, _NONE if total == n_pixels else _TOTAL


@njit(nogil=True, cache=True)
def encode_into(runs: Runs, data: Bytes) -> Int:
    """Writes the compressed counts of runs; `data` must hold 7 bytes a run. Returns the bytes written."""
    n_bytes = 0
    for i in range(len(runs)):
        value = np.int64(runs[i])
        if i > 2:
            value -= np.int64(runs[i - 2])
        while True:
            group = value & 31
            value >>= 5
            has_more = value != -1 if group & 16 else value != 0
            data[n_bytes] = 48 + group + (32 if has_more else 0)
            n_bytes += 1
            if not has_more:
                break
    return n_bytes


@njit(nogil=True, cache=True)
def union_into(first: Runs, second: Runs, union: Runs) -> Int:
    """Writes the runs of the union of two masks of one size, without empty runs except a leading one.

    `union` must hold `len(first) + len(second) + 1`. Returns the number of runs.
    """
    at = np.int64(0)
    i = j = 0
    end_i = np.int64(first[0]) if len(first) else np.int64(0)
    end_j = np.int64(second[0]) if len(second) else np.int64(0)
    n_runs = 0
    union[0] = 0
    while True:
        while end_i <= at and i + 1 < len(first):
            i += 1
            end_i += np.int64(first[i])
        while end_j <= at and j + 1 < len(second):
            j += 1
            end_j += np.int64(second[j])
        end = min(end_i, end_j)
        if end <= at:
            return n_runs + 1 if at else 0
        if ((i | j) & 1) != (n_runs & 1):
            n_runs += 1
            union[n_runs] = 0
        union[n_runs] += end - at
        at = end


@njit(nogil=True, cache=True)
def area_of(runs: Runs) -> Int:
    """Pixels inside the mask."""
    area = np.int64(0)
    for i in range(1, len(runs), 2):
        area += np.int64(runs[i])
    return area


@njit(nogil=True, cache=True)
def fill_mask(runs: Runs, pixels: NDArray[np.bool_]) -> None:
    """Writes runs into pixels in column order; they must add up to `len(pixels)`."""
    at = np.int64(0)
    for i in range(len(runs)):
        end = at + np.int64(runs[i])
        pixels[at:end] = (i & 1) == 1
        at = end


@njit(nogil=True, cache=True)
def runs_of_pixels(pixels: NDArray[np.bool_], runs: Runs) -> Int:
    """Writes the runs of pixels in column order; `runs` must hold `len(pixels) + 1`. Returns their number."""
    n_runs = 0
    runs[0] = 0
    inside = False
    for pixel in pixels:
        if pixel != inside:
            inside = pixel
            n_runs += 1
            runs[n_runs] = 0
        runs[n_runs] += 1
    return n_runs + 1


@njit(nogil=True, cache=True)
def bounds_of(runs: Runs, height: Int) -> tuple[Int, Int, Int, Int]:
    """The first and last columns and rows that hold a pixel of the mask: x1, y1, x2, y2, ends excluded.

    All 0 where no pixel is inside.
    """
    x1 = y1 = np.int64(2**62)
    x2 = y2 = np.int64(0)
    at = np.int64(0)
    for i in range(len(runs)):
        end = at + np.int64(runs[i])
        if i & 1 and end > at:
            first, last = at // height, (end - 1) // height
            x1, x2 = min(x1, first), max(x2, last + 1)
            if first == last:
                y1, y2 = min(y1, at - first * height), max(y2, end - first * height)
            else:
                y1, y2 = np.int64(0), np.int64(height)
        at = end
    if x2 == 0:
        return 0, 0, 0, 0
    return x1, y1, x2, y2
