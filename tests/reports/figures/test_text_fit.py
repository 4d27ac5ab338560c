"""Texts are broken and cut so that they fit."""

from hypothesis import given
from hypothesis import strategies as st

from reports.figures.text_fit import broken, text_width


@given(st.text(max_size=80), st.floats(30, 300), st.integers(1, 3))
def test_lines_fit_and_are_no_more_than_allowed(text, width, most_lines):
    lines = broken(text, width=width, size=12, most_lines=most_lines)
    assert 1 <= len(lines) <= most_lines
    assert all(text_width(line, 12) <= width for line in lines)


@given(st.text(st.sampled_from("abc de-f"), max_size=40))
def test_nothing_is_lost_where_there_is_room(text):
    lines = broken(text, width=60, size=12, most_lines=100)
    assert "".join("".join(lines).split()) == "".join(text.split())
