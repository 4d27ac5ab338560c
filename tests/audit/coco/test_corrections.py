"""A corrected mask comes back in the dialect that its annotation came in, and reads as the same pixels."""

import json

import numpy as np
import pytest

from audit.coco.corrections import CorrectedMask, correction_of
from audit.coco.element_edits import edited
from audit.coco.segmentation import Dialect
from tests.audit.coco.annotation_files import (
    HEIGHT,
    WIDTH,
    box_mask,
    coco_annotation,
    oven_annotation,
    read_annotations,
    rle,
)

NEW = box_mask(2, 1, 7, 5)
UNCOMPRESSED = {"size": [HEIGHT, WIDTH], "counts": [7, 3, HEIGHT * WIDTH - 10]}


def corrected(annotation, mask=NEW, dialect=None):
    parts = (rle(mask)["counts"].encode(),)
    text = json.dumps(annotation).encode()
    new = CorrectedMask(height=HEIGHT, width=WIDTH, parts=parts, dialect=dialect)
    return json.loads(edited(text, correction_of(text, new)))


def test_a_list_of_rles_becomes_a_list_of_one_and_its_boxes_stay_corners():
    before = oven_annotation()
    after = corrected(before)
    changed = {"segmentation": [rle(NEW)], "bbox": [[2.0, 1.0, 7.0, 5.0]]}
    assert after == before | changed
    assert list(after) == list(before)


def test_a_compressed_rle_stays_one_and_area_and_box_follow():
    before = coco_annotation(score=0.5)
    assert corrected(before) == before | {"segmentation": rle(NEW), "area": 20, "bbox": [2.0, 1.0, 5.0, 4.0]}


def test_uncompressed_counts_stay_uncompressed():
    after = corrected(coco_annotation(segmentation=UNCOMPRESSED))
    assert sum(after["segmentation"]["counts"]) == HEIGHT * WIDTH
    assert sum(after["segmentation"]["counts"][1::2]) == 20


@pytest.mark.parametrize("segmentation", [[[1, 1, 4, 1, 4, 4]], [], None, 7])
def test_polygons_and_what_is_no_mask_become_a_compressed_rle(segmentation):
    before = coco_annotation() | {"segmentation": segmentation}
    assert corrected(before)["segmentation"] == rle(NEW)


def test_area_and_box_are_given_only_where_they_were():
    assert corrected({"id": 1}) == {"id": 1, "segmentation": rle(NEW)}


def test_empty_boxes_follow_the_masks_form():
    assert corrected(oven_annotation(bbox=[]))["bbox"] == [[2.0, 1.0, 7.0, 5.0]]
    assert corrected(coco_annotation(bbox=[]))["bbox"] == [2.0, 1.0, 5.0, 4.0]


@pytest.mark.parametrize(
    "annotation",
    [oven_annotation(), coco_annotation(), coco_annotation(segmentation=UNCOMPRESSED)],
    ids=["oven", "coco", "uncompressed"],
)
def test_what_was_corrected_is_read_without_a_complaint(tmp_path, annotation):
    account = read_annotations(tmp_path, [corrected(annotation)])
    assert account.kinds == {}
    [row] = account.rows
    assert row["parts_area"] == 20
    assert row["boxes"] == [2, 1, 7, 5]


def test_an_empty_segmentation_is_a_list_of_rles_where_labels_or_boxes_are_lists():
    with_label = oven_annotation(segmentation=[], bbox=[])
    assert isinstance(with_label["label"], list)
    boxed = coco_annotation(segmentation=[], bbox=[[0.0, 0.0, 1.0, 1.0]])
    for before in (with_label, boxed):
        after = corrected(before, dialect=Dialect.UNCOMPRESSED_RLE)
        assert (after["segmentation"], after["bbox"]) == ([rle(NEW)], [[2.0, 1.0, 7.0, 5.0]])


def test_an_annotation_that_shows_no_dialect_gets_that_of_most_of_its_file():
    bare = {"id": 1, "segmentation": [], "bbox": []}
    assert corrected(bare, dialect=Dialect.RLE_LIST) == {
        "id": 1,
        "segmentation": [rle(NEW)],
        "bbox": [[2.0, 1.0, 7.0, 5.0]],
    }
    assert isinstance(corrected(bare, dialect=Dialect.UNCOMPRESSED_RLE)["segmentation"]["counts"], list)
    assert corrected(bare, dialect=Dialect.POLYGONS)["bbox"] == [2.0, 1.0, 5.0, 4.0]
    assert corrected(coco_annotation(), dialect=Dialect.RLE_LIST)["segmentation"] == rle(NEW)


def test_several_parts_are_joined():
    both = CorrectedMask(
        height=HEIGHT,
        width=WIDTH,
        parts=tuple(rle(box_mask(*box))["counts"].encode() for box in ((0, 0, 3, 3), (2, 2, 5, 5))),
    )
    expected = box_mask(0, 0, 3, 3) | box_mask(2, 2, 5, 5)
    assert np.array_equal(both.pixels, expected)
    assert json.loads(correction_of(b"{}", both)["segmentation"]) == rle(expected)
