"""How rules and options name a feature of one setting's mask: `area_share`, `iou:box`, `iou`.

A feature of a mask, of its detections or of all settings has the name that the catalogue gives it. One of a
pair is named as seen from the setting's own mask, and with the other setting; without it, it is the lowest
over the other settings.
"""

from dataclasses import dataclass
from difflib import get_close_matches

from audit.errors import InputError
from audit.features.catalogue import CATALOGUE, Feature, Needs

SEPARATOR = ":"
"""Stands between a feature of a pair and the other setting, whose name may hold it too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairFeature:
    """A feature of a pair as seen from one of its masks.

    Attributes:
        column: in the catalogue, where the mask is the first of the pair.
        swapped: in the catalogue, where the mask is the second.
        means: what it is.
    """

    column: str
    swapped: str
    means: str


OF_PAIRS = {
    "iou": PairFeature(
        column="iou", swapped="iou", means="Intersection over union with the mask of another setting."
    ),
    "boundary_iou": PairFeature(
        column="boundary_iou",
        swapped="boundary_iou",
        means="Intersection over union of the boundaries of this mask and that of another setting.",
    ),
    "inside": PairFeature(
        column="a_in_b",
        swapped="b_in_a",
        means="Share of this mask that lies in the mask of another setting.",
    ),
    "covers": PairFeature(
        column="b_in_a", swapped="a_in_b", means="Share of another setting's mask that this one covers."
    ),
}
"""The features of pairs, by the name that a reference gives them."""

OF_ONE = {feature.name: feature for feature in CATALOGUE if feature.needs is not Needs.PAIR}
"""The features that are named as in the catalogue."""

NAMES: tuple[str, ...] = (*OF_ONE, *OF_PAIRS)
"""Everything that a reference may begin with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureReference:
    """A feature of one setting's mask.

    Attributes:
        name: one of `NAMES`.
        other: of a pair, the other setting; None is the lowest over all others that can be compared.

    >>> str(parse_reference("iou:box prompt"))
    'iou:box prompt'
    """

    name: str
    other: str | None = None

    def __str__(self) -> str:
        return self.name if self.other is None else f"{self.name}{SEPARATOR}{self.other}"

    @property
    def feature(self) -> Feature:
        """Its row of the catalogue: unit, range, kind."""
        column = OF_PAIRS[self.name].column if self.name in OF_PAIRS else self.name
        return next(each for each in CATALOGUE if each.name == column)

    @property
    def means(self) -> str:
        """What it is, in a sentence."""
        return OF_PAIRS[self.name].means if self.name in OF_PAIRS else self.feature.means


def parse_reference(text: str) -> FeatureReference:
    """The feature that a text names; whether the other setting exists is not looked at.

    Raises:
        InputError: there is no such feature, or one that is not of a pair is given another setting.

    >>> parse_reference("covers:box")
    FeatureReference(name='covers', other='box')
    """
    if text in OF_ONE:
        return FeatureReference(name=text)
    name, separator, other = text.partition(SEPARATOR)
    if name in OF_ONE:
        raise InputError(f"feature {text!r}: {name} is of one mask alone: leave out {separator}{other}")
    if name not in OF_PAIRS:
        near = get_close_matches(name, NAMES, n=1)
        hint = f"did you mean {near[0]}? " if near else ""
        raise InputError(f"there is no feature {text!r}: {hint}there are {', '.join(NAMES)}")
    if separator and not other:
        raise InputError(f"feature {text!r} names no setting after {separator!r}: name one, or leave it out")
    return FeatureReference(name=name, other=other or None)
