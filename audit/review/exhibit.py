"""The masks of one mention as pictures of the same crop, small enough for a report full of them."""

from collections.abc import Sequence
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from audit.review.thumbnail import JPEG_QUALITY, Pixels, paint_thumbnails

MOST_BYTES = 40_000
"""Of a picture, whatever its photo."""

_QUALITIES = (JPEG_QUALITY, 70, 55)
_SMALLER = 0.8


def draw_exhibit(masks: Sequence[NDArray[np.bool_]], photo: bytes | None) -> tuple[bytes, ...]:
    """A picture of each mask, all of the part of the photo around all of them, as JPEG.

    None has more than `MOST_BYTES`: what is rich in detail is compressed more, then made smaller.

    Args:
        masks: bool [height, width] each, at least one, all of one size; an empty one gives the photo alone.
        photo: JPEG of that size; None gives the masks on grey.

    Raises:
        OSError: the photo is no readable picture.
    """
    return tuple(_bounded_jpeg(pixels) for pixels in paint_thumbnails(masks, photo))


def _bounded_jpeg(pixels: Pixels) -> bytes:
    image = Image.fromarray(pixels)
    while True:
        for quality in _QUALITIES:
            encoded = BytesIO()
            image.save(encoded, "JPEG", quality=quality, optimize=True)
            if encoded.tell() <= MOST_BYTES:
                return encoded.getvalue()
        image = image.resize(
            (round(image.width * _SMALLER), round(image.height * _SMALLER)), Image.Resampling.LANCZOS
        )
