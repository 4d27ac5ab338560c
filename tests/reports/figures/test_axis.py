"""The geometry of the interval charts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.figures.axis import MOST_INTERVALS, axis_holding, axis_of, whisker_of
from sampling.estimation.estimate import Estimate, VerdictCounts
from tests.reports.builders import setting_of


def settings_of(*counts):
    """Settings of pairs: how many are right, and of how many."""
    return tuple(
        setting_of(f"s{i}", VerdictCounts(n_units=n, n_correct=n_correct, n_incorrect=n - n_correct))
        for i, (n_correct, n) in enumerate(counts)
    )


counts_of_settings = st.lists(
    st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=1, max_size=5
)


@given(counts_of_settings)
def test_every_interval_lies_on_the_axis_in_its_order(counts):
    settings = settings_of(*counts)
    axis = axis_of(settings)

    assert 0 <= axis.low < axis.high <= 1
    assert (axis.ticks[0], axis.ticks[-1]) == (axis.low, axis.high)
    assert len(axis.ticks) <= MOST_INTERVALS + 1
    for setting in settings:
        whisker = whisker_of(setting.overall, axis)
        assert whisker is not None
        assert 2 - 1e-6 <= whisker.low <= whisker.value <= whisker.high <= 98 + 1e-6


def test_the_axis_is_the_shortest_with_round_ends():
    assert axis_of(settings_of((1722, 2000), (1660, 2000))).ticks == (
        0.81, 0.82, 0.83, 0.84, 0.85, 0.86, 0.87, 0.88,
    )  # fmt: skip
    assert axis_of(settings_of((1722, 2000), (1256, 2000))).ticks == (0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9)
    assert axis_of(settings_of((2000, 2000))).ticks == (0.99, 1.0)
    assert axis_of(settings_of((0, 2000))).ticks == (0.0, 0.01)


def test_without_any_estimate_the_axis_is_whole_and_nothing_lies_on_it():
    (setting,) = settings_of((0, 0))

    assert (axis_of((setting,)).low, axis_of((setting,)).high) == (0, 1)
    assert whisker_of(setting.overall, axis_of((setting,))) is None
    assert (axis_of(()).low, axis_of(()).high) == (0, 1)


def test_positions_are_in_proportion():
    settings = settings_of((1628, 2000))
    axis = axis_of(settings)
    accuracy = settings[0].overall.accuracy

    assert isinstance(accuracy, Estimate)
    assert axis.position((axis.low + axis.high) / 2) == pytest.approx(50)


def test_an_axis_of_a_single_point_has_a_length_and_never_passes_all():
    assert axis_holding([(1.0, 1.0)]).ticks == (0.99, 1.0)
    assert axis_holding([(0.0, 0.0)]).ticks == (0.0, 0.01)
    assert axis_holding([]).ticks[-1] == 1.0
