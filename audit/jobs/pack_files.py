"""Writes the parts of an offline pack: they stand beside their places until all of them are whole."""

import os
import re
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from audit.errors import InputError, UnavailableError


class PackFiles:
    """The parts of one FILE.html, written one after the other."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._beside: list[Path] = []
        self._stream: BinaryIO | None = None

    def begin_part(self) -> None:
        """Begin the next part."""
        self._end_part()
        descriptor, beside = tempfile.mkstemp(prefix=f".{self._file.name}.", dir=self._file.parent)
        self._beside.append(Path(beside))
        self._stream = os.fdopen(descriptor, "wb")

    def write(self, content: bytes) -> None:
        """Add to the part that was begun last."""
        if self._stream is None:
            raise ValueError("begin a part first")
        self._stream.write(content)

    def place(self) -> tuple[Path, ...]:
        """Put all parts into their places, over what was there; give where they are."""
        self._end_part()
        files = part_files(self._file, len(self._beside))
        for beside, file in zip(self._beside, files, strict=True):
            beside.chmod(0o644)
            beside.replace(file)
        return files

    def discard(self) -> None:
        """Remove what was not placed."""
        if self._stream is not None:
            self._stream.close()
        for beside in self._beside:
            beside.unlink(missing_ok=True)

    def _end_part(self) -> None:
        if self._stream is not None:
            self._stream.flush()
            os.fsync(self._stream.fileno())
            self._stream.close()
            self._stream = None


@contextmanager
def pack_files(file: Path) -> Iterator[PackFiles]:
    """Give what writes the parts of a pack; what is not placed by the end is removed.

    Raises:
        UnavailableError: the file system refuses, for instance because it is full.
    """
    files = PackFiles(file)
    try:
        yield files
    except OSError as error:
        raise UnavailableError(f"{file} cannot be written: {error.strerror}") from error
    finally:
        files.discard()


def check_pack_file(file: Path) -> None:
    """Raise InputError unless a pack can be written there."""
    if file.suffix.lower() not in (".html", ".htm"):
        raise InputError(f"{file} does not end in .html, by which browsers know a page: name it so")
    if not file.parent.is_dir():
        raise InputError(f"{file} cannot be written: {file.parent} is no folder; make it, or name another")
    if file.is_dir():
        raise InputError(f"{file} is a folder: name a file in it")


def part_files(file: Path, n_parts: int) -> tuple[Path, ...]:
    """Where the parts of a pack go: one takes the name that was given, several are numbered.

    >>> [str(part) for part in part_files(Path("to/ann.html"), 2)]
    ['to/ann-1.html', 'to/ann-2.html']
    """
    if n_parts == 1:
        return (file,)
    return tuple(file.with_stem(f"{file.stem}-{number}") for number in range(1, n_parts + 1))


def older_parts(file: Path, written: Collection[Path]) -> tuple[Path, ...]:
    """Files beside those just written that carry the name of a part and are none of them."""
    named = re.compile(rf"{re.escape(file.stem)}(-\d+)?{re.escape(file.suffix)}")
    beside = (each for each in file.parent.iterdir() if named.fullmatch(each.name))
    return tuple(sorted(each for each in beside if each not in written))
