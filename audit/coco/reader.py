"""Reading a source: its images, its categories, and its annotations chunk by chunk.

    source = open_source(path)
    for images in read_images(source, tally): …
    for chunk in read_chunks(source):                # in one thread: cheap
        parsed = parse_chunk(chunk, options)         # in any thread: releases the GIL for most of its time

Memory is a few chunks, whatever the size of the file.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from audit.coco.columns import Columns, read_columns
from audit.coco.document import CHUNK_BYTES, Chunk, Document
from audit.coco.listings import parse_categories, parse_images
from audit.coco.masks import MaskFiles, mask_file_chunks, read_mask_files
from audit.coco.rows import ImageSizes, ParseOptions, Rows, read_rows
from audit.coco.schema import LINKS, MAX_EXAMPLES, ProblemKind, ProblemTally
from audit.coco.segmentation import Dialect
from audit.coco.source import Source, SourceKind
from audit.errors import InputError

__all__ = [
    "Chunk",
    "ImageSizes",
    "MaskFiles",
    "ParseOptions",
    "ParsedChunk",
    "parse_chunk",
    "read_categories",
    "read_chunks",
    "read_images",
    "read_links",
    "refuse_without_masks",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedChunk:
    """The annotations of a chunk.

    Attributes:
        table: `schema.ANNOTATIONS`, in the order of the file.
        problems: what was wrong with them.
        dialects: how many give their mask in which way.
        n_normalised: annotations that had a problem and were read all the same, a made-up id included.
        n_without_segmentation: annotations whose segmentation is absent or an empty list.
        n_panoptic: annotations of the COCO panoptic form among them.
    """

    table: pa.Table
    problems: ProblemTally
    dialects: Counter[Dialect]
    n_normalised: int
    n_without_segmentation: int
    n_panoptic: int


def read_images(
    source: Source, problems: ProblemTally, *, chunk_bytes: int = CHUNK_BYTES
) -> Iterator[pa.Table]:
    """The images that a source lists, as tables of `schema.IMAGES`; nothing for results and folders of masks.

    Reading stops where the list of images ends.

    Raises:
        InputError: the file is cut off or not JSON.
    """
    return _read_listing(source, "images", parse_images, problems, chunk_bytes)


def read_categories(
    source: Source, problems: ProblemTally, *, chunk_bytes: int = CHUNK_BYTES
) -> Iterator[pa.Table]:
    """The categories that a source lists, as tables of `schema.CATEGORIES`; see `read_images`."""
    return _read_listing(source, "categories", parse_categories, problems, chunk_bytes)


def read_chunks(source: Source, *, chunk_bytes: int = CHUNK_BYTES) -> Iterator[Chunk | MaskFiles]:
    """The annotations of a source, unparsed, in the order of the file.

    The file is walked through to its end, so that a damage anywhere in it is found.

    Raises:
        InputError: the file is cut off, is not JSON between its elements, has no list of annotations, or
            repeats a key that is read.
    """
    if source.kind is SourceKind.PNG_FOLDER:
        yield from mask_file_chunks(source)
        return
    has_annotations = False
    with Document(source, chunk_bytes=chunk_bytes) as document:
        for key in document.walk_keys():
            if key == "annotations":
                has_annotations = True
                yield from document.chunks()
    if not has_annotations:
        raise InputError(
            f"{source.path} has no key 'annotations': a COCO-like file or a list of results was needed."
        )


def parse_chunk(chunk: Chunk | MaskFiles, options: ParseOptions) -> ParsedChunk:
    """The annotations of a chunk. Safe in threads if `options.image_sizes` is.

    Raises:
        InputError: an element is not JSON.
    """
    if isinstance(chunk, MaskFiles):
        problems = ProblemTally()
        table = read_mask_files(chunk, problems)
        return ParsedChunk(
            table=table,
            problems=problems,
            dialects=Counter({Dialect.PNG: len(table)}),
            n_normalised=sum(problem.n for problem in problems.problems()),
            n_without_segmentation=0,
            n_panoptic=0,
        )
    problems = ProblemTally()
    columns = read_columns(chunk, options)
    left_over = range(len(chunk)) if columns is None else np.flatnonzero(~columns.is_read).tolist()
    rows = read_rows(chunk, left_over, options, problems) if len(left_over) else None
    table = _in_file_order(columns, rows)
    _note_made_up_ids(table, problems)
    dialects = Counter(rows.dialects) if rows else Counter()
    if columns is not None and len(columns.table):
        dialects[columns.dialect] += len(columns.table)
    return ParsedChunk(
        table=table,
        problems=problems,
        dialects=dialects,
        n_normalised=(rows.n_normalised if rows else 0) + _n_made_up(columns),
        n_without_segmentation=rows.n_without_segmentation if rows else 0,
        n_panoptic=rows.n_panoptic if rows else 0,
    )


def read_links(source: Source, *, chunk_bytes: int = CHUNK_BYTES) -> Iterator[pa.Table]:
    """Which image and category each annotation of a base file has, as tables of `schema.LINKS`.

    Annotations without an id of their own are left out: nothing could refer to them.

    Raises:
        InputError: as `read_chunks` and `parse_chunk`.
    """
    options = ParseOptions(stem=source.stem, id_key=None, split=None, image_sizes=lambda _: {})
    for chunk in read_chunks(source, chunk_bytes=chunk_bytes):
        table = parse_chunk(chunk, options).table
        own_ids = table.filter(pc.invert(table["id_is_made_up"]))
        yield own_ids.select(LINKS.names).cast(LINKS)


def refuse_without_masks(
    source: Source, *, n_annotations: int, n_without_segmentation: int, n_panoptic: int
) -> None:
    """Refuses a source of which no annotation has a mask.

    Raises:
        InputError: there are annotations, and none of them has a segmentation.
    """
    if n_annotations == 0 or n_without_segmentation < n_annotations:
        return
    kind = ProblemKind.PANOPTIC if n_panoptic else ProblemKind.NO_MASKS
    raise InputError(f"{source.path} {kind.sentence}.")


def _read_listing(
    source: Source,
    key: str,
    parse: Callable[[Chunk, ProblemTally], pa.Table],
    problems: ProblemTally,
    chunk_bytes: int,
) -> Iterator[pa.Table]:
    if source.kind is not SourceKind.OBJECT:
        return
    with Document(source, chunk_bytes=chunk_bytes) as document:
        for here in document.walk_keys():
            if here == key:
                for chunk in document.chunks():
                    yield parse(chunk, problems)
                return


def _in_file_order(columns: Columns | None, rows: Rows | None) -> pa.Table:
    tables = [part.table for part in (columns, rows) if part is not None]
    table = pa.concat_tables(tables)
    if len(tables) == 1:
        return table
    return table.take(pc.sort_indices(table["element_index"]))


def _n_made_up(columns: Columns | None) -> int:
    return pc.sum(columns.table["id_is_made_up"]).as_py() or 0 if columns is not None else 0


def _note_made_up_ids(table: pa.Table, problems: ProblemTally) -> None:
    made_up = table["annotation_id"].filter(table["id_is_made_up"])
    problems.add_many(ProblemKind.ID_MADE_UP, len(made_up), made_up[:MAX_EXAMPLES].to_pylist())
