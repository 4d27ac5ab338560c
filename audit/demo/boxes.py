"""Boxes as a person draws them: around each piece of an entity, once with care and once in a hurry."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Box(NamedTuple):
    """A rectangle in pixels; right and bottom are the first column and row outside it."""

    left: int
    top: int
    right: int
    bottom: int


class Reference(StrEnum):
    """How the box given to an annotator was drawn."""

    TIGHT_BOX = "tight box"
    LOOSE_BOX = "loose box"


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of an entity, boxed under both references."""

    tight: Box
    loose: Box

    def box(self, reference: Reference) -> Box:
        """The box that was drawn under `reference`."""
        return self.tight if reference is Reference.TIGHT_BOX else self.loose
