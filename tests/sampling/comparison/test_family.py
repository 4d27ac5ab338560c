"""Families of comparisons: which pairs, and Holm's p-values."""

import tomllib
from dataclasses import replace
from itertools import pairwise, permutations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling.comparison.family import adjust_over_family, all_pairs, holm, pairs_with_baseline
from sampling.comparison.paired import PairedCounts, compare_settings
from sampling.errors import DesignError

REFERENCE = tomllib.loads((Path(__file__).parents[2] / "reference" / "comparison.toml").read_text("utf-8"))

p_value_lists = st.lists(st.floats(0, 1), max_size=30)


@pytest.mark.parametrize("case", REFERENCE["holm"])
def test_holm_gives_the_values_of_statsmodels(case):
    assert holm(case["p_values"]) == pytest.approx(case["adjusted"], rel=1e-12)


@given(p_values=p_value_lists)
def test_adjusting_lowers_no_p_value_and_keeps_their_order(p_values):
    adjusted = holm(p_values)

    assert all(p <= q <= 1 for p, q in zip(p_values, adjusted, strict=True))
    ranked = sorted(zip(p_values, adjusted, strict=True))
    assert all(one[1] <= other[1] for one, other in pairwise(ranked))


def test_the_order_in_which_p_values_are_given_does_not_matter():
    for shuffled in permutations([0.001, 0.02, 0.02, 0.3]):
        assert dict(zip(shuffled, holm(shuffled), strict=True)) == pytest.approx(
            {0.001: 0.004, 0.02: 0.06, 0.3: 0.3}
        )


def test_eight_settings_have_28_pairs_and_7_with_a_baseline():
    settings = list("abcdefgh")

    assert len(set(all_pairs(settings))) == 28
    assert len(pairs_with_baseline(settings, "c")) == 7
    assert ("c", "c") not in pairs_with_baseline(settings, "c")


def test_a_family_changes_the_adjusted_p_values_alone():
    one = compare_settings("a", "b", PairedCounts(n_both=50, n_only_a=9, n_only_b=1))
    other = compare_settings("a", "c", PairedCounts(n_both=50, n_only_a=6, n_only_b=4))

    assert adjust_over_family([one, other]) == (replace(one, p_adjusted=2 * one.p_value), other)


@pytest.mark.parametrize("p", [-0.1, 1.1, float("nan")])
def test_what_is_no_p_value_is_refused(p):
    with pytest.raises(DesignError, match=f"^{p} is no p-value"):
        holm([0.5, p])


def test_an_unknown_baseline_is_refused():
    with pytest.raises(DesignError, match="^text is none of the settings a, b"):
        pairs_with_baseline(["a", "b"], "text")
