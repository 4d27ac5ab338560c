"""Exact p-values of kept verdicts, and how many verdicts a certificate takes."""

import tomllib
from math import ceil, exp, log
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from sampling.errors import DesignError, EstimateError
from sampling.thresholds.kept import Guarantee, NeededKept, kept_p_value, needed_at, needed_kept

REFERENCE = tomllib.loads((Path(__file__).parents[2] / "reference" / "thresholds.toml").read_text("utf-8"))

goals = st.builds(Guarantee, target=st.floats(0.05, 0.995), confidence=st.floats(0.5, 0.999))


@pytest.mark.parametrize("case", REFERENCE["thresholds"], ids=lambda case: str(case["threshold"]))
def test_p_values_are_those_of_mapie_for_the_errors_that_it_charges(case):
    assert kept_p_value(case["charged"], case["kept"], 0.95) == pytest.approx(case["p_value"], rel=1e-10)
    assert kept_p_value(case["errors"], case["kept"], 0.95) <= case["p_value"] * (1 + 1e-10)


def test_the_rule_of_thumb():
    assert [needed_kept(k, Guarantee(target=0.95)) for k in range(4)] == [59, 93, 124, 153]
    assert needed_kept(0, Guarantee(target=0.99)) == 299


@given(n_errors=st.integers(0, 200), goal=goals)
def test_what_is_needed_certifies_and_one_less_does_not(n_errors, goal):
    n = needed_kept(n_errors, goal)

    assert kept_p_value(n_errors, n, goal.target) <= goal.error
    assert n - 1 == n_errors or kept_p_value(n_errors, n - 1, goal.target) > goal.error


@given(n_errors=st.integers(0, 50), n_kept=st.integers(51, 2000), target=st.floats(0.5, 0.99))
def test_an_error_more_raises_the_p_value_and_a_verdict_more_lowers_it(n_errors, n_kept, target):
    p = kept_p_value(n_errors, n_kept, target)

    assert 0 <= p <= 1
    assert kept_p_value(n_errors + 1, n_kept, target) >= p
    assert kept_p_value(n_errors, n_kept + 1, target) <= p


def test_nothing_kept_proves_nothing():
    assert kept_p_value(0, 0, 0.95) == 1


@pytest.mark.parametrize("accuracy", [1.0, 0.99, 0.97, 0.955])
def test_the_verdicts_for_an_accuracy_certify_at_their_expected_errors(accuracy):
    goal = Guarantee(target=0.95)
    needed = needed_at(accuracy, goal)

    assert needed.n_kept * (1 - accuracy) <= needed.n_errors + 1e-9
    assert kept_p_value(needed.n_errors, needed.n_kept, 0.95) <= 0.05


def test_perfection_takes_59_and_less_than_the_target_has_no_number():
    goal = Guarantee(target=0.95)

    assert needed_at(1.0, goal) == NeededKept(n_kept=59, n_errors=0)
    assert needed_at(0.95, goal) is None
    assert needed_at(0.5, goal) is None
    assert needed_at(0.95001, goal) is None


@pytest.mark.parametrize(("n_errors", "n_kept"), [(-1, 5), (6, 5), (0, -1)])
def test_counts_that_are_no_sample_are_refused(n_errors, n_kept):
    with pytest.raises(EstimateError, match=f"^{n_errors} errors of {n_kept} kept are no sample"):
        kept_p_value(n_errors, n_kept, 0.95)


@pytest.mark.parametrize("value", [0, 1, 95, float("nan")])
def test_targets_and_confidences_outside_0_and_1_are_refused(value):
    with pytest.raises(DesignError, match=f"^target is {value}"):
        Guarantee(target=value)
    with pytest.raises(DesignError, match=f"^confidence is {value}"):
        Guarantee(target=0.9, confidence=value)
    with pytest.raises(DesignError, match=f"^target is {value}"):
        kept_p_value(0, 5, value)


def test_what_is_no_accuracy_or_no_number_of_errors_is_refused():
    with pytest.raises(DesignError, match=r"^accuracy is 1\.2"):
        needed_at(1.2, Guarantee(target=0.95))
    with pytest.raises(EstimateError, match="^-1 errors cannot be"):
        needed_kept(-1, Guarantee(target=0.95))


@given(n_errors=st.integers(0, 40), goal=goals)
def test_one_kept_verdict_fewer_would_not_do_by_the_binomial_law(n_errors, goal):
    n = needed_kept(n_errors, goal)

    assert binom.cdf(n_errors, n, 1 - goal.target) <= goal.error * (1 + 1e-9)
    assert n == n_errors + 1 or binom.cdf(n_errors, n - 1, 1 - goal.target) > goal.error * (1 - 1e-9)


def test_counts_beyond_32_bits_have_their_p_value():
    # Poisson's law with a mean of 2: (1 + 2)·e^−2.
    assert kept_p_value(1, 2**32, 1 - 2**-31) == pytest.approx(3 * exp(-2), rel=1e-8)
    assert kept_p_value(2**33, 2**33, 0.9) == 1


@pytest.mark.parametrize("target", [0.9999, 0.9999999])
def test_a_target_near_1_tells_what_it_takes(target):
    goal = Guarantee(target=target)

    # log(1 − confidence)/log(target) without an error.
    assert needed_kept(0, goal) == ceil(log(goal.error) / log(target))
    assert needed_at(1.0, goal) == NeededKept(n_kept=needed_kept(0, goal), n_errors=0)
    assert needed_at((1 + target) / 2, goal).n_kept > needed_kept(0, goal)


@pytest.mark.parametrize(
    "call", [lambda: kept_p_value(1.5, 3, 0.9), lambda: needed_kept(float("nan"), Guarantee(target=0.9))]
)
def test_a_number_of_errors_is_whole(call):
    with pytest.raises(DesignError, match="^n_errors is .*: give a whole number"):
        call()
