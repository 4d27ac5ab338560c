"""Boxes: what they hold, how unknown values stand, and nested boxes as thresholds of a score."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling.errors import DesignError
from sampling.thresholds.boxes import Bound, Box, Direction, NestedBoxes, towards_kept

BOTH = (Direction.AT_LEAST, Direction.AT_MOST)


def nested(draw_bounds) -> NestedBoxes:
    lower = np.sort(np.array(draw_bounds, dtype=float).reshape(-1, 2), axis=0)[::-1]
    return NestedBoxes(directions=BOTH, lower=np.vstack([lower, [-np.inf, -np.inf]]))


values = st.sampled_from([-2.0, -1.0, 0.0, 1.0, 2.0, float("nan")])


@given(
    features=st.lists(st.tuples(values, values), min_size=1, max_size=30),
    bounds=st.lists(st.tuples(st.integers(-2, 2), st.integers(-2, 2)), min_size=1, max_size=5),
)
def test_the_masks_of_a_box_are_those_of_its_score(features, bounds):
    table, boxes = np.array(features), nested(bounds)
    scores = boxes.scores(table)

    for threshold in range(1, len(boxes.lower) + 1):
        assert (boxes.box(threshold).holds(table) == (scores >= threshold)).all()


def test_a_mask_whose_bounded_feature_is_unknown_is_outside():
    features = np.array([[np.nan, 0.0], [1.0, np.nan], [1.0, 0.0]])
    box = Box(bounds=(Bound(feature=0, direction=Direction.AT_LEAST, value=0.5),))

    assert box.holds(features).tolist() == [False, True, True]
    assert Box(bounds=()).holds(features).all()


def test_at_most_is_at_least_turned_round():
    boxes = NestedBoxes(directions=(Direction.AT_MOST,), lower=np.array([[-0.25]]))

    assert boxes.box(1).bounds == (Bound(feature=0, direction=Direction.AT_MOST, value=0.25),)
    assert boxes.scores(np.array([[0.25], [0.26], [np.nan]])).tolist() == [1, 0, 0]


@pytest.mark.parametrize(
    ("lower", "message"),
    [
        ([[0.5, 0.1], [0.4, 0.2]], "^a box does not lie within the next"),
        ([[0.5]], "do not match"),
        (np.zeros((0, 2)), "do not match"),
        ([[np.nan, 0.0]], "^a bound is no number"),
        ([[np.inf, 0.0]], "^a bound is no number"),
    ],
)
def test_boxes_that_are_no_path_are_refused(lower, message):
    with pytest.raises(DesignError, match=message):
        NestedBoxes(directions=BOTH, lower=np.array(lower))


@pytest.mark.parametrize("threshold", [0, 3, 1.5])
def test_a_threshold_that_no_box_has_is_refused(threshold):
    with pytest.raises(DesignError, match="give a whole number from 1 to 2"):
        nested([(0, 0)]).box(threshold)


def test_infinite_features_and_missing_columns_are_refused():
    with pytest.raises(DesignError, match="^a feature is infinite"):
        towards_kept(np.array([[np.inf]]), (Direction.AT_LEAST,))
    with pytest.raises(DesignError, match="give one per column"):
        towards_kept(np.zeros((3, 2)), (Direction.AT_LEAST,))
