"""Reads what a CSV or JSON Lines file says of entities: each row is good, or is named with its fault."""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audit.csv_rows import SURPLUS, open_csv
from audit.errors import InputError
from audit.names import name_fault
from db.entities import Entity, EntityColumn

ID = "entity_id"
COLUMNS = (ID, *map(str, EntityColumn))

_HEAD_BYTES = 1 << 12
_NO_OBJECT = "\0no object"


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityRows:
    """The rows of a file.

    Attributes:
        columns: what it speaks of.
        ignored_columns: columns, or keys, that mean nothing here.
    """

    entities: tuple[Entity, ...]
    columns: tuple[EntityColumn, ...]
    ignored_columns: tuple[str, ...]


class _BadRowError(Exception):
    """Why a row cannot be taken, as a clause."""


def read_entities(file: Path) -> EntityRows:
    """Read a file of entities; one that begins with `{` is JSON Lines, any other CSV.

    Raises:
        InputError: it is a JSON list, cannot be read, lacks a column, or has bad rows, each of them named.
    """
    with (_open_json_lines if _is_json_lines(file) else _open_cells)(file) as rows:
        lines: dict[str, int] = {}
        keys: dict[str, None] = {}
        entities: list[Entity] = []
        faults: list[str] = []
        for line, row in rows:
            try:
                entity = _entity(row)
            except _BadRowError as error:
                faults.append(f"line {line}: {error}")
                continue
            first = lines.setdefault(entity.entity_id, line)
            if first != line:
                faults.append(f"line {line}: entity {entity.entity_id!r} stands on line {first} too")
            keys.update(dict.fromkeys(row))
            entities.append(entity)
    if faults:
        raise InputError(f"{file} was not taken in, correct {len(faults)} rows: {'; '.join(faults)}")
    columns = tuple(column for column in EntityColumn if column in keys)
    if not entities:
        raise InputError(f"{file} has no rows: name a file with at least one entity")
    if not columns:
        raise InputError(
            f"{file} says nothing of its entities: give it one of the columns {', '.join(COLUMNS[1:])}"
        )
    return EntityRows(
        entities=tuple(entities),
        columns=columns,
        ignored_columns=tuple(key for key in keys if key not in COLUMNS),
    )


def _is_json_lines(file: Path) -> bool:
    try:
        with file.open("rb") as stream:
            head = stream.read(_HEAD_BYTES).removeprefix(b"\xef\xbb\xbf").lstrip()
    except (FileNotFoundError, IsADirectoryError) as error:
        raise InputError(f"{file} is not there: name a CSV or JSON Lines file of entities") from error
    if head.startswith(b"["):
        raise InputError(f"{file} is a JSON list: write JSON Lines, one object on each line without commas")
    return head.startswith(b"{")


@contextmanager
def _open_cells(file: Path) -> Iterator[Iterable[tuple[int, Mapping[str, Any]]]]:
    with open_csv(file, "entities") as table:
        if ID not in table.header:
            raise InputError(
                f"{file} has no column {ID}: its first line must name the columns {', '.join(COLUMNS)}, of "
                f"which all but {ID} may be left out"
            )
        yield table.rows


@contextmanager
def _open_json_lines(file: Path) -> Iterator[Iterable[tuple[int, Mapping[str, Any]]]]:
    try:
        with file.open(encoding="utf-8-sig") as stream:
            yield ((number, _object(line)) for number, line in enumerate(stream, 1) if line.strip())
    except UnicodeDecodeError as error:
        raise InputError(f"{file} cannot be read as JSON Lines in UTF-8: {error}") from error


def _object(line: str) -> Mapping[str, Any]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        value = None
    # What is wrong with a line is said with the faults of the others.
    return value if isinstance(value, dict) else {_NO_OBJECT: line.strip()[:40]}


def _entity(row: Mapping[str, Any]) -> Entity:
    if SURPLUS in row:
        raise _BadRowError(f"it has more cells than the first line has columns ({row[SURPLUS]!r})")
    if _NO_OBJECT in row:
        raise _BadRowError(f"it is no JSON object ({row[_NO_OBJECT]!r})")
    said = {column: _text(column, row.get(column)) for column in COLUMNS}
    entity_id = said[ID]
    if entity_id is None:
        raise _BadRowError(f"it has no {ID}")
    for column in (EntityColumn.TYPE, EntityColumn.CATEGORY, EntityColumn.SOURCE):
        text = said[column]
        fault = None if text is None else name_fault(text)
        if fault:
            raise _BadRowError(f"its {column} {fault}")
    return Entity(
        entity_id=entity_id,
        name=said[EntityColumn.NAME],
        type=said[EntityColumn.TYPE],
        category=said[EntityColumn.CATEGORY],
        source=said[EntityColumn.SOURCE],
    )


def _text(column: str, value: object) -> str | None:
    """The text of a cell, None where it is empty; ids stay as they are, and may be whole numbers."""
    if value is None:
        return None
    if column == ID and isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        raise _BadRowError(f"its {column} is no text ({value!r})")
    if "\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
        raise _BadRowError(f"its {column} holds what is no text ({value!r})")
    return value if column == ID and value else value.strip() or None
