"""What a setting's annotations add up to: counted by split, source and category, and drawn as examples.

The annotations are read once and kept in groups; every question is then put to the groups, which are as many
as entities at most times splits.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

import duckdb

from db.entities import view_entities
from db.manifest import SettingRecord
from db.named_ids import NamePatterns, named_by
from db.population import ANNOTATIONS_FILE, CATEGORIES_FILE, Population, query_engine

_MEMORY = "1GB"


class Column(StrEnum):
    """By what annotations are counted; each is null where it is not known."""

    SPLIT = "split"
    PART = "part"
    VISIBILITY = "visibility"
    SOURCE = "source"
    """The dataset that an annotation's image comes from."""
    CATEGORY = "category"
    """The part of a report that its entity falls in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """The annotations of one group, and the different entities that they have.

    Attributes:
        keys: what the group has in common, in the order asked for; None is not known.
    """

    keys: tuple[str | None, ...]
    n_annotations: int
    n_entities: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """All annotations of a setting.

    Attributes:
        n_images: different ones that they name.
        n_without_entity: name no category.
        n_without_image: name no image.
        n_empty: have a mask without a pixel, or none.
        n_unreadable: have a mask that cannot be read.
        median_size: height and width in pixels, each by itself, of the images that have a mask with a size.
    """

    n_annotations: int
    n_entities: int
    n_images: int
    n_without_entity: int
    n_without_image: int
    n_empty: int
    n_unreadable: int
    median_size: tuple[int, int] | None


Draws = Mapping[str | None, tuple[str, ...]]
"""What a group of annotations has in common → ids of those that were drawn from it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """Patterns that name what nobody said of entities; without any, nothing is named by ids."""

    sources: NamePatterns = ()
    categories: NamePatterns = ()


# What is said of the entity stands above the patterns of a category. A source is the image's, and an entity
# may have images of several: what its annotation or its image is named by comes first.
_GROUPS = """
CREATE TEMP TABLE groups AS
WITH ids AS (
    SELECT split, part, visibility, category_id AS entity_id,
           {source_by_image} AS source_by_image, {category_by_id} AS category_by_id, count(*) AS n
    FROM annotations GROUP BY ALL
)
SELECT split, part, visibility, ids.entity_id, n,
       coalesce(source_by_image, entities.source, {source_by_entity}) AS source,
       coalesce(entities.category, supercategory, category_by_id) AS category
FROM ids
LEFT JOIN entities USING (entity_id)
LEFT JOIN listed ON listed.category_id = ids.entity_id
"""

_LISTED = """
CREATE TEMP TABLE listed AS
SELECT category_id, min(nullif(trim(supercategory), '')) AS supercategory
FROM read_parquet(getvariable('categories')) GROUP BY category_id
"""

_DRAWN = """
WITH drawable AS (
    SELECT annotation_id, split, coalesce(entities.category, supercategory, {category_by_id}) AS category,
           sha256(concat_ws(chr(10), 'mask-audit/1', 'example', getvariable('seed'), annotation_id)) AS ticket
    FROM annotations
    LEFT JOIN entities ON entity_id = category_id
    LEFT JOIN listed USING (category_id)
    WHERE parts_area > 0
)
SELECT {column}, arg_min(annotation_id, ticket, getvariable('n_each')) FROM drawable GROUP BY {column}
"""

_TOTALS = """
WITH images AS (
    SELECT max(height) AS height, max(width) AS width FROM annotations WHERE image_id IS NOT NULL
    GROUP BY image_id
)
SELECT count(*), (SELECT count(DISTINCT entity_id) FROM groups), (SELECT count(*) FROM images),
       count(*) FILTER (category_id IS NULL), count(*) FILTER (image_id IS NULL),
       count(*) FILTER (parts_area = 0), count(*) FILTER (parts_area IS NULL),
       (SELECT quantile_disc(height, 0.5) FROM images), (SELECT quantile_disc(width, 0.5) FROM images)
FROM annotations
"""

_ENTITY_SIZES = """
WITH sizes AS (SELECT sum(n)::BIGINT AS n FROM groups WHERE entity_id IS NOT NULL GROUP BY entity_id)
SELECT low, count(*) FROM sizes ASOF JOIN (SELECT unnest(getvariable('lows')) AS low) ON n >= low GROUP BY low
"""


class Statistics:
    """Counts of one setting's annotations."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, naming: Naming) -> None:
        self._connection = connection
        self._naming = naming

    def totals(self) -> Totals:
        """Give the counts of all annotations."""
        [row] = self._connection.execute(_TOTALS).fetchall()
        *counts, height, width = row
        names = Totals.__slots__[: len(counts)]
        size = None if height is None else (height, width)
        return Totals(**dict(zip(names, counts, strict=True)), median_size=size)

    def counted(self, *columns: Column) -> tuple[Counted, ...]:
        """Give the counts of every group that has something in common, by name; None comes last."""
        keys = ", ".join(columns)
        rows = self._connection.execute(
            f"SELECT {keys}, sum(n)::BIGINT, count(DISTINCT entity_id) FROM groups "  # noqa: S608 - our own names
            f"GROUP BY {keys} ORDER BY {', '.join(f'{column} NULLS LAST' for column in columns)}"
        ).fetchall()
        return tuple(
            Counted(keys=tuple(names), n_annotations=n_annotations, n_entities=n_entities)
            for *names, n_annotations, n_entities in rows
        )

    def entity_sizes(self, lows: Sequence[int]) -> dict[int, int]:
        """Give how many entities have so many annotations, by classes that begin at ascending numbers from 1.

        Returns:
            The first number of each class → entities; all classes.
        """
        self._connection.execute("SET VARIABLE lows = $lows::BIGINT[]", {"lows": list(lows)})
        found: dict[int, int] = dict(self._connection.execute(_ENTITY_SIZES).fetchall())
        return {low: found.get(low, 0) for low in lows}

    def drawn(self, column: Literal[Column.SPLIT, Column.CATEGORY], n_each: int, seed: int) -> Draws:
        """Give annotations whose mask has pixels, drawn from every group by the smallest tickets.

        The ticket is the SHA-256 of the lines `mask-audit/1`, `example`, the seed and the annotation's id.

        Args:
            column: what a group has in common.
            n_each: from each group, or all of it where it has fewer.
            seed: of the tickets.

        Returns:
            What each group has in common → ids of its annotations, the smallest ticket first.
        """
        for name, value in (("n_each", n_each), ("seed", seed)):
            self._connection.execute(f"SET VARIABLE {name} = $value", {"value": value})
        rows = self._connection.execute(
            _DRAWN.format(column=column, category_by_id=_category_by_id(self._naming))
        ).fetchall()
        return {key: tuple(ids) for key, ids in rows}


@contextmanager
def open_statistics(population: Population, setting: SettingRecord, naming: Naming) -> Iterator[Statistics]:
    """Group a setting's annotations and give who counts them.

    Raises:
        UnreachableError: the disk is full, or files of the population are gone.
    """
    with query_engine(memory=_MEMORY) as connection:
        view_annotations(connection, population, setting)
        view_entities(connection, population.folder)
        connection.execute(_LISTED)
        connection.execute(
            _GROUPS.format(
                source_by_image=named_by(naming.sources, "annotation_id", "image_id"),
                source_by_entity=named_by(naming.sources, "ids.entity_id"),
                category_by_id=_category_by_id(naming),
            )
        )
        yield Statistics(connection, naming)


def count_elsewhere(
    population: Population, counted: SettingRecord, others: Sequence[SettingRecord]
) -> dict[str, int]:
    """Give how many annotations of each of some settings show mentions that a counted one does not have.

    Returns:
        Setting → annotations; all that were asked for.

    Raises:
        UnreachableError: the disk is full, or files of the population are gone.
    """
    if not others:
        return {}
    # In one query: the mentions of the counted setting are held once, whatever the others are.
    rows = " UNION ALL ".join(
        f"SELECT {place} AS place, mention_id FROM read_parquet($files_{place})"  # noqa: S608 - of numbers
        for place in range(len(others))
    )
    files = {
        f"files_{place}": population.files(other, ANNOTATIONS_FILE) for place, other in enumerate(others)
    }
    with query_engine(memory=_MEMORY) as connection:
        found: dict[int, int] = dict(
            connection.execute(
                f"SELECT place, count(*) FROM ({rows}) "  # noqa: S608 - of numbers
                "ANTI JOIN (SELECT mention_id FROM read_parquet($counted)) USING (mention_id) GROUP BY place",
                {"counted": population.files(counted, ANNOTATIONS_FILE), **files},
            ).fetchall()
        )
    return {other.setting: found.get(place, 0) for place, other in enumerate(others)}


def _category_by_id(naming: Naming) -> str:
    return named_by(naming.categories, "annotation_id", "image_id", "category_id")


def view_annotations(
    connection: duckdb.DuckDBPyConnection, population: Population, setting: SettingRecord
) -> None:
    """Make a setting's annotations known to a connection as a view, and where its categories lie."""
    for name, file in (("annotations", ANNOTATIONS_FILE), ("categories", CATEGORIES_FILE)):
        files = population.files(setting, file)
        connection.execute(f"SET VARIABLE {name} = $files", {"files": files})
    connection.execute("CREATE VIEW annotations AS SELECT * FROM read_parquet(getvariable('annotations'))")
