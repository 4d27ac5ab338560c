import json
from dataclasses import replace

import numpy as np
import pytest

from audit.review.label_studio.brush import encode_brush
from audit.review.label_studio.config import IMAGE, MASK, MASK_LABEL, labeling_config
from audit.review.label_studio.tasks import Task, data_hash, region_id, task_data, task_json

BRUSH = encode_brush(np.eye(2, 3, dtype=bool))
TASK = Task(item_uid="m1", image="/data/1.jpg", question="Is it “Krähe”?", height=2, width=3, brush=BRUSH)


def test_the_data_is_three_keys_and_nothing_that_unblinds() -> None:
    assert task_data(TASK) == {"image": "/data/1.jpg", "question": "Is it “Krähe”?", "item_uid": "m1"}


def test_the_mask_is_a_prediction_that_cannot_be_edited() -> None:
    told = json.loads(json.dumps(task_json(TASK)))

    (prediction,) = told["predictions"]
    assert prediction["model_version"] == "mask"
    assert prediction["result"] == [
        {
            "id": region_id("m1"),
            "type": "labels",
            "from_name": MASK,
            "to_name": IMAGE,
            "original_width": 3,
            "original_height": 2,
            "image_rotation": 0,
            "readonly": True,
            "value": {"start": 0, "end": 0, "format": "rle", "rle": BRUSH, "labels": [MASK_LABEL]},
        }
    ]


def test_a_mask_in_the_picture_needs_no_prediction() -> None:
    assert task_json(replace(TASK, brush=None)) == {"data": task_data(TASK), "predictions": []}


def test_the_sdk_takes_the_prediction() -> None:
    interface = pytest.importorskip(
        "label_studio_sdk.label_interface", reason="label-studio-sdk is not installed"
    ).LabelInterface(labeling_config())

    assert interface.validate_prediction(task_json(TASK)["predictions"][0])


def test_the_hash_of_data_knows_its_content_and_not_its_order() -> None:
    data = task_data(TASK)

    assert data_hash(dict(reversed(data.items()))) == data_hash(data)
    assert data_hash({**data, "question": "?"}) != data_hash(data)


def test_regions_of_different_masks_have_different_ids() -> None:
    assert len({region_id(f"m{number}") for number in range(1000)}) == 1000
