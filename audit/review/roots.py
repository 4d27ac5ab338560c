"""Reads the bytes of one image from under a root: a folder, an archive or a server; never from elsewhere."""

import errno
import posixpath
import zipfile
import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from gzip import BadGzipFile
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

FETCH_SECONDS = 60
"""How long a web server may take to send one image."""

ROOT_UNREACHABLE = "the image root cannot be reached"
NOT_FETCHED = "the image cannot be fetched"

_ARCHIVES = ("zip", "tar")
_WEB = ("http://", "https://")
_WHAT_TO_GIVE = "give a folder, zip://FILE, tar://FILE or a URL that fsspec knows"
_BROKEN_ARCHIVE = (zipfile.BadZipFile, TarError, zlib.error, EOFError, RuntimeError, BadGzipFile)
# Whatever else the system says of a file may pass: a server that is away, a disk that is busy.
_LASTING_ERRORS = (errno.EACCES, errno.EPERM, errno.ENAMETOOLONG, errno.ELOOP, errno.EISDIR)


class NotReadableError(Exception):
    """Why one image cannot be shown, as a clause for people; it names neither file nor folder.

    Reviewers see it, and a path can tell the split that they must not know.
    """


class NotReachableError(Exception):
    """Why one image cannot be had now, as such a clause; it says nothing of the image itself."""


class Root(Protocol):
    """Where images lie."""

    def read(self, file_name: str) -> bytes:
        """Give the bytes of a file under the root.

        Raises:
            NotReadableError: there are none, and trying again would not help.
            NotReachableError: the root fails now and may answer later.
        """


@dataclass(frozen=True, slots=True)
class _Folder:
    folder: Path
    """Resolved, so that a link that leads out can be told."""

    def read(self, file_name: str) -> bytes:
        try:
            path = self.place(file_name)
            # A pipe or a device would block or never end.
            if not path.is_file():
                raise self._lacking()
            _refuse_large(path.stat().st_size)
            return path.read_bytes()
        except (ValueError, RuntimeError) as error:  # RuntimeError: links that lead in a circle
            raise NotReadableError("the image file cannot be opened") from error
        except OSError as error:
            if error.errno in _LASTING_ERRORS:
                raise NotReadableError("the image file cannot be opened") from error
            raise _not_fetched(error) from error

    def place(self, file_name: str) -> Path:
        path = (self.folder / _relative(file_name)).resolve()
        if not path.is_relative_to(self.folder):
            raise NotReadableError("the image lies outside the image root")
        return path

    def _lacking(self) -> NotReadableError | NotReachableError:
        # A disk that is not mounted leaves an empty folder, or none.
        if self.folder.is_dir() and any(self.folder.iterdir()):
            return NotReadableError("the image is missing")
        return NotReachableError(ROOT_UNREACHABLE)


@dataclass(frozen=True, slots=True)
class _Remote:
    filesystem: AbstractFileSystem
    base: str

    def read(self, file_name: str) -> bytes:
        try:
            return self.fetch(_relative(file_name))
        except FileNotFoundError as error:
            raise NotReadableError("the image is missing") from error
        except NotReadableError:
            raise
        except Exception as error:  # every filesystem has errors of its own
            raise _not_fetched(error) from error

    def fetch(self, relative: str) -> bytes:
        path = _joined(self.base, relative)
        _refuse_unlike_image(self.filesystem.info(path))
        return bytes(self.filesystem.cat_file(path))


@dataclass(frozen=True, slots=True)
class _Web(_Remote):
    def fetch(self, relative: str) -> bytes:
        path = _joined(self.base, quote(relative))
        # Here fsspec calls every failure FileNotFoundError, a refused connection too; below it is a 404.
        with suppress(FileNotFoundError):
            _refuse_unlike_image(self.filesystem.info(path, timeout=ANSWER_SECONDS))
        return bytes(self.filesystem.cat_file(path, timeout=FETCH_SECONDS))


@dataclass(frozen=True, slots=True)
class _Archive(_Remote):
    turn: Lock
    """Readers of one archive share its file position, so they take turns."""
    members: Mapping[str, str]
    """Normalised path → path as the archive writes it, where that is another ("./a.jpg")."""

    def fetch(self, relative: str) -> bytes:
        path = _joined(self.base, relative)
        path = self.members.get(path, path)
        try:
            with self.turn:
                _refuse_unlike_image(self.filesystem.info(path))
                return bytes(self.filesystem.cat_file(path))
        except KeyError as error:  # a link to what the archive does not hold
            raise NotReadableError("the image lies outside the image root") from error
        except _BROKEN_ARCHIVE as error:
            raise NotReadableError("the image cannot be read from its archive") from error


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
    if isinstance(_innermost(remote.filesystem), LocalFileSystem):
        return _open_folder(Path(remote.base))
    return remote


def find_local_file(root: str, file_name: str) -> Path | None:
    """Give where an image lies under a root; None where that is no folder, or has no such file within it."""
    try:
        found = open_root(root)
        path = found.place(file_name) if isinstance(found, _Folder) else None
        return path if path is not None and path.is_file() else None
    except (InputError, NotReadableError, OSError, ValueError, RuntimeError):
        return None


def check_root(root: str) -> None:
    """Raise InputError, in one sentence, unless the image root can be reached; nothing is scanned."""
    found = open_root(root)
    if isinstance(found, _Web):
        _check_web(root)
    elif isinstance(found, _Remote) and not _has_folder(root, found):
        raise InputError(f"image root {root} is not there: give a folder, an archive or a URL that exists")


def _open_folder(folder: Path) -> _Folder:
    if not folder.is_dir():
        what = "is a file" if folder.exists() else "does not exist"
        raise InputError(f"image root {folder} {what}: {_WHAT_TO_GIVE}")
    return _Folder(folder.resolve())


@lru_cache(maxsize=16)
def _open_remote(root: str) -> _Remote:
    try:
        filesystem, base = fsspec.core.url_to_fs(_whole_archive(root))
    except (AttributeError, TypeError) as error:  # it wraps another filesystem, and none is named
        raise InputError(f"image root {root} cannot be opened: {_WHAT_TO_GIVE}") from error
    except (ImportError, ValueError, OSError, zipfile.BadZipFile, TarError) as error:
        raise InputError(f"image root {root} cannot be opened: {_sentence(error)}") from error
    if any(name in _ARCHIVES for name in _protocols(filesystem)):
        members = _renamed_members(filesystem)
        return _Archive(filesystem, members.get(base.strip("/"), base), Lock(), members)
    is_web = root.rpartition("::")[2].startswith(_WEB)
    return _Web(filesystem, base) if is_web else _Remote(filesystem, base)


def _innermost(filesystem: AbstractFileSystem) -> AbstractFileSystem:
    # A cache before a folder would follow links out of it.
    while isinstance(inner := getattr(filesystem, "fs", None), AbstractFileSystem):
        filesystem = inner
    return getattr(filesystem, "sync_fs", filesystem)


def _renamed_members(archive: AbstractFileSystem) -> dict[str, str]:
    # `tar cf x.tar .` writes "./a.jpg", for which nobody asks.
    names: list[str] = archive.tar.getnames() if "tar" in _protocols(archive) else archive.zip.namelist()
    return {posixpath.normpath(name): name for name in names if posixpath.normpath(name) != name.rstrip("/")}


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


def _not_fetched(error: Exception) -> NotReachableError:
    return NotReachableError(f"{NOT_FETCHED} ({type(error).__name__})")


def _refuse_unlike_image(found: Mapping[str, Any]) -> None:
    if found["type"] != "file":
        raise NotReadableError("the image is missing")
    _refuse_large(found.get("size") or 0)


def _refuse_large(n_bytes: int) -> None:
    if n_bytes > MAX_FILE_BYTES:
        raise NotReadableError(f"the image file has {n_bytes:,} bytes, more than {MAX_FILE_BYTES:,}")


def _has_folder(root: str, remote: _Remote) -> bool:
    try:
        return remote.base.strip("/") == "" or bool(remote.filesystem.isdir(remote.base))
    except Exception as error:  # every filesystem has errors of its own
        raise InputError(f"image root {root} does not answer: {_sentence(error)}") from error


def _check_web(root: str) -> None:
    try:
        # The protocol is http or https: the caller has seen to it.
        with urlopen(Request(root.rpartition("::")[2], method="HEAD"), timeout=ANSWER_SECONDS):  # noqa: S310
            pass
    except HTTPError:
        return  # it answers; that it lists no folder says nothing about its files
    except (URLError, OSError) as error:
        raise InputError(f"image root {root} does not answer: {_sentence(error)}") from error


def _protocols(filesystem: AbstractFileSystem) -> tuple[str, ...]:
    protocol: str | tuple[str, ...] = filesystem.protocol
    return (protocol,) if isinstance(protocol, str) else protocol


def _sentence(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
