"""How often numbers fall into bins, as shapes: columns, or a stepped line for each of several series.

Every bin is equally wide. For bins of equal steps that is an axis in proportion, for bins of equal ratios a
logarithmic one; the edges are written below in any case.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from reports.figures.figure import HistogramFigure, Scale
from reports.figures.legend import legend_marks
from reports.figures.marks import Anchor, Box, Disc, Drawing, Mark, Stroke, Style, Words
from reports.figures.scales import AnyScale, scale_of
from reports.figures.text_fit import broken, text_width
from reports.figures.value_text import edge_text, tick_text, value_text

WIDTH = 720.0
HEIGHT = 250.0
HEADROOM = 18.0
TICK_SIZE = 11.5
AXIS_HEIGHT = 48
GAP = 8
DOT_RADIUS = 4.0
ABSENT_MARK = "—"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plot:
    """Where the bins lie: from `left` to the right edge, from `bottom` up."""

    figure: HistogramFigure
    scale: AnyScale
    left: float
    bottom: float

    @property
    def bin_width(self) -> float:
        return (WIDTH - self.left - GAP) / (len(self.figure.edges) - 1)

    def x(self, edge: int) -> float:
        return self.left + edge * self.bin_width

    def y(self, value: float) -> float:
        return self.bottom - HEIGHT * self.scale.place(value)

    @property
    def base(self) -> float:
        """Where columns stand."""
        return self.bottom - HEIGHT * self.scale.start


def draw_histogram(figure: HistogramFigure) -> Drawing:
    """The figure as shapes, 720 wide."""
    scale = scale_of((value for one in figure.series for value in one.values), figure.measure, figure.scale)
    legend, top = legend_marks(tuple(one.name for one in figure.series), left=0, width=WIDTH)
    plot = _Plot(
        figure=figure,
        scale=scale,
        left=max(text_width(tick_text(tick, figure.measure), TICK_SIZE) for tick in scale.ticks) + GAP,
        bottom=top + HEADROOM + HEIGHT,
    )
    shapes = _columns(plot) if len(figure.series) == 1 and figure.scale is Scale.LINEAR else _steps(plot)
    return Drawing(
        width=WIDTH,
        height=plot.bottom + AXIS_HEIGHT,
        marks=(*legend, *_value_axis(plot), *shapes, *_bin_axis(plot)),
    )


def _columns(plot: _Plot) -> Iterator[Mark]:
    """Filled columns, with their numbers above them where there is room."""
    (one,) = plot.figure.series
    texts = [value_text(value, plot.figure.measure) for value in one.values]
    is_roomy = all(text_width(text, TICK_SIZE) <= plot.bin_width for text in texts)
    for index, value in enumerate(one.values):
        middle = plot.x(index) + plot.bin_width / 2
        if value is None:
            yield _absent(middle, plot.base)
            continue
        top = plot.y(value)
        yield Box(
            x=plot.x(index) + 0.5,
            y=top,
            width=max(plot.bin_width - 1, 0.5),
            height=plot.base - top,
            style=Style.BAR,
            series=0,
        )
        if is_roomy:
            yield Words(x=middle, y=top - 5, text=texts[index], anchor=Anchor.MIDDLE, style=Style.VALUE)


def _steps(plot: _Plot) -> Iterator[Mark]:
    """A stepped line for each series; where a number is 0 on a logarithmic axis, a hollow dot instead."""
    for number, one in enumerate(plot.figure.series):
        indices = range(len(one.values))
        for is_drawn, group in groupby(indices, key=lambda index: _has_height(plot, one.values[index])):
            run = list(group)
            if is_drawn:
                yield Stroke(points=_outline(plot, one.values, run), style=Style.STEPS, series=number)
            else:
                yield from (_without_height(plot, one.values[index], index, number) for index in run)


def _has_height(plot: _Plot, value: float | None) -> bool:
    return value is not None and (value > 0 or plot.figure.scale is Scale.LINEAR)


def _outline(
    plot: _Plot, values: tuple[float | None, ...], run: list[int]
) -> tuple[tuple[float, float], ...]:
    tops = [(plot.x(edge), plot.y(values[index] or 0)) for index in run for edge in (index, index + 1)]
    return ((plot.x(run[0]), plot.base), *tops, (plot.x(run[-1] + 1), plot.base))


def _without_height(plot: _Plot, value: float | None, index: int, number: int) -> Mark:
    # Series beside each other inside the bin, so that none hides another.
    x = plot.x(index) + plot.bin_width * (number + 1) / (len(plot.figure.series) + 1)
    if value is None:
        return _absent(x, plot.base)
    return Disc(x=x, y=plot.y(value), radius=DOT_RADIUS, style=Style.HOLLOW, series=number)


def _absent(x: float, base: float) -> Words:
    return Words(x=x, y=base - 5, text=ABSENT_MARK, anchor=Anchor.MIDDLE, style=Style.ABSENT)


def _value_axis(plot: _Plot) -> Iterator[Mark]:
    for tick in plot.scale.ticks:
        y = plot.y(tick)
        yield Stroke(points=((plot.left, y), (WIDTH - GAP, y)), style=Style.GRIDLINE)
        text = tick_text(tick, plot.figure.measure)
        yield Words(x=plot.left - GAP, y=y + 4, text=text, anchor=Anchor.END, style=Style.TICK)


def _bin_axis(plot: _Plot) -> Iterator[Mark]:
    edges = plot.figure.edges
    yield Stroke(points=((plot.left, plot.base), (WIDTH - GAP, plot.base)), style=Style.BASELINE)
    texts = [edge_text(edge) for edge in edges]
    widest = max(text_width(text, TICK_SIZE) for text in texts) + GAP
    every = next(n for n in range(1, len(edges) + 1) if n * plot.bin_width >= widest or n == len(edges))
    for index in range(0, len(edges), every):
        x = plot.x(index)
        yield Stroke(points=((x, plot.bottom), (x, plot.bottom + 4)), style=Style.BASELINE)
        yield Words(x=x, y=plot.bottom + 18, text=texts[index], anchor=Anchor.MIDDLE, style=Style.TICK)
    (title,) = broken(plot.figure.axis, width=WIDTH - plot.left, size=12.5, most_lines=1)
    middle = (plot.left + WIDTH - GAP) / 2
    yield Words(x=middle, y=plot.bottom + 40, text=title, anchor=Anchor.MIDDLE, style=Style.LEGEND)
