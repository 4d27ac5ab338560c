"""Two masks of one photo beside each other, as a picture: before and after somebody changed one."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

_TINT = np.array([255, 64, 0])
_SHARE_OF_TINT = 0.45
_PLAIN = 96
_GAP = 8
_LINE = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One half of the picture.

    Attributes:
        caption: in plain ASCII.
        mask: bool [height, width], or None where there is none to show.
    """

    caption: str
    mask: NDArray[np.bool_] | None


def side_by_side(panels: Sequence[Panel], jpeg: bytes | None, *, height: int, width: int) -> bytes:
    """The picture as PNG: each panel's mask on the photo, its caption above.

    Args:
        panels: from left to right; their masks are of the size of the photo.
        jpeg: the photo; None is shown as plain grey.
        height: of the photo, pixels.
        width: the same.
    """
    photo = _photo(jpeg, height, width)
    n = len(panels)
    canvas = Image.new("RGB", (n * width + (n - 1) * _GAP, height + _LINE), "white")
    drawing = ImageDraw.Draw(canvas)
    for place, panel in enumerate(panels):
        left = place * (width + _GAP)
        drawing.text((left + 2, 2), panel.caption, fill="black")
        canvas.paste(Image.fromarray(_tinted(photo, panel.mask)), (left, _LINE))
    encoded = BytesIO()
    canvas.save(encoded, "PNG")
    return encoded.getvalue()


def _photo(jpeg: bytes | None, height: int, width: int) -> NDArray[np.uint8]:
    if jpeg is None:
        return np.full((height, width, 3), _PLAIN, np.uint8)
    with Image.open(BytesIO(jpeg), formats=("JPEG",)) as image:
        return np.asarray(image.convert("RGB"))


def _tinted(photo: NDArray[np.uint8], mask: NDArray[np.bool_] | None) -> NDArray[np.uint8]:
    if mask is None:
        return photo
    tinted = photo.copy()
    tinted[mask] = (1 - _SHARE_OF_TINT) * photo[mask] + _SHARE_OF_TINT * _TINT
    return tinted
