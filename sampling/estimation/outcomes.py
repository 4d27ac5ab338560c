"""What a weighted estimate is made of: how every sampled unit stands under one setting, and its weight."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sampling.checks import as_codes, as_flags, as_weights, check_probabilities
from sampling.errors import EstimateError


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SampledOutcomes:
    """The units of a sample under one setting; arrays of one length, one element per unit that was drawn.

    Codes of any integer type become intp, weights of any real type float64. A unit that does not count stays
    in the arrays: that it was drawn is part of the design.

    Attributes:
        stratum: codes of the strata that were drawn from, intp, at least 0.
        cluster: codes of what was drawn, intp, at least 0: units of one stratum with the same code were drawn
            together (several annotations of one entity). Units drawn on their own have codes of their own.
        weight: float64, finite, above 0; only ratios matter.
        is_counted: bool: right or wrong for certain (correct, incorrect, missing). Unsure, unjudgable,
            pending and dropped units, and those outside the domain of interest, are not.
        is_correct: bool; read only where `is_counted`.
        unsampled: of every stratum code, `unsampled_share`; in (0, 1], float64. None where strata count as
            endless.

    Raises:
        DesignError: arrays of unequal lengths or another kind, negative codes, weights not finite or
            not above 0, no unsampled share of a stratum, or one outside (0, 1].
    """

    stratum: NDArray[np.intp]
    cluster: NDArray[np.intp]
    weight: NDArray[np.float64]
    is_counted: NDArray[np.bool_]
    is_correct: NDArray[np.bool_]
    unsampled: NDArray[np.float64] | None = None

    def __post_init__(self) -> None:
        names = ("stratum", "cluster", "weight", "is_counted", "is_correct")
        lengths = {name: np.shape(getattr(self, name)) for name in names}
        if set(lengths.values()) != {(self.n_units,)}:
            told = ", ".join(f"{name} {shape}" for name, shape in lengths.items())
            raise EstimateError(f"the arrays have the shapes {told}: give one element per sampled unit")
        for name in ("stratum", "cluster"):
            object.__setattr__(self, name, as_codes(name, getattr(self, name)))
        object.__setattr__(self, "weight", as_weights("weights", self.weight))
        for name in ("is_counted", "is_correct"):
            as_flags(name, getattr(self, name))
        if self.unsampled is not None:
            self._check_unsampled(self.unsampled)

    def _check_unsampled(self, unsampled: NDArray[np.float64]) -> None:
        n_strata = int(self.stratum.max(initial=-1)) + 1
        if len(unsampled) < n_strata:
            raise EstimateError(f"{len(unsampled)} unsampled shares for {n_strata} strata: give one of each")
        check_probabilities("unsampled shares", unsampled)

    @property
    def n_units(self) -> int:
        """Units that were drawn."""
        return len(self.stratum)

    @property
    def n_counted(self) -> int:
        """Units that count."""
        return int(np.count_nonzero(self.is_counted))

    @property
    def kish_n(self) -> float:
        """(Σw)²/Σw² over the counted units: how many of equal weight tell as much; 0 where none counts.

        Source: Kish, Survey Sampling, Wiley 1965, sec. 11.7.
        """
        if self.n_counted == 0:
            return 0.0
        # Over the greatest one: squares of weights as given may overflow.
        weight = self.weight[self.is_counted] / self.weight.max()
        return float(weight.sum() ** 2 / np.square(weight).sum())

    def within(self, domain: NDArray[np.bool_]) -> "SampledOutcomes":
        """The same sample with the units outside `domain` (bool, one per unit) not counted.

        Raises:
            EstimateError: the domain is not one bool per unit.
        """
        if as_flags("domain", domain).size != self.n_units:
            raise EstimateError(f"domain has {domain.size} elements for {self.n_units} units: give one each")
        return replace(self, is_counted=self.is_counted & domain)
