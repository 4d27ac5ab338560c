"""How many annotations every entity of a frame has in each split."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from db.population import query_engine

_COUNTS = """
WITH parts AS (
    SELECT coalesce(category_id, '') AS entity_id, split, count(*) AS n
    FROM read_parquet(getvariable('files'))
    WHERE len(getvariable('splits')) = 0 OR list_contains(getvariable('splits'), split)
    GROUP BY ALL
)
SELECT
    dense_rank() OVER (ORDER BY split) - 1 AS split,
    dense_rank() OVER (ORDER BY entity_id) - 1 AS entity,
    n
FROM parts
"""

_SPLITS = """
SELECT DISTINCT split FROM read_parquet(getvariable('files'))
WHERE len(getvariable('splits')) = 0 OR list_contains(getvariable('splits'), split)
ORDER BY split
"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FrameCounts:
    """The annotations of a frame by entity and split.

    Attributes:
        splits: by name.
        counts: N_eh, int64, one row per entity and one column per split.
    """

    splits: tuple[str, ...]
    counts: NDArray[np.int64]


def frame_counts(files: Sequence[str], splits: Sequence[str] = ()) -> FrameCounts:
    """Count the annotations of a frame, or of some splits of it, by entity and split."""
    with query_engine() as connection:
        connection.execute("SET VARIABLE files = $value", {"value": list(files)})
        connection.execute("SET VARIABLE splits = $value::VARCHAR[]", {"value": list(splits)})
        names = tuple(name for (name,) in connection.execute(_SPLITS).fetchall())
        columns = connection.execute(_COUNTS).fetchnumpy()
    entities, places = (np.asarray(columns[name], dtype=np.int64) for name in ("entity", "split"))
    counts = np.zeros((int(entities.max(initial=-1)) + 1, len(names)), dtype=np.int64)
    counts[entities, places] = np.asarray(columns["n"])
    return FrameCounts(splits=names, counts=counts)
