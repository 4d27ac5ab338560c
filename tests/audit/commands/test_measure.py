"""measure: the account it gives, what it writes of real masks, and how it refuses."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from pycocotools import mask as coco_mask
from skimage.measure import label, perimeter_crofton, regionprops

from db.features import FeatureTable, feature_files
from db.population import ANNOTATIONS_FILE, Population
from tests.datasets import Run, a_dataset, an_annotation, write_json

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # pycocotools

Rows = dict[str, dict[str, Any]]


@pytest.mark.slow
def test_measure_gives_the_promised_account_and_skips_what_is_there(run: Run, two_settings: Path) -> None:
    first = run("measure", "-w", two_settings, "--workers", 1, "--json").json
    assert first.pop("seconds") > 0
    assert first == {
        "settings": [
            {
                "setting": "A",
                "n_masks": 12,
                "n_empty": 0,
                "n_unreadable": 0,
                "n_done_before": 0,
                "n_pairs": 11,
                "n_size_differs": 0,
            },
            {
                "setting": "B",
                "n_masks": 11,
                "n_empty": 1,
                "n_unreadable": 0,
                "n_done_before": 0,
                "n_pairs": 11,
                "n_size_differs": 0,
            },
        ],
        "n_compared": 22,
        "n_compared_before": 0,
    }
    again = run("measure", "-w", two_settings, "--workers", 2)
    assert again.status == 0
    assert again.err == ""
    assert again.out.splitlines()[:2] == [
        "setting A: 12 masks (12 measured before), 0 empty, 0 unreadable; 11 pairs with other settings",
        "setting B: 11 masks (11 measured before), 1 empty, 0 unreadable; 11 pairs with other settings",
    ]
    assert "22 masks compared with other settings' (22 of them before); " in again.out


def test_status_tells_whether_the_features_are_those_of_the_masks(
    run: Run, two_settings: Path, tmp_path: Path
) -> None:
    assert "features" not in run("status", "-w", two_settings).out
    run("measure", "-w", two_settings, "--workers", 1)
    assert "features: of every mask\n" in run("status", "-w", two_settings).out
    assert run("status", "-w", two_settings, "--json").json["features"] == "whole"
    file = write_json(tmp_path / "A.json", a_dataset([an_annotation(3)]))
    run("ingest", file, "--setting", "A", "-w", two_settings)
    assert "features: outdated; mask-audit measure" in run("status", "-w", two_settings).out


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (("--workers", 0), 2, "--workers 0: at least one worker is needed"),
        (("--workers", "many"), 2, "'many' is not a valid integer"),
        (("--workers", 2, "--scheduler", "tcp://127.0.0.1:1"), 2, "give one of them"),
        (("--scheduler", "nowhere"), 2, "'nowhere' is no address"),
        (("--scheduler", "tcp://127.0.0.1:1"), 3, "tcp://127.0.0.1:1 does not answer"),
    ],
)
def test_wrong_options_are_refused_in_one_line(
    run: Run,
    two_settings: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[object, ...],
    status: int,
    message: str,
) -> None:
    monkeypatch.setattr("audit.executors.dask_workers._SECONDS_TO_ANSWER", 1)
    finished = run("measure", "-w", two_settings, *words)
    assert finished.status == status
    assert message in finished.err
    assert finished.err.count("\n") == 1
    assert finished.out == ""


@pytest.mark.slow
def test_settings_that_share_no_mention_are_told_how_to(run: Run, workspace: Path, tmp_path: Path) -> None:
    for setting, numbers in (("A", range(3)), ("B", range(3, 6))):
        file = write_json(tmp_path / f"{setting}.json", a_dataset([an_annotation(each) for each in numbers]))
        run("ingest", file, "--setting", setting, "-w", workspace)
        said = run("measure", "-w", workspace, "--workers", 1).out
        assert ("no two settings have a mention in common" in said) is (setting == "B")
    assert "ingest one again with --match and the other's name" in said


def test_an_empty_workspace_is_refused(run: Run, workspace: Path) -> None:
    finished = run("measure", "-w", workspace)
    assert finished.status == 2
    assert "the population is empty: ingest masks" in finished.err


def rows_of(population: Population, setting: str, table: FeatureTable) -> list[dict[str, Any]]:
    files = feature_files(population, population.manifest().get(setting).sources, table)
    return [row for file in files for row in pq.read_table(file).to_pylist()]


def annotations_of(population: Population, setting: str) -> Rows:
    files = population.files(population.manifest().get(setting), ANNOTATIONS_FILE)
    return {row["mention_id"]: row for file in files for row in pq.read_table(file).to_pylist()}


def pixels(annotation: dict[str, Any]) -> np.ndarray:
    size = [annotation["height"], annotation["width"]]
    if not annotation["parts"]:
        return np.zeros(size, np.uint8)
    union = coco_mask.merge([{"size": size, "counts": part} for part in annotation["parts"]])
    return coco_mask.decode(union)


def expected_of_mask(mask: np.ndarray) -> dict[str, float | None]:
    """Some features by scikit-image and pycocotools."""
    height, width = mask.shape
    area = int(coco_mask.area(coco_mask.encode(np.asfortranarray(mask))))
    if area == 0:
        return {"area": 0, "area_share": 0, "n_components": 0, "solidity": None, "compactness": None}
    [region] = regionprops(mask)
    perimeter = perimeter_crofton(np.pad(mask, 1), directions=4)
    return {
        "area": area,
        "area_share": area / (height * width),
        "n_components": int(label(mask, connectivity=2).max()),
        "solidity": region.solidity,
        "compactness": 4 * np.pi * area / perimeter**2,
        "box_x": region.bbox[1],
        "box_height": region.bbox[2] - region.bbox[0],
    }


def check_masks(population: Population, setting: str, step: int) -> None:
    annotations = annotations_of(population, setting)
    features = {row["mention_id"]: row for row in rows_of(population, setting, FeatureTable.MASKS)}
    assert features.keys() == annotations.keys()
    for mention_id in list(annotations)[::step]:
        for name, value in expected_of_mask(pixels(annotations[mention_id])).items():
            expected = None if value is None else pytest.approx(value, rel=1e-9)
            assert features[mention_id][name] == expected, (mention_id, name)


def check_pairs(population: Population, settings: list[str], step: int) -> int:
    masks = {setting: annotations_of(population, setting) for setting in settings}
    pairs = [row for setting in settings for row in rows_of(population, setting, FeatureTable.PAIRS)]
    for pair in pairs[::step]:
        a, b = (masks[pair[side]][pair["mention_id"]] for side in ("setting_a", "setting_b"))
        both, either = (pixels(a) & pixels(b)).sum(), (pixels(a) | pixels(b)).sum()
        assert pair["iou"] == (None if either == 0 else pytest.approx(both / either, rel=1e-12))
        assert (pair["state"] == "both_empty") == (either == 0)
    return len(pairs)


@pytest.mark.slow
@pytest.mark.real_data
def test_two_algorithms_and_people_on_real_photographs(run: Run, workspace: Path, shared_data: Path) -> None:
    folder = shared_data / "coco_free"
    for setting, pattern, words in (
        ("people", "annotations/instances_{}2017.json", ()),
        ("gc", "derived/derived_gc_instances_{}2017.json", ("--id-key", "source_ann_id")),
        ("ws", "derived/derived_ws_instances_{}2017.json", ("--id-key", "source_ann_id")),
    ):
        for split in ("train", "val"):
            file = folder / pattern.format(split)
            done = run("ingest", file, "--setting", setting, "--split", split, *words, "-w", workspace)
            assert done.status == 0, done.err
    found = run("measure", "-w", workspace, "--workers", 2, "--json").json
    population = Population(workspace / "population")
    settings = [each["setting"] for each in found["settings"]]
    for setting in settings:
        check_masks(population, setting, step=40)
    n_pairs = check_pairs(population, settings, step=25)
    assert 2 * n_pairs == sum(each["n_pairs"] for each in found["settings"])
    assert n_pairs > 2_000
    consensus = rows_of(population, "people", FeatureTable.SETTINGS)
    assert {row["n_voters"] for row in consensus} >= {2}
    assert all(0 <= row["consensus_iou"] <= 1 for row in consensus if row["consensus_iou"] is not None)


@pytest.mark.real_data
@pytest.mark.slow
def test_four_models_with_many_empty_masks(run: Run, workspace: Path, shared_data: Path) -> None:
    folder = shared_data / "yolact4"
    base = ("--base", folder / "images_categories.json")
    settings = ["base", "darknet53", "im700", "resnet50"]
    for setting in settings:
        match = () if setting == "base" else ("--match", "base")
        file = folder / f"yolact_{setting}.results.json"
        done = run("ingest", file, "--setting", setting, *base, *match, "-w", workspace)
        assert done.status == 0, done.err
    found = run("measure", "-w", workspace, "--workers", 2, "--json").json
    population = Population(workspace / "population")
    assert sum(each["n_masks"] for each in found["settings"]) == 13_525
    for each in found["settings"]:
        results = json.loads((folder / f"yolact_{each['setting']}.results.json").read_text())
        areas = [int(coco_mask.area(result["segmentation"])) for result in results]
        assert each["n_empty"] == areas.count(0) > 200
        assert each["n_unreadable"] == each["n_size_differs"] == 0
        check_masks(population, each["setting"], step=150)
    assert check_pairs(population, settings, step=100) > 5_000
