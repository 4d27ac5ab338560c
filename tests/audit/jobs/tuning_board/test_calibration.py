from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.jobs.tuning_board.calibration import calibration_bins
from sampling.estimation.estimate import Estimate
from sampling.estimation.intervals import wilson_interval
from sampling.estimation.outcomes import SampledOutcomes


def outcomes(correct: np.ndarray, weight: np.ndarray | None = None) -> SampledOutcomes:
    n = correct.size
    return SampledOutcomes(
        stratum=np.zeros(n, np.intp),
        cluster=np.arange(n),
        weight=np.ones(n) if weight is None else weight,
        is_counted=np.ones(n, np.bool_),
        is_correct=correct,
    )


def test_bins_hold_about_as_many_and_their_intervals_are_wilsons() -> None:
    values = np.linspace(0, 1, 200)
    correct = np.arange(200) % 4 != 0

    bins = calibration_bins(outcomes(correct), values, confidence=0.95)

    assert [each.accuracy.n for each in bins] == [20] * 10
    for each in bins:
        estimate = each.accuracy.estimate
        expected = wilson_interval(15, 20)
        assert isinstance(estimate, Estimate)
        assert estimate.value == 0.75
        assert (estimate.interval.low, estimate.interval.high) == pytest.approx(
            (expected.low, expected.high), abs=0.005
        )


@pytest.mark.slow
@given(st.lists(st.sampled_from([0.1, 0.2, 0.5, 0.9, float("nan")]), min_size=1, max_size=300))
def test_masks_of_equal_value_are_in_one_bin_and_each_known_one_in_one(values: list[float]) -> None:
    at = np.array(values)

    bins = calibration_bins(outcomes(np.ones(at.size, np.bool_)), at, confidence=0.9)

    assert sum(each.accuracy.n for each in bins) == np.count_nonzero(~np.isnan(at))
    assert all(a.high < b.low for a, b in pairwise(bins))
    assert all(each.low - 1e-12 <= each.mean <= each.high + 1e-12 for each in bins)


def test_a_mask_that_weighs_more_counts_more() -> None:
    correct = np.arange(40) < 20
    weight = np.where(correct, 3.0, 1.0)

    [first, second] = calibration_bins(outcomes(correct, weight), np.arange(40) % 20.0, confidence=0.95)

    assert isinstance(first.accuracy.estimate, Estimate)
    assert first.accuracy.estimate.value == pytest.approx(0.75)
    assert (first.high, second.low) == (9.0, 10.0)
