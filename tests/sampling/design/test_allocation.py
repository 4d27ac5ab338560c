"""Sizes of strata: what was asked, and exact proportional rounding."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sampling.design.allocation import explicit_allocation, proportional_allocation
from sampling.errors import DesignError

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
    assert proportional_allocation(available, n) == sizes


def test_fixed_strata_keep_their_size_and_the_rest_shares():
    sizes = proportional_allocation({"entity": 70, "query": 20, "wiki": 2000}, 20, fixed={"wiki": 2})

    assert sizes == {"entity": 14, "query": 4, "wiki": 2}


def test_a_sample_that_grows_never_shrinks_a_stratum():
    available = {"a": 6, "b": 6, "c": 2}
    before = proportional_allocation(available, 10)

    assert proportional_allocation(available, 11, at_least=before) == {"a": 5, "b": 4, "c": 2}


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

    sizes = proportional_allocation(available, n, fixed=fixed, at_least=at_least)

    assert sum(sizes.values()) == n
    assert sizes | fixed == sizes
    assert all(at_least[stratum] <= sizes[stratum] <= available[stratum] for stratum in available)


@given(available=strata, data=st.data())
def test_no_size_is_a_whole_unit_away_from_its_quota(available, data):
    n_available = sum(available.values())
    assume(n_available > 0)
    n = data.draw(st.integers(1, n_available))

    sizes = proportional_allocation(available, n)

    assert all(
        abs(sizes[stratum] * n_available - n * N_h) < n_available for stratum, N_h in available.items()
    )


@given(available=strata, data=st.data())
def test_sizes_do_not_depend_on_the_order_of_the_strata(available, data):
    assume(sum(available.values()) > 0)
    n = data.draw(st.integers(1, sum(available.values())))
    reordered = dict(data.draw(st.permutations(sorted(available.items()))))

    assert proportional_allocation(available, n) == proportional_allocation(reordered, n)


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
        proportional_allocation({"a": 10, "b": 2}, n, **wishes)
