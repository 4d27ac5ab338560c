"""Stopping at a width: the states, what is read, and the coverage over stratified blocks."""

import numpy as np
import pytest
from scipy.stats import binomtest

from sampling.errors import DesignError
from sampling.estimation.estimate import IntervalMethod
from sampling.sequential.expectation import Scenario, simulated_reviews
from sampling.sequential.fixed_width import WidthRule, estimate_to_width
from sampling.sequential.reading import GoalState, OrderedReview, Outcome

MIXES = [
    ((1400, 400, 200), ()),
    ((1401, 399, 200), ()),
    ((666, 667, 667), ()),
    ((5, 100, 900), ()),
    ((1400, 400, 200), (18_000.0, 8_500.0, 2_030_000.0)),
    ((960, 286, 754), (5_176_000.0, 40_800.0, 1_970_000.0)),
    ((666, 667, 667), (0.7, 0.2, 0.1)),
]
ACCURACIES = [
    (0.967, 0.897, 0.941),
    (0.93, 0.82, 0.85),
    (0.9, 1.0, 1.0),
    (1.0, 1.0, 0.9),
    (0.7, 0.5, 0.9),
    (0.997, 0.997, 0.997),
]


def review_of(outcomes, *, size=10):
    outcome = np.asarray(outcomes, dtype=int)
    block = np.arange(outcome.size) // size
    return OrderedReview(block=block, stratum=0 * block, outcome=outcome, weights=np.ones(1))


def covered(scenario, rule, *, seed):
    """(R,) whether the interval, at its width or at the end of the sample, holds the accuracy of the mix."""
    read = simulated_reviews(scenario, seed=seed)
    course = rule.follow(read)
    reached = rule.is_reached(course)
    last = np.where(reached.any(axis=-1), reached.argmax(axis=-1), reached.shape[-1] - 1)
    truth = float(read.weights @ np.array(scenario.accuracies))
    row = np.arange(last.size)
    return (course.low[row, last] <= truth) & (truth <= course.high[row, last])


def assert_at_least(share, events):
    assert binomtest(int(events.sum()), events.size, share, alternative="less").pvalue > 1e-4


@pytest.mark.parametrize("accuracies", ACCURACIES[:3])
@pytest.mark.parametrize("mix", MIXES[:4])
def test_the_interval_of_a_mix_covers_where_it_stops(mix, accuracies):
    sizes, weights = mix
    scenario = Scenario(sizes=sizes, weights=weights, accuracies=accuracies, n_reviews=400)

    assert_at_least(0.95, covered(scenario, WidthRule(half_width=0.05), seed=21))


@pytest.mark.slow
@pytest.mark.parametrize("confidence", [0.9, 0.95, 0.99])
@pytest.mark.parametrize("half_width", [0.05, 0.03, 0.02])
@pytest.mark.parametrize("mix", MIXES)
def test_it_covers_for_every_mix_width_and_confidence(mix, half_width, confidence):
    sizes, weights = mix
    rule = WidthRule(half_width=half_width, confidence=confidence)
    for seed, accuracies in enumerate(ACCURACIES):
        scenario = Scenario(sizes=sizes, weights=weights, accuracies=accuracies, n_reviews=1_500)
        assert_at_least(confidence, covered(scenario, rule, seed=seed))


@pytest.mark.soak
@pytest.mark.parametrize("accuracies", [(0.96, 0.92, 0.93), (0.93, 0.82, 0.85), (0.99, 0.99, 0.97)])
def test_it_covers_at_one_point(accuracies):
    scenario = Scenario(sizes=(7000, 2000, 1000), accuracies=accuracies, n_reviews=3_000)

    assert_at_least(0.95, covered(scenario, WidthRule(half_width=0.01), seed=31))


def test_it_stops_at_the_first_block_that_is_narrow_enough_and_reads_no_further():
    good_then_bad = [1] * 100 + [0] * 100
    status = estimate_to_width(review_of(good_then_bad), WidthRule(half_width=0.05))

    assert (status.state, status.reached_at_block) == (GoalState.REACHED, 4)
    assert (status.estimate.value, status.estimate.n, status.estimate.n_eff) == (1, 50, 50)
    interval = status.estimate.interval
    assert (interval.high, interval.confidence, interval.method) == (1, 0.95, IntervalMethod.FIXED_WIDTH)
    assert status.half_width == pytest.approx((1 - interval.low) / 2)
    assert status.half_width <= 0.05


def test_while_it_goes_on_there_is_a_width_and_no_estimate():
    outcomes = np.ones(200, dtype=int)
    outcomes[35] = Outcome.PENDING
    status = estimate_to_width(review_of(outcomes), WidthRule(half_width=0.05))

    assert (status.state, status.estimate) == (GoalState.GOING_ON, None)
    assert (status.n_blocks_read, status.n_blocks, status.reached_at_block) == (3, 20, None)
    assert 0.05 < status.half_width < 0.1


def test_a_sample_too_small_for_the_width_still_gives_its_interval():
    status = estimate_to_width(review_of(np.arange(100) % 10 > 0), WidthRule(half_width=0.02))

    assert status.state is GoalState.EXHAUSTED
    assert (status.estimate.value, status.estimate.n) == (0.9, 100)
    assert status.half_width > 0.02


@pytest.mark.parametrize("outcome", [Outcome.PENDING, Outcome.UNDECIDED])
def test_with_nothing_to_read_there_is_no_width(outcome):
    status = estimate_to_width(review_of([outcome] * 20), WidthRule(half_width=0.05))

    assert (status.estimate, status.half_width) == (None, None)


def test_all_wrong_stops_as_soon_as_all_right():
    right, wrong = (
        estimate_to_width(review_of([x] * 100), WidthRule(half_width=0.05)).estimate for x in (1, 0)
    )

    assert wrong.n == right.n
    assert wrong.interval.low == 0
    assert wrong.interval.high == pytest.approx(1 - right.interval.low)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"half_width": 0}, "^the half width is 0"),
        ({"half_width": 0.2}, "^the half width is 0.2"),
        ({"half_width": float("nan")}, "^the half width is nan"),
        (
            {"confidence": 0.8},
            "^the confidence is 0.8: stopping at a width is calibrated for 0.9, 0.95, 0.99$",
        ),
    ],
)
def test_a_rule_outside_its_range_is_refused(change, message):
    with pytest.raises(DesignError, match=message):
        WidthRule(**({"half_width": 0.05} | change))


def test_a_stratum_that_cannot_be_decided_is_named_where_nothing_is_read():
    stratum = np.arange(40) % 2
    outcome = np.where(stratum == 1, Outcome.UNDECIDED, Outcome.RIGHT)
    review = OrderedReview(block=np.arange(40) // 10, stratum=stratum, outcome=outcome, weights=np.ones(2))
    status = estimate_to_width(review, WidthRule(half_width=0.05))

    assert (status.state, status.estimate) == (GoalState.EXHAUSTED, None)
    assert status.why_unread == "no unit of stratum 1 in the 4 complete blocks can be decided"
    assert estimate_to_width(review_of([1] * 10), WidthRule(half_width=0.05)).why_unread is None
