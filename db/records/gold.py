"""Masks of known answer, and what was said of them."""

from dataclasses import dataclass
from enum import StrEnum

from db.records.verdicts import Reason, Verdict


class Known(StrEnum):
    """What is known of a mask whose answer is known."""

    RIGHT = "right"
    """A lead found it correct."""
    NATURAL = "natural"
    """A lead found it incorrect, and a machine made it so."""
    SYNTHETIC = "synthetic"
    """It was made incorrect on purpose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldMask:
    """A mask of known answer.

    Attributes:
        unit_id: the mention of the sample that it belongs to; a synthetic mask belongs to that of the mask
            it was made from.
        can_be_shown: nothing makes it unjudgable.
        reasons: why it is incorrect, where a lead said so.
        made_from: the correct mask that a synthetic one was made from, else None.
        change: what was done to that one, else None.
    """

    mask_id: str
    unit_id: int
    known: Known
    can_be_shown: bool
    reasons: tuple[Reason, ...] = ()
    made_from: str | None = None
    change: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldVerdict:
    """What a reviewer who could not tell said of a mask of known answer."""

    mask_id: str
    known: Known
    reviewer: str
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class SyntheticMask:
    """A mask made wrong on purpose out of one that is known to be correct.

    Attributes:
        mask_id: of the wrong mask.
        made_from: the correct one.
        change: what was done to it ("shifted").
        iou: of the two, in [0, 0.5).
    """

    mask_id: str
    made_from: str
    change: str
    iou: float
