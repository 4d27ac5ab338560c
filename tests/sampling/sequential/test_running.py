"""The running estimate of a mix."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling.sequential.expectation import Scenario, simulated_reviews
from sampling.sequential.running import running_n_eff, running_share

scenario = st.builds(
    Scenario,
    sizes=st.tuples(st.integers(5, 60), st.integers(5, 60)),
    accuracies=st.tuples(st.floats(0, 1), st.floats(0, 1)),
    weights=st.tuples(st.floats(0.05, 1), st.floats(0.05, 1)),
    n_reviews=st.just(3),
)


@given(read=scenario.map(lambda each: simulated_reviews(each, seed=1)), n_added=st.floats(0.1, 5))
def test_shares_and_effective_numbers_are_possible_ones(read, n_added):
    share = running_share(read)
    n_eff = running_n_eff(read, n_added=n_added)

    assert ((share >= 0) & (share <= 1)).all()
    assert (np.isfinite(n_eff) & (n_eff > 0)).all()


def test_one_stratum_is_worth_its_units():
    read = simulated_reviews(Scenario(sizes=(200,), accuracies=(0.9,), n_reviews=4), seed=1)

    assert running_n_eff(read, n_added=2.0) == pytest.approx(np.tile(np.arange(10, 201, 10), (4, 1)))


def test_a_flawless_mix_has_the_share_1_whatever_the_weights():
    read = simulated_reviews(
        Scenario(sizes=(50, 50, 50), accuracies=(1.0, 1.0, 1.0), weights=(0.1, 0.7, 0.3), n_reviews=1), seed=1
    )

    assert (running_share(read) == 1).all()


def test_strata_are_weighted_by_the_mix_and_not_by_their_units():
    read = simulated_reviews(
        Scenario(sizes=(90, 10), accuracies=(1.0, 0.0), weights=(1.0, 3.0), n_reviews=1), seed=1
    )

    assert running_share(read)[0] == pytest.approx(np.full(10, 0.25))
