"""Reads what Wikidata says of items from a CSV file, as its query service gives it or a script makes it."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from audit.csv_rows import SURPLUS, open_csv
from audit.errors import InputError
from audit.wikidata.item import Item, item_number

ID, NAME, INSTANCE_OF, SUBCLASS_OF = "entity_id", "name", "instance_of", "subclass_of"

_STEP_ROWS = 1 << 12


def read_listing(file: Path, advance: Callable[[int], object]) -> Iterator[Item]:
    """Give the items of a CSV file with `entity_id`, `instance_of`, `subclass_of` and perhaps `name`.

    Classes are separated by `;`. Items may stand on several lines, which add up: classes have lines like
    entities, and the entities of the population are found among them.

    Args:
        file: the CSV file.
        advance: is told how many more bytes of the file are read, about.

    Raises:
        InputError: it is no such file, or has bad rows, each of them named once all are read.
    """
    with open_csv(file, "Wikidata's statements") as table:
        lacking = [name for name in (ID, INSTANCE_OF, SUBCLASS_OF) if name not in table.header]
        if lacking:
            raise InputError(
                f"{file} is no Wikidata dump, and as a CSV has no column {', '.join(lacking)}: its first "
                f"line must name {ID}, {INSTANCE_OF} and {SUBCLASS_OF}, and may name {NAME}"
            )
        faults = []
        n_bytes = 0
        for n_rows, (line, row) in enumerate(table.rows):
            n_bytes += sum(map(len, row.values())) + len(row)
            if n_rows % _STEP_ROWS == 0:
                advance(n_bytes)
                n_bytes = 0
            fault = _fault(row)
            if fault:
                faults.append(f"line {line}: {fault}")
            else:
                yield _item(row)
        advance(n_bytes)
    if faults:
        raise InputError(f"{file} was not read, correct {len(faults)} rows: {'; '.join(faults)}")


def _item(row: Mapping[str, str]) -> Item:
    return Item(
        number=_numbers(row[ID])[0],
        name=row.get(NAME, "").strip() or None,
        instance_of=_numbers(row.get(INSTANCE_OF, "")),
        subclass_of=_numbers(row.get(SUBCLASS_OF, "")),
    )


def _fault(row: Mapping[str, str]) -> str | None:
    if SURPLUS in row:
        return f"it has more cells than the first line has columns ({row[SURPLUS]!r})"
    if item_number(row[ID].strip()) is None:
        return f"{ID} {row[ID]!r} is no id of Wikidata such as Q146"
    for column in (INSTANCE_OF, SUBCLASS_OF):
        wrong = [text for text in _texts(row.get(column, "")) if item_number(text) is None]
        if wrong:
            return f"{column} {wrong[0]!r} is no id of Wikidata such as Q146"
    return None


def _numbers(cell: str) -> tuple[int, ...]:
    numbers = map(item_number, _texts(cell))
    return tuple(number for number in numbers if number is not None)


def _texts(cell: str) -> list[str]:
    return [text.strip() for text in cell.split(";") if text.strip()]
