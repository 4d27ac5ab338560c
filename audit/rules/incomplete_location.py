"""Takes the whole image for places of which the detector was not sure."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from audit.coco.buffers import as_flags
from audit.features.column import Flags
from audit.features.references import FeatureReference
from audit.rules.corrections import whole_image
from audit.rules.keys import ValueFaults
from audit.rules.mention import Mention
from audit.rules.rule import Action, Kind, Ruling, Rulings, gathered, new_mask
from audit.rules.subjects import Subjects

_CONFIDENCE = FeatureReference(name="confidence_max")


@dataclass(frozen=True, slots=True, kw_only=True)
class IncompleteLocation:
    """Takes the whole image as the mask of locations and buildings under a confidence.

    An annotation without a confidence stays as it is; so does one whose image has no known size.

    Attributes:
        name: of the rule.
        types: of entities, as `entities` names them.
        categories: the same; one of either is enough.
        confidence_below: the highest confidence of the annotation is under it.

    Raises:
        ValueFaults: neither types nor categories are given.
    """

    name: str
    types: tuple[str, ...]
    categories: tuple[str, ...]
    confidence_below: float

    kind: ClassVar[Kind] = Kind.INCOMPLETE_LOCATION
    references: ClassVar[tuple[FeatureReference, ...]] = (_CONFIDENCE,)

    def __post_init__(self) -> None:
        faults = place_faults(self.types, self.categories)
        if faults:
            raise ValueFaults(faults)

    @property
    def columns(self) -> tuple[str, ...]:
        """What says whether it is a place."""
        return (("entity_type",) if self.types else ()) + (("category",) if self.categories else ())

    @property
    def passes(self) -> str:
        """Why it keeps."""
        return f"it is no such entity, or {_CONFIDENCE} is not under {self.confidence_below:g}, or unknown"

    def judge(self, subjects: Subjects) -> Rulings:
        """Correct places of little confidence."""
        confidence = subjects.feature(_CONFIDENCE)
        is_place = _is_any(subjects, "entity_type", self.types) | _is_any(
            subjects, "category", self.categories
        )
        places = np.flatnonzero(is_place & confidence.is_known & (confidence.values < self.confidence_below))
        return gathered(places, [self._complete(mention) for mention in subjects.mentions(places)])

    def _complete(self, mention: Mention) -> Ruling:
        if mention.size is None:
            return Ruling(action=Action.KEEP, why="the size of the image is unknown, or too large")
        everything = whole_image(mention.size)
        if mention.own.runs is not None and np.array_equal(mention.own.runs, everything):
            return Ruling(action=Action.KEEP, why="the mask is the whole image already")
        return Ruling(
            action=Action.CORRECT,
            why=f"a location or building with a confidence under {self.confidence_below:g}: whole image",
            mask=new_mask(everything, mention.size),
        )


def place_faults(types: tuple[str, ...], categories: tuple[str, ...]) -> list[str]:
    """What is wrong with the names of places, as sentences without a full stop."""
    if types or categories:
        return []
    return ["types and categories are both empty: give one of them, or leave the rule out"]


def _is_any(subjects: Subjects, column: str, names: tuple[str, ...]) -> Flags:
    if not names:
        return np.zeros(len(subjects.positions), np.bool_)
    return as_flags(pc.is_in(subjects.texts(column), value_set=pa.array(names, pa.string())))
