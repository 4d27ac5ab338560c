"""Numbers by name, as shapes: horizontal bars from 0, or dots on decades, with each number beside its own."""

from collections.abc import Iterator
from dataclasses import dataclass

from reports.figures.figure import BarFigure, Scale
from reports.figures.labels import column_width, label_height, label_marks
from reports.figures.legend import legend_marks
from reports.figures.marks import Anchor, Box, Disc, Drawing, Mark, Stroke, Style, Words
from reports.figures.scales import AnyScale, scale_of
from reports.figures.text_fit import text_width
from reports.figures.value_text import tick_text, value_text

WIDTH = 720.0
VALUE_SIZE = 12
VALUE_GAP = 6
AXIS_HEIGHT = 24
LONE_BAR, GROUPED_BAR = 16.0, 13.0
BAR_GAP, ROW_GAP = 2.0, 9.0
DOT_RADIUS = 4.5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plot:
    """Where the bars lie: from `left`, `length` long, `thickness` high each."""

    figure: BarFigure
    scale: AnyScale
    left: float
    length: float
    thickness: float

    def x(self, value: float) -> float:
        return self.left + self.length * self.scale.place(value)

    @property
    def start(self) -> float:
        return self.left + self.length * self.scale.start

    @property
    def row_bars(self) -> float:
        """How high the bars of one name are together."""
        n = len(self.figure.series)
        return n * self.thickness + (n - 1) * BAR_GAP

    def row_height(self, label: str) -> float:
        return max(self.row_bars, label_height(label)) + ROW_GAP


def draw_bars(figure: BarFigure) -> Drawing:
    """The figure as shapes, 720 wide and as high as its rows need."""
    plot = _plot(figure)
    legend, top = legend_marks(tuple(one.name for one in figure.series), left=0, width=WIDTH)
    rows: list[Mark] = []
    y = top
    for index, label in enumerate(figure.labels):
        height = plot.row_height(label)
        rows.extend(label_marks(label, right=plot.left, middle=y + height / 2))
        rows.extend(_row(plot, index, y + (height - plot.row_bars) / 2))
        y += height
    return Drawing(
        width=WIDTH,
        height=y + AXIS_HEIGHT,
        marks=(*legend, *_axis(plot, top, y), *rows, _baseline(plot, top, y)),
    )


def _plot(figure: BarFigure) -> _Plot:
    values = tuple(value for one in figure.series for value in one.values)
    left = column_width(figure.labels)
    widest = max((text_width(value_text(value, figure.measure), VALUE_SIZE) for value in values), default=0)
    return _Plot(
        figure=figure,
        scale=scale_of(values, figure.measure, figure.scale),
        left=left,
        length=WIDTH - left - widest - VALUE_GAP - DOT_RADIUS,
        thickness=LONE_BAR if len(figure.series) == 1 else GROUPED_BAR,
    )


def _row(plot: _Plot, index: int, top: float) -> Iterator[Mark]:
    for number, one in enumerate(plot.figure.series):
        y = top + number * (plot.thickness + BAR_GAP)
        value = one.values[index]
        if value is None:
            yield _words(plot, plot.start + VALUE_GAP, y, None)
        elif plot.figure.scale is Scale.LOG:
            yield from _dot(plot, value, number, y)
        else:
            end = plot.x(value)
            yield Box(
                x=plot.left, y=y, width=end - plot.left, height=plot.thickness, style=Style.BAR, series=number
            )
            yield _words(plot, end + VALUE_GAP, y, value)


def _dot(plot: _Plot, value: float, number: int, top: float) -> Iterator[Mark]:
    """A dot, for a length from 1 would say nothing; hollow and before the axis where the number is 0."""
    x, middle = plot.x(value), top + plot.thickness / 2
    if value:
        yield Stroke(points=((plot.start, middle), (x, middle)), style=Style.STEM, series=number)
    style = Style.DOT if value else Style.HOLLOW
    yield Disc(x=x, y=middle, radius=DOT_RADIUS, style=style, series=number)
    yield _words(plot, x + VALUE_GAP + DOT_RADIUS, top, value)


def _words(plot: _Plot, x: float, top: float, value: float | None) -> Words:
    return Words(
        x=x,
        y=top + plot.thickness / 2 + 4.2,
        text=value_text(value, plot.figure.measure),
        anchor=Anchor.START,
        style=Style.ABSENT if value is None else Style.VALUE,
    )


def _axis(plot: _Plot, top: float, bottom: float) -> Iterator[Mark]:
    for tick in plot.scale.ticks:
        x = plot.x(tick)
        yield Stroke(points=((x, top), (x, bottom)), style=Style.GRIDLINE)
        yield Words(
            x=x,
            y=bottom + 16,
            text=tick_text(tick, plot.figure.measure),
            anchor=Anchor.MIDDLE,
            style=Style.TICK,
        )


def _baseline(plot: _Plot, top: float, bottom: float) -> Stroke:
    return Stroke(points=((plot.start, top), (plot.start, bottom)), style=Style.BASELINE)
