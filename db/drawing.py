"""Draws by ticket inside DuckDB: millions of annotations in, the smallest tickets of each stratum out.

The tickets are those of `sampling.design.selection`, to the byte: lower-case hex SHA-256, compared as text.

A frame can be taken in parts that share no entity. Phase 1 looks at each entity by itself, so the strata of
the parts add up to those of the frame, and its smallest tickets are among the smallest of each part.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from db.errors import ConflictError
from db.population import query_engine
from db.records import DifferingSizes

_MEMORY = "1GB"


class Phase1(StrEnum):
    """What a ticket of phase 2 buys, and how phase 1 makes it."""

    ENTITY = "entity"
    """An entity over all its splits; its smallest annotation ticket gives it its split."""
    ENTITY_WITHIN_SPLIT = "entity-within-split"
    """An entity in each split that it has annotations in."""
    ANNOTATION = "annotation"
    """One annotation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameStratum:
    """What one split of a frame holds: entities that phase 1 put there (M_h), annotations (N_h)."""

    split: str
    n_entities: int
    n_annotations: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnRow:
    """One thing that phase 2 may draw: an entity with its annotations of phase 1, or one annotation."""

    split: str
    entity_id: str
    annotation_ids: tuple[str, ...]
    n_annotations: int
    ticket: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SizedEntities:
    """The entities of one split as arrays of one length.

    Attributes:
        places: names each entity for `Draw.at`, int64.
        n_annotations: N_e, int64.
        first_bytes: of the entity's ticket, the first 8 as one number, uint64.
    """

    places: NDArray[np.int64]
    n_annotations: NDArray[np.int64]
    first_bytes: NDArray[np.uint64]


@dataclass(frozen=True, slots=True, kw_only=True)
class FramePart:
    """The entities of a frame that fall into one of several parts by the hash of their id.

    Attributes:
        number: from 0.
        divided_by: the version of DuckDB whose hash it is: another one may divide otherwise.
    """

    number: int
    n_parts: int
    divided_by: str

    def __str__(self) -> str:
        return f"part {self.number + 1} of {self.n_parts} of the entities"


def frame_parts(n_parts: int) -> list[FramePart]:
    """Give all the parts of a frame; every entity is in one of them.

    >>> [str(part) for part in frame_parts(2)]
    ['part 1 of 2 of the entities', 'part 2 of 2 of the entities']
    """
    return [
        FramePart(number=number, n_parts=n_parts, divided_by=duckdb.__version__) for number in range(n_parts)
    ]


_MACROS = """
CREATE MACRO annotation_ticket(id) AS
    sha256(concat('mask-audit/1', chr(10), 'annotation', chr(10), getvariable('seed'), chr(10), id));
CREATE MACRO entity_ticket(id) AS
    sha256(concat('mask-audit/1', chr(10), 'entity', chr(10), getvariable('seed'), chr(10), id));
CREATE VIEW rows AS
    SELECT annotation_id, coalesce(category_id, '') AS entity_id, split
    FROM read_parquet(getvariable('files'))
    WHERE len(getvariable('splits')) = 0 OR list_contains(getvariable('splits'), split);
"""

_WHOLE_FRAME = "CREATE VIEW frame AS FROM rows"

# Kept, as it is asked several times and most of the files belongs to other parts.
_PART_OF_FRAME = """
CREATE TEMP TABLE frame AS
FROM rows WHERE hash(entity_id) % getvariable('n_parts') = getvariable('part')
"""

# Most entities of a wiki split have one annotation, which needs no ticket to be picked: hashing the others
# alone saves a fifth of the time.
_ONE_PER_ENTITY = """
CREATE TEMP TABLE sizes AS
SELECT
    entity_id,
    any_value(split) AS split,
    [any_value(annotation_id)] AS annotation_ids,
    count(*) AS n_annotations
FROM frame GROUP BY entity_id;
CREATE TEMP TABLE things AS
SELECT * FROM sizes WHERE n_annotations = 1
UNION ALL
SELECT
    entity_id,
    arg_min(split, annotation_ticket(annotation_id)),
    [arg_min(annotation_id, annotation_ticket(annotation_id))],
    count(*)
FROM frame SEMI JOIN (SELECT entity_id FROM sizes WHERE n_annotations > 1) USING (entity_id)
GROUP BY entity_id;
DROP TABLE sizes;
"""

_SOME_PER_ENTITY = """
CREATE TEMP TABLE things AS
SELECT
    entity_id,
    arg_min(split, annotation_ticket(annotation_id)) AS split,
    arg_min(annotation_id, annotation_ticket(annotation_id), {per_entity}) AS annotation_ids,
    count(*) AS n_annotations
FROM frame GROUP BY entity_id
"""

_SOME_PER_ENTITY_AND_SPLIT = """
CREATE TEMP TABLE things AS
SELECT
    entity_id,
    split,
    arg_min(annotation_id, annotation_ticket(annotation_id), {per_entity}) AS annotation_ids,
    count(*) AS n_annotations
FROM frame GROUP BY entity_id, split
"""

_STRATA = """
SELECT split, coalesce(n_entities, 0), n_annotations
FROM (SELECT split, count(*) AS n_annotations FROM frame GROUP BY split)
LEFT JOIN (SELECT split, count(*) AS n_entities FROM things GROUP BY split) USING (split)
ORDER BY split
"""

_STRATA_OF_ANNOTATIONS = """
SELECT split, count(DISTINCT entity_id), count(*) FROM frame GROUP BY split ORDER BY split
"""

_SMALLEST_ENTITIES = """
SELECT entity_id, annotation_ids, n_annotations, entity_ticket(entity_id) AS ticket
FROM things WHERE split = $split ORDER BY ticket, entity_id LIMIT $n
"""

_SIZES = """
SELECT rowid AS place, n_annotations, ('0x' || entity_ticket(entity_id)[:16])::UBIGINT AS first_bytes
FROM things WHERE split = $split ORDER BY first_bytes, entity_id
"""

_EVERYTHING = """
SELECT annotation_ids[1] AS annotation_id, split, n_annotations,
       ('0x' || entity_ticket(entity_id)[:16])::UBIGINT AS first_bytes
FROM things ORDER BY split, first_bytes, entity_id
"""

_EVERY_ANNOTATION = """
WITH sizes AS (SELECT entity_id, count(*) AS n_annotations FROM frame GROUP BY entity_id)
SELECT annotation_id, split, n_annotations,
       ('0x' || annotation_ticket(annotation_id)[:16])::UBIGINT AS first_bytes
FROM frame JOIN sizes USING (entity_id) ORDER BY split, first_bytes, annotation_id
"""

_AT = """
SELECT rowid, entity_id, annotation_ids, n_annotations, entity_ticket(entity_id) AS ticket
FROM things WHERE rowid IN (SELECT unnest($places))
"""

# Sums of decimals do not depend on the order in which threads add them up.
_DIFFERING = """
SELECT split, sum(n_annotations)::BIGINT, sum((n_annotations / n_of_entity)::DECIMAL(38, 18))::DOUBLE
FROM things JOIN (
    SELECT category_id AS entity_id, count(*) AS n_of_entity
    FROM read_parquet($compared) WHERE outcome IN ('same', 'differs') GROUP BY category_id
) USING (entity_id)
GROUP BY split
"""

_SMALLEST_ANNOTATIONS = """
WITH smallest AS (
    SELECT entity_id, annotation_id, annotation_ticket(annotation_id) AS ticket
    FROM frame WHERE split = $split ORDER BY ticket, annotation_id LIMIT $n
),
sizes AS (
    SELECT entity_id, count(*) AS n_annotations
    FROM frame SEMI JOIN smallest USING (entity_id) GROUP BY entity_id
)
SELECT entity_id, [annotation_id], n_annotations, ticket
FROM smallest JOIN sizes USING (entity_id) ORDER BY ticket, annotation_id
"""


class Draw:
    """Phase 1 of one draw, done; asks for strata and for the smallest tickets of each."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, phase1: Phase1) -> None:
        self._connection = connection
        self._phase1 = phase1

    def strata(self) -> list[FrameStratum]:
        """Give what each split holds, by name."""
        of_annotations = self._phase1 is Phase1.ANNOTATION
        rows = self._connection.execute(_STRATA_OF_ANNOTATIONS if of_annotations else _STRATA).fetchall()
        return [
            FrameStratum(split=split, n_entities=n_entities, n_annotations=n_annotations)
            for split, n_entities, n_annotations in rows
        ]

    def differing(self, compared: str) -> dict[str, DifferingSizes]:
        """Sum up the entities of each split of a contrast, given the file of all that was compared."""
        rows = self._connection.execute(_DIFFERING, {"compared": compared}).fetchall()
        return {
            split: DifferingSizes(n_differing=n_differing, entity_parts=parts)
            for split, n_differing, parts in rows
        }

    def sizes(self, split: str) -> SizedEntities:
        """Give the size and the ticket of every entity of a split, in order of ticket."""
        columns = self._connection.execute(_SIZES, {"split": split}).fetchnumpy()
        return SizedEntities(
            places=np.asarray(columns["place"]),
            n_annotations=np.asarray(columns["n_annotations"]),
            first_bytes=np.asarray(columns["first_bytes"]),
        )

    def everything(self) -> pa.Table:
        """Give all that phase 2 may draw, one annotation each, by split and ticket.

        Columns: annotation_id, split, n_annotations (of its entity, int64), first_bytes (of its ticket, the
        first 8 as one number, uint64).
        """
        of_annotations = self._phase1 is Phase1.ANNOTATION
        return self._connection.sql(_EVERY_ANNOTATION if of_annotations else _EVERYTHING).to_arrow_table()

    def at(self, split: str, places: NDArray[np.int64]) -> dict[int, DrawnRow]:
        """Give the entities at places that `sizes` named, by place."""
        rows = self._connection.execute(_AT, {"places": places.tolist()}).fetchall()
        return {place: _drawn_row(split, tuple(row)) for place, *row in rows}

    def smallest(self, split: str, n: int) -> list[DrawnRow]:
        """Give the n things of a split with the smallest tickets in order, or all where it has fewer."""
        of_annotations = self._phase1 is Phase1.ANNOTATION
        rows = self._connection.execute(
            _SMALLEST_ANNOTATIONS if of_annotations else _SMALLEST_ENTITIES, {"split": split, "n": n}
        ).fetchall()
        return [_drawn_row(split, row) for row in rows]


def _drawn_row(split: str, row: tuple[Any, ...]) -> DrawnRow:
    entity_id, annotation_ids, n_annotations, ticket = row
    return DrawnRow(
        split=split,
        entity_id=entity_id,
        annotation_ids=tuple(annotation_ids),
        n_annotations=n_annotations,
        ticket=ticket,
    )


def count_rows(files: Sequence[str]) -> int:
    """Give the annotations of a frame's files, of any split."""
    with query_engine(memory=_MEMORY) as connection:
        [(n_rows,)] = connection.execute(
            "SELECT count(*) FROM read_parquet($files)", {"files": list(files)}
        ).fetchall()
    return int(n_rows)


@contextmanager
def open_draw(
    files: Sequence[str],
    phase1: Phase1,
    *,
    seed: int,
    splits: Sequence[str],
    per_entity: int,
    part: FramePart | None = None,
) -> Iterator[Draw]:
    """Run phase 1 over a frame.

    Args:
        files: the frame's annotation files.
        phase1: what phase 2 will draw.
        seed: of the tickets.
        splits: splits that the frame is restricted to; empty means all.
        per_entity: annotations with the smallest tickets that each entity keeps.
        part: of the frame, on one core; None is the whole frame, on all cores.

    Raises:
        ConflictError: annotations of the frame have no entity, or another version of DuckDB divided it.
        UnreachableError: the files are gone, or the disk is full.
    """
    with query_engine(memory=_MEMORY) as connection:
        connection.execute("SET VARIABLE files = $value", {"value": list(files)})
        connection.execute("SET VARIABLE splits = $value::VARCHAR[]", {"value": list(splits)})
        connection.execute("SET VARIABLE seed = $value", {"value": str(seed)})
        connection.execute(_MACROS)
        _take(connection, part)
        if phase1 is not Phase1.ANNOTATION:
            _refuse_without_entity(connection)
            connection.execute(_things(phase1, per_entity))
        yield Draw(connection, phase1)


def _take(connection: duckdb.DuckDBPyConnection, part: FramePart | None) -> None:
    """Make the frame, or a part of it, what the questions are asked of."""
    if part is None:
        connection.execute(_WHOLE_FRAME)
        return
    if part.divided_by != duckdb.__version__:
        raise ConflictError(
            f"the frame was divided by DuckDB {part.divided_by} and a worker has {duckdb.__version__}, which "
            "may divide it otherwise: install the same version everywhere"
        )
    connection.execute("SET threads = 1")
    connection.execute("SET VARIABLE n_parts = $value", {"value": part.n_parts})
    connection.execute("SET VARIABLE part = $value", {"value": part.number})
    connection.execute(_PART_OF_FRAME)


def _things(phase1: Phase1, per_entity: int) -> str:
    if phase1 is Phase1.ENTITY_WITHIN_SPLIT:
        return _SOME_PER_ENTITY_AND_SPLIT.format(per_entity=int(per_entity))
    if per_entity == 1:  # the same result as below, in half of the memory
        return _ONE_PER_ENTITY
    return _SOME_PER_ENTITY.format(per_entity=int(per_entity))


def _refuse_without_entity(connection: duckdb.DuckDBPyConnection) -> None:
    n, example = connection.execute(
        "SELECT count(*), min(annotation_id) FROM frame WHERE entity_id = ''"
    ).fetchall()[0]
    if n:
        raise ConflictError(
            f"{n} annotations of the frame have no entity (the first is {example!r}): "
            "ingest them with a --base that gives their categories, or draw with --unit annotation"
        )
