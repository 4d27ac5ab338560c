"""What an accuracy is the accuracy of: the same verdicts answer three questions."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from sampling.estimation.estimate import Estimate, IntervalMethod, NoEstimate
from sampling.estimation.outcomes import SampledOutcomes
from sampling.estimation.stratified import estimate


class Estimand(StrEnum):
    """The population that a figure is of."""

    MIX = "mix"
    """One in which the strata have the shares that the sample gave them: every unit of a stratum weighs the
    same where all had the same chance."""
    ENTITY = "entity"
    """All entities, each once, whatever the number of its annotations."""
    ANNOTATION = "annotation"
    """All annotations, each once: large entities weigh as much as they have annotations."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ReviewedSample:
    """The units of a sample under one setting, with the weights of every estimand; arrays of one length.

    Attributes:
        stratum: codes of the strata that were drawn from, intp, at least 0.
        cluster: codes of what was drawn, intp: units of one stratum with the same code were drawn together.
        entity_weight: how many entities a unit stands for, float64, above 0.
        design_weight: how many annotations it stands for, 1/π, float64, above 0.
        is_counted: bool: correct, incorrect or missing.
        is_correct: bool; read only where `is_counted`.
        unsampled: as of `SampledOutcomes`.
        mix_weight: how much a unit counts in the mix, float64, above 0; None where every unit counts once.
    """

    stratum: NDArray[np.intp]
    cluster: NDArray[np.intp]
    entity_weight: NDArray[np.float64]
    design_weight: NDArray[np.float64]
    is_counted: NDArray[np.bool_]
    is_correct: NDArray[np.bool_]
    unsampled: NDArray[np.float64] | None = None
    mix_weight: NDArray[np.float64] | None = None

    def outcomes(self, estimand: Estimand) -> SampledOutcomes:
        """The sample with the weights of one estimand.

        Raises:
            DesignError: as of `SampledOutcomes`.
        """
        weights = {
            Estimand.MIX: np.ones(len(self.stratum)) if self.mix_weight is None else self.mix_weight,
            Estimand.ENTITY: self.entity_weight,
            Estimand.ANNOTATION: self.design_weight,
        }
        return SampledOutcomes(
            stratum=self.stratum,
            cluster=self.cluster,
            weight=weights[estimand],
            is_counted=self.is_counted,
            is_correct=self.is_correct,
            unsampled=self.unsampled,
        )


def estimates_by_estimand(
    sample: ReviewedSample,
    *,
    confidence: float = 0.95,
    method: IntervalMethod = IntervalMethod.WILSON_EFFECTIVE,
) -> dict[Estimand, Estimate | NoEstimate]:
    """The estimate of every estimand, from the same verdicts; arguments and refusals as of `estimate`.

    >>> sample = ReviewedSample(
    ...     stratum=np.repeat([0, 1], 50), cluster=np.arange(100), entity_weight=np.repeat([2.0, 18.0], 50),
    ...     design_weight=np.repeat([30.0, 18.0], 50), is_counted=np.ones(100, bool),
    ...     is_correct=np.repeat([False, True], [5, 95]))
    >>> for estimand, found in estimates_by_estimand(sample).items():
    ...     print(estimand, round(found.value, 4), round(found.n_eff))
    mix 0.95 105
    entity 0.99 109
    annotation 0.9375 85
    """
    return {
        estimand: estimate(sample.outcomes(estimand), confidence=confidence, method=method)
        for estimand in Estimand
    }
