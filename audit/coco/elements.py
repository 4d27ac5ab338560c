"""One element of an array, from its bytes to Python values, with an eye on what JSON readers let pass."""

import json
import math
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np

from audit.coco.document import Chunk
from audit.coco.lifting import MAX_DEPTH
from audit.coco.scanning import depth_of
from audit.coco.schema import ProblemKind
from audit.errors import InputError


class JsonObject(dict[str, Any]):
    """A JSON object that remembers which of its keys came more than once."""

    repeated: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """A decoded element.

    Attributes:
        value: a `JsonObject`, or None where the element is no object or nested too deeply.
        found: what was wrong with the element as such.
    """

    value: JsonObject | None
    found: frozenset[ProblemKind]


def decode_element(chunk: Chunk, k: int) -> Element:
    """The k-th element of a chunk.

    Raises:
        InputError: it is not JSON, even where NaN, Infinity and broken text are let pass.
    """
    text = chunk.text(k)
    padded = np.frombuffer(text + b" " * (-len(text) % 8), np.uint8)
    if depth_of(padded, len(text)) > MAX_DEPTH:
        return Element(value=None, found=frozenset({ProblemKind.TOO_DEEP}))
    decoding = _Decoding()
    try:
        value = decoding.decode(text)
    except json.JSONDecodeError as error:
        place = (
            chunk.text_offset + int(chunk.starts[k]) + len(error.doc[: error.pos].encode("utf-8", "replace"))
        )
        raise InputError(
            f"{chunk.path} is not JSON at byte {place} ({error.msg}): repair the file or write it again."
        ) from error
    if not isinstance(value, JsonObject):
        return Element(value=None, found=frozenset({ProblemKind.NOT_AN_OBJECT}))
    return Element(value=value, found=frozenset(decoding.found))


def repeats_a_key(value: JsonObject, keys: Collection[str]) -> bool:
    """Whether an object, or one within its `segmentation`, gives one of the keys that are read twice."""
    segmentation = value.get("segmentation")
    inner = segmentation if isinstance(segmentation, list) else [segmentation]
    return not value.repeated.isdisjoint(keys) or any(
        not part.repeated.isdisjoint(("size", "counts")) for part in inner if isinstance(part, JsonObject)
    )


class _Decoding:
    """The hooks of one decoding, and what they met."""

    def __init__(self) -> None:
        self.found: set[ProblemKind] = set()

    def decode(self, text: bytes) -> object:
        try:
            characters = text.decode("utf-8")
        except UnicodeDecodeError:
            self.found.add(ProblemKind.NOT_UNICODE)
            characters = text.decode("utf-8", "replace")
        try:
            value = json.loads(characters, object_pairs_hook=self._object, parse_constant=self._not_finite)
        except json.JSONDecodeError:
            raise
        except ValueError:  # a whole number of more digits than Python turns into an int
            value = json.loads(
                characters,
                object_pairs_hook=self._object,
                parse_constant=self._not_finite,
                parse_int=_whole_number,
            )
        return value

    def _object(self, pairs: list[tuple[str, Any]]) -> JsonObject:
        value = JsonObject(pairs)
        if len(value) < len(pairs):
            keys = [key for key, _ in pairs]
            value.repeated = frozenset(key for key in value if keys.count(key) > 1)
        return value

    def _not_finite(self, name: str) -> float:
        self.found.add(ProblemKind.NAN_TOKEN)
        return float(name)


def _whole_number(digits: str) -> int | float:
    try:
        return int(digits)
    except ValueError:
        return math.inf
