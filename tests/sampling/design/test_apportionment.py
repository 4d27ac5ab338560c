"""Whole numbers in proportion: exact sums, kept bounds, growth without loss, no order."""

from fractions import Fraction
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from sampling.design.apportionment import Share, largest_remainder, sainte_lague


@st.composite
def claims(draw):
    """Shares with bounds of every kind, some of them closed."""
    shares = {}
    for name in draw(st.lists(st.sampled_from("abcdef"), min_size=1, unique=True)):
        least = draw(st.integers(0, 12))
        most = least + draw(st.integers(0, 30))
        measure = draw(st.fractions(min_value=Fraction(1, 50), max_value=100, max_denominator=50))
        shares[name] = Share(measure=measure, least=least, most=most)
    n_least, n_most = (sum(getattr(share, bound) for share in shares.values()) for bound in ("least", "most"))
    return shares, draw(st.integers(n_least, n_most))


@given(claims())
def test_both_methods_sum_exactly_within_the_bounds(claim):
    shares, n = claim
    for method in (largest_remainder, sainte_lague):
        sizes = method(shares, n)

        assert sum(sizes.values()) == n
        assert all(share.least <= sizes[name] <= share.most for name, share in shares.items())


@given(claims(), st.data())
def test_neither_method_knows_the_order_of_the_names(claim, data):
    shares, n = claim
    reordered = dict(data.draw(st.permutations(sorted(shares.items()))))

    for method in (largest_remainder, sainte_lague):
        assert method(shares, n) == method(reordered, n)


@given(claims(), st.integers(2, 10**12))
def test_neither_method_knows_the_unit_of_the_measures(claim, unit):
    shares, n = claim
    scaled = {
        name: Share(measure=share.measure * unit, least=share.least, most=share.most)
        for name, share in shares.items()
    }

    for method in (largest_remainder, sainte_lague):
        assert method(shares, n) == method(scaled, n)


@given(claims(), st.data())
def test_divisors_never_take_a_unit_back_and_steps_do_not_matter(claim, data):
    shares, n = claim
    fewer = data.draw(st.integers(sum(share.least for share in shares.values()), n))
    before = sainte_lague(shares, fewer)
    grown_from_there = {
        name: Share(measure=share.measure, least=before[name], most=share.most)
        for name, share in shares.items()
    }

    assert all(before[name] <= size for name, size in sainte_lague(shares, n).items())
    assert sainte_lague(grown_from_there, n) == sainte_lague(shares, n)


@given(claims())
def test_no_rounded_quota_is_a_unit_away_from_one_level_for_all(claim):
    """Strata that are free at both ends have sizes less than a unit from λ·measure for one λ."""
    shares, n = claim
    sizes = largest_remainder(shares, n)
    free = {name for name, share in shares.items() if share.least < sizes[name] < share.most}
    lowest = max(((sizes[name] - 1) / shares[name].measure for name in free), default=0)
    highest = min(((sizes[name] + 1) / shares[name].measure for name in free), default=1)

    assert lowest < highest


def test_largest_remainder_is_nearest_to_the_quotas_of_all_that_could_be():
    """All ways to give 9 units to three claims are tried: none has a smaller sum of squared distances."""
    measures = {"a": Fraction(7), "b": Fraction(4), "c": Fraction(2)}
    shares = {name: Share(measure=measure, least=0, most=9) for name, measure in measures.items()}

    def distance(sizes):
        return sum((size - 9 * measures[name] / 13) ** 2 for name, size in sizes.items())

    ways = [dict(zip("abc", way, strict=True)) for way in product(range(10), repeat=3) if sum(way) == 9]
    assert largest_remainder(shares, 9) == min(ways, key=distance)


def test_sainte_lague_has_the_least_weighted_distance_of_all_that_could_be():
    """Sainte-Laguë's own criterion, Σ (size − quota)²/quota, over all ways to give 9 units."""
    measures = {"a": Fraction(7), "b": Fraction(4), "c": Fraction(2)}
    shares = {name: Share(measure=measure, least=0, most=9) for name, measure in measures.items()}

    def distance(sizes):
        return sum((size - 9 * measures[name] / 13) ** 2 / measures[name] for name, size in sizes.items())

    ways = [dict(zip("abc", way, strict=True)) for way in product(range(10), repeat=3) if sum(way) == 9]
    assert sainte_lague(shares, 9) == min(ways, key=distance)


def test_what_a_full_stratum_cannot_take_is_spread_by_the_claims_of_the_others():
    shares = {
        name: Share(measure=Fraction(1), least=0, most=most) for name, most in (("a", 6), ("b", 6), ("c", 2))
    }

    assert largest_remainder(shares, 10) == {"a": 4, "b": 4, "c": 2}
