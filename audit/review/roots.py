"""Reads the bytes of one image from under a root: a folder, an archive or a server; never from elsewhere."""

import posixpath
import zipfile
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from tarfile import TarError
from threading import Lock
from typing import Any, Protocol
from urllib.error import HTTPError, URLError
from urllib.parse import quote
from urllib.request import Request, urlopen

import fsspec
from fsspec import AbstractFileSystem
from fsspec.implementations.local import LocalFileSystem

from audit.errors import InputError

MAX_FILE_BYTES = 256 * 1024**2
"""A larger file is no photograph; reading it would only fill the memory."""

ANSWER_SECONDS = 20
"""How long a web server may take to say that it is there."""

_ARCHIVES = ("zip", "tar")
_WEB = ("http", "https")


class NotReadableError(Exception):
    """Why one image cannot be shown, as a clause for people; it names neither file nor folder.

    Reviewers see it, and a path can tell the split that they must not know.
    """


class Root(Protocol):
    """Where images lie."""

    def read(self, file_name: str) -> bytes:
        """Give the bytes of a file under the root; raise NotReadableError where there are none."""


@dataclass(frozen=True, slots=True)
class _Folder:
    folder: Path
    """Resolved, so that a link that leads out can be told."""

    def read(self, file_name: str) -> bytes:
        try:
            path = (self.folder / _relative(file_name)).resolve()
            if not path.is_relative_to(self.folder):
                raise NotReadableError("the image lies outside the image root")
            # A pipe or a device would block or never end.
            if not path.is_file():
                raise NotReadableError("the image is missing")
            _refuse_large(path.stat().st_size)
            return path.read_bytes()
        except (OSError, ValueError) as error:
            raise NotReadableError("the image file cannot be opened") from error


@dataclass(frozen=True, slots=True)
class _Remote:
    filesystem: AbstractFileSystem
    base: str
    turn: AbstractContextManager[object]
    """Readers of one archive share its file position, so they take turns."""

    def read(self, file_name: str) -> bytes:
        path = _joined(self.base, self._escaped(_relative(file_name)))
        try:
            with self.turn:
                _refuse_unlike_image(self.filesystem.info(path))
                return bytes(self.filesystem.cat_file(path))
        except FileNotFoundError as error:
            raise NotReadableError("the image is missing") from error
        except NotReadableError:
            raise
        except Exception as error:  # every filesystem has errors of its own
            raise NotReadableError(f"the image cannot be fetched ({type(error).__name__})") from error

    def _escaped(self, relative: str) -> str:
        return quote(relative) if _is_web(self.filesystem) else relative


def open_root(root: str) -> Root:
    """Give the root of that name; archives stay open, because opening a large one takes seconds.

    Args:
        root: a folder, or an fsspec URL, with `zip://FILE` and `tar://FILE` meaning the archive itself.

    Raises:
        InputError: nothing can be read there; the sentence says why.
    """
    if "://" not in root and "::" not in root:
        return _open_folder(Path(root))
    remote = _open_remote(root)
    if isinstance(remote.filesystem, LocalFileSystem):
        return _open_folder(Path(remote.base))
    return remote


def check_root(root: str) -> None:
    """Raise InputError, in one sentence, unless the image root can be reached; nothing is scanned."""
    found = open_root(root)
    if not isinstance(found, _Remote):
        return
    if _is_web(found.filesystem):
        _check_web(root)
    elif not _has_folder(root, found):
        raise InputError(f"image root {root} is not there: give a folder, an archive or a URL that exists")


def _open_folder(folder: Path) -> _Folder:
    if not folder.is_dir():
        what = "is a file" if folder.exists() else "does not exist"
        raise InputError(
            f"image root {folder} {what}: give a folder, zip://FILE, tar://FILE or a URL that fsspec knows"
        )
    return _Folder(folder.resolve())


@lru_cache(maxsize=16)
def _open_remote(root: str) -> _Remote:
    try:
        filesystem, base = fsspec.core.url_to_fs(_whole_archive(root))
    except (ImportError, ValueError, OSError, zipfile.BadZipFile, TarError) as error:
        raise InputError(f"image root {root} cannot be opened: {_sentence(error)}") from error
    is_archive = any(name in _ARCHIVES for name in _protocols(filesystem))
    return _Remote(filesystem, base, Lock() if is_archive else nullcontext())


def _whole_archive(root: str) -> str:
    """`zip://file.zip` means the archive, for which fsspec wants `zip://::file.zip`."""
    protocol, _, rest = root.partition("://")
    return f"{protocol}://::{rest}" if protocol in _ARCHIVES and "::" not in rest else root


def _relative(file_name: str) -> str:
    if not file_name or "\0" in file_name or "\\" in file_name or "://" in file_name:
        raise NotReadableError("the file name is not a path under the image root")
    relative = posixpath.normpath(file_name.lstrip("/") or ".")
    if relative == ".." or relative.startswith("../"):
        raise NotReadableError("the file name leads out of the image root")
    return relative


def _joined(base: str, relative: str) -> str:
    return f"{base.rstrip('/')}/{relative}" if base else relative


def _refuse_unlike_image(found: Mapping[str, Any]) -> None:
    if found["type"] != "file":
        raise NotReadableError("the image is missing")
    _refuse_large(found.get("size") or 0)


def _refuse_large(n_bytes: int) -> None:
    if n_bytes > MAX_FILE_BYTES:
        raise NotReadableError(f"the image file has {n_bytes:,} bytes, more than {MAX_FILE_BYTES:,}")


def _has_folder(root: str, remote: _Remote) -> bool:
    try:
        with remote.turn:
            return remote.base.strip("/") == "" or bool(remote.filesystem.isdir(remote.base))
    except Exception as error:  # every filesystem has errors of its own
        raise InputError(f"image root {root} does not answer: {_sentence(error)}") from error


def _check_web(root: str) -> None:
    try:
        # The protocol is http or https: the caller has seen to it.
        with urlopen(Request(root, method="HEAD"), timeout=ANSWER_SECONDS):  # noqa: S310
            pass
    except HTTPError:
        return  # it answers; that it lists no folder says nothing about its files
    except (URLError, OSError) as error:
        raise InputError(f"image root {root} does not answer: {_sentence(error)}") from error


def _is_web(filesystem: AbstractFileSystem) -> bool:
    return any(name in _WEB for name in _protocols(filesystem))


def _protocols(filesystem: AbstractFileSystem) -> tuple[str, ...]:
    protocol: str | tuple[str, ...] = filesystem.protocol
    return (protocol,) if isinstance(protocol, str) else protocol


def _sentence(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
