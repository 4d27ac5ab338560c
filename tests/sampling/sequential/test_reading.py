"""What may be read of a review that is under way."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling.errors import DesignError
from sampling.sequential.reading import GoalState, OrderedReview, Outcome, read_blocks, why_nothing_is_read

W, R, U, P = Outcome.WRONG, Outcome.RIGHT, Outcome.UNDECIDED, Outcome.PENDING


def review(*blocks, weights=(1.0, 1.0)):
    """Each block a list of lists: the outcomes of its units, stratum by stratum."""
    rows = [
        (number, stratum, outcome)
        for number, strata in enumerate(blocks)
        for stratum, outcomes in enumerate(strata)
        for outcome in outcomes
    ]
    block, stratum, outcome = np.array(rows).T
    return OrderedReview(block=block, stratum=stratum, outcome=outcome, weights=np.array(weights))


def test_complete_blocks_are_counted_by_stratum():
    read = read_blocks(review([[R, W, R], [R]], [[W, W], [W, R]]))

    assert read.n_counted.tolist() == [[3, 1], [2, 2]]
    assert read.n_correct.tolist() == [[2, 1], [0, 1]]
    assert (read.n_blocks_read, read.n_blocks, read.is_exhausted) == (2, 2, True)


def test_nothing_is_read_from_the_first_pending_unit_on():
    read = read_blocks(review([[R], [R]], [[R, P], [R]], [[R], [R]]))

    assert read.n_counted.tolist() == [[1, 1]]
    assert (read.n_blocks_read, read.n_blocks, read.is_exhausted) == (1, 3, False)


def test_undecided_units_are_left_out():
    assert read_blocks(review([[R, U, W], [U, R]])).n_counted.tolist() == [[2, 1]]


def test_a_block_without_a_counted_unit_of_a_stratum_is_read_with_the_next():
    read = read_blocks(review([[R], [U]], [[W], [R]], [[R], [W]]))

    assert read.n_counted.tolist() == [[2, 1], [1, 1]]
    assert read.n_correct.tolist() == [[1, 1], [1, 0]]
    assert read.last_block.tolist() == [1, 2]


def test_blocks_at_the_end_that_lack_a_stratum_stay_unread():
    read = read_blocks(review([[R], [R]], [[R], [U]]))

    assert (read.n_counted.tolist(), read.n_blocks_read, read.is_exhausted) == ([[1, 1]], 1, True)


@pytest.mark.parametrize("outcome", [U, P])
def test_a_review_may_have_nothing_to_read(outcome):
    read = read_blocks(review([[outcome], [outcome]]))

    assert (read.n_counted.shape, read.n_blocks_read) == ((0, 2), 0)
    assert read.state(None) is (GoalState.GOING_ON if outcome is P else GoalState.EXHAUSTED)


def test_weights_may_be_sizes():
    assert read_blocks(review([[R], [R]], weights=(300.0, 100.0))).weights.tolist() == [0.75, 0.25]


@given(outcomes=st.lists(st.sampled_from(Outcome), min_size=6, max_size=60), seed=st.integers(0, 9))
def test_the_order_of_the_rows_says_nothing(outcomes, seed):
    n = len(outcomes) // 6 * 6
    ordered = OrderedReview(
        block=np.arange(n) // 6,
        stratum=np.arange(n) % 2,
        outcome=np.array(outcomes[:n], dtype=int),
        weights=np.ones(2),
    )
    shuffled = np.random.default_rng(seed).permutation(n)
    one = read_blocks(ordered)
    other = read_blocks(
        OrderedReview(
            block=ordered.block[shuffled],
            stratum=ordered.stratum[shuffled],
            outcome=ordered.outcome[shuffled],
            weights=ordered.weights,
        )
    )

    assert one.n_counted.tolist() == other.n_counted.tolist()
    assert one.n_correct.tolist() == other.n_correct.tolist()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"block": np.array([0])}, "^the review has 1 blocks, 2 strata and 2 outcomes"),
        ({"block": np.array([0, 2])}, "^block 1 of 3 has no unit"),
        ({"block": np.array([-1, 0])}, "^block holds -1: give codes of at least 0"),
        (
            {"stratum": np.array([0, 2])},
            "^the units have stratum numbers from 0 to 2: number them from 0 to 1",
        ),
        ({"stratum": np.array([0, 0])}, "^stratum 1 of 2 has no unit"),
        ({"outcome": np.array([0, 4])}, "^an outcome is not WRONG"),
        ({"weights": np.array([1.0, 0.0])}, "weights of strata are not finite numbers above 0"),
        ({"weights": np.array([1.0, np.nan])}, "weights of strata are not finite numbers above 0"),
    ],
)
def test_arrays_that_are_no_review_are_refused(change, message):
    arrays = {
        "block": np.array([0, 0]),
        "stratum": np.array([0, 1]),
        "outcome": np.array([1, 1]),
        "weights": np.ones(2),
    }
    with pytest.raises(DesignError, match=message):
        OrderedReview(**(arrays | change))


def test_a_review_without_units_is_refused():
    nothing = np.array([], dtype=int)
    with pytest.raises(DesignError, match="at least one unit"):
        OrderedReview(block=nothing, stratum=nothing, outcome=nothing, weights=np.ones(1))


@pytest.mark.parametrize("dtype", [np.uint8, np.int8])
def test_small_numbers_of_blocks_do_not_overflow(dtype):
    """Block 99 of 5 strata has its counts in cell 495, beyond 8 bits."""
    units = np.arange(1000)
    arrays = {"block": units // 10, "stratum": units % 5, "outcome": (units < 300).astype(int)}
    wide = read_blocks(OrderedReview(**arrays, weights=np.ones(5)))
    small = read_blocks(
        OrderedReview(
            **{name: array.astype(dtype) for name, array in arrays.items()}, weights=np.ones(5, np.uint8)
        )
    )

    assert small.n_counted.tolist() == wide.n_counted.tolist()
    assert small.n_correct.tolist() == wide.n_correct.tolist()


@pytest.mark.parametrize("name", ["block", "stratum", "outcome"])
@pytest.mark.parametrize("array", [np.zeros(2), np.zeros((2, 1), int)])
def test_numbers_that_are_no_row_of_integers_are_refused(name, array):
    arrays = {"block": np.zeros(2, int), "stratum": np.zeros(2, int), "outcome": np.ones(2, int)}

    with pytest.raises(DesignError, match=f"^{name} h"):
        OrderedReview(**arrays | {name: array}, weights=np.ones(1))


def test_why_nothing_is_read_names_the_stratum_that_cannot_be_decided():
    assert why_nothing_is_read(review([[R, P], [R]])) == "no block has been reviewed to its end"
    assert why_nothing_is_read(review([[R], [U]], [[R], [U]], [[R], [P]])) == (
        "no unit of stratum 1 in the 2 complete blocks can be decided"
    )
