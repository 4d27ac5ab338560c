"""Which masks are behind the numbers of the report: exactly those that a number is of, or no link."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from audit.jobs.report_board.board import ReportBoard
from audit.jobs.report_board.mask_filter import Facet, MaskFilter
from audit.jobs.report_board.offered import COUNTED, OUTCOMES
from db.records import Reason
from reports.blocks import Cell, Table
from reports.cells import TOO_FEW
from reports.estimands import COLUMNS
from reports.grid import Grid, arrange
from reports.numbers import ABSENT, words_text
from reports.report_document import TABLE_ONE
from reports.sections import total_label

FACET_OF_COLUMN = {
    "Setting": Facet.SETTING,
    "Split": Facet.SPLIT,
    "Category": Facet.CATEGORY,
    "Source dataset": Facet.SOURCE,
    "Mask size": Facet.SIZE,
    "Reason": Facet.REASON,
}
"""What the labels of a row ask for, by the title of their column."""

Asked = Mapping[str, str | None]
"""The outcome that the masks behind a column have, by its title; None where they have any."""

_COUNTS: Asked = {"Units": None, **{words_text(name).capitalize(): name for name in OUTCOMES}}
_PARTS: Asked = dict.fromkeys(("Accuracy", "Interval", "n"), COUNTED)

LINKED: Mapping[str, Asked] = {
    "estimands": dict.fromkeys((*COLUMNS.values(), "n"), COUNTED),
    "splits": _PARTS,
    "categories": _PARTS,
    "source_datasets": _PARTS,
    "sizes": _PARTS,
    "reasons": {"Units": None},
    "undecided": {
        "Decided only": COUNTED,
        "Missing": "missing",
        "Unsure": "unsure",
        "Unjudgable": "unjudgable",
    },
    "counts": _COUNTS,
    "chosen-part": {"Accuracy": COUNTED, **_COUNTS},
}
"""The columns that are links, by the key of their section; beside them those of Table 1 and of pairs."""

PAIRS = "comparisons"
ONLY_FIRST, ONLY_SECOND = "Only first right", "Only second right"

REASONS = {words_text(reason): reason.value for reason in Reason}

NOTHING = frozenset({"", "0", ABSENT, TOO_FEW})
"""Texts of cells behind which there are no masks."""

Place = tuple[int, int]
"""A cell of a table: the number of its row, and its own in the row, from 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Linker:
    """Tells which masks are behind the cells of a table.

    Attributes:
        settings: by what people call them.
        grid: of Table 1.
        total: the label of rows over all splits.
        offered: what a filter can ask for.
        base: what every link asks for besides.
    """

    settings: Mapping[str, str]
    grid: Grid
    total: str
    offered: Mapping[Facet, tuple[str, ...]]
    base: MaskFilter

    @classmethod
    def of(cls, board: ReportBoard, base: MaskFilter) -> "Linker":
        """Give the one for a board's sections."""
        return cls(
            settings={name: setting for setting, name in board.names.items()},
            grid=arrange(board.content.settings),
            total=total_label(board.content),
            offered=board.offered,
            base=base,
        )

    def links(self, key: str, table: Table) -> dict[Place, MaskFilter]:
        """Give the filter behind each cell that is a link.

        Args:
            key: of the section.
            table: of that section.
        """
        if key == TABLE_ONE:
            found = self._of_grid()
        elif key == PAIRS:
            found = self._of_pairs(table)
        elif key in LINKED:
            found = self._of_rows(table, LINKED[key])
        else:
            return {}
        return {
            (row, number): self.base.with_values(values)
            for (row, number), values in found
            if table.rows[row][number].text not in NOTHING
        }

    def _of_grid(self) -> Iterator[tuple[Place, dict[Facet, str]]]:
        for row, line in enumerate(self.grid.lines):
            for number, setting in enumerate(line, start=1):
                if setting is not None:
                    yield (row, number), {Facet.SETTING: setting.setting, Facet.OUTCOME: COUNTED}

    def _of_pairs(self, table: Table) -> Iterator[tuple[Place, dict[Facet, str]]]:
        """The mentions of which one setting alone is right: it comes first."""
        only_first, only_second = map(table.columns.index, (ONLY_FIRST, ONLY_SECOND))
        for row, (first, second, *_) in enumerate(table.rows):
            a, b = self.settings[first.text], self.settings[second.text]
            for number, right, wrong in ((only_first, a, b), (only_second, b, a)):
                asked = {Facet.SETTING: right, Facet.AGAINST: wrong, Facet.OUTCOME: "correct"}
                yield (row, number), asked

    def _of_rows(self, table: Table, columns: Asked) -> Iterator[tuple[Place, dict[Facet, str]]]:
        for row, cells in enumerate(table.rows):
            labels = self._of_labels(table, cells)
            for number, column in enumerate(table.columns):
                if labels is not None and column in columns:
                    outcome = columns[column]
                    yield (row, number), labels | ({} if outcome is None else {Facet.OUTCOME: outcome})

    def _of_labels(self, table: Table, row: tuple[Cell, ...]) -> dict[Facet, str] | None:
        """What the labels of a row ask for; None where one of them is of nothing that can be asked for."""
        found: dict[Facet, str] = {}
        for title, cell in zip(table.columns[: table.n_labels], row, strict=False):
            facet = FACET_OF_COLUMN[title]
            value = self._value(facet, cell.text)
            if value is not None:
                found[facet] = value
            elif facet is not Facet.SPLIT or cell.text != self.total:
                return None
        return found

    def _value(self, facet: Facet, text: str) -> str | None:
        if facet is Facet.SETTING:
            return self.settings.get(text)
        value = REASONS.get(text, text) if facet is Facet.REASON else text
        return value if value in self.offered[facet] else None
