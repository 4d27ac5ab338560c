"""Where along a path the error probability is spent: most of it where a certificate is most likely."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

from sampling.errors import DesignError
from sampling.thresholds.kept import Guarantee
from sampling.thresholds.path import ThresholdPath

Floats = NDArray[np.float64]

LIKELY_PART = 0.75
"""Of the error probability; the rest stays where it was, in case the model is wrong."""
OPTIMISM = 1.3
"""A model promises too much of the boxes that it chose: they are taken to hold so many times the errors."""
NEARLY = 0.9
"""Of thresholds with nearly the best chance the loosest is taken, as walks only go on to looser ones."""


def start_where_likely(
    path: ThresholdPath, scores: Floats, risk: Floats, guarantee: Guarantee, *, n_verdicts: int
) -> ThresholdPath:
    """The path with three quarters of the error probability at the threshold most likely to be certified.

    The chance of a threshold is P(X ≤ c), X binomial with the trials that it is expected to keep of
    n_verdicts and 1.3 times its mean risk, c the most errors that the exact test allows at that level. The
    guarantee stays: budgets of the fallback procedure are free as long as the verdicts that certify have no
    part in them.

    Args:
        path: of `threshold_path` or `path_inside`; its loosest threshold keeps all that verdicts are drawn
            from.
        scores: of the population, shape (N,).
        risk: `learned_risk` of the population, shape (N,).
        guarantee: target and confidence.
        n_verdicts: that will certify, at least 1; Kish's n where weights differ.

    Raises:
        DesignError: shapes that do not match, no verdict, or a threshold that keeps nothing.

    Source: Wiens and Dmitrienko 2005 (budgets).

    >>> from sampling.thresholds.path import threshold_path
    >>> scores, goal = np.arange(1000.0), Guarantee(target=0.9)
    >>> path = threshold_path(scores, goal, n_verdicts=500, n_starts=2, n_steps=5)
    >>> start_where_likely(path, scores, np.linspace(0.2, 0.0, 1000), goal, n_verdicts=500).budgets
    array([0.125, 0.75 , 0.125, 0.   , 0.   ])
    """
    if scores.shape != risk.shape or n_verdicts < 1 or not (path.shares > 0).all():
        raise DesignError(
            f"{scores.shape} scores, {risk.shape} risks and {n_verdicts} verdicts tell no start: give one of "
            "each per mask, at least one verdict, and thresholds that keep some masks"
        )
    expected_error = np.array([risk[scores >= threshold].mean() for threshold in path.thresholds])
    n_kept = np.floor(n_verdicts * path.shares / path.shares[-1])
    level, e = LIKELY_PART * guarantee.error, 1 - guarantee.target
    most = binom.ppf(level, n_kept, e)
    most = np.where(binom.cdf(most, n_kept, e) <= level, most, most - 1)
    chance = np.asarray(binom.cdf(most, n_kept, np.minimum(OPTIMISM * expected_error, 1)))
    budgets = (1 - LIKELY_PART) * path.budgets
    budgets[np.flatnonzero(chance >= NEARLY * chance.max())[-1]] += LIKELY_PART
    return replace(path, budgets=budgets)
