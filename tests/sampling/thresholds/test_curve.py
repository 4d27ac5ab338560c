"""The curve: coverage is exact, and the band holds for all thresholds at once."""

from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import expit, ndtr, ndtri
from scipy.stats import binom, binomtest

from sampling.errors import DesignError, EstimateError
from sampling.thresholds.boxes import Direction
from sampling.thresholds.curve import accuracy_curve
from sampling.thresholds.judged import JudgedMasks


def evenly(position, correct) -> JudgedMasks:
    return JudgedMasks(position=position, correct=correct, weight=np.ones(len(position)))


NOBODY = evenly(np.zeros(0, int), np.zeros(0, bool))
"""A sample without a verdict."""


def kept(values, threshold, direction):
    return values >= threshold if direction is Direction.AT_LEAST else values <= threshold


@pytest.mark.parametrize("direction", Direction)
def test_coverage_and_counts_are_those_of_the_masks_kept(direction):
    rng = np.random.default_rng(3)
    values = rng.integers(0, 12, 400).astype(float)
    values[:40] = np.nan
    weights = rng.uniform(1, 5, 400)
    judged = JudgedMasks(
        position=rng.integers(0, 400, 150), correct=rng.random(150) < 0.8, weight=rng.uniform(1, 2, 150)
    )
    curve = accuracy_curve(values, judged, direction=direction, weights=weights, n_points=50)

    assert len(curve.points) == 12
    for point in curve.points:
        held = kept(values, point.threshold, direction)
        seen = held[judged.position]
        assert point.coverage == pytest.approx(weights[held].sum() / weights.sum())
        assert (point.n_kept, point.n_errors) == (seen.sum(), np.sum(seen & ~judged.correct))
        assert point.accuracy == pytest.approx(np.average(judged.correct[seen], weights=judged.weight[seen]))
        assert 0 <= point.low <= point.accuracy <= point.high <= 1
    unknown = np.isnan(values)
    assert curve.unknown.share == pytest.approx(weights[unknown].sum() / weights.sum())
    assert curve.unknown.n_verdicts == unknown[judged.position].sum()
    assert curve.unknown.n_errors == np.sum(unknown[judged.position] & ~judged.correct)


@given(
    values=arrays(
        float, st.integers(1, 200), elements=st.one_of(st.just(np.nan), st.integers(0, 9).map(float))
    ),
    weight=st.floats(1e-6, 1e6),
    direction=st.sampled_from(Direction),
)
@settings(deadline=None, max_examples=50)
def test_shares_of_masks_that_weigh_the_same_are_counts_over_counts(values, weight, direction):
    assume(not np.isnan(values).all())
    weights = np.full(values.size, weight)
    curve = accuracy_curve(values, NOBODY, direction=direction, weights=weights, n_points=20)

    assert curve.unknown.share == np.isnan(values).sum() / values.size
    for point in curve.points:
        assert point.coverage == kept(values, point.threshold, direction).sum() / values.size


@given(
    weights=arrays(float, st.integers(1, 200), elements=st.floats(1e-6, 1e6)),
    direction=st.sampled_from(Direction),
)
@settings(deadline=None, max_examples=50)
def test_where_all_values_are_known_the_loosest_threshold_keeps_exactly_all(weights, direction):
    curve = accuracy_curve(np.arange(len(weights)) % 7.0, NOBODY, direction=direction, weights=weights)

    assert (curve.points[-1].coverage, curve.unknown.share) == (1, 0)


def test_turning_values_round_turns_the_curve_round():
    rng = np.random.default_rng(5)
    values, judged = rng.normal(size=300), evenly(rng.integers(0, 300, 90), rng.random(90) < 0.7)
    up = accuracy_curve(values, judged, direction=Direction.AT_LEAST)
    down = accuracy_curve(-values, judged, direction=Direction.AT_MOST)

    assert [(-point.threshold, point.low, point.high) for point in up.points] == [
        (point.threshold, point.low, point.high) for point in down.points
    ]


def test_no_verdict_leaves_everything_open():
    curve = accuracy_curve(np.arange(9.0), NOBODY, direction=Direction.AT_LEAST)

    assert {(point.accuracy, point.low, point.high) for point in curve.points} == {(None, 0.0, 1.0)}


def test_no_error_does_not_make_the_band_certain():
    values = np.arange(1000.0)
    judged = evenly(np.arange(0, 1000, 5), np.ones(200, bool))
    points = accuracy_curve(values, judged, direction=Direction.AT_LEAST).points
    alone = 0.05 ** (1 / 200)

    assert all(point.high == 1 for point in points)
    assert points[-1].low == pytest.approx((0.05 / 64) ** (1 / 200))
    assert points[-1].low < alone
    assert [point.low for point in points] == sorted(point.low for point in points)


@pytest.mark.parametrize(
    "accuracy", [(1, 1, 1, 1), (0, 0, 0, 0), (0.5, 0.5, 0.5, 0.5), (1, 1, 0, 0), (0.9, 0.2, 0.9, 0.6)]
)
@pytest.mark.parametrize("confidence", [0.5, 0.9])
def test_every_sample_of_a_tiny_population_together_covers_enough(accuracy, confidence):
    """All draws of three with replacement and all verdicts on them, by their probabilities."""
    values, chances = np.arange(4.0), np.array(accuracy)
    covered = 0.0
    for position in product(range(4), repeat=3):
        for correct in product([True, False], repeat=3):
            p = np.prod(np.where(correct, chances[list(position)], 1 - chances[list(position)])) / 64
            if p == 0:
                continue
            curve = accuracy_curve(
                values,
                evenly(np.array(position), np.array(correct)),
                direction=Direction.AT_LEAST,
                confidence=confidence,
            )
            covered += p * all(
                point.low - 1e-12 <= chances[int(point.threshold) :].mean() <= point.high + 1e-12
                for point in curve.points
            )

    assert covered >= confidence


def n_missed(values, accuracy, size, n_verdicts, n_replicates) -> int:
    """How often the band misses the truth somewhere; unequal sizes are drawn alike and weigh by size."""
    rng = np.random.default_rng(8)
    missed = 0
    truth = None
    for _ in range(n_replicates):
        position = rng.integers(0, values.size, n_verdicts)
        judged = JudgedMasks(
            position=position, correct=rng.random(n_verdicts) < accuracy[position], weight=size[position]
        )
        points = accuracy_curve(
            values, judged, direction=Direction.AT_LEAST, confidence=0.8, weights=size, n_points=40
        ).points
        if truth is None:
            helds = [values >= point.threshold for point in points]
            truth = [np.average(accuracy[held], weights=size[held]) for held in helds]
        missed += any(
            not point.low - 1e-12 <= true <= point.high + 1e-12
            for point, true in zip(points, truth, strict=True)
        )
    return missed


def laws(n: int = 4000):
    rng = np.random.default_rng(1)
    values, z = rng.normal(size=n), rng.normal(size=n)
    even = np.ones(n)
    yield "no error", values, even, even
    yield "rises", values, expit(1.9 + values), even
    yield "cliff", values, np.where(values > 0, 1.0, 0.3), even
    yield "falls: agreement is not correctness", values, expit(1 - 2 * values), even
    for spread in (0.5, 1.0):
        heavy_are_worse = ndtr(ndtri(0.9) * np.sqrt(1.64) + 0.8 * spread - 0.8 * z + 0.3 * values)
        yield f"weights, spread {spread}", values, heavy_are_worse, np.exp(spread * z)


def test_the_band_holds_in_a_small_simulation():
    _, values, accuracy, size = list(laws())[1]

    assert binom.sf(n_missed(values, accuracy, size, 150, 60) - 1, 60, 0.2) > 1e-4


@pytest.mark.slow
@pytest.mark.parametrize("law", list(laws()), ids=lambda law: law[0])
@pytest.mark.parametrize("n_verdicts", [60, 400])
def test_the_band_holds_at_all_thresholds_at_once(law, n_verdicts):
    _, values, accuracy, size = law
    missed = n_missed(values, accuracy, size, n_verdicts, 250)

    assert binomtest(missed, 250, 0.2, alternative="greater").pvalue > 1e-4


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"values": np.full(3, np.nan)}, "with none known"),
        ({"values": np.zeros((3, 1))}, "give one per mask"),
        ({"values": np.array([0.0, np.inf, 1.0])}, "^a feature is infinite"),
        ({"confidence": 1.0}, "^confidence is 1.0"),
        ({"weights": np.ones(2)}, "weights for"),
        ({"weights": np.array([1.0, 0.0, 1.0])}, "not finite numbers above 0"),
        ({"n_points": 0}, "^0 points show no curve"),
    ],
)
def test_what_makes_no_curve_is_refused(arguments, message):
    wanted = {"values": np.arange(3.0), "judged": evenly(np.array([0]), np.array([True]))} | arguments
    with pytest.raises(DesignError, match=message):
        accuracy_curve(direction=Direction.AT_LEAST, **wanted)


def test_a_verdict_on_another_population_is_refused():
    with pytest.raises(EstimateError, match="^a verdict is on mask 7"):
        accuracy_curve(np.arange(3.0), evenly(np.array([7]), np.array([True])), direction=Direction.AT_MOST)
