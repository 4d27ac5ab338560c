"""Turns an image file into a JPEG that a browser shows exactly as the mask was drawn on it."""

import struct
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from audit.errors import InputError
from audit.review.roots import NOT_FETCHED, ROOT_UNREACHABLE, NotReachableError, NotReadableError, open_root

MAX_PIXELS = 89_478_485
"""Where Pillow begins to warn of a decompression bomb: a quarter of a gigabyte as RGB."""

MAX_SIDE = 16_384
"""The longest side that every current browser draws."""

MAX_JPEG_BYTES = 16 * 1024**2
"""A larger JPEG is encoded anew, lest one photo holds up the ones behind it."""

JPEG_QUALITY = 92

# Pillow reads more, but some of its formats start other programs (EPS) or fetch other files.
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "PPM", "JPEG2000")
_ORIENTATION_TAG = 0x0112
_BROKEN = (OSError, ValueError, SyntaxError, EOFError, struct.error, IndexError, KeyError, TypeError)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadableImage:
    """A photo ready to be sent: JPEG bytes without a pending rotation, of the same size as its mask."""

    jpeg: bytes
    height: int
    width: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unjudgable:
    """Why nobody can judge a mask on this image, as a clause that may be shown to reviewers."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreachable:
    """Why a photo cannot be had now, as such a clause; it may be had later, so nobody notes it."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opened:
    """An image file that fits its mask; `is_turned` where its orientation is to be applied."""

    content: bytes
    image: Image.Image
    is_turned: bool


_ToJpeg = Callable[[_Opened], bytes]


def lasting_reason(found: object, noted: str | None) -> str | None:
    """Why a mask cannot be judged, to be noted of it; None where it can, or where nothing lasting is known.

    Args:
        found: what has just become of its photo; one that is out of reach changes nothing.
        noted: the reason noted before. One that may have passed by now is forgotten.

    >>> lasting_reason(Unreachable(reason="the image root cannot be reached"), "the image is missing")
    'the image is missing'
    """
    if isinstance(found, Unjudgable):
        return found.reason
    if isinstance(found, Unreachable) and noted and not noted.startswith((ROOT_UNREACHABLE, NOT_FETCHED)):
        return noted
    return None


def read_image(
    root: str | None, file_name: str | None, mask_size: tuple[int, int] | None
) -> ReadableImage | Unjudgable | Unreachable:
    """Give the photo under a mask, or why it cannot be judged, or why nobody knows yet.

    The EXIF orientation follows the mask: a mask of the stored size was drawn on the stored pixels, so the
    tag is dropped; one of the rotated size was drawn on the rotated photo, so the tag is applied.

    Args:
        root: a folder or fsspec URL; None where the dataset came without images.
        file_name: relative to `root`, also with a leading "/"; None where no file lists the image.
        mask_size: height and width of the mask, pixels; None where there is no mask, and the photo is shown
            upright.
    """
    return _read(root, file_name, mask_size, _as_it_is_or_anew)


def read_plain_image(
    root: str | None, file_name: str | None, mask_size: tuple[int, int]
) -> ReadableImage | Unjudgable | Unreachable:
    """Give the photo as `read_image` does, always encoded anew: pixels alone, none of the file's metadata."""
    return _read(root, file_name, mask_size, _anew)


def _read(
    root: str | None, file_name: str | None, mask_size: tuple[int, int] | None, to_jpeg: _ToJpeg
) -> ReadableImage | Unjudgable | Unreachable:
    if root is None:
        return Unjudgable(reason="the dataset was ingested without its images")
    if file_name is None:
        return Unjudgable(reason="no file of the dataset names its image")
    try:
        return _presentable(open_root(root).read(file_name), mask_size, to_jpeg)
    except InputError:
        return Unreachable(reason=ROOT_UNREACHABLE)
    except NotReachableError as error:
        return Unreachable(reason=str(error))
    except NotReadableError as error:
        return Unjudgable(reason=str(error))


def _presentable(content: bytes, mask_size: tuple[int, int] | None, to_jpeg: _ToJpeg) -> ReadableImage:
    try:
        with Image.open(BytesIO(content), formats=_FORMATS) as image:
            _refuse_bomb(image)
            height, width = mask_size or _upright_size(image)
            is_turned = _fits_when_turned(image, _orientation(image), (height, width))
            jpeg = to_jpeg(_Opened(content=content, image=image, is_turned=is_turned))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise NotReadableError(f"the image has more than {MAX_PIXELS:,} pixels") from error
    except UnidentifiedImageError as error:
        raise NotReadableError("the image file is broken or of an unknown format") from error
    except _BROKEN as error:
        raise NotReadableError("the image file is broken or cut short") from error
    return ReadableImage(jpeg=jpeg, height=height, width=width)


def _refuse_bomb(image: Image.Image) -> None:
    if image.width * image.height > MAX_PIXELS:
        raise NotReadableError(f"the image has more than {MAX_PIXELS:,} pixels")
    if max(image.size) > MAX_SIDE:
        raise NotReadableError(f"the image is {image.height}×{image.width}, more than {MAX_SIDE} on a side")


def _orientation(image: Image.Image) -> int:
    try:
        orientation = image.getexif().get(_ORIENTATION_TAG, 1)
    except _BROKEN:
        return 1  # a browser, too, ignores a tag that it cannot read
    return orientation if orientation in range(1, 9) else 1


def _upright_size(image: Image.Image) -> tuple[int, int]:
    return (image.width, image.height) if _orientation(image) >= 5 else (image.height, image.width)


def _fits_when_turned(image: Image.Image, orientation: int, mask_size: tuple[int, int]) -> bool:
    """Tell whether the orientation is to be applied; raise NotReadableError where neither size fits."""
    stored = (image.height, image.width)
    if mask_size == stored:
        return False
    if orientation >= 5 and mask_size == (image.width, image.height):
        return True
    raise NotReadableError(f"mask is {mask_size[0]}×{mask_size[1]}, image is {stored[0]}×{stored[1]}")


def _as_it_is_or_anew(file: _Opened) -> bytes:
    if not _can_go_as_it_is(file.image, len(file.content)):
        return _anew(file)
    _check_whole(file.image)
    return file.content


def _can_go_as_it_is(image: Image.Image, n_bytes: int) -> bool:
    is_shown_alike = image.format == "JPEG" and image.mode in {"RGB", "L"} and _orientation(image) == 1
    return is_shown_alike and n_bytes <= MAX_JPEG_BYTES


def _check_whole(image: Image.Image) -> None:
    # At an eighth of the size every byte is still parsed, in a third of the time.
    image.draft(image.mode, (max(1, image.width // 8), max(1, image.height // 8)))
    image.load()


def _anew(file: _Opened) -> bytes:
    pixels = _eight_bit_rgb(ImageOps.exif_transpose(file.image) if file.is_turned else file.image)
    pixels.info.clear()  # Pillow would write a comment and XMP, which may name a place, into the new file
    encoded = BytesIO()
    pixels.save(encoded, "JPEG", quality=JPEG_QUALITY, subsampling=0)
    return encoded.getvalue()


def _eight_bit_rgb(image: Image.Image) -> Image.Image:
    """The first frame as RGB: transparency on white, deep pixels stretched from darkest to brightest."""
    if image.mode.startswith("I") or image.mode == "F":
        return _stretched(image).convert("RGB")
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer).convert("RGB")
    return image.convert("RGB")


def _stretched(image: Image.Image) -> Image.Image:
    pixels = np.nan_to_num(np.asarray(image, dtype=np.float64))
    darkest, brightest = float(pixels.min()), float(pixels.max())
    scaled = (pixels - darkest) * (255 / max(brightest - darkest, 1e-9))
    return Image.fromarray(scaled.round().astype(np.uint8))
