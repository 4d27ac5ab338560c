"""Scales hold every number between round ends."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.figures.figure import Measure, Scale
from reports.figures.scales import scale_of


@given(
    st.lists(st.none() | st.integers(0, 10**12), max_size=20),
    st.sampled_from(Scale),
)
def test_every_count_lies_on_the_scale_and_larger_ones_farther(values, scale):
    made = scale_of(values, Measure.COUNT, scale)
    known = sorted(value for value in values if value is not None)
    places = [made.place(value) for value in known]
    assert places == sorted(places)
    assert all(0 <= place <= 1 + 1e-9 for place in places)
    assert len(made.ticks) <= 10
    assert all(tick == int(tick) for tick in made.ticks)


@given(st.lists(st.none() | st.floats(0, 1), max_size=20))
def test_an_axis_of_shares_never_passes_all(values):
    assert scale_of(values, Measure.SHARE, Scale.LINEAR).high <= 1


def test_shares_on_decades_begin_at_the_decade_of_the_smallest():
    made = scale_of((0.02, 0.5), Measure.SHARE, Scale.LOG)
    assert (made.low, made.high) == (pytest.approx(0.01), pytest.approx(1))
