"""The canonical counts of many masks at once, compiled: equal pixels give equal bytes, whatever the encoding.

`rle.union_counts` does the same for one mask. Here a whole column of masks is gone through without the
interpreter, so that threads share the work.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numba import njit
from numpy.typing import NDArray

from audit.coco import rle_kernels as kernels
from audit.coco.rle_kernels import Runs
from audit.coco.scanning import Bytes, Int

Longs = NDArray[np.int64]
Flags = NDArray[np.bool_]

_MOST_BYTES_OF_A_RUN = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class CanonicalCounts:
    """The canonical compressed counts of a column of masks.

    Attributes:
        texts: uint8, the counts, one after the other.
        starts: int64 [n_masks + 1], where each begins in `texts`.
        is_sound: bool [n_masks], False where there is no part or one that is no mask of its size; the counts
            are empty there.
        areas: int64 [n_masks], pixels; 0 where it is not sound.
    """

    texts: Bytes
    starts: Longs
    is_sound: Flags
    areas: Longs


def canonical_counts(parts: pa.ListArray, n_pixels: Longs) -> CanonicalCounts:
    """The canonical counts of masks, each the union of its parts.

    Args:
        parts: list of binary [n_masks]: compressed COCO counts of each part.
        n_pixels: int64 [n_masks], height × width; 0 where the mask is not to be read.

    >>> masks = pa.array([[b"132", b"42"], [b"15"], [b"7"], None], pa.list_(pa.binary()))
    >>> found = canonical_counts(masks, np.array([6, 6, 6, 6]))
    >>> found.texts.tobytes(), found.is_sound, found.areas
    (b'1515', array([ True,  True, False, False]), array([5, 5, 0, 0]))
    """
    row_starts = _offsets(parts)
    part_starts, data = _offsets(parts.values), _bytes(parts.values)
    first, last = part_starts[row_starts[0]], part_starts[row_starts[-1]]
    room = int(last - first + row_starts[-1] - row_starts[0] + len(parts))
    # Memory that is asked for and not written to is never taken.
    texts = np.empty(_MOST_BYTES_OF_A_RUN * room, np.uint8)
    starts, is_sound, areas = _write_canonical(row_starts, part_starts, data, n_pixels, texts)
    return CanonicalCounts(texts=texts[: starts[-1]], starts=starts, is_sound=is_sound, areas=areas)


@njit(nogil=True, cache=True)
def _write_canonical(
    row_starts: NDArray[np.int32],
    part_starts: NDArray[np.int32],
    data: Bytes,
    n_pixels: Longs,
    texts: Bytes,
) -> tuple[Longs, Flags, Longs]:
    starts = np.zeros(len(n_pixels) + 1, np.int64)
    is_sound = np.zeros(len(n_pixels), np.bool_)
    areas = np.zeros(len(n_pixels), np.int64)
    room = 0
    for row in range(len(n_pixels)):
        first, last = row_starts[row], row_starts[row + 1]
        room = max(room, part_starts[last] - part_starts[first] + last - first + 1)
    part, union, joined = np.empty(room, np.uint32), np.empty(room, np.uint32), np.empty(room, np.uint32)
    at = np.int64(0)
    for row in range(len(n_pixels)):
        n_union: Int = 0
        for k in range(row_starts[row], row_starts[row + 1]):
            counts = data[part_starts[k] : part_starts[k + 1]]
            n_runs, fault = kernels.decode_into(counts, n_pixels[row], part)
            if fault or n_runs == 0:
                n_union = 0
                break
            if n_union == 0:
                n_union = _without_empty_runs(part[:n_runs], union)
            else:
                n_union = kernels.union_into(union[:n_union], part[:n_runs], joined)
                union, joined = joined, union
        if n_union and n_pixels[row]:
            is_sound[row] = True
            areas[row] = kernels.area_of(union[:n_union])
            at += kernels.encode_into(union[:n_union], texts[at:])
        starts[row + 1] = at
    return starts, is_sound, areas


@njit(nogil=True, cache=True)
def _without_empty_runs(runs: Runs, canonical: Runs) -> Int:
    """Writes the runs of the same mask of which only the first may be empty; returns their number."""
    canonical[0] = runs[0]
    n_runs = 1
    for i in range(1, len(runs)):
        if runs[i] == 0:
            continue
        if (i & 1) == (n_runs & 1):
            canonical[n_runs] = runs[i]
            n_runs += 1
        else:
            canonical[n_runs - 1] += runs[i]
    return n_runs


def _offsets(lists: pa.ListArray | pa.BinaryArray) -> NDArray[np.int32]:
    """Where each element begins, and where the last one ends, int32 [n + 1]."""
    if not len(lists):
        return np.zeros(1, np.int32)
    offsets = np.frombuffer(lists.buffers()[1], np.int32)
    return offsets[lists.offset : lists.offset + len(lists) + 1]


def _bytes(texts: pa.BinaryArray) -> Bytes:
    return np.frombuffer(texts.buffers()[2] or b"", np.uint8)
