"""Where pictures go: which options belong together, and what becomes of files."""

from pathlib import Path
from urllib.parse import unquote

import pytest

from audit.errors import InputError, UnavailableError
from audit.jobs.label_studio import image_places
from audit.jobs.label_studio.image_places import ImageMode, ImagePlacing, check_placing, place_for_files

IMAGES = {"a.jpg": b"first", "b.jpg": b"second"}


def test_files_are_written_once_and_named_below_the_document_root(tmp_path: Path) -> None:
    folder = tmp_path / "with blank & ü"
    folder.mkdir()
    (folder / "a.jpg").write_bytes(b"kept")
    placing = ImagePlacing(mode=ImageMode.LOCAL, folder=folder)
    check_placing(placing)
    addresses = place_for_files(placing).put(IMAGES)
    assert unquote(addresses["b.jpg"]) == "/data/local-files/?d=with blank & ü/b.jpg"
    assert "&" not in addresses["b.jpg"]
    assert {each.name: each.read_bytes() for each in folder.iterdir()} == {
        "a.jpg": b"kept",
        "b.jpg": b"second",
    }


def test_a_server_in_a_container_sees_the_folder_elsewhere(tmp_path: Path) -> None:
    placing = ImagePlacing(
        mode=ImageMode.LOCAL, folder=tmp_path, server_folder="/data/a/b", document_root="/data"
    )
    check_placing(placing)
    assert place_for_files(placing).put(IMAGES)["a.jpg"] == "/data/local-files/?d=a/b/a.jpg"


@pytest.mark.parametrize("root", ["/data/a", "/data/a/b", "/elsewhere"])
def test_a_document_root_that_is_not_strictly_above_is_refused(tmp_path: Path, root: str) -> None:
    placing = ImagePlacing(mode=ImageMode.LOCAL, folder=tmp_path, server_folder="/data/a", document_root=root)
    with pytest.raises(InputError, match="is not strictly above /data/a"):
        check_placing(placing)


def test_options_that_are_missing_or_mean_nothing_are_named(tmp_path: Path) -> None:
    upload, local, url = ImageMode.UPLOAD, ImageMode.LOCAL, ImageMode.URL
    refusals = {
        "--image-mode local needs --image-folder": ImagePlacing(mode=local),
        "--image-mode url needs --image-url": ImagePlacing(mode=url, folder=tmp_path),
        "--image-folder means nothing with --image-mode upload": ImagePlacing(mode=upload, folder=tmp_path),
        "--image-url means nothing with --image-mode local": ImagePlacing(
            mode=local, folder=tmp_path, url="http://h"
        ),
        "is no folder": ImagePlacing(mode=local, folder=tmp_path / "nowhere"),
        "is no address of a web server": ImagePlacing(mode=url, folder=tmp_path, url="h/x"),
    }
    for sentence, placing in refusals.items():
        with pytest.raises(InputError, match=sentence):
            check_placing(placing)
    check_placing(ImagePlacing())


def test_a_folder_that_is_gone_is_said_and_leaves_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    placing = ImagePlacing(mode=ImageMode.URL, folder=folder, url="http://h/x/")
    with pytest.raises(UnavailableError, match="cannot be written"):
        place_for_files(placing).put(IMAGES)
    assert not list(tmp_path.iterdir())


def test_one_request_carries_neither_too_many_files_nor_too_many_bytes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(image_places, "MAX_UPLOAD_BYTES", 10)
    images = {f"{n}.jpg": n * b"x" for n in (4, 6, 1, 12, 2)}
    assert [list(some) for some in image_places._requests(images)] == [
        ["4.jpg", "6.jpg"],
        ["1.jpg"],
        ["12.jpg"],
        ["2.jpg"],
    ]
    many = {f"{n}.jpg": b"" for n in range(201)}
    assert [len(some) for some in image_places._requests(many)] == [100, 100, 1]
