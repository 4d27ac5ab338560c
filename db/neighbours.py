"""Brings the annotations of two settings together by image, for masks that have no ids to pair by."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from db.manifest import SettingRecord, SourceRecord
from db.population import ANNOTATIONS_FILE, IMAGES_FILE, Population, query_engine

_MEMORY = "300MB"


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """One annotation of an image.

    Attributes:
        place: where it stands: source and row, in the order of the setting's files.
    """

    place: tuple[int, int]
    annotation_id: str
    mention_id: str
    category_id: str | None
    height: int
    width: int
    parts: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedImage:
    """The masks that two settings made on one image; both sides have at least one."""

    ours: tuple[Neighbour, ...]
    theirs: tuple[Neighbour, ...]


class KnownBy(StrEnum):
    """By what two settings know that they speak of one image; the first that some image is shared by."""

    ROOT_AND_NAME = "root and file name"
    NAME = "file name"
    ID = "image id"


_KEYS = {
    KnownBy.ROOT_AND_NAME: "root || chr(31) || file_name",
    KnownBy.NAME: "file_name",
    KnownBy.ID: "image_id",
}

_TABLE = """
CREATE TEMP TABLE neighbours (
    root VARCHAR, file_name VARCHAR, image_id VARCHAR, side VARCHAR, source INTEGER, element_index BIGINT,
    annotation_id VARCHAR, mention_id VARCHAR, category_id VARCHAR, height INTEGER, width INTEGER,
    parts BLOB[]
)
"""

_GATHER = """
INSERT INTO neighbours
SELECT
    $root, i.file_name, a.image_id, $side, $source, a.element_index, a.annotation_id, a.mention_id,
    a.category_id, a.height, a.width, a.parts
FROM read_parquet($annotations) AS a
LEFT JOIN read_parquet($images) AS i USING (image_id)
WHERE a.image_id IS NOT NULL AND a.parts IS NOT NULL AND a.parts_area > 0
"""

_SHARED_KEYS = """
SELECT {key} AS image FROM neighbours WHERE {key} IS NOT NULL
GROUP BY image HAVING count(DISTINCT side) = 2
"""

_SHARED = """
SELECT * FROM (SELECT *, {key} AS image FROM neighbours)
SEMI JOIN ({shared_keys}) USING (image)
ORDER BY image, side, source, element_index
"""


class Neighbourhood:
    """The masks of two settings, brought together by image."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self.known_by = next(
            (known_by for known_by in KnownBy if self._is_shared(known_by)), KnownBy.ROOT_AND_NAME
        )

    def images(self) -> Iterator[SharedImage]:
        """Give every image that has masks on both sides."""
        key = _KEYS[self.known_by]
        query = _SHARED.format(key=key, shared_keys=_SHARED_KEYS.format(key=key))
        reader = self._connection.sql(query).to_arrow_reader(512)
        for _, members in groupby(_rows(reader), key=itemgetter("image")):
            by_side: dict[str, list[Neighbour]] = {"ours": [], "theirs": []}
            for row in members:
                by_side[row["side"]].append(_neighbour(row))
            yield SharedImage(ours=tuple(by_side["ours"]), theirs=tuple(by_side["theirs"]))

    def _is_shared(self, known_by: KnownBy) -> bool:
        query = _SHARED_KEYS.format(key=_KEYS[known_by])
        return bool(self._connection.execute(f"{query} LIMIT 1").fetchall())


@contextmanager
def open_neighbourhood(
    population: Population, theirs: SettingRecord, ours: Sequence[tuple[Path, SourceRecord]]
) -> Iterator[Neighbourhood]:
    """Bring two settings together; a mask that is empty or unreadable has no place in it.

    Args:
        population: holds `theirs`.
        theirs: the setting to pair with.
        ours: staged folders of the setting that is being ingested.
    """
    sides = [("theirs", population.folder / source.folder, source) for source in theirs.sources]
    sides += [("ours", folder, source) for folder, source in ours]
    with query_engine(memory=_MEMORY) as connection:
        connection.execute(_TABLE)
        for number, (side, folder, source) in enumerate(sides):
            connection.execute(
                _GATHER,
                {
                    "root": source.images_root,
                    "side": side,
                    "source": number - (len(theirs.sources) if side == "ours" else 0),
                    "annotations": str(folder / ANNOTATIONS_FILE),
                    "images": str(folder / IMAGES_FILE),
                },
            )
        yield Neighbourhood(connection)


def _rows(reader: pa.RecordBatchReader) -> Iterator[dict[str, Any]]:
    for batch in reader:
        yield from batch.to_pylist()


def _neighbour(row: dict[str, Any]) -> Neighbour:
    return Neighbour(
        place=(row["source"], row["element_index"]),
        annotation_id=row["annotation_id"],
        mention_id=row["mention_id"],
        category_id=row["category_id"],
        height=row["height"],
        width=row["width"],
        parts=tuple(row["parts"]),
    )
