"""A model of which units are wrong: rank-normal covariates in, probabilities of an error out."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, ndtri
from scipy.stats import rankdata
from sklearn.linear_model import LogisticRegression

from sampling.errors import DesignError

LARGEST_SCORE = 2.0
"""Scores are clipped here, so that no model extrapolates into tails that a first wave did not see."""
LEAST_RISK = 0.002
"""Predictions stay this far from 0 and 1: a few hundred verdicts cannot tell a risk below it from none."""


def rank_normal_scores(covariates: NDArray[np.float64]) -> NDArray[np.float64]:
    """Every column as clipped normal scores of its ranks: only the order of its values counts.

    Φ⁻¹((r − 3/8)/(N + 1/4)), equal values sharing their mean rank r, clipped to ±2. A column that says the
    same of every unit tells nothing and is left out.

    Args:
        covariates: N × k; k may be 0.

    Returns:
        N × k′ with k′ ≤ k, each value in [−2, 2].

    Raises:
        DesignError: it has no rows or is no table, or a value is not finite; the column is named.

    Source: Blom, Statistical Estimates and Transformed Beta-Variables, 1958 (the 3/8).

    >>> rank_normal_scores(np.array([[10.0, 1.0], [30.0, 1.0], [20.0, 1.0]])).round(2).tolist()
    [[-0.87], [0.87], [0.0]]
    """
    if covariates.ndim != 2 or len(covariates) == 0:
        raise DesignError(f"the covariates have the shape {covariates.shape}: give a row for every unit")
    for column, values in enumerate(covariates.T):
        n_missing = int((~np.isfinite(values)).sum())
        if n_missing:
            raise DesignError(
                f"covariate {column} is not finite for {n_missing} of {len(values)} units: "
                "fill the gaps and say where they were in a column of their own, or leave it out"
            )
    telling = covariates[:, np.ptp(covariates, axis=0) > 0]
    ranks = rankdata(telling, axis=0)
    scores = ndtri((ranks - 0.375) / (len(covariates) + 0.25))
    return np.clip(scores, -LARGEST_SCORE, LARGEST_SCORE)


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskModel:
    """A logistic law of the scores: P(wrong) = 1/(1 + exp(−(intercept + scores·slopes))).

    Attributes:
        intercept: the log odds of an error where every score is 0.
        slopes: one per column of the scores; all 0 where the verdicts tell nothing.
    """

    intercept: float
    slopes: NDArray[np.float64]

    def predict(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """The probability of an error of every row, in [0.002, 0.998]."""
        risk: NDArray[np.float64] = expit(self.intercept + scores @ self.slopes)
        return np.clip(risk, LEAST_RISK, 1 - LEAST_RISK)


def fit_risk_model(scores: NDArray[np.float64], is_wrong: NDArray[np.bool_]) -> RiskModel:
    """The ridge logistic model of the verdicts: maximum likelihood less half the squared slopes.

    Where there is no column, no error or nothing but errors, every unit gets the same risk (x + ½)/(n + 1).
    Units may have been drawn with any probabilities that depend on the scores alone.

    Args:
        scores: n × k, of the judged units.
        is_wrong: n verdicts; n may be 0.

    Source: le Cessie and van Houwelingen, "Ridge estimators in logistic regression", Applied Statistics 41
    (1992) 191–201.

    >>> fit_risk_model(np.zeros((3, 1)), np.array([False, False, False])).predict(np.zeros((1, 1)))
    array([0.125])
    """
    n, n_columns = scores.shape
    n_wrong = int(is_wrong.sum())
    if n_columns == 0 or n_wrong in (0, n):
        share = (n_wrong + 0.5) / (n + 1)
        return RiskModel(intercept=float(np.log(share / (1 - share))), slopes=np.zeros(n_columns))
    fitted = LogisticRegression(C=1.0, solver="newton-cholesky").fit(scores, is_wrong)
    return RiskModel(intercept=float(fitted.intercept_[0]), slopes=fitted.coef_[0])
