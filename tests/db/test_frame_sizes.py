"""The counts of a frame are those of its rows, whatever the files they lie in."""

from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.frame_sizes import frame_counts
from sampling.design.phase_one import SizeMeasure, expected_strata

SPLITS = ("entity", "query", "wiki")
ROWS = st.lists(
    st.tuples(st.sampled_from(["Q1", "Q2", "Q10", "鴉", "", None]), st.sampled_from(SPLITS)),
    min_size=1,
    max_size=40,
)


def write(folder: Path, rows: list[tuple[str | None, str]], n_shards: int = 1) -> list[str]:
    files = []
    for shard in range(n_shards):
        mine = rows[shard::n_shards]
        table = pa.table(
            {
                "category_id": pa.array([entity_id for entity_id, _ in mine], pa.string()),
                "split": pa.array([split for _, split in mine], pa.string()),
            }
        )
        files.append(str(folder / f"{shard}.parquet"))
        pq.write_table(table, files[-1])
    return files


@pytest.mark.slow
@given(rows=ROWS, splits=st.sets(st.sampled_from(SPLITS)), n_shards=st.integers(1, 3))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_entity_has_its_annotations_of_every_split(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[str | None, str]],
    splits: set[str],
    n_shards: int,
) -> None:
    files = write(tmp_path_factory.mktemp("frame"), rows, n_shards)

    found = frame_counts(files, sorted(splits))

    kept = [(entity_id or "", split) for entity_id, split in rows if not splits or split in splits]
    names = sorted({split for _, split in kept})
    counted = Counter(kept)
    by_entity = [
        [counted[entity_id, split] for split in names] for entity_id in sorted({each for each, _ in kept})
    ]
    assert found.splits == tuple(names)
    assert sorted(found.counts.tolist()) == sorted(by_entity)
    assert found.counts.dtype == np.int64


def test_a_frame_without_the_split_is_empty(tmp_path: Path) -> None:
    found = frame_counts(write(tmp_path, [("Q1", "entity")]), ["wiki"])

    assert found.splits == ()
    assert found.counts.shape == (0, 0)


def test_phase_1_is_planned_from_the_counts_alone(tmp_path: Path) -> None:
    rows = [("Q1", "entity")] * 3 + [("Q1", "wiki"), ("Q2", "wiki"), ("Q3", "entity")]
    found = frame_counts(write(tmp_path, rows))

    strata = expected_strata(found.counts, SizeMeasure.NONE)

    assert found.splits == ("entity", "wiki")
    assert strata.entities.tolist() == [1.75, 1.25]
    assert strata.annotations.tolist() == [4, 2]
