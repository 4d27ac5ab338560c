"""Turns a mask inside out where it shows what lies between many things of one type."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from audit.coco.rle import area
from audit.features.column import Flags
from audit.features.references import FeatureReference
from audit.rules.corrections import inverse
from audit.rules.mention import Mention
from audit.rules.rule import Action, Kind, Ruling, Rulings, gathered, new_mask
from audit.rules.subjects import Subjects
from audit.rules.support import support, voters_of

_N_BOXES = FeatureReference(name="n_boxes_same_type")
_COVER = FeatureReference(name="same_type_cover")
_OPENED = FeatureReference(name="n_components_opened")
_CLOSED = FeatureReference(name="n_components_closed")


@dataclass(frozen=True, slots=True, kw_only=True)
class DenseScene:
    """Inverts masks of dense scenes where the inverse is better supported.

    A scene is dense where many boxes of one type cover much of the image, and the mask is in many pieces
    both when it is opened and when it is closed. Then the masks of all settings decide by their confidences:
    the inverse takes the mask's place if it is better supported than the mask itself (`support`). A setting
    alone inverts nothing, nor does one of two that are equally confident.

    Attributes:
        name: of the rule.
        n_boxes: at least so many boxes of one type.
        cover: that cover at least this share of the image.
        n_components: at least so many pieces, opened and closed.
        unknown_confidence: the weight of masks without a confidence.
    """

    name: str
    n_boxes: int
    cover: float
    n_components: int
    unknown_confidence: float

    kind: ClassVar[Kind] = Kind.DENSE_SCENE
    references: ClassVar[tuple[FeatureReference, ...]] = (_N_BOXES, _COVER, _OPENED, _CLOSED)
    columns: ClassVar[tuple[str, ...]] = ()

    @property
    def passes(self) -> str:
        """Why it keeps."""
        return "the scene is not as dense, or the mask not in as many pieces, as the rule asks for"

    def judge(self, subjects: Subjects) -> Rulings:
        """Decide inversion in dense scenes."""
        places = np.flatnonzero(
            _reaches(subjects, _N_BOXES, self.n_boxes)
            & _reaches(subjects, _COVER, self.cover)
            & _reaches(subjects, _OPENED, self.n_components)
            & _reaches(subjects, _CLOSED, self.n_components)
        )
        return gathered(places, [self._settle(mention) for mention in subjects.mentions(places)])

    def _settle(self, mention: Mention) -> Ruling:
        own = mention.own.runs
        if own is None or mention.size is None:
            return Ruling(action=Action.KEEP, why="there is no mask to invert")
        inverted = inverse(own)
        if not area(inverted):
            return Ruling(action=Action.KEEP, why="the mask is the whole image, its inverse is empty")
        voters = voters_of(mention, self.unknown_confidence)
        of_own, of_inverted = support(own, voters), support(inverted, voters)
        figures = f"the mask has a support of {of_own:.3f} and its inverse of {of_inverted:.3f}"
        if of_inverted <= of_own:
            return Ruling(action=Action.KEEP, why=f"a dense scene, but {figures}")
        return Ruling(
            action=Action.CORRECT,
            why=f"a dense scene, and {figures}",
            mask=new_mask(inverted, mention.size),
        )


def _reaches(subjects: Subjects, reference: FeatureReference, least: float) -> Flags:
    values = subjects.feature(reference)
    reached: Flags = values.is_known & (values.values >= least)
    return reached
