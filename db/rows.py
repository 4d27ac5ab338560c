"""Reads chosen rows of a population's file, with no more than one row group in memory besides them."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray


def read_rows(file: Path, rows: NDArray[np.int64], columns: Sequence[str]) -> pa.Table:
    """Give rows of a Parquet file.

    Args:
        file: of a source; it does not change as long as it is there.
        rows: their numbers, ascending, int64.
        columns: to read.

    Raises:
        OSError, ArrowException: the file is gone or damaged, or has fewer rows.
    """
    metadata, starts = _layout(file)
    if len(rows) and rows[-1] >= starts[-1]:
        raise OSError(f"{file} has {starts[-1]} rows, and row {rows[-1]} is needed")
    groups = np.searchsorted(starts, rows, side="right") - 1
    tables = []
    with pq.ParquetFile(file, metadata=metadata) as source:
        for group in np.unique(groups).tolist():
            within = rows[groups == group] - starts[group]
            whole = source.read_row_group(group, columns=list(columns), use_threads=False)
            tables.append(whole.take(pa.array(within, pa.int64())))
        schema = source.schema_arrow
    wanted = pa.schema([schema.field(name) for name in columns])
    return pa.concat_tables(tables).select(columns) if tables else wanted.empty_table()


@lru_cache(maxsize=64)
def _layout(file: Path) -> tuple[pq.FileMetaData, NDArray[np.int64]]:
    """A file's metadata, which takes longer to read than a row group, and where its groups begin and end."""
    metadata = pq.read_metadata(file)
    sizes = [metadata.row_group(group).num_rows for group in range(metadata.num_row_groups)]
    return metadata, np.cumsum([0, *sizes], dtype=np.int64)
