"""The identity of every mask, kept beside the population: which masks of a mention are one and the same.

A source's `identities.parquet` has a row for each of its annotations. It is written when it is first needed,
whole or not at all, and goes with the source's folder: a file that is ingested anew has none yet.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from db.errors import UnreachableError
from db.manifest import SettingRecord, SourceRecord
from db.population import ANNOTATIONS_FILE, ParquetFile, Population, Staging, use_thrifty_memory

IDENTITIES_FILE = "identities.parquet"

IDENTITIES = pa.schema(
    [
        pa.field("mention_id", pa.string(), nullable=False),
        pa.field("state", pa.string(), nullable=False),
        pa.field("mask_id", pa.binary(12)),
    ]
)
"""A `MaskState` (present, missing where the mask is empty, unreadable), and the id of a mask that is present.

The id is that of `Mask.mask_id`, as bytes: 12 of them are what DuckDB compares without following a pointer.
"""

Identify = Callable[[pa.Table], pa.Table]
"""Rows with the columns of `READ` in, rows of `IDENTITIES` out; any thread may call it."""

READ = ("mention_id", "height", "width", "parts", "parts_area")


def sources_to_identify(population: Population, settings: Iterable[SettingRecord]) -> list[SourceRecord]:
    """Give the sources of settings whose masks have no identities yet, each once."""
    sources = {source.folder: source for setting in settings for source in setting.sources}
    return [
        source
        for folder, source in sources.items()
        if not (population.folder / folder / IDENTITIES_FILE).exists()
    ]


def write_identities(
    population: Population,
    settings: Iterable[SettingRecord],
    identify: Identify,
    *,
    workers: int,
    advance: Callable[[int], object],
) -> None:
    """Write the identities of every source of settings that has none; what is done stays when interrupted.

    Args:
        population: holds the settings.
        settings: whose masks.
        identify: gives the identities of some rows.
        workers: threads that call it.
        advance: is told how many more masks are done.

    Raises:
        ConflictError: another process is writing to the population.
        UnreachableError: the disk is full, or a source's files are gone or damaged.
    """
    use_thrifty_memory()
    with population.staging() as staging:
        for source in sources_to_identify(population, settings):
            with _named_errors(source):
                _write(staging, population.folder / source.folder, identify, workers, advance)


def _write(
    staging: Staging, folder: Path, identify: Identify, workers: int, advance: Callable[[int], object]
) -> None:
    staged = staging.place / IDENTITIES_FILE
    with pq.ParquetFile(folder / ANNOTATIONS_FILE) as before:
        metadata = before.metadata
    with ParquetFile(staged, IDENTITIES) as after, ThreadPoolExecutor(workers) as pool:
        identified = partial(_identified, folder / ANNOTATIONS_FILE, metadata, identify)
        try:
            for table in pool.map(identified, range(metadata.num_row_groups)):
                after.write(table)
                advance(table.num_rows)
        finally:
            pool.shutdown(cancel_futures=True)
    staged.replace(folder / IDENTITIES_FILE)


def _identified(path: Path, metadata: pq.FileMetaData, identify: Identify, group: int) -> pa.Table:
    # Threads cannot share an open file; the metadata, which would take longest to read, they can.
    with pq.ParquetFile(path, metadata=metadata) as file:
        return identify(file.read_row_group(group, columns=list(READ), use_threads=False))


@contextmanager
def _named_errors(source: SourceRecord) -> Iterator[None]:
    try:
        yield
    except (OSError, pa.ArrowException) as error:
        reason = str(error).strip().partition("\n")[0]
        raise UnreachableError(
            f"the masks of {source.file} in the population cannot be told apart ({reason}): check that the "
            f"disk has room and that nobody removed the population's files; ingesting {source.path} again "
            "brings them back"
        ) from error
