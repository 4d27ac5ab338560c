"""Opening what holds annotations: a JSON file, plain or gzipped, or a folder of PNG masks."""

import gzip
import zlib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from audit.errors import InputError

GZIP_ERRORS = (EOFError, zlib.error, gzip.BadGzipFile)
"""What unpacking a damaged file raises."""

_GZIP_MAGIC = b"\x1f\x8b"
UTF8_BOM = b"\xef\xbb\xbf"
_UTF16_OR_32_BOMS = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
JSON_SPACE = b" \t\r\n"
_HEAD_BYTES = 1 << 16


class SourceKind(StrEnum):
    """What the outermost shape of a source is."""

    OBJECT = "object"
    """A JSON object: COCO and its relatives."""
    LIST = "list"
    """A bare JSON list: results."""
    PNG_FOLDER = "png-folder"
    """A folder of PNG masks, each named by its annotation's id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Something to read annotations from, looked at but not read yet.

    Attributes:
        name: the file's or folder's own name.
        stem: the name without .json or .json.gz; made-up ids begin with it.
        n_bytes: bytes on disk (of a gzipped file: compressed), to show progress against.
        is_gzipped: decided by the content, not the name.
    """

    path: Path
    name: str
    stem: str
    n_bytes: int
    kind: SourceKind
    is_gzipped: bool


def open_source(path: Path) -> Source:
    """The source at a path, after a look at its first bytes.

    A file that is damaged further in is found when it is read.

    Raises:
        InputError: nothing is there, it is empty, or it begins like nothing that holds annotations.
    """
    if path.is_dir():
        return _open_folder(path)
    if not path.is_file():
        raise InputError(f"{path} is not there: give a .json or .json.gz file, or a folder of PNG masks.")
    n_bytes = path.stat().st_size
    if n_bytes == 0:
        raise InputError(f"{path} is empty: a COCO-like JSON file was needed.")
    with path.open("rb") as file:
        is_gzipped = file.read(2) == _GZIP_MAGIC
    return Source(
        path=path,
        name=path.name,
        stem=stem_of(path.name),
        n_bytes=n_bytes,
        kind=_kind_of(path, _first_bytes(path, is_gzipped=is_gzipped)),
        is_gzipped=is_gzipped,
    )


def stem_of(name: str) -> str:
    """What made-up ids of a file of this name begin with."""
    return name.removesuffix(".gz").removesuffix(".json")


def mask_files(source: Source) -> list[Path]:
    """The PNG files of a folder of masks, sorted by name; subfolders are not searched."""
    return _png_files(source.path)


def _open_folder(path: Path) -> Source:
    path = path.resolve()
    files = _png_files(path)
    if not files:
        raise InputError(f"{path} is a folder without PNG files: give a JSON file or a folder of PNG masks.")
    return Source(
        path=path,
        name=path.name,
        stem=path.name,
        n_bytes=sum(file.stat().st_size for file in files),
        kind=SourceKind.PNG_FOLDER,
        is_gzipped=False,
    )


def _png_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix.lower() == ".png" and path.is_file())


def _first_bytes(path: Path, *, is_gzipped: bool) -> bytes:
    try:
        with gzip.open(path, "rb") if is_gzipped else path.open("rb") as file:
            return file.read(_HEAD_BYTES)
    except GZIP_ERRORS as error:
        raise damaged_gzip(path, error) from error


def damaged_gzip(path: Path, error: Exception) -> InputError:
    """The refusal of a gzipped file that cannot be unpacked to its end."""
    return InputError(f"{path} is a damaged gzip file ({error}): download or write it again.")


def _kind_of(path: Path, head: bytes) -> SourceKind:
    if head.startswith(_UTF16_OR_32_BOMS) or b"\x00" in head[:4]:
        raise InputError(f"{path} is UTF-16 or UTF-32 text: JSON must be UTF-8, so convert it first.")
    text = head.removeprefix(UTF8_BOM).lstrip(JSON_SPACE)
    if text.startswith(b"{"):
        return SourceKind.OBJECT
    if text.startswith(b"["):
        return SourceKind.LIST
    if not text:
        raise InputError(f"{path} holds nothing but blanks: a COCO-like JSON file was needed.")
    raise InputError(
        f"{path} is no JSON object or list (it begins with {text[:20]!r}): a COCO-like JSON file was needed."
    )
