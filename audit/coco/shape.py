"""The shape that a chunk's annotations seem to share, judged by the first few."""

from dataclasses import dataclass
from enum import Enum
from typing import Any

import pyarrow as pa

from audit.coco.document import Chunk
from audit.coco.elements import JsonObject, decode_element
from audit.coco.segmentation import Dialect, dialect_of

_N_LOOKED_AT = 8

_RLE = pa.struct([pa.field("size", pa.list_(pa.int64())), pa.field("counts", pa.string())])


class BoxForm(Enum):
    """How an annotation gives its boxes."""

    LIST = "x1 y1 x2 y2 each"
    SINGLE = "x y width height"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What the fields of annotations hold, where they hold anything.

    Attributes:
        id_types: of each id field, text or whole numbers.
    """

    dialect: Dialect
    box_form: BoxForm
    id_types: dict[str, pa.DataType]

    @property
    def schema(self) -> pa.Schema:
        """Every field that is read, with the type that it must have."""
        box = pa.list_(pa.float64())
        fields = {
            **self.id_types,
            "segmentation": pa.list_(_RLE) if self.dialect is Dialect.RLE_LIST else _RLE,
            "bbox": pa.list_(box) if self.box_form is BoxForm.LIST else box,
            "label": pa.list_(pa.string()),
            "score": pa.float64(),
            "text_prompt": pa.string(),
            "question": pa.string(),
            "data_split": pa.string(),
        }
        return pa.schema(list(fields.items()))


def shape_of(chunk: Chunk, id_key: str | None) -> Shape | None:
    """The shape of a chunk's annotations, or None where it is none that can be read in columns.

    Raises:
        InputError: one of the first elements is not JSON.
    """
    first = [decode_element(chunk, k).value or JsonObject() for k in range(min(_N_LOOKED_AT, len(chunk)))]
    dialects = {dialect_of(value.get("segmentation")) for value in first} - {Dialect.NONE}
    if len(dialects) != 1 or (dialect := dialects.pop()) not in (Dialect.RLE_LIST, Dialect.RLE):
        return None
    id_keys = ["id", "image_id", "category_id", *([id_key] if id_key else [])]
    boxes = [box for value in first if (box := value.get("bbox"))]
    is_nested = bool(boxes) and isinstance(boxes[0], list) and isinstance(boxes[0][0], list)
    return Shape(
        dialect=dialect,
        box_form=BoxForm.LIST if is_nested else BoxForm.SINGLE,
        id_types={key: _id_type([value.get(key) for value in first]) for key in id_keys},
    )


def _id_type(values: list[Any]) -> pa.DataType:
    is_text = any(isinstance(value, str) for value in values)
    return pa.string() if is_text else pa.int64()
