"""What a weighted estimate is made of: how every sampled unit stands under one setting, and its weight."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sampling.checks import check_probabilities, check_weights
from sampling.errors import EstimateError


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SampledOutcomes:
    """The units of a sample under one setting; arrays of one length, one element per unit that was drawn.

    A unit that does not count stays in the arrays: that it was drawn is part of the design.

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
        lengths = {
            name: np.shape(getattr(self, name))
            for name in ("stratum", "cluster", "weight", "is_counted", "is_correct")
        }
        if set(lengths.values()) != {(self.n_units,)}:
            told = ", ".join(f"{name} {shape}" for name, shape in lengths.items())
            raise EstimateError(f"the arrays have the shapes {told}: give one element per sampled unit")
        _check_codes("stratum", self.stratum)
        _check_codes("cluster", self.cluster)
        check_weights("weights", self.weight)
        if self.unsampled is not None:
            self._check_unsampled(self.unsampled)
        for name in ("is_counted", "is_correct"):
            if getattr(self, name).dtype != np.bool_:
                raise EstimateError(f"{name} holds {getattr(self, name).dtype}: give bool")

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
        weight = self.weight[self.is_counted]
        return float(weight.sum() ** 2 / np.square(weight).sum()) if weight.size else 0.0

    def within(self, domain: NDArray[np.bool_]) -> "SampledOutcomes":
        """The same sample with the units outside `domain` (bool, one per unit) not counted."""
        return replace(self, is_counted=self.is_counted & domain)


def _check_codes(name: str, codes: NDArray[np.intp]) -> None:
    if not np.issubdtype(codes.dtype, np.integer):
        raise EstimateError(f"{name} holds {codes.dtype}: give integer codes")
    if codes.size and codes.min() < 0:
        raise EstimateError(f"{name} holds {codes.min()}: give codes of at least 0")
