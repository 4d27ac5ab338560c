"""The report as Markdown (CommonMark with the pipe tables of GitHub)."""

import re
from collections.abc import Iterable, Iterator

from reports.blocks import Section, Table
from reports.content import ReportContent
from reports.sections import table_one, written_sections
from reports.sentences import status_text

SPECIAL = re.compile(r"[\\`*_\[\]<>#|~&$]")


def render_markdown(content: ReportContent) -> str:
    """The whole report as one Markdown document."""
    lines = [f"# {escaped(content.title)}", "", f"**{escaped(status_text(content))}**", ""]
    lines += _points(content.warnings, mark="⚠ ")
    for section in (table_one(content), *written_sections(content)):
        lines += _section(section)
    return "\n".join(lines)


def escaped(text: str) -> str:
    r"""The text as Markdown shows it literally, on one line.

    >>> print(escaped("a|b <i>*c*</i>"))
    a\|b \<i\>\*c\*\</i\>
    """
    return SPECIAL.sub(lambda match: f"\\{match[0]}", " ".join(text.split()))


def _section(section: Section) -> Iterator[str]:
    yield from (f"## {escaped(section.title)}", "")
    yield from _points(section.points)
    if section.table:
        yield from _table(section.table)
    for paragraph in section.paragraphs:
        yield from (escaped(paragraph), "")
    if section.code:
        yield from ("```python", section.code, "```", "")


def _points(points: tuple[str, ...], *, mark: str = "") -> list[str]:
    return [*(f"- {mark}{escaped(point)}" for point in points), ""] if points else []


def _table(table: Table) -> Iterator[str]:
    n_numbers = len(table.columns) - table.n_labels
    yield _row(escaped(title) for title in table.columns)
    yield _row([":---"] * table.n_labels + ["---:"] * n_numbers)
    for cells in table.rows:
        yield _row(text for cell in cells for text in (escaped(cell.line), *[""] * (cell.span - 1)))
    yield ""


def _row(texts: Iterable[str]) -> str:
    return f"| {' | '.join(texts)} |"
