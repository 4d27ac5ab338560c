"""What a goal is likely to cost, beside measured figures and the exact law."""

import numpy as np
import pytest
from scipy.stats import norm

from sampling.errors import DesignError
from sampling.sequential.certification import anytime_p_values
from sampling.sequential.expectation import (
    Scenario,
    simulated_reviews,
    verdicts_to_certify,
    verdicts_to_width,
    verdicts_until,
)
from sampling.sequential.fixed_width import WidthRule
from sampling.sequential.reading import ReadBlocks


def test_blocks_of_7_2_1_certify_a_mix_of_949_after_about_219_verdicts():
    scenario = Scenario(sizes=(1400, 400, 200), accuracies=(0.96, 0.92, 0.93))
    cost = verdicts_to_certify(scenario, target=0.9, seed=1)

    assert cost.mean == pytest.approx(216, abs=12)
    assert cost.p90 == pytest.approx(415, abs=30)
    assert cost.share_reached == 1


def unit_by_unit(accuracy, *, n_reviews, seed):
    n_counted = np.ones((2000, 1), dtype=int)
    n_correct = np.random.default_rng(seed).binomial(n_counted, accuracy, size=(n_reviews, 2000, 1))
    return ReadBlocks(
        n_counted=n_counted,
        n_correct=n_correct,
        weights=np.ones(1),
        last_block=np.arange(2000),
        n_blocks=2000,
        n_blocks_complete=2000,
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("accuracy", "mean", "p90"), [(0.93, 632, 1466), (0.948, 208, 406), (0.96, 127, 229)]
)
def test_unit_by_unit_it_takes_what_was_measured_before(accuracy, mean, p90):
    read = unit_by_unit(accuracy, n_reviews=1_500, seed=4)
    verdicts = verdicts_until(read, anytime_p_values(read, target=0.9) <= 0.05)

    assert verdicts.mean() == pytest.approx(mean, abs=4 * verdicts.std() / np.sqrt(1_500) + 4)
    assert np.quantile(verdicts, 0.9) == pytest.approx(p90, rel=0.12)


def test_a_false_claim_costs_the_whole_sample():
    cost = verdicts_to_certify(Scenario(sizes=(300,), accuracies=(0.5,)), target=0.9, seed=1)

    assert (cost.mean, cost.p90, cost.share_reached) == (300, 300, 0)


def test_a_width_costs_more_the_narrower_it_is():
    scenario = Scenario(sizes=(1400, 400, 200), accuracies=(0.96, 0.92, 0.93), n_reviews=300)
    wide, narrow = (verdicts_to_width(scenario, WidthRule(half_width=w), seed=1) for w in (0.05, 0.02))

    assert (wide.share_reached, narrow.share_reached) == (1, 1)
    # Twice and a half as narrow takes about six times as many.
    assert 4 < narrow.mean / wide.mean < 7
    assert narrow.mean == pytest.approx(norm.ppf(0.9825) ** 2 * 0.0484 / 0.02**2, rel=0.1)


def test_the_same_seed_gives_the_same_reviews():
    scenario = Scenario(sizes=(20, 30), accuracies=(0.9, 0.8), n_reviews=5)
    one, other, third = (simulated_reviews(scenario, seed=seed).n_correct for seed in (1, 1, 2))

    assert (one == other).all()
    assert (one != third).any()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"accuracies": (0.9,)}, "^2 sizes, 1 accuracies and 2 weights"),
        ({"weights": (1.0,)}, "^2 sizes, 2 accuracies and 1 weights"),
        ({"accuracies": (0.9, 1.1)}, "^the accuracy of a stratum is 1.1"),
        ({"accuracies": (0.9, float("nan"))}, "^the accuracy of a stratum is nan"),
        ({"weights": (1.0, -1.0)}, "weights of strata are not finite numbers above 0"),
        ({"sizes": (10, 0)}, "weights of strata are not finite numbers above 0"),
        ({"n_reviews": 0}, "^0 reviews are to be simulated"),
    ],
)
def test_a_scenario_that_cannot_be_is_refused(change, message):
    with pytest.raises(DesignError, match=message):
        Scenario(**({"sizes": (10, 20), "accuracies": (0.9, 0.8)} | change))


def test_an_empty_stratum_is_refused_even_with_weights():
    with pytest.raises(DesignError, match="^stratum '1' has 0 units"):
        simulated_reviews(Scenario(sizes=(10, 0), accuracies=(0.9, 0.8), weights=(1.0, 1.0)), seed=1)
