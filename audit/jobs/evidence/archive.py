"""The zip of a bundle: written the same from the same files, and read without trusting it."""

import re
import shutil
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from audit.errors import InputError, UnavailableError
from audit.jobs.evidence.about import ABOUT_FILE
from audit.jobs.evidence.checksums import SUMS_FILE
from audit.jobs.files import written_beside
from audit.jobs.progress import Progress
from audit.jobs.whole_zip import opened_zip

MOST_MEMBERS = 20_000
MOST_BYTES = 8 * 1024**3
MOST_SWELLING = 200
"""A bundle unpacks to at most so many times its size, and `_ALWAYS_ALLOWED`; rows shrink to a tenth or so."""

_ALWAYS_ALLOWED = 64 * 1024**2
_NAME = re.compile(r"(?:[A-Za-z0-9_][A-Za-z0-9._-]*/){0,3}[A-Za-z0-9_][A-Za-z0-9._-]*")
_LONGEST_NAME = 200
_EARLIEST = (1980, 1, 1, 0, 0, 0)
_ALREADY_SMALL = (".jpg", ".png", ".parquet")
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, struct.error, ValueError)
_NAMES_CLASH = (FileExistsError, NotADirectoryError, IsADirectoryError)


def is_member_name(name: str) -> bool:
    """Whether a file of a bundle may be called so: letters, digits and . _ - in at most three folders.

    >>> is_member_name("rows/journal.jsonl"), is_member_name("../audit.toml"), is_member_name("/etc/passwd")
    (True, False, False)
    """
    return len(name) <= _LONGEST_NAME and _NAME.fullmatch(name) is not None


def files_in(folder: Path) -> list[str]:
    """Give the files beneath a folder as members of a zip are called, in order."""
    return sorted(str(path.relative_to(folder).as_posix()) for path in folder.rglob("*") if path.is_file())


def pack(folder: Path, file: Path, *, progress: Progress) -> None:
    """Pack all files beneath a folder: the same files give the same bytes, whenever and in whatever order.

    The file is replaced whole.

    Raises:
        InputError: something is in the way.
        UnavailableError: the disk is full, or nobody may write there.
    """
    refuse_target(file)
    names = files_in(folder)
    progress.start(len(names))
    with written_beside(file) as stream, zipfile.ZipFile(stream, "w") as archive:
        for name in names:
            _add(archive, folder, name)
            progress.advance(1)


def refuse_target(file: Path) -> None:
    """Raise InputError where a bundle cannot be written to a file, or would replace what is no bundle."""
    if not file.parent.is_dir():
        raise InputError(f"{file} cannot be written: {file.parent} is no folder; make it, or name another")
    if file.is_dir():
        raise InputError(f"{file} is a folder: name a file in it")
    if file.exists() and not _is_bundle(file):
        raise InputError(f"{file} is there and is no bundle: name another file, or remove it")


def unpack(file: Path, folder: Path) -> tuple[str, ...]:
    """Unpack a zip into an empty folder, and nowhere else; give the names of its files in order.

    Raises:
        InputError: it is no zip, is cut short or damaged, or holds what no bundle holds: an encrypted file,
            a link, a name that leads elsewhere or stands twice, or so much that it can only mean harm.
    """
    if not file.is_file():
        raise InputError(f"{file} is no file: name a bundle that `mask-audit bundle` wrote")
    try:
        with opened_zip(file) as archive:
            members = [each for each in archive.infolist() if not each.is_dir()]
            _refuse_strange(file, archive.infolist())
            _refuse_too_much(file, members, file.stat().st_size)
            for member in members:
                target = folder / member.filename
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(member) as packed, target.open("xb") as unpacked:
                    shutil.copyfileobj(packed, unpacked, 1024**2)
    except _DAMAGED as error:
        raise InputError(f"{file} is no zip, or it is cut short or damaged ({_first_line(error)})") from error
    except _NAMES_CLASH as error:
        raise InputError(f"{file} is no bundle: a file in it is named as a folder is") from error
    except OSError as error:
        raise UnavailableError(f"{file} cannot be unpacked: {error.strerror}") from error
    return tuple(sorted(member.filename for member in members))


def _is_bundle(file: Path) -> bool:
    try:
        with opened_zip(file) as archive:
            return {ABOUT_FILE, SUMS_FILE} <= set(archive.namelist())
    except (*_DAMAGED, OSError):
        return False


def _add(archive: zipfile.ZipFile, folder: Path, name: str) -> None:
    member = zipfile.ZipInfo(name, _EARLIEST)
    member.create_system = 3
    member.external_attr = (stat.S_IFREG | 0o644) << 16
    small = name.endswith(_ALREADY_SMALL)
    member.compress_type = zipfile.ZIP_STORED if small else zipfile.ZIP_DEFLATED
    member.file_size = (folder / name).stat().st_size
    with (folder / name).open("rb") as content, archive.open(member, "w") as packed:
        shutil.copyfileobj(content, packed, 1024**2)


def _refuse_strange(file: Path, members: Sequence[zipfile.ZipInfo]) -> None:
    seen: set[str] = set()
    for member in members:
        name = member.filename
        if not is_member_name(name.removesuffix("/") if member.is_dir() else name):
            raise InputError(f"{file} is no bundle: {name[:80]!r} in it is a name that no bundle has")
        if name.casefold() in seen:
            raise InputError(f"{file} is no bundle: {name!r} is in it twice")
        seen.add(name.casefold())
        if member.flag_bits & _ENCRYPTED:
            raise InputError(f"{file} is no bundle: {name!r} in it is encrypted")
        kind = stat.S_IFMT(member.external_attr >> 16)
        if kind not in (0, stat.S_IFDIR if member.is_dir() else stat.S_IFREG):
            raise InputError(f"{file} is no bundle: {name!r} in it is a link or a device")
        if member.compress_type not in _METHODS:
            raise InputError(f"{file} is no bundle: {name!r} in it is packed in a way that no bundle uses")


def _refuse_too_much(file: Path, members: Iterable[zipfile.ZipInfo], n_packed: int) -> None:
    sizes = [member.file_size for member in members]
    if len(sizes) > MOST_MEMBERS:
        raise InputError(f"{file} is no bundle: it holds {len(sizes):,} files, more than {MOST_MEMBERS:,}")
    if sum(sizes) > min(MOST_BYTES, MOST_SWELLING * n_packed + _ALWAYS_ALLOWED):
        raise InputError(
            f"{file} is no bundle: its {n_packed:,} bytes would unpack to {sum(sizes):,}, as none does"
        )


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
