"""Brings the annotations of two settings together by image, for masks that have no ids to pair by."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

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


_TABLE = """
CREATE TEMP TABLE neighbours (
    image VARCHAR, side VARCHAR, source INTEGER, element_index BIGINT, annotation_id VARCHAR,
    mention_id VARCHAR, category_id VARCHAR, height INTEGER, width INTEGER, parts BLOB[]
)
"""

_GATHER = """
INSERT INTO neighbours
SELECT
    concat($root, chr(31), coalesce(i.file_name, a.image_id)), $side, $source, a.element_index,
    a.annotation_id, a.mention_id, a.category_id, a.height, a.width, a.parts
FROM read_parquet($annotations) AS a
LEFT JOIN read_parquet($images) AS i USING (image_id)
WHERE a.image_id IS NOT NULL AND a.parts IS NOT NULL AND a.parts_area > 0
"""

_SHARED = """
SELECT * FROM neighbours
SEMI JOIN (SELECT image FROM neighbours GROUP BY image HAVING count(DISTINCT side) = 2) USING (image)
ORDER BY image, side, source, element_index
"""


def shared_images(
    population: Population, theirs: SettingRecord, ours: Sequence[tuple[Path, SourceRecord]]
) -> Iterator[SharedImage]:
    """Give every image that has masks on both sides; a mask that is empty or unreadable has no place in it.

    An image is known by its root and file name, or by its id where no file lists it.

    Args:
        population: holds `theirs`.
        theirs: the setting to pair with.
        ours: staged folders of the setting that is being ingested.
    """
    sides = [("theirs", population.folder / source.folder, source) for source in theirs.sources]
    sides += [("ours", folder, source) for folder, source in ours]
    # Where one side was ingested without a root, file names alone have to tell images apart.
    use_roots = all(source.images_root for _, _, source in sides)
    with query_engine(memory=_MEMORY) as connection:
        connection.execute(_TABLE)
        for number, (side, folder, source) in enumerate(sides):
            connection.execute(
                _GATHER,
                {
                    "root": source.images_root if use_roots else "",
                    "side": side,
                    "source": number - (len(theirs.sources) if side == "ours" else 0),
                    "annotations": str(folder / ANNOTATIONS_FILE),
                    "images": str(folder / IMAGES_FILE),
                },
            )
        reader = connection.sql(_SHARED).to_arrow_reader(512)
        for _, members in groupby(_rows(reader), key=itemgetter("image")):
            by_side: dict[str, list[Neighbour]] = {"ours": [], "theirs": []}
            for row in members:
                by_side[row["side"]].append(_neighbour(row))
            yield SharedImage(ours=tuple(by_side["ours"]), theirs=tuple(by_side["theirs"]))


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
