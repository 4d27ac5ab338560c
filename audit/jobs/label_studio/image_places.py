"""Where the pictures of tasks lie: uploaded to the server, or in a folder that it or the browser reaches."""

import posixpath
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import Protocol
from urllib.parse import quote

from audit.errors import InputError, UnavailableError
from audit.jobs.files import write_bytes
from audit.jobs.label_studio.addresses import checked_address
from audit.jobs.label_studio.portions import Portions
from audit.review.label_studio.server import MAX_FILES, LabelStudioServer
from audit.review.label_studio.server_faults import UnansweredError

MAX_UPLOAD_BYTES = 50 * 1000**2
"""Of one request, unless a single picture is larger."""


class ImageMode(StrEnum):
    """How the server's users get to see the pictures."""

    UPLOAD = "upload"
    """They are uploaded to the project, or put into the file of tasks."""
    LOCAL = "local"
    """They are written into a folder that the server serves from its disk."""
    URL = "url"
    """They are written into a folder that some web server serves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImagePlacing:
    """Where pictures are to go.

    Attributes:
        folder: that they are written to, with local and url.
        server_folder: the same folder as the server sees it, with local; None where it sees it alike.
        document_root: of the server's local files, with local; None for the folder above `server_folder`.
        url: that stands before the names of the pictures, with url.
    """

    mode: ImageMode = ImageMode.UPLOAD
    folder: Path | None = None
    server_folder: str | None = None
    document_root: str | None = None
    url: str | None = None


class ImagePlace(Protocol):
    """Takes pictures."""

    def put(self, images: Mapping[str, bytes]) -> Mapping[str, str]:
        """Keep JPEG images, name → content, each once; give name → the address that a task names."""


class Uploads:
    """The uploads of one project."""

    def __init__(self, server: LabelStudioServer, number: int) -> None:
        self._server = server
        self._number = number
        self._there: dict[str, str] | None = None
        self._portions = Portions()

    def put(self, images: Mapping[str, bytes]) -> Mapping[str, str]:
        """Upload what is not there yet.

        Raises:
            UnansweredError: some of them may be there or not; ask again, and only what is missing is sent.
        """
        there = self._server.uploaded(self._number) if self._there is None else self._there
        missing = {name: content for name, content in images.items() if name not in there}
        if missing:
            self._there = None
            for some in _requests(missing):
                self._portions.send(
                    list(some.items()), lambda few: self._server.upload(self._number, dict(few))
                )
            there = self._server.uploaded(self._number)
            if any(name not in there for name in images):
                raise UnansweredError(
                    f"Label Studio at {self._server.url} took images and does not show them: try again"
                )
        self._there = there
        return {name: there[name] for name in images}


class Folder:
    """A folder of this machine that somebody else serves."""

    def __init__(self, folder: Path, prefix: str) -> None:
        self._folder = folder
        self._prefix = prefix

    def put(self, images: Mapping[str, bytes]) -> Mapping[str, str]:
        """Write what is not there yet or damaged, each file in one step.

        Raises:
            UnavailableError: the file system refuses, for instance because it is full.
        """
        for name, content in images.items():
            if not _holds(self._folder / name, content):
                write_bytes(self._folder / name, content)
        return {name: f"{self._prefix}{name}" for name in images}


class Inside:
    """No place at all: the picture stands in the task itself, as a data URI."""

    def put(self, images: Mapping[str, bytes]) -> Mapping[str, str]:
        """Give the pictures as addresses that hold them."""
        return {
            name: f"data:image/jpeg;base64,{b64encode(content).decode()}" for name, content in images.items()
        }


def check_placing(placing: ImagePlacing) -> None:
    """Raise InputError unless the pieces of a placing are there and fit together."""
    given = {
        "--image-folder": placing.folder,
        "--server-folder": placing.server_folder,
        "--document-root": placing.document_root,
        "--image-url": placing.url,
    }
    needed = {
        ImageMode.UPLOAD: (),
        ImageMode.LOCAL: ("--image-folder",),
        ImageMode.URL: ("--image-folder", "--image-url"),
    }
    allowed = {**needed, ImageMode.LOCAL: ("--image-folder", "--server-folder", "--document-root")}
    mode = f"--image-mode {placing.mode}"
    for option, value in given.items():
        if value is not None and option not in allowed[placing.mode]:
            raise InputError(f"{option} means nothing with {mode}: leave it out, or choose another mode")
        if value is None and option in needed[placing.mode]:
            raise InputError(f"{mode} needs {option}")
    if placing.folder is not None and not placing.folder.is_dir():
        raise InputError(f"--image-folder {placing.folder} is no folder: make it, or name another")
    if placing.mode is ImageMode.LOCAL:
        _local_prefix(placing)
    if placing.mode is ImageMode.URL:
        _web_prefix(placing)


def place_for_project(placing: ImagePlacing, server: LabelStudioServer, number: int) -> ImagePlace:
    """Give where the pictures of a project go; the server is told of a folder that it is to serve.

    Raises:
        InputError: the server does not serve that folder.
    """
    if placing.mode is ImageMode.UPLOAD:
        return Uploads(server, number)
    if placing.mode is ImageMode.LOCAL:
        folder = _server_folder(placing)
        try:
            server.serve_folder(number, str(folder))
        except InputError as error:
            raise InputError(
                f"{error}; it serves files of {folder} only if it was started with "
                "LABEL_STUDIO_LOCAL_FILES_SERVING_ENABLED=true and LABEL_STUDIO_LOCAL_FILES_DOCUMENT_ROOT "
                f"set to a folder above that one, such as {_document_root(placing)}, and finds it there"
            ) from error
    return _folder(placing)


def place_for_files(placing: ImagePlacing) -> ImagePlace:
    """Give where the pictures go whose tasks are written to a file."""
    return Inside() if placing.mode is ImageMode.UPLOAD else _folder(placing)


def _folder(placing: ImagePlacing) -> Folder:
    prefix = _web_prefix(placing) if placing.mode is ImageMode.URL else _local_prefix(placing)
    return Folder(_given(placing), prefix)


def _web_prefix(placing: ImagePlacing) -> str:
    return f"{checked_address('--image-url', placing.url or '', 'http://HOST/PATH')}/"


def _local_prefix(placing: ImagePlacing) -> str:
    folder, root = _server_folder(placing), _document_root(placing)
    if root == folder or not folder.is_relative_to(root):
        raise InputError(
            f"--document-root {root} is not strictly above {folder}, the folder of the images as the server "
            "sees it: give the folder that the server was started with as the root of its local files"
        )
    return f"/data/local-files/?d={quote(str(folder.relative_to(root)))}/"


def _server_folder(placing: ImagePlacing) -> PurePosixPath:
    # Label Studio compares paths by their letters, and so do we: no "..".
    return _plain_path(placing.server_folder or str(_given(placing).absolute()))


def _document_root(placing: ImagePlacing) -> PurePosixPath:
    return _plain_path(placing.document_root) if placing.document_root else _server_folder(placing).parent


def _plain_path(path: str) -> PurePosixPath:
    return PurePosixPath(posixpath.normpath(path))


def _given(placing: ImagePlacing) -> Path:
    if placing.folder is None:
        raise ValueError("check the placing first")
    return placing.folder


def _requests(images: Mapping[str, bytes]) -> Iterator[dict[str, bytes]]:
    """Give images in groups that one request can carry."""
    some: dict[str, bytes] = {}
    n_bytes = 0
    for name, content in images.items():
        if some and (len(some) == MAX_FILES or n_bytes + len(content) > MAX_UPLOAD_BYTES):
            yield some
            some, n_bytes = {}, 0
        some[name] = content
        n_bytes += len(content)
    if some:
        yield some


def _holds(file: Path, content: bytes) -> bool:
    try:
        return file.stat().st_size == len(content) and file.read_bytes() == content
    except FileNotFoundError:
        return False
    except OSError as error:
        raise UnavailableError(f"{file} cannot be read: {error.strerror}") from error
