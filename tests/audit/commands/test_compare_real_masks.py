"""Real masks of which one split was made again by another algorithm, audited before and after."""

import csv
import json
from pathlib import Path

import pytest

from tests.audit.commands.audited import judge
from tests.audit.commands.two_rounds import done, mask_audit
from tests.browser.real_masks import Truth, derived, read_truth

pytestmark = [pytest.mark.real_data, pytest.mark.slow]

MADE_BY = {"old": {"train": "gc", "val": "gc"}, "new": {"train": "gc", "val": "ws"}}
"""Which algorithm made the masks of each split in each version."""

N = 160


def audit(place: Path, data: Path, made_by: dict[str, str], truth: Truth, judged: tuple[str, ...]) -> Path:
    """Ingest a version, draw, judge these splits by the ground truth, and bundle it."""
    place.mkdir()
    workspace = place / "audit"
    done("init", workspace)
    for split, algorithm in made_by.items():
        done(
            "ingest", derived(data, algorithm, split), "--setting", "masks", "--split", split,
            "--base", data / "annotations" / f"instances_{split}2017.json",
            "--id-key", "source_ann_id", "--images", data / f"{split}2017", "-w", workspace,
        )  # fmt: skip
    drawn = ("--unit", "annotation", "--allocate", f"train={N // 2},val={N // 2}", "--seed", 4)
    done("sample", *drawn, "-w", workspace)
    done("sample-export", place / "units.csv", "-w", workspace)
    with (place / "units.csv").open(newline="") as file:
        units = [(row["annotation_id"], row["split"]) for row in csv.DictReader(file)]
    said = {
        (annotation_id, "masks"): "correct" if truth[annotation_id, made_by[split]] else "incorrect"
        for annotation_id, split in units
        if split in judged
    }
    judge(mask_audit, workspace, place, said)
    done("bundle", "--out", place / "bundle.zip", "--gallery", 0, "-w", workspace)
    return place / "bundle.zip"


def accuracy(data: Path, algorithm: str, truth: Truth) -> float:
    """Of all of an algorithm's masks of the split that was made again."""
    annotations = json.loads(derived(data, algorithm, "val").read_text(encoding="utf-8"))
    right = [truth[str(each["source_ann_id"]), algorithm] for each in annotations]
    return sum(right) / len(right)


def test_a_split_that_was_made_again_is_all_that_has_to_be_judged_anew(
    shared_data: Path, tmp_path: Path
) -> None:
    data = shared_data / "coco_free"
    truth = read_truth(data)
    old = audit(tmp_path / "old", data, MADE_BY["old"], truth, ("train", "val"))
    new = audit(tmp_path / "new", data, MADE_BY["new"], truth, ("val",))

    [setting] = done("compare", old, new, "--json").json["settings"]
    assert setting["n_carried"] > N // 3
    assert setting["old"]["n_pending"] == setting["new"]["n_pending"] == 0
    assert setting["n_same"] + setting["n_changed"] == N
    found = setting["estimands"]["mix"]["difference"]
    assert found["n_shared"] == N
    true = (accuracy(data, "ws", truth) - accuracy(data, "gc", truth)) / 2
    assert true > 0.15
    for interval in (found["interval"], setting["common"]["interval"]):
        assert 0 < interval["low"] <= true <= interval["high"]
