"""What a task holds: the photo, the question, and the mask as a prediction that nobody can edit."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from audit.review.label_studio.config import IMAGE, MASK, MASK_LABEL
from audit.review.tickets import ticket_of

MODEL_VERSION = "mask"
"""Shown beside the prediction; the same for every mask, so that it tells nothing of where it came from."""

_REGION_DIGITS = 10


class MaskMode(StrEnum):
    """How a mask is shown."""

    BRUSH = "brush"
    """Over the photo, so that it can be hidden; a mask too complex for that is drawn into the picture."""
    OVERLAY = "overlay"
    """Drawn into the picture, beside the photo without it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One mask as it goes to a server.

    Attributes:
        item_uid: the mask's id, under which the server knows the task.
        image: address of the picture: the plain photo, or where there is no brush one with the mask drawn in.
        question: what is asked.
        height: of the mask, pixels.
        width: of the mask, pixels.
        brush: the mask as `encode_brush` gives it; None where the picture shows it.
    """

    item_uid: str
    image: str
    question: str
    height: int
    width: int
    brush: Sequence[int] | None


def task_data(task: Task) -> dict[str, str]:
    """Give the `data` of a task: the same whenever the same mask is pushed, and nothing that unblinds."""
    return {"image": task.image, "question": task.question, "item_uid": task.item_uid}


def task_json(task: Task) -> dict[str, object]:
    """Give a task as an import takes it: its data, and one prediction or none."""
    predictions = [] if task.brush is None else [prediction_json(task, task.brush)]
    return {"data": task_data(task), "predictions": predictions}


def data_hash(data: dict[str, str]) -> str:
    """Give the SHA-256, in hex, of the `data` of a task, as canonical JSON."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


def region_id(item_uid: str) -> str:
    """Give the id of the region that shows a mask: always the same, and it tells no more than the mask's id.

    >>> region_id("m1") == region_id("m1")
    True
    """
    return ticket_of("label-studio region", item_uid)[:_REGION_DIGITS]


def prediction_json(task: Task, brush: Sequence[int]) -> dict[str, object]:
    """Give the prediction that shows a mask: one region, which nobody can edit."""
    region = {
        "id": region_id(task.item_uid),
        "type": "labels",
        "from_name": MASK,
        "to_name": IMAGE,
        "original_width": task.width,
        "original_height": task.height,
        "image_rotation": 0,
        "readonly": True,
        # Servers that validate predictions know labels of texts alone, which have a start and an end.
        "value": {"start": 0, "end": 0, "format": "rle", "rle": list(brush), "labels": [MASK_LABEL]},
    }
    return {"model_version": MODEL_VERSION, "result": [region]}
