"""Rows are read by number, from whichever row groups they are in."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.rows import read_rows

N_ROWS = 23


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("rows") / "some.parquet"
    numbers = list(range(N_ROWS))
    parts = pa.array([[b"x" * number] for number in numbers], pa.list_(pa.binary()))
    pq.write_table(pa.table({"number": numbers, "parts": parts}), path, row_group_size=5)
    return path


@given(rows=st.sets(st.integers(0, N_ROWS - 1)).map(sorted))
def test_the_rows_that_are_asked_for_come_in_their_order(file: Path, rows: list[int]) -> None:
    found = read_rows(file, np.array(rows, np.int64), ["parts", "number"])
    assert found.column_names == ["parts", "number"]
    assert found["number"].to_pylist() == rows
    assert found["parts"].to_pylist() == [[b"x" * row] for row in rows]


def test_a_row_that_the_file_does_not_have_is_named(file: Path) -> None:
    with pytest.raises(OSError, match=r"some\.parquet has 23 rows, and row 23 is needed"):
        read_rows(file, np.array([1, 23]), ["number"])
