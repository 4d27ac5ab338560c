"""Counts: how each enters a figure, and that they add up."""

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling.errors import EstimateError
from sampling.estimation.accuracy import sample_accuracy
from sampling.estimation.estimate import Bounds, Estimate, NoEstimate, VerdictCounts, accuracy_bounds

PARTS = [field.name for field in fields(VerdictCounts) if field.name != "n_units"]

counts_of_units = st.fixed_dictionaries({name: st.integers(0, 50) for name in PARTS}).map(
    lambda parts: VerdictCounts(n_units=sum(parts.values()), **parts)
)

MIXED = VerdictCounts(
    n_units=100,
    n_missing=4,
    n_unjudgable=3,
    n_pending=5,
    n_dropped=2,
    n_correct=60,
    n_incorrect=16,
    n_unsure=10,
)


def test_missing_counts_as_incorrect_and_the_undecided_are_left_out():
    assert (MIXED.n_reviewed, MIXED.n_counted, MIXED.n_accepted) == (86, 80, 60)
    assert (MIXED.n_undecided, MIXED.n_covered, MIXED.is_complete) == (13, 98, False)

    accuracy = sample_accuracy(MIXED)

    assert isinstance(accuracy, Estimate)
    assert (accuracy.value, accuracy.n) == (0.75, 80)


def test_the_bounds_call_every_undecided_unit_wrong_and_right():
    assert accuracy_bounds(MIXED) == Bounds(low=60 / 93, high=73 / 93)


def test_bounds_of_nothing_are_refused():
    with pytest.raises(EstimateError, match="no unit is counted or undecided"):
        accuracy_bounds(VerdictCounts(n_units=1, n_pending=1))


@given(counts=counts_of_units.filter(lambda counts: counts.n_correct + counts.n_incorrect > 0))
def test_the_accuracy_lies_within_its_bounds_and_its_interval(counts):
    accuracy = sample_accuracy(counts)
    bounds = accuracy_bounds(counts)

    assert isinstance(accuracy, Estimate)
    assert bounds.low <= accuracy.value <= bounds.high
    assert accuracy.interval.low <= accuracy.value <= accuracy.interval.high


@given(slices=st.lists(counts_of_units))
def test_the_counts_of_slices_add_up(slices):
    total = sum(slices, VerdictCounts())

    for field in fields(VerdictCounts):
        assert getattr(total, field.name) == sum(getattr(part, field.name) for part in slices)
    assert total.n_counted == sum(part.n_counted for part in slices)


@pytest.mark.parametrize("part", PARTS)
def test_a_unit_that_is_counted_nowhere_or_twice_is_refused(part):
    with pytest.raises(EstimateError, match=r"n_units is 3, but .* add up to 2: count every unit once"):
        VerdictCounts(n_units=3, **{part: 2})


def test_negative_counts_are_refused_by_name():
    with pytest.raises(EstimateError, match="n_pending is -1, n_correct is -2: counts are at least 0"):
        VerdictCounts(n_units=0, n_pending=-1, n_correct=-2, n_incorrect=3)


@pytest.mark.parametrize(
    ("counts", "reason"),
    [
        ({}, "there are no units"),
        ({"n_units": 4, "n_dropped": 4}, "no unit is in this setting's population"),
        ({"n_units": 4, "n_dropped": 3, "n_pending": 1}, "nothing has been judged yet"),
        ({"n_units": 4, "n_unsure": 3, "n_pending": 1}, "everything judged so far is unsure or unjudgable"),
        ({"n_units": 4, "n_missing": 3, "n_pending": 1}, "nothing has been judged yet"),
        ({"n_units": 4, "n_unsure": 3, "n_unjudgable": 1}, "every unit is unsure or unjudgable"),
        ({"n_units": 4, "n_unsure": 3, "n_missing": 1}, "every unit that has a mask is unsure or unjudgable"),
    ],
)
def test_where_nothing_counts_the_reason_is_given_instead_of_a_number(counts, reason):
    assert sample_accuracy(VerdictCounts(**counts)) == NoEstimate(reason=reason)
