"""How often masks are right at each level of a feature: whether it can be trusted, and where it misleads."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from audit.features.references import FeatureReference
from audit.jobs.tuning_board.conditions import values_of
from audit.jobs.tuning_board.kept import Figures, judged_units
from audit.jobs.tuning_data import TuningData
from sampling.estimation.domains import NOT_IN_A_DOMAIN, DomainEstimate, estimates_by_domain
from sampling.estimation.outcomes import SampledOutcomes

MOST_BINS = 10
FEWEST_OF_A_BIN = 20

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationBin:
    """The judged masks whose values lie between two limits, both included.

    Attributes:
        low: the least value among them.
        high: the greatest.
        mean: of their values, as weighted as their accuracy.
        accuracy: theirs.
    """

    low: float
    high: float
    mean: float
    accuracy: DomainEstimate


def feature_calibration(
    data: TuningData, reference: FeatureReference, figures: Figures
) -> tuple[CalibrationBin, ...]:
    """Give the bins of a feature of the one setting that was loaded."""
    units = judged_units(data, figures.estimand)
    return calibration_bins(
        units.outcomes, units.values(values_of(data.masks, reference)), confidence=figures.confidence
    )


def calibration_bins(
    outcomes: SampledOutcomes, values: Floats, *, confidence: float
) -> tuple[CalibrationBin, ...]:
    """Cut judged masks by the values of a feature into bins of about as many; give the accuracy of each.

    Masks of equal value stay together. With equal weights an interval is Wilson's; each holds on its own.

    Args:
        outcomes: the judged masks, with their weights.
        values: of each unit of `outcomes`, NaN where unknown.
        confidence: of each interval, in (0, 1).

    Returns:
        By rising value; none where no judged mask has a known value.
    """
    judged = outcomes.is_counted & ~np.isnan(values)
    if not judged.any():
        return ()
    edges = _edges(values[judged])
    codes = np.full(outcomes.n_units, NOT_IN_A_DOMAIN, np.intp)
    codes[judged] = np.searchsorted(edges, values[judged], side="right")
    found = estimates_by_domain(outcomes, codes, n_domains=len(edges) + 1, fewest=1, confidence=confidence)
    return tuple(
        CalibrationBin(
            low=float(values[codes == code].min()),
            high=float(values[codes == code].max()),
            mean=float(np.average(values[codes == code], weights=outcomes.weight[codes == code])),
            accuracy=accuracy,
        )
        for code, accuracy in enumerate(found)
        if accuracy.n
    )


def _edges(values: Floats) -> Floats:
    """The values at which the second bin and those after it begin."""
    n_bins = min(MOST_BINS, max(1, values.size // FEWEST_OF_A_BIN))
    inner: Sequence[float] = np.linspace(0, 1, n_bins + 1)[1:-1].tolist()
    return np.unique(np.asarray(np.quantile(values, inner, method="higher"), np.float64))
