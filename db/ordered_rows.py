"""Reads a Parquet file from front to back, as far as a key has come, beside something else in that order."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

_ROWS_AT_ONCE = 32_768


def whole_numbers(column: pa.ChunkedArray) -> NDArray[np.int64]:
    """Give a column of int64 without nulls; pyarrow's own way of doing it would load pandas."""
    array = column.combine_chunks()
    values = array.buffers()[1] if len(array) else None
    if values is None:
        return np.empty(0, np.int64)
    return np.frombuffer(values, np.int64)[array.offset : array.offset + len(array)]


@dataclass(slots=True, kw_only=True)
class OrderedRows:
    """The rows of an open file, in ascending order of a key.

    Attributes:
        key: a column of whole numbers.
        waiting: rows that were read and not given yet.
    """

    key: str
    coming: Iterator[pa.RecordBatch]
    waiting: pa.Table
    is_at_end: bool = field(default=False)

    def before(self, stop: int) -> pa.Table:
        """Give the rows whose key is less than `stop` and that were not given before."""
        gathered = [self.waiting]
        while not self.is_at_end and (len(gathered[-1]) == 0 or gathered[-1][self.key][-1].as_py() < stop):
            batch = next(self.coming, None)
            self.is_at_end = batch is None
            if batch is not None:
                gathered.append(pa.Table.from_batches([batch]))
        table = pa.concat_tables(gathered)
        n = int(np.searchsorted(whole_numbers(table[self.key]), stop))
        self.waiting = table.slice(n)
        return table.slice(0, n)


@contextmanager
def open_ordered(file: Path, key: str, columns: Sequence[str]) -> Iterator[OrderedRows]:
    """Open a Parquet file whose rows ascend by a key, which is one of the columns to be read."""
    with pq.ParquetFile(file) as source:
        schema = pa.schema([source.schema_arrow.field(name) for name in columns])
        coming = (
            batch.select(columns)
            for batch in source.iter_batches(
                batch_size=_ROWS_AT_ONCE, columns=list(columns), use_threads=False
            )
        )
        yield OrderedRows(key=key, coming=coming, waiting=schema.empty_table())
