"""Audits of real masks: a verdict says how well a mask overlaps any object of its kind that people drew."""

import csv
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from click.testing import CliRunner
from pycocotools import mask as coco_mask

from audit.cli import cli
from audit.jobs.workspace import open_workspace
from db.records import Mask, Unit
from db.samples import load_mask_units, load_masks, load_sample, load_units
from tests.browser.real_masks import MODELS, SPLITS, derived, read_truth

RIGHT = 0.5
"""A mask is right whose IoU with the truth is at least this; in the truth files `correct50` says the same."""

MUCH = 0.7
"""Of a mask that lies on the truth, or of the truth that lies under the mask."""

DECIDED = datetime(2026, 1, 2, tzinfo=UTC).isoformat()

Rle = dict[str, Any]
Truth = Mapping[tuple[str, str], Sequence[Rle]]
"""What is really there: (image id, category id) → the polygons of each object, as run lengths."""


def mask_audit(*words: object) -> None:
    """Run a command in this process: starting one for each takes longer than what they do."""
    done = CliRunner().invoke(cli, [str(word) for word in words], catch_exceptions=False)
    assert done.exit_code == 0, done.output


def audit_coco_free(data: Path, folder: Path) -> None:
    """Judge two algorithms' masks of 300 objects on photographs."""
    data = data / "coco_free"
    mask_audit("init", folder)
    for model in MODELS:
        for split in SPLITS:
            mask_audit(
                "ingest", derived(data, model, split), "--setting", model, "--model", model,
                "--reference", "box", "--split", split, "--id-key", "source_ann_id",
                "--base", data / "annotations" / f"instances_{split}2017.json",
                "--images", data / f"{split}2017", "-w", folder,
            )  # fmt: skip
    mask_audit("sample", "--unit", "annotation", "--size", 300, "--seed", 11, "-w", folder)
    _judge(folder, [data / "annotations" / f"instances_{split}2017.json" for split in SPLITS])


def audit_braintumor(data: Path, folder: Path) -> None:
    """Judge two networks' masks of tumours."""
    data = data / "braintumor"
    base = data / "test" / "_annotations.coco.json"
    mask_audit("init", folder)
    for model in ("A", "B"):
        pairs = () if model == "A" else ("--match", "model A")
        mask_audit(
            "ingest", data / "pred" / f"test_model{model}.json", "--setting", f"model {model}",
            "--model", f"model {model}", "--reference", "Mask R-CNN", "--split", "test", *pairs,
            "--base", base, "--images", base.parent, "-w", folder,
        )  # fmt: skip
    mask_audit("sample", "--unit", "annotation", "--size", 150, "--seed", 11, "-w", folder)
    _judge(folder, [base])


def right_in_coco_free(data: Path, folder: Path) -> dict[str, int]:
    """How many of the sampled masks of each setting the truth files call right."""
    truth = read_truth(data / "coco_free")
    return {model: sum(truth[unit.annotation_id, model] for unit in _units(folder)) for model in MODELS}


def right_in_braintumor(data: Path, folder: Path) -> dict[str, int]:
    """The same; of the second network the truth file has no mentions, so it is left out."""
    with (data / "braintumor" / "truth_test" / "truth_modelA.csv").open(newline="") as file:
        right = {f"test_modelA#{row['index']}": row["correct50"] == "1" for row in csv.DictReader(file)}
    return {"model A": sum(right[unit.annotation_id] for unit in _units(folder))}


def _load_truth(files: Sequence[Path]) -> Truth:
    found: dict[tuple[str, str], list[Rle]] = defaultdict(list)
    for file in files:
        document = json.loads(file.read_text())
        sizes = {image["id"]: (image["height"], image["width"]) for image in document["images"]}
        for each in document["annotations"]:
            polygons = _rle_of(each["segmentation"], *sizes[each["image_id"]])
            found[str(each["image_id"]), str(each["category_id"])].append(polygons)
    return found


def _rle_of(segmentation: Any, height: int, width: int) -> Rle:
    found = coco_mask.frPyObjects(segmentation, height, width)
    return coco_mask.merge(found) if isinstance(found, list) else found


def _units(folder: Path) -> list[Unit]:
    workspace = open_workspace(folder)
    with workspace.store.reading() as transaction:
        units = load_units(transaction, load_sample(transaction, None).sample_id)
    workspace.store.close()
    return units


def _judge(folder: Path, annotation_files: Sequence[Path]) -> None:
    """Give a verdict on every mask of the sample."""
    truth = _load_truth(annotation_files)
    verdicts = folder / "verdicts.csv"
    with verdicts.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["mask_id", "reviewer", "verdict", "reasons", "decided_at"])
        for unit, mask in _masks(folder):
            verdict, reasons = verdict_of(mask, truth.get((unit.image_id, unit.entity_id), ()))
            rows.writerow([mask.mask_id, "truth", verdict, ";".join(reasons), DECIDED])
    mask_audit("verdicts", "import", verdicts, "-w", folder)


def _masks(folder: Path) -> list[tuple[Unit, Mask]]:
    """Every mask of the sample with its mention."""
    workspace = open_workspace(folder)
    with workspace.store.reading() as transaction:
        sample_id = load_sample(transaction, None).sample_id
        units = {unit.unit_id: unit for unit in load_units(transaction, sample_id)}
        unit_of = load_mask_units(transaction, sample_id)
        found = load_masks(transaction, sorted(unit_of))
    workspace.store.close()
    return [(units[unit_of[mask.mask_id]], mask) for mask in found]


def verdict_of(mask: Mask, truth: Sequence[Rle]) -> tuple[str, list[str]]:
    """Right or wrong, and why: by how much of the mask lies on the truth, and of the truth under the mask."""
    rle = coco_mask.merge([{"size": [mask.height, mask.width], "counts": part} for part in mask.parts])
    if not truth:
        return "incorrect", ["not_visible"]
    overlaps = coco_mask.iou([rle], list(truth), [0] * len(truth))[0]
    best = truth[int(overlaps.argmax())]
    if overlaps.max() >= RIGHT:
        return "correct", []
    if overlaps.max() == 0:
        return "incorrect", ["wrong_object"]
    common = float(coco_mask.area(coco_mask.merge([rle, best], intersect=True)))
    shares = {
        "spills_over": common / float(coco_mask.area(rle)),
        "part_missing": common / float(coco_mask.area(best)),
    }
    return "incorrect", [reason for reason, share in shares.items() if share < MUCH]
