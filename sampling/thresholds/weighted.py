"""Thresholds certified on verdicts that do not weigh the same: calibrated, where the exact test is wrong."""

from math import sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from sampling.checks import as_flags, as_weights, check_open_share
from sampling.errors import EstimateError
from sampling.thresholds.certify import (
    Certified,
    KeptTest,
    NothingCertified,
    PValue,
    ScoredVerdicts,
    walk,
)
from sampling.thresholds.kept import Guarantee
from sampling.thresholds.path import Floats, ThresholdPath

CALIBRATION = 1.25
"""p-values are multiplied by this: 0.05 asks for 0.04. `benchmarks/thresholds.py` shows what that holds."""


def weighted_kept_p_value(correct: NDArray[np.bool_], weights: Floats, target: float) -> float:
    """A calibrated p-value of "the weighted accuracy of what these units stand for is below the target".

    1.25·(1 − Φ((e − ê)/√V)), e = 1 − target, ê = Σ_wrong w/Σw, and V = target·e·m/Σw the variance of ê if the
    share of errors were e, m the larger of

    - Σw²/Σw, as if weights told nothing (Kish's n);
    - target·m_wrong + e·m_right, m_right = Σ_right w²/Σ_right w the mean weight of a right mask and
      m_wrong = (Σ_wrong w² + w²_max)/(Σ_wrong w + w_max) that of a wrong one, where one error of the
      greatest weight stands for those not seen.

    With equal weights it is Wilson's interval turned into a test. That error matters where masks of small
    weight are better: errors are then rare, heavy and mostly unseen, and a variance from those seen is far
    too small. An approximation for units drawn each on its own and targets of 0.9 or more, with its errors
    in docs/statistics.md. Strata are ignored, which is conservative.

    Args:
        correct: shape (n,), bool; 1 comes out of no unit.
        weights: finite and above 0, shape (n,).
        target: in (0, 1).

    Raises:
        EstimateError: the shapes differ.
        DesignError: a weight is not finite or not above 0, or the target is outside (0, 1).

    Sources: Wilson 1927 (the variance under the hypothesis); Kish, Survey Sampling, 1965, § 11.7.

    >>> round(weighted_kept_p_value(np.arange(200) > 3, np.ones(200), 0.95), 4)
    0.0322
    """
    check_open_share("target", target)
    weights = as_weights("weights", weights)
    if as_flags("correct", correct).shape != weights.shape:
        raise EstimateError(
            f"{correct.shape} verdicts and {weights.shape} weights: give one of each per mask"
        )
    if correct.size == 0:
        return 1.0
    # Over the greatest weight: squares of weights as given may overflow.
    weights = weights / weights.max()
    e, total, heaviest = 1 - target, float(weights.sum()), 1.0
    wrong, right = weights[~correct], weights[correct]
    of_wrong = (float(wrong @ wrong) + heaviest**2) / (float(wrong.sum()) + heaviest)
    of_right = float(right @ right) / float(right.sum()) if right.size else heaviest
    weight = max(float(weights @ weights) / total, target * of_wrong + e * of_right)
    z = (float(wrong.sum()) / total - e) / sqrt(target * e * weight / total)
    return min(1.0, CALIBRATION * NormalDist().cdf(z))


def certify_weighted(
    verdicts: ScoredVerdicts, weights: Floats, path: ThresholdPath, guarantee: Guarantee
) -> Certified | NothingCertified:
    """`certify` for verdicts that weigh differently, by `weighted_kept_p_value`.

    The exact test would certify far too often where masks of small weight are better. Certify on a sample
    whose verdicts weigh the same where you can: that test is exact, and stronger.

    Args:
        verdicts: those that certify, drawn each on its own.
        weights: design weights, or entity weights for accuracy per entity, shape (n,), finite and above 0.
        path: thresholds and budgets; its shares are told as given.
        guarantee: target and confidence.

    Raises:
        EstimateError: there is not one weight per verdict.
        DesignError: a weight is not finite or not above 0.
    """
    weights = as_weights("weights", weights)
    if weights.shape != verdicts.correct.shape:
        raise EstimateError(
            f"{weights.shape} weights for {verdicts.correct.shape} verdicts: give one of each per mask"
        )

    def p_value(kept: NDArray[np.bool_]) -> float:
        return weighted_kept_p_value(verdicts.correct[kept], weights[kept], guarantee.target)

    return walk(verdicts, path, guarantee, PValue(of=p_value, test=KeptTest.WEIGHTED_SCORE))
