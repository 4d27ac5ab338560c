"""Photographs with the masks of two real algorithms, as a user ingests them, and which masks are right."""

import csv
import json
import subprocess
import sys
from pathlib import Path

MODELS = ("gc", "ws")
SPLITS = ("train", "val")

Truth = dict[tuple[str, str], bool]
"""Whether the mask of (annotation id, setting) is right: IoU with the ground truth of at least 0.5."""


def mask_audit(*words: object) -> str:
    """Run the command in a process of its own, as a user does."""
    command = [sys.executable, "-c", "from audit.cli import main; main()", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def read_truth(data: Path) -> Truth:
    right: Truth = {}
    for split in SPLITS:
        for model in MODELS:
            annotations = json.loads(derived(data, model, split).read_text())
            with (data / f"truth_{split}" / f"truth_{model}.csv").open(newline="") as file:
                for row in csv.DictReader(file):
                    annotation_id = str(annotations[int(row["index"])]["source_ann_id"])
                    right[annotation_id, model] = row["correct50"] == "1"
    return right


def make_workspace(data: Path, folder: Path) -> None:
    """Ingest both algorithms' masks of both splits."""
    mask_audit("init", folder)
    for model in MODELS:
        for split in SPLITS:
            mask_audit(
                "ingest", derived(data, model, split),
                "--setting", model, "--reference", "box", "--model", model, "--split", split,
                "--base", data / "annotations" / f"instances_{split}2017.json",
                "--id-key", "source_ann_id", "--images", data / f"{split}2017", "-w", folder,
            )  # fmt: skip


def derived(data: Path, model: str, split: str) -> Path:
    return data / "derived" / f"derived_{model}_instances_{split}2017.json"
