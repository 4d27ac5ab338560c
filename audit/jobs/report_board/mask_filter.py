"""Which masks are looked at, as it stands in the address bar: one value at most of each facet."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlencode

PAGE_PATH = "./report"
VIEW, SAMPLE = "view", "sample"
MASKS_VIEW = "masks"


class Facet(StrEnum):
    """What masks are told apart by; the values are parameters of the address."""

    SPLIT = "split"
    CATEGORY = "category"
    SOURCE = "source"
    SETTING = "setting"
    AGAINST = "against"
    """Another setting, of which the verdict differs: one is right, and the other wrong or missing."""
    SIZE = "size"
    """Of the mask: small, medium or large."""
    OUTCOME = "outcome"
    REASON = "reason"
    REVIEWER = "reviewer"


OF_UNITS = frozenset({Facet.SPLIT, Facet.CATEGORY, Facet.SOURCE})
"""Facets of the mention, whatever any setting made of it."""

OF_PARTS = OF_UNITS | {Facet.SIZE}
"""Facets of which a part of the sample is made that has an accuracy."""


@dataclass(frozen=True, slots=True)
class MaskFilter:
    """Values that masks must have.

    Attributes:
        values: in the order of `Facet`; facets that are absent let everything through.
    """

    values: tuple[tuple[Facet, str], ...] = ()

    @classmethod
    def of(cls, values: Mapping[Facet, str]) -> "MaskFilter":
        """Give the filter with these values; AGAINST alone says nothing, and is left out."""
        return cls(
            tuple(
                (facet, values[facet])
                for facet in Facet
                if facet in values and (facet is not Facet.AGAINST or Facet.SETTING in values)
            )
        )

    def get(self, facet: Facet) -> str | None:
        """Give the value that masks must have, or None."""
        return dict(self.values).get(facet)

    def with_values(self, values: Mapping[Facet, str]) -> "MaskFilter":
        """Give the filter that asks for these too."""
        return MaskFilter.of({**dict(self.values), **values})

    def without(self, facet: Facet) -> "MaskFilter":
        """Give the filter that no longer asks for one."""
        return MaskFilter.of({each: value for each, value in self.values if each is not facet})

    @property
    def of_units(self) -> "MaskFilter":
        """What it asks of mentions."""
        return MaskFilter(tuple((facet, value) for facet, value in self.values if facet in OF_UNITS))

    @property
    def of_part(self) -> "MaskFilter":
        """What it asks of the part of the sample that an accuracy is of."""
        return MaskFilter(tuple((facet, value) for facet, value in self.values if facet in OF_PARTS))

    def address(self, sample: str) -> str:
        """Give the address, relative to this server, at which these masks of a sample are shown.

        >>> MaskFilter.of({Facet.SETTING: "gc", Facet.SPLIT: "a&b"}).address("main")
        './report?view=masks&sample=main&split=a%26b&setting=gc'
        """
        return f"{PAGE_PATH}?{urlencode({VIEW: MASKS_VIEW, SAMPLE: sample} | dict(self.values))}"
