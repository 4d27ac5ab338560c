"""The curve of one feature of a board: coverage and accuracy over its threshold, were it the only one."""

import numpy as np

from audit.features.references import FeatureReference
from audit.jobs.tuning_board.conditions import values_of
from audit.jobs.tuning_data import TuningData
from sampling.estimation.estimands import Estimand
from sampling.thresholds.boxes import Direction
from sampling.thresholds.curve import AccuracyCurve, accuracy_curve


def feature_curve(
    data: TuningData, reference: FeatureReference, direction: Direction, *, confidence: float
) -> AccuracyCurve | None:
    """Give the curve of a feature, per annotation; None where it is not known of any mask, or none is judged.

    Verdicts that learn and that certify may both be used: a curve chooses nothing, and its band holds at
    every threshold at once.
    """
    values = values_of(data.masks, reference)
    judged = data.verdicts.drawn_alone(Estimand.ANNOTATION)
    if np.isnan(values).all() or not judged.n:
        return None
    return accuracy_curve(
        values,
        judged,
        direction=direction,
        confidence=confidence,
    )
