"""The verdicts as the thresholds see them: which masks were judged, how, and with what weight."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sampling.checks import as_codes, as_flags, as_weights
from sampling.errors import EstimateError

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class JudgedMasks:
    """Verdicts on some masks of a population, arrays of one length; each verdict drawn on its own.

    Undecided masks are left out beforehand, or count as wrong.

    Attributes:
        position: where in the population's arrays the mask is, intp, at least 0.
        correct: whether it is right, bool.
        weight: how many of the population it stands for in the estimand, finite, above 0; only ratios matter.

    Raises:
        EstimateError: the lengths differ, or an array is of another kind.
        DesignError: a weight is not finite or not above 0.
    """

    position: NDArray[np.intp]
    correct: NDArray[np.bool_]
    weight: Floats

    def __post_init__(self) -> None:
        lengths = {np.shape(each) for each in (self.position, self.correct, self.weight)}
        if len(lengths) != 1:
            raise EstimateError(
                f"{np.size(self.position)} positions, {np.size(self.correct)} verdicts and "
                f"{np.size(self.weight)} weights: give one of each per judged mask"
            )
        object.__setattr__(self, "position", as_codes("position", self.position))
        as_flags("correct", self.correct)
        object.__setattr__(self, "weight", as_weights("weights", self.weight))

    @property
    def n(self) -> int:
        """How many verdicts there are."""
        return self.position.size

    @property
    def is_even(self) -> bool:
        """All verdicts weigh the same, so that exact tests hold."""
        return self.n == 0 or bool(np.isclose(self.weight, self.weight[0], rtol=1e-9, atol=0).all())

    def where(self, chosen: NDArray[np.bool_]) -> "JudgedMasks":
        """The chosen ones, bool of shape (n,)."""
        return JudgedMasks(
            position=self.position[chosen], correct=self.correct[chosen], weight=self.weight[chosen]
        )

    def check_within(self, n_population: int) -> None:
        """Refuse positions that the population does not have.

        Raises:
            EstimateError: a position is n_population or more.
        """
        if self.n and self.position.max() >= n_population:
            raise EstimateError(
                f"a verdict is on mask {self.position.max()} of a population of {n_population}: "
                "give positions in the population's arrays"
            )
