"""Masks on their photo as small pictures of fixed size, for galleries in which many are seen at once.

To judge an outline is for the stage of the reviewer's page; this shows what kind of mask it is.
"""

from collections.abc import Sequence
from io import BytesIO

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from audit.review.overlay import CROP_FACTOR, Box, joint_box, mask_box

WIDTH, HEIGHT = 480, 360
"""Pixels of every thumbnail, so that those of a gallery stand in line."""

MIN_CROP_HEIGHT = 120
"""Pixels of the photo that are seen at least: less than where masks are judged, so that small ones show."""

JPEG_QUALITY = 85

Pixels = NDArray[np.uint8]
Color = tuple[int, int, int]

_FILL: Color = (86, 180, 233)  # the blue of Okabe and Ito, as on the reviewer's stage
_FILL_SHARE = 0.35
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
    [pixels] = paint_thumbnails([mask], photo)
    encoded = BytesIO()
    Image.fromarray(pixels).save(encoded, "JPEG", quality=JPEG_QUALITY)
    return encoded.getvalue()


def paint_thumbnails(masks: Sequence[NDArray[np.bool_]], photo: bytes | None) -> tuple[Pixels, ...]:
    """The part of a photo around some masks, once with each, as uint8 [`HEIGHT`, `WIDTH`, 3].

    Args:
        masks: bool [height, width] each, at least one mask and one pixel each way; all of one size.
        photo: JPEG of the size of the masks; None gives the masks on grey.

    Raises:
        OSError: the photo is no readable picture.
    """
    height, width = masks[0].shape
    whole = Box(left=0, top=0, width=width, height=height)
    boxes = [mask_box(mask) for mask in masks if mask.any()]
    crop = _around(joint_box(boxes), whole) if boxes else whole
    rows, columns = slice(crop.top, crop.top + crop.height), slice(crop.left, crop.left + crop.width)
    frame = _centred(crop)
    size = (frame.width, frame.height)
    background = np.full((HEIGHT, WIDTH, 3), _AROUND, np.uint8)
    inner = (slice(frame.top, frame.top + frame.height), slice(frame.left, frame.left + frame.width))
    background[inner] = _GREY if photo is None else _resized(_part_of(photo, crop, size), size)
    painted = []
    for mask in masks:
        canvas = background.copy()
        _paint(canvas[inner], _small(mask[rows, columns], size))
        painted.append(canvas)
    return tuple(painted)


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


def _part_of(photo: bytes, crop: Box, size: tuple[int, int]) -> Pixels:
    """The pixels of a photo inside a crop, at least as many as are shown."""
    with Image.open(BytesIO(photo), formats=("JPEG",)) as image:
        width, height = image.size
        # Of a large photo seen small fewer pixels are decoded: all of them are hundreds of megabytes.
        image.draft(image.mode, (size[0] * width // crop.width, size[1] * height // crop.height))
        across, down = image.width / width, image.height / height
        left, top = int(crop.left * across), int(crop.top * down)
        right = max(left + 1, round((crop.left + crop.width) * across))
        bottom = max(top + 1, round((crop.top + crop.height) * down))
        return np.asarray(image.crop((left, top, right, bottom)).convert("RGB"), np.uint8)


def _small(mask: NDArray[np.bool_], size: tuple[int, int]) -> NDArray[np.uint8]:
    """A mask at the size at which it is shown; one too thin for that keeps the pixels that it lies in."""
    small = _resized(mask.astype(np.uint8), size)
    if not small.any():
        rows, columns = np.nonzero(mask)
        small[rows * size[1] // mask.shape[0], columns * size[0] // mask.shape[1]] = 1
    return small


def _resized(pixels: Pixels, size: tuple[int, int]) -> Pixels:
    way = cv2.INTER_AREA if size[0] < pixels.shape[1] else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(pixels, size, interpolation=way), np.uint8)


def _paint(place: Pixels, mask: NDArray[np.uint8]) -> None:
    """Fill a mask and draw its outline: a dark core in a light halo, which show on any photo."""
    filled = cv2.addWeighted(place, 1 - _FILL_SHARE, np.full_like(place, _FILL), _FILL_SHARE, 0)
    drawn = np.where(mask[..., np.newaxis] > 0, filled, place)
    outlines, _ = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    cv2.drawContours(drawn, outlines, -1, _HALO, 5, cv2.LINE_AA)
    cv2.drawContours(drawn, outlines, -1, _CORE, 2, cv2.LINE_AA)
    place[:] = drawn
