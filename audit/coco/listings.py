"""The images and the categories that a file lists."""

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from audit.coco.document import Chunk
from audit.coco.elements import JsonObject, decode_element
from audit.coco.fields import MAX_SIDE, Found, read_id, read_side, read_text
from audit.coco.lines import read_lines
from audit.coco.schema import CATEGORIES, IMAGES, ProblemKind, ProblemTally

_ID_TYPES = (pa.int64(), pa.string())

ReadElement = Callable[[JsonObject, Found], dict[str, Any] | None]


def parse_images(chunk: Chunk, tally: ProblemTally) -> pa.Table:
    """The images of a chunk, as `IMAGES`.

    Raises:
        InputError: an element is not JSON.
    """
    table = _image_columns(chunk)
    return _rows(chunk, _image, IMAGES, tally) if table is None else table


def parse_categories(chunk: Chunk, tally: ProblemTally) -> pa.Table:
    """The categories of a chunk, as `CATEGORIES`.

    Raises:
        InputError: an element is not JSON.
    """
    table = _category_columns(chunk)
    return _rows(chunk, _category, CATEGORIES, tally) if table is None else table


def _image_columns(chunk: Chunk) -> pa.Table | None:
    """The images, or None unless every one of them is beyond doubt."""
    table = _columns(
        chunk, {"file_name": pa.string(), "height": pa.int64(), "width": pa.int64(), "coco_url": pa.string()}
    )
    if table is None:
        return None
    names, sides = table["file_name"], (table["height"], table["width"])
    is_doubtful = pc.match_substring_regex(names, r"^/*$|\\|\.\.|:")
    if names.null_count or pc.any(is_doubtful).as_py():
        return None
    if any(side.null_count or pc.min(side).as_py() < 1 or pc.max(side).as_py() > MAX_SIDE for side in sides):
        return None
    columns = [table["id"], pc.utf8_ltrim(names, "/"), *(pc.cast(side, pa.int32()) for side in sides)]
    return pa.table(columns, schema=IMAGES)


def _category_columns(chunk: Chunk) -> pa.Table | None:
    table = _columns(chunk, {"name": pa.string(), "supercategory": pa.string()})
    if table is None or table["name"].null_count or _has_empty(table["name"]):
        return None
    return table.select(CATEGORIES.names[1:]).add_column(0, CATEGORIES.field(0), table["id"])


def _columns(chunk: Chunk, fields: dict[str, pa.DataType]) -> pa.Table | None:
    """The elements with their ids as text, or None unless all of them fit."""
    for id_type in _ID_TYPES:
        lines = read_lines(chunk, pa.schema([("id", id_type), *fields.items()]))
        if lines is not None:
            break
    else:
        return None
    ids = lines.table["id"]
    if lines.table.num_rows < len(chunk) or ids.null_count:
        return None
    texts = pc.cast(ids, pa.string())
    if _has_empty(texts):
        return None
    return lines.table.set_column(0, "id", texts)


def _has_empty(texts: pa.ChunkedArray) -> bool:
    return bool(pc.min(pc.binary_length(texts)).as_py() == 0)


def _rows(chunk: Chunk, read: ReadElement, schema: pa.Schema, tally: ProblemTally) -> pa.Table:
    rows = []
    id_name = schema.names[0]
    for k in range(len(chunk)):
        element = decode_element(chunk, k)
        found = set(element.found)
        row = read(element.value, found) if element.value is not None else None
        name = row[id_name] if row else f"element {chunk.first_index + k}"
        for kind in sorted(found):
            tally.add(kind, name)
        if row is not None:
            rows.append(row)
    return pa.Table.from_pylist(rows, schema=schema)


def _image(value: JsonObject, found: Found) -> dict[str, Any] | None:
    _note_repeated_keys(value, {"id", "file_name", "coco_url", "height", "width"}, found)
    image_id = read_id(value.get("id"), found)
    if image_id is None:
        found.add(ProblemKind.IMAGE_WITHOUT_ID)
        return None
    height, width = read_side(value.get("height"), found), read_side(value.get("width"), found)
    if height is None or width is None:
        found.add(ProblemKind.IMAGE_WITHOUT_SIZE)
        height = width = None
    return {"image_id": image_id, "file_name": _file_name(value, found), "height": height, "width": width}


def _file_name(value: JsonObject, found: Found) -> str | None:
    """The file name below the images root; LVIS gives a URL instead, of which folder and name count."""
    text = read_text(value.get("file_name"), found)
    if not text:
        url = read_text(value.get("coco_url"), found)
        text = "/".join(url.split("/")[-2:]) if url else None
    if text and "\\" in text:
        found.add(ProblemKind.FILE_NAME_BACKSLASH)
        text = text.replace("\\", "/")
    text = text.lstrip("/") if text else None
    if not text:
        found.add(ProblemKind.IMAGE_WITHOUT_FILE_NAME)
        return None
    if ".." in text.split("/") or text[1:3] == ":/":
        found.add(ProblemKind.FILE_NAME_OUTSIDE)
    return text


def _category(value: JsonObject, found: Found) -> dict[str, Any] | None:
    _note_repeated_keys(value, {"id", "name", "supercategory"}, found)
    category_id = read_id(value.get("id"), found)
    if category_id is None:
        found.add(ProblemKind.CATEGORY_WITHOUT_ID)
        return None
    name = read_text(value.get("name"), found) or None
    if name is None:
        found.add(ProblemKind.CATEGORY_WITHOUT_NAME)
    supercategory = read_text(value.get("supercategory"), found)
    return {"category_id": category_id, "name": name, "supercategory": supercategory}


def _note_repeated_keys(value: JsonObject, keys: set[str], found: Found) -> None:
    if not value.repeated.isdisjoint(keys):
        found.add(ProblemKind.DUPLICATE_KEY)
