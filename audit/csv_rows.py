"""Reads CSV files that people made, row by row, each with the line that it ends on."""

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from audit.errors import InputError

SURPLUS = "\0surplus"
"""Key of a row's cells beyond those that the first line names, where it has any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvRows:
    """An open CSV file.

    Attributes:
        header: the names in its first line, stripped.
        rows: the line that each row ends on and its cells by name, as they are read; empty rows are left out.
    """

    header: tuple[str, ...]
    rows: Iterator[tuple[int, dict[str, str]]]


@contextmanager
def open_csv(file: Path, content: str) -> Iterator[CsvRows]:
    """Open a CSV file in UTF-8; `content` says in a message what it was to hold.

    Raises:
        InputError: there is no such file, it is no CSV, or its first line names a column twice.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream, strict=True)
            header = tuple(name.strip() for name in next(reader, []))
            repeated = sorted({name for name in header if header.count(name) > 1})
            if repeated:
                raise InputError(f"{file} has the column {', '.join(repeated)} twice: keep one of each")
            yield CsvRows(
                header=header,
                rows=(
                    (reader.line_num, _row(header, cells))
                    for cells in reader
                    if any(cell.strip() for cell in cells)
                ),
            )
    except FileNotFoundError as error:
        raise InputError(f"{file} is not there: name a CSV file of {content}") from error
    except (csv.Error, UnicodeDecodeError, IsADirectoryError) as error:
        raise InputError(f"{file} cannot be read as CSV in UTF-8: {error}") from error


def _row(header: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    surplus = [cell for cell in cells[len(header) :] if cell.strip()]
    return dict(zip(header, cells, strict=False)) | ({SURPLUS: ", ".join(surplus)} if surplus else {})
