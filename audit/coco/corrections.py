"""A corrected mask in the dialect that its annotation came in."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from audit.coco import rle
from audit.coco.element_edits import Span, value_spans
from audit.coco.fields import Json
from audit.coco.segmentation import Dialect, dialect_of


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectedMask:
    """The mask that an annotation gets.

    Attributes:
        parts: compressed COCO counts; their union is the mask.
        dialect: in which it is written where its annotation shows none; None is a compressed RLE.
    """

    height: int
    width: int
    parts: tuple[bytes, ...]
    dialect: Dialect | None = None

    @property
    def pixels(self) -> NDArray[np.bool_]:
        """Of the mask, bool, shape [height, width]."""
        runs = rle.decode_counts(self.counts, height=self.height, width=self.width)
        return rle.mask_of_runs(runs, height=self.height, width=self.width)

    @property
    def counts(self) -> bytes:
        """The canonical compressed counts."""
        return rle.union_counts(self.parts, height=self.height, width=self.width)


def correction_of(text: bytes, mask: CorrectedMask) -> dict[str, bytes]:
    """The values that a corrected annotation gets, as JSON, by key.

    `segmentation` keeps its dialect: a list of RLEs becomes a list of one, uncompressed counts stay so, and
    polygons become a compressed RLE. Where it is empty or missing, a list of labels or of boxes tells of a
    list of RLEs; else it is the mask's. `area` and `bbox` are given where the annotation has them, the boxes
    in the form that they had: a list of `x1 y1 x2 y2`, or one `x y width height`.

    Args:
        text: the annotation's element.
        mask: that it gets.
    """
    spans = value_spans(text)
    bbox, label = (_last_value(text, spans, key) for key in ("bbox", "label"))
    dialect = dialect_of(_last_value(text, spans, "segmentation"))
    if dialect in (None, Dialect.NONE):
        dialect = Dialect.RLE_LIST if isinstance(label, list) or _is_list_of_lists(bbox) else mask.dialect
    changes = {"segmentation": _json(_segmentation(mask, dialect))}
    runs = rle.decode_counts(mask.counts, height=mask.height, width=mask.width)
    if "area" in spans:
        changes["area"] = _json(rle.area(runs))
    if "bbox" in spans:
        box = rle.bounding_box(runs, height=mask.height)
        is_list = _is_list_of_lists(bbox) if bbox else dialect is Dialect.RLE_LIST
        changes["bbox"] = _json(_box(box, is_list=is_list))
    return changes


def _segmentation(mask: CorrectedMask, dialect: Dialect | None) -> object:
    size = [mask.height, mask.width]
    compressed = {"size": size, "counts": mask.counts.decode("ascii")}
    if dialect is Dialect.RLE_LIST:
        return [compressed]
    if dialect is Dialect.UNCOMPRESSED_RLE:
        runs = rle.decode_counts(mask.counts, height=mask.height, width=mask.width)
        return {"size": size, "counts": runs.tolist()}
    return compressed


def _is_list_of_lists(value: object) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], list)


def _box(box: tuple[int, int, int, int] | None, *, is_list: bool) -> Sequence[object]:
    if box is None:
        return []
    x1, y1, x2, y2 = map(float, box)
    return [[x1, y1, x2, y2]] if is_list else [x1, y1, x2 - x1, y2 - y1]


def _last_value(text: bytes, spans: Mapping[str, Sequence[Span]], key: str) -> Json:
    if key not in spans:
        return None
    start, end = spans[key][-1]
    # What is asked of the value is its shape: text that is no Unicode, and long numbers, are none of it.
    return json.loads(text[start:end].decode("utf-8", "replace"), parse_int=float)


def _json(value: object) -> bytes:
    return json.dumps(value).encode()
