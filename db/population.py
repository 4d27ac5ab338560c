"""The population: one row per annotation and setting, in Parquet, one folder per ingested file.

A folder holds `annotations.parquet`, `images.parquet` and `categories.parquet`. Everything is written beside
and comes into being when the manifest that names it replaces the one before; whatever no manifest names is
swept away by the next writer. Reading goes through DuckDB, which spills to disk what does not fit its memory.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from db.errors import ConflictError, UnreachableError
from db.manifest import Manifest, SettingRecord, SourceRecord, load_manifest, save_manifest

ANNOTATIONS_FILE = "annotations.parquet"
IMAGES_FILE = "images.parquet"
CATEGORIES_FILE = "categories.parquet"

ROW_GROUP_BYTES = 8_000_000
"""Of a table in memory."""

_STAGING = ".staging-"
_HELD = ".held"
_DICTIONARY_COLUMNS = {
    "setting",
    "category_id",
    "split",
    "part",
    "visibility",
    "source",
    "supercategory",
    "state",
}
_STATISTICS_COLUMNS = {"setting", "split", "element_index", "parts_area"}


class ParquetFile:
    """Writes one Parquet file in a thread of its own, so that compressing does not hold up reading.

    Tables are gathered into row groups of `ROW_GROUP_BYTES`, large enough to scan and small enough to hold a
    few of them in memory. An error of the thread is raised by the next call, at the latest on leaving.
    """

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self.path = path
        names = set(schema.names)
        self._writer = pq.ParquetWriter(
            path,
            schema,
            compression="zstd",
            compression_level=1,
            use_dictionary=sorted(_DICTIONARY_COLUMNS & names),
            write_statistics=sorted(_STATISTICS_COLUMNS & names),
        )
        self._thread = ThreadPoolExecutor(1)
        self._writing: Future[None] | None = None
        self._gathered: list[pa.Table] = []
        self._n_bytes = 0

    def write(self, table: pa.Table) -> None:
        """Append a table."""
        self._gathered.append(table)
        self._n_bytes += table.nbytes
        if self._n_bytes >= ROW_GROUP_BYTES:
            self._hand_over()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._hand_over()
                self._wait()
        finally:
            self._thread.shutdown()
            self._writer.close()
            pa.default_memory_pool().release_unused()

    def _hand_over(self) -> None:
        self._wait()
        group = pa.concat_tables(self._gathered) if self._gathered else None
        self._gathered, self._n_bytes = [], 0
        if group is not None and group.num_rows:
            self._writing = self._thread.submit(
                self._writer.write_table, group, row_group_size=group.num_rows
            )

    def _wait(self) -> None:
        if self._writing is not None:
            self._writing.result()
            self._writing = None


def use_thrifty_memory() -> None:
    """Let Arrow take memory from jemalloc, where it has it: an ingest peaks a quarter lower."""
    if "jemalloc" in pa.supported_memory_backends():
        pa.set_memory_pool(pa.jemalloc_memory_pool())


def rewrite(path: Path, change: Callable[[pa.Table], pa.Table]) -> None:
    """Write a Parquet file anew, one row group at a time, each as `change` gives it back."""
    beside = path.with_suffix(".new")
    before = pq.ParquetFile(path)
    with before, ParquetFile(beside, before.schema_arrow) as after:
        for group in range(before.num_row_groups):
            after.write(change(before.read_row_group(group)))
    beside.replace(path)


class Population:
    """The Parquet files of one workspace and the manifest that names them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def manifest(self) -> Manifest:
        """Give what there is."""
        return load_manifest(self.folder)

    @contextmanager
    def staging(self) -> Iterator["Staging"]:
        """Give a place to write in; it is gone afterwards unless its content was committed.

        Raises:
            ConflictError: another process is writing to this population.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with _only_writer(self.folder):
            self._sweep()
            place = Path(tempfile.mkdtemp(prefix=_STAGING, dir=self.folder))
            try:
                yield Staging(self, place)
            finally:
                shutil.rmtree(place, ignore_errors=True)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep all files that the manifest names from now on until the block ends, whatever is ingested.

        Raises:
            UnreachableError: the folder cannot be written to, or not locked.
        """
        if not self.folder.is_dir():
            yield
            return
        with _opened_lock(self.folder, _HELD) as lock:
            fcntl.flock(lock, fcntl.LOCK_SH)
            yield

    def files(self, setting: SettingRecord, name: str) -> list[str]:
        """Give the paths of one kind of Parquet file of a setting."""
        return [str(self.folder / source.folder / name) for source in setting.sources]

    def n_bytes(self) -> int:
        """Give the bytes that the population takes on disk."""
        return sum(path.stat().st_size for path in self.folder.rglob("*") if path.is_file())

    def _sweep(self) -> None:
        with _opened_lock(self.folder, _HELD) as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return  # somebody holds the files: the next writer sweeps
            self._remove_unnamed()

    def _remove_unnamed(self) -> None:
        named = {source.folder for setting in self.manifest().settings for source in setting.sources}
        for path in self.folder.iterdir():
            if path.is_dir() and path.name not in named:
                shutil.rmtree(path, ignore_errors=True)


class Staging:
    """New Parquet files that nobody sees yet."""

    def __init__(self, population: Population, place: Path) -> None:
        self._population = population
        self.place = place

    def new_folder(self) -> Path:
        """Give an empty folder for the files of one source."""
        return Path(tempfile.mkdtemp(prefix="source-", dir=self.place))

    def commit(self, setting: SettingRecord, staged: Sequence[tuple[Path, SourceRecord]]) -> SettingRecord:
        """Make staged folders part of a setting; a source of the same path or content is replaced.

        Args:
            setting: as it should be, with the sources that it keeps.
            staged: folders from `new_folder` and what they hold; their `folder` is filled in here.
        """
        sources = list(setting.sources)
        for folder, source in staged:
            target = Path(tempfile.mkdtemp(prefix=f"{_slug(setting.setting)}-", dir=self._population.folder))
            folder.rename(target)
            target.chmod(0o755)
            sources.append(replace(source, folder=target.name))
        whole = replace(setting, sources=tuple(sources))
        save_manifest(self._population.folder, self._population.manifest().with_setting(whole))
        return whole


@contextmanager
def query_engine(*, memory: str = "1GB") -> Iterator[duckdb.DuckDBPyConnection]:
    """Give a DuckDB connection that spills into a temporary folder (see TMPDIR), removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="mask-audit-") as spill:
        connection = duckdb.connect(
            config={"temp_directory": spill, "memory_limit": memory, "preserve_insertion_order": False}
        )
        connection.execute("SET enable_progress_bar = false")  # drawn where no script is, as in a worker
        try:
            yield connection
        except duckdb.Error as error:
            raise UnreachableError(
                f"the population cannot be queried ({_first_line(error)}): check that the disk has room and "
                "that nobody removed its files; ingesting them again brings them back"
            ) from error
        finally:
            connection.close()


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0]


def _slug(text: str) -> str:
    kept = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in text.lower())
    return kept.strip("-")[:40] or "setting"


def _opened_lock(folder: Path, name: str) -> IO[str]:
    try:
        return (folder / name).open("w")
    except OSError as error:
        raise UnreachableError(
            f"{folder} cannot be written to ({os.strerror(error.errno or 0)}): let this user write there, or "
            "take a copy of the workspace"
        ) from error


@contextmanager
def _only_writer(folder: Path) -> Iterator[None]:
    with _opened_lock(folder, ".lock") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ConflictError(f"another command is writing to {folder}: wait until it is done") from error
        except OSError as error:
            raise UnreachableError(f"{folder} cannot be locked ({os.strerror(error.errno or 0)})") from error
        yield
