"""Weighted verdicts: the type I error that an unweighted test does not keep."""

from math import sqrt

import numpy as np
import pytest
from scipy.special import ndtr, ndtri
from scipy.stats import beta, binom

from sampling.errors import DesignError, EstimateError
from sampling.thresholds.certify import Certified, KeptTest, ScoredVerdicts
from sampling.thresholds.judged import JudgedMasks
from sampling.thresholds.kept import Guarantee, kept_p_value
from sampling.thresholds.path import ThresholdPath
from sampling.thresholds.weighted import (
    certify_judged,
    certify_weighted,
    weighted_error_limits,
    weighted_kept_p_value,
)

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


def test_equal_weights_give_the_exact_test_with_its_surcharge():
    correct = np.arange(400) >= 9

    for weight in (1.0, 7.5):
        p = weighted_kept_p_value(correct, np.full(400, weight), TARGET)
        assert p == pytest.approx(1.5 * kept_p_value(9, 400, TARGET), rel=1e-9)


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
    assert found.test is KeptTest.WEIGHTED_BINOMIAL
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


@pytest.mark.slow
@pytest.mark.parametrize(
    "stratum_errors",
    [(0.05, 0.05, 0.05), (0.0687, 0.0, 0.0), (0.0, 0.0, 0.1823), (0.03, 0.2, 0.1026), (0.06, 0.9, 0.006)],
)
@pytest.mark.parametrize("spread", [0.0, 0.8])
def test_the_type_1_error_holds_in_strata(stratum_errors, spread):
    """1,400, 400 and 200 verdicts stand for 5.176 M, 40.8 k and 1.97 M masks, a twentieth of them wrong."""
    n, sizes = np.array([1400, 400, 200]), np.array([5.176e6, 4.08e4, 1.97e6])
    stratum = np.repeat([0, 1, 2], n)
    errors = np.array(stratum_errors)
    # What rounding leaves over or under the twentieth is made up for in the largest stratum.
    errors[0] += (0.05 * sizes.sum() - sizes @ errors) / sizes[0]
    rng = np.random.default_rng(7)
    n_certified = 0
    for _ in range(1500):
        z = rng.normal(size=stratum.size)
        # As above: where small masks are better, the weighted share of errors in a stratum is as given.
        slope = -0.8 if spread else 0.0
        c = ndtri(1 - errors[stratum]) * sqrt(1 + slope**2) - slope * spread
        weights = (sizes / n)[stratum] * np.exp(spread * z)
        correct = rng.random(stratum.size) < ndtr(c + slope * z)
        n_certified += weighted_kept_p_value(correct, weights, TARGET) <= 0.05

    assert binom.sf(n_certified - 1, 1500, 0.05) > 1e-4


def test_limits_and_p_value_agree():
    rng = np.random.default_rng(4)
    correct, weights = rng.random(300) < 0.93, rng.uniform(0.5, 2, 300)
    low, high = weighted_error_limits(correct, weights, confidence=0.9)
    share = np.average(~correct, weights=weights)

    assert low < share < high
    assert weighted_kept_p_value(correct, weights, 1 - high) == pytest.approx(0.05, abs=1e-6)


def test_equal_weights_give_clopper_and_pearsons_lower_limit():
    low, high = weighted_error_limits(np.arange(200) >= 6, np.full(200, 3.0), confidence=0.95)

    assert low == pytest.approx(beta.ppf(0.025, 6, 195), rel=1e-6)
    assert high == pytest.approx(beta.ppf(1 - 0.025 / 1.5, 7, 194), rel=1e-6)


@pytest.mark.parametrize(
    ("correct", "expected"),
    [(np.zeros(0, bool), (0.0, 1.0)), (np.zeros(20, bool), (0.7, 1.0)), (np.ones(20, bool), (0.0, 0.3))],
)
def test_limits_at_the_ends(correct, expected):
    low, high = weighted_error_limits(correct, np.linspace(1, 1.5, correct.size), confidence=0.95)

    assert (low, high) == pytest.approx(expected, abs=0.15)
    assert low == 0 or high == 1


def test_the_weights_choose_the_test():
    scores = np.repeat([2.0, 1.0], [300, 300])
    goal = Guarantee(target=TARGET)

    def found(weight):
        judged = JudgedMasks(position=np.arange(600), correct=np.arange(600) < 596, weight=weight)
        return certify_judged(judged, scores, path(), goal)

    even, uneven = found(np.full(600, 8.0)), found(np.linspace(1, 2, 600))
    assert even.test is KeptTest.EXACT_BINOMIAL
    assert even.chosen.p_value == kept_p_value(4, 600, TARGET)
    assert even.chosen.n_effective == 600
    assert uneven.test is KeptTest.WEIGHTED_BINOMIAL
    assert uneven.chosen.n_effective < 600
    assert uneven.chosen.accuracy < even.chosen.accuracy


def test_a_threshold_that_keeps_no_verdict_has_no_accuracy():
    judged = JudgedMasks(
        position=np.array([0, 1]), correct=np.array([True, True]), weight=np.array([1.0, 2.0])
    )
    found = certify_judged(judged, np.array([1.0, 1.0, 2.0]), path(), Guarantee(target=TARGET))

    assert (found.tried[0].accuracy, found.tried[0].n_effective, found.tried[0].p_value) == (None, 0.0, 1.0)
