"""A mean from a few verdicts and many predictions of a model that was given: one wave, nothing learned."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from sampling.checks import check_open_share
from sampling.errors import EstimateError
from sampling.estimation.estimate import Interval, IntervalMethod
from sampling.estimation.limits import normal_quantile


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictionPoweredMean:
    """A mean that predictions sharpen.

    Attributes:
        value: the mean; not cut to any range.
        interval: value ∓ z standard errors, around `value`.
        power: λ in [0, 1]; 0 is the mean of the labels alone.
    """

    value: float
    interval: Interval
    power: float


def prediction_powered_mean(
    labels: NDArray[np.float64],
    predictions: NDArray[np.float64],
    unlabelled_predictions: NDArray[np.float64],
    *,
    confidence: float = 0.95,
) -> PredictionPoweredMean:
    """The power-tuned prediction-powered mean (PPI++) of simple random labels.

        value = mean(y) + λ·(mean(m′) − mean(m)),   λ = cov(y, m)/var(m, m′)/(1 + n/N), cut to [0, 1]
        variance = var(y − λm)/n + λ²·var(m′)/N

    It is the regression estimator of survey sampling with one covariate. The interval is a normal one: too
    short where errors are few, so prefer `estimate_by_risk`, of which this is the special case of one wave,
    equal probabilities and predictions that were made without the labels.

    Args:
        labels: y, n of them, at least 2.
        predictions: m of the labelled units.
        unlabelled_predictions: m′ of N other units, at least 2.
        confidence: nominal coverage, in (0, 1).

    Raises:
        EstimateError: lengths differ, there are too few, or a value is not finite.
        DesignError: the confidence is outside (0, 1).

    Source: Angelopoulos, Duchi and Zrnic, "PPI++: Efficient prediction-powered inference", arXiv 2311.01453,
    2023, example 6.1; Cassel, Särndal and Wretman, Biometrika 63 (1976) 615–620 (difference estimator).

    >>> found = prediction_powered_mean(np.array([0.0, 1, 1, 1]), np.array([0.1, 0.9, 0.8, 0.9]),
    ...                                 np.array([0.2, 0.9, 0.1, 0.8]))
    >>> round(found.value, 4), round(found.power, 4)
    (0.6627, 0.4988)
    """
    check_open_share("confidence", confidence)
    n, N = len(labels), len(unlabelled_predictions)
    if len(predictions) != n or min(n, N) < 2:
        raise EstimateError(
            f"{n} labels, {len(predictions)} predictions of them and {N} of other units: give one prediction "
            "for each label, and at least 2 of either kind"
        )
    everything = np.concatenate([predictions, unlabelled_predictions])
    if not (np.isfinite(labels).all() and np.isfinite(everything).all()):
        raise EstimateError("a label or a prediction is not finite: leave the unit out or mend it")
    spread = float(np.var(everything, ddof=1)) * (1 + n / N)
    covariance = float(np.mean((labels - labels.mean()) * (predictions - predictions.mean())))
    power = min(max(covariance / spread, 0.0), 1.0) if spread > 0 else 0.0
    value = float(labels.mean() + power * (unlabelled_predictions.mean() - predictions.mean()))
    variance = float(np.var(labels - power * predictions)) / n
    variance += power**2 * float(np.var(unlabelled_predictions)) / N
    reach = normal_quantile(confidence) * sqrt(variance)
    interval = Interval(
        low=value - reach, high=value + reach, confidence=confidence, method=IntervalMethod.DIFFERENCE
    )
    return PredictionPoweredMean(value=value, interval=interval, power=power)
