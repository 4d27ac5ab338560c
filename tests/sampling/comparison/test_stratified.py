"""Weighted paired differences: Bonett and Price's where nothing is weighted, and coverage where it is."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from sampling.comparison.paired import PairedCounts, bonett_price_interval
from sampling.comparison.stratified import (
    StratifiedPairs,
    WeightedVerdicts,
    compare_weighted,
    weighted_difference,
)
from sampling.errors import DesignError, EstimateError
from sampling.estimation.estimate import IntervalMethod, NoEstimate

counts = st.integers(0, 300)


def pairs(differences, strata=None, weights=None, shares=(1.0,)) -> StratifiedPairs:
    n = len(differences)
    return StratifiedPairs(
        differences=np.asarray(differences, dtype=np.int64),
        strata=np.zeros(n, dtype=np.int64) if strata is None else np.asarray(strata),
        weights=np.ones(n) if weights is None else np.asarray(weights, dtype=np.float64),
        shares=np.asarray(shares, dtype=np.float64),
    )


@given(only_a=counts, only_b=counts, same=counts, weight=st.floats(1e-3, 1e6))
def test_one_stratum_of_equal_weights_is_bonett_and_prices(only_a, only_b, same, weight):
    n = only_a + only_b + same
    if n < 2:
        return
    estimate = weighted_difference(pairs(np.repeat([1, -1, 0], [only_a, only_b, same]), weights=[weight] * n))
    ours = estimate.interval(0.95, IntervalMethod.BONETT_PRICE)
    theirs = bonett_price_interval(PairedCounts(n_only_a=only_a, n_only_b=only_b, n_neither=same))

    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=1e-12)
    assert estimate.n_eff == pytest.approx(n)


def test_strata_count_by_their_shares():
    estimate = weighted_difference(pairs([1, 1, 0, -1], strata=[0, 0, 1, 1], shares=[0.9, 0.1]))

    assert estimate.value == pytest.approx(0.9 * 1 - 0.1 * 0.5)


def test_weights_count_within_a_stratum():
    assert weighted_difference(pairs([1, 0], weights=[3, 1])).value == pytest.approx(0.75)


def test_the_variance_is_the_linearised_one_where_weights_tell():
    """Σ e² · n/(n − 1) with e = w(y − d)/Σw; the heavy mentions are the discordant ones."""
    y = np.repeat([1, -1, 0], [40, 40, 920])
    w = np.where(y != 0, 20.0, 1.0)
    estimate = weighted_difference(pairs(y, weights=w))
    e = w * y / w.sum()

    assert estimate.value == 0
    assert estimate.standard_error == pytest.approx(np.sqrt(np.sum(e**2) * 1000 / 999))


@given(st.permutations(range(12)))
def test_the_order_of_mentions_does_not_matter(order):
    y, h, w = np.array([1, -1, 0] * 4), np.arange(12) % 2, 1.0 + np.arange(12)
    given_order = weighted_difference(pairs(y, h, w, [0.3, 0.7]))
    shuffled = weighted_difference(pairs(y[order], h[order], w[order], [0.3, 0.7]))

    assert shuffled.centre == pytest.approx(given_order.centre, abs=1e-12)
    assert shuffled.standard_error == pytest.approx(given_order.standard_error, rel=1e-12)


def test_a_dominant_stratum_without_a_discordant_pair_is_not_certain():
    """0 of 200 in a stratum that is 98.7 % of the population: as wide as 0 of 200 alone would be."""
    y = np.concatenate([np.repeat([1, 0], [100, 1300]), np.zeros(200, dtype=int)])
    estimate = weighted_difference(pairs(y, np.repeat([0, 1], [1400, 200]), shares=[0.013, 0.987]))
    alone = bonett_price_interval(PairedCounts(n_neither=200))

    interval = estimate.interval(0.95, IntervalMethod.BONETT_PRICE)
    assert interval.high - interval.low == pytest.approx(alone.high - alone.low, rel=0.02)


def test_single_mentions_of_strata_give_a_variance():
    estimate = weighted_difference(pairs([1, 0, 1], strata=[0, 1, 2], shares=[1, 1, 1]))

    assert estimate.standard_error > 0
    assert np.isfinite(estimate.standard_error)


def n_covering(sizes, shares, laws, spread, n_replicates, seed) -> int:
    rng = np.random.default_rng(seed)
    strata = np.repeat(np.arange(len(sizes)), sizes)
    p_a, p_b = np.array(laws)[strata].T
    truth = sum(share * (a - b) for share, (a, b) in zip(shares, laws, strict=True))
    n = 0
    for _ in range(n_replicates):
        u = rng.random(strata.size)
        y = np.where(u < p_a, 1, np.where(u < p_a + p_b, -1, 0))
        weights = np.exp(spread * rng.normal(size=strata.size))
        found = weighted_difference(pairs(y, strata, weights, shares))
        interval = found.interval(0.95, IntervalMethod.BONETT_PRICE)
        n += interval.low <= truth <= interval.high
    return n


SHARES = {"mix": (0.7, 0.2, 0.1), "entity": (0.009, 0.004, 0.987), "annotation": (0.72, 0.006, 0.274)}
LAWS = [
    ((0.08, 0.04),) * 3,
    ((0.01, 0.002),) * 3,
    ((0.1, 0.02), (0.02, 0.02), (0.0, 0.005)),
    ((0.2, 0.1),) * 3,
]


def test_the_interval_covers_in_a_small_simulation():
    n = n_covering((1400, 400, 200), SHARES["annotation"], LAWS[2], 0.5, 400, 3)

    assert binom.cdf(n, 400, 0.94) > 1e-4


@pytest.mark.slow
@pytest.mark.parametrize("shares", SHARES.values(), ids=SHARES)
@pytest.mark.parametrize("sizes", [(1400, 400, 200), (140, 40, 30), (30, 30, 30)], ids=str)
@pytest.mark.parametrize("laws", LAWS, ids=str)
@pytest.mark.parametrize("spread", [0.0, 1.0])
def test_the_interval_covers(sizes, shares, laws, spread):
    n = n_covering(sizes, shares, laws, spread, 1500, 29)

    assert binom.cdf(n, 1500, 0.94) > 1e-4


def verdicts(a, b, shares=(1.0, 1.0)) -> WeightedVerdicts:
    return WeightedVerdicts(
        a_correct=np.array(a, dtype=np.bool_),
        b_correct=np.array(b, dtype=np.bool_),
        strata=np.arange(len(a)) % 2,
        weights=np.ones(len(a)),
        shares=np.array(shares),
    )


def test_a_comparison_takes_sizes_of_strata_for_shares():
    few = compare_weighted("a", "b", verdicts([1, 1, 1, 0], [0, 1, 0, 1], shares=(900, 100)))

    assert few.difference == pytest.approx(0.9 - 0.1 * 0.5)
    assert few.counts == PairedCounts(n_both=1, n_only_a=2, n_only_b=1)
    assert few.interval.low < few.difference < few.interval.high
    assert 0 < few.p_value == few.p_adjusted < 1


def test_the_p_value_and_the_interval_agree():
    for n_only_a in range(1, 30):
        a = [1] * (n_only_a + 1) + [0] * 11 + [1] * 160
        b = [0] * (n_only_a + 1) + [1] * 11 + [1] * 160
        compared = compare_weighted("a", "b", verdicts(a, b))
        assert (compared.p_value < 0.05) == (not compared.interval.low <= 0 <= compared.interval.high)


def test_a_stratum_that_counts_and_has_no_pair_is_no_estimate():
    assert isinstance(weighted_difference(pairs([1, 0], shares=[0.5, 0.5])), NoEstimate)
    assert weighted_difference(pairs([1, 0], shares=[1.0, 0.0])).value == 0.5


def test_no_pair_is_no_estimate():
    assert isinstance(weighted_difference(pairs([])), NoEstimate)
    assert isinstance(compare_weighted("a", "b", verdicts([], [])), NoEstimate)


@pytest.mark.parametrize("weight", [0.0, -1.0, float("inf"), float("nan")])
def test_weights_that_are_none_are_refused(weight):
    with pytest.raises(DesignError, match="^1 of 2 weights are not finite numbers above 0"):
        pairs([1, 0], weights=[1, weight])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"differences": [2]}, "a difference of two verdicts is −1, 0 or 1"),
        ({"differences": [1], "strata": [1]}, "strata reach from 1 to 1"),
        ({"differences": [1], "strata": [-1]}, "strata holds -1"),
        ({"differences": [1], "strata": [0, 0]}, "give one of each per mention"),
        ({"differences": [1], "shares": [0.0]}, "shares are"),
        ({"differences": [1], "shares": [-1.0]}, "shares are"),
        ({"differences": [1], "shares": [float("nan")]}, "shares are"),
    ],
)
def test_what_is_no_sample_is_refused(arguments, message):
    with pytest.raises(EstimateError, match=message):
        pairs(**arguments)


@pytest.mark.parametrize("scale", [1e-200, 1e200])
def test_the_scale_of_the_weights_does_not_matter(scale):
    arrays = {"differences": np.array([1, 0, -1, 0, 1]), "strata": np.array([0, 0, 0, 1, 1])}
    weights, shares = np.array([1.0, 2.0, 4.0, 1.0, 1.0]), np.array([0.5, 0.5])
    plain = weighted_difference(StratifiedPairs(**arrays, weights=weights, shares=shares))
    scaled = weighted_difference(StratifiedPairs(**arrays, weights=scale * weights, shares=shares))

    assert scaled.value == pytest.approx(plain.value, rel=1e-12)
    assert scaled.standard_error == pytest.approx(plain.standard_error, rel=1e-12)


@pytest.mark.parametrize("name", ["differences", "strata"])
def test_codes_that_are_no_integers_are_refused(name):
    arrays = {
        "differences": np.array([1]),
        "strata": np.array([0]),
        "weights": np.ones(1),
        "shares": np.ones(1),
    }

    with pytest.raises(EstimateError, match=f"^{name} holds float64: give integer codes"):
        StratifiedPairs(**arrays | {name: arrays[name].astype(float)})
