"""What may stand under the keys of a table in a file: their forms, ranges and defaults, and what is wrong."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from enum import StrEnum
from math import isfinite

from audit.errors import InputError
from audit.features.references import parse_reference
from audit.names import name_fault


class Form(StrEnum):
    """What a value is."""

    NUMBER = "number"
    COUNT = "whole number"
    TEXT = "text"
    TEXTS = "list of texts"
    WORDS = "list of words"
    TYPES = "list of types of entities"
    CATEGORIES = "list of categories of entities"
    CHOICE = "choice"
    FEATURE = "feature"
    DATE = "date such as 2025-01-31"


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """What may stand under one key.

    Attributes:
        name: the key.
        form: of its value.
        means: what it is, in a sentence.
        default: what it is where the key is left out, as in the file; None where it then has no value.
        is_required: whether the key must be given.
        lowest: the least number; None where there is none.
        highest: the greatest number; None where there is none.
        choices: of which one is to be given.
    """

    name: str
    form: Form
    means: str
    default: object = None
    is_required: bool = False
    lowest: float | None = None
    highest: float | None = None
    choices: tuple[str, ...] = ()

    @property
    def range(self) -> str:
        """What is asked for, in words."""
        if self.form is Form.CHOICE:
            return " or ".join(self.choices)
        begins = "" if self.lowest is None else f" from {self.lowest:,}"
        return f"a {self.form}{begins}" + ("" if self.highest is None else f" to {self.highest:,}")


class ValueFaults(ValueError):  # noqa: N818 - several
    """Everything that is wrong in a table, as sentences without a full stop."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(faults))


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedValues:
    """What stands in a table.

    Attributes:
        values: under each key whose value will do, the default where it is left out; lists as tuples.
        faults: every unknown or missing key and every value that will not do, as sentences.
    """

    values: dict[str, object]
    faults: list[str]


def read_values(keys: Sequence[Key], given: Mapping[str, object]) -> dict[str, object]:
    """The value under each key, as `check_values` has it.

    Raises:
        ValueFaults: naming every fault.
    """
    checked = check_values(keys, given)
    if checked.faults:
        raise ValueFaults(checked.faults)
    return checked.values


def check_values(keys: Sequence[Key], given: Mapping[str, object]) -> CheckedValues:
    """The values in a table that will do, and what is wrong with the others."""
    names = [key.name for key in keys]
    faults = [f"unknown key {name!r}{hint(name, names)}" for name in given if name not in names]
    values: dict[str, object] = {}
    for key in keys:
        value = given.get(key.name, key.default)
        try:
            values[key.name] = None if value is None else _READERS[key.form](key, value)
        except ValueError as error:
            faults.append(f"{key.name} = {_shown(value)}: {error}")
        if key.is_required and value is None:
            faults.append(f"{key.name} is missing: give {key.range}")
    return CheckedValues(values=values, faults=faults)


def hint(given: object, known: Sequence[str]) -> str:
    """A question after the known name that is most like an unknown one, or the known names.

    >>> hint("tpyes", ["types", "words"])
    ' (did you mean types?)'
    """
    near = get_close_matches(str(given), known, n=1)
    return f" (did you mean {near[0]}?)" if near else f" (there are {', '.join(known) or 'none'})"


def _number(key: Key, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise _unfit(key)
    _refuse_outside(key, value)
    return float(value)


def _count(key: Key, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _unfit(key)
    _refuse_outside(key, value)
    return value


def _text(key: Key, value: object) -> str:
    if not isinstance(value, str):
        raise _unfit(key)
    fault = name_fault(value)
    if fault:
        raise ValueError(f"it {fault}")
    return value


def _texts(key: Key, value: object) -> tuple[str, ...]:
    return tuple(_text(key, each) for each in _words(key, value))


def _words(key: Key, value: object) -> tuple[str, ...]:
    """Texts of which the rule says itself which will do."""
    if not isinstance(value, list | tuple) or not all(isinstance(each, str) for each in value):
        raise _unfit(key)
    twice = {each for each in value if value.count(each) > 1}
    if twice:
        raise ValueError(f"{min(twice)!r} stands twice")
    return tuple(value)


def _choice(key: Key, value: object) -> str:
    if not isinstance(value, str) or value not in key.choices:
        raise _unfit(key)
    return value


def _feature(key: Key, value: object) -> object:
    if not isinstance(value, str):
        raise _unfit(key)
    try:
        reference = parse_reference(value)
    except InputError as error:
        raise ValueError(str(error)) from error
    if reference.other is not None:
        _text(key, reference.other)
    return reference


def _date(key: Key, value: object) -> date:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise _unfit(key)
    return value


def _unfit(key: Key) -> ValueError:
    return ValueError(f"give {key.range}")


def _refuse_outside(key: Key, value: float) -> None:
    if (key.lowest is not None and value < key.lowest) or (key.highest is not None and value > key.highest):
        raise _unfit(key)


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


_LONGEST_SHOWN = 60

_READERS: dict[Form, Callable[[Key, object], object]] = {
    Form.NUMBER: _number,
    Form.COUNT: _count,
    Form.TEXT: _text,
    Form.TEXTS: _texts,
    Form.WORDS: _words,
    Form.TYPES: _texts,
    Form.CATEGORIES: _texts,
    Form.CHOICE: _choice,
    Form.FEATURE: _feature,
    Form.DATE: _date,
}
