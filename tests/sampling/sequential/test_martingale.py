"""The wealth of a bet against a mix: enumerated, it cannot be expected to grow where the mix is no better."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from sampling.sequential.martingale import composition, log_wealth
from sampling.sequential.reading import ReadBlocks

shares = st.floats(0.01, 0.99)


def one_step(n_counted, weights, n_correct=None):
    return ReadBlocks(
        n_counted=np.array([n_counted]),
        n_correct=np.array([n_counted] if n_correct is None else n_correct),
        weights=np.array(weights) / np.sum(weights),
        last_block=np.array([0]),
        n_blocks=1,
        n_blocks_complete=1,
    )


def expected_wealth(n_counted, weights, accuracies, *, stake, target):
    """Over every outcome of one step."""
    outcomes = np.array(list(product(*[range(n + 1) for n in n_counted])))
    probability = binom.pmf(outcomes, n_counted, accuracies).prod(axis=1)
    step = one_step(n_counted, weights, outcomes[:, None, :])
    return float(probability @ np.exp(log_wealth(step, np.array([[stake]]), target)[:, 0]))


@settings(deadline=None)
@given(
    n_counted=st.lists(st.integers(1, 5), min_size=1, max_size=3),
    weights=st.lists(st.floats(0.02, 1), min_size=3, max_size=3),
    # SciPy's law overflows at chances of 1e-308.
    accuracies=st.lists(st.floats(0, 1).map(lambda p: round(p, 9)), min_size=3, max_size=3),
    stake=shares,
    slack=st.floats(0, 0.3),
)
def test_no_composition_and_no_stake_is_expected_to_win_where_the_mix_is_at_most_the_target(
    n_counted, weights, accuracies, stake, slack
):
    weights, accuracies = weights[: len(n_counted)], accuracies[: len(n_counted)]
    mix = float(np.dot(weights, accuracies) / np.sum(weights))
    target = min(max(mix + slack, 0.001), 0.999)
    if mix > target:
        return

    assert expected_wealth(n_counted, weights, accuracies, stake=stake, target=target) <= 1 + 1e-12


def test_equal_strata_on_the_boundary_make_the_bet_fair():
    expected = expected_wealth([7, 2, 1], [7, 2, 1], [0.9, 0.9, 0.9], stake=0.5, target=0.9)

    assert expected == pytest.approx(1, abs=1e-12)


def test_the_bet_wins_on_average_where_the_mix_is_better():
    assert expected_wealth([7, 2, 1], [7, 2, 1], [0.97, 0.9, 0.9], stake=0.3, target=0.9) > 1.05


def test_a_balanced_step_has_no_factors():
    mix = composition(one_step([14, 4, 2], [0.7, 0.2, 0.1]))

    assert mix.factor == pytest.approx(1)
    assert (mix.variance.item(), mix.greatest.item()) == (pytest.approx(1), pytest.approx(1))


def test_factors_bring_the_weights_back():
    mix = composition(one_step([6, 2, 1], [0.2, 0.3, 0.5]))

    assert (mix.factor[0] * np.array([6, 2, 1]) / 9).tolist() == pytest.approx([0.2, 0.3, 0.5])
    assert mix.factor[0].tolist() == pytest.approx([0.3, 1.35, 4.5])


@given(
    n_counted=st.lists(st.integers(1, 9), min_size=2, max_size=2),
    share_correct=st.floats(0, 1),
    weights=st.lists(st.floats(0.02, 1), min_size=2, max_size=2),
    stake=shares,
    targets=st.tuples(shares, shares),
)
def test_a_higher_target_never_makes_the_bet_richer(n_counted, share_correct, weights, stake, targets):
    n_correct = np.floor(np.array(n_counted) * share_correct).astype(int)
    step = one_step(n_counted, weights, [n_correct])
    low, high = (log_wealth(step, np.array([stake]), t)[0] for t in sorted(targets))

    assert np.isfinite(low)
    assert high <= low + 1e-12
