"""Judged masks as a COCO document: valid for pycocotools, with ids that last."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycocotools import mask as coco_mask
from pycocotools.coco import COCO

from audit.coco.judged import JudgedMask, judged_document
from tests.datasets import rectangle

ARRAY_COPY = "ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning"


def a_judged_mask(
    number: int, annotation_id: str, *pixels: np.ndarray, image_id: str = "photo"
) -> JudgedMask:
    masks = pixels or (rectangle(2, 3, 4, 5),)
    return JudgedMask(
        number=number,
        annotation_id=annotation_id,
        image_id=image_id,
        image_file=f"{image_id}.jpg",
        entity_id="Q1",
        entity_name="Crow",
        supercategory=None,
        height=40,
        width=60,
        parts=tuple(coco_mask.encode(np.asfortranarray(mask))["counts"] for mask in masks),
        found={"audit": {"verdict": "correct"}},
    )


@pytest.mark.filterwarnings(ARRAY_COPY)
def test_pycocotools_reads_the_masks_as_they_were_judged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parts = (rectangle(2, 3, 4, 5), rectangle(4, 5, 10, 6))
    masks = [a_judged_mask(7, "a", *parts), a_judged_mask(3, "b", image_id="other")]
    file = tmp_path / "judged.json"
    file.write_text(json.dumps(judged_document(masks, {"version": "1"})))

    coco = COCO(str(file))
    capsys.readouterr()

    assert coco.getAnnIds() == [3, 7]
    [both] = coco.loadAnns(7)
    assert np.array_equal(coco.annToMask(both), parts[0] | parts[1])
    assert both["area"] == int((parts[0] | parts[1]).sum())
    assert both["bbox"] == [2, 3, 12, 8]
    assert both["audit"] == {"verdict": "correct"}
    [image] = coco.loadImgs(both["image_id"])
    assert (image["file_name"], image["original_id"]) == ("photo.jpg", "photo")
    [category] = coco.loadCats(both["category_id"])
    assert (category["name"], category["original_id"]) == ("Crow", "Q1")
    assert coco.getAnnIds(imgIds=[both["image_id"]]) == [7]


def test_integer_ids_of_the_dataset_are_kept() -> None:
    document = judged_document([a_judged_mask(1, "900", image_id="139"), a_judged_mask(2, "17")], {})

    assert [each["id"] for each in document["annotations"]] == [900, 17]
    # One image of the two has no integer for an id, so neither keeps its own.
    assert [each["id"] for each in document["images"]] == [1, 2]


@pytest.mark.parametrize("not_an_id", ["0", "007", "-1", "1.0", "٣", "9" * 5000, "", "1e3"])
def test_what_does_not_read_back_as_it_is_gets_a_number(not_an_id: str) -> None:
    document = judged_document([a_judged_mask(5, not_an_id), a_judged_mask(6, "8")], {})

    assert [each["id"] for each in document["annotations"]] == [5, 6]
    assert [each["original_id"] for each in document["annotations"]] == [not_an_id, "8"]


@given(st.lists(st.sampled_from(["1", "2", "3", "x", "y", "z"]), min_size=1, max_size=8))
def test_ids_are_unique_and_lead_to_what_they_name(image_ids: list[str]) -> None:
    masks = [
        a_judged_mask(number, f"a{number}", image_id=image_id)
        for number, image_id in enumerate(image_ids, start=1)
    ]
    document = judged_document(masks, {})
    images = {image["id"]: image["original_id"] for image in document["images"]}

    assert len(images) == len(document["images"]) == len(set(image_ids))
    assert [images[each["image_id"]] for each in document["annotations"]] == image_ids


def test_a_sample_that_grows_keeps_its_numbers() -> None:
    before = judged_document([a_judged_mask(2, "b", image_id="q"), a_judged_mask(1, "a", image_id="p")], {})
    after = judged_document(
        [
            a_judged_mask(3, "c", image_id="a"),
            a_judged_mask(2, "b", image_id="q"),
            a_judged_mask(1, "a", image_id="p"),
        ],
        {},
    )

    assert after["annotations"][:2] == before["annotations"]
    assert after["images"][:2] == before["images"]


def test_no_masks_are_a_document_too() -> None:
    assert judged_document([], {})["annotations"] == []


def test_a_mask_of_no_entity_is_of_a_category_with_a_name() -> None:
    nameless = replace(a_judged_mask(1, "a"), entity_id="", entity_name=None)
    [category] = judged_document([nameless], {})["categories"]
    assert (category["name"], category["original_id"]) == ("unknown", "")
