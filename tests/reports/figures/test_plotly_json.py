"""Figures as plotly's JSON: plotly reads it, and it holds the numbers."""

import json
from dataclasses import replace

import plotly.io
import pytest
from hypothesis import given, settings

from reports.figures.figure import IntervalFigure
from reports.figures.plotly_figure import plotly_figure
from reports.figures.plotly_json import render_figure_json
from tests.reports.figures.drawn_figures import BARS, DECADES, EVERY_KIND, HISTOGRAM, INTERVALS, any_figures


@settings(max_examples=30)
@given(any_figures)
def test_plotly_reads_any_figure(figure):
    read = plotly.io.from_json(render_figure_json(figure))
    if not isinstance(figure, IntervalFigure):
        assert len(read.data) == len(figure.series)


def test_the_numbers_of_bars_are_in_the_file_and_absent_ones_are_null():
    traces = json.loads(render_figure_json(BARS))["data"]
    assert [trace["x"] for trace in traces] == [list(one.values) for one in BARS.series]
    assert traces[0]["text"][-1] == "no figure"


def test_on_decades_none_and_what_is_absent_are_said_in_words():
    layout = json.loads(render_figure_json(DECADES))["layout"]
    assert layout["xaxis"]["type"] == "log"
    assert {note["text"] for note in layout["annotations"]} == {
        "this dataset: 0",
        "another: 0",
        "another: no figure",
    }


def test_the_edges_of_bins_are_in_the_file():
    (trace,) = json.loads(render_figure_json(HISTOGRAM))["data"]
    assert trace["customdata"] == [[0.0001, 0.001], [0.001, 0.01], [0.01, 0.1], [0.1, 1]]
    assert trace["y"] == [100, 450, 0, None]


def test_intervals_reach_as_far_as_their_limits():
    first = json.loads(render_figure_json(INTERVALS))["data"][0]
    assert first["x"][0] + first["error_x"]["array"][0] == pytest.approx(0.957)
    assert first["x"][0] - first["error_x"]["arrayminus"][0] == pytest.approx(0.937)


def test_an_axis_of_intervals_holds_them_and_goes_from_0_to_1_without_any():
    low, high = json.loads(render_figure_json(INTERVALS))["layout"]["xaxis"]["range"]
    limits = [row.limits for row in INTERVALS.rows if row.limits is not None]
    assert low < min(limit[0] for limit in limits)
    assert max(limit[2] for limit in limits) < high < 1.1
    unknown = replace(INTERVALS, rows=tuple(replace(row, limits=None) for row in INTERVALS.rows))
    assert json.loads(render_figure_json(unknown))["layout"]["xaxis"]["range"] == pytest.approx([-0.02, 1.02])


@pytest.mark.parametrize("figure", EVERY_KIND, ids=lambda figure: figure.key)
def test_a_file_says_what_it_shows(figure):
    meta = plotly_figure(figure).layout.meta
    assert (meta["key"], meta["title"], meta["caption"]) == (figure.key, figure.title, figure.caption)


def test_names_with_markup_are_shown_as_text():
    shown = render_figure_json(BARS)
    assert "<b>" not in shown
    assert "&lt;b&gt;bold&lt;/b&gt; &amp; co" in shown
