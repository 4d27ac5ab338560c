"""Intervals: values from outside, and what must hold for every count."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling.errors import EstimateError
from sampling.estimation.estimate import IntervalMethod
from sampling.estimation.intervals import wilson_interval

WILSON = tomllib.loads((Path(__file__).parents[2] / "reference" / "wilson.toml").read_text())["intervals"]

n_of_n = st.integers(1, 10**9).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
confidences = st.floats(0.001, 0.9999)


@pytest.mark.parametrize("case", WILSON, ids=lambda case: f"{case['n_successes']} of {case['n']}")
def test_wilson_gives_the_limits_of_statsmodels(case):
    interval = wilson_interval(case["n_successes"], case["n"], confidence=case["confidence"])

    assert interval.low == pytest.approx(case["low"], rel=1e-9, abs=1e-12)
    assert interval.high == pytest.approx(case["high"], rel=1e-9, abs=1e-12)
    assert (interval.confidence, interval.method) == (case["confidence"], IntervalMethod.WILSON)


@given(counts=n_of_n, confidence=confidences)
def test_the_interval_contains_the_share_and_stays_within_0_and_1(counts, confidence):
    n_successes, n = counts
    interval = wilson_interval(n_successes, n, confidence=confidence)

    assert 0 <= interval.low <= n_successes / n <= interval.high <= 1


@given(counts=n_of_n, confidence=confidences)
def test_counting_failures_mirrors_the_interval(counts, confidence):
    n_successes, n = counts
    interval = wilson_interval(n_successes, n, confidence=confidence)
    mirrored = wilson_interval(n - n_successes, n, confidence=confidence)

    assert mirrored.low == pytest.approx(1 - interval.high, abs=1e-12)
    assert mirrored.high == pytest.approx(1 - interval.low, abs=1e-12)


@given(counts=n_of_n, one=confidences, other=confidences)
def test_more_confidence_contains_less(counts, one, other):
    narrow = wilson_interval(*counts, confidence=min(one, other))
    wide = wilson_interval(*counts, confidence=max(one, other))

    assert wide.low <= narrow.low + 1e-15
    assert narrow.high <= wide.high + 1e-15


@pytest.mark.parametrize("n", [1, 30, 2000, 10**9])
def test_no_and_only_successes_reach_0_and_1_exactly(n):
    assert wilson_interval(0, n).low == 0
    assert wilson_interval(n, n).high == 1


@pytest.mark.parametrize(("n_successes", "n"), [(0, 0), (-1, 5), (6, 5), (0, -1)])
def test_counts_that_are_no_sample_are_refused(n_successes, n):
    with pytest.raises(EstimateError, match=f"^{n_successes} successes of {n} are no sample"):
        wilson_interval(n_successes, n)


@pytest.mark.parametrize("confidence", [0, 1, 95, -0.5, float("nan")])
def test_a_confidence_outside_0_and_1_is_refused(confidence):
    with pytest.raises(EstimateError, match=f"^confidence is {confidence}: give a number between 0 and 1"):
        wilson_interval(1, 2, confidence=confidence)
