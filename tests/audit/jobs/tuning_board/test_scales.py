import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from audit.jobs.tuning_board.scales import N_STOPS, make_scale, stop_text
from sampling.thresholds.boxes import Direction

VALUES = st.floats(-1e9, 1e9, allow_subnormal=False) | st.floats(0, 1) | st.just(np.nan)


@given(arrays(np.float64, st.integers(1, 300), elements=VALUES))
def test_either_end_keeps_every_known_value_and_stops_rise(values: np.ndarray) -> None:
    scale = make_scale(values)

    known = values[~np.isnan(values)]
    assert scale.n_unknown == values.size - known.size
    assert 1 <= len(scale.stops) <= N_STOPS + 2
    assert list(scale.stops) == sorted(set(scale.stops))
    assert (known >= scale.loosest(Direction.AT_LEAST)).all()
    assert (known <= scale.loosest(Direction.AT_MOST)).all()


def test_shares_stay_within_zero_and_one() -> None:
    scale = make_scale(np.linspace(0.00012345, 0.99996, 5000))

    assert (scale.stops[0], scale.stops[-1]) == (0.000123, 1.0)


def test_each_step_drops_about_one_percent_however_uneven_the_values_are() -> None:
    values = np.exp(np.random.default_rng(1).normal(5, 3, 20_000))

    scale = make_scale(values)

    kept = np.array([(values >= stop).mean() for stop in scale.stops])
    assert np.abs(np.diff(kept)).max() < 0.02


def test_a_count_has_a_stop_for_each_of_its_values() -> None:
    assert make_scale(np.array([1.0, 1, 2, 2, 3, 7, np.nan])).stops == (1, 2, 3, 7)


def test_a_feature_that_is_never_known_has_one_stop() -> None:
    scale = make_scale(np.array([np.nan, np.nan]))

    assert len(scale.stops) == 1
    assert (scale.n_unknown, scale.n_masks) == (2, 2)


def test_a_threshold_that_was_found_becomes_a_stop() -> None:
    scale = make_scale(np.array([0.1, 0.5, 0.9])).with_stop(0.5123456789)

    assert scale.stops == (0.1, 0.5, 0.5123456789, 0.9)
    assert scale.with_stop(0.5).stops == scale.stops


def test_nearly_one_is_not_shown_as_one() -> None:
    assert stop_text(0.9999) == "0.9999"
