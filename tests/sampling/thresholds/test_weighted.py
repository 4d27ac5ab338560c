"""Weighted verdicts: the type I error that an unweighted test does not keep."""

from math import sqrt
from statistics import NormalDist

import numpy as np
import pytest
from scipy.special import ndtr, ndtri
from scipy.stats import binom

from sampling.errors import DesignError, EstimateError
from sampling.thresholds.certify import Certified, KeptTest, ScoredVerdicts
from sampling.thresholds.kept import Guarantee, kept_p_value
from sampling.thresholds.path import ThresholdPath
from sampling.thresholds.weighted import certify_weighted, weighted_kept_p_value

TARGET = 0.95


def at_the_target(target: float, spread: float, slope: float, n: int, rng: np.random.Generator):
    """Log-normal weights; accuracy falls with them where slope < 0; weighted, it is the target exactly."""
    z = rng.normal(size=n)
    # Weighting by exp(spread·z) moves the mean of z by spread, so that of Φ(c + slope·z) is the target.
    c = ndtri(target) * sqrt(1 + slope**2) - slope * spread
    return rng.random(n) < ndtr(c + slope * z), np.exp(spread * z)


def n_certified(target: float, spread: float, slope: float, n: int, n_replicates: int) -> tuple[int, int]:
    rng = np.random.default_rng(12)
    ours = unweighted = 0
    for _ in range(n_replicates):
        correct, weights = at_the_target(target, spread, slope, n, rng)
        ours += weighted_kept_p_value(correct, weights, target) <= 0.05
        unweighted += kept_p_value(int(np.sum(~correct)), n, target) <= 0.05
    return ours, unweighted


def test_small_weights_that_are_better_do_not_certify_too_often():
    """The unweighted test certifies what is not accurate enough in more than half of all samples."""
    ours, unweighted = n_certified(TARGET, 0.5, -0.8, 300, 600)

    assert binom.sf(ours - 1, 600, 0.05) > 1e-4
    assert unweighted > 300


@pytest.mark.slow
@pytest.mark.parametrize("n", [100, 300, 1000])
@pytest.mark.parametrize("spread", [0.3, 0.5, 1.0, 1.3])
@pytest.mark.parametrize("slope", [-1.2, -0.6, 0.0, 0.8])
@pytest.mark.parametrize("target", [0.9, 0.95, 0.99])
def test_the_type_1_error_holds(target, spread, slope, n):
    ours, _ = n_certified(target, spread, slope, n, 1500)

    assert binom.sf(ours - 1, 1500, 0.05) > 1e-4


def test_equal_weights_give_wilsons_test():
    correct = np.arange(400) >= 9
    z = (9 / 400 - 0.05) / sqrt(0.05 * 0.95 / 400)

    for weight in (1.0, 7.5):
        p = weighted_kept_p_value(correct, np.full(400, weight), TARGET)
        assert p == pytest.approx(1.25 * NormalDist().cdf(z), rel=1e-9)


def test_a_heavier_error_is_worse():
    weights = np.where(np.arange(300) < 10, 3.0, 1.0)
    heavy, light = np.arange(300) >= 5, np.arange(300) < 295

    assert weighted_kept_p_value(heavy, weights, TARGET) > weighted_kept_p_value(light, weights, TARGET)


def test_nothing_proves_nothing_and_all_wrong_neither():
    assert weighted_kept_p_value(np.zeros(0, dtype=bool), np.zeros(0), TARGET) == 1
    assert weighted_kept_p_value(np.zeros(50, dtype=bool), np.ones(50), TARGET) == 1


def test_all_right_is_certified_only_of_enough():
    assert weighted_kept_p_value(np.ones(30, dtype=bool), np.ones(30), TARGET) > 0.05
    assert weighted_kept_p_value(np.ones(200, dtype=bool), np.ones(200), TARGET) < 0.05


def path(goal_levels=(2.0, 1.0)) -> ThresholdPath:
    return ThresholdPath(
        thresholds=np.array(goal_levels), shares=np.array([0.5, 1.0]), budgets=np.array([1.0, 0.0])
    )


def test_a_weighted_walk_counts_errors_by_their_weight():
    """Four heavy errors among what the looser threshold adds: fine unweighted, not fine weighted."""
    scores = np.repeat([2.0, 1.0], [300, 300])
    correct = np.arange(600) < 596
    weights = np.where(correct, 1.0, 20.0)
    verdicts = ScoredVerdicts(scores=scores, correct=correct)
    found = certify_weighted(verdicts, weights, path(), Guarantee(target=TARGET))

    assert isinstance(found, Certified)
    assert found.test is KeptTest.WEIGHTED_SCORE
    assert found.chosen.threshold == 2
    assert kept_p_value(4, 600, TARGET) < 0.05


@pytest.mark.parametrize("weight", [0.0, -1.0, float("nan"), float("inf")])
def test_weights_that_are_none_are_refused(weight):
    verdicts = ScoredVerdicts(scores=np.array([1.0]), correct=np.array([True]))
    with pytest.raises(DesignError, match="^1 of 1 weights are not finite numbers above 0"):
        certify_weighted(verdicts, np.array([weight]), path(), Guarantee(target=TARGET))


def test_weights_that_do_not_match_are_refused():
    verdicts = ScoredVerdicts(scores=np.array([1.0]), correct=np.array([True]))
    with pytest.raises(EstimateError, match="give one of each per mask"):
        certify_weighted(verdicts, np.ones(2), path(), Guarantee(target=TARGET))
    with pytest.raises(EstimateError, match="give one of each per mask"):
        weighted_kept_p_value(np.array([True]), np.ones(2), TARGET)
    with pytest.raises(DesignError, match="^target is 1"):
        weighted_kept_p_value(np.array([True]), np.ones(1), 1.0)


@pytest.mark.parametrize("weight", [np.full(5, 60_000, np.int32), np.full(5, 1e200), np.full(5, 1e-200)])
def test_neither_the_type_nor_the_scale_of_weights_matters(weight):
    correct = np.arange(5) > 0

    assert weighted_kept_p_value(correct, weight, 0.9) == pytest.approx(
        weighted_kept_p_value(correct, np.ones(5), 0.9), rel=1e-12
    )
