"""One segmentation in any dialect, told by its own shape, to parts that are known to be sound."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pycocotools import mask as pycocotools_mask

from audit.coco import rle
from audit.coco.fields import Found, Json, read_number, read_side
from audit.coco.rle import RleError
from audit.coco.rle_kernels import Fault, Runs
from audit.coco.schema import ProblemKind

MAX_COORDINATE = 100_000
"""Polygons that reach further out, in pixels, are not drawn: the work would grow with the distance."""


MAX_PIXELS = 2**32 - 1
"""The largest mask: a run must fit into 32 bits."""


class Dialect(StrEnum):
    """In which way an annotation gives its mask."""

    RLE_LIST = "list of RLEs (Mask-OVEN-Wiki)"
    RLE = "compressed RLE"
    UNCOMPRESSED_RLE = "uncompressed RLE"
    POLYGONS = "polygons"
    PNG = "PNG file"
    NONE = "no mask"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mask:
    """A mask as it goes into a row; `parts` and `parts_area` are None where it cannot be read."""

    dialect: Dialect
    height: int | None
    width: int | None
    parts: list[bytes] | None
    parts_area: int | None


class _UnreadableError(Exception):
    def __init__(self, kind: ProblemKind) -> None:
        self.kind = kind
        super().__init__(kind)


Size = tuple[int, int]


_KIND_OF_FAULT = {
    Fault.CHARACTERS: ProblemKind.RLE_CHARACTERS,
    Fault.RUN: ProblemKind.RLE_RUN,
    Fault.TOTAL: ProblemKind.RLE_TOTAL,
}


def dialect_of(segmentation: object) -> Dialect | None:
    """How a segmentation gives its mask; None for a shape that is not known.

    >>> dialect_of([[0, 0, 4, 0, 4, 4]]).value
    'polygons'
    """
    if segmentation is None or segmentation in ([], [[]]):
        return Dialect.NONE
    if isinstance(segmentation, dict):
        is_compressed = isinstance(segmentation.get("counts"), str)
        return Dialect.RLE if is_compressed else Dialect.UNCOMPRESSED_RLE
    if not isinstance(segmentation, list):
        return None
    if all(isinstance(part, dict) for part in segmentation):
        return Dialect.RLE_LIST
    if all(isinstance(part, list) for part in segmentation) or _are_numbers(segmentation):
        return Dialect.POLYGONS
    return None


def needs_image_size(segmentation: object) -> bool:
    """Whether a mask's size is only known from its image."""
    match dialect_of(segmentation):
        case Dialect.POLYGONS:
            return True
        case Dialect.RLE_LIST | Dialect.RLE | Dialect.UNCOMPRESSED_RLE:
            return any(part.get("size") is None for part in _as_list(segmentation))
        case _:
            return False


def read_mask(segmentation: object, image_size: Size | None, found: Found) -> Mask:
    """The mask of a segmentation.

    Args:
        segmentation: any JSON value.
        image_size: height and width of the image in pixels, where known.
        found: takes the problems.
    """
    dialect = dialect_of(segmentation)
    size = image_size
    parts: list[bytes] | None = None
    area: int | None = None
    try:
        if dialect is None:
            found.add(ProblemKind.UNKNOWN_SEGMENTATION)
        elif dialect is Dialect.NONE:
            found.add(ProblemKind.NO_SEGMENTATION if segmentation is None else ProblemKind.EMPTY_SEGMENTATION)
            parts, area = [], 0
        elif dialect is Dialect.POLYGONS:
            size = _known(image_size)
            parts, area = _draw(_rings(segmentation, found), size)
        else:
            size = _common_size(_as_list(segmentation), image_size, found)
            parts, area = _read_rles(_as_list(segmentation), size)
        if area == 0 and dialect is not Dialect.NONE:
            found.add(ProblemKind.EMPTY_MASK)
    except _UnreadableError as error:
        found.add(error.kind)
    height, width = size or (None, None)
    return Mask(dialect=dialect or Dialect.NONE, height=height, width=width, parts=parts, parts_area=area)


def _as_list(segmentation: Json) -> list[dict[str, Any]]:
    return segmentation if isinstance(segmentation, list) else [segmentation]


def _are_numbers(values: Sequence[object]) -> bool:
    return set(map(type, values)) <= {int, float, str}


def _known(image_size: Size | None) -> Size:
    if image_size is None or image_size[0] * image_size[1] > MAX_PIXELS:
        raise _UnreadableError(ProblemKind.IMAGE_SIZE_UNKNOWN)
    return image_size


def _common_size(parts: Sequence[dict[str, Any]], image_size: Size | None, found: Found) -> Size:
    sizes = {_size_of(part, image_size, found) for part in parts}
    if len(sizes) > 1:
        raise _UnreadableError(ProblemKind.RLE_SIZES_DIFFER)
    return sizes.pop()


def _size_of(part: dict[str, Any], image_size: Size | None, found: Found) -> Size:
    size = part.get("size")
    if size is None:
        known = _known(image_size)
        found.add(ProblemKind.RLE_WITHOUT_SIZE)
        return known
    sides = [read_side(side, found) for side in size] if isinstance(size, list) else []
    if len(sides) != 2 or sides[0] is None or sides[1] is None or sides[0] * sides[1] > MAX_PIXELS:
        raise _UnreadableError(ProblemKind.RLE_SIZE)
    return sides[0], sides[1]


def _read_rles(segmentation: Sequence[dict[str, Any]], size: Size) -> tuple[list[bytes], int]:
    height, width = size
    masks: list[Runs] = []
    parts: list[bytes] = []
    for part in segmentation:
        counts = part.get("counts")
        try:
            if isinstance(counts, str):
                parts.append(counts.encode("utf-8", "replace"))
                masks.append(rle.decode_counts(parts[-1], height=height, width=width))
            elif isinstance(counts, list):
                masks.append(rle.check_runs(_whole(counts), height=height, width=width))
                parts.append(rle.encode_runs(masks[-1]))
            else:
                raise _UnreadableError(ProblemKind.UNKNOWN_SEGMENTATION)
        except RleError as error:
            raise _UnreadableError(_KIND_OF_FAULT[error.fault]) from error
    return parts, sum(map(rle.area, masks))


def _whole(values: Sequence[object]) -> list[int]:
    runs = [value for value in values if isinstance(value, int) and not isinstance(value, bool)]
    if len(runs) < len(values):
        raise _UnreadableError(ProblemKind.RLE_RUN)
    return runs


def _rings(segmentation: Json, found: Found) -> list[list[float]]:
    """The polygons that cover anything, as x, y, x, y, … in pixels."""
    if _are_numbers(segmentation):
        found.add(ProblemKind.POLYGON_FLAT)
        segmentation = [segmentation]
    elif len(segmentation) > 2 and all(_is_point(part) for part in segmentation):
        segmentation = [segmentation]
    rings = [_ring(polygon, found) for polygon in segmentation]
    if any(len(ring) < 6 for ring in rings):
        found.add(ProblemKind.POLYGON_TOO_SHORT)
    return [ring for ring in rings if len(ring) >= 6]


def _is_point(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2 and _are_numbers(value)


def _ring(polygon: Sequence[Any], found: Found) -> list[float]:
    if polygon and all(_is_point(part) for part in polygon):
        found.add(ProblemKind.POLYGON_PAIRS)
        polygon = [coordinate for point in polygon for coordinate in point]
    if not _are_numbers(polygon):
        raise _UnreadableError(ProblemKind.UNKNOWN_SEGMENTATION)
    if len(polygon) % 2:
        raise _UnreadableError(ProblemKind.POLYGON_ODD)
    ring = _finite(polygon, found)
    if ring and max(map(abs, ring)) > MAX_COORDINATE:
        raise _UnreadableError(ProblemKind.POLYGON_TOO_FAR)
    return ring


def _finite(values: Sequence[Any], found: Found) -> list[float]:
    if str in map(type, values):
        numbers = [read_number(value, found) for value in values]
        values = [math.nan if number is None else number for number in numbers]
    try:
        is_finite = all(map(math.isfinite, values))
    except OverflowError:  # a whole number beyond what a float holds
        is_finite = False
    if not is_finite:
        raise _UnreadableError(ProblemKind.POLYGON_NOT_FINITE)
    return list(values)


def _draw(rings: Sequence[list[float]], size: Size) -> tuple[list[bytes], int]:
    """The union of polygons as COCO draws it; rings have 6 coordinates or more (4 would be a box)."""
    if not rings:
        return [], 0
    drawn = pycocotools_mask.merge(pycocotools_mask.frPyObjects(list(rings), *size))
    return [drawn["counts"]], int(pycocotools_mask.area(drawn))
