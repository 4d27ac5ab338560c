"""The features of masks, kept beside the population in partitions: a Parquet file for each table of each.

A partition is written whole or not at all, in the folder of the source that it belongs to, and goes with it:
a file that is ingested anew has none. Each file carries a fingerprint of what it was made from, so one that
is no longer right is known, whatever changed.
"""

import hashlib
import os
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from db.errors import UnreachableError
from db.manifest import SettingRecord, SourceRecord
from db.population import Population, Staging, query_engine

MARK_FILE = "features.txt"
"""Says, in two lines, what the features were made from when all were there, and which files they were."""

_MEMORY = "500MB"
_MADE_FROM = b"made_from"
_DICTIONARY_COLUMNS = {"setting", "setting_a", "setting_b", "state"}


class FeatureTable(StrEnum):
    """The tables of features, by what they have a row for."""

    MASKS = "mask-features"
    """Every annotation of a source, in its order."""
    PAIRS = "pair-features"
    """Every mention and two settings that have it."""
    SETTINGS = "setting-features"
    """Every mention that several settings have, and each of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Partition:
    """Features that are written together.

    Attributes:
        folder: of a source, absolute.
        number: from 0, within the folder and the tables.
        tables: that it consists of.
        made_from: fingerprint of everything that the features depend on.
    """

    folder: Path
    number: int
    tables: tuple[FeatureTable, ...]
    made_from: str

    def path(self, table: FeatureTable) -> Path:
        """Give the place of one of its files."""
        return self.folder / f"{table}-{self.number:05}.parquet"

    def paths(self) -> list[Path]:
        """Give the places of its files."""
        return [self.path(table) for table in self.tables]

    def is_written(self) -> bool:
        """Tell whether all of it is there, made from what it should be made from."""
        return all(_made_from(path) == self.made_from for path in self.paths())


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskCounts:
    """What the masks of a setting are, by their features."""

    n_masks: int
    n_empty: int
    n_unreadable: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """How the features were when all of them were there last.

    Attributes:
        made_from: fingerprint of everything that they depend on.
        listing: fingerprint of their files, `fingerprint_of_files`.
    """

    made_from: str
    listing: str


def write_partition(staging: Staging, partition: Partition, tables: Mapping[FeatureTable, pa.Table]) -> None:
    """Write a partition's files; readers see each of them whole or not at all.

    Raises:
        OSError: the disk is full, or the source's folder is gone.
    """
    for table, features in tables.items():
        beside = staging.place / partition.path(table).name
        _write(beside, features.replace_schema_metadata({_MADE_FROM: partition.made_from.encode()}))
        beside.replace(partition.path(table))


def feature_files(population: Population, sources: Iterable[SourceRecord], table: FeatureTable) -> list[str]:
    """Give the files that a table of features has in the folders of sources."""
    return [
        str(path)
        for source in sources
        for path in sorted((population.folder / source.folder).glob(f"{table}-*.parquet"))
    ]


def remove_other_features(
    population: Population, sources: Iterable[SourceRecord], kept: Collection[Path]
) -> None:
    """Remove the features in the folders of sources that are not those kept: what they told of is gone."""
    sources = list(sources)
    for table in FeatureTable:
        for file in feature_files(population, sources, table):
            if Path(file) not in kept:
                Path(file).unlink()


def fingerprint_of_files(population: Population, sources: Iterable[SourceRecord]) -> str:
    """Give a fingerprint of the places and lengths of all files of features; their content is not read."""
    sources = list(sources)
    digest = hashlib.sha256()
    for table in FeatureTable:
        for file in map(Path, feature_files(population, sources, table)):
            digest.update(f"{file.relative_to(population.folder)} {file.stat().st_size}\n".encode())
    return digest.hexdigest()


def load_mark(population: Population) -> Mark | None:
    """Give how the features were when all of them were there last, or None."""
    try:
        made_from, _, listing = (population.folder / MARK_FILE).read_text("ascii").partition("\n")
    except FileNotFoundError:
        return None
    return Mark(made_from=made_from, listing=listing)


def save_mark(staging: Staging, population: Population, mark: Mark) -> None:
    """Note that all features are there."""
    beside = staging.place / MARK_FILE
    beside.write_text(f"{mark.made_from}\n{mark.listing}", "ascii")
    beside.replace(population.folder / MARK_FILE)


def count_masks(population: Population, setting: SettingRecord) -> MaskCounts:
    """Count the masks of a setting whose features are there."""
    files = feature_files(population, setting.sources, FeatureTable.MASKS)
    if not files:
        return MaskCounts(n_masks=0, n_empty=0, n_unreadable=0)
    with query_engine(memory=_MEMORY) as connection:
        [(n_masks, n_empty, n_unreadable)] = connection.execute(
            "SELECT count(*), count(*) FILTER (area = 0), count(*) FILTER (area IS NULL) "
            "FROM read_parquet($files)",
            {"files": files},
        ).fetchall()
    return MaskCounts(n_masks=n_masks, n_empty=n_empty, n_unreadable=n_unreadable)


def count_pairs(population: Population, sources: Iterable[SourceRecord]) -> Counter[tuple[str, str]]:
    """Count the pairs that each setting is part of, by setting and state of the pair."""
    files = feature_files(population, sources, FeatureTable.PAIRS)
    if not files:
        return Counter()
    with query_engine(memory=_MEMORY) as connection:
        rows = connection.execute(
            """
            SELECT unnest([setting_a, setting_b]), state, n
            FROM (SELECT setting_a, setting_b, state, count(*) AS n FROM read_parquet($files) GROUP BY ALL)
            """,
            {"files": files},
        ).fetchall()
    found: Counter[tuple[str, str]] = Counter()
    for setting, state, n in rows:
        found[setting, state] += n
    return found


@contextmanager
def named_feature_errors(population: Population) -> Iterator[None]:
    """Turn what the file system says while features are made into one sentence.

    Raises:
        UnreachableError: the disk is full, or files of the population are gone or damaged.
    """
    try:
        yield
    except (OSError, pa.ArrowException) as error:
        reason = str(error).strip().partition("\n")[0]
        raise UnreachableError(
            f"the masks in {population.folder} cannot be measured ({reason}): check that the disk has room, "
            "that nobody removed the population's files, and that Dask workers, if any, find them under the "
            "same path; what is done stays"
        ) from error


def _write(path: Path, table: pa.Table) -> None:
    with path.open("wb") as file:
        pq.write_table(
            table.combine_chunks(),
            file,
            compression="zstd",
            use_dictionary=sorted(_DICTIONARY_COLUMNS & set(table.column_names)),
        )
        file.flush()
        os.fsync(file.fileno())


def _made_from(path: Path) -> str | None:
    try:
        metadata = pq.read_metadata(path).metadata or {}
    except (OSError, pa.ArrowException):
        return None
    made_from: bytes | None = metadata.get(_MADE_FROM)
    return made_from.decode() if made_from is not None else None
