"""The population changes in one step or not at all."""

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from db.errors import ConflictError, NotFoundError, UnreachableError
from db.manifest import (
    FILE_NAME,
    ProblemRecord,
    SettingRecord,
    SourceRecord,
    fingerprint,
    frame_files,
    load_manifest,
)
from db.population import ANNOTATIONS_FILE, ROW_GROUP_BYTES, ParquetFile, Population, Staging, rewrite

SCHEMA = pa.schema([("annotation_id", pa.string()), ("element_index", pa.int64())])


def rows(*ids: str) -> pa.Table:
    return pa.table({"annotation_id": list(ids), "element_index": range(len(ids))}, schema=SCHEMA)


def a_source(file: str = "a.json", **changes: object) -> SourceRecord:
    source = SourceRecord(
        file=file,
        path=f"/data/{file}",
        fingerprint=file.ljust(64, "0"),
        n_bytes=10,
        split=None,
        images_root=None,
        base=None,
        base_fingerprint=None,
        id_key=None,
        matched=None,
        folder="",
        n_annotations=3,
        n_written=2,
        n_normalised=1,
        n_skipped=1,
        dialects={"polygons": 3},
        problems=(ProblemRecord(kind="empty_mask", n=1, example_ids=("7",)),),
    )
    return replace(source, **changes)


def stage(staging: Staging, *ids: str) -> Path:
    folder = staging.new_folder()
    with ParquetFile(folder / ANNOTATIONS_FILE, SCHEMA) as file:
        file.write(rows(*ids))
    return folder


def ingest(population: Population, setting: SettingRecord, source: SourceRecord, *ids: str) -> None:
    with population.staging() as staging:
        staging.commit(setting, [(stage(staging, *ids), source)])


def ids_of(population: Population, setting: str) -> list[str]:
    files = population.files(population.manifest().get(setting), ANNOTATIONS_FILE)
    return [each for file in files for each in pq.read_table(file)["annotation_id"].to_pylist()]


def test_what_was_committed_comes_back(tmp_path: Path) -> None:
    population = Population(tmp_path / "population")
    ingest(population, SettingRecord(setting="A", reference="r", model="m"), a_source(), "1", "2")
    record = population.manifest().get("A")
    assert (record.reference, record.model, record.n_annotations) == ("r", "m", 2)
    assert replace(record.sources[0], folder="") == a_source()
    assert ids_of(population, "A") == ["1", "2"]


def test_an_interrupted_writer_leaves_what_was_there_and_its_leftovers_are_swept(tmp_path: Path) -> None:
    population = Population(tmp_path / "population")
    ingest(population, SettingRecord(setting="A"), a_source(), "1")
    before = (population.folder / FILE_NAME).read_bytes()
    with pytest.raises(KeyboardInterrupt), population.staging() as staging:
        stage(staging, "2")
        raise KeyboardInterrupt
    (population.folder / "a-folder-of-a-killed-writer").mkdir()
    assert (population.folder / FILE_NAME).read_bytes() == before
    ingest(population, SettingRecord(setting="B"), a_source("b.json"), "3")
    folders = {path.name for path in population.folder.iterdir() if path.is_dir()}
    assert folders == {source.folder for each in population.manifest().settings for source in each.sources}
    assert ids_of(population, "A") == ["1"]


def test_two_writers_at_once_are_told_apart(tmp_path: Path) -> None:
    population = Population(tmp_path / "population")
    with (
        population.staging(),
        pytest.raises(ConflictError, match="another command is writing"),
        Population(population.folder).staging(),
    ):
        pass


def test_replaced_files_stay_while_somebody_holds_them_and_are_swept_afterwards(tmp_path: Path) -> None:
    population = Population(tmp_path)
    ingest(population, SettingRecord(setting="A"), a_source(), "1")
    [before] = population.files(population.manifest().get("A"), ANNOTATIONS_FILE)
    with population.held(), population.held():
        ingest(population, SettingRecord(setting="A"), a_source(), "2")
        with population.staging():
            pass
        assert Path(before).is_file()
    with population.staging():
        pass
    assert not Path(before).exists()
    assert ids_of(population, "A") == ["2"]


def test_settings_stay_in_order_of_first_ingestion(tmp_path: Path) -> None:
    population = Population(tmp_path / "population")
    for name in ("B", "A"):
        ingest(population, SettingRecord(setting=name), a_source(f"{name}.json"), name)
    ingest(population, population.manifest().get("B"), a_source("more.json"), "more")
    assert [each.setting for each in population.manifest().settings] == ["B", "A"]
    assert ids_of(population, "B") == ["B", "more"]


def test_an_unknown_setting_is_named_with_those_there_are(tmp_path: Path) -> None:
    population = Population(tmp_path / "population")
    with pytest.raises(NotFoundError, match="'A'.*none yet"):
        population.manifest().get("A")


def test_a_damaged_manifest_is_named(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text("{")
    with pytest.raises(ConflictError, match=FILE_NAME):
        load_manifest(tmp_path)


def test_the_frame_s_fingerprint_ignores_order_and_names_but_not_content() -> None:
    first, second = a_source("a.json"), a_source("b.json")
    one = SettingRecord(setting="A", sources=(first, second))
    other = SettingRecord(setting="B", sources=(second, replace(first, file="renamed.json")))
    changed = SettingRecord(setting="A", sources=(first, replace(second, split="wiki")))
    assert fingerprint(frame_files(one)) == fingerprint(frame_files(other))
    assert fingerprint(frame_files(one)) != fingerprint(frame_files(changed))


def test_rewriting_changes_what_it_is_told_and_keeps_the_order(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    with ParquetFile(path, SCHEMA) as file:
        for ids in (("1", "2"), ("3",), (), ("4",)):
            file.write(rows(*ids))
    rewrite(path, lambda table: table.filter(pc.not_equal(table["annotation_id"], "3")))
    assert pq.read_table(path)["annotation_id"].to_pylist() == ["1", "2", "4"]


def test_tables_are_gathered_into_row_groups_of_one_size(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    table = rows(*(f"{number:0100}" for number in range(20_000)))
    with ParquetFile(path, SCHEMA) as file:
        for _ in range(20):
            file.write(table)
    written = pq.ParquetFile(path).metadata
    n_groups = -(-20 // -(-ROW_GROUP_BYTES // table.nbytes))
    assert (written.num_row_groups, written.num_rows) == (n_groups, 400_000)
    assert 1 < n_groups < 20


def test_an_error_while_writing_is_not_lost(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="schema"), ParquetFile(tmp_path / "rows.parquet", SCHEMA) as file:
        file.write(pa.table({"other": [1]}))


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    (tmp_path / ".lock").mkdir()  # stands for a read-only disk, on which root cannot write either
    with (
        pytest.raises(UnreachableError, match="cannot be written to .*or take a copy of the workspace"),
        Population(tmp_path).staging(),
    ):
        pass
