"""Sizes of strata: what was asked, what a rule shares out, and growth."""

import tomllib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sampling.design.allocation import allocate, explicit_allocation, grow, least_sizes
from sampling.design.allocation_rules import EQUAL, PROPORTIONAL, NeymanRule, PowerRule, named_rule
from sampling.errors import DesignError

REFERENCE = tomllib.loads(
    (Path(__file__).parents[2] / "reference" / "allocation.toml").read_text(encoding="utf-8")
)
ENTITIES = {"entity": 18_000, "query": 8_500, "wiki": 2_030_000}
ANNOTATIONS = {"entity": 5_176_000, "query": 40_800, "wiki": 1_970_000}
EXPECTED = {"entity": 0.959, "query": 0.876, "wiki": 0.928}
rules = st.sampled_from(
    [
        PROPORTIONAL,
        EQUAL,
        PowerRule(exponent=0.25),
        PowerRule(exponent=0.5),
        NeymanRule(expected=dict(zip("abcdef", (0.9, 0.5, 0.99, 0.2, 0.9, 0.999), strict=True))),
    ]
)

strata = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 60), min_size=1)


def test_asked_sizes_are_taken_as_they_are():
    available = {"entity": 1500, "query": 400, "wiki": 2000}

    assert explicit_allocation(available, {"wiki": 200, "query": 400}) == {"wiki": 200, "query": 400}


def test_every_impossible_size_is_named_at_once():
    with pytest.raises(DesignError) as refusal:
        explicit_allocation({"query": 300, "wiki": 9}, {"query": 400, "human": 5, "wiki": 0})

    assert str(refusal.value) == (
        "stratum 'query' has 300 to draw from and 400 are asked: ask less; "
        "stratum 'human' is not in the frame, which has 'query', 'wiki'; "
        "stratum 'wiki' is asked for 0: ask for at least 1"
    )


def test_asking_for_no_stratum_is_refused():
    with pytest.raises(DesignError, match="no stratum is asked for: name some of 'query', 'wiki'"):
        explicit_allocation({"wiki": 9, "query": 3}, {})


# Worked by hand. 11 of 5 : 3 : 1 are 6.11, 3.67 and 1.22: one is left over and goes to .67. 7 of three equal
# strata are 2.33 each: the tie goes to the first name. Balinski and Young's Alabama paradox in small: of
# 6 : 6 : 2, 10 give 4.29, 4.29, 1.43 → 4, 4, 2 but 11 give 4.71, 4.71, 1.57 → 5, 5, 1.
@pytest.mark.parametrize(
    ("available", "n", "sizes"),
    [
        ({"a": 50, "b": 30, "c": 10}, 11, {"a": 6, "b": 4, "c": 1}),
        ({"c": 9, "b": 9, "a": 9}, 7, {"c": 2, "b": 2, "a": 3}),
        ({"a": 6, "b": 6, "c": 2}, 10, {"a": 4, "b": 4, "c": 2}),
        ({"a": 6, "b": 6, "c": 2}, 11, {"a": 5, "b": 5, "c": 1}),
        ({"a": 3, "b": 0}, 3, {"a": 3, "b": 0}),
    ],
)
def test_the_largest_remainders_get_what_is_left_over(available, n, sizes):
    assert allocate(available, n, PROPORTIONAL) == sizes


def test_fixed_strata_keep_their_size_and_the_rest_shares():
    sizes = allocate({"entity": 70, "query": 20, "wiki": 2000}, 20, PROPORTIONAL, fixed={"wiki": 2})

    assert sizes == {"entity": 14, "query": 4, "wiki": 2}


def test_a_sample_that_grows_never_shrinks_a_stratum():
    available = {"a": 6, "b": 6, "c": 2}
    before = allocate(available, 10, PROPORTIONAL)

    assert allocate(available, 11, PROPORTIONAL, at_least=before) == {"a": 5, "b": 4, "c": 2}


@given(available=strata, data=st.data())
def test_sizes_sum_exactly_and_respect_every_limit(available, data):
    fixed = {
        stratum: data.draw(st.integers(0, N_h))
        for stratum, N_h in available.items()
        if data.draw(st.booleans())
    }
    at_least = {
        stratum: data.draw(st.integers(0, fixed.get(stratum, N_h))) for stratum, N_h in available.items()
    }
    n_least = sum(fixed.get(stratum, at_least[stratum]) for stratum in available)
    n_most = sum(fixed.get(stratum, N_h) for stratum, N_h in available.items())
    assume(n_most > 0)
    n = data.draw(st.integers(max(1, n_least), n_most))

    sizes = allocate(available, n, PROPORTIONAL, fixed=fixed, at_least=at_least)

    assert sum(sizes.values()) == n
    assert sizes | fixed == sizes
    assert all(at_least[stratum] <= sizes[stratum] <= available[stratum] for stratum in available)


@given(available=strata, data=st.data())
def test_no_size_is_a_whole_unit_away_from_its_quota(available, data):
    n_available = sum(available.values())
    assume(n_available > 0)
    n = data.draw(st.integers(1, n_available))

    sizes = allocate(available, n, PROPORTIONAL)

    assert all(
        abs(sizes[stratum] * n_available - n * N_h) < n_available for stratum, N_h in available.items()
    )


@given(available=strata, data=st.data())
def test_sizes_do_not_depend_on_the_order_of_the_strata(available, data):
    assume(sum(available.values()) > 0)
    n = data.draw(st.integers(1, sum(available.values())))
    reordered = dict(data.draw(st.permutations(sorted(available.items()))))

    assert allocate(available, n, PROPORTIONAL) == allocate(reordered, n, PROPORTIONAL)


@pytest.mark.parametrize(
    ("n", "wishes", "message"),
    [
        (0, {}, "the size is 0: ask for at least 1 unit"),
        (13, {}, "size 13 is too large: 0 are fixed and the other strata have 12 in all"),
        (3, {"fixed": {"a": 4}}, "size 3 is too small: 4 are fixed and the other strata must keep 0"),
        (
            9,
            {"fixed": {"a": 4, "b": 2}},
            "size 9 is too large: 6 are fixed and the other strata have 0 in all",
        ),
        (
            5,
            {"at_least": {"a": 6, "b": 1}},
            "size 5 is too small: 0 are fixed and the other strata must keep 7",
        ),
        (9, {"fixed": {"c": 1}}, "stratum 'c' is not in the frame, which has 'a', 'b'"),
        (9, {"fixed": {"b": 3}}, "stratum 'b' has 2 to draw from and 3 are asked"),
        (9, {"fixed": {"a": 1}, "at_least": {"a": 2}}, "stratum 'a' is fixed at 1 but must keep 2"),
    ],
)
def test_contradictory_wishes_are_refused_with_the_numbers(n, wishes, message):
    with pytest.raises(DesignError, match=f"^{message}"):
        allocate({"a": 10, "b": 2}, n, PROPORTIONAL, **wishes)


@pytest.mark.parametrize("known", REFERENCE["svy"], ids=lambda known: f"{known['rule']} {known['n']}")
def test_rules_give_the_sizes_that_svy_gives(known):
    rule = named_rule(known["rule"], REFERENCE["expected"])

    assert allocate(known["available"], known["n"], rule) == known["sizes"]


@pytest.mark.parametrize("known", REFERENCE["apportionment"], ids=lambda known: str(known["n"]))
def test_rounding_is_that_of_an_election(known):
    available, n = known["available"], known["n"]

    assert list(allocate(available, n, PROPORTIONAL).values()) == known["hamilton"]
    assert list(grow(available, {}, n, PROPORTIONAL).values()) == known["sainte_lague"]


def test_a_rule_can_share_by_other_sizes_than_what_can_be_drawn():
    sizes = allocate(ENTITIES, 2000, PowerRule(exponent=0.25), sizes=ANNOTATIONS)

    assert sizes == {"entity": 960, "query": 286, "wiki": 754}


def test_a_minimum_keeps_neyman_from_starving_a_small_stratum():
    rule = NeymanRule(expected=EXPECTED)
    at_least = least_sizes(ENTITIES, 100)

    assert allocate(ENTITIES, 2000, rule, sizes=ANNOTATIONS)["query"] == 17
    assert allocate(ENTITIES, 2000, rule, sizes=ANNOTATIONS, at_least=at_least) == {
        "entity": 1270,
        "query": 100,
        "wiki": 630,
    }


def test_the_minimum_of_a_small_stratum_is_all_it_has():
    assert least_sizes({"human": 60, "wiki": 900, "gone": 0}, 100) == {"human": 60, "wiki": 100, "gone": 0}
    with pytest.raises(DesignError, match="^the minimum of a stratum is -1"):
        least_sizes({"wiki": 9}, -1)


def test_a_stratum_that_is_full_leaves_the_rest_to_the_others():
    assert allocate({"a": 3, "b": 50, "c": 50}, 33, EQUAL) == {"a": 3, "b": 15, "c": 15}


@given(available=strata, rule=rules, data=st.data())
def test_every_rule_sums_exactly_within_what_there_is(available, rule, data):
    assume(sum(available.values()) > 0)
    n = data.draw(st.integers(1, sum(available.values())))
    sizes = allocate(available, n, rule)

    assert sum(sizes.values()) == n
    assert all(0 <= sizes[stratum] <= available[stratum] for stratum in available)


@given(available=strata, rule=rules, data=st.data())
def test_a_grown_sample_keeps_every_stratum_and_steps_do_not_matter(available, rule, data):
    total = sum(available.values())
    assume(total > 1)
    first = data.draw(st.integers(1, total))
    second = data.draw(st.integers(first, total))
    third = data.draw(st.integers(second, total))
    present = allocate(available, first, rule)

    once = grow(available, present, third, rule)
    twice = grow(available, grow(available, present, second, rule), third, rule)

    assert once == twice
    assert sum(once.values()) == third
    assert all(present[stratum] <= once[stratum] <= available[stratum] for stratum in available)


def test_growth_fills_up_what_is_furthest_behind():
    """100 of which 90 are `a`: the next 80 of two equal strata all go to `b`."""
    assert grow({"a": 500, "b": 500}, {"a": 90, "b": 10}, 180, PROPORTIONAL) == {"a": 90, "b": 90}


def test_growth_brings_fixed_strata_to_their_size():
    sizes = grow(ENTITIES, {"entity": 10, "wiki": 100}, 500, EQUAL, fixed={"wiki": 200})

    assert sizes == {"entity": 150, "query": 150, "wiki": 200}


@pytest.mark.parametrize(
    ("present", "n", "wishes", "message"),
    [
        ({"a": 4, "b": 1}, 4, {}, "size 4 is too small: 0 are fixed and the other strata must keep 5"),
        ({"a": 4}, 13, {}, "size 13 is too large"),
        ({"a": 4}, 9, {"fixed": {"a": 3}}, "stratum 'a' is fixed at 3 but must keep 4"),
        ({"c": 4}, 9, {}, "stratum 'c' is not in the frame"),
        ({"a": 11}, 12, {}, "stratum 'a' has 10 to draw from and 11 are asked"),
        ({}, 3, {"sizes": {"a": 1}}, "stratum 'b' has 2 to draw from but no size above 0"),
    ],
)
def test_growth_that_cannot_be_is_refused_with_the_numbers(present, n, wishes, message):
    with pytest.raises(DesignError, match=f"^{message}"):
        grow({"a": 10, "b": 2}, present, n, PROPORTIONAL, **wishes)


@pytest.mark.peer
@pytest.mark.parametrize("n", [57, 300, 1999])
@pytest.mark.parametrize("exponent", [0.0, 0.25, 0.5, 1.0])
def test_svy_shares_out_by_powers_as_we_do(n, exponent):
    svy = pytest.importorskip("svy", reason="svy is not installed")
    available = {"a": 40_000, "b": 90_001, "c": 3_500_017, "d": 7003}

    peer = svy.SampleSize().allocate(n, pop_size=available, power=exponent, min_n=0).n
    assert allocate(available, n, PowerRule(exponent=exponent)) == peer


def test_sizes_of_numpy_share_out_like_any_whole_number():
    available = {"entity": np.int64(18_000), "query": np.int32(8_500)}

    for rule in (PROPORTIONAL, PowerRule(exponent=0.25)):
        sizes = allocate(available, np.int64(2000), rule)
        assert sizes == allocate({"entity": 18_000, "query": 8_500}, 2000, rule)
        assert {type(n_h) for n_h in sizes.values()} == {int}
        assert grow(available, {"query": np.int8(5)}, 2000, rule) == grow(
            {"entity": 18_000, "query": 8_500}, {"query": 5}, 2000, rule
        )


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: allocate({"a": -5, "b": 20}, 5, EQUAL), "stratum 'a' has -5 to draw from: give at least 0"),
        (lambda: allocate({"a": 5}, 1.5, EQUAL), r"the size is 1\.5: give a whole number"),
        (lambda: allocate({"a": 5}, 2, EQUAL, sizes={"a": float("nan")}), "the size of stratum 'a' is nan"),
        (lambda: explicit_allocation({"a": 9}, {"a": float("nan")}), "the size of stratum 'a' is nan"),
        (lambda: least_sizes({"a": 9}, float("nan")), "the minimum of a stratum is nan: give a whole number"),
    ],
)
def test_what_is_no_size_is_refused(call, message):
    with pytest.raises(DesignError, match=f"^{message}"):
        call()
