"""Rows of the audit as files, one line a row, and the hash of every row, by which an altered one is named."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, NoReturn

from audit.jobs.evidence.difference import Difference
from db.evidence import TABLES, Row, key_columns, row_fault

ROWS_FOLDER = "rows"
HASHES_FILE = "rows.sha256"


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledRow:
    """A row as a file has it.

    Attributes:
        table: that it is of.
        number: its line in the file, from 1.
        key: what tells it from the others of its table, as text.
        digest: SHA-256 of its line.
        row: its values.
    """

    table: str
    number: int
    key: str
    digest: str
    row: Row


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledRows:
    """The rows that could be read of a bundle's files, and what could not.

    Attributes:
        of_table: table → its rows, in the order of the file.
        differences: lines that are no rows, and files that are not there.
    """

    of_table: Mapping[str, tuple[FiledRow, ...]]
    differences: tuple[Difference, ...]

    @property
    def n_rows(self) -> int:
        """How many rows there are in all tables."""
        return sum(map(len, self.of_table.values()))

    def values(self) -> dict[str, list[Row]]:
        """Give the rows by table, as a store takes them; images lie nowhere.

        Whoever wrote the rows may have named any folder or server, and nothing is to be read there.
        """
        values = {table: [each.row for each in filed] for table, filed in self.of_table.items()}
        return values | {"units": [{**row, "images_root": None} for row in values["units"]]}


def write_rows(folder: Path, rows: Mapping[str, Sequence[Row]]) -> None:
    """Write a file for every table, and the hash of every row in order, into the folder of a bundle."""
    (folder / ROWS_FOLDER).mkdir()
    listed = []
    for table in TABLES:
        lines = [row_line(row) for row in rows[table]]
        file_of(folder, table).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        listed += [
            hash_line(filed(table, number, line, row))
            for number, (line, row) in enumerate(zip(lines, rows[table], strict=True), start=1)
        ]
    (folder / HASHES_FILE).write_text("".join(listed), encoding="utf-8")


def read_rows(folder: Path) -> FiledRows:
    """Read the rows of an unpacked bundle; a line that is no row is left out and named."""
    found: dict[str, tuple[FiledRow, ...]] = {}
    differences: list[Difference] = []
    for table in TABLES:
        try:
            lines = file_of(folder, table).read_bytes().decode("utf-8").split("\n")
        except (OSError, UnicodeDecodeError):
            differences.append(Difference(where=place(table), what="the file is gone, or it is no text"))
            found[table] = ()
            continue
        if lines.pop():
            differences.append(Difference(where=place(table), what="its last line is cut short"))
        read = [_read(table, number, line) for number, line in enumerate(lines, start=1)]
        found[table] = tuple(each for each in read if isinstance(each, FiledRow))
        differences += [each for each in read if isinstance(each, Difference)]
    return FiledRows(of_table=found, differences=tuple(differences))


def row_line(row: Row) -> str:
    """Give a row as the line that stands for it, without its end: JSON, as short as it can be."""
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def filed(table: str, number: int, line: str, row: Row) -> FiledRow:
    """Give a row as it stands in a file."""
    key = ", ".join(f"{column}={row[column]}" for column in key_columns(table))
    return FiledRow(table=table, number=number, key=_one_line(key), digest=digest_of(line), row=row)


def digest_of(line: str) -> str:
    """Give the SHA-256 of a line without its end, in hex."""
    return sha256(line.encode(errors="surrogatepass")).hexdigest()


def hash_line(row: FiledRow) -> str:
    """Give the line of `rows.sha256` for a row: its hash, its table, its number there, its key."""
    return f"{row.digest} {row.table} {row.number} {row.key}\n"


def place(table: str, number: int | None = None) -> str:
    """Give where a table, or a row of it, stands in a bundle.

    >>> place("journal", 57)
    'rows/journal.jsonl row 57'
    """
    file = f"{ROWS_FOLDER}/{table}.jsonl"
    return file if number is None else f"{file} row {number}"


def file_of(folder: Path, table: str) -> Path:
    """Give the file of a table."""
    return folder / place(table)


def _read(table: str, number: int, line: str) -> FiledRow | Difference:
    where = place(table, number)
    try:
        row: Any = json.loads(line, parse_constant=_refuse_constant, object_pairs_hook=_each_once)
    except (ValueError, RecursionError):
        return Difference(where=where, what="it cannot be read as JSON")
    fault = row_fault(table, row)
    return filed(table, number, line, row) if fault is None else Difference(where=where, what=fault)


def _refuse_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number")


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice")
    return found


def _one_line(text: str) -> str:
    return " ".join(text.split())
