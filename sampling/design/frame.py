"""What can be drawn: the annotations of a frame, and the candidates that phase 1 makes of them."""

from dataclasses import dataclass
from enum import StrEnum


class DrawnUnit(StrEnum):
    """What phase 2 draws: one ticket is an entity's or an annotation's."""

    ENTITY = "entity"
    ANNOTATION = "annotation"


class Across(StrEnum):
    """Over which annotations of an entity phase 1 picks, and so how often the entity can be drawn."""

    SPLITS = "splits"
    """Over all its splits: the entity falls into one stratum and is drawn at most once."""
    WITHIN_SPLIT = "within-split"
    """In each of its splits on its own: the entity can be drawn once per split."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameUnit:
    """One annotation that can be drawn."""

    annotation_id: str
    entity_id: str
    split: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One thing that phase 2 can draw: an entity with the annotations phase 1 picked, or one annotation.

    Attributes:
        stratum: the split it is drawn in: that of its smallest annotation ticket.
        annotation_ids: what phase 1 picked, by ascending annotation ticket; at least one.
        n_annotations: N_e, the entity's annotations in the frame (under `Across.WITHIN_SPLIT`, of this split
            alone).
        ticket: what phase 2 orders by, as lower-case hex: the entity's ticket, or the annotation's where
            annotations are drawn.
    """

    stratum: str
    entity_id: str
    annotation_ids: tuple[str, ...]
    n_annotations: int
    ticket: str
