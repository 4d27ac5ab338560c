"""Writing a source again: kept elements are the same bytes, dropped ones are gone, the rest is untouched."""

import gzip
import json
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from audit.coco.corrections import CorrectedMask
from audit.coco.source import open_source
from audit.coco.writer import Edit, Edits, write_edited
from audit.errors import InputError
from tests.audit.coco.annotation_files import HEIGHT, WIDTH, box_mask, coco_annotation, rle, write
from tests.audit.coco.test_document import values

blanks = st.text(" \t\r\n", max_size=3)
elements = st.tuples(blanks, values, blanks)
NEW = CorrectedMask(height=HEIGHT, width=WIDTH, parts=(rle(box_mask(2, 1, 7, 5))["counts"].encode(),))


def edited_file(path: Path, is_kept, changed=None, *, chunk_bytes: int = 1 << 16) -> bytes:
    """The bytes of a file written again; `changed` by element."""
    changed = changed or {}
    target = path.with_name("after")

    def edits_of(first: int, n: int) -> Edits:
        return Edits(
            is_kept=np.array(is_kept[first : first + n], np.bool_),
            changed={place - first: edit for place, edit in changed.items() if first <= place < first + n},
        )

    n_elements = write_edited(open_source(path), target, edits_of, int, chunk_bytes=chunk_bytes)
    assert n_elements == len(is_kept)
    return target.read_bytes()


@pytest.mark.slow
@settings(deadline=None)
@given(
    st.lists(st.tuples(elements, st.booleans()), max_size=8),
    st.tuples(st.dictionaries(st.text(), values, max_size=2), st.dictionaries(st.text(), values, max_size=2)),
    blanks,
    st.sampled_from(["list", "object"]),
    st.tuples(st.booleans(), st.booleans(), st.booleans()),
    st.integers(8, 300),
)
def test_whatever_the_layout_only_what_is_dropped_is_missing(chosen, others, blank, form, how, chunk_bytes):
    has_bom, is_gzipped, is_ascii = how

    def text_of(value: object) -> bytes:
        return json.dumps(value, ensure_ascii=is_ascii).encode("utf-8", "replace")

    cells = [before.encode() + text_of(value) + after.encode() for (before, value, after), _ in chosen]
    is_kept = [kept for _, kept in chosen]
    before = b"\xef\xbb\xbf" if has_bom else b""
    after = blank.encode()
    if form == "object":
        keys = [b'"before %d":%s, ' % (k, text_of(value)) for k, value in enumerate(others[0].values())]
        before += b"{" + b"".join(keys) + blank.encode() + b'"annotations" :'
        keys = [b',"after %d" : %s' % (k, text_of(value)) for k, value in enumerate(others[1].values())]
        after = b"".join(keys) + blank.encode() + b"}\n"
    tail = b""
    if cells and not is_kept[-1]:
        tail = chosen[-1][0][2].encode()
    kept_cells = [cell for cell, kept in zip(cells, is_kept, strict=True) if kept]
    expected = before + b"[" + b",".join(kept_cells) + tail + b"]" + after
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file.json"
        whole = before + b"[" + b",".join(cells) + b"]" + after
        path.write_bytes(gzip.compress(whole) if is_gzipped else whole)
        found = edited_file(path, is_kept, chunk_bytes=chunk_bytes)
        assert (gzip.decompress(found) if is_gzipped else found) == expected
        if is_gzipped:
            assert found[4:8] == bytes(4)  # no time of writing
            assert not found[3]  # and no name


@pytest.mark.slow
@settings(deadline=None)
@given(
    st.lists(st.sampled_from(["keep", "drop", "correct", "give", "both"]), max_size=30), st.integers(8, 900)
)
def test_changed_elements_stand_among_the_untouched_ones(actions, chunk_bytes):
    annotations = [coco_annotation(id=k, note="é, ]}") for k in range(len(actions))]
    changed = {
        k: Edit(
            mask=NEW if action in ("correct", "both") else None,
            given_id=f"x#{k}" if action in ("give", "both") else None,
        )
        for k, action in enumerate(actions)
        if action not in ("keep", "drop")
    }
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder) / "file.json", {"images": [], "annotations": annotations})
        found = json.loads(
            edited_file(path, [a != "drop" for a in actions], changed, chunk_bytes=chunk_bytes)
        )
    assert list(found) == ["images", "annotations"]
    correction = {
        "segmentation": {"size": [HEIGHT, WIDTH], "counts": NEW.counts.decode()},
        "area": 20,
        "bbox": [2.0, 1.0, 5.0, 4.0],
    }
    assert found["annotations"] == [
        annotation
        | (correction if action in ("correct", "both") else {})
        | ({"mask_audit_id": f"x#{k}"} if action in ("give", "both") else {})
        for k, (annotation, action) in enumerate(zip(annotations, actions, strict=True))
        if action != "drop"
    ]


def test_nothing_dropped_gives_the_same_bytes_over_many_chunks(tmp_path):
    path = tmp_path / "file.json"
    path.write_text(json.dumps({"annotations": [coco_annotation(id=k) for k in range(3000)]}, indent=1))
    assert edited_file(path, [True] * 3000, chunk_bytes=5000) == path.read_bytes()


def png_folder(folder: Path) -> Path:
    folder.mkdir()
    for name in ("a", "b", "c", "d"):
        Image.fromarray(box_mask(1, 1, 4, 4).astype(np.uint8)).save(folder / f"{name}.png")
    return folder


def written_pngs(tmp_path: Path, changed: dict[int, Edit]) -> Path:
    target = tmp_path / "after"
    edits = Edits(is_kept=np.array([True, False, True, True]), changed=changed)
    write_edited(open_source(png_folder(tmp_path / "masks")), target, lambda *_: edits, int)
    return target


def test_a_folder_of_png_masks_becomes_a_folder_of_png_masks(tmp_path):
    target = written_pngs(tmp_path, {2: Edit(mask=NEW, given_id=None), 3: Edit(mask=None, given_id="taken")})
    assert sorted(path.name for path in target.iterdir()) == ["a.png", "c.png", "taken.png"]
    assert (target / "a.png").read_bytes() == (tmp_path / "masks" / "a.png").read_bytes()
    with Image.open(target / "c.png") as image:
        assert np.array_equal(np.asarray(image) > 0, NEW.pixels)


@pytest.mark.parametrize(
    ("given_id", "said"), [("../up", "cannot be the name"), ("x" * 300, "cannot be"), ("a", "must differ")]
)
def test_an_id_that_is_no_file_name_of_its_own_is_refused(tmp_path, given_id, said):
    with pytest.raises(InputError, match=said):
        written_pngs(tmp_path, {3: Edit(mask=None, given_id=given_id)})
