"""Starts: the budget goes where a certificate is likely, and none of it is lost."""

import numpy as np
import pytest

from sampling.errors import DesignError
from sampling.thresholds.kept import Guarantee
from sampling.thresholds.path import threshold_path
from sampling.thresholds.starts import LIKELY_PART, start_where_likely

GOAL = Guarantee(target=0.9)
SCORES = np.arange(2000.0)


def started(risk, n_verdicts=400):
    path = threshold_path(SCORES, GOAL, n_verdicts=n_verdicts)
    return path, start_where_likely(path, SCORES, risk, GOAL, n_verdicts=n_verdicts)


def likely_share(risk, n_verdicts=400) -> float:
    _, path = started(risk, n_verdicts)
    return float(path.shares[np.argmax(path.budgets)])


def test_the_budget_is_moved_not_made():
    before, after = started(np.linspace(0.5, 0.0, 2000))

    assert after.budgets.sum() == pytest.approx(1)
    assert after.budgets.max() >= LIKELY_PART
    assert (after.budgets >= (1 - LIKELY_PART) * before.budgets - 1e-12).all()
    assert after.thresholds.tolist() == before.thresholds.tolist()


def test_the_better_the_masks_the_looser_the_start():
    shares = [likely_share(np.linspace(worst, 0.0, 2000)) for worst in (0.9, 0.4, 0.2, 0.05)]

    assert shares == sorted(shares)
    assert shares[0] < 0.4
    assert shares[-1] == 1


def test_more_verdicts_start_no_stricter_than_the_masks_allow():
    risk = np.linspace(0.3, 0.0, 2000)

    for n_verdicts in (200, 1000, 20_000):
        n_kept = round(SCORES.size * likely_share(risk, n_verdicts))
        assert risk[-n_kept:].mean() < 0.1


def test_hopeless_masks_start_somewhere():
    _, path = started(np.full(2000, 0.9), n_verdicts=30)

    assert path.budgets.sum() == pytest.approx(1)


def test_what_does_not_match_is_refused():
    path = threshold_path(SCORES, GOAL, n_verdicts=100)
    with pytest.raises(DesignError, match="tell no start"):
        start_where_likely(path, SCORES, np.zeros(3), GOAL, n_verdicts=100)
    with pytest.raises(DesignError, match="tell no start"):
        start_where_likely(path, SCORES, SCORES, GOAL, n_verdicts=0)
