"""Tables of the report as HTML, in which a number leads to the masks behind it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from markupsafe import Markup, escape

from audit.jobs.report_board.mask_filter import Facet, MaskFilter
from audit.jobs.report_board.offered import COUNTED, OUTCOMES
from db.records import Reason
from reports.blocks import Cell, Table
from reports.figures.printable import printable
from reports.numbers import words_text

FACET_OF_COLUMN = {
    "Setting": Facet.SETTING,
    "First": Facet.SETTING,
    "Second": Facet.AGAINST,
    "Split": Facet.SPLIT,
    "Category": Facet.CATEGORY,
    "Source dataset": Facet.SOURCE,
    "Mask size": Facet.SIZE,
    "Reason": Facet.REASON,
    "Reviewer": Facet.REVIEWER,
}
"""What the labels of a row ask for, by the title of their column."""

ASKING_NOTHING = frozenset({"Reference", "Through"})
"""Label columns of rows that lead to masks all the same."""

WHOLE = "all"
"""Stands for every split."""

OUTCOME_OF_COLUMN = {words_text(name).capitalize(): name for name in OUTCOMES} | dict.fromkeys(
    ("n", "Accuracy", "Interval"), COUNTED
)
ONLY_FIRST, ONLY_SECOND = "Only first right", "Only second right"

REASONS = {words_text(reason): reason.value for reason in Reason}

SOMETHING = re.compile(r"[1-9]")
"""A number that is not none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Linker:
    """Tells which masks are behind the cells of a table.

    Attributes:
        settings: by what people call them.
        offered: what a filter can ask for.
        base: what every link asks for besides.
    """

    settings: Mapping[str, str]
    offered: Mapping[Facet, tuple[str, ...]]
    base: MaskFilter

    def masks_behind(self, table: Table, row: tuple[Cell, ...], cell: Cell, place: int) -> MaskFilter | None:
        """Give the filter of one cell; None where no masks are behind it, or none in particular."""
        if place < table.n_labels or not SOMETHING.search(cell.text):
            return None
        values = self._of_labels(table, row)
        if values is None:
            return None
        column = table.columns[place]
        if column in (ONLY_FIRST, ONLY_SECOND):
            values |= self._of_pair(values, column)
        else:
            # What two settings have in common is of all their mentions.
            values.pop(Facet.AGAINST, None)
            if Facet.SETTING not in values:
                values |= self._of_grid(row[0].text, cell, column)
            if column in OUTCOME_OF_COLUMN:
                values[Facet.OUTCOME] = OUTCOME_OF_COLUMN[column]
        return self.base.with_values(values) if values else None

    def _of_pair(self, values: Mapping[Facet, str], column: str) -> dict[Facet, str]:
        """The mentions of which one setting alone is right: it comes first."""
        first, second = values[Facet.SETTING], values[Facet.AGAINST]
        right, wrong = (first, second) if column == ONLY_FIRST else (second, first)
        return {Facet.SETTING: right, Facet.AGAINST: wrong, Facet.OUTCOME: "correct"}

    def _of_labels(self, table: Table, row: tuple[Cell, ...]) -> dict[Facet, str] | None:
        """What the labels of a row ask for; None where one of them is of nothing that can be asked for."""
        found: dict[Facet, str] = {}
        for title, cell in zip(table.columns[: table.n_labels], row, strict=False):
            facet = FACET_OF_COLUMN.get(title)
            value = None if facet is None else self._value(facet, cell.text)
            if facet is not None and value is not None:
                found[facet] = value
            elif title not in ASKING_NOTHING and cell.text != WHOLE:
                return None
        return found

    def _value(self, facet: Facet, text: str) -> str | None:
        if facet in (Facet.SETTING, Facet.AGAINST):
            return self.settings.get(text)
        value = REASONS.get(text, text) if facet is Facet.REASON else text
        return value if value in self.offered[facet] else None

    def _of_grid(self, reference: str, cell: Cell, model: str) -> dict[Facet, str]:
        """The setting of a cell of Table 1: its reference is the row, its model the column."""
        pair = f"{reference} × {model}"
        named = (reference, pair, *(f"{pair} ({detail})" for detail in cell.details))
        setting = next((self.settings[name] for name in named if name in self.settings), None)
        return {} if setting is None else {Facet.SETTING: setting, Facet.OUTCOME: COUNTED}


def table_html(table: Table, linker: Linker | None) -> str:
    """Give a table as HTML, every text of it escaped; without a linker no number is a link."""
    head = Markup("").join(
        Markup('<th scope="col"{}>{}</th>').format(_label_class(place, table), _text(title))
        for place, title in enumerate(table.columns)
    )
    rows = Markup("").join(
        Markup("<tr>{}</tr>").format(Markup("").join(_cells(table, row, linker))) for row in table.rows
    )
    return str(
        Markup(
            '<div class="report-table"><table><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>'
        ).format(head, rows)
    )


def _cells(table: Table, row: tuple[Cell, ...], linker: Linker | None) -> Iterator[Markup]:
    place = 0
    for cell in row:
        behind = linker.masks_behind(table, row, cell, place) if linker else None
        text = _text(cell.text)
        if behind is not None:
            text = Markup('<a href="{}" target="_self">{}</a>').format(behind.address, text)
        details = Markup("").join(Markup("<small>{}</small>").format(_text(each)) for each in cell.details)
        span = Markup(' colspan="{}"').format(cell.span) if cell.span > 1 else Markup("")
        element = Markup('<th scope="row"{}{}>{}{}</th>') if place == 0 else Markup("<td{}{}>{}{}</td>")
        yield element.format(_label_class(place, table), span, text, details)
        place += cell.span


def _label_class(place: int, table: Table) -> Markup:
    return Markup(' class="label"') if place < table.n_labels else Markup("")


def _text(text: str) -> Markup:
    return Markup("<bdi>{}</bdi>").format(escape(printable(text)))
