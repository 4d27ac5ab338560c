"""New masks made of others, by their run lengths: whole image, inverse, box, vote. All are canonical.

Masks that meet in one function are of one size.
"""

from collections.abc import Sequence
from math import ceil, floor

import numpy as np

from audit.coco.rle import area, union_runs
from audit.coco.rle_kernels import Runs
from audit.rules.mention import Reals, Size

_LOST_TO_ROUNDING = 1e-9
"""More than sums of weights in [0, 1] lose, in whatever order: half is half."""


def whole_image(size: Size) -> Runs:
    """The mask that covers everything.

    >>> whole_image((2, 3))
    array([0, 6], dtype=uint32)
    """
    return np.array([0, size[0] * size[1]], np.uint32)


def inverse(runs: Runs) -> Runs:
    """What a mask of canonical runs does not cover.

    >>> inverse(np.array([1, 3, 2], np.uint32))
    array([0, 1, 3, 2], dtype=uint32)
    """
    return runs[1:] if runs[0] == 0 else np.concatenate(([np.uint32(0)], runs))


def box_mask(box: Reals, size: Size) -> Runs:
    """Every pixel of the image that a box x1, y1, x2, y2 touches; none where it lies outside.

    >>> box_mask(np.array([0.5, 1.0, 2.0, 9.0]), (2, 3))
    array([1, 1, 1, 1, 2], dtype=uint32)
    """
    height, width = size
    left, right = _within(box[0], box[2], width)
    top, bottom = _within(box[1], box[3], height)
    if left == right or top == bottom:
        return np.array([height * width], np.uint32)
    columns = np.arange(left, right) * height
    ends = np.stack((columns + top, columns + bottom), axis=1).ravel()
    return _canonical(np.diff(ends, prepend=0, append=height * width))


def voted(masks: Sequence[Runs], weights: Sequence[float]) -> Runs:
    """The pixels that masks with at least half of the weight cover.

    Args:
        masks: at least one.
        weights: of each, 0 or more. If all are 0, a pixel needs none.

    >>> voted([np.array([1, 3, 2], np.uint32), np.array([0, 2, 4], np.uint32)], [0.9, 0.3])
    array([1, 3, 2], dtype=uint32)
    """
    ends = [np.cumsum(runs, dtype=np.int64) for runs in masks]
    borders = np.unique(np.concatenate([[0], *ends]))
    votes = np.zeros(len(borders) - 1)
    for of_mask, weight in zip(ends, weights, strict=True):
        # Between two borders a mask is inside where an odd number of its runs has ended before.
        votes += weight * (np.searchsorted(of_mask, borders[:-1], side="right") & 1)
    is_inside = votes >= sum(weights) / 2 - _LOST_TO_ROUNDING
    changes = np.flatnonzero(np.diff(is_inside, prepend=False))
    return _canonical(np.diff(borders[changes], prepend=0, append=borders[-1]))


def intersection(a: Runs, b: Runs) -> Runs:
    """What two masks have in common."""
    return inverse(union_runs([inverse(a), inverse(b)]))


def iou(a: Runs, b: Runs) -> float:
    """Intersection over union of two masks that are not both empty.

    >>> iou(np.array([1, 3, 2], np.uint32), np.array([3, 3], np.uint32))
    0.2
    """
    of_union = area(union_runs([a, b]))
    return (area(a) + area(b) - of_union) / of_union


def _within(start: float, end: float, length: int) -> tuple[int, int]:
    """The pixels of a line from 0 to length that a stretch of it touches, the end excluded."""
    first = min(max(floor(start), 0), length)
    return first, max(min(ceil(end), length), first)


def _canonical(runs: np.typing.NDArray[np.int64]) -> Runs:
    """The same mask with no run empty but the first."""
    return union_runs([runs.astype(np.uint32)])
