"""Where pictures go: which options belong together, and what becomes of files."""

from pathlib import Path
from urllib.parse import unquote

import pytest

from audit.errors import InputError
from audit.jobs.label_studio import image_places
from audit.jobs.label_studio.image_places import ImageMode, ImagePlacing, check_placing, place_for_files

IMAGES = {"a.jpg": b"first", "b.jpg": b"second"}


def test_files_are_written_once_and_named_below_the_document_root(tmp_path: Path) -> None:
    folder = tmp_path / "with blank & ü"
    folder.mkdir()
    (folder / "a.jpg").write_bytes(b"first")
    was_written = (folder / "a.jpg").stat().st_ino
    placing = ImagePlacing(mode=ImageMode.LOCAL, folder=folder)
    check_placing(placing)
    addresses = place_for_files(placing).put(IMAGES)
    assert unquote(addresses["b.jpg"]) == "/data/local-files/?d=with blank & ü/b.jpg"
    assert "&" not in addresses["b.jpg"]
    assert {each.name: each.read_bytes() for each in folder.iterdir()} == {
        "a.jpg": b"first",
        "b.jpg": b"second",
    }
    assert (folder / "a.jpg").stat().st_ino == was_written


@pytest.mark.parametrize("damaged", [b"", b"fir", b"tsrif", b"first and more"])
def test_a_damaged_picture_is_written_anew(tmp_path: Path, damaged: bytes) -> None:
    (tmp_path / "a.jpg").write_bytes(damaged)
    placing = ImagePlacing(mode=ImageMode.URL, folder=tmp_path, url="http://h/x")
    place_for_files(placing).put(IMAGES)
    assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == IMAGES


def test_a_detour_in_a_path_does_not_hide_that_the_folder_is_below_the_root(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "root" / "pictures").mkdir(parents=True)
    (tmp_path / "beside").mkdir()
    monkeypatch.chdir(tmp_path / "beside")
    placing = ImagePlacing(
        mode=ImageMode.LOCAL,
        folder=Path("../root/./pictures"),
        document_root=f"{tmp_path}/beside/../root/",
    )
    check_placing(placing)
    assert place_for_files(placing).put(IMAGES)["a.jpg"] == "/data/local-files/?d=pictures/a.jpg"


def test_the_address_of_pictures_is_written_in_one_way(tmp_path: Path) -> None:
    placing = ImagePlacing(mode=ImageMode.URL, folder=tmp_path, url=" HTTPS://Images.Example/Masks// ")
    assert place_for_files(placing).put(IMAGES)["a.jpg"] == "https://images.example/Masks/a.jpg"


@pytest.mark.parametrize(
    "url", ["http://u:word-secret@h/x", "http://h/x?word-secret", "http://h/x#word-secret"]
)
def test_an_address_of_pictures_that_every_annotator_sees_holds_no_secret(tmp_path: Path, url: str) -> None:
    placing = ImagePlacing(mode=ImageMode.URL, folder=tmp_path, url=url)
    with pytest.raises(InputError, match="--image-url holds more than an address") as refused:
        check_placing(placing)
    assert "word-secret" not in str(refused.value)


@pytest.mark.parametrize("url", ["http:///x", "http://h/with blank", "file:///x"])
def test_what_is_no_address_of_pictures_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(InputError, match=f"--image-url {url} is no address"):
        check_placing(ImagePlacing(mode=ImageMode.URL, folder=tmp_path, url=url))


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
        "is no address of a server": ImagePlacing(mode=url, folder=tmp_path, url="h/x"),
    }
    for sentence, placing in refusals.items():
        with pytest.raises(InputError, match=sentence):
            check_placing(placing)
    check_placing(ImagePlacing())


def test_a_folder_that_is_gone_is_said_and_leaves_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    placing = ImagePlacing(mode=ImageMode.URL, folder=folder, url="http://h/x/")
    with pytest.raises(InputError, match="cannot be written: .*gone is no folder"):
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
