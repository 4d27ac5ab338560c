"""What a sample is made of, and what of the population stands beside it."""

from collections.abc import Mapping
from dataclasses import dataclass

from sampling.design.frame import DrawnUnit
from sampling.estimation.estimate import NoEstimate


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitCases:
    """One split of the sample: its units, which are the cases judged, and their different entities."""

    split: str
    n_units: int
    n_entities: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Composition:
    """What a sample is made of.

    Attributes:
        splits: in the order of the strata.
        n_entities: different ones of the whole sample.
        categories: category → units of the sample; under None those without one.
        of_population: the same of the population, in `counted`, or why that is not known.
        counted: what the population is counted in.
    """

    splits: tuple[SplitCases, ...]
    n_entities: int
    categories: Mapping[str | None, int]
    of_population: Mapping[str | None, int] | NoEstimate
    counted: DrawnUnit

    @property
    def has_categories(self) -> bool:
        """Some category is known."""
        of_population = {} if isinstance(self.of_population, NoEstimate) else self.of_population
        return any(name is not None for name in (*self.categories, *of_population))
