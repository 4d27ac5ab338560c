"""Pareto draws: by tickets, in proportion to size, longer ones containing shorter ones."""

from hashlib import sha256

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from sampling.design.pareto import pareto_draw, planned_odds, ticket_numbers
from sampling.design.pareto_probabilities import exact_probabilities, inclusion_probabilities
from sampling.design.selection import entity_ticket
from sampling.errors import DesignError

some_sizes = st.lists(st.floats(1e-3, 1e3), min_size=1, max_size=30).map(np.array)


@st.composite
def draws(draw):
    """Sizes, numbers that no two units share, and a size of the sample."""
    sizes = draw(some_sizes)
    places = draw(st.permutations(range(1, sizes.size + 1)))
    return sizes, np.array(places) / (sizes.size + 1), draw(st.integers(1, sizes.size))


def test_a_number_is_the_first_eight_bytes_of_the_ticket():
    ticket = entity_ticket(7, "Q388450")
    known = int.from_bytes(sha256(b"mask-audit/1\nentity\n7\nQ388450").digest()[:8], "big") / 2**64

    assert ticket_numbers([ticket, ticket]).tolist() == [known, known]
    assert ticket_numbers([]).size == 0


def test_numbers_order_entities_as_their_tickets_do():
    tickets = [entity_ticket(1, f"Q{number}") for number in range(500)]

    assert [tickets[place] for place in np.argsort(ticket_numbers(tickets))] == sorted(tickets)


@pytest.mark.parametrize(
    ("ticket", "message"),
    [("ab12", "a ticket has fewer than 16"), ("x" * 64, "a ticket is not written in hex")],
)
def test_what_is_no_ticket_is_refused(ticket, message):
    with pytest.raises(DesignError, match=f"^{message}"):
        ticket_numbers([64 * "0", ticket])


@given(sizes=some_sizes, data=st.data())
def test_planned_odds_are_those_of_probabilities_in_proportion_to_size(sizes, data):
    n = data.draw(st.integers(1, sizes.size))
    odds = planned_odds(sizes, n)
    certain = np.isinf(odds)
    chances = 1 / (1 + 1 / odds)

    assert chances.sum() == pytest.approx(n)
    assert np.all(chances <= 1)
    if not certain.all():
        per_size = (chances / sizes)[~certain]
        assert per_size == pytest.approx(per_size[0])
        assert (sizes[certain] * per_size[0] >= 1 - 1e-9).all()


def test_a_unit_that_becomes_certain_makes_others_certain():
    """3 of 10, 6, 1, 1: λ of the first two would be 1.67 and 1; then one of two ones is left."""
    assert planned_odds(np.array([1.0, 6.0, 1.0, 10.0]), 3).tolist() == [1.0, np.inf, 1.0, np.inf]


def test_all_units_are_certain_where_all_are_drawn():
    assert np.isinf(planned_odds(np.full(7, 0.1), 7)).all()


@given(sizes=some_sizes, data=st.data())
def test_odds_do_not_depend_on_the_order_to_the_last_bit(sizes, data):
    n = data.draw(st.integers(1, sizes.size))
    order = np.array(data.draw(st.permutations(range(sizes.size))))

    assert np.array_equal(planned_odds(sizes[order], n), planned_odds(sizes, n)[order])


@given(draws())
def test_a_draw_takes_the_smallest_ranks_of_prnsamplr(drawn):
    """Q = u(1 − λ)/(λ(1 − u)), as the manual of prnsamplr 1.1.0 for R has it; certain units have λ = 1."""
    sizes, numbers, n = drawn
    odds = planned_odds(sizes, n)
    chances = 1 / (1 + 1 / odds)
    ranks = numbers * (1 - chances) / (chances * (1 - numbers))

    chosen = pareto_draw(numbers, odds, n)

    assert chosen.size == n == len(set(chosen.tolist()))
    assert ranks[chosen] == pytest.approx(np.sort(ranks)[:n], abs=1e-12)


@given(draws(), st.data())
def test_a_longer_draw_begins_with_every_shorter_one(drawn, data):
    sizes, numbers, n = drawn
    odds = planned_odds(sizes, n)
    longer = pareto_draw(numbers, odds, data.draw(st.integers(n, sizes.size)))

    assert longer[:n].tolist() == pareto_draw(numbers, odds, n).tolist()


def test_odds_made_anew_may_lose_units():
    """Why a sample that grows keeps its odds: here no unit of one drawn is among two drawn."""
    sizes, numbers = np.array([15.0, 2.0, 13.0, 19.0]), np.array([0.8, 0.5, 0.75, 0.85])
    first = planned_odds(sizes, 1)

    assert pareto_draw(numbers, first, 1).tolist() == [2]
    assert pareto_draw(numbers, first, 2)[0] == 2
    assert set(pareto_draw(numbers, planned_odds(sizes, 2), 2)) == {0, 3}


@given(draws(), st.data())
def test_a_draw_does_not_depend_on_the_order_of_the_units(drawn, data):
    sizes, numbers, n = drawn
    order = np.array(data.draw(st.permutations(range(sizes.size))))
    odds = planned_odds(sizes, n)

    assert set(order[pareto_draw(numbers[order], odds[order], n)]) == set(pareto_draw(numbers, odds, n))


def test_equal_odds_draw_the_smallest_tickets():
    numbers = np.random.default_rng(3).random(100)

    assert pareto_draw(numbers, np.full(100, 0.2), 9).tolist() == np.argsort(numbers)[:9].tolist()


def test_equal_ranks_go_by_position():
    assert pareto_draw(np.full(5, 0.5), np.ones(5), 3).tolist() == [0, 1, 2]


def test_changed_sizes_keep_most_of_a_sample():
    """Coordination: 10 % noise on the sizes of 20,077 entities leaves 19 of 20 of 1,400 where they were."""
    rng = np.random.default_rng(88)
    sizes, numbers = np.sqrt(rng.lognormal(4, 1.4, 20_077)), rng.random(20_077)
    noisy = sizes * rng.lognormal(0, 0.1, sizes.size)

    before = set(pareto_draw(numbers, planned_odds(sizes, 1400), 1400).tolist())
    after = set(pareto_draw(numbers, planned_odds(noisy, 1400), 1400).tolist())
    another = set(pareto_draw(rng.random(20_077), planned_odds(sizes, 1400), 1400).tolist())

    assert len(before & after) > 1300
    assert len(before & another) < 250


def test_real_tickets_draw_every_unit_with_its_exact_probability():
    """4,000 seeds, six units of odds from 0.1 to 5 and a certain one; each count judged at 0.01 %."""
    odds = np.array([0.1, 0.2, 0.5, 1.0, 2.0, 5.0, np.inf])
    n_drawn = np.zeros(odds.size, dtype=int)
    for seed in range(4000):
        tickets = [entity_ticket(seed, f"Q{unit}") for unit in range(odds.size)]
        n_drawn[pareto_draw(ticket_numbers(tickets), odds, 3)] += 1

    assert n_drawn[-1] == 4000
    for drawn, probability in zip(n_drawn[:-1], exact_probabilities(odds, 3)[:-1], strict=True):
        assert binomtest(int(drawn), 4000, probability).pvalue > 1e-4


@pytest.mark.parametrize("size", [0.0, -1.0, np.nan, np.inf])
def test_sizes_that_are_none_are_refused(size):
    with pytest.raises(DesignError, match="^1 of 3 sizes are not finite numbers above 0"):
        planned_odds(np.array([1.0, size, 2.0]), 1)


@pytest.mark.parametrize("n", [0, 4])
def test_a_draw_of_none_or_of_more_than_all_is_refused(n):
    with pytest.raises(DesignError, match=f"^{n} units of 3 cannot be drawn"):
        planned_odds(np.ones(3), n)
    with pytest.raises(DesignError, match=f"^{n} units of 3 cannot be drawn"):
        pareto_draw(np.full(3, 0.5), np.ones(3), n)


@pytest.mark.parametrize(
    ("numbers", "odds", "message"),
    [
        ([0.5, 0.5], [1.0], r"\(2,\) random numbers and \(1,\) odds do not match"),
        ([0.5, 0.0], [1.0, 1.0], "a random number is not between 0 and 1"),
        ([0.5, np.nan], [1.0, 1.0], "a random number is not between 0 and 1"),
        ([0.5, 0.5], [1.0, 0.0], "1 of 2 odds are not finite numbers above 0"),
        ([0.5, 0.5, 0.5], [np.inf, np.inf, 1.0], "2 of 3 units are certain and 1 are asked"),
        ([0.5, 0.5], [np.inf, 1.0], "1 of 2 units are certain and 1 are asked: ask for more"),
    ],
)
def test_a_draw_from_what_cannot_be_is_refused(numbers, odds, message):
    with pytest.raises(DesignError, match=f"^{message}"):
        pareto_draw(np.array(numbers), np.array(odds), 1)


@pytest.mark.slow
def test_a_large_population_is_drawn_with_its_chances_in_every_size_group():
    """2,000 draws of 1,400, grown to 1,900, from 20,077 entities by √N_e, in 30 groups of alike size.

    Draws are negatively dependent, so the binomial variance is an upper bound; 4.5 of its roots for each of
    60 counts make a false alarm of less than 0.05 %.
    """
    rng = np.random.default_rng(88)
    sizes = np.sqrt(np.ceil(rng.lognormal(3, 1.2, 20_077)))
    odds = planned_odds(sizes, 1400)
    groups = np.array_split(np.argsort(sizes), 30)
    for n in (1400, 1900):
        chances = inclusion_probabilities(odds, n)
        n_drawn = np.zeros(sizes.size, dtype=int)
        for _ in range(2000):
            n_drawn[pareto_draw(rng.random(sizes.size), odds, n)] += 1
        for group in groups:
            expected = 2000 * chances[group].sum()
            spread = np.sqrt(2000 * np.sum(chances[group] * (1 - chances[group])))
            assert abs(n_drawn[group].sum() - expected) <= 4.5 * spread


@pytest.mark.parametrize(
    "call", [planned_odds, lambda odds, n: pareto_draw(np.array([0.5, 0.2, 0.9]), odds, n)]
)
def test_a_number_of_units_is_whole(call):
    with pytest.raises(DesignError, match=r"^the number of units is 1\.5: give a whole number"):
        call(np.ones(3), 1.5)


def test_sizes_are_one_row():
    with pytest.raises(DesignError, match=r"^sizes has the shape \(2, 2\)"):
        planned_odds(np.ones((2, 2)), 1)
