"""The masks of one setting with what is known of each: its entity and its features, in order of its files.

The features of a mask lie in several tables, by themselves and with those of other settings. They are joined
into one temporary file, 8 bytes a feature and mask, which is read in batches.
"""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from db.entities import view_entities
from db.features import FeatureTable, feature_files
from db.manifest import SettingRecord
from db.population import ANNOTATIONS_FILE, CATEGORIES_FILE, Population, query_engine

_MEMORY = "1GB"
_ROWS_AT_ONCE = 32_768

OF_EVERY_MASK = pa.schema(
    [
        pa.field("annotation_id", pa.string()),
        pa.field("mention_id", pa.string()),
        pa.field("source", pa.int32()),
        pa.field("row", pa.int64()),
        pa.field("element_index", pa.int64()),
        pa.field("split", pa.string()),
        pa.field("image_id", pa.string()),
        pa.field("entity_id", pa.string()),
        pa.field("entity_name", pa.string()),
        pa.field("entity_type", pa.string()),
        pa.field("category", pa.string()),
        pa.field("question", pa.string()),
    ]
)
"""What comes before the features; `source` counts the setting's files from 0, `row` those of a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureColumn:
    """A feature to be joined.

    Attributes:
        name: that it gets.
        table: that has it.
        column: its name there; of pairs where the setting is the first of the two.
        swapped: of pairs, its name where the setting is the second.
        other: of pairs, the other setting; None is the lowest over all others but those that are filtered
            from another, and the one that this is filtered from.
    """

    name: str
    table: FeatureTable
    column: str
    swapped: str | None = None
    other: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredMasks:
    """The masks of a setting, in a file that is there as long as it is open.

    Attributes:
        n_masks: in all.
    """

    file: Path
    n_masks: int

    def batches(self, n_masks: int = _ROWS_AT_ONCE) -> Iterator[pa.Table]:
        """Give the masks, at most so many at a time: `OF_EVERY_MASK`, then the features asked for."""
        with pq.ParquetFile(self.file) as file:
            for batch in file.iter_batches(batch_size=n_masks):
                yield pa.Table.from_batches([batch])

    def table(self) -> pa.Table:
        """Give all of them."""
        return pq.read_table(self.file)


@contextmanager
def open_measured(
    population: Population,
    setting: SettingRecord,
    columns: Sequence[FeatureColumn],
    *,
    only: Sequence[str] | None = None,
) -> Iterator[MeasuredMasks]:
    """Join what is known of the masks of a setting; a feature that is not there is null.

    Args:
        population: holds them; whether it was measured is not looked at.
        setting: whose masks.
        columns: the features, each name once.
        only: annotation ids to which the masks are restricted; None is all.

    Raises:
        UnreachableError: the disk is full, or files of the population are gone.
    """
    with tempfile.TemporaryDirectory(prefix="mask-audit-") as folder:
        file = Path(folder) / "measured.parquet"
        with query_engine(memory=_MEMORY) as connection:
            _view_masks(connection, population, setting, only)
            view_entities(connection, population.folder)
            _view_features(connection, population, setting, columns)
            connection.sql(_query(columns)).write_parquet(str(file), compression="zstd")
        yield MeasuredMasks(file=file, n_masks=pq.read_metadata(file).num_rows)


_MASKS = """
SELECT annotation_id, mention_id, {source}::INTEGER AS source, row, element_index, split, image_id,
       category_id AS entity_id, nullif(trim(listed.name), '') AS listed_name, supercategory, question
FROM (
    SELECT *, file_row_number AS row
    FROM read_parquet(getvariable('annotations_{source}'), file_row_number = true)
    {chosen}
) LEFT JOIN read_parquet(getvariable('categories_{source}')) AS listed USING (category_id)
"""

_ALL = """
SELECT annotation_id, masks.mention_id, masks.source, row, element_index, split, image_id, entity_id,
       coalesce(listed_name, entities.name) AS entity_name, entities.type AS entity_type,
       coalesce(entities.category, supercategory) AS category, question{features}
FROM masks LEFT JOIN entities USING (entity_id){joins}
ORDER BY masks.source, row
"""

_SEEN_FROM = """
CREATE VIEW pairs AS
SELECT mention_id, setting_b AS other, {columns}
FROM read_parquet(getvariable('pair-features')) WHERE setting_a = getvariable('setting')
UNION ALL
SELECT mention_id, setting_a AS other, {swapped}
FROM read_parquet(getvariable('pair-features')) WHERE setting_b = getvariable('setting')
"""


def _view_masks(
    connection: duckdb.DuckDBPyConnection,
    population: Population,
    setting: SettingRecord,
    only: Sequence[str] | None,
) -> None:
    chosen = ""
    if only is not None:
        connection.execute("SET VARIABLE chosen_ids = $ids::VARCHAR[]", {"ids": list(only)})
        chosen = "WHERE annotation_id IN (SELECT unnest(getvariable('chosen_ids')))"
    connection.execute("SET VARIABLE setting = $name", {"name": setting.setting})
    for number, source in enumerate(setting.sources):
        place = population.folder / source.folder
        for name, file in (("annotations", ANNOTATIONS_FILE), ("categories", CATEGORIES_FILE)):
            connection.execute(f"SET VARIABLE {name}_{number} = $path", {"path": str(place / file)})
    selects = [_MASKS.format(source=number, chosen=chosen) for number in range(len(setting.sources))]
    connection.execute(f"CREATE VIEW masks AS {' UNION ALL '.join(selects)}")


def _view_features(
    connection: duckdb.DuckDBPyConnection,
    population: Population,
    setting: SettingRecord,
    columns: Sequence[FeatureColumn],
) -> None:
    manifest = population.manifest()
    every = [source for each in manifest.settings for source in each.sources]
    origins = manifest.origins()
    independent = {each.setting for each in manifest.settings} - {*origins, origins.get(setting.setting)}
    connection.execute("SET VARIABLE independent = $names", {"names": sorted(independent)})
    for table, sources in (
        (FeatureTable.MASKS, setting.sources),
        (FeatureTable.SETTINGS, every),
        (FeatureTable.PAIRS, every),
    ):
        of_table = [column for column in columns if column.table is table]
        files = feature_files(population, sources, table)
        if not of_table:
            continue
        if not files:
            connection.execute(_without_files(table, of_table))
            continue
        connection.execute(f'SET VARIABLE "{table}" = $files', {"files": files})
        for statement in _with_files(table, of_table):
            connection.execute(statement)


def _without_files(table: FeatureTable, columns: Sequence[FeatureColumn]) -> str:
    nothing = "".join(f", {_quoted(column.name)} DOUBLE" for column in columns)
    return f"CREATE TEMP TABLE {_quoted(table)} (mention_id VARCHAR{nothing})"


def _with_files(table: FeatureTable, columns: Sequence[FeatureColumn]) -> list[str]:
    if table is FeatureTable.PAIRS:
        return [*_seen_from_setting(columns), *_by_other(columns)]
    named = ", ".join(f"{_quoted(column.column)} AS {_quoted(column.name)}" for column in columns)
    of_setting = " WHERE setting = getvariable('setting')" if table is FeatureTable.SETTINGS else ""
    return [
        f"CREATE VIEW {_quoted(table)} AS SELECT mention_id, {named} "  # noqa: S608 - names are quoted
        f"FROM read_parquet(getvariable('{table}')){of_setting}"
    ]


def _seen_from_setting(columns: Sequence[FeatureColumn]) -> list[str]:
    seen = {(column.column, column.swapped or column.column) for column in columns}
    return [
        _SEEN_FROM.format(
            columns=", ".join(f"{first} AS {_seen(first)}" for first, _ in sorted(seen)),
            swapped=", ".join(f"{second} AS {_seen(first)}" for first, second in sorted(seen)),
        )
    ]


def _by_other(columns: Sequence[FeatureColumn]) -> list[str]:
    statements = []
    chosen = []
    for number, column in enumerate(columns):
        where = " FILTER (list_contains(getvariable('independent'), other))"
        if column.other is not None:
            statements.append(f"SET VARIABLE other_{number} = {_text(column.other)}")
            where = f" FILTER (other = getvariable('other_{number}'))"
        chosen.append(f"min({_seen(column.column)}){where} AS {_quoted(column.name)}")
    grouped = f"SELECT mention_id, {', '.join(chosen)} FROM pairs GROUP BY mention_id"  # noqa: S608 - quoted
    return [*statements, f"CREATE VIEW {_quoted(FeatureTable.PAIRS)} AS {grouped}"]


def _query(columns: Sequence[FeatureColumn]) -> str:
    tables = dict.fromkeys(column.table for column in columns)
    return _ALL.format(
        features="".join(f", {_quoted(column.table)}.{_quoted(column.name)}" for column in columns),
        joins="".join(
            f"\nLEFT JOIN {_quoted(table)} ON {_quoted(table)}.mention_id = masks.mention_id"
            for table in tables
        ),
    )


def _seen(column: str) -> str:
    """The name of a column of pairs as seen from the setting; `a_in_b` would be taken for the table's own."""
    return f"seen_{column}"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
