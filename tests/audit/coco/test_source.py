import gzip
import json

import numpy as np
import pytest
from PIL import Image

from audit.coco.source import SourceKind, open_source
from audit.errors import InputError


def test_a_json_file_is_told_by_its_first_bracket(tmp_path):
    for text, kind in (('  {"annotations": []}', SourceKind.OBJECT), ("\n[]", SourceKind.LIST)):
        path = tmp_path / "masks.v2.json"
        path.write_text(text)
        source = open_source(path)
        assert (source.kind, source.name, source.stem) == (kind, "masks.v2.json", "masks.v2")
        assert source.n_bytes == len(text)


def test_gzip_is_told_by_the_content_and_left_out_of_the_stem(tmp_path):
    for name in ("masks.json.gz", "masks.json", "masks.gz"):
        path = tmp_path / name
        path.write_bytes(gzip.compress(b'{"annotations": []}', mtime=0))
        source = open_source(path)
        assert (source.is_gzipped, source.stem) == (True, "masks")


def test_a_byte_order_mark_is_no_hindrance(tmp_path):
    path = tmp_path / "masks.json"
    path.write_bytes(b"\xef\xbb\xbf[]")
    assert open_source(path).kind is SourceKind.LIST


def test_a_folder_of_png_files_is_a_source(tmp_path):
    Image.fromarray(np.zeros((2, 3), np.uint8)).save(tmp_path / "a.PNG", format="png")
    source = open_source(tmp_path)
    assert (source.kind, source.stem) == (SourceKind.PNG_FOLDER, tmp_path.name)
    assert source.n_bytes == (tmp_path / "a.PNG").stat().st_size


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"  \n ", "holds nothing but blanks"),
        (b"\xef\xbb\xbf", "holds nothing but blanks"),
        (b"<html>", "is no JSON object or list"),
        (b"\x89PNG\r\n", "is no JSON object or list"),
        (b"3", "is no JSON object or list"),
        (b'"annotations"', "is no JSON object or list"),
        (json.dumps([]).encode("utf-16"), "UTF-16 or UTF-32"),
        (json.dumps([]).encode("utf-16-le"), "UTF-16 or UTF-32"),
        (json.dumps([]).encode("utf-32-be"), "UTF-16 or UTF-32"),
        (gzip.compress(b"[]" * 9, mtime=0)[:12], "damaged gzip"),
        (gzip.compress(b"", mtime=0), "holds nothing but blanks"),
    ],
)
def test_what_cannot_be_a_source_is_refused_in_one_sentence(tmp_path, content, said):
    path = tmp_path / "masks.json"
    path.write_bytes(content)
    with pytest.raises(InputError, match=said) as caught:
        open_source(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_path_without_anything_and_a_folder_without_masks_are_refused(tmp_path):
    with pytest.raises(InputError, match="is not there"):
        open_source(tmp_path / "nothing.json")
    with pytest.raises(InputError, match="folder without PNG files"):
        open_source(tmp_path)
