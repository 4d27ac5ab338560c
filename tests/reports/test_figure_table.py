"""The table of a figure has all that the figure shows."""

from hypothesis import given, settings

from reports.blocks import Cell
from reports.figure_table import figure_table
from tests.reports.figures.drawn_figures import BARS, HISTOGRAM, INTERVALS, any_figures


def lines_of(table):
    return [tuple(cell.line for cell in row) for row in table.rows]


def test_bars_are_a_row_per_name_and_a_column_per_series():
    table = figure_table(BARS)
    assert table.columns == ("Name", "sample", "population")
    assert lines_of(table)[-1] == ("none", "no figure", "0.0 %")


def test_a_histogram_is_a_row_per_bin():
    assert lines_of(figure_table(HISTOGRAM)) == [
        ("0.0001–0.001", "100"),
        ("0.001–0.01", "450"),
        ("0.01–0.1", "0"),
        ("0.1–1", "no figure"),
    ]


def test_intervals_are_rows_with_both_limits_or_the_reason_why_there_are_none():
    table = figure_table(INTERVALS)
    assert table.columns == ("Name", "Group", "Share", "From", "To")
    assert lines_of(table)[1] == ("point", "SAM 2", "87.0 % (incomplete)", "84.0 %", "89.0 %")
    assert table.rows[2][2] == Cell(text="no verdicts yet", span=3)


@settings(max_examples=40)
@given(any_figures)
def test_every_row_spans_every_column(figure):
    table = figure_table(figure)
    assert all(sum(cell.span for cell in row) == len(table.columns) for row in table.rows)
