"""Figures as plotly's own, for the pages of the app; apart, for plotly takes long to import."""

import plotly.graph_objects as go
from plotly.io import from_json

from reports.figures.figure import Figure
from reports.figures.plotly_json import render_figure_json


def plotly_figure(figure: Figure) -> go.Figure:
    """The figure, checked by plotly: what `render_figure_json` writes."""
    return from_json(render_figure_json(figure))
