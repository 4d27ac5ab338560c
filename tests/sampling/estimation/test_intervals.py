"""Intervals: values from outside, the equations that define them, and what must hold for every count."""

import tomllib
from fractions import Fraction
from math import comb
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sampling.errors import DesignError, EstimateError
from sampling.estimation.estimate import IntervalMethod
from sampling.estimation.intervals import (
    agresti_coull_interval,
    clopper_pearson_interval,
    jeffreys_interval,
    mid_p_interval,
    rule_of_three,
    wilson_interval,
    wilson_units,
)
from sampling.estimation.limits import normal_quantile, proportion_limits

REFERENCE = Path(__file__).parents[2] / "reference"
WILSON = tomllib.loads((REFERENCE / "wilson.toml").read_text())["intervals"]
OUTSIDE = tomllib.loads((REFERENCE / "intervals.toml").read_text())

INTERVALS = {
    IntervalMethod.WILSON: wilson_interval,
    IntervalMethod.CLOPPER_PEARSON: clopper_pearson_interval,
    IntervalMethod.JEFFREYS: jeffreys_interval,
    IntervalMethod.AGRESTI_COULL: agresti_coull_interval,
    IntervalMethod.MID_P: mid_p_interval,
}
every_method = pytest.mark.parametrize("method", INTERVALS)

n_of_n = st.integers(1, 10**9).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
fractions_of_n = st.floats(0.01, 1e7).flatmap(lambda n: st.tuples(st.floats(0, n), st.just(n)))
confidences = st.floats(0.001, 0.9999)


def case_name(case):
    return f"{case.get('method', 'wilson')} {case['n_successes']} of {case['n']}"


@pytest.mark.parametrize("case", [*WILSON, *OUTSIDE["intervals"]], ids=case_name)
def test_the_limits_are_those_of_statsmodels(case):
    method = IntervalMethod(case.get("method", "wilson"))
    interval = INTERVALS[method](case["n_successes"], case["n"], confidence=case["confidence"])
    low, high = case["low"], case["high"]
    if method is IntervalMethod.JEFFREYS:
        low = 0 if case["n_successes"] == 0 else low
        high = 1 if case["n_successes"] == case["n"] else high

    assert interval.low == pytest.approx(low, rel=1e-9, abs=1e-12)
    assert interval.high == pytest.approx(high, rel=1e-9, abs=1e-12)
    assert (interval.confidence, interval.method) == (case["confidence"], method)


@pytest.mark.parametrize("case", OUTSIDE["published"], ids=case_name)
def test_the_limits_are_those_in_print(case):
    interval = INTERVALS[IntervalMethod(case["method"])](case["n_successes"], case["n"])
    digits = 3 if case["n"] in (10, 20) and case["n_successes"] else 4

    assert (round(interval.low, digits), round(interval.high, digits)) == (case["low"], case["high"])


def probability_of(counts, n, p):
    p = Fraction(p)
    return sum(comb(n, x) * p**x * (1 - p) ** (n - x) for x in counts)


@pytest.mark.parametrize(("n_successes", "n"), [(1, 2), (3, 17), (16, 17), (49, 50)])
def test_clopper_pearson_and_mid_p_limits_leave_the_tails_that_define_them(n_successes, n):
    exact = clopper_pearson_interval(n_successes, n, confidence=0.9)
    middle = mid_p_interval(n_successes, n, confidence=0.9)
    above, below = range(n_successes + 1, n + 1), range(n_successes)

    assert probability_of([n_successes, *above], n, exact.low) == pytest.approx(0.05, rel=1e-12)
    assert probability_of([n_successes, *below], n, exact.high) == pytest.approx(0.05, rel=1e-12)
    half = probability_of([n_successes], n, middle.low) / 2
    assert probability_of(above, n, middle.low) + half == pytest.approx(0.05, rel=1e-12)
    half = probability_of([n_successes], n, middle.high) / 2
    assert probability_of(below, n, middle.high) + half == pytest.approx(0.05, rel=1e-12)


@every_method
@settings(max_examples=25)
@given(counts=st.one_of(n_of_n, fractions_of_n), confidence=confidences)
def test_the_interval_contains_the_share_and_stays_within_0_and_1(method, counts, confidence):
    n_successes, n = counts
    interval = INTERVALS[method](n_successes, n, confidence=confidence)

    assert 0 <= interval.low <= n_successes / n <= interval.high <= 1
    assert interval.low < interval.high


@every_method
@settings(max_examples=25)
@given(counts=n_of_n, confidence=confidences)
def test_counting_failures_mirrors_the_interval(method, counts, confidence):
    n_successes, n = counts
    interval = INTERVALS[method](n_successes, n, confidence=confidence)
    mirrored = INTERVALS[method](n - n_successes, n, confidence=confidence)

    assert mirrored.low == pytest.approx(1 - interval.high, abs=1e-9)
    assert mirrored.high == pytest.approx(1 - interval.low, abs=1e-9)


@every_method
@settings(max_examples=25)
@given(counts=n_of_n, one=confidences, other=confidences)
def test_more_confidence_contains_less(method, counts, one, other):
    narrow = INTERVALS[method](*counts, confidence=min(one, other))
    wide = INTERVALS[method](*counts, confidence=max(one, other))

    assert wide.low <= narrow.low + 1e-12
    assert narrow.high <= wide.high + 1e-12


@settings(max_examples=25)
@given(counts=st.integers(1, 10**6).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_agresti_coull_contains_wilson_and_clopper_pearson_contains_mid_p(counts):
    wilson, agresti_coull = wilson_interval(*counts), agresti_coull_interval(*counts)
    exact, middle = clopper_pearson_interval(*counts), mid_p_interval(*counts)

    assert agresti_coull.low <= wilson.low + 1e-15
    assert wilson.high <= agresti_coull.high + 1e-15
    assert exact.low <= middle.low + 1e-12
    assert middle.high <= exact.high + 1e-12


@every_method
@pytest.mark.parametrize("n", [1, 30, 2000, 10**9, 0.25, 41.7])
def test_no_and_only_successes_reach_0_and_1_exactly(method, n):
    assert INTERVALS[method](0, n).low == 0
    assert INTERVALS[method](n, n).high == 1


@every_method
@pytest.mark.parametrize(
    ("n_successes", "n"), [(0, 0), (-1, 5), (6, 5), (0, -1), (1, float("inf")), (float("nan"), 3)]
)
def test_counts_that_are_no_sample_are_refused(method, n_successes, n):
    with pytest.raises(EstimateError, match=f"^{n_successes} successes of {n} are no sample"):
        INTERVALS[method](n_successes, n)


@every_method
@pytest.mark.parametrize("confidence", [0, 1, 95, -0.5, float("nan")])
def test_a_confidence_outside_0_and_1_is_refused(method, confidence):
    with pytest.raises(DesignError, match=f"^confidence is {confidence}: give a number between 0 and 1"):
        INTERVALS[method](1, 2, confidence=confidence)


@pytest.mark.parametrize("n", [1, 7, 200, 33.3])
def test_without_an_error_the_bound_is_where_so_many_successes_have_the_remaining_chance(n):
    bound = rule_of_three(n, confidence=0.9)

    assert (1 - bound) ** n == pytest.approx(0.1, rel=1e-12)
    assert bound == pytest.approx(1 - clopper_pearson_interval(n, n, confidence=0.8).low, rel=1e-9)


def test_the_bound_without_an_error_is_about_three_nths():
    assert rule_of_three(10_000) == pytest.approx(3 / 10_000, rel=0.002)


@pytest.mark.parametrize("n", [0, -3, float("nan"), float("inf")])
def test_no_units_have_no_bound(n):
    with pytest.raises(EstimateError, match=f"^{n} units leave every share possible"):
        rule_of_three(n)


def test_limits_of_many_shares_are_those_of_each():
    successes, n = np.array([0.0, 3.0, 45.6, 200.0]), np.array([10.0, 40.0, 48.25, 200.0])
    for method, interval_of in INTERVALS.items():
        limits = proportion_limits(successes, n, confidence=0.9, method=method)
        each = [interval_of(x, m, confidence=0.9) for x, m in zip(successes, n, strict=True)]

        assert limits.low.tolist() == [interval.low for interval in each]
        assert limits.high.tolist() == [interval.high for interval in each]


def test_a_method_of_another_kind_is_refused_with_those_that_are_known():
    with pytest.raises(
        EstimateError, match=r"^newcombe is no method for one share: choose one of wilson, clopper"
    ):
        proportion_limits(np.ones(1), np.ones(1), confidence=0.95, method=IntervalMethod.NEWCOMBE)


@pytest.mark.peer
def test_statsmodels_gives_the_same_limits_for_every_count():
    proportion = pytest.importorskip("statsmodels.stats.proportion")
    names = {
        IntervalMethod.WILSON: "wilson",
        IntervalMethod.CLOPPER_PEARSON: "beta",
        IntervalMethod.JEFFREYS: "jeffreys",
        IntervalMethod.AGRESTI_COULL: "agresti_coull",
    }
    counts = np.arange(1.0, 300.0)
    for method, name in names.items():
        limits = proportion_limits(counts, np.full(299, 300.0), confidence=0.95, method=method)
        low, high = proportion.proportion_confint(counts, 300, 0.05, name)

        assert limits.low == pytest.approx(low, rel=1e-10)
        assert limits.high == pytest.approx(high, rel=1e-10)


def test_a_confidence_that_is_all_but_1_has_an_interval():
    interval = wilson_interval(3, 5, confidence=1 - 2**-53)

    assert 0 < interval.low < wilson_interval(3, 5, confidence=0.999).low
    assert normal_quantile(1 - 2**-53) == pytest.approx(8.292361075813595, rel=1e-9)


@given(
    share=st.floats(0.01, 0.99),
    half_width=st.floats(0.001, 0.3),
    confidence=st.sampled_from([0.5, 0.95, 0.999]),
)
def test_wilsons_interval_of_the_units_for_a_half_width_has_it(share, half_width, confidence):
    n = wilson_units(share, half_width, confidence=confidence)
    assume(n > 0.01)
    interval = wilson_interval(share * n, n, confidence=confidence)

    assert (interval.high - interval.low) / 2 == pytest.approx(half_width, rel=1e-6)
