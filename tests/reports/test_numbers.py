"""Numbers as text: never a false 0 % or 100 %."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.numbers import (
    METHOD_NAMES,
    coefficient_number,
    count_text,
    date_text,
    deff_text,
    difference_number,
    difference_range_text,
    exact_percent_text,
    half_width_text,
    method_text,
    n_eff_text,
    p_value_number,
    p_value_text,
    percent_number,
    percent_text,
    range_text,
    time_text,
)
from sampling.estimation.estimate import Bounds, Interval, IntervalMethod


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0, "0.0 %"),
        (1e-12, "<0.1 %"),
        (0.0004, "<0.1 %"),
        (0.0006, "0.1 %"),
        (1 / 2000, "0.1 %"),
        (0.5, "50.0 %"),
        (0.861, "86.1 %"),
        (1722 / 2000, "86.1 %"),
        (2 / 3, "66.7 %"),
        (0.9994, "99.9 %"),
        (1999 / 2000, ">99.9 %"),
        (1 - 1e-12, ">99.9 %"),
        (1, "100.0 %"),
    ],
)
def test_nearly_none_is_not_none_and_nearly_all_is_not_all(share, text):
    assert percent_text(share) == text


@given(st.floats(0, 1))
def test_only_none_reads_0_and_only_all_reads_100(share):
    text = percent_number(share)

    assert (text == "0.0") == (share == 0)
    assert (text == "100.0") == (share == 1)
    if text not in ("<0.1", ">99.9"):
        assert abs(float(text) - 100 * share) <= 0.05 + 1e-9


@pytest.mark.parametrize("share", [-0.001, 1.001, 86.1, float("nan")])
def test_what_is_no_proportion_is_refused(share):
    with pytest.raises(ValueError, match="a proportion lies between 0 and 1"):
        percent_number(share)


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [(0.845, 0.8754, "84.5–87.5"), (0, 0.0001, "0.0–<0.1"), (0.99999, 1, ">99.9–100.0")],
)
def test_limits_are_as_honest_as_shares(low, high, text):
    assert range_text(Bounds(low=low, high=high)) == text


@pytest.mark.parametrize(
    ("confidence", "text"),
    [
        (0.95, "95 % Wilson interval"),
        (0.9, "90 % Wilson interval"),
        (0.995, "99.5 % Wilson interval"),
        (0.9944, "99.44 % Wilson interval"),
    ],
)
def test_the_confidence_is_not_rounded(confidence, text):
    interval = Interval(low=0, high=1, confidence=confidence, method=IntervalMethod.WILSON)

    assert method_text(interval) == text


def test_every_method_has_a_name():
    assert set(METHOD_NAMES) == set(IntervalMethod)


def test_thousands_are_set_apart():
    assert [count_text(n) for n in (0, 999, 1000, 7_210_566)] == ["0", "999", "1,000", "7,210,566"]


def test_days_and_times_are_those_of_utc():
    late_in_tokyo = datetime(2026, 11, 24, 8, 30, 59, tzinfo=timezone(timedelta(hours=9)))

    assert date_text(late_in_tokyo) == "2026-11-23"
    assert time_text(late_in_tokyo) == time_text(late_in_tokyo.astimezone(UTC)) == "2026-11-23T23:30:59Z"


@given(st.floats(-1, 1))
def test_a_difference_is_zero_only_where_there_is_none_and_keeps_its_sign(difference):
    text = difference_number(difference)

    assert (text == "0.0") == (difference == 0)
    assert ("−" in text) == (difference < 0)
    assert ("+" in text) == (difference > 0)
    assert (text in ("+100.0", "−100.0")) == (abs(difference) == 1)
    if text[0] not in "<>":
        assert abs(float(text.replace("−", "-")) - 100 * difference) <= 0.05 + 1e-9


def test_an_estimate_of_a_difference_beyond_all_is_shown_as_it_is():
    assert difference_number(1.25) == "+125.0"
    assert difference_range_text(Bounds(low=-0.0, high=0.0121)) == "0.0 to +1.2"


@given(st.floats(0, 1))
def test_a_p_value_never_looks_smaller_than_it_is(p):
    text = p_value_number(p)

    if text == "< 0.001":
        assert p < 0.001
    else:
        assert p <= float(text) + 1e-9 <= p + 0.001 + 1e-8


def test_a_p_value_in_a_sentence_has_its_relation():
    assert (p_value_text(0.0009999), p_value_text(0.05)) == ("p < 0.001", "p = 0.050")


@pytest.mark.parametrize(
    ("coefficient", "text"),
    [
        (1, "1.00"),
        (0.996, ">0.99"),
        (0.994, "0.99"),
        (-0.0, "0.00"),
        (-0.004, "0.00"),
        (-1, "−1.00"),
        (-0.999, "<−0.99"),
    ],
)
def test_a_coefficient_has_no_negative_zero_and_no_false_perfection(coefficient, text):
    assert coefficient_number(coefficient) == text


def test_what_was_chosen_is_shown_with_every_digit_and_what_was_found_is_rounded():
    assert [exact_percent_text(share) for share in (0.9, 0.985, 0.9944)] == ["90 %", "98.5 %", "99.44 %"]
    assert [n_eff_text(n_eff) for n_eff in (1951.62, 0.4)] == ["1,952", "<1"]
    assert deff_text(28.456) == "28.46"
    assert half_width_text(0.03) == "± 3.0 percentage points"
    assert half_width_text(0.030001) == "± 3.1 percentage points"
