"""Makes the workspace of the first release; run by that release's own code (see README.md)."""

import csv
import json
import sys
from pathlib import Path

import numpy as np
from PIL import Image
from pycocotools import mask as coco_mask

from audit.cli import main

PLACE = Path(sys.argv[1])
WORKSPACE = PLACE / "audit"
N_MENTIONS = 36


def run(*words: object) -> None:
    sys.argv = ["mask-audit", *map(str, words)]
    try:
        main()
    except SystemExit as end:
        if end.code:
            raise


def annotation(setting: str, number: int) -> dict[str, object]:
    """Even mentions have the same mask under A and B, every ninth has none under B."""
    mask = np.zeros((40, 60), np.uint8)
    if not (setting == "B" and number % 9 == 8):
        top = 5 if setting == "A" or number % 2 == 0 else 12
        mask[top : top + 10, 5 + number % 30 : 25 + number % 30] = 1
    encoded = coco_mask.encode(np.asfortranarray(mask))
    return {
        "id": f"oven_{number:04}",
        "image_id": f"image_{number % 4}",
        "category_id": f"Q{number // 2}",
        "segmentation": [encoded | {"counts": encoded["counts"].decode()}] if mask.any() else [],
        "question": "what is this?",
        "data_split": f"{('entity', 'query', 'wiki')[number // 2 % 3]}_val_seen",
    }


photos = PLACE / "photos"
photos.mkdir(parents=True)
for number in range(4):
    Image.fromarray(np.full((40, 60, 3), 60 * number, np.uint8)).save(photos / f"image_{number}.jpg")
run("init", WORKSPACE)
for setting in ("A", "B"):
    file = PLACE / f"{setting}.json"
    content = {
        "images": [
            {"id": f"image_{number}", "file_name": f"image_{number}.jpg", "height": 40, "width": 60}
            for number in range(4)
        ],
        "categories": [
            {"id": f"Q{number}", "name": f"thing {number}", "supercategory": ("animal", "plant")[number % 2]}
            for number in range(N_MENTIONS // 2)
        ],
        "annotations": [annotation(setting, number) for number in range(N_MENTIONS)],
    }
    file.write_text(json.dumps(content), encoding="utf-8")
    named = ("--setting", setting, "--reference", "label", "--model", f"model {setting}")
    run("ingest", file, *named, "--images", photos, "-w", WORKSPACE)
run("sample", "--size", 12, "--seed", 5, "--name", "first", "-w", WORKSPACE)
run("sample-export", PLACE / "units.csv", "-w", WORKSPACE)
with (PLACE / "units.csv").open(newline="") as stream:
    drawn = [row["annotation_id"] for row in csv.DictReader(stream)]
rows = ["annotation_id,setting,reviewer,verdict,reasons,comment,seconds,decided_at"]
for place, annotation_id in enumerate(drawn[:10]):
    verdict = ("incorrect,spills_over", "correct,", "correct,", "unsure,ambiguous_question")[place % 4]
    rows.append(f"{annotation_id},A,ann,{verdict},,4.5,2026-11-01T10:{place:02}:00Z")
rows.append(f"{drawn[0]},A,bo,incorrect,spills_over,too wide,3.0,2026-11-01T11:00:00Z")
(PLACE / "verdicts.csv").write_text("\n".join(rows), encoding="utf-8")
run("verdicts", "import", PLACE / "verdicts.csv", "-w", WORKSPACE)
run("report", "--out", PLACE / "report", "-w", WORKSPACE)
