"""Chances of Pareto draws: exact ones beside another program's, near ones beside exact ones."""

import tomllib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sampling.design.pareto import planned_odds
from sampling.design.pareto_probabilities import (
    MOST_UNITS,
    exact_probabilities,
    inclusion_probabilities,
    limit_probabilities,
)
from sampling.errors import DesignError

REFERENCE = tomllib.loads(
    (Path(__file__).parents[2] / "reference" / "pareto.toml").read_text(encoding="utf-8")
)
some_odds = st.lists(st.floats(1e-3, 1e3), min_size=2, max_size=12).map(np.array)


@pytest.mark.parametrize("known", REFERENCE["populations"], ids=lambda known: f"{known['n']} drawn")
def test_exact_probabilities_are_those_of_mpmath(known):
    found = exact_probabilities(np.array(known["odds"]), known["n"])

    assert found == pytest.approx(known["probabilities"], rel=0, abs=1e-13)


@given(st.floats(1e-4, 1e4).filter(lambda ratio: abs(ratio - 1) > 1e-2))
def test_one_of_two_has_a_closed_form(ratio):
    known = ratio / (ratio - 1) - ratio * np.log(ratio) / (ratio - 1) ** 2

    # Near a ratio of 1 the closed form itself cancels.
    assert exact_probabilities(np.array([ratio, 1.0]), 1)[0] == pytest.approx(known, abs=1e-11)


@given(some_odds, st.data())
def test_probabilities_add_up_rise_with_the_odds_and_know_no_order(odds, data):
    n = data.draw(st.integers(1, odds.size - 1))
    order = np.array(data.draw(st.permutations(range(odds.size))))
    by_odds = np.argsort(odds)
    for probabilities in (exact_probabilities, limit_probabilities):
        found = probabilities(odds, n)

        assert found.sum() == pytest.approx(n, abs=1e-9)
        assert np.all((found > 0) & (found <= 1 + 1e-12))
        assert np.all(np.diff(found[by_odds]) >= -1e-12)
        assert probabilities(odds[order], n) == pytest.approx(found[order], abs=1e-12)


@given(some_odds, st.floats(1e-2, 1e2), st.data())
def test_only_the_ratios_of_the_odds_matter(odds, factor, data):
    n = data.draw(st.integers(1, odds.size - 1))

    for probabilities in (exact_probabilities, limit_probabilities):
        assert probabilities(odds * factor, n) == pytest.approx(probabilities(odds, n), abs=1e-9)


@given(some_odds, st.data())
def test_a_longer_draw_leaves_nobody_a_smaller_chance(odds, data):
    assume(odds.size > 2)
    n = data.draw(st.integers(1, odds.size - 2))

    assert np.all(exact_probabilities(odds, n + 1) >= exact_probabilities(odds, n) - 1e-12)


@pytest.mark.parametrize("probabilities", [exact_probabilities, limit_probabilities])
def test_equal_odds_have_equal_chances_and_certain_units_have_one(probabilities):
    odds = np.array([0.3, 0.3, np.inf, 0.3, 0.3])

    assert probabilities(odds, 3) == pytest.approx([0.5, 0.5, 1, 0.5, 0.5])
    assert probabilities(odds, 5).tolist() == [1, 1, 1, 1, 1]


def test_the_planned_draw_has_the_planned_probabilities():
    sizes = np.random.default_rng(5).lognormal(0, 0.5, 3000)

    assert limit_probabilities(planned_odds(sizes, 200), 200) == pytest.approx(200 * sizes / sizes.sum())


@pytest.mark.parametrize("spread", [0.3, 1.0, 2.0])
@pytest.mark.parametrize(("n_units", "n"), [(20, 5), (60, 30), (150, 20), (150, 120)])
def test_the_error_of_the_limit_is_of_the_second_order(n_units, n, spread):
    odds = planned_odds(np.random.default_rng(1).lognormal(0, spread, n_units), n)
    limit = limit_probabilities(odds, n)
    d = np.sum(limit * (1 - limit))

    error = np.abs(limit / exact_probabilities(odds, n) - 1).max()

    assert 0.005 / d**2 < error < 0.1 / d**2


def test_a_grown_draw_has_chances_that_follow_its_first_odds():
    """100 drawn with odds planned for 20 of 200: the limit stays as near to the exact chances."""
    odds = planned_odds(np.random.default_rng(2).lognormal(0, 1, 200), 20)

    assert limit_probabilities(odds, 100) == pytest.approx(exact_probabilities(odds, 100), rel=1e-4)


def test_small_populations_get_exact_chances_and_large_ones_the_limit():
    sizes = np.random.default_rng(6).lognormal(0, 1, MOST_UNITS + 1)
    small, large = planned_odds(sizes[:50], 10), planned_odds(sizes, 40)

    assert inclusion_probabilities(small, 10).tolist() == exact_probabilities(small, 10).tolist()
    assert inclusion_probabilities(large, 40).tolist() == limit_probabilities(large, 40).tolist()


def test_exact_chances_of_a_large_population_are_refused():
    with pytest.raises(DesignError, match="^2001 units are too many for exact probabilities"):
        exact_probabilities(np.ones(MOST_UNITS + 1), 3)


@pytest.mark.parametrize("probabilities", [exact_probabilities, limit_probabilities, inclusion_probabilities])
@pytest.mark.parametrize(
    ("odds", "n", "message"),
    [
        ([1.0, -2.0], 1, "1 of 2 odds are not finite numbers above 0"),
        ([1.0, 2.0], 3, "3 units of 2 cannot be drawn"),
        ([1.0, np.inf, np.inf], 2, "2 of 3 units are certain and 2 are asked"),
    ],
)
def test_chances_of_what_cannot_be_drawn_are_refused(probabilities, odds, n, message):
    with pytest.raises(DesignError, match=f"^{message}"):
        probabilities(np.array(odds), n)


@pytest.mark.parametrize("gap", [1e-6, 1e-9, 1e-12, 1e-15])
@pytest.mark.parametrize("n", [10, 99])
def test_units_that_are_all_but_certain_stay_below_1_and_the_sum_exact(gap, n):
    """Log odds from 14 to 38 apart."""
    sizes = np.ones(100)
    sizes[:5] = 95 / 5 * (1 - gap)
    odds = planned_odds(sizes, 10)
    found = exact_probabilities(odds, n)

    assert np.isfinite(odds).all()
    assert found.max() <= 1
    assert found.sum() == pytest.approx(n, abs=1e-11)


def test_sizes_of_any_spread_have_probabilities_that_add_up():
    rng = np.random.default_rng(7)
    for spread in (4, 8, 30):
        odds = np.exp(rng.normal(0, spread, 60))
        found = inclusion_probabilities(odds, 30)

        assert 0 < found.min() <= found.max() <= 1
        assert found.sum() == pytest.approx(30, abs=1e-9)


def test_odds_too_far_apart_for_exact_probabilities_are_refused():
    odds = np.array([1e-30, 1.0, 1e30])

    with pytest.raises(DesignError, match=r"^odds e\^138 apart are too far .*: use limit_probabilities"):
        exact_probabilities(odds, 2)
    assert inclusion_probabilities(odds, 2) == pytest.approx(limit_probabilities(odds, 2))
