"""What goes wrong where: reasons by setting, as a table and as a figure."""

from reports.figures.figure import Measure
from reports.interval_chart import intervals
from reports.reasons import reasons
from sampling.estimation.estimate import VerdictCounts
from tests.reports.builders import setting_of

COUNTS = VerdictCounts(n_units=20, n_correct=10, n_incorrect=10)


def test_every_setting_has_a_bar_for_every_reason_the_most_frequent_first(make_content):
    content = make_content(
        setting_of("gc", COUNTS, reasons={"wrong_object": 3, "spills_over": 5}),
        setting_of("ws", COUNTS, reasons={"spills_over": 1, "not_visible": 7}),
    )

    (figure,) = reasons(content).figures

    assert figure.labels == ("not visible", "spills over", "wrong object")
    assert [(series.name, series.values) for series in figure.series] == [
        ("gc", (0, 5, 3)),
        ("ws", (7, 1, 0)),
    ]
    assert figure.measure is Measure.COUNT


def test_where_nobody_gave_a_reason_there_is_nothing(make_content):
    assert not reasons(make_content(setting_of("gc", COUNTS))).has_content


def test_the_interval_chart_has_every_setting_of_table_1(published):
    (figure,) = intervals(published).figures

    assert len(figure.rows) == 9
    low, value, high = figure.rows[0].limits
    # statsmodels 0.15.0, see tests/reference/wilson.toml
    assert low < value == 0.814 < high
    assert {row.group for row in figure.rows} == {"G-SAM", "SEEM", None}
    assert not any(row.remark for row in figure.rows)


def test_the_interval_chart_says_what_is_incomplete_and_why_there_is_no_figure(unfinished, empty):
    partly, not_yet = intervals(unfinished).figures[0].rows

    assert partly.remark == "incomplete"
    assert (not_yet.limits, not_yet.remark) == (None, "nothing has been judged yet")
    assert not intervals(empty).has_content
