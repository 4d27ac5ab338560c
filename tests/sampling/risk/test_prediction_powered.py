"""The prediction-powered mean: values from outside, and what it cannot take."""

import tomllib
from pathlib import Path

import numpy as np
import pytest

from sampling.errors import EstimateError
from sampling.risk.prediction_powered import prediction_powered_mean

PPI = tomllib.loads((Path(__file__).parents[2] / "reference" / "ppi.toml").read_text())["means"]


def data_of(case):
    rng = np.random.default_rng(case["seed"])
    n, slope = case["n"], case["slope"]
    risk = rng.random(n + case["N"])
    predictions, unlabelled = risk[:n], risk[n:]
    chance = rng.random(n)
    labels = chance < slope * predictions if slope > 0 else chance > predictions
    return labels.astype(float), predictions, unlabelled


@pytest.mark.parametrize("case", PPI, ids=lambda case: f"seed {case['seed']}")
def test_the_mean_and_its_limits_are_those_of_ppi_python(case):
    found = prediction_powered_mean(*data_of(case), confidence=case["confidence"])

    given = (found.value, found.interval.low, found.interval.high)
    assert given == pytest.approx((case["value"], case["low"], case["high"]), abs=1e-9)


@pytest.mark.peer
@pytest.mark.parametrize("seed", range(20))
def test_the_mean_and_its_limits_are_those_that_ppi_python_gives_here(seed):
    ppi = pytest.importorskip("ppi_py")
    case = {"seed": seed, "n": 40 + seed, "N": 300, "slope": 0.7}
    labels, predictions, unlabelled = data_of(case)

    low, high = ppi.ppi_mean_ci(labels, predictions, unlabelled, alpha=0.05)
    found = prediction_powered_mean(labels, predictions, unlabelled)

    assert (found.interval.low, found.interval.high) == pytest.approx((low[0], high[0]), abs=1e-9)


def test_predictions_that_point_the_wrong_way_are_not_used():
    labels, predictions, unlabelled = data_of(PPI[-1])

    found = prediction_powered_mean(labels, predictions, unlabelled)

    assert (found.power, found.value) == (0, labels.mean())


def test_predictions_that_say_the_same_of_everything_are_not_used():
    found = prediction_powered_mean(np.array([0.0, 1, 1]), np.full(3, 0.4), np.full(5, 0.4))

    assert (found.power, found.value) == (0, pytest.approx(2 / 3))


@pytest.mark.parametrize(
    ("labels", "predictions", "told"),
    [
        (np.ones(3), np.ones(2), "^3 labels, 2 predictions of them and 4 of other units"),
        (np.ones(1), np.ones(1), "^1 labels"),
        (np.array([1, np.nan]), np.ones(2), "^a label or a prediction is not finite"),
    ],
)
def test_what_gives_no_mean_is_refused(labels, predictions, told):
    with pytest.raises(EstimateError, match=told):
        prediction_powered_mean(labels, predictions, np.ones(4))
