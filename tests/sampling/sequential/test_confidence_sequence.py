"""The interval that may be looked at at every moment."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from sampling.design.blocks import block_numbers
from sampling.errors import DesignError
from sampling.estimation.estimate import IntervalMethod, NoEstimate
from sampling.estimation.intervals import wilson_interval
from sampling.sequential.confidence_sequence import (
    FROM_ABOVE,
    FROM_BELOW,
    confidence_sequence,
    log_wealth_against,
    mirrored,
)
from sampling.sequential.expectation import Scenario, simulated_reviews
from sampling.sequential.reading import OrderedReview, Outcome, read_blocks


def review_of(outcomes, *, sizes=None, weights=None):
    """A review in the stored order of its strata; one stratum unless sizes are given."""
    sizes = sizes or (len(outcomes),)
    order = block_numbers({str(stratum): n_h for stratum, n_h in enumerate(sizes)})
    return OrderedReview(
        block=np.concatenate(list(order.values())),
        stratum=np.repeat(np.arange(len(sizes)), sizes),
        outcome=np.asarray(outcomes, dtype=int),
        weights=np.array(weights or sizes, dtype=float),
    )


def ever_wrong(scenario, *, confidence=0.95, seed):
    """(R,) whether the accuracy of the mix is ever outside the interval."""
    read = simulated_reviews(scenario, seed=seed)
    truth = float(read.weights @ np.array(scenario.accuracies))
    needed = np.log(2 / (1 - confidence))
    below = log_wealth_against(read, truth, FROM_BELOW).max(axis=-1) >= needed
    above = log_wealth_against(mirrored(read), 1 - truth, FROM_ABOVE).max(axis=-1) >= needed
    return below | above


def assert_at_most(share, events):
    assert binomtest(int(events.sum()), events.size, share, alternative="greater").pvalue > 1e-4


@pytest.mark.parametrize(
    ("sizes", "weights", "accuracies"),
    [
        ((600,), (), (0.9,)),
        ((350, 100, 50), (), (0.93, 0.82, 0.85)),
        ((350, 100, 50), (0.01, 0.01, 0.98), (0.95, 0.9, 0.95)),
        ((50, 500), (1.0, 1.0), (0.8, 0.99)),
    ],
)
def test_it_is_ever_wrong_in_at_most_5_percent(sizes, weights, accuracies):
    scenario = Scenario(sizes=sizes, weights=weights, accuracies=accuracies, n_reviews=300)

    assert_at_most(0.05, ever_wrong(scenario, seed=41))


@pytest.mark.slow
@pytest.mark.parametrize("confidence", [0.8, 0.95])
@pytest.mark.parametrize("mix", [0.5, 0.9, 0.97])
def test_it_is_ever_wrong_as_rarely_as_stated(mix, confidence):
    for seed, spread in enumerate((0.0, 1.0)):
        accuracies = (mix + spread * (1 - mix) * 2 / 7, mix - spread * (1 - mix), mix)
        scenario = Scenario(sizes=(700, 200, 100), accuracies=accuracies, n_reviews=1_200)
        assert_at_most(1 - confidence, ever_wrong(scenario, confidence=confidence, seed=seed))


@settings(deadline=None, max_examples=40)
@given(
    outcomes=st.lists(
        st.sampled_from([Outcome.WRONG, Outcome.RIGHT, Outcome.UNDECIDED]), min_size=40, max_size=40
    ),
    weights=st.tuples(st.floats(0.05, 1), st.floats(0.05, 1)),
)
def test_the_limits_are_where_the_wealth_crosses(outcomes, weights):
    review = review_of(outcomes, sizes=(30, 10), weights=weights)
    now = confidence_sequence(review)
    if isinstance(now, NoEstimate):
        assert read_blocks(review).last_block.size == 0
        return
    read = read_blocks(review)
    low, high = now.interval.low, now.interval.high

    assert 0 <= low <= now.value <= high <= 1
    for t in (low * 0.999, low / 2):
        assert t == 0 or log_wealth_against(read, t, FROM_BELOW)[-1] >= np.log(40) - 1e-6
    if low < now.value - 1e-6:
        assert log_wealth_against(read, low + 1e-6, FROM_BELOW)[-1] < np.log(40)
    for s in ((1 - high) * 0.999, (1 - high) / 2):
        assert s == 0 or log_wealth_against(mirrored(read), s, FROM_ABOVE)[-1] >= np.log(40) - 1e-6


@pytest.mark.parametrize("accuracy", [0.7, 0.8, 0.9, 0.95, 0.98])
@pytest.mark.parametrize("n", [100, 400, 2000])
def test_it_is_at_most_17_tenths_as_wide_as_wilsons(accuracy, n):
    is_correct = np.random.default_rng(1).permutation(np.arange(n) < round(accuracy * n))
    one = confidence_sequence(review_of(is_correct)).interval
    wilson = wilson_interval(int(is_correct.sum()), n)

    assert 1.3 < (one.high - one.low) / (wilson.high - wilson.low) < 1.72


def test_strata_in_their_shares_cost_no_width():
    is_correct = np.arange(2000) % 20 > 0
    pooled = confidence_sequence(review_of(is_correct)).interval
    stratified = confidence_sequence(review_of(is_correct, sizes=(1400, 400, 200))).interval

    assert (stratified.low, stratified.high) == pytest.approx((pooled.low, pooled.high), abs=1e-8)


def test_all_right_and_all_wrong_reach_1_and_0():
    right = confidence_sequence(review_of(np.ones(200)))
    wrong = confidence_sequence(review_of(np.zeros(200)))

    assert (right.value, right.interval.high, right.interval.method) == (
        1,
        1,
        IntervalMethod.CONFIDENCE_SEQUENCE,
    )
    assert 0.95 < right.interval.low < 1
    assert (wrong.value, wrong.interval.low) == (0, 0)
    assert 0 < wrong.interval.high < 0.25


def test_more_confidence_is_wider():
    review = review_of(np.arange(200) % 10 > 0)
    narrow, wide = (confidence_sequence(review, confidence=c).interval for c in (0.8, 0.99))

    assert wide.low < narrow.low < narrow.high < wide.high


def test_before_the_first_block_there_is_nothing_to_show():
    outcomes = np.full(40, Outcome.RIGHT)
    outcomes[0] = Outcome.PENDING

    assert confidence_sequence(review_of(outcomes)) == NoEstimate(
        reason="no block has been reviewed to its end"
    )


def test_what_lies_behind_a_pending_unit_is_not_shown():
    outcomes = np.array([1] * 35 + [Outcome.PENDING] + [0] * 64)

    assert confidence_sequence(review_of(outcomes)).n == 30
    assert confidence_sequence(review_of(outcomes)).value == 1


@pytest.mark.parametrize("confidence", [0, 1, float("nan")])
def test_a_confidence_outside_0_and_1_is_refused(confidence):
    with pytest.raises(DesignError, match=f"^confidence is {confidence}"):
        confidence_sequence(review_of([1] * 20), confidence=confidence)


def test_a_stratum_that_cannot_be_decided_is_named():
    stratum = np.arange(40) % 2
    outcome = np.where(stratum == 1, Outcome.UNDECIDED, Outcome.RIGHT)
    review = OrderedReview(block=np.arange(40) // 10, stratum=stratum, outcome=outcome, weights=np.ones(2))

    assert confidence_sequence(review) == NoEstimate(
        reason="no unit of stratum 1 in the 4 complete blocks can be decided"
    )
