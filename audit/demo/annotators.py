"""Two real annotators that turn a box into a mask: GrabCut and the watershed, as OpenCV has them.

Both look at a window around the box, scaled to at most 256 pixels a side as the mask decoders of neural
annotators do, and are deterministic: the same pixels and box give the same mask on every run. Neither knows
what it is asked for, so their mistakes are real ones.
"""

from collections.abc import Callable
from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from audit.demo.boxes import Box
from audit.demo.photographs import Pixels

BinaryMask = NDArray[np.uint8]
"""A mask, 1 inside and 0 outside."""

_WINDOW_MARGIN = 0.3
_LONGEST_SIDE = 256
_GRABCUT_ROUNDS = 5
_SEED_SHARE = 0.25
_INSIDE = 0.5
_HISTOGRAM_BINS = 8
_RING = 15


class Model(StrEnum):
    """Which annotator made a mask."""

    GRABCUT = "GrabCut"
    WATERSHED = "watershed"


def annotate(pixels: Pixels, box: Box, model: Model) -> BinaryMask:
    """The mask that `model` makes of what is in `box`, shape (height, width) of the photograph.

    May be empty: an annotator may find nothing.

    Args:
        pixels: the photograph, shape (height, width, 3).
        box: where the entity is; must lie within the photograph and leave some of it outside.
        model: the annotator to ask.
    """
    window = _window_around(box, height=pixels.shape[0], width=pixels.shape[1])
    rows, columns = slice(window.top, window.bottom), slice(window.left, window.right)
    height, width = window.bottom - window.top, window.right - window.left
    scale = min(1.0, _LONGEST_SIDE / max(height, width))
    small = cv2.resize(pixels[rows, columns], None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    box_in_small = Box(
        round((box.left - window.left) * scale),
        round((box.top - window.top) * scale),
        round((box.right - window.left) * scale),
        round((box.bottom - window.top) * scale),
    )
    found = _ANNOTATORS[model](np.asarray(small, np.uint8), box_in_small)
    mask = np.zeros(pixels.shape[:2], np.uint8)
    mask[rows, columns] = cv2.resize(found.astype(np.float32), (width, height)) > _INSIDE
    return mask


def contrast(pixels: Pixels, mask: BinaryMask) -> float:
    """How much the colours inside a mask differ from those in a ring around it, in [0, 1].

    The total variation distance ½ Σ|p − q| between the two colour histograms (8 bins a channel): 0 where
    they are alike, 1 where they share no colour, which is also the answer where the mask leaves no ring.

    Args:
        pixels: the photograph, shape (height, width, 3).
        mask: shape (height, width), with at least one pixel inside.
    """
    grown = cv2.dilate(mask, np.ones((2 * _RING + 1, 2 * _RING + 1), np.uint8))
    ring = np.asarray(grown, np.uint8) - mask
    if not ring.any():
        return 1.0
    return float(np.abs(_colour_shares(pixels, mask) - _colour_shares(pixels, ring)).sum() / 2)


def _window_around(box: Box, *, height: int, width: int) -> Box:
    margin_x = round((box.right - box.left) * _WINDOW_MARGIN)
    margin_y = round((box.bottom - box.top) * _WINDOW_MARGIN)
    return Box(
        max(0, box.left - margin_x),
        max(0, box.top - margin_y),
        min(width, box.right + margin_x),
        min(height, box.bottom + margin_y),
    )


def _grabcut(pixels: Pixels, box: Box) -> BinaryMask:
    # Rother, Kolmogorov and Blake (2004), doi:10.1145/1015706.1015720. It starts from a random k-means.
    cv2.setRNGSeed(0)
    trimap = np.full(pixels.shape[:2], cv2.GC_BGD, np.uint8)
    rectangle = (box.left, box.top, box.right - box.left, box.bottom - box.top)
    background, foreground = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(pixels, trimap, rectangle, background, foreground, _GRABCUT_ROUNDS, cv2.GC_INIT_WITH_RECT)
    return np.isin(trimap, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.uint8)


def _watershed(pixels: Pixels, box: Box) -> BinaryMask:
    # Meyer's flooding from two sources: an ellipse in the middle of the box, and all that is outside it.
    outside, inside = 1, 2
    markers = np.full(pixels.shape[:2], outside, np.int32)
    markers[box.top : box.bottom, box.left : box.right] = 0
    width, height = box.right - box.left, box.bottom - box.top
    centre = ((box.left + box.right) // 2, (box.top + box.bottom) // 2)
    axes = (max(1, round(width * _SEED_SHARE)), max(1, round(height * _SEED_SHARE)))
    cv2.ellipse(markers, centre, axes, 0, 0, 360, inside, cv2.FILLED)
    # OpenCV gives the outermost pixels to no source: a border of one keeps the photograph's own.
    padded = cv2.copyMakeBorder(pixels, 1, 1, 1, 1, cv2.BORDER_REPLICATE)
    sources = np.asarray(cv2.copyMakeBorder(markers, 1, 1, 1, 1, cv2.BORDER_REPLICATE), np.int32)
    cv2.watershed(padded, sources)
    return np.asarray(sources[1:-1, 1:-1] == inside, np.uint8)


def _colour_shares(pixels: Pixels, mask: BinaryMask) -> NDArray[np.float64]:
    counts = cv2.calcHist([pixels], [0, 1, 2], mask, [_HISTOGRAM_BINS] * 3, [0, 256] * 3)
    return np.asarray(counts / counts.sum(), np.float64)


_ANNOTATORS: dict[Model, Callable[[Pixels, Box], BinaryMask]] = {
    Model.GRABCUT: _grabcut,
    Model.WATERSHED: _watershed,
}
