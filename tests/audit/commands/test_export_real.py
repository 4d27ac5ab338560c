"""A real audit of two algorithms' masks, exported: ids, masks and figures are those of dataset and report."""

import csv
import json
from pathlib import Path

import pandas as pd
import pytest
from pycocotools.coco import COCO

from tests.audit.commands.exporting import call
from tests.browser.real_masks import SPLITS, derived, make_workspace, read_truth

ARRAY_COPY = "ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning"


@pytest.fixture(scope="module")
def data(shared_data: Path) -> Path:
    return shared_data / "coco_free"


@pytest.fixture(scope="module")
def audited(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace in which 150 mentions are judged by the truth."""
    workspace = tmp_path_factory.mktemp("real") / "audit"
    make_workspace(data, workspace)
    call("sample", "--unit", "annotation", "--size", "150", "--seed", "4", "-w", workspace)
    units = workspace / "units.csv"
    call("sample-export", units, "-w", workspace)
    right = read_truth(data)
    with units.open(newline="") as file:
        drawn = [row["annotation_id"] for row in csv.DictReader(file)]
    lines = [
        f"{annotation_id},{setting},truth,{'correct' if right[annotation_id, setting] else 'incorrect'}"
        for annotation_id in drawn
        for setting in ("gc", "ws")
        if (annotation_id, setting) in right
    ]
    verdicts = workspace / "verdicts.csv"
    verdicts.write_text("\n".join(("annotation_id,setting,reviewer,verdict", *lines)))
    call("verdicts", "import", verdicts, "-w", workspace)
    return workspace


@pytest.mark.slow
@pytest.mark.real_data
@pytest.mark.filterwarnings(ARRAY_COPY)
def test_ids_and_masks_are_those_of_the_dataset(
    data: Path, audited: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call("export", "--format", "coco", "--out", tmp_path, "-w", audited)
    exported = COCO(str(tmp_path / "gc.json"))
    capsys.readouterr()
    images: dict[int, str] = {}
    masks: dict[int, dict[str, object]] = {}
    for split in SPLITS:
        base = json.loads((data / "annotations" / f"instances_{split}2017.json").read_text())
        images |= {image["id"]: image["file_name"] for image in base["images"]}
        masks |= {each["source_ann_id"]: each for each in json.loads(derived(data, "gc", split).read_text())}

    assert len(exported.anns) > 140
    for annotation_id, annotation in exported.anns.items():
        made = masks[annotation_id]
        assert (annotation["image_id"], annotation["category_id"]) == (made["image_id"], made["category_id"])
        assert exported.imgs[annotation["image_id"]]["file_name"] == images[annotation["image_id"]]
        assert (exported.annToMask(annotation) == exported.annToMask(made)).all()


@pytest.mark.slow
@pytest.mark.real_data
def test_the_tables_agree_with_the_report(audited: Path, tmp_path: Path) -> None:
    call("export", "--format", "parquet", "--out", tmp_path / "verdicts.parquet", "-w", audited)
    call("export", "--format", "coco", "--out", tmp_path, "-w", audited)
    call("report", "--out", tmp_path / "report", "--format", "json", "-w", audited)
    report = json.loads((tmp_path / "report" / "report.json").read_text())
    units = pd.read_parquet(tmp_path / "verdicts.parquet").drop_duplicates(["setting", "annotation_id"])

    for setting in report["settings"]:
        outcomes = units[units["setting"] == setting["setting"]]["outcome"].value_counts()
        assert outcomes["correct"] == setting["n_correct"]
        assert outcomes.get("missing", 0) == setting["n_missing"]
        in_file = json.loads((tmp_path / f"{setting['setting']}.json").read_text())["info"]["audit"]
        assert {key: in_file[key] for key in setting} == setting
