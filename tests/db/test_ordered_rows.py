"""Rows of a file in the order of a key: each is given once, as soon as the key has come so far."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import given, settings
from hypothesis import strategies as st

from db.ordered_rows import open_ordered, whole_numbers


@settings(deadline=None)
@given(
    st.lists(st.integers(0, 50), max_size=40), st.lists(st.integers(0, 60), max_size=12), st.integers(1, 7)
)
def test_every_row_is_given_once_and_in_time(tmp_path_factory, keys, stops, rows_at_once) -> None:
    file = tmp_path_factory.mktemp("rows") / "rows.parquet"
    keys = sorted(keys)
    table = pa.table({"key": pa.array(keys, pa.int64()), "other": pa.array(range(len(keys)), pa.int64())})
    pq.write_table(table, file, row_group_size=rows_at_once)
    given_before: list[int] = []
    with open_ordered(file, "key", ("key", "other")) as ordered:
        for stop in sorted(stops):
            given_before += whole_numbers(ordered.before(stop)["other"]).tolist()
            assert given_before == [place for place, key in enumerate(keys) if key < stop]


def test_a_long_file_is_read_batch_by_batch(tmp_path: Path) -> None:
    file = tmp_path / "rows.parquet"
    n = 100_000
    pq.write_table(pa.table({"key": pa.array(range(n), pa.int64())}), file)
    with open_ordered(file, "key", ("key",)) as ordered:
        assert ordered.before(10).num_rows == 10
        assert ordered.before(70_000).num_rows == 69_990
        assert ordered.before(70_000).num_rows == 0
        assert ordered.before(2 * n).num_rows == n - 70_000
        assert ordered.before(3 * n).num_rows == 0
