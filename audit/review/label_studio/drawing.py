"""Draws a mask into a picture, for where no brush can show it: the photo with it, and the photo without.

The reviewer cannot hide what is drawn, so what is under it is to be seen in the other half.
"""

from io import BytesIO

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.Image import Resampling

from audit.review.images import JPEG_QUALITY

SHOWN_SIDE = 1000
"""Pixels of the longer side of a half as screens show it: the outline is drawn for this size."""

MAX_SIDE = 4000
"""Pixels of the longer side of a half; larger photos are made smaller."""

FILL = (86, 180, 233)
"""Okabe and Ito's sky blue, as on the reviewer's page."""
CORE, HALO, GROUND = (20, 22, 26), (255, 255, 255), (21, 23, 26)

_OPACITY = 0.5
_CORE_STEPS, _OUTLINE_STEPS = 2, 3
_Pixels = NDArray[np.uint8]


def overlay_jpeg(photo: bytes, mask: NDArray[np.bool_]) -> bytes:
    """Give one picture of a photo with its mask and, beside or below it, of the photo alone.

    Inside the mask the photo is tinted. Just outside of it, so that no pixel of the mask is covered, runs a
    dark line with a light halo. A small photo is enlarged, pixel by pixel, and a large one made smaller.

    Args:
        photo: a JPEG of the mask's size, without a pending rotation.
        mask: bool [height, width].
    """
    size = _shown_size(mask.shape)
    step = max(1, round(max(size) / SHOWN_SIDE))
    margin = (_OUTLINE_STEPS + 1) * step
    shape = np.pad(np.asarray(Image.fromarray(mask).resize(size, Resampling.NEAREST)), margin)
    plain = np.asarray(_framed(Image.open(BytesIO(photo)).convert("RGB"), size, margin))
    halves = [_with_mask(plain, shape, step), plain]
    picture = np.hstack(halves) if _go_beside(shape) else np.vstack(halves)
    encoded = BytesIO()
    Image.fromarray(picture).save(encoded, "JPEG", quality=JPEG_QUALITY, subsampling=0)
    return encoded.getvalue()


def _shown_size(shape: tuple[int, ...]) -> tuple[int, int]:
    longer = max(shape)
    scale = min(max(1, SHOWN_SIDE // longer), MAX_SIDE / longer)
    height, width = (max(1, round(side * scale)) for side in shape)
    return width, height


def _framed(photo: Image.Image, size: tuple[int, int], margin: int) -> Image.Image:
    way = Resampling.NEAREST if size[0] > photo.width else Resampling.BOX
    framed = Image.new("RGB", (size[0] + 2 * margin, size[1] + 2 * margin), GROUND)
    framed.paste(photo.resize(size, way), (margin, margin))
    return framed


def _with_mask(plain: _Pixels, shape: NDArray[np.bool_], step: int) -> _Pixels:
    distance = cv2.distanceTransform((~shape).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5)
    drawn = plain.copy()
    drawn[shape] = (plain[shape] * (1 - _OPACITY) + np.array(FILL) * _OPACITY).round()
    drawn[~shape & (distance <= _OUTLINE_STEPS * step)] = HALO
    drawn[~shape & (distance <= _CORE_STEPS * step)] = CORE
    return drawn


def _go_beside(shape: NDArray[np.bool_]) -> bool:
    # Of the two arrangements, the one that is shown larger where a screen leaves 4:3 for it.
    height, width = shape.shape
    return 3 * width <= 4 * height
