"""Every mention that several settings have is met once, whole, in the order of the first file that has it."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.errors import UnreachableError
from db.manifest import SourceRecord
from db.places import open_places
from db.population import ANNOTATIONS_FILE, Population
from tests.db.settings_of_masks import a_source

SOURCES = st.lists(st.lists(st.integers(0, 30).map(str), unique=True, max_size=25), min_size=1, max_size=4)


def put_sources(population: Population, sources: Sequence[Sequence[str]]) -> list[SourceRecord]:
    records = []
    for number, mention_ids in enumerate(sources):
        record = replace(a_source(f"{number}.json"), folder=f"source{number}")
        folder = population.folder / record.folder
        folder.mkdir(parents=True)
        table = pa.table({"mention_id": pa.array(mention_ids, pa.string())})
        pq.write_table(table, folder / ANNOTATIONS_FILE, row_group_size=4)
        records.append(record)
    return records


@pytest.mark.slow
@given(sources=SOURCES, n_mentions=st.integers(1, 7))
def test_the_stretches_hold_every_shared_mention_once_and_whole(
    sources: list[list[str]], n_mentions: int
) -> None:
    with TemporaryDirectory() as folder:
        population = Population(Path(folder))
        with open_places(population, put_sources(population, sources)) as places:
            stretches = list(places.stretches(n_mentions))
    shared = {
        mention: [number for number, each in enumerate(sources) if mention in each]
        for mention in sorted({mention for each in sources for mention in each})
    }
    shared = {mention: numbers for mention, numbers in shared.items() if len(numbers) > 1}
    led = [[each for each in source if shared.get(each, [-1])[0] == n] for n, source in enumerate(sources)]
    expected = [
        (number, mentions[first : first + n_mentions])
        for number, mentions in enumerate(led)
        for first in range(0, len(mentions), n_mentions)
    ]
    found = [
        (stretch.lead, [sources[stretch.lead][row] for row in stretch.rows()[stretch.lead]])
        for stretch in stretches
    ]
    assert found == expected
    for stretch, (_, mentions) in zip(stretches, expected, strict=True):
        in_files = sorted(
            (sources[number][row], number) for number, rows in stretch.rows().items() for row in rows
        )
        assert in_files == sorted((mention, number) for mention in mentions for number in shared[mention])
        assert all(np.all(np.diff(rows) > 0) for rows in stretch.rows().values())
    assert places.n_masks == sum(map(len, shared.values()))


def test_stretches_go_on_over_what_is_read_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("db.places._ROWS_AT_ONCE", 7)
    population = Population(tmp_path)
    ids = [f"m{number}" for number in range(100)]
    with open_places(population, put_sources(population, [ids, ids[::-1], ids[10:20]])) as places:
        stretches = list(places.stretches(8))
    assert [len(stretch.rows()[0]) for stretch in stretches] == [8] * 12 + [4]
    assert np.concatenate([stretch.rows()[0] for stretch in stretches]).tolist() == list(range(100))
    assert sum(len(stretch.places) for stretch in stretches) == 210


def test_a_file_that_is_gone_is_told(tmp_path: Path) -> None:
    population = Population(tmp_path)
    records = put_sources(population, [["a"], ["a"]])
    (tmp_path / "source1" / ANNOTATIONS_FILE).unlink()
    with (
        pytest.raises(UnreachableError, match="population cannot be queried"),
        open_places(population, records),
    ):
        pass
