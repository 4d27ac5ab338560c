"""Judged masks: one of each per mask, and whether they weigh the same."""

import numpy as np
import pytest

from sampling.errors import DesignError, EstimateError
from sampling.thresholds.judged import JudgedMasks


def judged(position=(0, 1, 2), correct=(True, False, True), weight=(1.0, 1.0, 1.0)) -> JudgedMasks:
    return JudgedMasks(position=np.array(position), correct=np.array(correct), weight=np.array(weight))


def test_a_part_of_them_keeps_what_belongs_together():
    part = judged(weight=(1.0, 2.0, 3.0)).where(np.array([False, True, True]))

    assert (part.n, part.position.tolist(), part.correct.tolist(), part.weight.tolist()) == (
        2,
        [1, 2],
        [False, True],
        [2.0, 3.0],
    )


@pytest.mark.parametrize(("weight", "is_even"), [((7.0, 7.0, 7.0), True), ((1.0, 1.0, 1.001), False)])
def test_weights_are_even_where_they_are_all_the_same(weight, is_even):
    assert judged(weight=weight).is_even is is_even


def test_no_verdict_is_even():
    assert judged(position=np.zeros(0, int), correct=np.zeros(0, bool), weight=np.zeros(0)).is_even


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"weight": (1.0, 1.0)}, "^3 positions, 3 verdicts and 2 weights: give one of each"),
        ({"weight": (1.0, 0.0, 1.0)}, "^1 of 3 weights are not finite numbers above 0"),
        ({"correct": (1, 0, 1)}, "^correct holds int64: give bool"),
        ({"position": (0, -1, 2)}, "^position holds -1"),
    ],
)
def test_verdicts_that_are_none_are_refused(parts, message):
    with pytest.raises(DesignError, match=message):
        judged(**parts)


def test_a_mask_outside_the_population_is_refused():
    judged().check_within(3)
    with pytest.raises(EstimateError, match="^a verdict is on mask 2 of a population of 2"):
        judged().check_within(2)
