"""What is known of entities: their names, types and categories, in one Parquet file beside the population.

`entities.parquet` is replaced whole, in one step. Entities that no annotation has are kept too: they may be
ingested later.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import duckdb
import pyarrow as pa

from db.population import ANNOTATIONS_FILE, CATEGORIES_FILE, ParquetFile, Population, query_engine

ENTITIES_FILE = "entities.parquet"


class EntityColumn(StrEnum):
    """What may be said of an entity."""

    NAME = "name"
    TYPE = "type"
    CATEGORY = "category"
    SOURCE = "source"


ENTITIES = pa.schema(
    [
        pa.field("entity_id", pa.string(), nullable=False),
        *(pa.field(column.value, pa.string()) for column in EntityColumn),
    ]
)
"""One row per entity; null is what nobody has said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """What is said of one entity; None is not said.

    Attributes:
        entity_id: as annotations name it, their `category_id`.
        type: what kind of thing it is, by which rules drop and correct masks.
        category: the part of a report that it falls in.
        source: where it comes from.
    """

    entity_id: str
    name: str | None = None
    type: str | None = None
    category: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityCounts:
    """What became of the entities that were put, and how the population stands now.

    Attributes:
        n_new: put for the first time.
        n_replaced: of which something was said before.
        n_unknown: that no annotation has.
        n_entities: of the population.
        n_without_type: of these, how many have none.
        n_without_category: of these, how many have none, here or in their annotation files.
    """

    n_new: int
    n_replaced: int
    n_unknown: int
    n_entities: int
    n_without_type: int
    n_without_category: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityKinds:
    """Which types and categories the entities of a population have."""

    types: tuple[str, ...]
    categories: tuple[str, ...]


_MERGED = """
SELECT coalesce(said.entity_id, held.entity_id) AS entity_id, {columns}
FROM said FULL OUTER JOIN entities AS held ON said.entity_id = held.entity_id
"""

_PUT = """
SELECT
    count(*) FILTER (entity_id NOT IN (SELECT entity_id FROM entities)),
    count(*) FILTER (entity_id IN (SELECT entity_id FROM entities)),
    count(*) FILTER (entity_id NOT IN (SELECT entity_id FROM annotated))
FROM said
"""

_LACKING = """
SELECT
    count(*),
    count(*) FILTER (merged.type IS NULL),
    count(*) FILTER (merged.category IS NULL AND annotated.supercategory IS NULL)
FROM annotated LEFT JOIN merged USING (entity_id)
"""

_ANNOTATED = """
CREATE TEMP TABLE annotated AS
SELECT DISTINCT category_id AS entity_id, NULL::VARCHAR AS supercategory
FROM read_parquet(getvariable('annotations')) WHERE category_id IS NOT NULL;
UPDATE annotated SET supercategory = listed.supercategory
FROM (
    SELECT category_id, min(nullif(trim(supercategory), '')) AS supercategory
    FROM read_parquet(getvariable('categories')) GROUP BY category_id
) AS listed
WHERE annotated.entity_id = listed.category_id;
"""

_NONE_ANNOTATED = "CREATE TEMP TABLE annotated (entity_id VARCHAR, supercategory VARCHAR)"


def put_entities(
    population: Population, entities: Sequence[Entity], columns: Collection[EntityColumn]
) -> EntityCounts:
    """Keep what is said of entities, in place of what was said of the same ones before.

    Args:
        population: beside which they are kept.
        entities: each id once.
        columns: what the entities speak of; of an entity that was there, the other columns stay.

    Raises:
        ConflictError: another process is writing to the population.
        UnreachableError: the disk is full, or the population's files are gone.
    """
    with population.staging() as staging, query_engine() as connection:
        view_entities(connection, population.folder)
        connection.register("said", _table(entities))
        _find_annotated(connection, population)
        connection.execute(f"CREATE TEMP TABLE merged AS {_merged(columns)}")
        [(n_new, n_replaced, n_unknown)] = connection.execute(_PUT).fetchall()
        [(n_entities, n_without_type, n_without_category)] = connection.execute(_LACKING).fetchall()
        staged = staging.place / ENTITIES_FILE
        with ParquetFile(staged, ENTITIES) as file:
            merged = connection.sql("SELECT * FROM merged ORDER BY entity_id").to_arrow_table()
            file.write(merged.cast(ENTITIES))
        staged.replace(population.folder / ENTITIES_FILE)
    return EntityCounts(
        n_new=n_new,
        n_replaced=n_replaced,
        n_unknown=n_unknown,
        n_entities=n_entities,
        n_without_type=n_without_type,
        n_without_category=n_without_category,
    )


def load_entity_ids(population: Population) -> list[str]:
    """Give the id of every entity that an annotation of the population has, in order."""
    with query_engine() as connection:
        _find_annotated(connection, population)
        rows = connection.execute("SELECT entity_id FROM annotated ORDER BY entity_id").fetchall()
    return [entity_id for (entity_id,) in rows]


def load_entities(population: Population) -> list[Entity]:
    """Give all that is said of entities, in order of id."""
    with query_engine() as connection:
        view_entities(connection, population.folder)
        rows = connection.execute("SELECT * FROM entities ORDER BY entity_id").fetchall()
    return [Entity(**dict(zip(ENTITIES.names, row, strict=True))) for row in rows]


def load_entity_kinds(population: Population) -> EntityKinds:
    """Give the types and categories that are said of entities, here or in their annotation files."""
    files = [
        path
        for setting in population.manifest().settings
        for path in population.files(setting, CATEGORIES_FILE)
    ]
    with query_engine() as connection:
        view_entities(connection, population.folder)
        types = connection.execute("SELECT DISTINCT type FROM entities WHERE type IS NOT NULL").fetchall()
        categories = connection.execute(
            "SELECT DISTINCT category FROM entities WHERE category IS NOT NULL"
        ).fetchall()
        if files:
            categories += connection.execute(
                "SELECT DISTINCT supercategory FROM read_parquet($files) WHERE supercategory IS NOT NULL",
                {"files": files},
            ).fetchall()
    return EntityKinds(
        types=tuple(sorted(each for (each,) in types)),
        categories=tuple(sorted({each for (each,) in categories})),
    )


def view_entities(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Make the table `entities` known to a connection; it has no rows where nothing was ever said."""
    file = folder / ENTITIES_FILE
    if file.exists():
        connection.execute("SET VARIABLE entities = $path", {"path": str(file)})
        connection.execute("CREATE VIEW entities AS SELECT * FROM read_parquet(getvariable('entities'))")
    else:
        columns = ", ".join(f"{name} VARCHAR" for name in ENTITIES.names)
        connection.execute(f"CREATE TEMP TABLE entities ({columns})")


def _find_annotated(connection: duckdb.DuckDBPyConnection, population: Population) -> None:
    settings = population.manifest().settings
    annotations, categories = (
        [file for setting in settings for file in population.files(setting, name)]
        for name in (ANNOTATIONS_FILE, CATEGORIES_FILE)
    )
    if not annotations:
        connection.execute(_NONE_ANNOTATED)
        return
    connection.execute("SET VARIABLE annotations = $value", {"value": annotations})
    connection.execute("SET VARIABLE categories = $value", {"value": categories})
    connection.execute(_ANNOTATED)


def _merged(columns: Collection[EntityColumn]) -> str:
    """The query that joins what is said now to what was said before."""
    chosen = (
        f"CASE WHEN said.entity_id IS NULL THEN held.{column} ELSE said.{column} END AS {column}"
        if column in columns
        else f"held.{column}"
        for column in EntityColumn
    )
    return _MERGED.format(columns=", ".join(chosen))


def _table(entities: Sequence[Entity]) -> pa.Table:
    columns = {name: [getattr(entity, name) for entity in entities] for name in ENTITIES.names}
    return pa.table(columns, schema=ENTITIES)
