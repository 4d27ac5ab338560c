"""Which mentions the masks of a filtered setting show: those that the whole setting has under their ids."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from db.ordered_rows import OrderedRows, open_ordered, whole_numbers
from db.population import query_engine, rewrite

_MEMORY = "250MB"

_OTHER_MENTIONS = """
SELECT element_index, whole.mention_id
FROM read_parquet(getvariable('file')) AS part
JOIN (SELECT annotation_id, mention_id FROM read_parquet(getvariable('whole_files'))) AS whole
USING (annotation_id)
WHERE NOT part.id_is_made_up AND part.mention_id <> whole.mention_id
ORDER BY element_index
"""


def take_mentions(file: Path, whole_files: Sequence[str]) -> None:
    """Write annotations anew, each of the mention that another setting has under its id, if it has one.

    An id that was made up is no reason to be the same mention.

    Args:
        file: the annotations of a source, in the order of their elements.
        whole_files: the annotations of the other setting, whose ids are unique.
    """
    listed = file.with_name("other-mentions.parquet")
    with query_engine(memory=_MEMORY) as connection:
        connection.execute("SET VARIABLE file = $path", {"path": str(file)})
        connection.execute("SET VARIABLE whole_files = $paths", {"paths": list(whole_files)})
        connection.sql(_OTHER_MENTIONS).write_parquet(str(listed))
    with open_ordered(listed, "element_index", ("element_index", "mention_id")) as others:
        rewrite(file, lambda table: _with_mentions(table, others))
    listed.unlink()


def _with_mentions(table: pa.Table, others: OrderedRows) -> pa.Table:
    elements = whole_numbers(table["element_index"])
    found = others.before(int(elements[-1]) + 1)
    if not found.num_rows:
        return table
    mentions = table["mention_id"].to_pylist()
    places = np.searchsorted(elements, whole_numbers(found["element_index"])).tolist()
    for element, mention in zip(places, found["mention_id"].to_pylist(), strict=True):
        mentions[element] = mention
    place = table.schema.get_field_index("mention_id")
    return table.set_column(place, table.schema.field(place), pa.array(mentions, pa.string()))
