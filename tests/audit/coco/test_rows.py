"""What is wrong in an annotation is named; what can be read all the same is read."""

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycocotools import mask as pycocotools_mask

from audit.coco import rle as audit_rle
from audit.coco.reader import ParseOptions, parse_chunk, read_chunks
from audit.coco.schema import ProblemKind
from audit.coco.source import open_source
from tests.audit.coco.annotation_files import (
    HEIGHT,
    WIDTH,
    box_mask,
    coco_annotation,
    options,
    oven_annotation,
    read_annotations,
    read_file,
    rle,
    write,
)

pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation doesn't accept a copy:DeprecationWarning"
)
"""Said by `pycocotools.mask.decode` with NumPy 2; the product does not call it."""

TRIANGLE = [0, 0, 4, 0, 4, 4]
SQUARE = [1, 1, 5, 1, 5, 4, 1, 4]


def union_of(row):
    """The pixels of a row's mask, drawn by pycocotools."""
    size = [row["height"], row["width"]]
    return pycocotools_mask.decode([{"size": size, "counts": part} for part in row["parts"]]).any(axis=2)


def drawn(rings, height=HEIGHT, width=WIDTH):
    return pycocotools_mask.decode(pycocotools_mask.frPyObjects(rings, height, width)).any(axis=2)


def test_a_mask_oven_annotation_is_read_with_all_that_it_says(tmp_path):
    (row,) = read_annotations(tmp_path, [oven_annotation()]).rows
    parts = (box_mask(1, 1, 4, 4), box_mask(3, 3, 6, 5))
    assert np.array_equal(union_of(row), parts[0] | parts[1])
    assert row.pop("parts") == [rle(part)["counts"].encode() for part in parts]
    assert row == {
        "annotation_id": "a1",
        "id_is_made_up": False,
        "image_id": "i1",
        "category_id": "Q1",
        "split": "query",
        "part": "val",
        "visibility": "seen",
        "height": HEIGHT,
        "width": WIDTH,
        "parts_area": parts[0].sum() + parts[1].sum(),
        "boxes": [1.0, 1.0, 4.0, 4.0, 3.0, 3.0, 6.0, 5.0],
        "confidences": [0.44, 0.3],
        "labels": ["a bird(0.44)", "the genus corvus(0.3)"],
        "text_prompt": 'A bird named "crow" \\ {raven} [x], ü',
        "question": "what is this?",
        "score": None,
        "element_index": 0,
    }


def test_a_given_split_wins_over_the_one_in_the_file(tmp_path):
    (row,) = read_annotations(tmp_path, [oven_annotation()], split="mine").rows
    assert (row["split"], row["part"], row["visibility"]) == ("mine", "val", "seen")


def test_every_form_of_a_mask_gives_the_same_pixels(tmp_path):
    mask = box_mask(1, 1, 5, 4)
    runs = audit_rle.runs_of_mask(mask).tolist()
    forms = [
        rle(mask),
        [rle(mask)],
        {"size": [HEIGHT, WIDTH], "counts": runs},
        [SQUARE],
        [[[1, 1], [5, 1], [5, 4], [1, 4]]],
    ]
    account = read_annotations(
        tmp_path, [coco_annotation(id=k, segmentation=form) for k, form in enumerate(forms)]
    )
    for row in account.rows:
        assert np.array_equal(union_of(row), mask)
        assert row["parts_area"] == mask.sum()
    assert account.kinds == {"polygon_pairs": 1}


def test_iscrowd_decides_nothing(tmp_path):
    annotations = [
        coco_annotation(id=1, iscrowd=1, segmentation=[SQUARE]),
        coco_annotation(id=2, iscrowd=0, segmentation={"size": [HEIGHT, WIDTH], "counts": [8, 4, 36]}),
    ]
    account = read_annotations(tmp_path, annotations)
    assert [row["parts_area"] for row in account.rows] == [drawn([SQUARE]).sum(), 4]
    assert account.problems == ()


@settings(deadline=None)
@given(
    st.lists(
        st.lists(st.floats(-12, 20), min_size=6, max_size=12).filter(lambda ring: len(ring) % 2 == 0),
        min_size=1,
        max_size=3,
    )
)
def test_polygons_are_drawn_as_pycocotools_draws_them_and_united(tmp_path_factory, rings):
    (row,) = read_annotations(tmp_path_factory.mktemp("polygons"), [coco_annotation(segmentation=rings)]).rows
    expected = drawn(rings)
    assert row["parts_area"] == expected.sum()
    assert np.array_equal(union_of(row), expected)


FINDINGS = {
    # the segmentation
    "no_segmentation": {"segmentation": None},
    "empty_segmentation": {"segmentation": []},
    "empty_mask": {"segmentation": rle(np.zeros((HEIGHT, WIDTH)))},
    "unknown_segmentation": {"segmentation": "132"},
    "rle_total": {
        "segmentation": {"size": [HEIGHT, WIDTH + 1], "counts": rle(box_mask(1, 1, 2, 2))["counts"]}
    },
    "rle_characters": {"segmentation": {"size": [HEIGHT, WIDTH], "counts": "13 2"}},
    "rle_run": {"segmentation": {"size": [HEIGHT, WIDTH], "counts": [8.5, 4, 35.5]}},
    "rle_size": {"segmentation": {"size": [HEIGHT], "counts": "1"}},
    "rle_sizes_differ": {"segmentation": [rle(np.ones((2, 3))), rle(np.ones((3, 2)))], "bbox": None},
    "rle_without_size": {"segmentation": {"counts": rle(box_mask(1, 1, 4, 4))["counts"]}},
    "image_size_unknown": {"image_id": 99, "segmentation": [SQUARE]},
    "polygon_too_far": {"segmentation": [[0, 0, 1e6, 0, 4, 4]]},
    "polygon_odd": {"segmentation": [[0, 0, 4, 0, 4, 4, 1]]},
    "polygon_too_short": {"segmentation": [SQUARE, [0, 0, 4, 4]]},
    "polygon_flat": {"segmentation": SQUARE},
    "polygon_pairs": {"segmentation": [[1, 1], [5, 1], [5, 4]]},
    "number_as_text": {"bbox": [1, "1", 3, 3]},
    # ids
    "id_made_up": {"id": None},
    "id_as_float": {"category_id": 3.0},
    "no_image_id": {"image_id": None},
    "no_category_id": {"category_id": None},
    # boxes, labels, scores, texts
    "box_unreadable": {"bbox": [1, 2, 3]},
    "box_negative": {"bbox": [4, 4, -3, -3]},
    "box_count": {"bbox": [[1, 1, 3, 3], [1, 1, 3, 3]]},
    "label_unreadable": {"label": [1]},
    "no_confidence": {"label": ["a bird"]},
    "score_unreadable": {"score": "high"},
    "text_unreadable": {"question": 7},
    "split_form": {"data_split": "train"},
}


@pytest.mark.parametrize(("kind", "changes"), FINDINGS.items())
def test_one_thing_wrong_is_named_once_and_nothing_else_is(tmp_path, kind, changes):
    annotations = [coco_annotation(id=10), coco_annotation(**{"id": 11} | changes), coco_annotation(id=13)]
    account = read_annotations(tmp_path, annotations)
    assert account.kinds == {kind: 1}
    assert account.example_ids(ProblemKind(kind)) == ("file#1" if kind == "id_made_up" else "11",)
    assert [row["element_index"] for row in account.rows] == [0, 1, 2]
    is_unreadable = account.rows[1]["parts"] is None
    assert is_unreadable == ("mask is unreadable" in ProblemKind(kind).sentence)
    assert (account.rows[1]["parts_area"] is None) == is_unreadable


def test_an_element_that_is_no_object_is_left_out_and_named_by_its_place(tmp_path):
    account = read_annotations(tmp_path, [coco_annotation(id=1), None, coco_annotation(id=2), [], "x"])
    assert [row["element_index"] for row in account.rows] == [0, 2]
    assert account.example_ids(ProblemKind.NOT_AN_OBJECT) == ("file#1", "file#3", "file#4")


def test_an_empty_mask_keeps_its_place_as_a_mask_without_pixels(tmp_path):
    forms = [None, [], [[]], rle(np.zeros((HEIGHT, WIDTH))), [[0, 0, 0, 0, 0, 0]]]
    account = read_annotations(
        tmp_path, [coco_annotation(id=k, segmentation=form) for k, form in enumerate(forms)]
    )
    assert [row["parts_area"] for row in account.rows] == [0] * 5
    assert account.kinds == {"no_segmentation": 1, "empty_segmentation": 2, "empty_mask": 2}


def test_ids_keep_every_digit(tmp_path):
    ids = [2**53 + 1, 2**64 + 1, -5, 0, "007", "Q1", 10**30]
    account = read_annotations(tmp_path, [coco_annotation(id=value, category_id=value) for value in ids])
    assert [row["annotation_id"] for row in account.rows] == [str(value) for value in ids]
    assert [row["category_id"] for row in account.rows] == [str(value) for value in ids]
    assert account.problems == ()


@pytest.mark.parametrize("value", [True, {"$oid": "1"}, [1], 1.5, ""])
def test_an_id_that_is_none_is_as_if_absent_and_said_to_be(tmp_path, value):
    account = read_annotations(tmp_path, [coco_annotation(id=value)])
    (row,) = account.rows
    assert (row["annotation_id"], row["id_is_made_up"]) == ("file#0", True)
    assert account.kinds == {"id_unusable": 1, "id_made_up": 1}


def test_an_id_of_more_digits_than_an_int_takes_is_no_id(tmp_path):
    path = tmp_path / "file.json"
    path.write_text('[{"id": ' + "9" * 5000 + ', "image_id": 7, "category_id": 1, "segmentation": []}]')
    assert read_file(path).kinds == {"id_unusable": 1, "id_made_up": 1, "empty_segmentation": 1}


def test_the_id_key_stands_in_where_there_is_no_id(tmp_path):
    annotations = [
        coco_annotation(id=None, source_ann_id=2**60),
        coco_annotation(id=4, source_ann_id=5),
        coco_annotation(id=None),
    ]
    for order in (annotations, annotations[::-1]):
        account = read_annotations(tmp_path, order, id_key="source_ann_id")
        ids = {row["annotation_id"]: row["id_is_made_up"] for row in account.rows}
        made_up = f"file#{order.index(annotations[2])}"
        assert ids == {str(2**60): False, "4": False, made_up: True}


def test_not_a_number_is_read_as_not_finite_wherever_it_stands(tmp_path):
    annotations = [
        coco_annotation(id=1, area=math.nan),
        coco_annotation(id=2, bbox=[math.nan, 1, 2, 3]),
        coco_annotation(id=3, score=-math.inf),
        coco_annotation(id=4, segmentation=[[math.nan, 0, 4, 0, 4, 4]]),
    ]
    annotations.append(coco_annotation(id=5, segmentation=[["0", "0", "4", "0", "four", "4"]]))
    annotations.append(coco_annotation(id=6, segmentation=[[10**400, 0, 4, 0, 4, 4]]))
    account = read_annotations(tmp_path, annotations)
    assert account.kinds == {
        "nan_token": 4,
        "number_as_text": 1,
        "polygon_not_finite": 3,
        "box_unreadable": 1,
        "score_unreadable": 1,
    }
    assert account.example_ids(ProblemKind.NAN_TOKEN) == ("1", "2", "3", "4")
    assert account.rows[0]["boxes"] == [1, 1, 4, 4]


def test_a_repeated_key_counts_once_and_its_last_value_is_taken(tmp_path):
    path = tmp_path / "file.json"
    text = json.dumps(coco_annotation())
    path.write_text("[" + text[:-1] + ', "id": 13, "category_id": 1, "category_id": 2}]')
    account = read_file(path)
    assert account.kinds == {"duplicate_key": 1}
    assert (account.rows[0]["annotation_id"], account.rows[0]["category_id"]) == ("13", "2")


def test_text_that_is_not_unicode_is_mended_and_said_to_be(tmp_path):
    path = tmp_path / "file.json"
    text = json.dumps([oven_annotation(question="caf@"), oven_annotation(id="a2", question="\ud800!")])
    path.write_bytes(text.encode().replace(b"caf@", "café".encode("latin-1")))
    account = read_file(path)
    assert [row["question"] for row in account.rows] == ["caf\ufffd", "\ufffd!"]
    assert account.kinds == {"not_unicode": 2}


def test_nesting_without_end_is_left_out(tmp_path):
    path = tmp_path / "file.json"
    deep = "[" * 100_000 + "]" * 100_000
    path.write_text(
        json.dumps([coco_annotation()])[:-2] + f', "x": {deep}}}, {deep}, {json.dumps(coco_annotation())}]'
    )
    account = read_file(path)
    assert account.kinds == {"too_deep": 2}
    assert [row["element_index"] for row in account.rows] == [2]


def test_a_size_no_mask_can_have_is_refused_before_anything_is_allocated(tmp_path):
    sizes = [[2**20, 2**20], [2**40, 1], [-1, 5], [0, 0], [1.5, 2], ["6", True]]
    annotations = [
        coco_annotation(id=k, segmentation={"size": size, "counts": "1"}) for k, size in enumerate(sizes)
    ]
    account = read_annotations(tmp_path, annotations)
    assert account.kinds["rle_size"] == len(sizes)
    assert all(row["parts"] is None for row in account.rows)


def test_image_sizes_are_asked_for_once_a_chunk_and_only_where_needed(tmp_path):
    asked = []
    how = options()
    annotations = [coco_annotation(id=k, segmentation=[SQUARE]) for k in range(5)] + [
        coco_annotation(image_id="i1")
    ]

    def image_sizes(ids):
        asked.append(list(ids))
        return how.image_sizes(ids)

    (chunk,) = read_chunks(open_source(write(tmp_path / "file.json", annotations)))
    parse_chunk(chunk, ParseOptions(stem="file", id_key=None, split=None, image_sizes=image_sizes))
    assert asked == [["7"]]


def test_examples_are_the_first_five_in_the_order_of_the_file(tmp_path):
    annotations = [
        coco_annotation(id=k, segmentation=[] if k % 2 else rle(box_mask(1, 1, 2, 2))) for k in range(40)
    ]
    for chunk_bytes in (64, 512, 1 << 16):
        account = read_annotations(tmp_path, annotations, chunk_bytes=chunk_bytes)
        assert account.kinds == {"empty_segmentation": 20}
        assert account.example_ids(ProblemKind.EMPTY_SEGMENTATION) == ("1", "3", "5", "7", "9")


@pytest.mark.parametrize("chunk_bytes", [8, 100, 700, 3_000, 1 << 20])
def test_the_size_of_the_chunks_changes_nothing(tmp_path, chunk_bytes):
    mixed = [
        oven_annotation(id="a"),
        coco_annotation(segmentation=[TRIANGLE]),
        None,
        oven_annotation(id=None),
        coco_annotation(id=2.0, bbox=["1", 2, 3, 4]),
        oven_annotation(id="b", data_split="x"),
    ]
    whole = read_annotations(tmp_path, mixed * 4)
    in_chunks = read_annotations(tmp_path, mixed * 4, chunk_bytes=chunk_bytes)
    assert in_chunks.table.equals(whole.table)
    assert in_chunks.problems == whole.problems
