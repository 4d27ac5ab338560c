"""Archives of files with the sum of each: written beside their place, read again, then renamed into it."""

import os
import shutil
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import IO

from audit.errors import InputError, UnavailableError
from audit.jobs.whole_zip import opened_zip

SUMS_NAME = "SHA256SUMS"

_CHUNK = 1 << 20
_COMPRESSED = (".parquet", ".dump")
"""Endings of files that are compressed themselves; these are stored as they are."""

Advance = Callable[[int], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveWriter:
    """Takes the members of an archive that is being written."""

    archive: zipfile.ZipFile
    at: datetime
    sums: dict[str, str] = field(default_factory=dict)

    def add_file(self, name: str, file: Path, advance: Advance) -> None:
        """Add a file under a name, telling the bytes that are done.

        Raises:
            InputError: the name is none that an archive can have.
        """
        with file.open("rb") as source:
            mode = os.fstat(source.fileno()).st_mode & 0o777
            self._add(name, source, mode, advance)

    def add_text(self, name: str, text: str) -> None:
        """Add a text in UTF-8 under a name."""
        info = self._info(name, 0o600)
        self.archive.writestr(info, text.encode())
        self.sums[name] = sha256(text.encode()).hexdigest()

    def _add(self, name: str, source: IO[bytes], mode: int, advance: Advance) -> None:
        summed = sha256()
        # Sizes are not known before: a member may be beyond 4 GB.
        with self.archive.open(self._info(name, mode), "w", force_zip64=True) as target:
            while chunk := source.read(_CHUNK):
                summed.update(chunk)
                target.write(chunk)
                advance(len(chunk))
        self.sums[name] = summed.hexdigest()

    def _info(self, name: str, mode: int) -> zipfile.ZipInfo:
        if _is_unsafe(name) or name in self.sums:
            raise InputError(f"file {name!r} has a name that no archive can hold: rename it")
        info = zipfile.ZipInfo(name, self.at.timetuple()[:6])
        info.compress_type = zipfile.ZIP_STORED if name.endswith(_COMPRESSED) else zipfile.ZIP_DEFLATED
        info.external_attr = mode << 16
        return info


@contextmanager
def written_archive(file: Path, place: Path, at: datetime, advance: Advance) -> Iterator[ArchiveWriter]:
    """Give what takes members; afterwards each was read again and its sum compared, and the file is there.

    Args:
        file: the archive, private to its owner; replaced in one step.
        place: a folder on the same disk to write in.
        at: the time that its members carry.
        advance: told the bytes that were read again.

    Raises:
        UnavailableError: what was written does not read back.
    """
    beside = place / "archive"
    with os.fdopen(_private(beside), "wb") as stream:
        with zipfile.ZipFile(stream, "w", allowZip64=True) as archive:
            writer = ArchiveWriter(archive=archive, at=at)
            yield writer
            lines = "".join(f"{each}  {name}\n" for name, each in writer.sums.items())
            writer.add_text(SUMS_NAME, lines)
        stream.flush()
        os.fsync(stream.fileno())
    with opened_archive(beside) as written:
        for name in written.sums:
            written.check(name, advance)
    beside.replace(file)


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """An archive that is open: its members' sums, by name, all of which name places inside a folder."""

    file: Path
    archive: zipfile.ZipFile
    sums: Mapping[str, str]

    @property
    def n_bytes(self) -> int:
        """What its members take, unpacked."""
        return sum(self.archive.getinfo(name).file_size for name in self.sums)

    def text(self, name: str) -> str:
        """Give a member as text; an absent one is the same as a damaged one."""
        if name not in self.sums:
            raise InputError(f"{self.file} holds no {name}: it is not what `mask-audit backup` wrote")
        content = bytearray()
        self._read(name, content.extend)
        return content.decode()

    def check(self, name: str, advance: Advance) -> None:
        """Read a member and hold it against its sum."""
        self._read(name, lambda chunk: advance(len(chunk)))

    def extract(self, name: str, target: Path, advance: Advance) -> None:
        """Write a member to a file that is not there yet, held against its sum."""
        target.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(_private(target), "wb") as stream:

            def take(chunk: bytes) -> None:
                stream.write(chunk)
                advance(len(chunk))

            self._read(name, take)
        target.chmod((self.archive.getinfo(name).external_attr >> 16) & 0o777 | 0o600)

    def _read(self, name: str, take: Callable[[bytes], object]) -> None:
        summed = sha256()
        try:
            with self.archive.open(name) as member:
                while chunk := member.read(_CHUNK):
                    summed.update(chunk)
                    take(chunk)
        except _UNREADABLE as error:
            raise self._damaged(name) from error
        if summed.hexdigest() != self.sums[name]:
            raise self._damaged(name)

    def _damaged(self, name: str) -> InputError:
        return InputError(f"{self.file} is damaged ({name} is not what was written): take another copy of it")


_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)
"""What zipfile raises for bytes that are none of an archive, or of one that we cannot have written."""


@contextmanager
def opened_archive(file: Path) -> Iterator[Archive]:
    """Open an archive whose names are those of its sums, and none of which leads out of a folder.

    Raises:
        InputError: it is no such archive.
    """
    if not file.is_file():
        raise InputError(f"{file} is no file: name an archive that `mask-audit backup` wrote")
    try:
        archive = opened_zip(file)
    except _UNREADABLE as error:
        raise InputError(
            f"{file} is no archive, or is cut short ({error}): name one that `mask-audit backup` wrote"
        ) from error
    with archive:
        yield Archive(file=file, archive=archive, sums=_sums(file, archive))


@contextmanager
def place_beside(file: Path) -> Iterator[Path]:
    """Give a private folder on the disk of a file, gone afterwards.

    Raises:
        InputError: the file's folder is not there, or the file is one.
        UnavailableError: the file system refuses.
    """
    if not file.parent.is_dir():
        raise InputError(f"{file} cannot be written: {file.parent} is no folder; make it, or name another")
    if file.is_dir():
        raise InputError(f"{file} is a folder: name a file in it")
    try:
        place = Path(tempfile.mkdtemp(prefix=f".{file.name}.", dir=file.parent))
        try:
            yield place
        finally:
            shutil.rmtree(place, ignore_errors=True)
    except OSError as error:
        at = f"{error.filename}: " if error.filename else ""
        raise UnavailableError(f"{file} cannot be written: {at}{error.strerror or error}") from error


def _sums(file: Path, archive: zipfile.ZipFile) -> dict[str, str]:
    names = archive.namelist()
    unsafe = [name for name in names if _is_unsafe(name)]
    if unsafe:
        raise InputError(f"{file} is refused: its member {unsafe[0]!r} would be written outside the folder")
    try:
        lines = archive.read(SUMS_NAME).decode().splitlines()
    except (KeyError, *_UNREADABLE) as error:
        raise InputError(
            f"{file} is no archive that `mask-audit backup` wrote: it has no readable {SUMS_NAME}"
        ) from error
    sums = {line[66:]: line[:64] for line in lines}
    if sorted(names) != sorted([*sums, SUMS_NAME]):
        raise InputError(
            f"{file} is damaged (its members are not those that {SUMS_NAME} names): take another copy of it"
        )
    return sums


def _is_unsafe(name: str) -> bool:
    path = PurePosixPath(name)
    return (
        not name.isprintable()
        or "\\" in name
        or path.is_absolute()
        or str(path) != name
        or ".." in path.parts
        or name == "."
    )


def _private(new: Path) -> int:
    return os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
