"""Shares with their intervals, as shapes: a dot and a line per row on an axis that need not begin at 0."""

from collections.abc import Iterator

from reports.figures.axis import Axis, axis_holding
from reports.figures.figure import IntervalFigure, IntervalRow, Measure
from reports.figures.labels import column_width, label_height, label_marks
from reports.figures.legend import legend_marks
from reports.figures.marks import Anchor, Disc, Drawing, Mark, Stroke, Style, Words
from reports.figures.text_fit import broken, text_width
from reports.figures.value_text import tick_text
from reports.numbers import percent_number, percent_text

WIDTH = 720.0
VALUE_SIZE = 12
GAP = 14
ROW_GAP = 14
AXIS_HEIGHT = 24
CAP = 5.0
DOT_RADIUS = 5.5


def draw_intervals(figure: IntervalFigure) -> Drawing:
    """The figure as shapes, 720 wide and as high as its rows need."""
    axis = axis_holding((row.limits[0], row.limits[2]) for row in figure.rows if row.limits is not None)
    groups = tuple(dict.fromkeys(row.group for row in figure.rows if row.group is not None))
    left = column_width(tuple(row.label for row in figure.rows))
    right = (
        WIDTH
        - max((text_width(_read(row), VALUE_SIZE) for row in figure.rows if row.limits), default=0)
        - GAP
    )
    legend, top = legend_marks(groups, left=0, width=WIDTH)
    rows: list[Mark] = []
    y = top
    for row in figure.rows:
        height = label_height(row.label) + ROW_GAP
        middle = y + height / 2
        series = groups.index(row.group) if row.group is not None else None if groups else 0
        rows.extend(label_marks(row.label, right=left, middle=middle))
        rows.extend(_row(row, series, axis, (left, right), middle))
        y += height
    return Drawing(
        width=WIDTH, height=y + AXIS_HEIGHT, marks=(*legend, *_ticks(axis, (left, right), (top, y)), *rows)
    )


def _read(row: IntervalRow) -> str:
    """What stands at the right of a row that has an estimate."""
    if row.limits is None:
        return ""
    low, value, high = row.limits
    text = f"{percent_text(value)} ({percent_number(low)}–{percent_number(high)})"
    return f"{text} {row.remark}" if row.remark else text


def _row(
    row: IntervalRow, series: int | None, axis: Axis, sides: tuple[float, float], middle: float
) -> Iterator[Mark]:
    left, right = sides
    if row.limits is None:
        (remark,) = broken(row.remark, width=WIDTH - left, size=VALUE_SIZE, most_lines=1)
        whole = row.remark if remark.endswith("…") else ""
        yield Words(x=left, y=middle + 4.2, text=remark, anchor=Anchor.START, style=Style.ABSENT, whole=whole)
        return
    low, value, high = (left + (right - left) * axis.position(share) / 100 for share in row.limits)
    yield Stroke(points=((low, middle), (high, middle)), style=Style.INTERVAL, series=series)
    for end in (low, high):
        yield Stroke(points=((end, middle - CAP), (end, middle + CAP)), style=Style.INTERVAL, series=series)
    yield Disc(x=value, y=middle, radius=DOT_RADIUS, style=Style.DOT, series=series)
    yield Words(x=WIDTH, y=middle + 4.2, text=_read(row), anchor=Anchor.END, style=Style.VALUE)


def _ticks(axis: Axis, sides: tuple[float, float], ends: tuple[float, float]) -> Iterator[Mark]:
    left, right = sides
    top, bottom = ends
    for tick in axis.ticks:
        x = left + (right - left) * axis.position(tick) / 100
        yield Stroke(points=((x, top), (x, bottom)), style=Style.GRIDLINE)
        text = tick_text(tick, Measure.SHARE)
        yield Words(x=x, y=bottom + 16, text=text, anchor=Anchor.MIDDLE, style=Style.TICK)
