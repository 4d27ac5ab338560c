from math import inf, nan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sampling.errors import DesignError
from sampling.estimation.estimate import NoEstimate
from sampling.estimation.intervals import wilson_interval
from sampling.reviewers.measurement_error import corrected_accuracy
from sampling.reviewers.readings import Reading, SecondReadings
from sampling.reviewers.second_reading_plan import (
    LEAST_SECOND_READINGS,
    ExpectedReviewers,
    plan_second_readings,
    planned_half_width,
)

EXPECTED = ExpectedReviewers(accuracy=0.948, sensitivity=0.97, specificity=0.85)


def test_reading_everything_again_gives_wilsons_half_width():
    plan = planned_half_width(2000, 1.0, EXPECTED)
    interval = wilson_interval(1896, 2000)
    assert plan.half_width == pytest.approx((interval.high - interval.low) / 2, abs=1e-12)
    assert plan.n_second == 2000


@settings(max_examples=100, deadline=None)
@given(
    accuracy=st.floats(0.05, 0.999),
    sensitivity=st.floats(0.6, 1),
    specificity=st.floats(0.6, 1),
    n=st.integers(50, 10_000),
    share=st.floats(0.01, 1),
)
def test_the_plan_for_a_half_width_is_the_share_that_gives_it(accuracy, sensitivity, specificity, n, share):
    expected = ExpectedReviewers(accuracy=accuracy, sensitivity=sensitivity, specificity=specificity)
    wanted = planned_half_width(n, share, expected).half_width
    plan = plan_second_readings(n, wanted * (1 + 1e-9), expected)
    assert plan.half_width <= wanted * (1 + 1e-6)
    at_least = min(LEAST_SECOND_READINGS / (n * expected.judged_correct), 1)
    assert plan.share <= max(share, at_least) * (1 + 1e-6)


@pytest.mark.parametrize("half_width", [0.012, 0.015, 0.02])
def test_a_sample_read_as_planned_has_about_the_planned_half_width(half_width):
    plan = plan_second_readings(2000, half_width, EXPECTED)
    rng = np.random.default_rng(1)
    widths, n_second = [], []
    for _ in range(60):
        truth = rng.random(2000) < 0.948
        first = (rng.random(2000) < np.where(truth, 0.97, 0.15)).astype(int)
        probabilities = np.where(first == 1, plan.share, 1.0)
        chosen = rng.random(2000) < probabilities
        answer = corrected_accuracy(
            SecondReadings(
                strata=np.zeros(2000, dtype=int),
                weights=np.ones(2000),
                first=first,
                second=np.where(chosen, truth, Reading.NONE),
                chosen=chosen,
                probabilities=probabilities,
            )
        )
        widths.append(answer.corrected.interval.high - answer.corrected.interval.low)
        n_second.append(answer.n_second)
    # With few second readings the half unit of the estimator's variance is felt.
    assert plan.half_width * 0.97 < np.mean(widths) / 2 < plan.half_width * 1.2
    assert np.mean(n_second) == pytest.approx(plan.n_second, rel=0.03)


def test_a_width_that_all_second_readings_do_not_give_has_no_plan():
    plan = plan_second_readings(2000, 0.009, EXPECTED)
    assert isinstance(plan, NoEstimate)
    assert "with all of 2000 verdicts read again the interval is ±0.0098" in plan.reason


@pytest.mark.parametrize(
    "expected", [EXPECTED, ExpectedReviewers(accuracy=0.9, sensitivity=0.9, specificity=1)]
)
@pytest.mark.parametrize("half_width", [0.2, 0.49, 0.6, 0.99])
def test_a_width_that_any_share_gives_asks_for_the_least_that_tells_anything(half_width, expected):
    plan = plan_second_readings(2000, half_width, expected)
    assert plan.share * 2000 * expected.judged_correct == pytest.approx(LEAST_SECOND_READINGS)


def test_a_small_sample_is_read_again_whole():
    assert plan_second_readings(40, 0.5, EXPECTED).share == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"accuracy": 1}, "accuracy is 1"),
        ({"accuracy": nan}, "accuracy is nan"),
        ({"sensitivity": 0}, "sensitivity is 0"),
        ({"specificity": 1.1}, "specificity is 1.1"),
        ({"specificity": nan}, "specificity is nan"),
        ({"sensitivity": 0.4, "specificity": 0.6}, "add up to no more than 1"),
    ],
)
def test_expectations_out_of_range_are_refused(change, message):
    numbers = {"accuracy": 0.9, "sensitivity": 0.9, "specificity": 0.9} | change
    with pytest.raises(DesignError, match=message):
        ExpectedReviewers(**numbers)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0, 0.02), "n is 0"),
        ((2000, 0), "half_width is 0"),
        ((2000, 1), "half_width is 1"),
        ((2000, inf), "half_width"),
    ],
)
def test_a_plan_out_of_range_is_refused(arguments, message):
    with pytest.raises(DesignError, match=message):
        plan_second_readings(*arguments, EXPECTED)


@pytest.mark.parametrize("share", [0, 1.01, nan])
def test_a_share_out_of_range_is_refused(share):
    with pytest.raises(DesignError, match="share is"):
        planned_half_width(2000, share, EXPECTED)


def test_a_confidence_out_of_range_is_refused():
    with pytest.raises(DesignError, match="confidence is 95"):
        plan_second_readings(2000, 0.02, EXPECTED, confidence=95)
    with pytest.raises(DesignError, match="confidence is 95"):
        planned_half_width(2000, 0.2, EXPECTED, confidence=95)


@pytest.mark.parametrize("n", [nan, inf])
def test_units_without_a_number_are_refused(n):
    expected = ExpectedReviewers(accuracy=0.9, sensitivity=0.97, specificity=0.85)

    with pytest.raises(DesignError, match="^n is"):
        planned_half_width(n, 0.2, expected)
    with pytest.raises(DesignError, match="^n is"):
        plan_second_readings(n, 0.05, expected)
