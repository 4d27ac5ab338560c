"""The model of the risk: what it takes from covariates and verdicts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from sampling.errors import DesignError
from sampling.risk.model import fit_risk_model, rank_normal_scores


def test_scores_are_the_normal_quantiles_of_the_ranks_cut_at_2():
    scores = rank_normal_scores(np.arange(100.0)[:, np.newaxis])[:, 0]

    expected = norm.ppf((np.arange(1, 101) - 0.375) / 100.25)
    assert scores == pytest.approx(np.clip(expected, -2, 2), abs=1e-12)
    assert scores.min() == -2


@given(values=st.lists(st.integers(-1000, 1000), min_size=2, max_size=30, unique=True))
def test_only_the_order_of_a_covariate_counts(values):
    column = np.array(values, dtype=float)[:, np.newaxis]

    assert np.array_equal(rank_normal_scores(column), rank_normal_scores(np.exp(column / 400)))


def test_equal_values_get_equal_scores_and_a_constant_column_is_left_out():
    scores = rank_normal_scores(np.array([[1.0, 7.0], [0.0, 7.0], [1.0, 7.0]]))

    assert scores.shape == (3, 1)
    assert scores[0, 0] == scores[2, 0] > scores[1, 0]


@pytest.mark.parametrize("gap", [np.nan, np.inf])
def test_a_covariate_with_gaps_is_refused_by_name(gap):
    with pytest.raises(DesignError, match="^covariate 1 is not finite for 1 of 2 units: fill the gaps"):
        rank_normal_scores(np.array([[1.0, gap], [2.0, 3.0]]))


@pytest.mark.parametrize("shape", [(3,), (0, 2)])
def test_covariates_that_are_no_table_are_refused(shape):
    with pytest.raises(DesignError, match="give a row for every unit"):
        rank_normal_scores(np.zeros(shape))


@pytest.mark.parametrize(("is_wrong", "risk"), [([], 0.5), ([False] * 9, 0.05), ([True] * 9, 0.95)])
def test_verdicts_that_are_all_alike_give_everyone_the_same_smoothed_risk(is_wrong, risk):
    fitted = fit_risk_model(
        np.arange(len(is_wrong), dtype=float)[:, np.newaxis], np.array(is_wrong, dtype=bool)
    )

    assert fitted.predict(np.array([[-2.0], [2.0]])) == pytest.approx([risk, risk], abs=1e-12)


def test_the_model_finds_the_slope_of_a_logistic_law():
    rng = np.random.default_rng(3)
    scores = np.clip(rng.normal(size=(20_000, 2)), -2, 2)
    is_wrong = rng.random(20_000) < 1 / (1 + np.exp(2 - 1.5 * scores[:, 0]))

    fitted = fit_risk_model(scores, is_wrong)

    assert fitted.slopes == pytest.approx([1.5, 0], abs=0.08)
    assert fitted.intercept == pytest.approx(-2, abs=0.08)


def test_the_slopes_balance_the_likelihood_against_their_squares():
    rng = np.random.default_rng(4)
    scores = rng.normal(size=(60, 3))
    is_wrong = rng.random(60) < 0.3

    fitted = fit_risk_model(scores, is_wrong)

    risk = 1 / (1 + np.exp(-fitted.intercept - scores @ fitted.slopes))
    assert scores.T @ (is_wrong - risk) == pytest.approx(fitted.slopes, abs=2e-3)
    assert (is_wrong - risk).sum() == pytest.approx(0, abs=2e-3)


def test_no_unit_is_certain_to_be_right_or_wrong():
    separable = np.repeat([-2.0, 2.0], 500)[:, np.newaxis]
    fitted = fit_risk_model(separable, separable[:, 0] > 0)

    assert fitted.predict(np.array([[-2.0], [2.0]])).tolist() == [0.002, 0.998]
