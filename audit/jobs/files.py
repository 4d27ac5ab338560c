"""Writes result files whole: beside their place, then renamed into it."""

import csv
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import BinaryIO, TextIO

from audit.errors import InputError, UnavailableError


def write_text(file: Path, text: str) -> None:
    """Write a file in UTF-8 in one step, as `write_bytes` does."""
    write_bytes(file, text.encode())


def write_bytes(file: Path, content: bytes) -> None:
    """Write a file in one step, as `written_beside` does."""
    with written_beside(file) as stream:
        stream.write(content)


@contextmanager
def written_beside(file: Path) -> Iterator[BinaryIO]:
    """Give a stream that becomes a file in one step: readers see the old content or the new, never a half.

    Left by an error, the old content stays.

    Raises:
        InputError: its folder is not there.
        UnavailableError: the file system refuses, for instance because it is full.
    """
    if not file.parent.is_dir():
        raise InputError(f"{file} cannot be written: {file.parent} is no folder; make it, or name another")
    if file.is_dir():
        raise InputError(f"{file} is a folder: name a file in it")
    try:
        descriptor, beside = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
            Path(beside).chmod(0o644)
            Path(beside).replace(file)
        except BaseException:
            Path(beside).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise UnavailableError(f"{file} cannot be written: {error.strerror}") from error


def write_csv(file: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write rows under a header, as RFC 4180 with line feeds."""
    text = StringIO()
    write_rows(text, columns, rows)
    write_text(file, text.getvalue())


def write_rows(stream: TextIO, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write rows under a header to an open file, as `write_csv` does."""
    plain = csv.writer(stream, lineterminator="\n")
    quoted = csv.writer(stream, lineterminator="\n", quoting=csv.QUOTE_ALL)
    plain.writerow(columns)
    for row in rows:
        # Before Python 3.13 a lone carriage return is not quoted, and reads back as the end of the row.
        (quoted if any("\r" in str(cell) for cell in row) else plain).writerow(row)
