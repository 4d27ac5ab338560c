import io
import os
import tarfile
import zipfile
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import fsspec
import pytest

from audit.errors import InputError
from audit.review.roots import NotReachableError, NotReadableError, check_root, open_root


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A root with two images, and a secret beside it."""
    root = tmp_path / "images"
    (root / "04").mkdir(parents=True)
    (root / "04" / "x.jpg").write_bytes(b"x")
    (root / "y.jpg").write_bytes(b"y")
    (tmp_path / "secret.jpg").write_bytes(b"secret")
    return root


@pytest.fixture
def archive(folder: Path, tmp_path: Path) -> Path:
    path = tmp_path / "images.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.write(folder / "04" / "x.jpg", "04/x.jpg")
        made.write(folder / "y.jpg", "y.jpg")
    return path


@pytest.fixture
def tarball(folder: Path, tmp_path: Path) -> Path:
    path = tmp_path / "images.tar"
    with tarfile.open(path, "w") as made:
        made.add(folder / "04" / "x.jpg", "04/x.jpg")
        made.add(folder / "y.jpg", "y.jpg")
    return path


@pytest.mark.parametrize("name", ["04/x.jpg", "/04/x.jpg", "//04//x.jpg", "./04/x.jpg", "04/../04/x.jpg"])
def test_a_name_is_relative_to_the_root_whatever_it_begins_with(folder: Path, name: str) -> None:
    assert open_root(str(folder)).read(name) == b"x"


@pytest.mark.parametrize(
    "name",
    [
        "../secret.jpg",
        "/../secret.jpg",
        "04/../../secret.jpg",
        "04\\..\\..\\secret.jpg",
        "C:\\secret.jpg",
        "file:///etc/passwd",
        "https://example.org/x.jpg",
        "y.jpg\0.png",
        "",
        "/",
        ".",
        "..",
        "04",
        "y.jpg/",
        "/etc/passwd",
        "no.jpg",
        "x" * 5000,
        "\ud800.jpg",
    ],
)
def test_nothing_but_an_image_under_the_root_is_read(
    folder: Path, archive: Path, tarball: Path, name: str
) -> None:
    for root in (str(folder), f"file://{folder}", f"zip://{archive}", f"tar://{tarball}"):
        if name == "y.jpg/":
            assert open_root(root).read(name) == b"y"  # the same path, written carelessly
            continue
        with pytest.raises(NotReadableError) as caught:
            open_root(root).read(name)
        assert "secret" not in str(caught.value), "a reason names no file: it could tell the split"


def test_an_absolute_path_of_a_file_elsewhere_is_not_followed(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(NotReadableError, match="missing"):
        open_root(str(folder)).read(str(tmp_path / "secret.jpg"))


def test_a_link_that_leads_out_of_the_root_is_refused(folder: Path, tmp_path: Path) -> None:
    (folder / "out.jpg").symlink_to(tmp_path / "secret.jpg")
    (folder / "up").symlink_to(tmp_path)
    (folder / "in.jpg").symlink_to(folder / "y.jpg")
    root = open_root(str(folder))

    assert root.read("in.jpg") == b"y"
    for name in ("out.jpg", "up/secret.jpg"):
        with pytest.raises(NotReadableError, match="outside"):
            root.read(name)


def test_a_root_that_is_itself_a_link_is_followed(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(folder)

    assert open_root(str(tmp_path / "link")).read("y.jpg") == b"y"


def test_a_pipe_is_not_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "pipe.jpg")

    with pytest.raises(NotReadableError, match="missing"):
        open_root(str(folder)).read("pipe.jpg")


def test_archives_and_chained_urls_are_roots(folder: Path, archive: Path, tarball: Path) -> None:
    for root in (f"zip://{archive}", f"zip://::{archive}", f"tar://{tarball}", f"zip://::file://{archive}"):
        check_root(root)
        assert open_root(root).read("/04/x.jpg") == b"x"
    inner = f"zip://04::{archive}"
    check_root(inner)
    assert open_root(inner).read("x.jpg") == b"x"
    with pytest.raises(NotReadableError, match="leads out"):
        open_root(inner).read("../y.jpg")


def test_an_archive_is_opened_once_and_read_by_several_at_a_time(tarball: Path) -> None:
    root = f"tar://{tarball}"

    with ThreadPoolExecutor(8) as pool:
        read = list(
            pool.map(lambda index: open_root(root).read(["y.jpg", "04/x.jpg"][index % 2]), range(200))
        )

    assert read == [b"y", b"x"] * 100
    assert open_root(root) is open_root(root)


def test_any_filesystem_that_fsspec_knows_is_a_root() -> None:
    memory = fsspec.filesystem("memory")
    memory.pipe_file("/dataset/a/b.jpg", b"b")

    check_root("memory://dataset")
    assert open_root("memory://dataset").read("/a/b.jpg") == b"b"
    with pytest.raises(InputError, match="is not there"):
        check_root("memory://elsewhere")
    memory.rm("/dataset", recursive=True)


def test_a_file_too_large_for_a_photo_is_not_read(folder: Path) -> None:
    with (folder / "large.jpg").open("wb") as sparse:
        sparse.truncate(300 * 1024**2)

    with pytest.raises(NotReadableError, match="more than 268,435,456"):
        open_root(str(folder)).read("large.jpg")


@pytest.mark.parametrize(
    ("root", "told"),
    [
        ("{}/no", "does not exist"),
        ("{}/images/y.jpg", "is a file"),
        ("zip://{}/no.zip", "cannot be opened: .*No such file"),
        ("zip://{}/images/y.jpg", "cannot be opened: File is not a zip file"),
        ("tar://{}/images/y.jpg", "cannot be opened"),
        ("zip://no::{}/images.zip", "is not there"),
        ("nothing://x", "cannot be opened: Protocol not known: nothing"),
        ("file://{}/no", "does not exist"),
        ("simplecache::file://{}/no", "does not exist"),
        ("dir:///x", "cannot be opened: give a folder, "),
        ("generic://x", "cannot be opened: give a folder, "),
    ],
)
def test_a_root_that_cannot_be_reached_is_told_in_one_sentence(
    folder: Path, archive: Path, tmp_path: Path, root: str, told: str
) -> None:
    with pytest.raises(InputError, match=told) as caught:
        check_root(root.format(tmp_path))
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("image root ")


@pytest.mark.parametrize("wrapper", ["simplecache", "blockcache::simplecache", "dir", "async_wrapper"])
def test_a_folder_behind_another_filesystem_lets_nothing_out(folder: Path, wrapper: str) -> None:
    (folder / "out.jpg").symlink_to("../secret.jpg")
    root = open_root(f"{wrapper}::file://{folder}")

    assert root.read("04/x.jpg") == b"x"
    with pytest.raises(NotReadableError, match="outside the image root"):
        root.read("out.jpg")


def test_a_root_that_appears_later_is_found(tmp_path: Path) -> None:
    late = tmp_path / "late.zip"
    with pytest.raises(InputError):
        open_root(f"zip://{late}")
    with zipfile.ZipFile(late, "w") as made:
        made.writestr("a.jpg", b"a")

    assert open_root(f"zip://{late}").read("a.jpg") == b"a"


def test_a_web_server_that_lists_nothing_is_reachable_all_the_same(folder: Path) -> None:
    pytest.importorskip("aiohttp", reason="fsspec reads the web with aiohttp")
    handler = partial(SimpleHTTPRequestHandler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        root = f"http://127.0.0.1:{server.server_port}"
        check_root(f"{root}/no-listing-here")
        assert open_root(root).read("/04/x.jpg") == b"x"
        server.shutdown()


def test_a_folder_that_went_away_or_lost_its_disk_says_nothing_of_its_images(folder: Path) -> None:
    root = open_root(str(folder))
    with pytest.raises(NotReadableError, match="missing"):
        root.read("no.jpg")

    folder.rename(folder.with_name("away"))
    with pytest.raises(NotReachableError, match="root cannot be reached"):
        root.read("y.jpg")
    folder.mkdir()  # what is left of a disk that is not mounted
    with pytest.raises(NotReachableError, match="root cannot be reached"):
        root.read("y.jpg")


def test_links_that_lead_in_a_circle_are_told(folder: Path) -> None:
    (folder / "a.jpg").symlink_to(folder / "b.jpg")
    (folder / "b.jpg").symlink_to(folder / "a.jpg")

    with pytest.raises(NotReadableError, match="cannot be opened|is missing"):
        open_root(str(folder)).read("a.jpg")


def test_a_tar_of_the_current_folder_is_read_by_plain_names(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "dot.tar"
    with tarfile.open(path, "w") as made:
        made.add(folder, ".")  # as `tar cf dot.tar .` does
        assert "./04/x.jpg" in made.getnames()

    for root, name in ((f"tar://{path}", "/04/x.jpg"), (f"tar://04::{path}", "x.jpg")):
        check_root(root)
        assert open_root(root).read(name) == b"x"
    assert open_root(f"tar://{path}").read("./y.jpg") == b"y"
    with pytest.raises(NotReadableError, match="missing"):
        open_root(f"tar://{path}").read("no.jpg")


def test_a_link_that_leads_out_of_an_archive_is_refused(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "linked.tar"
    (folder / "out.jpg").symlink_to(tmp_path / "secret.jpg")
    (folder / "in.jpg").symlink_to("y.jpg")
    with tarfile.open(path, "w") as made:
        for name in ("y.jpg", "in.jpg", "out.jpg"):
            made.add(folder / name, name)

    assert open_root(f"tar://{path}").read("in.jpg") == b"y"
    with pytest.raises(NotReadableError, match="outside the image root"):
        open_root(f"tar://{path}").read("out.jpg")


def test_a_member_that_is_damaged_is_not_waited_for(tmp_path: Path) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as made:
        made.writestr("a.jpg", b"the bytes of a photo")
    path = tmp_path / "damaged.zip"
    path.write_bytes(content.getvalue().replace(b"the bytes", b"The bytes"))

    with pytest.raises(NotReadableError, match="cannot be read from its archive"):
        open_root(f"zip://{path}").read("a.jpg")


class _Answering(BaseHTTPRequestHandler):
    """Answers every path with the status that it names."""

    def do_GET(self) -> None:
        self.send_error(int(self.path.strip("/").partition(".")[0]))

    do_HEAD = do_GET  # noqa: N815  (the name that http.server calls)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Be silent."""


def test_on_the_web_only_a_404_means_missing() -> None:
    pytest.importorskip("aiohttp", reason="fsspec reads the web with aiohttp")
    with ThreadingHTTPServer(("127.0.0.1", 0), _Answering) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        root = open_root(f"http://127.0.0.1:{server.server_port}")
        with pytest.raises(NotReadableError, match="missing"):
            root.read("404.jpg")
        for status in (HTTPStatus.INTERNAL_SERVER_ERROR, HTTPStatus.SERVICE_UNAVAILABLE):
            with pytest.raises(NotReachableError, match="cannot be fetched"):
                root.read(f"{status.value}.jpg")
        server.shutdown()

    with pytest.raises(NotReachableError, match="cannot be fetched"):
        root.read("404.jpg")  # nobody listens any more
