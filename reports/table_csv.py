"""A table of a section as CSV, with the words of the other formats."""

import csv
import io
from collections.abc import Iterable

from reports.blocks import Table
from reports.spreadsheet_text import guarded


def render_table(table: Table) -> str:
    """A header and one line per row; what stands smaller beside a figure is in brackets behind it.

    RFC 4180 with line feeds; a cell that spans columns leaves the others empty. A text that a spreadsheet
    would take for a formula is preceded by an apostrophe.
    """
    buffer = io.StringIO()
    # Quoting everything keeps a lone carriage return inside its field, which minimal quoting does not.
    writer = csv.writer(buffer, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerow(map(guarded, table.columns))
    for cells in table.rows:
        writer.writerow(_padded((guarded(cell.line), cell.span) for cell in cells))
    return buffer.getvalue()


def _padded(cells: Iterable[tuple[str, int]]) -> Iterable[str]:
    return (text for first, span in cells for text in (first, *[""] * (span - 1)))
