"""Tables of the report as HTML, in which a number leads to the masks behind it."""

from collections.abc import Iterator, Mapping

from markupsafe import Markup, escape

from audit.jobs.report_board.links import Place
from reports.blocks import Cell, Table
from reports.figures.printable import printable

_FRAME = Markup(
    '<div class="report-table" tabindex="0" role="region" aria-label="{}">'
    "<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>"
)


def table_html(table: Table, title: str, addresses: Mapping[Place, str]) -> str:
    """Give a table as HTML, every text of it escaped.

    Args:
        table: of a section or a figure.
        title: says what it is of to those who cannot see it.
        addresses: where the cells lead that are links.
    """
    head = Markup("").join(
        Markup('<th scope="col"{}>{}</th>').format(_label_class(place, table), _text(text))
        for place, text in enumerate(table.columns)
    )
    rows = Markup("").join(
        Markup("<tr>{}</tr>").format(Markup("").join(_cells(table, number, addresses)))
        for number in range(len(table.rows))
    )
    return str(_FRAME.format(printable(title), head, rows))


def _cells(table: Table, row: int, addresses: Mapping[Place, str]) -> Iterator[Markup]:
    place = 0
    for number, cell in enumerate(table.rows[row]):
        details = Markup("").join(Markup("<small>{}</small>").format(_text(each)) for each in cell.details)
        span = Markup(' colspan="{}"').format(cell.span) if cell.span > 1 else Markup("")
        element = Markup('<th scope="row"{}{}>{}{}</th>') if place == 0 else Markup("<td{}{}>{}{}</td>")
        text = _linked(cell, addresses.get((row, number)))
        yield element.format(_label_class(place, table), span, text, details)
        place += cell.span


def _linked(cell: Cell, address: str | None) -> Markup:
    text = _text(cell.text)
    if address is None:
        return text
    return Markup('<a href="{}" target="_self">{}</a>').format(address, text)


def _label_class(place: int, table: Table) -> Markup:
    return Markup(' class="label"') if place < table.n_labels else Markup("")


def _text(text: str) -> Markup:
    return Markup("<bdi>{}</bdi>").format(escape(printable(text)))
