"""A mask on its photo as a small picture of fixed size, for galleries in which many are seen at once.

To judge an outline is for the stage of the reviewer's page; this shows what kind of mask it is.
"""

from io import BytesIO

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from audit.review.overlay import CROP_FACTOR, Box, mask_box

WIDTH, HEIGHT = 480, 360
"""Pixels of every thumbnail, so that those of a gallery stand in line."""

MIN_CROP_HEIGHT = 120
"""Pixels of the photo that are seen at least: less than where masks are judged, so that small ones show."""

JPEG_QUALITY = 85

Pixels = NDArray[np.uint8]
Color = tuple[int, int, int]

_FILL: Color = (86, 180, 233)  # the blue of Okabe and Ito, as on the reviewer's stage
_FILL_SHARE = 0.45
_CORE: Color = (16, 20, 24)
_HALO: Color = (255, 255, 255)
_GREY: Color = (150, 154, 160)
_AROUND: Color = (21, 23, 26)  # as around the photo on the stage


def draw_thumbnail(mask: NDArray[np.bool_], photo: bytes | None) -> bytes:
    """The part of a photo around a mask, with the mask, as a JPEG of `WIDTH` × `HEIGHT`.

    Args:
        mask: bool [height, width], at least one pixel each way; an empty one is shown as the whole photo.
        photo: JPEG of the size of the mask; None gives the mask on grey.

    Raises:
        OSError: the photo is no readable picture.
    """
    height, width = mask.shape
    whole = Box(left=0, top=0, width=width, height=height)
    crop = _around(mask_box(mask), whole) if mask.any() else whole
    rows, columns = slice(crop.top, crop.top + crop.height), slice(crop.left, crop.left + crop.width)
    frame = _centred(crop)
    size = (frame.width, frame.height)
    canvas = np.full((HEIGHT, WIDTH, 3), _AROUND, np.uint8)
    place = canvas[frame.top : frame.top + frame.height, frame.left : frame.left + frame.width]
    place[:] = _GREY if photo is None else _resized(_pixels_of(photo)[rows, columns], size)
    _paint(place, _resized(mask[rows, columns].astype(np.uint8), size))
    encoded = BytesIO()
    Image.fromarray(canvas).save(encoded, "JPEG", quality=JPEG_QUALITY)
    return encoded.getvalue()


def _around(box: Box, photo: Box) -> Box:
    """The part of a photo to show around a mask, as near to the shape of a thumbnail as the photo lets it."""
    height = max(MIN_CROP_HEIGHT, CROP_FACTOR * box.height, CROP_FACTOR * box.width * HEIGHT / WIDTH)
    left, width = _span(box.left, box.width, round(height * WIDTH / HEIGHT), photo.width)
    top, height = _span(box.top, box.height, round(height), photo.height)
    return Box(left=left, top=top, width=width, height=height)


def _span(start: int, length: int, wanted: int, limit: int) -> tuple[int, int]:
    """Where a stretch of pixels around another begins, and how long it is; at an edge it moves inwards."""
    shown = min(limit, wanted)
    return min(max(start + length // 2 - shown // 2, 0), limit - shown), shown


def _centred(crop: Box) -> Box:
    """Where a crop lies in its thumbnail."""
    scale = min(WIDTH / crop.width, HEIGHT / crop.height)
    width, height = max(1, round(crop.width * scale)), max(1, round(crop.height * scale))
    return Box(left=(WIDTH - width) // 2, top=(HEIGHT - height) // 2, width=width, height=height)


def _pixels_of(photo: bytes) -> Pixels:
    with Image.open(BytesIO(photo), formats=("JPEG",)) as image:
        return np.asarray(image.convert("RGB"), np.uint8)


def _resized(pixels: Pixels, size: tuple[int, int]) -> Pixels:
    way = cv2.INTER_AREA if size[0] < pixels.shape[1] else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(pixels, size, interpolation=way), np.uint8)


def _paint(place: Pixels, mask: NDArray[np.uint8]) -> None:
    """Fill a mask and draw its outline: a dark core in a light halo, which show on any photo."""
    inside = mask.astype(bool)
    place[inside] = (1 - _FILL_SHARE) * place[inside] + _FILL_SHARE * np.array(_FILL)
    outlines, _ = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    drawn = np.ascontiguousarray(place)
    cv2.drawContours(drawn, outlines, -1, _HALO, 3, cv2.LINE_AA)
    cv2.drawContours(drawn, outlines, -1, _CORE, 1, cv2.LINE_AA)
    place[:] = drawn
