"""The finite population correction: where it applies, what it does to an interval, that it covers."""

import numpy as np
import pytest
from scipy.stats import binom

from sampling.errors import DesignError
from sampling.estimation.finite_population import unsampled_share
from sampling.estimation.outcomes import SampledOutcomes
from sampling.estimation.stratified import estimate


def sample_of(is_correct: np.ndarray, unsampled: float | None) -> SampledOutcomes:
    n = len(is_correct)
    return SampledOutcomes(
        stratum=np.zeros(n, np.intp),
        cluster=np.arange(n),
        weight=np.ones(n),
        is_counted=np.ones(n, np.bool_),
        is_correct=is_correct,
        unsampled=None if unsampled is None else np.array([unsampled]),
    )


def test_up_to_5_percent_nothing_is_corrected():
    assert unsampled_share(50, 1000) == 1
    assert unsampled_share(51, 1000) == pytest.approx(0.949)


def test_a_stratum_that_is_drawn_whole_keeps_the_doubt_of_one_unit():
    assert unsampled_share(400, 400) == 1 / 400
    found = estimate(sample_of(np.arange(400) >= 20, unsampled_share(400, 400)))
    assert found.interval.low < found.value == 0.95 < found.interval.high
    assert found.interval.high - found.interval.low < 0.003


def test_the_effective_number_grows_by_what_is_left():
    is_correct = np.arange(200) >= 12
    assert estimate(sample_of(is_correct, 0.5)).n_eff == pytest.approx(400)
    assert estimate(sample_of(is_correct, None)).n_eff == pytest.approx(200)


@pytest.mark.parametrize(("n_drawn", "n_available"), [(0, 5), (6, 5), (-1, 5)])
def test_an_impossible_draw_is_refused(n_drawn, n_available):
    with pytest.raises(DesignError, match=f"{n_drawn} of {n_available}"):
        unsampled_share(n_drawn, n_available)


def test_shares_that_are_none_are_refused():
    with pytest.raises(DesignError, match="unsampled shares"):
        sample_of(np.ones(5, np.bool_), 0.0)
    with pytest.raises(DesignError, match="0 unsampled shares for 1 strata"):
        SampledOutcomes(
            stratum=np.zeros(1, np.intp),
            cluster=np.zeros(1, np.intp),
            weight=np.ones(1),
            is_counted=np.ones(1, np.bool_),
            is_correct=np.ones(1, np.bool_),
            unsampled=np.ones(0),
        )


@pytest.mark.parametrize("rate", [0.7, 0.95])
def test_draws_from_a_small_population_are_covered(rate):
    rng = np.random.default_rng(31)
    population = rng.permutation(np.arange(600) < 600 * rate)
    truth, n_replicates = population.mean(), 600
    share = unsampled_share(300, 600)
    n_covering = 0
    for _ in range(n_replicates):
        found = estimate(sample_of(rng.choice(population, 300, replace=False), share))
        n_covering += found.interval.low <= truth <= found.interval.high
    assert binom.cdf(n_covering, n_replicates, 0.94) > 1e-4
