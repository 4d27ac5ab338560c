"""Reads one source file into staged Parquet files, several chunks at a time, and accounts for all of it."""

import hashlib
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import pyarrow as pa
import pyarrow.compute as pc

from audit.coco.buffers import repeated
from audit.coco.reader import (
    Chunk,
    MaskFiles,
    ParsedChunk,
    ParseOptions,
    parse_chunk,
    read_categories,
    read_chunks,
    read_images,
    read_links,
    refuse_without_masks,
)
from audit.coco.schema import ANNOTATIONS, CATEGORIES, IMAGES, LINKS, ProblemKind, ProblemTally
from audit.coco.source import Source, SourceKind, mask_files
from audit.jobs.accounts import FileAccount
from audit.jobs.progress import SILENT, Progress, stoppable
from db.image_sizes import open_image_sizes
from db.population import (
    ANNOTATIONS_FILE,
    CATEGORIES_FILE,
    IMAGES_FILE,
    ParquetFile,
    use_thrifty_memory,
)
from db.population_checks import drop_duplicates, fill_from_links, find_by_joining, find_null

WITHOUT_SPLIT = "all"
"""The split of annotations that name none."""

MADE_UP = "\x1f"
"""Stands before the setting in the mention of a made-up id, so that no other setting has that mention."""

_JOINED = {str(kind): kind for kind in ProblemKind}

_REPEATED = {
    ProblemKind.DUPLICATE_ANNOTATION_ID,
    ProblemKind.DUPLICATE_IMAGE_ID,
    ProblemKind.CONFLICTING_IMAGE_ID,
    ProblemKind.DUPLICATE_CATEGORY_ID,
}

POPULATION = pa.schema([pa.field("setting", pa.string()), pa.field("mention_id", pa.string()), *ANNOTATIONS])
"""A row of the population: an annotation as read, the setting that made it, and the mention that it shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRequest:
    """How to read one source.

    Attributes:
        base: gives images and categories to a source that lists none.
        workers: threads that parse.
    """

    setting: str
    base: Source | None
    id_key: str | None
    split: str | None
    workers: int


def fingerprint(source: Source) -> str:
    """Give the SHA-256 of a file's bytes, or of a folder's file names and their bytes."""
    if source.kind is not SourceKind.PNG_FOLDER:
        return _digest(source.path)
    lines = (f"{path.name} {_digest(path)}" for path in mask_files(source))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def stage_source(source: Source, folder: Path, request: ReadRequest, progress: Progress) -> FileAccount:
    """Read a source into the Parquet files of a folder, and account for it.

    The work is done in a thread of its own: Ctrl-C reaches the main thread alone, where it must not meet
    compiled code that is about to hand back a result (Numba then crashes the process).

    Raises:
        InputError: the file cannot be read to its end, or it holds no mask at all.
    """
    use_thrifty_memory()
    stop = Event()
    with ThreadPoolExecutor(1) as pool:
        staging = pool.submit(_stage, source, folder, request, stoppable(progress, stop))
        try:
            return staging.result()
        finally:
            stop.set()


def _stage(source: Source, folder: Path, request: ReadRequest, progress: Progress) -> FileAccount:
    tally = ProblemTally()
    _stage_listings(source, request.base, folder, tally, progress)
    with ThreadPoolExecutor(1) as hashing:
        digest = hashing.submit(fingerprint, source)
        totals = _stage_annotations(source, folder, request, tally, progress)
        refuse_without_masks(
            source,
            n_annotations=totals.n_annotations,
            n_without_segmentation=totals.n_without_segmentation,
            n_panoptic=totals.n_panoptic,
        )
        if source.kind is SourceKind.PNG_FOLDER:
            _complete_png_rows(request.base, folder, tally)
        n_repeated = _join(folder, tally)
        n_skipped = totals.n_annotations - totals.n_rows + n_repeated
        return FileAccount(
            file=source.name,
            path=str(source.path.resolve()),
            fingerprint=digest.result(),
            n_bytes=source.n_bytes,
            dialects={str(name): n for name, n in sorted(totals.dialects.items())},
            n_annotations=totals.n_annotations,
            n_written=totals.n_annotations - n_skipped,
            n_normalised=totals.n_normalised,
            n_skipped=n_skipped,
            problems=tally.problems(),
        )


def _join(folder: Path, tally: ProblemTally) -> int:
    """Note what only joining shows, keep the first of what repeats; gives how many annotations repeated."""
    found = {_JOINED[finding.kind]: finding for finding in find_by_joining(folder)}
    for kind, finding in found.items():
        tally.add_many(kind, finding.n, finding.example_ids)
    if _REPEATED & found.keys():
        drop_duplicates(folder)
    repeated = found.get(ProblemKind.DUPLICATE_ANNOTATION_ID)
    return repeated.n if repeated else 0


@dataclass(slots=True, kw_only=True)
class _Totals:
    """What the chunks of a source add up to."""

    dialects: Counter[str]
    n_annotations: int = 0
    n_rows: int = 0
    n_normalised: int = 0
    n_without_segmentation: int = 0
    n_panoptic: int = 0


def _stage_listings(
    source: Source, base: Source | None, folder: Path, tally: ProblemTally, progress: Progress
) -> None:
    for file, schema, read in (
        (IMAGES_FILE, IMAGES, read_images),
        (CATEGORIES_FILE, CATEGORIES, read_categories),
    ):
        n_listed = _write(folder / file, schema, read(source, tally), progress)
        if base is not None and n_listed == 0:
            _write(folder / file, schema, read(base, tally), progress)


def _write(path: Path, schema: pa.Schema, tables: Iterable[pa.Table], progress: Progress) -> int:
    n_rows = 0
    with ParquetFile(path, schema) as file:
        for table in tables:
            progress.advance(0)
            file.write(table)
            n_rows += table.num_rows
    return n_rows


def _stage_annotations(
    source: Source, folder: Path, request: ReadRequest, tally: ProblemTally, progress: Progress
) -> _Totals:
    totals = _Totals(dialects=Counter())
    n_bytes_seen = 0
    with (
        open_image_sizes(folder) as image_sizes,
        ParquetFile(folder / ANNOTATIONS_FILE, POPULATION) as file,
    ):
        options = ParseOptions(
            stem=source.stem, id_key=request.id_key, split=request.split, image_sizes=image_sizes
        )
        for chunk, parsed in _parsed_in_order(read_chunks(source), options, request.workers):
            file.write(_population_rows(parsed.table, request))
            tally.merge(parsed.problems)
            totals.dialects.update(parsed.dialects)
            totals.n_annotations += len(chunk)
            totals.n_rows += parsed.table.num_rows
            totals.n_normalised += parsed.n_normalised
            totals.n_without_segmentation += parsed.n_without_segmentation
            totals.n_panoptic += parsed.n_panoptic
            progress.advance(chunk.n_bytes_read - n_bytes_seen)
            n_bytes_seen = chunk.n_bytes_read
    return totals


def _parsed_in_order(
    chunks: Iterator[Chunk | MaskFiles], options: ParseOptions, workers: int
) -> Iterator[tuple[Chunk | MaskFiles, ParsedChunk]]:
    """Parse in threads, at most one chunk more than there are threads at a time, and give back in order."""
    under_way: deque[tuple[Chunk | MaskFiles, Future[ParsedChunk]]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        try:
            for chunk in chunks:
                under_way.append((chunk, pool.submit(parse_chunk, chunk, options)))
                if len(under_way) > workers:
                    oldest, parsing = under_way.popleft()
                    yield oldest, parsing.result()
            while under_way:
                oldest, parsing = under_way.popleft()
                yield oldest, parsing.result()
        finally:
            pool.shutdown(cancel_futures=True)


def _population_rows(table: pa.Table, request: ReadRequest) -> pa.Table:
    ids, made_up, split = table["annotation_id"], table["id_is_made_up"], table["split"]
    mention_ids = ids
    if pc.any(made_up).as_py():
        of_setting = pc.binary_join_element_wise(ids, request.setting, MADE_UP)
        mention_ids = pc.if_else(made_up, of_setting, ids)
    columns = {name: table[name] for name in table.column_names} | {
        "setting": repeated(request.setting, table.num_rows),
        "mention_id": mention_ids,
        "split": pc.coalesce(split, WITHOUT_SPLIT) if split.null_count else split,
    }
    return pa.table([columns[name] for name in POPULATION.names], schema=POPULATION)


def _complete_png_rows(base: Source | None, folder: Path, tally: ProblemTally) -> None:
    if base is not None:
        links = folder / "links.parquet"
        _write(links, LINKS, read_links(base), SILENT)
        fill_from_links(folder, links)
        links.unlink()
    for kind, column in (
        (ProblemKind.NO_IMAGE_ID, "image_id"),
        (ProblemKind.NO_CATEGORY_ID, "category_id"),
    ):
        finding = find_null(folder, column)
        tally.add_many(kind, finding.n, finding.example_ids)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
