import json
import re
from pathlib import Path

import cv2
import numpy as np
import pytest
from pycocotools import mask as coco_mask

from audit.demo.dataset import IMAGES_FOLDER, DemoSetting, write_demo_dataset
from audit.demo.mentions import load_mentions

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def settings(tmp_path_factory) -> tuple[DemoSetting, ...]:
    return write_demo_dataset(tmp_path_factory.mktemp("demo") / "dataset")


@pytest.fixture(scope="module")
def documents(settings) -> dict[str, dict]:
    return {setting.name: json.loads(setting.file.read_text("utf-8")) for setting in settings}


def test_there_is_a_setting_for_each_reference_and_model(settings):
    assert [(setting.name, setting.reference, setting.model) for setting in settings] == [
        ("tight-grabcut", "tight box", "GrabCut"),
        ("tight-watershed", "tight box", "watershed"),
        ("loose-grabcut", "loose box", "GrabCut"),
        ("loose-watershed", "loose box", "watershed"),
    ]


def test_the_files_are_in_the_dialect_of_mask_oven_wiki(documents):
    for document in documents.values():
        assert list(document) == ["images", "categories", "annotations"]
        for annotation in document["annotations"]:
            pieces = annotation["segmentation"]
            assert isinstance(annotation["id"], str)
            assert len(pieces) == len(annotation["bbox"]) == len(annotation["label"])
            assert all(isinstance(piece["counts"], str) for piece in pieces)
            assert all(re.fullmatch(r".+\((0\.\d\d|1\.00)\)", label) for label in annotation["label"])
            assert re.fullmatch(r"(entity|query)_val_(un)?seen", annotation["data_split"])
            assert annotation["question"]
            assert annotation["text_prompt"]


def test_every_setting_has_every_mention_under_the_same_id(documents):
    expected = [
        (f"demo_{position:08d}", mention.entity_id, mention.split.value)
        for position, mention in enumerate(load_mentions())
    ]
    for document in documents.values():
        found = [(one["id"], one["category_id"], one["data_split"]) for one in document["annotations"]]
        assert found == expected


def test_every_image_is_there_in_the_size_its_masks_have(settings, documents):
    images_folder = settings[0].file.parent / IMAGES_FOLDER
    for document in documents.values():
        sizes = {}
        for image in document["images"]:
            assert image["file_name"].startswith("/")
            pixels = cv2.imread(str(images_folder / image["file_name"].removeprefix("/")))
            assert pixels.shape[:2] == (image["height"], image["width"])
            sizes[image["id"]] = [image["height"], image["width"]]
        for annotation in document["annotations"]:
            for piece in annotation["segmentation"]:
                assert piece["size"] == sizes[annotation["image_id"]]


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # pycocotools on NumPy 2
def test_every_mask_decodes_to_some_pixels_close_to_its_box(documents):
    for document in documents.values():
        for annotation in document["annotations"]:
            for piece, (left, top, right, bottom) in zip(
                annotation["segmentation"], annotation["bbox"], strict=True
            ):
                rows, columns = np.nonzero(coco_mask.decode(piece))
                assert left - 3 <= columns.min() <= columns.max() <= right + 2
                assert top - 3 <= rows.min() <= rows.max() <= bottom + 2


def test_most_mentions_have_a_mask_and_a_few_are_left_without_one(documents):
    n_empty = sum(
        not annotation["segmentation"]
        for document in documents.values()
        for annotation in document["annotations"]
    )

    assert 1 <= n_empty <= 20


def test_no_two_settings_made_the_same_masks(documents):
    segmentations = [
        json.dumps([annotation["segmentation"] for annotation in document["annotations"]])
        for document in documents.values()
    ]

    assert len(set(segmentations)) == 4


def test_writing_again_gives_the_same_bytes(settings, tmp_path: Path):
    for before, after in zip(settings, write_demo_dataset(tmp_path), strict=True):
        assert after.file.read_bytes() == before.file.read_bytes()
