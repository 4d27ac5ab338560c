"""The sections of the report as a page shows them: tables as HTML with links, figures as plotly's."""

from dataclasses import dataclass

import plotly.graph_objects as go

from audit.jobs.report_board.board import ReportBoard
from audit.jobs.report_board.linked_table import table_html
from audit.jobs.report_board.links import Linker
from audit.jobs.report_board.mask_filter import MaskFilter
from reports.blocks import Section
from reports.figure_table import figure_table
from reports.figures.figure import Figure
from reports.figures.plotly_figure import plotly_figure


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownFigure:
    """A figure and the table of its numbers, as HTML."""

    key: str
    title: str
    caption: str
    chart: go.Figure
    table: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownSection:
    """A section; `table` is HTML, and empty where there is none."""

    key: str
    title: str
    paragraphs: tuple[str, ...]
    points: tuple[str, ...]
    table: str
    code: str
    figures: tuple[ShownFigure, ...]


def shown_sections(board: ReportBoard) -> tuple[ShownSection, ...]:
    """Give every section of the report."""
    return tuple(
        shown_section(board, key, section, MaskFilter()) for key, section in board.document.sections.items()
    )


def shown_section(board: ReportBoard, key: str, section: Section, base: MaskFilter) -> ShownSection:
    """Give a section whose numbers lead to their masks.

    Args:
        board: that it is of.
        key: of the section.
        section: as reports write it.
        base: what every link asks for besides.
    """
    return ShownSection(
        key=key,
        title=section.title,
        paragraphs=section.paragraphs,
        points=section.points,
        table=_linked_table(board, key, section, base),
        code=section.code,
        figures=tuple(_shown_figure(figure) for figure in section.figures),
    )


def _linked_table(board: ReportBoard, key: str, section: Section, base: MaskFilter) -> str:
    if section.table is None:
        return ""
    found = Linker.of(board, base).links(key, section.table)
    addresses = {place: wanted.address(board.content.sample) for place, wanted in found.items()}
    return table_html(section.table, section.title, addresses)


def _shown_figure(figure: Figure) -> ShownFigure:
    return ShownFigure(
        key=figure.key,
        title=figure.title,
        caption=figure.caption,
        chart=plotly_figure(figure),
        table=table_html(figure_table(figure), figure.title, {}),
    )
