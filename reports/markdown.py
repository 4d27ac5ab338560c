"""A document as Markdown (CommonMark with the pipe tables of GitHub)."""

import re
from collections.abc import Iterable, Iterator

from reports.blocks import Exhibit, Gallery, Section, Table
from reports.document import Document
from reports.figures.figure import Figure
from reports.places import figure_svg, gallery_picture

BACKTICKS = re.compile("`+")
COMMAND = re.compile("(`mask-audit [a-z -]+`)")
SPECIAL = re.compile(r"[\\`*_\[\]<>#|~&$]")


def render_markdown(document: Document) -> str:
    """The whole document as Markdown; its figures and pictures are files beside it."""
    lines = [f"# {escaped(document.title)}", "", f"**{escaped(document.status)}**", ""]
    lines += _points(document.warnings, mark="⚠ ")
    for section in document.sections.values():
        lines += section_lines(section)
    return "\n".join(lines)


def escaped(text: str) -> str:
    r"""The text as Markdown shows it literally, on one line.

    >>> print(escaped("a|b <i>*c*</i>"))
    a\|b \<i\>\*c\*\</i\>
    """
    return _escaped_part(" ".join(text.split()))


def _escaped_part(text: str) -> str:
    return SPECIAL.sub(lambda match: f"\\{match[0]}", text)


def section_lines(section: Section, *, heading: str = "##") -> Iterator[str]:
    """The lines of one section, its title as a heading of a level."""
    yield from (f"{heading} {escaped(section.title)}", "")
    yield from _points(section.points)
    if section.table:
        yield from _table(section.table)
    for paragraph in section.paragraphs:
        yield from (_paragraph(paragraph), "")
    if section.code:
        yield from _code(section.code)
    for figure in section.figures:
        yield from _figure(figure)
    for gallery in section.galleries:
        yield from _gallery(gallery)


def _paragraph(text: str) -> str:
    """The text escaped, but commands of ours between backticks, which Markdown sets as code."""
    # Splitting by a group puts what it matched at the odd places.
    parts = enumerate(COMMAND.split(" ".join(text.split())))
    return "".join(part if index % 2 else _escaped_part(part) for index, part in parts)


def _code(code: str) -> Iterator[str]:
    """The code between fences longer than any row of backticks in it."""
    longest = max((len(row) for row in BACKTICKS.findall(code)), default=0)
    fence = "`" * max(3, longest + 1)
    yield from (fence, code, fence, "")


def _figure(figure: Figure) -> Iterator[str]:
    yield from (f"![{escaped(figure.title)}]({figure_svg(figure.key)})", "")
    yield from (f"**{escaped(figure.title)}.** {escaped(figure.caption)}", "")


def _gallery(gallery: Gallery) -> Iterator[str]:
    yield from (f"### {escaped(gallery.title)}", "", escaped(gallery.caption), "")
    for exhibit in gallery.exhibits:
        yield from _exhibit(exhibit)


def _exhibit(exhibit: Exhibit) -> Iterator[str]:
    yield " ".join(f"![{escaped(one.alt)}]({gallery_picture(one.name)})" for one in exhibit.pictures)
    # Two blanks at the end of a line break it.
    yield from ("", "  \n".join(map(escaped, exhibit.lines)), "")


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
