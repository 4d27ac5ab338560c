"""Holds every row of a bundle against its hash: one that is changed, gone or added is named."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from audit.jobs.evidence.difference import Check, Difference
from audit.jobs.evidence.row_words import RowWords, shown
from audit.jobs.evidence.rows import HASHES_FILE, FiledRow, FiledRows, digest_of, place, row_line
from db.evidence import TABLES, Row, Value, choices_of, columns_of
from db.records import Reason

_LINE = re.compile(r"([0-9a-f]{64}) ([a-z_]+) ([1-9][0-9]{0,9}) (.*)")
_SMALL_NUMBERS = range(1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hash:
    """What the list of hashes says of one row."""

    digest: str
    number: int
    key: str


def check_rows(folder: Path, found: FiledRows, n_rows: Mapping[str, int]) -> Check:
    """Hold rows against the list of their hashes, and their numbers against those that the bundle names.

    Args:
        folder: of the unpacked bundle.
        found: its rows.
        n_rows: of each table, as `bundle.json` says.
    """
    hashes, differences = _read_hashes(folder)
    words = RowWords.of(found)
    differences += found.differences
    for table in TABLES:
        rows = found.of_table[table]
        differences += _table_differences(rows, hashes.get(table, []), table, words)
        if n_rows.get(table) != len(rows):
            differences.append(
                Difference(
                    where=place(table),
                    what=f"it has {len(rows):,} rows, bundle.json says {shown(n_rows.get(table))}",
                )
            )
    return Check(
        name="rows",
        said=f"the hash of {found.n_rows:,} rows of {len(TABLES)} tables",
        differences=tuple(differences),
    )


def _read_hashes(folder: Path) -> tuple[dict[str, list[_Hash]], list[Difference]]:
    try:
        lines = (folder / HASHES_FILE).read_bytes().decode("utf-8").split("\n")
    except (OSError, UnicodeDecodeError):
        return {}, [Difference(where=HASHES_FILE, what="the file is gone, or it is no text")]
    hashes: dict[str, list[_Hash]] = {}
    differences = []
    if lines.pop():
        differences.append(Difference(where=HASHES_FILE, what="its last line is cut short"))
    for number, line in enumerate(lines, start=1):
        parts = _LINE.fullmatch(line)
        if parts is None:
            differences.append(
                Difference(where=f"{HASHES_FILE} line {number}", what="it is no hash of a row")
            )
            continue
        hashes.setdefault(parts[2], []).append(_Hash(digest=parts[1], number=int(parts[3]), key=parts[4]))
    strange = sorted(hashes.keys() - set(TABLES))
    differences += [Difference(where=HASHES_FILE, what=f"there is no table {name!r}") for name in strange]
    return hashes, differences


def _table_differences(
    rows: Sequence[FiledRow], hashes: Sequence[_Hash], table: str, words: RowWords
) -> Iterator[Difference]:
    by_key = {each.key: each for each in hashes}
    keys = {each.key for each in rows}
    for row in rows:
        listed = by_key.get(row.key)
        if listed is None:
            what = f"{words.of_row(row)} is new: {HASHES_FILE} names no such row"
            yield Difference(where=place(table, row.number), what=what)
        elif listed.digest != row.digest:
            yield Difference(where=place(table, row.number), what=_changed(row, listed.digest, words))
    for place_of_hash, listed in enumerate(hashes):
        if listed.key not in keys:
            neighbours = _neighbours(hashes, place_of_hash)
            what = f"the row {listed.key} is gone; it stood {neighbours}"
            yield Difference(where=place(table, listed.number), what=what)
    if not _are_in_order(rows, hashes):
        yield Difference(where=place(table), what=f"its rows are in another order than in {HASHES_FILE}")


def _changed(row: FiledRow, digest: str, words: RowWords) -> str:
    change = _restoring_change(row, digest, words)
    if change is None:
        return f"{words.of_row(row)} is not the row that was hashed"
    column, value = change
    there, hashed = shown(row.row[column]), shown(value)
    return f"{words.of_row(row)}: {column} is {there}; its hash is of the row with {hashed}"


def _restoring_change(row: FiledRow, digest: str, words: RowWords) -> tuple[str, Value] | None:
    """Find the one value that would give a row its hash, among those that its column can easily have."""
    for column in columns_of(row.table):
        for value in _likely(row.table, column, words):
            if value != row.row[column] and digest_of(row_line(_with(row.row, column, value))) == digest:
                return column, value
    return None


def _with(row: Row, column: str, value: Value) -> Row:
    return {**row, column: value}


def _likely(table: str, column: str, words: RowWords) -> Sequence[Value]:
    if column == "reasons":
        return ("", *(each.value for each in Reason))
    if column == "reviewer_id":
        return tuple(words.reviewers)
    if table in ("samples", "strata"):
        return _SMALL_NUMBERS
    return choices_of(table, column)


def _neighbours(hashes: Sequence[_Hash], position: int) -> str:
    before = hashes[position - 1].key if position else None
    after = hashes[position + 1].key if position + 1 < len(hashes) else None
    if before and after:
        return f"between {before} and {after}"
    return f"after {before}" if before else f"before {after}" if after else "alone"


def _are_in_order(rows: Sequence[FiledRow], hashes: Sequence[_Hash]) -> bool:
    both = {each.key for each in rows} & {each.key for each in hashes}
    return [each.key for each in rows if each.key in both] == [
        each.key for each in hashes if each.key in both
    ]
