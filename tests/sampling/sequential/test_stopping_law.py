"""The exact law of stopping at a width: enumerated by hand, compared with simulation, and the calibration."""

import numpy as np
import pytest

from sampling.errors import DesignError
from sampling.estimation.estimate import IntervalMethod
from sampling.estimation.limits import proportion_limits
from sampling.sequential.expectation import Scenario, verdicts_to_width
from sampling.sequential.fixed_width import CALIBRATED_ERROR, WidthRule
from sampling.sequential.stopping_law import stopping_law


def limits_of(error_rate, method=IntervalMethod.AGRESTI_COULL):
    return lambda x, n: proportion_limits(x, n, confidence=1 - error_rate, method=method)


@pytest.mark.parametrize("block_size", [1, 7, 10])
@pytest.mark.parametrize("n_most", [None, 33])
@pytest.mark.parametrize("accuracy", [0.02, 0.5, 0.9, 0.999])
def test_every_review_ends_somewhere(block_size, n_most, accuracy):
    law = stopping_law(limits_of(0.05), half_width=0.1, block_size=block_size, n_most=n_most)

    assert law.probabilities(accuracy).sum() == pytest.approx(1, abs=1e-10)
    assert ((law.n % block_size == 0) | (law.n == n_most)).all()


def test_a_review_of_at_most_three_is_counted_by_hand():
    law = stopping_law(limits_of(0.05), half_width=0.01, n_most=3)

    assert dict(zip(law.n_correct.tolist(), np.exp(law.log_n_paths).round(9), strict=True)) == {
        0: 1,
        1: 3,
        2: 3,
        3: 1,
    }
    assert law.mean_n(0.3) == pytest.approx(3)


def test_wilson_at_an_error_of_3_5_percent_takes_48_88_141_222_437_verdicts():
    law = stopping_law(limits_of(0.035, IntervalMethod.WILSON), half_width=0.05)

    assert [round(law.mean_n(p)) for p in (0.99, 0.95, 0.91, 0.85, 0.54)] == [48, 88, 141, 222, 437]


def test_wilson_misses_between_the_points_of_a_coarse_grid_and_near_1():
    law = stopping_law(limits_of(0.035, IntervalMethod.WILSON), half_width=0.05)

    assert min(law.coverage(p) for p in (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)) > 0.955
    assert law.least_coverage(high=0.995)[0] == pytest.approx(0.9402, abs=1e-4)
    assert law.least_coverage()[0] == pytest.approx(0.8915, abs=1e-4)


def test_stopping_without_calibration_misses():
    assert stopping_law(limits_of(0.05), half_width=0.05).least_coverage()[0] < 0.945


@pytest.mark.parametrize("confidence", CALIBRATED_ERROR)
@pytest.mark.parametrize("half_width", [0.1, 0.05])
@pytest.mark.parametrize("block_size", [1, 10, 20])
def test_the_calibrated_interval_holds_for_every_accuracy(confidence, half_width, block_size):
    law = stopping_law(limits_of(CALIBRATED_ERROR[confidence]), half_width=half_width, block_size=block_size)

    assert law.least_coverage()[0] >= confidence


@pytest.mark.slow
@pytest.mark.parametrize("block_size", [1, 10])
@pytest.mark.parametrize("half_width", [0.03, 0.02, 0.012])
def test_the_calibrated_interval_holds_for_narrow_widths(half_width, block_size):
    law = stopping_law(limits_of(CALIBRATED_ERROR[0.95]), half_width=half_width, block_size=block_size)

    assert law.least_coverage()[0] >= 0.955


@pytest.mark.parametrize("confidence", CALIBRATED_ERROR)
@pytest.mark.parametrize("n_most", [60, 100, 200, 300])
def test_it_holds_too_where_the_sample_ends_before_the_width_is_reached(confidence, n_most):
    law = stopping_law(limits_of(CALIBRATED_ERROR[confidence]), half_width=0.05, block_size=10, n_most=n_most)

    assert law.least_coverage()[0] >= confidence


def test_counting_wrong_units_mirrors_the_law():
    law = stopping_law(limits_of(0.035), half_width=0.1)

    assert law.coverage(0.8) == pytest.approx(law.coverage(0.2), abs=1e-12)
    assert law.mean_n(0.8) == pytest.approx(law.mean_n(0.2), rel=1e-12)


@pytest.mark.parametrize("accuracy", [0.8, 0.95])
def test_simulated_reviews_take_what_the_law_says(accuracy):
    law = stopping_law(limits_of(CALIBRATED_ERROR[0.95]), half_width=0.05, block_size=10)
    scenario = Scenario(sizes=(600,), accuracies=(accuracy,))

    cost = verdicts_to_width(scenario, WidthRule(half_width=0.05), seed=2)
    assert cost.mean == pytest.approx(law.mean_n(accuracy), rel=0.03)


@pytest.mark.parametrize(
    "change",
    [{"half_width": 0}, {"half_width": 0.5}, {"block_size": 0}, {"n_most": 0}, {"half_width": float("nan")}],
)
def test_a_rule_that_cannot_be_is_refused(change):
    with pytest.raises(DesignError, match="give a half width between 0 and 0.5, and at least 1 unit"):
        stopping_law(limits_of(0.05), **({"half_width": 0.05} | change))


def test_masks_that_are_all_right_or_all_wrong_end_at_one_place():
    law = stopping_law(limits_of(0.05), half_width=0.1)

    for accuracy in (0, 1):
        at_end = law.n_correct == accuracy * law.n
        assert law.probabilities(accuracy) == pytest.approx(at_end.astype(float))
        assert law.mean_n(accuracy) == law.n[at_end].sum()
        assert law.coverage(accuracy) == 1


@pytest.mark.parametrize("accuracy", [-0.1, 1.1, float("nan")])
def test_what_is_no_accuracy_is_refused(accuracy):
    law = stopping_law(limits_of(0.05), half_width=0.2)

    for call in (law.coverage, law.mean_n):
        with pytest.raises(DesignError, match="^the accuracy is .*: give a number from 0 to 1"):
            call(accuracy)


@pytest.mark.parametrize("counts", [{"block_size": 2.5}, {"n_most": float("nan")}])
def test_units_are_whole(counts):
    with pytest.raises(DesignError, match="give a whole number"):
        stopping_law(limits_of(0.05), half_width=0.2, **counts)
