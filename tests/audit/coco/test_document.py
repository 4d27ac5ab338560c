"""Walking through files: windows of any size, keys in any order, damage at any place."""

import gzip
import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.coco.document import Document
from audit.coco.reader import read_categories, read_chunks, read_images
from audit.coco.schema import ProblemTally
from audit.coco.source import open_source
from audit.errors import InputError
from tests.audit.coco.annotation_files import coco_annotation, oven_annotation, read_file, write

AWKWARD = '"}]{[,\\'
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.text(AWKWARD),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text() | st.text(AWKWARD), inner, max_size=4)
    ),
    max_leaves=12,
)


def elements_of(path: Path, chunk_bytes: int) -> list[object]:
    chunks = list(read_chunks(open_source(path), chunk_bytes=chunk_bytes))
    assert [chunk.first_index for chunk in chunks] == [
        sum(len(earlier) for earlier in chunks[:k]) for k in range(len(chunks))
    ]
    return [json.loads(chunk.text(k)) for chunk in chunks for k in range(len(chunk))]


@settings(deadline=None)
@given(
    st.lists(values, max_size=8),
    st.dictionaries(st.text(), values, max_size=3),
    st.integers(8, 200),
    st.sampled_from([None, 0, 2]),
    st.booleans(),
)
def test_every_element_is_found_wherever_a_window_ends(elements, others, chunk_bytes, indent, is_ascii):
    content = {f"before {k}": v for k, v in others.items()} | {"annotations": elements, "after": others}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file.json"
        path.write_text(
            json.dumps(content, indent=indent, ensure_ascii=is_ascii), encoding="utf-8", errors="replace"
        )
        expected = json.loads(path.read_text(encoding="utf-8"))["annotations"]
        assert elements_of(path, chunk_bytes) == expected


@pytest.mark.parametrize("n_backslashes", range(40))
def test_runs_of_backslashes_before_a_quotation_mark_are_counted_across_windows(tmp_path, n_backslashes):
    text = "\\" * n_backslashes + '"' + "\\" * n_backslashes
    path = write(tmp_path / "file.json", {text: text, "annotations": [text, {text: text}], "z": [text]})
    for chunk_bytes in range(8, 48, 8):
        assert elements_of(path, chunk_bytes) == [text, {text: text}]


def test_an_element_larger_than_any_window_is_read_whole(tmp_path):
    large = {"text": "x" * 300_000, "list": list(range(1000))}
    path = write(tmp_path / "file.json", {"annotations": [large, 1, large]})
    assert elements_of(path, 64) == [large, 1, large]


def test_more_elements_than_a_chunk_may_hold_are_spread_over_chunks(tmp_path):
    path = write(tmp_path / "file.json", [0] * 600_000)
    chunks = list(read_chunks(open_source(path)))
    assert len(chunks) > 1
    assert sum(len(chunk) for chunk in chunks) == 600_000
    assert chunks[-1].n_bytes_read == path.stat().st_size


@pytest.mark.parametrize("content", [{"annotations": []}, [], {"annotations": [], "images": []}])
def test_no_annotations_at_all_are_no_error(tmp_path, content):
    assert elements_of(write(tmp_path / "file.json", content), 64) == []


def test_keys_come_in_any_order(tmp_path):
    images = [{"id": 7, "file_name": "a.jpg", "height": 6, "width": 8}]
    content = {
        "annotations": [coco_annotation()],
        "info": {"images": [1, 2], "annotations": {}},
        "categories": [{"id": 3, "name": "cat"}],
        "licenses": None,
        "images": images,
        "version": '1.0 "]}',
        "n": -1.5e3,
    }
    for keys in (list(content), list(reversed(content))):
        path = write(tmp_path / "file.json", {key: content[key] for key in keys})
        source, tally = open_source(path), ProblemTally()
        assert [row["image_id"] for table in read_images(source, tally) for row in table.to_pylist()] == ["7"]
        assert [row["name"] for table in read_categories(source, tally) for row in table.to_pylist()] == [
            "cat"
        ]
        assert read_file(path, chunk_bytes=64).table.num_rows == 1
        assert tally.problems() == ()


def test_images_are_read_without_a_look_at_what_follows_them(tmp_path):
    path = tmp_path / "file.json"
    path.write_text(
        '{"images": [{"id": 1, "file_name": "a.jpg", "height": 2, "width": 3}], "annotations": [cut'
    )
    (table,) = read_images(open_source(path), ProblemTally(), chunk_bytes=80)
    assert table.num_rows == 1


@pytest.mark.parametrize("is_gzipped", [False, True])
def test_a_file_cut_off_anywhere_is_refused_with_its_name(tmp_path, is_gzipped):
    text = json.dumps(
        {"images": [{"id": 1}], "annotations": [oven_annotation()], "info": {"a": "b"}}
    ).encode()
    whole = gzip.compress(text) if is_gzipped else text
    for n_bytes in range(3, len(whole)):
        path = tmp_path / "file.json"
        path.write_bytes(whole[:n_bytes])
        with pytest.raises(InputError, match=r"file\.json is (cut off at byte|a damaged gzip|not JSON)"):
            read_file(path, chunk_bytes=64)


def test_the_place_of_the_cut_is_the_last_byte_of_the_file(tmp_path):
    path = tmp_path / "file.json"
    path.write_text('{"annotations": [{"id": 1}, {"id"')
    with pytest.raises(InputError, match="cut off at byte 33,"):
        read_file(path, chunk_bytes=8)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{}", "has no key 'annotations'"),
        ('{"images": []}', "has no key 'annotations'"),
        ('{"annotations": {"a": 1}}', "a list was needed here"),
        ('{"annotations": null}', "a list was needed here"),
        ('{"annotations": [], "annotations": []}', "'annotations' twice"),
        ('{"images": [], "annotations": [], "images": []}', "'images' twice"),
        ('{"annotations": []} {}', "something follows its end"),
        ("[] []", "something follows its end"),
        ('{"annotations" []}', ": was needed here"),
        ('{"annotations": [] "images": []}', ", was needed here"),
        ("{annotations: []}", '" was needed here'),
        ('{"a": x, "annotations": []}', "a value was needed here"),
        ('{"a": , "annotations": []}', "a value was needed here"),
        ('{"annotations": [{"id": 1 "b": 2}]}', "not JSON at byte 26 "),
        ('{"annotations": [{"é": 1 "b": 2}]}', "not JSON at byte 26 "),
        ('{"annotations": [{"id": 1}}', "is not JSON of a known form"),
    ],
)
def test_what_is_no_annotation_file_is_refused_by_what_is_wrong(tmp_path, text, said):
    path = tmp_path / "file.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=said) as caught:
        read_file(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_repeated_key_that_is_not_read_does_no_harm(tmp_path):
    path = tmp_path / "file.json"
    path.write_text('{"info": {}, "info": {}, "annotations": [], "x": [], "x": 2}')
    assert read_file(path).table.num_rows == 0


def test_a_gzipped_file_with_a_byte_order_mark_reads_like_the_plain_one(tmp_path):
    annotations = [oven_annotation(id=f"a{k}") for k in range(30)]
    plain = read_file(write(tmp_path / "file.json", {"annotations": annotations}))
    packed = tmp_path / "packed.json.gz"
    packed.write_bytes(gzip.compress(b"\xef\xbb\xbf" + (tmp_path / "file.json").read_bytes()))
    for chunk_bytes in (64, 5_000, 1 << 20):
        assert read_file(packed, chunk_bytes=chunk_bytes).table.equals(plain.table)


def test_a_document_is_closed_when_a_reader_stops_early(tmp_path):
    path = write(tmp_path / "file.json", {"annotations": [1, 2, 3]})
    with Document(open_source(path), chunk_bytes=8) as document:
        for _ in document.walk_keys():
            next(document.chunks())
            break
