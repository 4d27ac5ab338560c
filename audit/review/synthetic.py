"""Makes a wrong mask out of a correct one, as a machine might have drawn it; pixels in, pixels out."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from math import hypot, pi

import cv2
import numpy as np
from numpy.typing import NDArray

from audit.review.overlay import mask_box

Pixels = NDArray[np.bool_]

IOU_LIMIT = 0.5
"""A wrong mask overlaps the correct one by less."""

STEP = 0.08
"""By how much of its box's diagonal a mask is moved at a time."""

GROWTH = 1.25
"""By how much the margin around a growing mask widens at a time."""

LEAST_PIXELS = 4
"""Nobody would see a smaller step, though one of a pixel puts a thin mask beside itself."""

FEWEST_COVERED, MOST_COVERED = 0.1, 0.9
"""Shares of the image between which a mask may be turned inside out: else it gives nearly all, or nothing."""


class Change(StrEnum):
    """What was done to a correct mask."""

    SHIFTED = "shifted"
    GROWN = "grown"
    CUT = "cut"
    COMPLEMENTED = "complemented"
    SWAPPED = "swapped"


CHANGE_TOLD: dict[Change, str] = {
    Change.SHIFTED: "It was shifted off its place.",
    Change.GROWN: "It was grown beyond its outline.",
    Change.CUT: "A part of it was cut off.",
    Change.COMPLEMENTED: "Inside and outside were swapped.",
    Change.SWAPPED: "It was swapped for the mask of something else.",
}
"""What a reviewer is told of each in the practice round."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WrongMask:
    """A mask made wrong on purpose.

    Attributes:
        pixels: bool [height, width], at least one set.
        change: what made it wrong.
        iou: with the correct mask, in [0, 0.5).
    """

    pixels: Pixels
    change: Change
    iou: float


def wrong_mask(right: Pixels, *, other: Pixels | None, rng: np.random.Generator) -> WrongMask | None:
    """A wrong mask made out of a correct one by one change, chosen at random.

    The change grows in strength until the two overlap by an IoU under 0.5, so that what results is as like
    the correct mask as a wrong one of its kind can be. Where a change cannot get there (a mask that fills
    its image cannot be grown), another one is made.

    Args:
        right: the correct mask, bool [height, width] with at least one pixel set.
        other: the mask of something else, of any size, to swap it for; None where there is none.
        rng: decides on the change and how it is made; the same state makes the same mask.

    Returns:
        None where no change gets there, as for an image of one pixel.

    Raises:
        ValueError: no pixel of `right` is set.

    >>> square = np.zeros((64, 64), dtype=bool)
    >>> square[16:48, 16:48] = True
    >>> made = wrong_mask(square, other=None, rng=np.random.default_rng(3))
    >>> made.change.value, made.iou < 0.5
    ('cut', True)
    """
    if not right.any():
        raise ValueError("an empty mask cannot be made wrong")
    ways = {
        Change.SHIFTED: _shifted(right, rng),
        Change.GROWN: _grown(right),
        Change.CUT: _cut(right, rng),
        Change.COMPLEMENTED: _complemented(right),
        Change.SWAPPED: _swapped(right, other, rng),
    }
    changes = list(ways)
    for place in rng.permutation(len(changes)):
        for pixels in ways[changes[place]]:
            iou = _iou(right, pixels)
            if iou < IOU_LIMIT and pixels.any():
                return WrongMask(pixels=pixels, change=changes[place], iou=iou)
    return None


def _iou(a: Pixels, b: Pixels) -> float:
    return int(np.count_nonzero(a & b)) / int(np.count_nonzero(a | b))


def _shifted(mask: Pixels, rng: np.random.Generator) -> Iterator[Pixels]:
    """Moved step by step in one direction, then in those at right angles to it; half of it stays inside."""
    box = mask_box(mask)
    step = max(LEAST_PIXELS, STEP * hypot(box.height, box.width))
    half = np.count_nonzero(mask) / 2
    first = rng.uniform(0, 2 * pi)
    for angle in first + pi / 2 * np.arange(4):
        distance = step
        while np.count_nonzero(moved := _moved(mask, distance, angle)) > half:
            yield moved
            distance += step


def _moved(mask: Pixels, distance: float, angle: float) -> Pixels:
    down, right = round(distance * np.sin(angle)), round(distance * np.cos(angle))
    moved = np.zeros_like(mask)
    height, width = mask.shape
    if abs(down) < height and abs(right) < width:
        moved[max(down, 0) : height + min(down, 0), max(right, 0) : width + min(right, 0)] = mask[
            max(-down, 0) : height + min(-down, 0), max(-right, 0) : width + min(-right, 0)
        ]
    return moved


def _grown(mask: Pixels) -> Iterator[Pixels]:
    """With a margin around it that widens until it fills the image."""
    distances = cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5)
    box = mask_box(mask)
    margin = max(LEAST_PIXELS, STEP * hypot(box.height, box.width))
    furthest = float(distances.max())
    while margin < furthest * GROWTH:
        yield distances <= margin
        margin *= GROWTH


def _cut(mask: Pixels, rng: np.random.Generator) -> Iterator[Pixels]:
    """Less and less of it, on one side of a straight line."""
    rows, columns = np.nonzero(mask)
    angle = rng.uniform(0, 2 * pi)
    places = rows * np.sin(angle) + columns * np.cos(angle)
    for kept in np.arange(rng.uniform(0.3, 0.6), 0, -0.1):
        is_kept = places <= np.quantile(places, kept)
        cut = np.zeros_like(mask)
        cut[rows[is_kept], columns[is_kept]] = True
        yield cut


def _complemented(mask: Pixels) -> Iterator[Pixels]:
    if FEWEST_COVERED <= np.count_nonzero(mask) / mask.size <= MOST_COVERED:
        yield ~mask


def _swapped(mask: Pixels, other: Pixels | None, rng: np.random.Generator) -> Iterator[Pixels]:
    """The mask of something else, stretched to the image; then the same, moved."""
    if other is None:
        return
    height, width = mask.shape
    stretched = cv2.resize(other.astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST) > 0
    if stretched.any():
        yield stretched
        yield from _shifted(stretched, rng)
