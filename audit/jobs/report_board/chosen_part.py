"""What the verdicts say of a part of the sample that somebody chose: a split, a category, a size of masks."""

from dataclasses import dataclass

import numpy as np

from audit.jobs.estimates import Slicing, sliced_results
from audit.jobs.report_board.board import ReportBoard
from audit.jobs.report_board.choosing import is_unit_wanted, size_of
from audit.jobs.report_board.mask_filter import Facet, MaskFilter
from reports.blocks import Cell, Section, Table
from reports.cells import TOO_FEW, accuracy_cell, domain_cell, is_too_few
from reports.figures.figure import IntervalFigure, IntervalRow
from reports.numbers import count_text
from reports.results import Result
from reports.sections import COUNT_COLUMNS
from sampling.estimation.domains import NOT_IN_A_DOMAIN
from sampling.estimation.estimate import NoEstimate, VerdictCounts

CAPTION = (
    "Accuracy of the chosen mentions and its interval, under each setting; a mask size is that of the"
    " setting's own masks. The outcome, the reason and the reviewer choose masks to look at, not what an"
    " accuracy is of."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Accuracy:
    """An accuracy as a cell of the table, and as a row of the figure."""

    cell: Cell
    limits: tuple[float, float, float] | None
    remark: str


def chosen_part(board: ReportBoard, wanted: MaskFilter) -> Section:
    """Give the accuracy of the chosen mentions under each chosen setting, and what became of their masks."""
    part = wanted.of_part
    results = {board.names[setting]: _result(board, setting, part) for setting in _settings(board, wanted)}
    accuracy_of = _planned_accuracy if _is_planned(part) else _domain_accuracy
    found = {name: accuracy_of(result) for name, result in results.items()}
    return Section(
        title="What the verdicts say of it",
        table=Table(
            columns=("Setting", "Accuracy", *(title for title, _ in COUNT_COLUMNS)),
            rows=tuple(
                (Cell(text=name), found[name].cell, *_count_cells(result.counts))
                for name, result in results.items()
            ),
        ),
        figures=(
            IntervalFigure(
                key="chosen-part",
                title="Accuracy of the chosen mentions",
                caption=CAPTION,
                rows=tuple(
                    IntervalRow(label=name, group=None, limits=each.limits, remark=each.remark)
                    for name, each in found.items()
                ),
            ),
        ),
    )


def _settings(board: ReportBoard, wanted: MaskFilter) -> tuple[str, ...]:
    named = tuple(value for facet, value in wanted.values if facet in (Facet.SETTING, Facet.AGAINST))
    return named or tuple(board.names)


def _is_planned(part: MaskFilter) -> bool:
    """Whether it is a split, or the whole sample: how large it is was planned."""
    return all(facet is Facet.SPLIT for facet, _ in part.values)


def _result(board: ReportBoard, setting: str, part: MaskFilter) -> Result:
    of_report = next(each for each in board.content.settings if each.setting == setting)
    split = part.get(Facet.SPLIT)
    if _is_planned(part):
        return of_report.overall if split is None else of_report.by_split[split]
    size = part.get(Facet.SIZE)
    codes = [
        0
        if is_unit_wanted(unit, part) and size in (None, size_of(board.state, made.mask_id))
        else NOT_IN_A_DOMAIN
        for unit, made in zip(board.state.units, board.state.masks_made[setting], strict=True)
    ]
    slicing = Slicing(names=("chosen",), codes=np.array(codes, dtype=np.intp))
    return sliced_results(board.state, setting, slicing, board.figures)["chosen"]


def _planned_accuracy(result: Result) -> _Accuracy:
    found = result.accuracy
    if isinstance(found, NoEstimate):
        return _Accuracy(cell=accuracy_cell(result), limits=None, remark=found.reason)
    return _Accuracy(
        cell=accuracy_cell(result),
        limits=(found.interval.low, found.value, found.interval.high),
        remark="" if result.counts.is_complete else "incomplete",
    )


def _domain_accuracy(result: Result) -> _Accuracy:
    if is_too_few(result):
        return _Accuracy(cell=domain_cell(result), limits=None, remark=f"{TOO_FEW} counted")
    return _planned_accuracy(result)


def _count_cells(counts: VerdictCounts) -> tuple[Cell, ...]:
    return tuple(Cell(text=count_text(count_of(counts))) for _, count_of in COUNT_COLUMNS)
