"""What the verdicts say of a part of the sample that somebody chose: a split, a category, a source."""

import numpy as np

from audit.jobs.estimates import Slicing, sliced_results
from audit.jobs.report_board.board import ReportBoard
from audit.jobs.report_board.choosing import is_unit_wanted
from audit.jobs.report_board.mask_filter import Facet, MaskFilter
from reports.blocks import Cell, Section, Table
from reports.cells import TOO_FEW, domain_cell, is_too_few
from reports.figures.figure import IntervalFigure, IntervalRow
from reports.numbers import count_text
from reports.results import Result
from reports.sections import COUNT_COLUMNS
from sampling.estimation.domains import NOT_IN_A_DOMAIN
from sampling.estimation.estimate import NoEstimate, VerdictCounts

CAPTION = (
    "Accuracy of the chosen mentions and its interval, under each setting; the outcome, the reason and the"
    " reviewer choose masks to look at, not what an accuracy is of."
)


def chosen_part(board: ReportBoard, wanted: MaskFilter) -> Section:
    """Give the accuracy of the chosen mentions under each chosen setting, and what became of their masks."""
    results = {board.names[setting]: _result(board, setting, wanted) for setting in _settings(board, wanted)}
    return Section(
        title="What the verdicts say of it",
        table=_table(results),
        figures=(
            IntervalFigure(
                key="chosen-part",
                title="Accuracy of the chosen mentions",
                caption=CAPTION,
                rows=tuple(_row(name, result) for name, result in results.items()),
            ),
        ),
    )


def _settings(board: ReportBoard, wanted: MaskFilter) -> tuple[str, ...]:
    named = tuple(value for facet, value in wanted.values if facet in (Facet.SETTING, Facet.AGAINST))
    return named or tuple(board.names)


def _result(board: ReportBoard, setting: str, wanted: MaskFilter) -> Result:
    if not wanted.of_units.values:
        return next(each.overall for each in board.content.settings if each.setting == setting)
    codes = [0 if is_unit_wanted(unit, wanted) else NOT_IN_A_DOMAIN for unit in board.state.units]
    slicing = Slicing(names=("chosen",), codes=np.array(codes, dtype=np.intp))
    return sliced_results(board.state, setting, slicing, board.figures)["chosen"]


def _table(results: dict[str, Result]) -> Table:
    return Table(
        columns=("Setting", "Accuracy", *(title for title, _ in COUNT_COLUMNS)),
        rows=tuple(
            (Cell(text=name), domain_cell(result), *_count_cells(result.counts))
            for name, result in results.items()
        ),
    )


def _count_cells(counts: VerdictCounts) -> tuple[Cell, ...]:
    return tuple(Cell(text=count_text(count_of(counts))) for _, count_of in COUNT_COLUMNS)


def _row(name: str, result: Result) -> IntervalRow:
    if isinstance(result.accuracy, NoEstimate):
        return IntervalRow(label=name, group=None, limits=None, remark=result.accuracy.reason)
    if is_too_few(result):
        return IntervalRow(label=name, group=None, limits=None, remark=f"{TOO_FEW} counted")
    interval = result.accuracy.interval
    return IntervalRow(
        label=name,
        group=None,
        limits=(interval.low, result.accuracy.value, interval.high),
        remark="" if result.counts.is_complete else "incomplete",
    )
