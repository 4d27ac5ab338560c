"""How many verdicts one proportion takes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from sampling.errors import DesignError
from sampling.planning.sample_size import (
    chance_to_certify,
    expected_half_width,
    n_for_half_width,
    n_to_certify,
)

shares = st.floats(0.01, 0.99)


@pytest.mark.parametrize(
    ("expected", "n"),
    [(0.7, 8064), (0.81, 5911), (0.9, 3461), (0.948, 1906), (0.95, 1838), (0.98, 792), (0.995, 305)],
)
def test_one_percentage_point_takes_the_known_verdicts(expected, n):
    assert n_for_half_width(expected, 0.01) == n


@given(expected=shares, half_width=st.floats(0.002, 0.2), confidence=st.floats(0.5, 0.999))
def test_the_number_is_the_fewest_that_is_narrow_enough(expected, half_width, confidence):
    n = n_for_half_width(expected, half_width, confidence=confidence)

    assert expected_half_width(expected, n, confidence=confidence) <= half_width * (1 + 1e-9)
    if n > 1:
        assert expected_half_width(expected, n - 1, confidence=confidence) > half_width * (1 - 1e-9)


@given(expected=shares, n=st.integers(1, 10_000))
def test_a_half_width_does_not_tell_right_from_wrong(expected, n):
    assert expected_half_width(expected, n) == pytest.approx(expected_half_width(1 - expected, n), abs=1e-12)


def test_a_width_that_takes_too_many_verdicts_is_refused():
    with pytest.raises(DesignError, match=r"^±0\.0001 takes \d+ verdicts: ask for a wider interval"):
        n_for_half_width(0.5, 0.0001)


@pytest.mark.parametrize(
    ("target", "expected", "n"), [(0.9, 0.93, 792), (0.9, 0.948, 286), (0.9, 0.96, 179), (0.95, 0.99, 181)]
)
def test_certifying_takes_the_verdicts_after_the_last_tooth_of_the_saw(target, expected, n):
    """The test written out: the fewest right ones that would be rarer than 5 % at the target."""

    def power(n):
        needed = np.argmax(binom.sf(np.arange(-1, n + 1), n, target) <= 0.05)
        return binom.sf(needed - 1, n, expected)

    assert n_to_certify(target, expected) == n
    assert power(n - 1) < 0.9
    assert all(power(more) >= 0.9 for more in range(n, n + 60))


@pytest.mark.parametrize("target", [0.5, 0.8, 0.95, 0.99])
@pytest.mark.parametrize("power", [0.5, 0.8, 0.99])
def test_the_search_for_the_last_tooth_misses_none(target, power):
    for expected in np.linspace(target + 0.2 * (1 - target), 1 - 0.02 * (1 - target), 6):
        n = n_to_certify(target, expected, power=power)
        every = np.arange(1, 4 * n + 1000)
        needed = binom.isf(0.05, every, target) + 1
        powers = binom.sf(needed - 1, every, expected)

        assert powers[n - 1 :].min() >= power
        assert n == 1 or powers[n - 2] < power


@given(n=st.integers(1, 400), target=shares, confidence=st.floats(0.6, 0.99))
def test_what_is_not_so_is_certified_no_more_often_than_allowed(n, target, confidence):
    assert chance_to_certify(n, target, target, confidence=confidence) <= 1 - confidence + 1e-12


def test_too_few_verdicts_certify_nothing():
    """0.9^28 > 5 %: 28 right ones of 28 do not show more than 90 %; 29 of 29 do."""
    assert chance_to_certify(28, 0.9, 0.99) == 0
    assert chance_to_certify(29, 0.9, 0.99) == pytest.approx(0.99**29)


def test_the_chance_is_that_of_drawn_reviews():
    rng = np.random.default_rng(4)
    n_right = rng.binomial(286, 0.948, 20_000)
    certified = binom.sf(n_right - 1, 286, 0.9) <= 0.05

    # Four standard errors of a share of 20,000.
    assert certified.mean() == pytest.approx(chance_to_certify(286, 0.9, 0.948), abs=0.0075)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: n_for_half_width(1.0, 0.01),
            r"the expected accuracy is 1\.0: give a number between 0 and 1",
        ),
        (lambda: n_for_half_width(0.9, 0.5), r"the half width is 0\.5: give a number between 0 and 0\.5"),
        (lambda: n_for_half_width(0.9, float("nan")), "the half width is nan"),
        (lambda: n_for_half_width(0.9, 0.1, confidence=1), "confidence is 1"),
        (lambda: expected_half_width(0.9, 0), "the number of verdicts is 0: give one above 0"),
        (lambda: chance_to_certify(0, 0.9, 0.95), "the number of verdicts is 0: give at least 1"),
        (lambda: chance_to_certify(9, 1.2, 0.95), r"the target is 1\.2"),
        (
            lambda: n_to_certify(0.9, 0.9),
            r"an accuracy of 0\.9 is expected and the target is 0\.9: no number",
        ),
        (lambda: n_to_certify(0.9, 0.95, power=0), "power is 0"),
        (lambda: n_to_certify(0.9, 0.9005), r"certifying 0\.9 at 0\.9005 takes \d+ verdicts: aim lower"),
        (lambda: chance_to_certify(1.5, 0.9, 0.95), r"the number of verdicts is 1\.5: give a whole number"),
    ],
)
def test_what_cannot_be_planned_is_refused(call, message):
    with pytest.raises(DesignError, match=f"^{message}"):
        call()


def test_a_half_width_of_all_but_nothing_is_refused():
    with pytest.raises(DesignError, match="^±1e-200 takes inf verdicts: ask for a wider interval"):
        n_for_half_width(0.95, 1e-200)
