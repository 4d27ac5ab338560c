"""What is known of the masks of a setting is joined to them, in their own order and seen from their side."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from audit.errors import InputError
from audit.features.references import parse_reference
from audit.jobs.ingest import IngestRequest, run_ingest
from audit.jobs.measured import open_measured_masks
from audit.jobs.progress import SILENT
from db.entities import Entity, EntityColumn, put_entities
from db.features import FeatureTable, feature_files
from db.measured import OF_EVERY_MASK
from db.population import ANNOTATIONS_FILE, Population
from tests.audit.jobs.measuring import ingest, measured, three_settings
from tests.datasets import a_dataset, an_annotation, rectangle, write_json


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Population:
    population = three_settings(tmp_path_factory.mktemp("measured"))
    ingest(population, 'it\'s "D":x', [an_annotation(each, rectangle(each, 5, 9, 9)) for each in range(9)])
    measured(population)
    return population


def rows_of(
    population: Population, setting: str, *features: str, only: Sequence[str] | None = None
) -> list[dict[str, Any]]:
    references = [parse_reference(each) for each in features]
    record = population.manifest().get(setting)
    with open_measured_masks(population, record, references, only=only) as masks:
        found = masks.table()
        assert found.num_rows == masks.n_masks
    assert found.column_names == [*OF_EVERY_MASK.names, *features]
    rows: list[dict[str, Any]] = found.to_pylist()
    return rows


def test_masks_come_in_the_order_of_their_files(whole: Population) -> None:
    for setting in whole.manifest().settings:
        expected = [
            (number, row, annotation_id)
            for number, source in enumerate(setting.sources)
            for row, annotation_id in enumerate(
                pq.read_table(whole.folder / source.folder / ANNOTATIONS_FILE)["annotation_id"].to_pylist()
            )
        ]
        found = rows_of(whole, setting.setting, "area")
        assert [(each["source"], each["row"], each["annotation_id"]) for each in found] == expected


def test_features_of_a_mask_are_those_of_its_own_row(whole: Population) -> None:
    setting = whole.manifest().get("C")
    written = [
        row
        for source in setting.sources
        for file in feature_files(whole, [source], FeatureTable.MASKS)
        for row in pq.read_table(file).to_pylist()
    ]
    found = rows_of(whole, "C", "area", "solidity", "confidence_max")
    assert [each["mention_id"] for each in found] == [each["mention_id"] for each in written]
    for name in ("area", "solidity", "confidence_max"):
        assert [each[name] for each in found] == [each[name] for each in written]


def test_a_pair_is_seen_from_the_side_of_the_setting(whole: Population) -> None:
    files = feature_files(
        whole, [source for each in whole.manifest().settings for source in each.sources], FeatureTable.PAIRS
    )
    pairs = [row for file in files for row in pq.read_table(file).to_pylist()]
    expected = {
        each["mention_id"]: (each["iou"], each["b_in_a"], each["a_in_b"])
        for each in pairs
        if (each["setting_a"], each["setting_b"]) == ("A", "B")
    }
    found = rows_of(whole, "B", "iou:A", "inside:A", "covers:A")
    assert len(expected) > 40
    assert any(inside != covers for _, inside, covers in expected.values())
    for each in found:
        assert (each["iou:A"], each["inside:A"], each["covers:A"]) == expected[each["mention_id"]]


def test_without_another_setting_the_lowest_counts(whole: Population) -> None:
    name = 'it\'s "D":x'
    found = rows_of(whole, "A", "iou", "iou:B", "iou:C", f"iou:{name}")
    lowest = [
        min(
            (each[column] for column in ("iou:B", "iou:C", f"iou:{name}") if each[column] is not None),
            default=None,
        )
        for each in found
    ]
    assert [each["iou"] for each in found] == lowest
    assert sum(each[f"iou:{name}"] is not None for each in found) >= 7


def test_what_is_said_of_entities_comes_with_the_masks(tmp_path: Path) -> None:
    population = three_settings(tmp_path, 30)
    first = rows_of(population, "A")[0]
    said = Entity(entity_id=first["entity_id"], type="event", category="others", name="not as listed")
    put_entities(population, [said], list(EntityColumn))
    found = next(each for each in rows_of(population, "A") if each["entity_id"] == said.entity_id)
    assert (found["entity_type"], found["category"]) == ("event", "others")
    assert found["entity_name"] == first["entity_name"]


def test_chosen_annotations_alone_can_be_asked_for(whole: Population) -> None:
    every = rows_of(whole, "B", "iou:A", "n_voters")
    some = [every[5], every[20]]
    assert rows_of(whole, "B", "iou:A", "n_voters", only=[each["annotation_id"] for each in some]) == some


def test_the_lowest_leaves_out_settings_that_repeat_another(tmp_path: Path) -> None:
    population = three_settings(tmp_path, 30)
    measured(population)
    before = rows_of(population, "A", "iou", "consensus_iou", "n_voters")
    folder = tmp_path / "kept"
    folder.mkdir()
    kept = write_json(
        folder / "kept.json",
        a_dataset([an_annotation(each, rectangle(each, 2, 1, 1)) for each in range(0, 30, 2)]),
    )
    request = IngestRequest(files=(kept,), setting="A kept", subset_of="A")
    run_ingest(population, request, workers=1, progress=SILENT)
    measured(population)
    assert rows_of(population, "A", "iou", "consensus_iou", "n_voters") == before
    with_others = rows_of(population, "A kept", "iou", "iou:A", "iou:B", "iou:C")
    assert any(each["iou:A"] is not None for each in with_others)
    for each in with_others:
        others = [each[name] for name in ("iou:B", "iou:C") if each[name] is not None]
        assert each["iou"] == min(others, default=None)


def test_a_single_setting_has_no_pairs_and_its_features_are_unknown(tmp_path: Path) -> None:
    population = Population(tmp_path / "population")
    ingest(population, "A", [an_annotation(each, rectangle(each, 2, 5, 5)) for each in range(4)])
    measured(population)
    for each in rows_of(population, "A", "iou", "consensus_iou", "area"):
        assert (each["iou"], each["consensus_iou"], each["area"]) == (None, None, 25)


@pytest.mark.slow
def test_order_survives_more_rows_than_a_batch(tmp_path: Path) -> None:
    population = Population(tmp_path / "population")
    n_masks = 150_000
    annotations = [an_annotation(n_masks - each, rectangle(1, 2, 5, 5)) for each in range(n_masks)]
    ingest(population, "A", annotations)
    with open_measured_masks(population, population.manifest().get("A"), []) as masks:
        ids = [each for batch in masks.batches() for each in batch["row"].to_pylist()]
    assert ids == list(range(n_masks))


def test_features_are_asked_for_only_where_all_are_there(tmp_path: Path) -> None:
    population = three_settings(tmp_path, 12)
    with pytest.raises(InputError, match="not measured yet.*run mask-audit measure"):
        rows_of(population, "A", "area")
    measured(population)
    ingest(population, "E", [an_annotation(each, rectangle(each, 2, 5, 5)) for each in range(4)])
    with pytest.raises(InputError, match="since they were measured.*measure again"):
        rows_of(population, "A", "area")
    assert rows_of(population, "A")


def test_a_pair_with_a_setting_that_is_not_there_is_refused(whole: Population) -> None:
    with pytest.raises(InputError, match="there is no setting 'Z': there are A, B"):
        rows_of(whole, "A", "iou:Z")
    with pytest.raises(InputError, match="compares 'A' with itself"):
        rows_of(whole, "A", "iou:A")
