"""Turns a mask into what a browser can draw: its box, the crop around it, and its pixels as a tiny PNG."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

CROP_FACTOR = 1.6
"""Side of the crop as a multiple of the side of the mask's box."""

MIN_CROP_SIDE = 256
"""Pixels of the photo that a crop shows at least, so that a small object keeps its surroundings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle of whole pixels; `left` and `top` count from 0."""

    left: int
    top: int
    width: int
    height: int


def mask_box(mask: NDArray[np.bool_]) -> Box:
    """Smallest rectangle that holds every pixel of a mask.

    Args:
        mask: bool [height, width] with at least one pixel set.

    Raises:
        ValueError: no pixel is set.

    >>> mask_box(np.array([[0, 0, 0], [0, 1, 1]], dtype=bool))
    Box(left=1, top=1, width=2, height=1)
    """
    rows = np.flatnonzero(mask.any(axis=1))
    if rows.size == 0:
        raise ValueError("an empty mask has no box")
    columns = np.flatnonzero(mask.any(axis=0))
    return Box(
        left=int(columns[0]),
        top=int(rows[0]),
        width=int(columns[-1] - columns[0]) + 1,
        height=int(rows[-1] - rows[0]) + 1,
    )


def joint_box(boxes: Sequence[Box]) -> Box:
    """Smallest rectangle that holds every one of some boxes, at least one.

    >>> joint_box([Box(left=2, top=1, width=3, height=1), Box(left=0, top=4, width=1, height=2)])
    Box(left=0, top=1, width=5, height=5)
    """
    left, top = min(box.left for box in boxes), min(box.top for box in boxes)
    return Box(
        left=left,
        top=top,
        width=max(box.left + box.width for box in boxes) - left,
        height=max(box.top + box.height for box in boxes) - top,
    )


def crop_box(box: Box, *, image_height: int, image_width: int) -> Box:
    """Part of the photo to show around a mask: its box × 1.6, at least 256 pixels, inside the photo.

    At an edge the crop moves inwards rather than shrinking, so it is smaller only where the photo is.

    >>> crop_box(Box(left=0, top=100, width=300, height=20), image_height=500, image_width=600)
    Box(left=0, top=0, width=480, height=256)
    """
    left, width = _span(box.left, box.width, image_width)
    top, height = _span(box.top, box.height, image_height)
    return Box(left=left, top=top, width=width, height=height)


def mask_png(mask: NDArray[np.bool_], box: Box) -> bytes:
    """The pixels of a mask inside a box as a 1-bit PNG: transparent outside the mask, white on it.

    Args:
        mask: bool [height, width].
        box: inside the mask; usually `mask_box(mask)`.
    """
    inside = mask[box.top : box.top + box.height, box.left : box.left + box.width]
    image = Image.fromarray(inside.astype(np.uint8))
    image.putpalette([0, 0, 0, 255, 255, 255])
    encoded = BytesIO()
    image.save(encoded, "PNG", bits=1, transparency=0)
    return encoded.getvalue()


def _span(start: int, length: int, limit: int) -> tuple[int, int]:
    shown = min(limit, max(MIN_CROP_SIDE, round(length * CROP_FACTOR)))
    wanted = start + length // 2 - shown // 2
    return min(max(wanted, 0), limit - shown), shown
