"""What only shows when a file's annotations, images and categories are joined: found, and named by id."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from db.population import ANNOTATIONS_FILE, CATEGORIES_FILE, IMAGES_FILE, query_engine, rewrite

N_EXAMPLES = 5
_MEMORY = "60MB"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One kind of thing found: how often, and the first few ids in the order of the file."""

    kind: str
    n: int
    example_ids: tuple[str, ...]


# Each query gives the ids it finds and their order in the file. A hash of the id is grouped first: it takes
# 8 bytes where an id takes 30, and only ids whose hash repeats are looked at again.
_QUERIES = {
    "duplicate_annotation_id": """
        WITH hashes AS (
            SELECT hash(annotation_id) AS h FROM annotations GROUP BY h HAVING count(*) > 1
        ),
        suspects AS (
            SELECT annotation_id AS id, element_index AS place FROM annotations
            SEMI JOIN hashes ON hash(annotation_id) = hashes.h
        )
        SELECT id, place FROM suspects
        QUALIFY row_number() OVER (PARTITION BY id ORDER BY place) > 1
    """,
    "unknown_image": """
        SELECT annotation_id AS id, element_index AS place FROM annotations
        ANTI JOIN images USING (image_id) WHERE image_id IS NOT NULL
    """,
    "unknown_category": """
        SELECT annotation_id AS id, element_index AS place FROM annotations
        ANTI JOIN categories USING (category_id) WHERE category_id IS NOT NULL
    """,
    "size_differs_from_image": """
        SELECT annotation_id AS id, element_index AS place
        FROM annotations JOIN (SELECT DISTINCT ON (image_id) * FROM images) AS images USING (image_id)
        WHERE annotations.height IS NOT NULL AND images.height IS NOT NULL AND images.width IS NOT NULL
          AND (annotations.height, annotations.width) <> (images.height, images.width)
          AND (annotations.height, annotations.width) <> (images.width, images.height)
    """,
    "duplicate_image_id": """
        SELECT image_id AS id, file_row_number AS place FROM images
        QUALIFY row_number() OVER (PARTITION BY image_id, file_name, height, width ORDER BY place) > 1
    """,
    "conflicting_image_id": """
        SELECT image_id AS id, min(file_row_number) AS place FROM images GROUP BY image_id
        HAVING count(DISTINCT (file_name, height, width)) > 1
    """,
    "duplicate_category_id": """
        SELECT category_id AS id, file_row_number AS place FROM categories
        QUALIFY row_number() OVER (PARTITION BY category_id ORDER BY place) > 1
    """,
}


def find_by_joining(folder: Path) -> list[Finding]:
    """Give what is wrong between the Parquet files of one source; clean kinds are left out."""
    with query_engine(memory=_MEMORY) as connection:
        _view(connection, folder)
        findings = []
        for kind, query in _QUERIES.items():
            finding = _finding(connection, kind, query)
            if finding.n:
                findings.append(finding)
        return findings


def find_null(folder: Path, column: str) -> Finding:
    """Give the annotations of a source that have nothing in a column."""
    query = f"SELECT annotation_id AS id, element_index AS place FROM annotations WHERE {column} IS NULL"  # noqa: S608
    with query_engine(memory=_MEMORY) as connection:
        _view(connection, folder)
        return _finding(connection, column, query)


def count_common(files: Sequence[str], others: Sequence[str]) -> int:
    """Give how many mentions of some annotation files are mentions of other ones too."""
    with query_engine(memory=_MEMORY) as connection:
        [(n,)] = connection.execute(
            """
            SELECT count(*) FROM read_parquet($files)
            SEMI JOIN (SELECT mention_id FROM read_parquet($others)) USING (mention_id)
            """,
            {"files": list(files), "others": list(others)},
        ).fetchall()
    return int(n)


def drop_duplicates(folder: Path) -> None:
    """Keep the first row of every annotation, image and category id of a source that repeats some."""
    with query_engine(memory=_MEMORY) as connection:
        _view(connection, folder)
        places = connection.execute(
            f"SELECT place FROM ({_QUERIES['duplicate_annotation_id']})"  # noqa: S608
        ).fetchall()
    if places:
        unwanted = pa.array([place for (place,) in places], pa.int64())
        rewrite(
            folder / ANNOTATIONS_FILE,
            lambda table: table.filter(pc.invert(pc.is_in(table["element_index"], value_set=unwanted))),
        )
    _keep_first(folder / IMAGES_FILE, "image_id")
    _keep_first(folder / CATEGORIES_FILE, "category_id")


def fill_from_links(folder: Path, links: Path) -> None:
    """Give annotations that name no image or category those that `links` gives for their ids."""
    with query_engine(memory=_MEMORY) as connection:

        def filled(table: pa.Table) -> pa.Table:
            ids = pa.table({"annotation_id": table["annotation_id"], "place": np.arange(table.num_rows)})
            connection.register("ids", ids)
            found = connection.sql(
                """
                SELECT any_value(links.image_id) AS image_id, any_value(links.category_id) AS category_id
                FROM ids LEFT JOIN read_parquet($links) AS links USING (annotation_id)
                GROUP BY place ORDER BY place
                """,
                params={"links": str(links)},
            ).to_arrow_table()
            for name in ("image_id", "category_id"):
                column = pc.coalesce(table[name], found[name])
                table = table.set_column(table.schema.get_field_index(name), table.schema.field(name), column)
            return table

        rewrite(folder / ANNOTATIONS_FILE, filled)


def find_shared_ids(files: Sequence[str]) -> Finding | None:
    """Give the annotation ids that stand more than once in these annotation files, or None."""
    with query_engine(memory=_MEMORY) as connection:
        connection.execute("SET VARIABLE files = $value", {"value": list(files)})
        n, examples = connection.execute(
            f"""
            WITH hashes AS (
                SELECT hash(annotation_id) AS h FROM read_parquet(getvariable('files'))
                GROUP BY h HAVING count(*) > 1
            ),
            shared AS (
                SELECT annotation_id AS id FROM read_parquet(getvariable('files'))
                SEMI JOIN hashes ON hash(annotation_id) = hashes.h
                GROUP BY annotation_id HAVING count(*) > 1
            )
            SELECT count(*), arg_min(id, id, {N_EXAMPLES}) FROM shared
            """  # noqa: S608
        ).fetchall()[0]
    return Finding(kind="duplicate_annotation_id", n=n, example_ids=tuple(examples)) if n else None


def _finding(connection: duckdb.DuckDBPyConnection, kind: str, query: str) -> Finding:
    n, examples = connection.execute(
        f"SELECT count(*), arg_min(id, place, {N_EXAMPLES}) FROM ({query})"  # noqa: S608
    ).fetchall()[0]
    return Finding(kind=kind, n=n, example_ids=tuple(examples or ()))


def _view(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    for name, file in (
        ("annotations", ANNOTATIONS_FILE),
        ("images", IMAGES_FILE),
        ("categories", CATEGORIES_FILE),
    ):
        connection.execute(f"SET VARIABLE {name} = $path", {"path": str(folder / file)})
        connection.execute(
            f"CREATE VIEW {name} AS SELECT * FROM read_parquet(getvariable('{name}'), file_row_number=true)"  # noqa: S608
        )


def _keep_first(path: Path, key: str) -> None:
    seen: set[str] = set()
    with query_engine(memory=_MEMORY) as connection:
        repeated = connection.execute(
            f"SELECT {key} FROM read_parquet($path) GROUP BY {key} HAVING count(*) > 1",  # noqa: S608
            {"path": str(path)},
        ).fetchall()
    if not repeated:
        return
    doubtful = {each for (each,) in repeated}

    def first_only(table: pa.Table) -> pa.Table:
        keep = []
        for value in table[key].to_pylist():
            keep.append(value not in seen)
            if value in doubtful:
                seen.add(value)
        return table.filter(pa.array(keep))

    rewrite(path, first_only)
