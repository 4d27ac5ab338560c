"""Tells whether a value of JSON is what a record can be made of."""

from dataclasses import MISSING, fields, is_dataclass
from enum import StrEnum
from math import isfinite
from types import UnionType
from typing import Union, get_args, get_origin, get_type_hints


def fits(value: object, kind: object) -> bool:
    """Whether a value is of a kind: a plain type, a choice, a record, or a tuple, dict or union of them.

    >>> fits(["a", "b"], tuple[str, ...]), fits({"a": 1.5}, dict[str, int]), fits(None, int | None)
    (True, False, True)
    """
    inner = get_args(kind)
    match get_origin(kind):
        case origin if origin is UnionType or origin is Union:
            return any(fits(value, each) for each in inner)
        case origin if origin is tuple:
            return isinstance(value, list) and _is_tuple(value, inner)
        case origin if origin is dict:
            return isinstance(value, dict) and all(fits(each, inner[1]) for each in value.values())
    if not isinstance(kind, type):
        raise TypeError(f"{kind} is no kind of value")
    return _is_record(value, kind) if is_dataclass(kind) else _is_plain(value, kind)


def _is_tuple(value: list[object], kinds: tuple[object, ...]) -> bool:
    if kinds[1:] == (...,):
        return all(fits(each, kinds[0]) for each in value)
    return len(value) == len(kinds) and all(map(fits, value, kinds))


def _is_record(value: object, kind: type) -> bool:
    if not isinstance(value, dict):
        return False
    kinds = get_type_hints(kind)
    needed = {
        each.name for each in fields(kind) if each.default is MISSING and each.default_factory is MISSING
    }
    return needed <= value.keys() <= kinds.keys() and all(fits(value[key], kinds[key]) for key in value)


def _is_plain(value: object, kind: type) -> bool:
    if issubclass(kind, StrEnum):
        return isinstance(value, str) and value in set(kind)
    if kind is float:
        return type(value) is int or (isinstance(value, float) and isfinite(value))
    return type(value) is kind
