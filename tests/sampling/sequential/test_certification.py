"""Certifying a target: SHANGRLA's values, the error rate on the boundary, and what may be read when."""

import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from sampling.design.blocks import block_numbers
from sampling.errors import DesignError
from sampling.sequential.certification import Bet, anytime_p_values, certify
from sampling.sequential.expectation import Scenario, simulated_reviews
from sampling.sequential.reading import GoalState, OrderedReview, Outcome, ReadBlocks, read_blocks

ALPHA = tomllib.loads((Path(__file__).parents[2] / "reference" / "alpha.toml").read_text())["tests"]
SEVEN_TWO_ONE = (1400, 400, 200)
BY_ENTITY = (18_000.0, 8_500.0, 2_030_000.0)


def one_by_one(is_correct, *, size=1):
    """A review of one stratum in blocks of a size."""
    outcome = np.asarray(is_correct, dtype=int)
    block = np.arange(outcome.size) // size
    return OrderedReview(block=block, stratum=0 * block, outcome=outcome, weights=np.ones(1))


def with_correct(read: ReadBlocks, accuracies, *, n_reviews, seed):
    """Many reviews of the same counted units."""
    rng = np.random.default_rng(seed)
    return replace(
        read, n_correct=rng.binomial(read.n_counted, accuracies, size=(n_reviews, *read.n_counted.shape))
    )


def falsely_certified(read, *, confidence=0.95, accuracies):
    """(R,) which reviews ever certify the very accuracy of the mix; 1e-12 above, for sums that round down."""
    target = float(read.weights @ np.array(accuracies)) + 1e-12
    return anytime_p_values(read, target=target)[:, -1] <= 1 - confidence


def assert_at_most(share, events):
    assert binomtest(int(events.sum()), events.size, share, alternative="greater").pvalue > 1e-4


@pytest.mark.parametrize("case", ALPHA, ids=lambda case: f"n {case['n']} every {case['every']}")
def test_unit_by_unit_it_is_shangrlas_alpha_with_shrink_trunc(case):
    is_correct = np.arange(case["n"]) % case["every"] != case["wrong_at"]
    bet = Bet(hoped_for=case["hoped_for"], patience=case["patience"])

    for n, p_value in ((case["n"], case["p_value"]), (50, case["p_after_50"])):
        found = certify(one_by_one(is_correct[:n]), target=case["target"], bet=bet)
        assert found.p_value == pytest.approx(p_value, rel=1e-10)


@pytest.mark.peer
def test_shangrla_itself_agrees_on_random_reviews():
    peer = pytest.importorskip("NonnegMean", reason="shangrla/core of SHANGRLA is not on the path").NonnegMean
    rng = np.random.default_rng(7)
    for accuracy in (0.7, 0.85, 0.9, 0.95, 0.99):
        x = (rng.random(500) < accuracy).astype(float)
        test = peer(
            test=peer.alpha_mart, estim=peer.shrink_trunc, u=1, N=np.inf, t=0.9, eta=0.95, d=200, c=0.025
        )
        assert certify(one_by_one(x), target=0.9).p_value == pytest.approx(test.test(x)[0], rel=1e-8)


@pytest.mark.parametrize(
    ("sizes", "weights", "accuracies"),
    [
        (SEVEN_TWO_ONE, (), (0.93, 0.82, 0.85)),
        (SEVEN_TWO_ONE, (), (0.9, 0.9, 0.9)),
        (SEVEN_TWO_ONE, (), (6 / 7, 1.0, 1.0)),
        (SEVEN_TWO_ONE, (), (1.0, 0.5, 1.0)),
        ((1401, 399, 200), (), (0.93, 0.82, 0.85)),
        ((5, 100, 900), (), (0.2, 0.9, 0.9)),
        (SEVEN_TWO_ONE, BY_ENTITY, (0.95, 0.8, 0.9)),
        ((100, 1000), (1.0, 1.0), (0.8, 1.0)),
        ((100, 1000), (1.0, 1.0), (1.0, 0.8)),
    ],
)
def test_what_is_not_so_is_certified_in_at_most_5_percent(sizes, weights, accuracies):
    read = simulated_reviews(
        Scenario(sizes=sizes, weights=weights, accuracies=accuracies, n_reviews=1_000), seed=11
    )

    assert_at_most(0.05, falsely_certified(read, accuracies=accuracies))


@pytest.mark.slow
@pytest.mark.parametrize("confidence", [0.9, 0.95, 0.99])
@pytest.mark.parametrize("mix", [0.5, 0.8, 0.9, 0.97, 0.99])
def test_the_error_rate_holds_for_every_target_and_confidence(mix, confidence):
    for seed, spread in enumerate((0.0, 0.5, 1.0)):
        accuracies = (mix + spread * (1 - mix) * 2 / 7, mix - spread * (1 - mix), mix)
        scenario = Scenario(sizes=(700, 200, 100), accuracies=accuracies, n_reviews=12_000)
        read = simulated_reviews(scenario, seed=seed)
        assert_at_most(1 - confidence, falsely_certified(read, confidence=confidence, accuracies=accuracies))


@pytest.mark.parametrize("undecided", [(0.02, 0.05, 0.3), (0.5, 0.1, 0.6)])
def test_the_error_rate_holds_where_units_cannot_be_decided(undecided):
    order = block_numbers({"entity": 1400, "query": 400, "wiki": 200})
    stratum = np.repeat(np.arange(3), SEVEN_TWO_ONE)
    rng = np.random.default_rng(5)
    outcome = np.where(rng.random(2000) < np.array(undecided)[stratum], Outcome.UNDECIDED, Outcome.RIGHT)
    read = read_blocks(
        OrderedReview(
            block=np.concatenate(list(order.values())),
            stratum=stratum,
            outcome=outcome,
            weights=np.array(SEVEN_TWO_ONE, dtype=float),
        )
    )
    accuracies = (0.93, 0.82, 0.85)

    assert read.last_block.size < read.n_blocks
    assert_at_most(
        0.05,
        falsely_certified(with_correct(read, accuracies, n_reviews=1_000, seed=6), accuracies=accuracies),
    )


@pytest.mark.slow
def test_a_small_stratum_read_to_its_end_is_certified_no_more_often():
    order = np.random.default_rng(8).permuted(np.tile(np.arange(400) < 360, (6_000, 1)), axis=1)
    read = replace(
        read_blocks(one_by_one(np.ones(400), size=10)),
        n_correct=order.reshape(6_000, 40, 10).sum(axis=2)[..., None],
    )

    assert_at_most(0.05, falsely_certified(read, accuracies=(0.9,)))


def test_it_is_certified_at_the_first_block_that_suffices_and_stays_so():
    good_then_bad = [True] * 100 + [False] * 100
    found = certify(one_by_one(good_then_bad, size=10), target=0.9)
    early = certify(one_by_one(good_then_bad[:60], size=10), target=0.9)

    assert found.state is GoalState.REACHED
    assert (found.certified_at_block, found.n_counted_when_certified) == (5, 60)
    assert (early.certified_at_block, early.n_counted_when_certified) == (5, 60)
    assert found.p_value <= early.p_value <= 0.05


def test_what_lies_behind_a_pending_unit_does_not_count():
    outcomes = np.ones(200, dtype=int)
    outcomes[35] = Outcome.PENDING
    found = certify(one_by_one(outcomes, size=10), target=0.9)

    assert (found.state, found.n_blocks_read, found.n_blocks, found.n_counted) == (
        GoalState.GOING_ON,
        3,
        20,
        30,
    )
    assert found.p_value > 0.05


def test_a_sample_read_to_its_end_may_certify_nothing():
    found = certify(one_by_one(np.arange(200) % 10 > 0, size=10), target=0.9)

    assert (found.state, found.certified_at_block) == (GoalState.EXHAUSTED, None)
    assert found.p_value > 0.05


def test_all_wrong_and_nothing_decided_are_p_1():
    assert certify(one_by_one(np.zeros(100), size=10), target=0.9).p_value == 1
    assert certify(one_by_one(np.full(100, Outcome.UNDECIDED), size=10), target=0.9).p_value == 1


@given(is_correct=st.lists(st.booleans(), min_size=1, max_size=80), target=st.floats(0.01, 0.99))
def test_a_p_value_is_one_and_never_rises(is_correct, target):
    p_values = anytime_p_values(read_blocks(one_by_one(is_correct, size=4)), target=target)

    assert ((p_values > 0) & (p_values <= 1)).all()
    assert (np.diff(p_values) <= 0).all()


@pytest.mark.parametrize("target", [0, 1, -0.2, 1.5, float("nan")])
def test_a_target_outside_0_and_1_is_refused(target):
    with pytest.raises(DesignError, match=f"^target is {target}"):
        certify(one_by_one([True]), target=target)


def test_a_bet_that_hopes_for_no_more_than_the_target_is_refused():
    with pytest.raises(DesignError, match=r"^the bet hopes for 0.9 and the target is 0.9"):
        certify(one_by_one([True]), target=0.9, bet=Bet(hoped_for=0.9))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [({"hoped_for": 1.0}, "^hoped_for is 1.0"), ({"hoped_for": 0.95, "patience": 0.0}, "^patience is 0.0")],
)
def test_a_bet_outside_its_range_is_refused(arguments, message):
    with pytest.raises(DesignError, match=message):
        Bet(**arguments)


def test_a_stratum_that_cannot_be_decided_is_named_where_nothing_is_read():
    stratum = np.arange(40) % 2
    outcome = np.where(stratum == 1, Outcome.UNDECIDED, Outcome.RIGHT)
    review = OrderedReview(block=np.arange(40) // 10, stratum=stratum, outcome=outcome, weights=np.ones(2))
    found = certify(review, target=0.9)

    assert (found.state, found.n_counted) == (GoalState.EXHAUSTED, 0)
    assert found.why_unread == "no unit of stratum 1 in the 4 complete blocks can be decided"
    assert certify(one_by_one([1, 1]), target=0.9).why_unread is None
