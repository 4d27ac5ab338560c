"""The tables of kinds: what a type or a category is called, and which classes of Wikidata it is under."""

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from typing import Any

from audit.errors import InputError
from audit.names import name_fault
from audit.wikidata.item import item_number


class Grouping(StrEnum):
    """What a table of kinds tells of entities; names its entries in the file."""

    TYPE = "type"
    """The kind of thing, by which rules drop and correct masks."""
    CATEGORY = "category"
    """The part of a report."""

    @property
    def file_name(self) -> str:
        """What the table that comes with the program is called."""
        return {Grouping.TYPE: "types.toml", Grouping.CATEGORY: "categories.toml"}[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One type or category.

    Attributes:
        roots: numbers of items; it has them and what is under them. None in a kind of all other entities.
    """

    name: str
    roots: tuple[int, ...]


def default_table(grouping: Grouping) -> str:
    """Give the text of the table that comes with the program."""
    return files("audit.wikidata").joinpath(grouping.file_name).read_text(encoding="utf-8")


def load_kinds(file: Path | None, grouping: Grouping) -> tuple[Kind, ...]:
    """Read a table of kinds, or the one that comes with the program where `file` is None.

    Raises:
        InputError: it cannot be read; or naming everything that is wrong in it.
    """
    if file is None:
        return parse_kinds(default_table(grouping), grouping, grouping.file_name)
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (FileNotFoundError, IsADirectoryError) as error:
        raise InputError(f"{file} is not there: name a TOML table, or leave the option out") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{file} cannot be read as TOML in UTF-8: {error}") from error
    return parse_kinds(text, grouping, str(file))


def parse_kinds(text: str, grouping: Grouping, source: str) -> tuple[Kind, ...]:
    """Give the kinds of a table in their order; `source` names it in a message.

    >>> parse_kinds('type = [{name = "event", roots = ["Q1656682"]}]', Grouping.TYPE, "types.toml")
    (Kind(name='event', roots=(1656682,)),)

    Raises:
        InputError: naming everything that is wrong in it.
    """
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{source} cannot be read as TOML: {error}") from error
    entries = content.pop(grouping, None)
    if content or not isinstance(entries, list) or not entries:
        raise InputError(
            f"{source} must be a list of [[{grouping}]], each with a name and roots, and nothing else"
        )
    faults = [fault for number, entry in enumerate(entries, 1) for fault in _entry_faults(entry, number)]
    if not faults:
        kinds = tuple(_kind(entry) for entry in entries)
        faults = _table_faults(kinds)
    if faults:
        raise InputError(f"{source}: {'; '.join(faults)}: correct what is named")
    return kinds


def _kind(entry: dict[str, Any]) -> Kind:
    numbers = map(item_number, entry["roots"])
    return Kind(name=entry["name"].strip(), roots=tuple(number for number in numbers if number is not None))


def _entry_faults(entry: object, number: int) -> list[str]:
    if not isinstance(entry, dict) or set(entry) != {"name", "roots"}:
        return [f"entry {number} must have a name and roots, and nothing else"]
    name, roots = entry["name"], entry["roots"]
    fault = name_fault(name) if isinstance(name, str) else f"has a name that is no text ({name!r})"
    if fault:
        return [f"entry {number} {fault}"]
    if not isinstance(roots, list):
        return [f"the roots of {name!r} are no list of ids such as Q146"]
    return [
        f"root {root!r} of {name!r} is no id of Wikidata such as Q146"
        for root in roots
        if not isinstance(root, str) or item_number(root) is None
    ]


def _table_faults(kinds: tuple[Kind, ...]) -> list[str]:
    names = [kind.name for kind in kinds]
    roots = [root for kind in kinds for root in kind.roots]
    faults = [f"{name!r} stands twice" for name in sorted(set(names)) if names.count(name) > 1]
    faults += [f"root Q{root} stands twice" for root in sorted(set(roots)) if roots.count(root) > 1]
    rest = [kind.name for kind in kinds if not kind.roots]
    if len(rest) > 1:
        faults.append(
            f"{' and '.join(map(repr, rest))} have no roots, which only one can have that takes the rest"
        )
    return faults
