"""Figures as plotly's JSON: data and layout, which `plotly.io.from_json` reads and any program can.

Plotly reads a kind of HTML in every text that it shows: names of the dataset are escaped in what is shown.
"""

import json
from html import escape
from math import ceil
from typing import Any

from reports.figures.axis import MARGIN, axis_holding
from reports.figures.figure import BarFigure, Figure, HistogramFigure, IntervalFigure, Measure, Scale, Series
from reports.figures.palette import EITHER, Role, series_role
from reports.figures.printable import printable
from reports.figures.text_fit import broken
from reports.figures.value_text import NO_FIGURE, edge_text, value_text
from reports.numbers import percent_number, percent_text

ROW_HEIGHT = 24
HISTOGRAM_HEIGHT = 340
FRAME_HEIGHT = 110
MOST_EDGES = 11
LABEL_WIDTH, LABEL_SIZE = 230, 13

Part = dict[str, Any]
"""An object of plotly's JSON; its schema is plotly's own."""


def render_figure_json(figure: Figure) -> str:
    """The figure with its data; `layout.meta` has its key, title, caption, measure and scale."""
    return json.dumps(_document(figure), allow_nan=False, indent=1) + "\n"


def _document(figure: Figure) -> Part:
    if isinstance(figure, BarFigure):
        return _bars(figure)
    if isinstance(figure, HistogramFigure):
        return _histogram(figure)
    return _intervals(figure)


def _bars(figure: BarFigure) -> Part:
    n_series = len(figure.series)
    layout = _layout(figure, height=FRAME_HEIGHT + ROW_HEIGHT * len(figure.labels) * max(1, n_series))
    layout |= {
        "barmode": "group",
        "xaxis": _value_axis(figure),
        "yaxis": _row_axis(figure.labels),
        "annotations": [
            _remark(index, value, one.name if n_series > 1 else "", _shift(number, n_series))
            for number, one in enumerate(figure.series)
            for index, value in enumerate(one.values)
            if _needs_words(value, figure.scale)
        ],
    }
    return {"data": [_bar_trace(figure, number) for number in range(n_series)], "layout": layout}


def _bar_trace(figure: BarFigure, number: int) -> Part:
    one = figure.series[number]
    rows = range(len(one.values))
    shared: Part = {
        "name": _shown(one.name),
        "orientation": "h",
        "x": list(one.values),
        "y": list(rows),
        "customdata": [_shown(label) for label in figure.labels],
        "text": [_value(value, figure.measure) for value in one.values],
        "hovertemplate": "%{customdata}: %{text}",
        "marker": {"color": _colour(number)},
    }
    if figure.scale is Scale.LINEAR:
        return {"type": "bar", "textposition": "outside", "cliponaxis": False, **shared}
    # A bar's length from 1 would say nothing on decades.
    shared["y"] = [row + _offset(number, len(figure.series)) for row in rows]
    return {
        "type": "scatter",
        "mode": "markers+text",
        "textposition": "middle right",
        "cliponaxis": False,
        **shared,
    }


def _offset(number: int, n_series: int) -> float:
    """How far below the middle of its row a series lies, in rows."""
    return 0.8 * ((number + 0.5) / n_series - 0.5)


def _shift(number: int, n_series: int) -> float:
    return -ROW_HEIGHT * n_series * _offset(number, n_series)


def _needs_words(value: float | None, scale: Scale) -> bool:
    return value is None or (value == 0 and scale is Scale.LOG)


def _remark(row: float, value: float | None, name: str, shift: float) -> Part:
    text = NO_FIGURE if value is None else "0"
    return _words_in_row(row, f"{name}: {text}" if name else text, shift)


def _words_in_row(row: float, text: str, shift: float) -> Part:
    return {
        "xref": "paper",
        "x": 0,
        "xanchor": "left",
        "y": row,
        "yshift": shift,
        "text": _shown(text),
        "showarrow": False,
        "font": {"color": EITHER[Role.SOFT], "size": 12},
    }


def _histogram(figure: HistogramFigure) -> Part:
    edges = [edge_text(edge) for edge in figure.edges]
    every = ceil(len(edges) / MOST_EDGES)
    layout = _layout(figure, height=HISTOGRAM_HEIGHT)
    layout |= {
        "barmode": "overlay",
        "bargap": 0,
        "xaxis": {
            "title": {"text": _shown(figure.axis)},
            "tickmode": "array",
            "tickvals": list(range(0, len(edges), every)),
            "ticktext": edges[::every],
            "showgrid": False,
            "zeroline": False,
        },
        "yaxis": _value_axis(figure),
    }
    return {
        "data": [_bins_trace(figure, one, number) for number, one in enumerate(figure.series)],
        "layout": layout,
    }


def _bins_trace(figure: HistogramFigure, one: Series, number: int) -> Part:
    """Bins of equal width whatever they span; `customdata` has the edges of each."""
    places = range(len(one.values))
    return {
        "type": "bar",
        "name": _shown(one.name),
        "x": list(places),
        "offset": 0,
        "width": 1,
        "y": list(one.values),
        "customdata": [[figure.edges[index], figure.edges[index + 1]] for index in places],
        "hovertext": [_value(value, figure.measure) for value in one.values],
        "hovertemplate": "%{customdata[0]} to %{customdata[1]}: %{hovertext}",
        "opacity": 0.9 if len(figure.series) == 1 else 0.6,
        "marker": {"color": _colour(number)},
    }


def _intervals(figure: IntervalFigure) -> Part:
    groups = tuple(dict.fromkeys(row.group for row in figure.rows))
    layout = _layout(figure, height=FRAME_HEIGHT + 1.5 * ROW_HEIGHT * len(figure.rows))
    layout |= {
        "xaxis": {"tickformat": ".0%", "zeroline": False, "range": _range_holding(figure)},
        "yaxis": _row_axis(tuple(row.label for row in figure.rows)),
        "annotations": [
            _words_in_row(index, row.remark or NO_FIGURE, 0)
            for index, row in enumerate(figure.rows)
            if row.limits is None
        ],
    }
    traces = (_interval_trace(figure, group, number) for number, group in enumerate(groups))
    return {"data": [trace for trace in traces if trace["x"]], "layout": layout}


def _range_holding(figure: IntervalFigure) -> list[float]:
    """The ends of the axis, with room for the marks at its limits; 0 to 1 where there is no interval."""
    axis = axis_holding((row.limits[0], row.limits[2]) for row in figure.rows if row.limits is not None)
    room = (axis.high - axis.low) * MARGIN / 100
    return [axis.low - room, axis.high + room]


def _interval_trace(figure: IntervalFigure, group: str | None, number: int) -> Part:
    rows = [
        (index, row, row.limits)
        for index, row in enumerate(figure.rows)
        if row.group == group and row.limits is not None
    ]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": _shown(group or ""),
        "showlegend": group is not None,
        "x": [value for _, _, (_, value, _) in rows],
        "y": [index for index, _, _ in rows],
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": [high - value for _, _, (_, value, high) in rows],
            "arrayminus": [value - low for _, _, (low, value, _) in rows],
        },
        "customdata": [_shown(row.label) for _, row, _ in rows],
        "text": [_interval_text(limits, row.remark) for _, row, limits in rows],
        "hovertemplate": "%{customdata}: %{text}<extra></extra>",
        "marker": {"color": _colour(number), "size": 11},
    }


def _interval_text(limits: tuple[float, float, float], remark: str) -> str:
    low, value, high = limits
    text = f"{percent_text(value)} ({percent_number(low)}–{percent_number(high)})"
    return _shown(f"{text} {remark}".rstrip())


def _layout(figure: Figure, *, height: float) -> Part:
    meta = {"key": figure.key, "title": printable(figure.title), "caption": printable(figure.caption)}
    n_series = len({row.group for row in figure.rows}) if isinstance(figure, IntervalFigure) else 0
    if not isinstance(figure, IntervalFigure):
        n_series = len(figure.series)
        meta |= {"measure": figure.measure, "scale": figure.scale}
    return {
        "meta": meta,
        "height": height,
        "showlegend": n_series > 1,
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        "margin": {"l": 10, "r": 70, "t": 40, "b": 40},
    }


def _value_axis(figure: BarFigure | HistogramFigure) -> Part:
    is_share = figure.measure is Measure.SHARE
    axis = {"tickformat": ".3~%" if is_share else ",d"}
    if figure.scale is Scale.LINEAR:
        return axis | {"rangemode": "tozero"}
    has_zero = any(0 in one.values for one in figure.series)
    said = {"title": {"text": "logarithmic: what is 0 has no length"}} if has_zero else {}
    return axis | {"type": "log", "dtick": 1} | said


def _row_axis(labels: tuple[str, ...]) -> Part:
    """Rows from the top down, by number: two rows of one name stay two."""
    return {
        "tickmode": "array",
        "tickvals": list(range(len(labels))),
        "ticktext": [_label(label) for label in labels],
        "range": [len(labels) - 0.5, -0.5],
        "automargin": True,
        "showgrid": False,
        "zeroline": False,
    }


def _label(label: str) -> str:
    (line,) = broken(label, width=LABEL_WIDTH, size=LABEL_SIZE, most_lines=1)
    return _shown(line)


def _value(value: float | None, measure: Measure) -> str:
    return _shown(value_text(value, measure))


def _shown(text: str) -> str:
    return escape(printable(text), quote=False)


def _colour(number: int) -> str:
    return EITHER[series_role(number)]
