"""Small datasets of the Mask-OVEN-Wiki form for tests, and what a finished command left behind."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from pycocotools import mask as coco_mask


@dataclass(frozen=True)
class Finished:
    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Finished]


def rectangle(x: int, y: int, width: int, height: int) -> np.ndarray:
    mask = np.zeros((40, 60), np.uint8)
    mask[y : y + height, x : x + width] = 1
    return mask


def rle(mask: np.ndarray) -> dict[str, Any]:
    encoded = coco_mask.encode(np.asfortranarray(mask))
    return {"size": encoded["size"], "counts": encoded["counts"].decode()}


def an_annotation(number: int, mask: np.ndarray | None = None, **changes: object) -> dict[str, Any]:
    """One annotation of the Mask-OVEN-Wiki form; entity Q0, Q1, Q2 … in turn, twice each."""
    split = ("entity", "query", "wiki")[number % 3]
    mask = rectangle(5 + number, 5, 20, 10) if mask is None else mask
    return {
        "id": f"oven_{number:04}",
        "image_id": f"image_{number}",
        "category_id": f"Q{number // 2}",
        "segmentation": [rle(mask)] if mask.any() else [],
        "bbox": [[5.0, 5.0, 25.0, 15.0]] if mask.any() else [],
        "text_prompt": "a thing",
        "label": ["a thing(0.44)"] if mask.any() else [],
        "question": "what is this?",
        "data_split": f"{split}_val_seen",
    } | changes


def a_dataset(annotations: list[dict[str, Any]]) -> dict[str, Any]:
    image_ids = dict.fromkeys(each["image_id"] for each in annotations)
    entities = dict.fromkeys(each["category_id"] for each in annotations)
    return {
        "images": [
            {"id": each, "file_name": f"/04/{each}.jpg", "height": 40, "width": 60} for each in image_ids
        ],
        "categories": [{"id": each, "name": f"thing {each}", "supercategory": "animal"} for each in entities],
        "annotations": annotations,
    }


def write_json(file: Path, content: object) -> Path:
    file.write_text(json.dumps(content), encoding="utf-8")
    return file
