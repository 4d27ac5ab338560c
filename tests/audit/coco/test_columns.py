"""Reading in columns and reading row by row must be indistinguishable."""

import json
import math
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.coco.columns import read_columns
from audit.errors import InputError
from tests.audit.coco.annotation_files import (
    HEIGHT,
    WIDTH,
    account_of_chunk,
    account_row_by_row,
    box_mask,
    coco_annotation,
    only_chunk,
    options,
    oven_annotation,
    rle,
    write,
)

WITHOUT_DEADLINE = settings(deadline=None)
"""The first call compiles, or loads what was compiled."""

texts = st.text(max_size=12)
pixels = st.integers(1, 2**48 - 1).map(
    lambda bits: np.array([bits >> k & 1 for k in range(48)], bool).reshape(HEIGHT, WIDTH)
)
numbers = st.floats(-1e6, 1e6) | st.integers(-(2**60), 2**60)
confidences = st.decimals(0, 1, places=3).map(lambda number: f"({number})")


@st.composite
def regular_annotations(draw):
    """Annotations of the Mask-OVEN-Wiki form in which nothing is wrong."""
    masks = draw(st.lists(pixels, min_size=1, max_size=3))
    corners = [
        sorted(draw(st.tuples(numbers, numbers))) + sorted(draw(st.tuples(numbers, numbers))) for _ in masks
    ]
    return oven_annotation(
        id=draw(st.text(min_size=1, max_size=6)),
        segmentation=[rle(mask) for mask in masks],
        bbox=draw(st.sampled_from([None, [[x1, y1, x2, y2] for x1, x2, y1, y2 in corners]])),
        label=draw(st.none() | st.lists(st.tuples(texts, confidences).map("".join), max_size=3)),
        score=draw(st.none() | numbers),
        text_prompt=draw(st.none() | texts),
        question=draw(st.none() | texts),
        data_split=draw(st.sampled_from([None, "query_val_seen", "wiki_all_unseen"])),
        ignored=draw(st.none() | st.recursive(numbers | texts, lambda inner: st.lists(inner, max_size=2))),
    )


def both_accounts(text: str):
    with TemporaryDirectory() as folder:
        path = Path(folder) / "file.json"
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        chunk = only_chunk(path)
        outcomes = []
        for read in (account_of_chunk, account_row_by_row):
            try:
                outcomes.append(read(chunk, options()))
            except InputError as error:
                outcomes.append(str(error))
        return outcomes


@pytest.mark.slow
@WITHOUT_DEADLINE
@given(st.lists(regular_annotations(), min_size=1, max_size=6), st.sampled_from([None, 1]))
def test_regular_annotations_are_read_in_columns_and_equal_those_read_row_by_row(annotations, indent):
    with TemporaryDirectory() as folder:
        path = Path(folder) / "file.json"
        path.write_text(json.dumps({"annotations": annotations}, indent=indent))
        chunk = only_chunk(path)
        columns = read_columns(chunk, options())
        assert columns is not None
        assert columns.is_read.all()
        in_columns, by_rows = account_of_chunk(chunk, options()), account_row_by_row(chunk, options())
    assert in_columns.table.equals(by_rows.table)
    assert in_columns.problems == by_rows.problems == ()


REGULAR = json.dumps(oven_annotation())
RLE = json.dumps(rle(box_mask(1, 1, 4, 4)))
ODD_ELEMENTS = [
    "null",
    "3",
    '"text"',
    "[]",
    "{}",
    '{"id": null}',
    REGULAR[:-1] + ', "id": "b"}',
    REGULAR[:-1] + ', "iscrowd": 0, "iscrowd": 1}',
    REGULAR[:-1] + ', "score": 1e999}',
    REGULAR[:-1] + ', "score": NaN}',
    REGULAR[:-1] + ', "area": -Infinity}',
    REGULAR[:-1] + ', "score": "0.5"}',
    REGULAR[:-1] + ', "score": true}',
    REGULAR[:-1] + ', "score": 00.5}',
    REGULAR[:-1] + ', "score": .5}',
    REGULAR[:-1] + ', "score": +1}',
    REGULAR[:-1] + ', "score": 5E-1}',
    REGULAR[:-1] + ', "score": -0}',
    REGULAR[:-1] + ', "question": null}',
    REGULAR[:-1] + ', "note": "2020-01-01T00:00:00"}',
    REGULAR.replace('"what is this?"', '"2020-01-01T00:00:00"'),
    REGULAR.replace('"what is this?"', r'"\ud800"'),
    REGULAR.replace('"what is this?"', r'"\ud83d\ude00 \u0000 \/"'),
    REGULAR.replace('"what is this?"', '"a\tb"'),
    REGULAR.replace('"what is this?"', "'a'"),
    REGULAR.replace('"what is this?"', "7"),
    REGULAR.replace('"what is this?"', '"ü"'),
    REGULAR.replace('"what is this?"', '"\ud800"'),
    REGULAR.replace('"what is this?"', '{"counts": "132"}'),
    REGULAR[:-1] + ', "meta": {"counts": "132"}}',
    REGULAR[:-1] + ', "meta": {"counts": "bad counts"}}',
    REGULAR[:-1] + ', "counts": "132"}',
    REGULAR[:-1] + ', "meta": {"id": 1, "id": 2}}',
    REGULAR[:-1] + ', "meta": [1, 2,]}',
    REGULAR[:-1] + ', "meta": [1 2]}',
    REGULAR[:-1] + ', "meta": [[}]}',
    REGULAR[:-1] + ', "meta": tru}',
    REGULAR[:-1] + ",}",
    REGULAR[:-1] + ', "meta": ' + "[" * 70 + "]" * 70 + "}",
    REGULAR[:-1] + ', "meta": ' + "[" * 62 + "]" * 62 + "}",
    REGULAR + " " + REGULAR,
    REGULAR + " x",
    "\ufeff" + REGULAR,
    REGULAR.replace('"counts"', r'"count\u0073"'),
    REGULAR.replace('"counts": "', r'"counts": "\u0031'),
    REGULAR.replace('"counts": "', '"counts": " '),
    REGULAR.replace('"size": [6, 8]', '"size": [6, 8], "size": [6, 8]'),
    REGULAR.replace('"size": [6, 8]', '"size": [8, 6]', 1),
    REGULAR.replace('"size": [6, 8]', '"size": [6, 9]'),
    REGULAR.replace('"size": [6, 8]', '"size": [6.0, 8]'),
    REGULAR.replace('"size": [6, 8]', '"size": [6, 8, 1]'),
    REGULAR.replace('"size": [6, 8]', '"size": null'),
    REGULAR.replace('"size": [6, 8]', '"size": [0, 0]'),
    REGULAR.replace('"size": [6, 8]', '"size": [-6, -8]'),
    REGULAR.replace('"size": [6, 8], ', ""),
    json.dumps(oven_annotation(segmentation=[])),
    json.dumps(oven_annotation(segmentation=None)),
    json.dumps(oven_annotation(segmentation=[rle(np.zeros((HEIGHT, WIDTH)))], bbox=None)),
    json.dumps(oven_annotation(segmentation=[None])),
    json.dumps(oven_annotation(segmentation=[{"size": [6, 8], "counts": [48]}], bbox=None)),
    json.dumps(oven_annotation(segmentation=[{"size": [6, 8], "counts": None}])),
    json.dumps(oven_annotation(segmentation=[[0, 0, 4, 0, 4, 4]])),
    json.dumps(oven_annotation(segmentation="132")),
    '{"id": "b", "image_id": "i1", "category_id": "Q", "segmentation": [{"size": [6, 8]}], '
    '"x": {"counts": "132"}}',
    json.dumps(oven_annotation(bbox=[])),
    json.dumps(oven_annotation(bbox=[[1, 2, 3, 4]])),
    json.dumps(oven_annotation(bbox=[[1, 2, 3], [1, 2, 3, 4]])),
    json.dumps(oven_annotation(bbox=[[5, 2, 3, 4], [1, 2, 3, 4]])),
    json.dumps(oven_annotation(bbox=[["1", 2, 3, 4], [1, 2, 3, 4]])),
    json.dumps(oven_annotation(bbox=[[None, 2, 3, 4], [1, 2, 3, 4]])),
    json.dumps(oven_annotation(bbox=[None, [1, 2, 3, 4]])),
    json.dumps(oven_annotation(bbox=[[math.inf, 2, 3, 4], [1, 2, 3, 4]])),
    json.dumps(oven_annotation(bbox=[1, 2, 3, 4])),
    json.dumps(oven_annotation(label="a bird")),
    json.dumps(oven_annotation(label=[])),
    json.dumps(oven_annotation(label=["a bird"])),
    json.dumps(oven_annotation(label=["a bird(1.5)", "(0.5)", "x(1)", "x(0)", "x(.5)", "x(5.)", "x()", ""])),
    json.dumps(oven_annotation(label=["(0.1234567890123456789)", "(00.500)", "(0.5.5)", "x(0.5) "])),
    json.dumps(oven_annotation(label=["x(0.5)\n", "x(٠.٥)"])),
    json.dumps(oven_annotation(label=[None, "a(0.5)"])),
    json.dumps(oven_annotation(label=[7])),
    json.dumps(oven_annotation(id="")),
    json.dumps(oven_annotation(id=None)),
    json.dumps(oven_annotation(id=5)),
    json.dumps(oven_annotation(id=5.0)),
    json.dumps(oven_annotation(id=2**70)),
    json.dumps(oven_annotation(id={"a": 1})),
    json.dumps(oven_annotation(image_id="")),
    json.dumps(oven_annotation(image_id=None)),
    json.dumps(oven_annotation(category_id=None)),
    json.dumps(oven_annotation(category_id=True)),
    json.dumps(oven_annotation(data_split="")),
    json.dumps(oven_annotation(data_split="train")),
    json.dumps(oven_annotation(data_split="a_b_hidden")),
    json.dumps(oven_annotation(data_split="__seen")),
    json.dumps(oven_annotation(data_split=7)),
]


@pytest.mark.parametrize("odd", ODD_ELEMENTS)
@pytest.mark.parametrize("form", ["{odd}, {regular}", "{regular}, {odd}", "{regular}, {odd}, {regular}"])
def test_an_odd_element_gives_the_same_account_either_way(odd, form):
    elements = form.replace("{odd}", odd).replace("{regular}", json.dumps(oven_annotation(id="r")))
    in_columns, by_rows = both_accounts('{"annotations": [' + elements + "]}")
    if isinstance(by_rows, str):
        assert in_columns == by_rows
        return
    assert in_columns.table.equals(by_rows.table)
    assert in_columns.problems == by_rows.problems


@settings(deadline=None, max_examples=400)
@given(st.data())
def test_damaged_text_gives_the_same_account_or_the_same_refusal_either_way(data):
    text = json.dumps([oven_annotation(id="a"), oven_annotation(id="b", score=0.5, extra=[1e3, True, None])])
    start = data.draw(st.integers(1, len(text) - 2))
    end = min(start + data.draw(st.integers(0, 3)), len(text) - 1)
    with_this = data.draw(st.text('{}[]",:\\ \n0123456789.-+eEatrufalsn/INy\x00ü', max_size=3))
    try:
        outcomes = both_accounts(text[:start] + with_this + text[end:])
    except (InputError, ValueError):  # cut off, or no longer one chunk
        return
    in_columns, by_rows = outcomes
    if isinstance(by_rows, str):
        assert in_columns == by_rows
        return
    assert in_columns.table.equals(by_rows.table)
    assert in_columns.problems == by_rows.problems


@pytest.mark.parametrize("separators", ["{r},,{r}", "{r},{r},", ",{r}", "{r} {r},,", "{r} {r}", "{r}]{r}"])
def test_wrong_commas_are_never_let_pass(separators, tmp_path):
    path = tmp_path / "file.json"
    path.write_text('{"annotations": [' + separators.replace("{r}", REGULAR) + "]}")
    with pytest.raises(InputError, match=r"file\.json is not JSON"):
        account_of_chunk(only_chunk(path), options())


def test_results_with_whole_number_ids_are_read_in_columns(tmp_path):
    annotations = [coco_annotation(id=None, score=0.5, image_id=k + 2**53) for k in range(5)]
    chunk = only_chunk(write(tmp_path / "file.json", annotations))
    columns = read_columns(chunk, options())
    assert columns is not None
    assert columns.is_read.all()
    account = account_of_chunk(chunk, options())
    assert account.table.equals(account_row_by_row(chunk, options()).table)
    assert [row["image_id"] for row in account.rows] == [str(k + 2**53) for k in range(5)]
    assert [row["annotation_id"] for row in account.rows] == [f"file#{k}" for k in range(5)]


def test_a_fault_in_one_row_leaves_the_others_in_columns(tmp_path):
    annotations = [oven_annotation(id=f"a{k}") for k in range(6)]
    annotations[3] = oven_annotation(id="a3", label=["no confidence"])
    chunk = only_chunk(write(tmp_path / "file.json", annotations))
    columns = read_columns(chunk, options())
    assert columns is not None
    assert columns.is_read.tolist() == [True, True, True, False, True, True]
    assert [row["annotation_id"] for row in account_of_chunk(chunk, options()).rows] == [
        f"a{k}" for k in range(6)
    ]
