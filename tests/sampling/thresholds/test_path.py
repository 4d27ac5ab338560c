"""Paths of thresholds: fixed by scores alone, ties kept together, boxes as a score."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling.errors import DesignError
from sampling.thresholds.kept import Guarantee, needed_kept
from sampling.thresholds.path import ThresholdPath, learning_part, threshold_path

GOAL = Guarantee(target=0.95)

score_lists = st.lists(st.integers(-20, 20).map(float), min_size=1, max_size=200)


@given(scores=score_lists, n_verdicts=st.integers(1, 5000), n_starts=st.integers(1, 5))
def test_a_path_falls_to_the_lowest_score_and_its_budgets_make_1(scores, n_verdicts, n_starts):
    array = np.array(scores)
    path = threshold_path(array, GOAL, n_verdicts=n_verdicts, n_starts=n_starts, n_steps=20)

    assert path.thresholds[-1] == array.min()
    assert path.shares[-1] == 1
    assert path.shares.tolist() == [np.mean(array >= threshold) for threshold in path.thresholds]
    assert path.budgets.sum() == pytest.approx(1)


def test_the_strictest_threshold_keeps_what_a_start_can_be_certified_on():
    scores = np.random.default_rng(1).permutation(100_000).astype(np.float64)
    path = threshold_path(scores, GOAL, n_verdicts=1000, n_starts=5)
    needed = needed_kept(1, Guarantee(target=0.95, confidence=0.99))

    assert path.shares[0] * 1000 == pytest.approx(needed, abs=0.01)
    assert np.flatnonzero(path.budgets).tolist() == [0, 10, 20, 30, 40]


def test_too_few_verdicts_leave_one_threshold():
    path = threshold_path(np.arange(50.0), GOAL, n_verdicts=10)

    assert (path.thresholds.tolist(), path.shares.tolist(), path.budgets.tolist()) == ([0], [1], [1])


def test_equal_scores_are_kept_together():
    path = threshold_path(np.repeat([3.0, 2.0, 1.0], 1000), GOAL, n_verdicts=3000)

    assert path.thresholds.tolist() == [3, 2, 1]
    assert path.shares == pytest.approx([1 / 3, 2 / 3, 1])


def test_the_learning_part_is_a_seeded_share():
    parts = [learning_part(600, 1 / 3, np.random.default_rng(seed)) for seed in (1, 1, 2)]

    assert [part.sum() for part in parts] == [200] * 3
    assert (parts[0] == parts[1]).all()
    assert (parts[0] != parts[2]).any()
    assert learning_part(2, 0.01, np.random.default_rng(1)).sum() == 1
    assert learning_part(2, 0.99, np.random.default_rng(1)).sum() == 1


@pytest.mark.parametrize(("n", "share"), [(1, 0.5), (100, 0.0), (100, 1.0)])
def test_a_part_that_leaves_nothing_is_refused(n, share):
    with pytest.raises(DesignError):
        learning_part(n, share, np.random.default_rng(1))


@pytest.mark.parametrize("scores", [[], [np.nan], [np.inf, 1.0], [[1.0]]])
def test_scores_that_are_none_are_refused(scores):
    with pytest.raises(DesignError, match="^scores must be finite"):
        threshold_path(np.array(scores), GOAL, n_verdicts=100)


@pytest.mark.parametrize("sizes", [(0, 1, 5), (10, 0, 5), (10, 6, 5)])
def test_sizes_that_make_no_path_are_refused(sizes):
    n_verdicts, n_starts, n_steps = sizes
    with pytest.raises(DesignError, match="make no path"):
        threshold_path(np.arange(9.0), GOAL, n_verdicts=n_verdicts, n_starts=n_starts, n_steps=n_steps)


@pytest.mark.parametrize(
    ("thresholds", "shares", "budgets", "message"),
    [
        ([], [], [], "at least one threshold"),
        ([1, 2], [0.5, 1], [1, 0], "below the one before"),
        ([2, 1], [1], [1, 0], "one share and one budget"),
        ([2, 1], [0.5, 1], [0.5, 0.6], "budgets add up to 1.1"),
        ([2, 1], [0.5, 1], [-1, 2], "budgets"),
    ],
)
def test_paths_that_are_none_are_refused(thresholds, shares, budgets, message):
    with pytest.raises(DesignError, match=message):
        ThresholdPath(
            thresholds=np.array(thresholds, dtype=float),
            shares=np.array(shares, dtype=float),
            budgets=np.array(budgets, dtype=float),
        )


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"thresholds": [np.nan]}, r"the thresholds are \[nan\]: give finite numbers"),
        ({"shares": [5.0]}, r"the shares are \[5\.\]: give numbers from 0 to 1"),
        ({"shares": [np.nan]}, r"the shares are \[nan\]"),
        ({"budgets": [np.nan]}, "the budgets add up to nan"),
    ],
)
def test_a_path_of_what_is_no_number_is_refused(arrays, message):
    given = {"thresholds": [0.5], "shares": [1.0], "budgets": [1.0]} | arrays

    with pytest.raises(DesignError, match=f"^{message}"):
        ThresholdPath(**{name: np.array(values) for name, values in given.items()})


def test_scores_of_a_small_type_keep_their_order():
    scores = np.random.default_rng(3).integers(0, 200, 1000)
    small = threshold_path(scores.astype(np.uint8), Guarantee(target=0.9), n_verdicts=400)
    wide = threshold_path(scores.astype(float), Guarantee(target=0.9), n_verdicts=400)

    assert small.thresholds.tolist() == wide.thresholds.tolist()
    assert small.shares.tolist() == wide.shares.tolist()
