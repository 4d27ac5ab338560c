"""Writes the filtered files of a setting, and the table of what was decided, from the decisions."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from audit.coco.buffers import as_flags, as_numbers
from audit.coco.corrections import CorrectedMask
from audit.coco.segmentation import Dialect
from audit.coco.source import Source
from audit.coco.writer import Edit, Edits, write_edited
from audit.features.column import single
from audit.jobs.decisions import WHO
from audit.jobs.files import write_rows
from audit.jobs.progress import Progress, stoppable
from audit.rules.rule import Action
from db.manifest import SourceRecord
from db.ordered_rows import open_ordered
from reports.spreadsheet_text import guarded

_EDITS = ("element_index", "action", "height", "width", "parts", "given_id")
_CSV_COLUMNS = ("file", *WHO, "action", "rule", "why")


@dataclass(frozen=True, slots=True, kw_only=True)
class FileToFilter:
    """One source, what was decided of its annotations, and the name of its filtered file.

    Attributes:
        dialect: of most of its masks; None where it has none.
    """

    source: Source
    decisions: Path
    name: str
    dialect: Dialect | None


def main_dialect(record: SourceRecord) -> Dialect | None:
    """Give the dialect of most masks of a source, None where it has none."""
    shown = {name: n for name, n in record.dialects.items() if name != Dialect.NONE}
    return Dialect(max(shown, key=lambda name: (shown[name], name))) if shown else None


def write_files(
    files: Sequence[FileToFilter], folder: Path, *, workers: int, progress: Progress
) -> list[int]:
    """Write the filtered files into a folder, several at a time; give how many elements each source has.

    It is done in threads: Ctrl-C reaches the main thread alone, where it must not meet compiled code that is
    about to hand back a result (Numba then crashes the process).
    """
    progress.start(sum(file.source.n_bytes for file in files))
    stop = Event()
    with ThreadPoolExecutor(workers) as pool:
        writing = [pool.submit(_write_file, file, folder, stoppable(progress, stop)) for file in files]
        try:
            return [each.result() for each in writing]
        finally:
            stop.set()


def write_decisions(files: Sequence[FileToFilter], target: Path) -> None:
    """Write the annotations that were dropped or corrected as CSV, in the order of the files."""
    with target.open("w", encoding="utf-8", newline="") as stream:
        write_rows(stream, _CSV_COLUMNS, (row for file in files for row in _decided_rows(file)))


def _write_file(file: FileToFilter, folder: Path, progress: Progress) -> int:
    with open_ordered(file.decisions, "element_index", _EDITS) as decided:

        def edits_of(first: int, n_elements: int) -> Edits:
            return _edits(decided.before(first + n_elements), first, n_elements, file.dialect)

        return write_edited(file.source, folder / file.name, edits_of, progress.advance)


def _edits(decided: pa.Table, first: int, n_elements: int, dialect: Dialect | None) -> Edits:
    """What becomes of elements; one of which nothing was decided is no annotation of the setting."""
    decided = decided.filter(pc.not_equal(decided["action"], Action.DROP))
    places = as_numbers(single(decided, "element_index")) - first
    is_kept = np.zeros(n_elements, np.bool_)
    is_kept[places] = True
    is_changed = pc.or_(pc.equal(decided["action"], Action.CORRECT), pc.is_valid(decided["given_id"]))
    changed = places[as_flags(is_changed.combine_chunks())].tolist()
    rows = decided.filter(is_changed).to_pylist()
    return Edits(
        is_kept=is_kept,
        changed={place: _edit(row, dialect) for place, row in zip(changed, rows, strict=True)},
    )


def _edit(row: dict[str, Any], dialect: Dialect | None) -> Edit:
    mask = None
    if row["action"] == Action.CORRECT:
        height, width, parts = row["height"], row["width"], tuple(row["parts"])
        mask = CorrectedMask(height=height, width=width, parts=parts, dialect=dialect)
    return Edit(mask=mask, given_id=row["given_id"])


def _decided_rows(file: FileToFilter) -> Iterator[tuple[object, ...]]:
    columns = list(_CSV_COLUMNS[1:])
    with pq.ParquetFile(file.decisions) as decisions:
        for batch in decisions.iter_batches(columns=columns, use_threads=False):
            decided = batch.filter(pc.not_equal(batch["action"], Action.KEEP))
            for row in decided.to_pylist():
                yield (file.name, *(guarded(row[name] or "") for name in columns))
