"""The board's charts. Text that comes from data is escaped: Plotly reads a kind of HTML in every label."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import plotly.graph_objects as go

from audit.features.catalogue import Unit
from audit.features.references import FeatureReference
from audit.jobs.tuning_board.calibration import CalibrationBin
from audit.jobs.tuning_board.kept import KeptPart
from audit.jobs.tuning_board.words import estimate_text, kept_text, point_text
from reports.numbers import exact_percent_text, percent_text
from sampling.estimation.domains import DomainEstimate
from sampling.estimation.estimate import Estimate
from sampling.thresholds.curve import AccuracyCurve

# Blue and vermilion of Okabe and Ito, the blue lightened: both can be read on light and on dark paper.
ACCURACY = "#1f86c9"
BAND = "rgba(31, 134, 201, 0.22)"
COVERAGE = "#d55e00"
NEUTRAL = "#8a8f98"

HEIGHT = 340
ROW_HEIGHT = 46
MOST_LINEAR = 1000
"""Times the least value that the greatest is on a linear axis at most."""
MOST_ROWS = 16
"""Slices in a chart of bars at most; a table has them all."""

_SHARE_AXIS: dict[str, Any] = {
    "tickformat": ".0%",
    "range": [-0.02, 1.02],
    "zeroline": False,
    "fixedrange": True,
}
_LEGEND: dict[str, Any] = {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What is marked on a curve.

    Attributes:
        threshold: where the slider stands.
        target: the accuracy that is wanted.
    """

    threshold: float
    target: float


def curve_chart(curve: AccuracyCurve, label: str, marks: Marks) -> go.Figure:
    """Accuracy with its band, and coverage, over the threshold of one feature.

    Args:
        curve: of the feature.
        label: the feature's.
        marks: what else is seen.
    """
    points = sorted(curve.points, key=lambda point: point.threshold)
    at = [point.threshold for point in points]
    figure = go.Figure(
        [
            go.Scatter(
                x=[*at, *at[::-1]],
                y=[*(point.high for point in points), *(point.low for point in reversed(points))],
                fill="toself",
                fillcolor=BAND,
                line={"width": 0},
                name=f"{exact_percent_text(curve.confidence)} band",
                hoverinfo="skip",
            ),
            go.Scatter(
                x=at,
                y=[point.coverage for point in points],
                name="Kept",
                line={"color": COVERAGE, "width": 2, "dash": "dash"},
                hoverinfo="skip",
            ),
            go.Scatter(
                x=at,
                y=[point.accuracy for point in points],
                name="Accuracy of kept",
                line={"color": ACCURACY, "width": 2.5},
                hovertext=[point_text(point, curve.direction) for point in points],
                hoverinfo="text",
            ),
        ]
    )
    figure.add_scatter(
        x=[at[0], at[-1]],
        y=[marks.target, marks.target],
        mode="lines",
        name=f"Target {exact_percent_text(marks.target)}",
        line={"color": NEUTRAL, "dash": "dot", "width": 1.5},
        hoverinfo="skip",
    )
    figure.add_vline(x=marks.threshold, line={"color": NEUTRAL, "width": 2})
    figure.update_layout(
        _layout(height=HEIGHT),
        xaxis=_value_axis(label, at),
        yaxis=_SHARE_AXIS,
        legend=_LEGEND,
        hovermode="x",
    )
    return figure


def kept_chart(parts: Sequence[KeptPart]) -> go.Figure:
    """Of every slice the share that is kept, and the share of its right masks that is lost."""
    shown = list(parts)[:MOST_ROWS][::-1]
    names = [escape(part.name) for part in shown]
    figure = go.Figure(
        [
            go.Bar(
                name="Right masks lost",
                orientation="h",
                y=names,
                x=[_value(part.good_lost) for part in shown],
                error_x=_whiskers([part.good_lost for part in shown]),
                hovertext=[f"right masks lost: {estimate_text(part.good_lost)}" for part in shown],
                hoverinfo="y+text",
                marker={"color": COVERAGE},
            ),
            go.Bar(
                name="Kept",
                orientation="h",
                y=names,
                x=[part.share_kept for part in shown],
                hovertext=[f"kept: {percent_text(part.share_kept)}, {kept_text(part)}" for part in shown],
                hoverinfo="y+text",
                marker={"color": ACCURACY},
            ),
        ]
    )
    figure.update_layout(
        _layout(height=90 + ROW_HEIGHT * max(2, len(shown))),
        barmode="group",
        bargap=0.35,
        xaxis=_SHARE_AXIS,
        yaxis={"fixedrange": True, "type": "category"},
        legend={**_LEGEND, "traceorder": "reversed"},
    )
    return figure


def calibration_chart(bins: Sequence[CalibrationBin], reference: FeatureReference) -> go.Figure:
    """The accuracy at each level of a feature, at least one; of a confidence, beside what it claims."""
    figure = go.Figure()
    levels = [each.mean for each in bins]
    claims = reference.feature.unit is Unit.CONFIDENCE and min(levels) >= 0 and max(levels) <= 1
    if claims:
        figure.add_scatter(
            x=[0, 1], y=[0, 1], mode="lines", name="Were it a probability", hoverinfo="skip",
            line={"color": NEUTRAL, "dash": "dot", "width": 1.5},
        )  # fmt: skip
    figure.add_scatter(
        name="Accuracy",
        x=levels,
        y=[_value(each.accuracy) for each in bins],
        error_y=_whiskers([each.accuracy for each in bins]),
        mode="lines+markers",
        line={"color": ACCURACY, "width": 1.5},
        marker={"color": ACCURACY, "size": 8},
        hovertext=[f"{each.low:.3g} to {each.high:.3g}: {estimate_text(each.accuracy)}" for each in bins],
        hoverinfo="text",
    )
    figure.update_layout(
        _layout(height=HEIGHT),
        xaxis=_value_axis(str(reference), levels) | ({"range": [-0.02, 1.02]} if claims else {}),
        yaxis={**_SHARE_AXIS, "title": {"text": "Accuracy"}},
        legend=_LEGEND,
    )
    return figure


def _value_axis(label: str, values: Sequence[float]) -> dict[str, Any]:
    """An axis of a feature's values, by powers of ten where they span several."""
    axis: dict[str, Any] = {"title": {"text": escape(label)}, "zeroline": False, "fixedrange": True}
    if min(values) <= 0 or max(values) < MOST_LINEAR * min(values):
        return axis
    return axis | {"type": "log", "dtick": 1, "exponentformat": "none", "separatethousands": True}


def _layout(*, height: int) -> dict[str, Any]:
    return {"height": height, "margin": {"l": 8, "r": 8, "t": 8, "b": 0}, "hoverlabel": {"namelength": -1}}


def _value(found: DomainEstimate) -> float | None:
    return found.estimate.value if isinstance(found.estimate, Estimate) else None


def _whiskers(found: Sequence[DomainEstimate]) -> dict[str, Any]:
    """Error bars to the limits of the intervals, which lie unevenly about the values."""
    estimates = [each.estimate for each in found]
    return {
        "type": "data",
        "symmetric": False,
        "array": [e.interval.high - e.value if isinstance(e, Estimate) else None for e in estimates],
        "arrayminus": [e.value - e.interval.low if isinstance(e, Estimate) else None for e in estimates],
        "thickness": 1.5,
        "width": 4,
        "color": NEUTRAL,
    }
