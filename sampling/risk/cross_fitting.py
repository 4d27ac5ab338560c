"""The risk of a judged unit by a model that did not see its verdict."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sampling.risk.frame import RiskFrame, Verdicts
from sampling.risk.model import RiskModel, fit_risk_model

N_FOLDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossFit:
    """Models that each left out a part of the verdicts.

    Attributes:
        whole: the model of all verdicts.
        models: one for each fold.
        folds: which model did not see the verdict of each judged unit.
        out_of_fold: the risk of each judged unit by the model that did not see its verdict.
    """

    whole: RiskModel
    models: tuple[RiskModel, ...]
    folds: NDArray[np.intp]
    out_of_fold: NDArray[np.float64]


def cross_fit(frame: RiskFrame, verdicts: Verdicts) -> CrossFit:
    """Five models of four fifths of the verdicts each and one of all; folds by ticket, wrong units evenly.

    Source: Chernozhukov et al., "Double/debiased machine learning", Econometrics Journal 21 (2018) C1–C68.
    """
    n = len(verdicts.units)
    folds = np.empty(n, dtype=np.intp)
    folds[np.lexsort((frame.tickets[verdicts.units], verdicts.is_wrong))] = np.arange(n) % N_FOLDS
    scores = frame.scores[verdicts.units]
    models = tuple(
        fit_risk_model(scores[folds != fold], verdicts.is_wrong[folds != fold]) for fold in range(N_FOLDS)
    )
    out_of_fold = np.empty(n)
    for fold, fitted in enumerate(models):
        out_of_fold[folds == fold] = fitted.predict(scores[folds == fold])
    whole = fit_risk_model(scores, verdicts.is_wrong)
    return CrossFit(whole=whole, models=models, folds=folds, out_of_fold=out_of_fold)
