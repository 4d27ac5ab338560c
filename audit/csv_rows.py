"""Reads CSV files that people made, row by row, each with the line that it ends on."""

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from audit.errors import InputError

SURPLUS = "\0surplus"
"""Key of a row's cells under no name of the first line, where it has any."""

_OTHER_SEPARATORS = {";": "semicolons", "\t": "tabs"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvRows:
    """An open CSV file.

    Attributes:
        header: the names in its first line, stripped; of columns that have one.
        rows: the line that each row ends on and its cells by name, as they are read; empty rows are left out.
    """

    header: tuple[str, ...]
    rows: Iterator[tuple[int, dict[str, str]]]


@contextmanager
def open_csv(file: Path, content: str) -> Iterator[CsvRows]:
    """Open a CSV file in UTF-8; `content` says in a message what it was to hold.

    Raises:
        InputError: there is no such file, it is no CSV, its cells are separated otherwise, or its first line
            names a column twice.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream, strict=True)
            names = [name.strip() for name in next(reader, [])]
            _check_names(file, names)
            yield CsvRows(
                header=tuple(filter(None, names)),
                rows=(
                    (reader.line_num, _row(names, cells))
                    for cells in reader
                    if any(cell.strip() for cell in cells)
                ),
            )
    except FileNotFoundError as error:
        raise InputError(f"{file} is not there: name a CSV file of {content}") from error
    except UnicodeDecodeError as error:
        raise InputError(
            f"{file} cannot be read as CSV in UTF-8 ({error}): save it in that encoding"
        ) from error
    except (csv.Error, IsADirectoryError) as error:
        raise InputError(f"{file} cannot be read as CSV in UTF-8: {error}") from error


def _check_names(file: Path, names: Sequence[str]) -> None:
    repeated = sorted({name for name in names if name and names.count(name) > 1})
    if repeated:
        raise InputError(f"{file} has the column {', '.join(repeated)} twice: keep one of each")
    for sign, signs in _OTHER_SEPARATORS.items():
        if len(names) == 1 and sign in names[0]:
            raise InputError(f"{file} separates its columns by {signs}: save it with commas between them")


def _row(names: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    named = {name: cell for name, cell in zip(names, cells, strict=False) if name}
    pairs = zip_longest(names, cells, fillvalue="")
    surplus = [cell for name, cell in pairs if not name and cell.strip()]
    return named | ({SURPLUS: ", ".join(surplus)} if surplus else {})
