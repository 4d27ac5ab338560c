"""The files of an offline pack: all of them are there, or what was there before."""

from pathlib import Path

import pytest

from audit.errors import InputError
from audit.jobs.pack_files import check_pack_file, older_parts, pack_files


def test_one_part_takes_the_name_that_was_given(tmp_path: Path) -> None:
    with pack_files(tmp_path / "ann.html") as files:
        files.begin_part()
        files.write(b"one")
        written = files.place()

    assert written == (tmp_path / "ann.html",)
    assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == {"ann.html": b"one"}


def test_several_parts_are_numbered(tmp_path: Path) -> None:
    with pack_files(tmp_path / "ann.html") as files:
        for content in (b"one", b"two"):
            files.begin_part()
            files.write(content)
        files.place()

    assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == {
        "ann-1.html": b"one",
        "ann-2.html": b"two",
    }


def test_a_pack_that_is_not_finished_leaves_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "ann.html").write_bytes(b"before")

    with pytest.raises(KeyboardInterrupt), pack_files(tmp_path / "ann.html") as files:
        files.begin_part()
        files.write(b"half of it")
        raise KeyboardInterrupt

    assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == {"ann.html": b"before"}


def test_parts_of_an_earlier_pack_are_named(tmp_path: Path) -> None:
    for name in ("ann.html", "ann-1.html", "ann-2.html", "ann-3.html", "ann-x.html", "anna-1.html"):
        (tmp_path / name).touch()

    older = older_parts(tmp_path / "ann.html", (tmp_path / "ann-1.html", tmp_path / "ann-2.html"))

    assert [each.name for each in older] == ["ann-3.html", "ann.html"]


def test_a_place_where_no_pack_can_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "folder.html").mkdir()
    for file, fault in [
        (tmp_path / "ann.zip", "does not end in .html"),
        (tmp_path / "nowhere" / "ann.html", "is no folder"),
        (tmp_path / "folder.html", "is a folder"),
    ]:
        with pytest.raises(InputError, match=fault):
            check_pack_file(file)
