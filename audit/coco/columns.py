"""Annotations column by column: fast, and only for rows in which nothing needs a diagnosis.

A row that is unusual in any way is left to `rows`; this module never normalises, names or skips anything,
except that it makes up ids.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from audit.coco.buffers import as_flags, as_numbers, from_flags, from_numbers, repeated
from audit.coco.confidences import read_confidences
from audit.coco.document import Chunk
from audit.coco.fields import MAX_SIDE, VISIBILITIES
from audit.coco.lifting import Lifted
from audit.coco.lines import Lines, read_lines
from audit.coco.rows import ParseOptions
from audit.coco.schema import ANNOTATIONS
from audit.coco.segmentation import MAX_PIXELS, Dialect
from audit.coco.shape import BoxForm, Shape, shape_of

Flags = NDArray[np.bool_]

_SPLIT_PATTERN = rf"^(?P<split>[^_]+)_(?P<part>[^_]+)_(?P<visibility>{'|'.join(VISIBILITIES)})$"
"""`fields.split_name`, for many at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The rows of a chunk that could be read in columns.

    Attributes:
        table: `ANNOTATIONS`, in the order of the file.
        is_read: bool [n_elements], which elements they are.
        dialect: in which way all of them give their masks.
    """

    table: pa.Table
    is_read: Flags
    dialect: Dialect


class _IrregularError(Exception):
    """Something that makes a whole chunk unfit for columns."""


def read_columns(chunk: Chunk, options: ParseOptions) -> Columns | None:
    """The rows of a chunk in which nothing is unusual; None where the chunk as a whole is.

    Raises:
        InputError: one of the first elements is not JSON.
    """
    shape = shape_of(chunk, options.id_key)
    lines = read_lines(chunk, shape.schema) if shape else None
    if shape is None or lines is None:
        return None
    places = np.flatnonzero(lines.lifted.is_regular)
    try:
        table, is_usual = _read(lines, chunk.first_index + places, shape, options)
    except _IrregularError:
        return None
    if not is_usual.all():
        table = table.filter(from_flags(is_usual))
    is_read = np.zeros(len(chunk), np.bool_)
    is_read[places[is_usual]] = True
    return Columns(table=table, is_read=is_read, dialect=shape.dialect)


def _read(
    lines: Lines, indices: NDArray[np.int64], shape: Shape, options: ParseOptions
) -> tuple[pa.Table, Flags]:
    column = {name: _single(lines.table[name]) for name in lines.table.column_names}
    id_texts = {name: _texts(column[name]) for name in shape.id_types}
    masks = _read_masks(column["segmentation"], lines.lifted, shape.dialect)
    boxes, n_boxes, is_usual_box = _read_boxes(column["bbox"], shape.box_form)
    if shape.box_form is BoxForm.LIST:
        is_usual_box &= (n_boxes == 0) | (n_boxes == masks.n_parts)
    confidences, is_usual_label = _read_labels(column["label"])
    split, part, visibility, is_usual_split = _read_splits(column["data_split"], options.split)
    ids, is_made_up = _annotation_ids(id_texts, indices, options)
    values = {
        "annotation_id": ids,
        "id_is_made_up": is_made_up,
        "image_id": id_texts["image_id"],
        "category_id": id_texts["category_id"],
        "split": split,
        "part": part,
        "visibility": visibility,
        "height": from_numbers(masks.heights),
        "width": from_numbers(masks.widths),
        "parts": masks.parts,
        "parts_area": from_numbers(masks.areas),
        "boxes": boxes,
        "confidences": confidences,
        "labels": _without_nulls(column["label"]),
        "text_prompt": column["text_prompt"],
        "question": column["question"],
        "score": column["score"],
        "element_index": from_numbers(indices),
    }
    is_usual = masks.is_usual & is_usual_box & is_usual_label & is_usual_split & _is_finite(column["score"])
    for texts in id_texts.values():
        is_usual &= (as_numbers(pc.binary_length(texts)) > 0) | as_flags(pc.is_null(texts))
    is_usual &= as_flags(pc.and_(pc.is_valid(id_texts["image_id"]), pc.is_valid(id_texts["category_id"])))
    return pa.table([values[name] for name in ANNOTATIONS.names], schema=ANNOTATIONS), is_usual


@dataclass(frozen=True, slots=True, kw_only=True)
class _Masks:
    heights: NDArray[np.int32]
    widths: NDArray[np.int32]
    parts: pa.ListArray
    n_parts: NDArray[np.int64]
    areas: NDArray[np.int64]
    is_usual: Flags


def _read_masks(segmentation: pa.Array, lifted: Lifted, dialect: Dialect) -> _Masks:
    n_rows = len(segmentation)
    if dialect is Dialect.RLE_LIST:
        offsets, rles = as_numbers(segmentation.offsets), segmentation.values
    else:
        offsets, rles = np.arange(n_rows + 1, dtype=np.int32), segmentation
    n_parts = np.diff(offsets).astype(np.int64)
    sides = _sides(rles)
    if not np.array_equal(n_parts, lifted.n_texts[lifted.is_regular]):
        raise _IrregularError
    row_of_part = np.repeat(np.arange(n_rows), n_parts)
    heights = np.zeros(n_rows, np.int64)
    widths = np.zeros(n_rows, np.int64)
    heights[row_of_part], widths[row_of_part] = sides[:, 0], sides[:, 1]
    n_pixels = heights * widths
    is_sound = (
        (sides == np.column_stack((heights, widths))[row_of_part]).all(axis=1)
        & (sides > 0).all(axis=1)
        & (lifted.totals == n_pixels[row_of_part])
        & (n_pixels[row_of_part] <= MAX_PIXELS)
    )
    is_usual = np.bincount(row_of_part, weights=~is_sound, minlength=n_rows) == 0
    areas = np.zeros(n_rows, np.int64)
    np.add.at(areas, row_of_part, lifted.areas)
    counts = pa.Array.from_buffers(
        pa.binary(), len(lifted.totals), [None, pa.py_buffer(lifted.text_starts), pa.py_buffer(lifted.texts)]
    )
    return _Masks(
        heights=heights.astype(np.int32),
        widths=widths.astype(np.int32),
        parts=pa.ListArray.from_arrays(from_numbers(offsets), counts),
        n_parts=n_parts,
        areas=areas,
        is_usual=is_usual & (areas > 0),
    )


def _sides(rles: pa.StructArray) -> NDArray[np.int64]:
    """Height and width of each RLE, shape [n_rles, 2]."""
    size, counts = rles.field("size"), rles.field("counts")
    if rles.null_count or size.null_count or counts.null_count or pc.max(pc.binary_length(counts)).as_py():
        raise _IrregularError
    sides = _rectangle(size, 2)
    if (sides > MAX_SIDE).any():
        raise _IrregularError
    return sides


def _rectangle(lists: pa.ListArray, n_columns: int) -> NDArray[Any]:
    """Lists of one length as an array [n_lists, n_columns]."""
    values = lists.values
    if values.null_count or (np.diff(as_numbers(lists.offsets)) != n_columns).any():
        raise _IrregularError
    return as_numbers(values).reshape(-1, n_columns)


def _read_boxes(bbox: pa.ListArray, form: BoxForm) -> tuple[pa.ListArray, NDArray[np.int64], Flags]:
    n_rows = len(bbox)
    if form is BoxForm.LIST:
        offsets = as_numbers(bbox.offsets)
        if bbox.values.null_count:
            raise _IrregularError
        corners = _rectangle(bbox.values, 4)
    else:
        n_numbers = np.diff(as_numbers(bbox.offsets))
        if bbox.values.null_count or not np.isin(n_numbers, (0, 4)).all():
            raise _IrregularError
        offsets = as_numbers(bbox.offsets) // 4
        corners = as_numbers(bbox.values).reshape(-1, 4)
        corners = np.column_stack((corners[:, :2], corners[:, :2] + corners[:, 2:]))
    is_sound = np.isfinite(corners).all(axis=1) & (corners[:, :2] <= corners[:, 2:]).all(axis=1)
    n_boxes = np.diff(offsets).astype(np.int64)
    row_of_box = np.repeat(np.arange(n_rows), n_boxes)
    is_usual = np.bincount(row_of_box, weights=~is_sound, minlength=n_rows) == 0
    boxes = pa.ListArray.from_arrays(from_numbers(offsets * np.int32(4)), from_numbers(corners.ravel()))
    return boxes, n_boxes, is_usual


def _read_labels(label: pa.ListArray) -> tuple[pa.ListArray, Flags]:
    labels = label.values
    if labels.null_count:
        raise _IrregularError
    n_labels = np.diff(as_numbers(label.offsets))
    confidences = read_confidences(labels)
    row_of_label = np.repeat(np.arange(len(label)), n_labels)
    is_usual = np.bincount(row_of_label, weights=confidences < 0, minlength=len(label)) == 0
    return pa.ListArray.from_arrays(label.offsets, from_numbers(confidences)), is_usual


def _read_splits(data_split: pa.Array, fixed_split: str | None) -> tuple[pa.Array, pa.Array, pa.Array, Flags]:
    encoded = data_split.dictionary_encode()
    names = pc.extract_regex(encoded.dictionary, pattern=_SPLIT_PATTERN)
    split, part, visibility = (
        pc.struct_field(names, field).take(encoded.indices) for field in ("split", "part", "visibility")
    )
    is_usual = as_flags(pc.is_null(data_split)) | as_flags(pc.is_valid(split))
    if fixed_split is not None:
        split = repeated(fixed_split, len(data_split))
    return split, part, visibility, is_usual


def _annotation_ids(
    id_texts: dict[str, pa.Array], indices: NDArray[np.int64], options: ParseOptions
) -> tuple[pa.Array, pa.Array]:
    ids = pc.coalesce(*(id_texts[key] for key in options.id_keys))
    is_made_up = pc.is_null(ids)
    if ids.null_count:
        numbers = pc.cast(from_numbers(indices), pa.string())
        ids = pc.if_else(is_made_up, pc.binary_join_element_wise(options.stem, numbers, "#"), ids)
    return ids, is_made_up


def _single(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(column.chunks)


def _texts(ids: pa.Array) -> pa.Array:
    return ids if pa.types.is_string(ids.type) else pc.cast(ids, pa.string())


def _without_nulls(lists: pa.ListArray) -> pa.ListArray:
    return pa.ListArray.from_arrays(lists.offsets, lists.values)


def _is_finite(numbers: pa.Array) -> Flags:
    return as_flags(pc.is_finite(numbers)) | as_flags(pc.is_null(numbers))
