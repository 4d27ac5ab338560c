"""By what strata share: powers of their sizes, and size times spread."""

from fractions import Fraction

import pytest

from sampling.design.allocation_rules import (
    EQUAL,
    PROPORTIONAL,
    NeymanRule,
    PowerRule,
    SharesRule,
    named_rule,
)
from sampling.errors import DesignError

SIZES = {"a": 16, "b": 81, "c": 0}


def test_a_power_of_one_is_the_size_and_of_none_the_same_for_all_that_have_any():
    assert PROPORTIONAL.measures(SIZES) == {"a": 16, "b": 81, "c": 0}
    assert EQUAL.measures(SIZES) == {"a": 1, "b": 1, "c": 0}


@pytest.mark.parametrize(("exponent", "roots"), [(0.5, (4, 9)), (0.25, (2, 3))])
def test_a_power_between_is_the_root(exponent, roots):
    measures = PowerRule(exponent=exponent).measures(SIZES)

    assert [measures["a"], measures["b"]] == pytest.approx(roots, rel=1e-40)
    assert measures["c"] == 0


def test_neyman_multiplies_size_and_spread():
    measures = NeymanRule(expected={"a": 0.5, "b": 0.9}).measures({"a": 10, "b": 10})

    assert measures["a"] == 5
    assert measures["b"] == 3


def test_a_root_is_good_to_far_more_digits_than_a_float():
    measure = NeymanRule(expected={"a": 0.96}).measures({"a": 7})["a"]

    assert abs(measure**2 - 49 * Fraction(96, 100) * Fraction(4, 100)) < Fraction(1, 10**47)


@pytest.mark.parametrize("name", ["proportional", "equal", "neyman", "power:0.25", "power:0.5"])
def test_a_rule_is_named_as_it_prints(name):
    assert str(named_rule(name, {"a": 0.9})) == name


def test_the_ends_of_the_powers_have_names_of_their_own():
    assert named_rule("power:1", {}) == PROPORTIONAL
    assert str(named_rule("power:0", {})) == "equal"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("optimal", "there is no allocation 'optimal': give proportional, equal, neyman or power:Q"),
        ("power:", "there is no allocation 'power:'"),
        ("power:half", "there is no allocation 'power:half'"),
        ("equal:2", "there is no allocation 'equal:2'"),
        ("power:1.5", r"the power of the allocation is 1\.5: give one from 0 \(equal\) to 1"),
        ("power:nan", "the power of the allocation is nan"),
        ("neyman", r"the expected accuracy of stratum 'a' is 1\.0: give a number between 0 and 1"),
    ],
)
def test_what_is_no_rule_is_refused(name, message):
    with pytest.raises(DesignError, match=f"^{message}"):
        named_rule(name, {"a": 1.0})


def test_neyman_needs_an_accuracy_of_every_stratum_that_has_units():
    rule = NeymanRule(expected={"a": 0.9})

    assert rule.measures({"a": 5, "empty": 0})["empty"] == 0
    with pytest.raises(DesignError, match="^no accuracy is expected of 'b', 'c': Neyman's"):
        rule.measures({"a": 5, "c": 1, "b": 1})


@pytest.mark.parametrize("share", [0.5, float("nan")])
def test_a_given_share_is_whole(share):
    with pytest.raises(DesignError, match="^the share of stratum 'entity' is .*: give a whole number"):
        SharesRule(shares={"entity": share})
