"""The difference of two rounds: Newcombe's where nothing is shared, narrower where it is, and it covers."""

from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import binom

from sampling.comparison.paired import PairedCounts, bonett_price_interval
from sampling.comparison.rounds import Round, difference_of_rounds
from sampling.errors import EstimateError
from sampling.estimation.estimate import Estimate, IntervalMethod
from sampling.estimation.intervals import wilson_interval
from sampling.estimation.outcomes import SampledOutcomes
from sampling.estimation.stratified import estimate

CONFIDENCE = 0.95


def a_round(
    right: NDArray[np.bool_],
    links: NDArray[np.int_],
    *,
    weight: NDArray[np.float64] | None = None,
    stratum: NDArray[np.int_] | None = None,
    confidence: float = CONFIDENCE,
) -> Round:
    n = right.size
    outcomes = SampledOutcomes(
        stratum=np.zeros(n, np.intp) if stratum is None else stratum,
        cluster=np.arange(n),
        weight=np.ones(n) if weight is None else weight,
        is_counted=np.ones(n, np.bool_),
        is_correct=right,
    )
    found = estimate(outcomes, confidence=confidence)
    assert isinstance(found, Estimate)
    return Round(outcomes=outcomes, estimate=found, links=links)


def a_plain_round(n_right: int, n: int, first_link: int) -> Round:
    """One whose interval is Wilson's own, as in the tables of papers."""
    one = a_round(np.arange(n) < n_right, first_link + np.arange(n))
    interval = wilson_interval(n_right, n, confidence=CONFIDENCE)
    plain = Estimate(value=n_right / n, interval=interval, n=n, n_eff=n)
    return Round(outcomes=one.outcomes, estimate=plain, links=one.links)


@pytest.mark.parametrize(
    ("new", "old", "low", "high"),
    [
        # Newcombe, Statistics in Medicine 17 (1998) 873–890, table II, method 10, (a), (b), (c), (d) and (h).
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((10, 10), (0, 10), 0.6075, 1.0),
    ],
)
def test_samples_that_share_nothing_give_newcombes_published_intervals(
    new: tuple[int, int], old: tuple[int, int], low: float, high: float
) -> None:
    found = difference_of_rounds(a_plain_round(*old, 0), a_plain_round(*new, old[1]))
    assert (found.interval.low, found.interval.high) == pytest.approx((low, high), abs=6e-5)
    assert (found.correlation, found.n_shared) == (0, 0)
    assert found.interval.method is IntervalMethod.MOVER_OVERLAPPING


def test_the_correlation_is_that_of_partially_overlapping_samples() -> None:
    """φ·m/√(n₁n₂), as in Derrick et al. 2015, but for the two pseudo-pairs, which vanish as samples grow."""
    rng = np.random.default_rng(5)
    n_old, n_new, n_shared = 60_000, 40_000, 20_000
    old = rng.random(n_old) < 0.8
    new = rng.random(n_new) < 0.8
    agree = rng.random(n_shared) < 0.7
    new[:n_shared][agree] = old[:n_shared][agree]
    links = np.concatenate([np.arange(n_shared), n_old + np.arange(n_new - n_shared)])
    found = difference_of_rounds(a_round(old, np.arange(n_old)), a_round(new, links))
    phi = np.corrcoef(old[:n_shared], new[:n_shared])[0, 1]
    assert found.n_shared == n_shared
    assert found.correlation == pytest.approx(phi * n_shared / sqrt(n_old * n_new), abs=0.003)


def test_rounds_on_the_same_units_are_about_as_sure_as_pairs() -> None:
    right = np.repeat([True, True, False, False], [1501, 19, 221, 259])
    after = np.repeat([True, False, True, False], [1501, 19, 221, 259])
    links = np.arange(right.size)
    found = difference_of_rounds(a_round(right, links), a_round(after, links)).interval
    pairs = bonett_price_interval(PairedCounts(n_both=1501, n_only_a=221, n_only_b=19, n_neither=259))
    assert (found.low, found.high) == pytest.approx((pairs.low, pairs.high), abs=0.001)


def test_rounds_that_agree_on_every_unit_are_not_shown_to_be_equal() -> None:
    right = np.arange(50) < 45
    found = difference_of_rounds(a_round(right, np.arange(50)), a_round(right, np.arange(50)))
    assert found.difference == 0
    assert not found.is_shown
    assert found.interval.low < -0.02 < 0.02 < found.interval.high


def test_what_strata_differ_by_is_no_correlation() -> None:
    """Two strata far apart, shared units that agree by chance alone within each."""
    rng = np.random.default_rng(8)
    stratum = np.repeat([0, 1], 20_000)
    rates = np.array([0.2, 0.9])[stratum]
    links = np.arange(stratum.size)
    rounds = [a_round(rng.random(stratum.size) < rates, links, stratum=stratum) for _ in range(2)]
    assert abs(difference_of_rounds(*rounds).correlation) < 0.02


def test_units_drawn_together_are_one_link() -> None:
    """Two units of each entity that are alike tell as much as one."""
    rng = np.random.default_rng(2)
    old = rng.random(300) < 0.8
    new = np.where(rng.random(300) < 0.7, old, rng.random(300) < 0.9)
    links = np.arange(300)
    once = difference_of_rounds(a_round(old, links), a_round(new, links))
    twice = difference_of_rounds(
        a_round(np.repeat(old, 2), np.repeat(links, 2)), a_round(np.repeat(new, 2), np.repeat(links, 2))
    )
    assert twice.n_shared == once.n_shared == 300
    assert twice.correlation == pytest.approx(once.correlation, abs=1e-12)


@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 40), st.integers(0, 2**32 - 1), st.booleans())
def test_intervals_hold_their_difference_and_swapping_the_rounds_turns_them_round(
    n_old: int, n_new: int, first: int, seed: int, weighted: bool
) -> None:
    rng = np.random.default_rng(seed)
    weights = [rng.uniform(0.5, 20, n) if weighted else np.ones(n) for n in (n_old, n_new)]
    old = a_round(rng.random(n_old) < 0.8, np.arange(n_old), weight=weights[0])
    new = a_round(rng.random(n_new) < 0.9, first + np.arange(n_new), weight=weights[1])
    there, back = difference_of_rounds(old, new), difference_of_rounds(new, old)
    assert -1 <= there.interval.low <= there.difference <= there.interval.high <= 1
    assert there.difference == pytest.approx(-back.difference)
    assert there.interval.low == pytest.approx(-back.interval.high, abs=1e-12)
    assert there.correlation == pytest.approx(back.correlation, abs=1e-12)
    assert there.n_shared == max(0, min(n_old, first + n_new) - first)


def test_rounds_that_cannot_be_compared_are_refused() -> None:
    one = a_round(np.array([True, False]), np.array([0, 1]))
    wider = a_round(np.array([True, False]), np.array([0, 1]), confidence=0.99)
    with pytest.raises(EstimateError, match="make both of one confidence"):
        difference_of_rounds(one, wider)
    with pytest.raises(EstimateError, match="1 links for 2 units"):
        Round(outcomes=one.outcomes, estimate=one.estimate, links=np.array([0]))


def covered(n_old: int, n_new: int, n_shared: int, p: tuple[float, float], apart: float, n: int) -> int:
    """How many of n simulated intervals hold the true difference.

    Args:
        p: the true accuracies.
        apart: the chance that a shared unit is right in one round and wrong in the other.
    """
    rng = np.random.default_rng(
        [n_old, n_new, n_shared, int(1000 * p[0]), int(1000 * p[1]), int(1000 * apart)]
    )
    true = p[1] - p[0]
    gained, lost = (apart + true) / 2, (apart - true) / 2
    cells = [p[0] - lost, lost, gained, 1 - p[0] - gained]
    n_covered = 0
    for _ in range(n):
        kind = rng.choice(4, n_shared, p=cells)
        old = np.concatenate([kind < 2, rng.random(n_old - n_shared) < p[0]])
        new = np.concatenate([kind % 2 == 0, rng.random(n_new - n_shared) < p[1]])
        links = np.concatenate([np.arange(n_shared), n_old + np.arange(n_new - n_shared)])
        interval = difference_of_rounds(a_round(old, np.arange(n_old)), a_round(new, links)).interval
        n_covered += interval.low <= true <= interval.high
    return n_covered


@pytest.mark.slow
@pytest.mark.parametrize("n_shared", [0, 200, 400])
@pytest.mark.parametrize(
    ("p", "apart"), [((0.5, 0.5), 0.1), ((0.8, 0.85), 0.25), ((0.95, 0.97), 0.03), ((0.98, 0.99), 0.02)]
)
def test_the_interval_covers_whatever_the_samples_share(
    n_shared: int, p: tuple[float, float], apart: float
) -> None:
    """So few covered intervals would have a chance of 1 in 10,000 if 94 % were covered."""
    n = 600
    found = covered(400, 400, n_shared, p, apart, n)
    assert binom.cdf(found, n, 0.94) > 1e-4, f"{found / n:.3f}"


def test_independence_would_be_wrong_by_much_for_samples_that_share_their_units() -> None:
    """The same samples as if independent: an interval that is far too wide to be of use."""
    right = np.arange(2_000) < 1_900
    after = np.arange(2_000) < 1_920
    links = np.arange(2_000)
    shared = difference_of_rounds(a_round(right, links), a_round(after, links)).interval
    apart = difference_of_rounds(a_round(right, links), a_round(after, 2_000 + links)).interval
    assert shared.low > 0 > apart.low


def draw(tickets: NDArray[np.float64], stratum: NDArray[np.int_], sizes: tuple[int, ...]) -> NDArray[np.intp]:
    """The smallest tickets of each stratum, as samples are drawn."""
    order = np.argsort(tickets)
    return np.concatenate([order[stratum[order] == h][:size] for h, size in enumerate(sizes)])


@pytest.mark.slow
@pytest.mark.parametrize("new_sizes", [(300, 60, 40), (150, 150, 150)])
def test_the_interval_covers_for_stratified_draws_of_one_seed_from_two_versions(
    new_sizes: tuple[int, ...],
) -> None:
    """Two versions of a dataset with nine mentions in ten in common, each weighing what it stands for.

    The versions are drawn anew each time out of endless mentions, so what is to be covered are chances of
    being right; tickets are those of the mentions, so the samples share what both versions have.
    """
    n, size, n_gone = 600, 20_000, 2_000
    rates = np.array([[0.97, 0.85, 0.90], [0.98, 0.88, 0.90]])
    shares = np.array([0.1, 0.3, 0.6])
    true = float(shares @ (rates[1] - rates[0]))
    rng = np.random.default_rng(20)
    n_covered = 0
    for _ in range(n):
        stratum = rng.choice(3, size + n_gone, p=shares)
        tickets = rng.random(stratum.size)
        chance = rng.random(stratum.size)
        again = np.where(rng.random(stratum.size) < 0.8, chance, rng.random(stratum.size))
        rounds = []
        for rate, luck, kept, sizes in (
            (rates[0], chance, slice(0, size), (300, 60, 40)),
            (rates[1], again, slice(n_gone, None), new_sizes),
        ):
            drawn = np.arange(stratum.size)[kept][draw(tickets[kept], stratum[kept], sizes)]
            weight = (shares / np.array(sizes))[stratum[drawn]]
            right = luck[drawn] < rate[stratum[drawn]]
            rounds.append(a_round(right, drawn, weight=weight, stratum=stratum[drawn]))
        found = difference_of_rounds(*rounds)
        assert found.n_shared > 200
        n_covered += found.interval.low <= true <= found.interval.high
    assert binom.cdf(n_covered, n, 0.93) > 1e-4, f"{n_covered / n:.3f}"
    assert n_covered / n < 0.995
