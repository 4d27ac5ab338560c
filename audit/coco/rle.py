"""Masks as run lengths: pure arithmetic, no files.

A mask of `height` × `width` pixels is read column by column; its runs are the lengths of alternating
stretches outside and inside, outside first (so the first may be 0). Counts are the runs as COCO compresses
them to text. Everything here is checked before it is used, unlike in pycocotools, which takes counts on
trust and can write beyond its memory when they are wrong.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from audit.coco import rle_kernels as kernels
from audit.coco.rle_kernels import Fault, Runs

_REASONS = {
    Fault.CHARACTERS: "hold a character outside of the encoding or end within a number",
    Fault.RUN: "hold a run below 0 or beyond 4294967295",
    Fault.TOTAL: "do not add up to {height} × {width} pixels",
}


class RleError(ValueError):
    """Counts that are no mask of their size; `fault` says why."""

    def __init__(self, fault: Fault, *, height: int, width: int) -> None:
        self.fault = fault
        super().__init__(f"the counts {_REASONS[fault].format(height=height, width=width)}")


def decode_counts(counts: bytes, *, height: int, width: int) -> Runs:
    """The runs of compressed counts, as uint32, shape [n_runs].

    Raises:
        RleError: a wrong character, an impossible run, or another total than height × width.

    >>> decode_counts(b"132", height=2, width=3)
    array([1, 3, 2], dtype=uint32)
    """
    runs = np.empty(len(counts), np.uint32)
    n_runs, fault = kernels.decode_into(np.frombuffer(counts, np.uint8), height * width, runs)
    if fault:
        raise RleError(Fault(int(fault)), height=height, width=width)
    return runs[:n_runs].copy()


def check_runs(runs: Sequence[int], *, height: int, width: int) -> Runs:
    """Runs that come as plain integers, as uint32, shape [n_runs].

    Raises:
        RleError: an impossible run, or another total than height × width.
    """
    if any(not 0 <= run < 2**32 for run in runs):
        raise RleError(Fault.RUN, height=height, width=width)
    if sum(runs) != height * width:
        raise RleError(Fault.TOTAL, height=height, width=width)
    return np.array(runs, np.uint32)


def encode_runs(runs: Runs) -> bytes:
    """The compressed counts of runs.

    >>> encode_runs(np.array([1, 3, 2], np.uint32))
    b'132'
    """
    data = np.empty(7 * len(runs), np.uint8)
    return data[: kernels.encode_into(runs, data)].tobytes()


def union_runs(masks: Sequence[Runs]) -> Runs:
    """The runs of the union of at least one mask, all of one size.

    The result is canonical: no run but the first is empty, so equal pixels give equal runs.
    """
    union = masks[0]
    for mask in masks if len(masks) == 1 else masks[1:]:
        joined = np.empty(len(union) + len(mask) + 1, np.uint32)
        union = joined[: kernels.union_into(union, mask, joined)]
    return union.copy()


def union_counts(parts: Sequence[bytes], *, height: int, width: int) -> bytes:
    """The canonical compressed counts of the union of parts: equal pixels give equal bytes.

    No part at all is the empty mask.

    Raises:
        RleError: a part is no mask of this size.

    >>> union_counts([b"132", b"42"], height=2, width=3)
    b'15'
    """
    masks = [decode_counts(part, height=height, width=width) for part in parts]
    return encode_runs(union_runs(masks or [np.array([height * width], np.uint32)]))


def area(runs: Runs) -> int:
    """Pixels inside the mask."""
    return int(kernels.area_of(runs))


def bounding_box(runs: Runs, *, height: int) -> tuple[int, int, int, int] | None:
    """The smallest box x1, y1, x2, y2 around the mask, pixels, ends excluded; None for an empty mask."""
    x1, y1, x2, y2 = kernels.bounds_of(runs, height)
    return (int(x1), int(y1), int(x2), int(y2)) if x2 else None


def mask_of_runs(runs: Runs, *, height: int, width: int) -> NDArray[np.bool_]:
    """The pixels of a mask, bool, shape [height, width].

    >>> mask_of_runs(decode_counts(b"132", height=2, width=3), height=2, width=3).astype(int)
    array([[0, 1, 0],
           [1, 1, 0]])
    """
    pixels = np.empty(height * width, np.bool_)
    kernels.fill_mask(runs, pixels)
    return pixels.reshape((height, width), order="F")


def runs_of_mask(mask: NDArray[np.bool_]) -> Runs:
    """The canonical runs of pixels, bool, shape [height, width]."""
    runs = np.empty(mask.size + 1, np.uint32)
    return runs[: kernels.runs_of_pixels(mask.ravel(order="F"), runs)].copy()
