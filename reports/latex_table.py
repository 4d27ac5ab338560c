"""Tables in LaTeX, as wide as the page lets them be."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from reports.blocks import Cell, Table
from reports.latex_text import escaped

LINE_END = r"\\"
WIDEST = 26
"""Characters that stand on one line of a column; longer texts are broken in a column of a width."""
LONGEST_TITLE_WORD = 16
LEAST = 7
GAP = 2
FLOAT_LINES = 36
"""A table of more lines does not fit on a page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSetting:
    """How a table is set.

    Attributes:
        n_characters: stand beside each other in it.
        is_sideways: on a page of its own that is turned.
    """

    n_characters: int
    commands: str
    is_sideways: bool = False


PAGE_SETTINGS = (
    PageSetting(n_characters=96, commands=r"\footnotesize"),
    PageSetting(n_characters=122, commands=r"\scriptsize\setlength{\tabcolsep}{3pt}"),
    PageSetting(n_characters=150, commands=r"\footnotesize", is_sideways=True),
    PageSetting(n_characters=185, commands=r"\scriptsize\setlength{\tabcolsep}{3pt}", is_sideways=True),
)
"""From the one that reads best to the one that holds most; of an 11 pt article on A4."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a table: its title, and how many characters stand on a line of it.

    Attributes:
        alignment: l of labels, r of numbers, c of numbers with something below them.
        is_broken: its texts are broken into lines.
    """

    title: str
    width: int
    is_label: bool
    alignment: str
    is_broken: bool


def long_table(table: Table) -> Iterator[str]:
    """The table over as many pages as it needs; a wide one is set smaller, or sideways."""
    columns = _columns(table)
    page = _page_setting(columns)
    if page.is_sideways:
        yield r"\begin{landscape}"
    yield rf"{{{page.commands}"
    yield rf"\begin{{longtable}}{{@{{}}{''.join(_type(column, page) for column in columns)}@{{}}}}"
    yield from (r"\toprule", _head(columns), r"\midrule", r"\endhead", r"\bottomrule", r"\endfoot")
    before = None
    for cells in table.rows:
        if table.n_labels > 1 and before not in (None, cells[0].text):
            yield r"\addlinespace"
        yield from _lines(cells, columns)
        before = cells[0].text
    yield r"\end{longtable}}"
    if page.is_sideways:
        yield r"\end{landscape}"
    yield ""


def float_body(table: Table) -> Iterator[str]:
    """The table on one page, for a float."""
    columns = _columns(table)
    page = _page_setting(columns)
    yield page.commands
    yield rf"\begin{{tabular}}{{@{{}}{''.join(_type(column, page) for column in columns)}@{{}}}}"
    yield from (r"\toprule", _head(columns), r"\midrule")
    for cells in table.rows:
        yield from _lines(cells, columns)
    yield from (r"\bottomrule", r"\end{tabular}")


def fits_float(table: Table) -> bool:
    """The table can stand on one page beside its caption."""
    n_lines = sum(1 + max((len(cell.details) for cell in cells), default=0) for cells in table.rows)
    return n_lines <= FLOAT_LINES and not _page_setting(_columns(table)).is_sideways


def _columns(table: Table) -> tuple[Column, ...]:
    return tuple(_column(table, index) for index in range(len(table.columns)))


def _column(table: Table, index: int) -> Column:
    is_label = index < table.n_labels
    cells = [cells[index] for cells in table.rows if index < len(cells) and cells[index].span == 1]
    lines = [line for cell in cells for line in ([cell.line] if is_label else [cell.text, *cell.details])]
    title = table.columns[index]
    # A title is broken between its words in any case.
    words = [word[:LONGEST_TITLE_WORD] for word in title.split()]
    longest = max(map(len, [*lines, *words, title] if is_label else [*lines, *words]), default=0)
    return Column(
        title=title,
        width=max(LEAST, min(WIDEST, longest)),
        is_label=is_label,
        alignment="l" if is_label else "c" if any(cell.details for cell in cells) else "r",
        is_broken=longest > WIDEST,
    )


def _page_setting(columns: tuple[Column, ...]) -> PageSetting:
    n_characters = sum(column.width + GAP for column in columns)
    fitting = (page for page in PAGE_SETTINGS if n_characters <= page.n_characters)
    return next(fitting, PAGE_SETTINGS[-1])


def _type(column: Column, page: PageSetting) -> str:
    if not column.is_broken:
        return column.alignment
    side = "right" if column.is_label else "left"
    width = column.width / page.n_characters
    return rf">{{\ragged{side}\arraybackslash}}p{{{width:.3f}\linewidth}}"


def _head(columns: tuple[Column, ...]) -> str:
    return _row(map(_title, columns))


def _title(column: Column) -> str:
    """The title of a column, in lines no wider than it."""
    title = escaped(column.title)
    if column.is_label or len(column.title) <= column.width:
        return title
    # A character is about half an em wide.
    side = r"\centering" if column.alignment == "c" else r"\raggedleft"
    return rf"\parbox[b]{{{column.width / 2:.1f}em}}{{{side} {title}}}"


def _lines(cells: tuple[Cell, ...], columns: tuple[Column, ...]) -> Iterator[str]:
    yield _row(_entries(cells, columns))
    if any(cell.details for cell in cells):
        yield r"\addlinespace"


def _entries(cells: tuple[Cell, ...], columns: tuple[Column, ...]) -> Iterator[str]:
    place = 0
    for cell in cells:
        column = columns[place]
        text = escaped(cell.line) if column.is_label else _stacked(cell, column)
        yield rf"\multicolumn{{{cell.span}}}{{c}}{{{text}}}" if cell.span > 1 else text
        place += cell.span


def _stacked(cell: Cell, column: Column) -> str:
    """A figure, and what qualifies it in small print below: beside it, the table would be too wide."""
    lines = [escaped(cell.text), *(rf"{{\scriptsize {escaped(detail)}}}" for detail in cell.details)]
    if not cell.details:
        return lines[0]
    if column.is_broken and cell.span == 1:
        return r"\newline ".join(lines)
    return rf"\begin{{tabular}}[t]{{@{{}}c@{{}}}}{LINE_END.join(lines)}\end{{tabular}}"


def _row(texts: Iterable[str]) -> str:
    return f"{' & '.join(texts)} {LINE_END}"
