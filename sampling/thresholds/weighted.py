"""Thresholds certified on verdicts that do not weigh the same: calibrated, where the exact test is wrong."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc

from sampling.checks import as_flags, as_weights, check_open_share
from sampling.errors import EstimateError
from sampling.estimation.estimate import IntervalMethod
from sampling.estimation.limits import proportion_limits
from sampling.thresholds.certify import (
    Certified,
    KeptEvidence,
    KeptLook,
    KeptTest,
    NothingCertified,
    ScoredVerdicts,
    certify,
    walk,
)
from sampling.thresholds.judged import JudgedMasks
from sampling.thresholds.kept import Guarantee
from sampling.thresholds.path import Floats, ThresholdPath

CALIBRATION = 1.5
"""p-values are multiplied by this: 0.05 asks for 0.033. `benchmarks/thresholds.py` shows what that holds."""
HEAVY = 0.02
"""Of the heaviest units with this share of the weight the lightest tells what an error not seen weighs."""
BISECTIONS = 40


def weighted_kept_p_value(correct: NDArray[np.bool_], weights: Floats, target: float) -> float:
    """A calibrated p-value of "the weighted accuracy of what these units stand for is below the target".

    1.5·P(X ≤ n*·ê), X binomial with n* trials of e = 1 − target (as a beta integral, n* need not be whole),
    ê = Σ_wrong w/Σw, and n* = Σw/m, m the larger of

    - Σw²/Σw, as if weights told nothing: n* is then Kish's n;
    - target·m_wrong + e·m_right, m_right = Σ_right w²/Σ_right w the mean weight of a right mask and
      m_wrong = (Σ_wrong w² + W²)/(Σ_wrong w + W) that of a wrong one, where one error of the weight W stands
      for those not seen: the least of the heaviest units that have 2 % of the weight together.

    With equal weights it is 1.5 times the exact p-value. The error not seen matters where masks of small
    weight are better: errors are then rare, heavy and mostly not in the sample, and a variance from those
    seen is far too small. An approximation for units drawn each on its own and targets of 0.9 or more, with
    its errors in docs/statistics.md. Strata are ignored, which is conservative: what is drawn in strata
    varies less.

    Args:
        correct: shape (n,), bool; 1 comes out of no unit.
        weights: finite and above 0, shape (n,).
        target: in (0, 1).

    Raises:
        EstimateError: the shapes differ.
        DesignError: a weight is not finite or not above 0, or the target is outside (0, 1).

    Sources: Kish, Survey Sampling, 1965, § 11.7; Korn and Graubard, Survey Methodology 24 (1998) 193–201
    (binomial limits on an effective number of units). The calibration is ours.

    >>> round(weighted_kept_p_value(np.arange(200) > 3, np.ones(200), 0.95), 4)
    0.0397
    """
    check_open_share("target", target)
    found = _Weighted.of(correct, weights)
    return 1.0 if found is None else found.p_value(1 - target)


def weighted_error_limits(
    correct: NDArray[np.bool_], weights: Floats, *, confidence: float
) -> tuple[float, float]:
    """Two-sided limits of the weighted share of errors: 0 and 1 where no unit is given.

    The upper one is the greatest share that `weighted_kept_p_value` does not reject at (1 − confidence)/2;
    the lower one Korn and Graubard's, Clopper and Pearson's limit of ê·n of n, n the smaller of Kish's n and
    ê(1 − ê)/V, V = Σ w²(y − ê)²/(Σw)².

    Args:
        correct: shape (n,), bool.
        weights: finite and above 0, shape (n,).
        confidence: in (0, 1).

    Raises:
        As of `weighted_kept_p_value`.

    Source: Korn and Graubard, Survey Methodology 24 (1998) 193–201.

    >>> low, high = weighted_error_limits(np.arange(200) > 3, np.ones(200), confidence=0.95)
    >>> round(low, 4), round(high, 4)
    (0.0055, 0.0533)
    """
    check_open_share("confidence", confidence)
    found = _Weighted.of(correct, weights)
    return (0.0, 1.0) if found is None else (found.least_error(confidence), found.greatest_error(confidence))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Weighted:
    """What weighted verdicts come down to; weights over the greatest, as squares of them may overflow.

    `error` is ê, `total` Σw, `mean_weight` Σw²/Σw, `of_wrong` and `of_right` the same of the wrong masks and
    one of the weight W, and of the right ones; `scatter` is V.
    """

    error: float
    total: float
    mean_weight: float
    of_wrong: float
    of_right: float
    scatter: float

    @classmethod
    def of(cls, correct: NDArray[np.bool_], weights: Floats) -> "_Weighted | None":
        weights = as_weights("weights", weights)
        if as_flags("correct", correct).shape != weights.shape:
            raise EstimateError(
                f"{correct.shape} verdicts and {weights.shape} weights: give one of each per mask"
            )
        if correct.size == 0:
            return None
        weights = weights / weights.max()
        total = float(weights.sum())
        wrong, right = weights[~correct], weights[correct]
        error = float(wrong.sum()) / total
        falling = np.sort(weights)[::-1]
        heavy = float(falling[np.searchsorted(np.cumsum(falling), HEAVY * total)])
        return cls(
            error=error,
            total=total,
            mean_weight=float(weights @ weights) / total,
            of_wrong=(float(wrong @ wrong) + heavy**2) / (float(wrong.sum()) + heavy),
            of_right=float(right @ right) / float(right.sum()) if right.size else 1.0,
            scatter=float(np.sum((weights * (~correct - error)) ** 2)) / total**2,
        )

    def n_effective(self, e: float) -> float:
        """Units of equal weight that would tell as much, were the share of errors e."""
        return self.total / max(self.mean_weight, (1 - e) * self.of_wrong + e * self.of_right)

    def p_value(self, e: float) -> float:
        """Of "the share of errors is e or more", e in (0, 1)."""
        n = self.n_effective(e)
        if self.error >= 1:
            return 1.0
        return min(1.0, CALIBRATION * float(betainc(n * (1 - self.error), n * self.error + 1, 1 - e)))

    def greatest_error(self, confidence: float) -> float:
        low, high = self.error, 1.0
        for _ in range(BISECTIONS):
            middle = (low + high) / 2
            if middle < 1 and self.p_value(middle) > (1 - confidence) / 2:
                low = middle
            else:
                high = middle
        return high

    def least_error(self, confidence: float) -> float:
        kish = self.total / self.mean_weight
        n = min(kish, self.error * (1 - self.error) / self.scatter) if self.scatter > 0 else kish
        limits = proportion_limits(
            np.array([self.error * n]),
            np.array([n]),
            confidence=confidence,
            method=IntervalMethod.CLOPPER_PEARSON,
        )
        return float(limits.low[0])


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

    def look(kept: NDArray[np.bool_]) -> KeptEvidence:
        found = _Weighted.of(verdicts.correct[kept], weights[kept])
        if found is None:
            return KeptEvidence(accuracy=None, n_effective=0.0, p_value=1.0)
        e = 1 - guarantee.target
        return KeptEvidence(
            accuracy=1 - found.error, n_effective=found.n_effective(e), p_value=found.p_value(e)
        )

    return walk(verdicts, path, guarantee, KeptLook(of=look, test=KeptTest.WEIGHTED_BINOMIAL))


def certify_judged(
    judged: JudgedMasks, scores: Floats, path: ThresholdPath, guarantee: Guarantee
) -> Certified | NothingCertified:
    """`certify` where the verdicts weigh the same, `certify_weighted` where they do not.

    Args:
        judged: those that certify.
        scores: of the population, shape (N,), finite.
        path: thresholds and budgets, fixed without these verdicts.
        guarantee: target and confidence.

    Raises:
        EstimateError: a position outside the population, or a score that is not finite.
    """
    judged.check_within(scores.size)
    verdicts = ScoredVerdicts(scores=scores[judged.position], correct=judged.correct)
    if judged.is_even:
        return certify(verdicts, path, guarantee)
    return certify_weighted(verdicts, judged.weight, path, guarantee)
