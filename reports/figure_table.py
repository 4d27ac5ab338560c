"""The numbers of a figure as a table, for those who cannot see it and those who want to reckon with them."""

from itertools import pairwise

from reports.blocks import Cell, Table
from reports.figures.figure import BarFigure, Figure, HistogramFigure, IntervalFigure, IntervalRow
from reports.figures.value_text import NO_FIGURE, edge_text, value_text
from reports.numbers import percent_text


def figure_table(figure: Figure) -> Table:
    """A row for each name, bin or interval, with every number that the figure shows."""
    if isinstance(figure, BarFigure):
        return _of_series("Name", figure.labels, figure)
    if isinstance(figure, HistogramFigure):
        bins = tuple(f"{edge_text(low)}–{edge_text(high)}" for low, high in pairwise(figure.edges))
        return _of_series(figure.axis, bins, figure)
    return _of_intervals(figure)


def _of_series(what: str, names: tuple[str, ...], figure: BarFigure | HistogramFigure) -> Table:
    return Table(
        columns=(what, *(one.name for one in figure.series)),
        rows=tuple(
            (
                Cell(text=name),
                *(Cell(text=value_text(one.values[index], figure.measure)) for one in figure.series),
            )
            for index, name in enumerate(names)
        ),
    )


def _of_intervals(figure: IntervalFigure) -> Table:
    has_groups = any(row.group is not None for row in figure.rows)
    labels = ("Name", "Group") if has_groups else ("Name",)
    return Table(
        columns=(*labels, "Share", "From", "To"),
        rows=tuple(_interval_row(row, n_labels=len(labels)) for row in figure.rows),
        n_labels=len(labels),
    )


def _interval_row(row: IntervalRow, *, n_labels: int) -> tuple[Cell, ...]:
    labels = (Cell(text=row.label), Cell(text=row.group or ""))[:n_labels]
    if row.limits is None:
        return (*labels, Cell(text=row.remark or NO_FIGURE, span=3))
    low, value, high = map(percent_text, row.limits)
    remark = (row.remark,) if row.remark else ()
    return (*labels, Cell(text=value, details=remark), Cell(text=low), Cell(text=high))
