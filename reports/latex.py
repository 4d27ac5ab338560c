"""A document in LaTeX that compiles by itself, with pdfLaTeX, XeLaTeX or LuaLaTeX."""

import re
from collections.abc import Iterator
from pathlib import Path

from reports.blocks import Exhibit, Gallery, Section, Table
from reports.document import Document
from reports.figure_table import figure_table
from reports.figures.figure import Figure
from reports.latex_table import fits_float, float_body, long_table
from reports.latex_text import escaped, has_numbered_characters
from reports.numbers import date_text
from reports.places import figure_png, gallery_picture

PREAMBLE = Path(__file__).parent / "templates" / "preamble.tex"

NUMBERED = re.compile(r"(Table|Figure) (\w+)\. (.+)")
"""Titles with the number that a paper has given."""
NUMBERS_SHOWN = (
    "Characters that the fonts of pdfLaTeX lack are shown by their number in Unicode, such as [U+05E1];"
    " XeLaTeX and LuaLaTeX take them from a font that has them, and the other formats show them."
)
ROWS_OF_EXHIBITS = 4
"""That stand on one page, with their lines."""


def render_latex(document: Document) -> str:
    """The whole document in LaTeX; tables with a number of their own are floats that a paper can take.

    Figures and pictures are printed where their files lie beside it; else the numbers of a figure are, and
    what a picture shows.
    """
    lines = [
        rf"\title{{{escaped(document.title)}}}",
        rf"\author{{{escaped(document.version)}}}",
        rf"\date{{{escaped(date_text(document.created_at))}}}",
        r"\begin{document}",
        r"\maketitle",
        rf"\noindent\textbf{{{escaped(document.status)}}}",
        "",
        *_points(document.warnings),
    ]
    for section in document.sections.values():
        lines += _section(section)
    body = "\n".join(lines)
    note = f"\n{escaped(NUMBERS_SHOWN)}\n" if has_numbered_characters(body) else ""
    preamble = PREAMBLE.read_text(encoding="utf-8").rstrip()
    return "\n".join([preamble, body, note, r"\end{document}", ""])


def _section(section: Section) -> Iterator[str]:
    if section.table and _kind(section.title) == "Table" and fits_float(section.table):
        yield from _float(section.title, section.paragraphs, section.table)
        yield from _points(section.points)
    else:
        yield from (rf"\section*{{{escaped(section.title)}}}", "")
        for paragraph in section.paragraphs:
            yield from (escaped(paragraph), "")
        yield from _points(section.points)
        if section.table:
            yield from long_table(section.table)
    yield from _code(section.code)
    for figure in section.figures:
        yield from _figure(figure, section.title if _kind(section.title) == "Figure" else figure.title)
    for gallery in section.galleries:
        yield from _gallery(gallery)


def _kind(title: str) -> str:
    """What a paper numbered under this title; empty where nothing is."""
    numbered = NUMBERED.fullmatch(title)
    return numbered[1] if numbered else ""


def _float(title: str, paragraphs: tuple[str, ...], table: Table) -> Iterator[str]:
    yield from (r"\begin{table}[H]", r"\centering")
    yield from _caption("table", title, " ".join(paragraphs))
    yield from float_body(table)
    yield from (r"\end{table}", "")


def _caption(kind: str, title: str, text: str) -> Iterator[str]:
    """The caption under its number, where the title has one; else the title in bold."""
    numbered = NUMBERED.fullmatch(title)
    if numbered:
        yield rf"\renewcommand{{\the{kind}}}{{{escaped(numbered[2])}}}"
        yield rf"\caption{{{escaped(f'{numbered[3]}. {text}')}}}"
    else:
        yield rf"\par\smallskip{{\small\textbf{{{escaped(title)}.}} {escaped(text)}\par}}\smallskip"


def _points(points: tuple[str, ...]) -> list[str]:
    if not points:
        return []
    return [r"\begin{itemize}", *(rf"\item {escaped(point)}" for point in points), r"\end{itemize}", ""]


def _code(code: str) -> Iterator[str]:
    if code:
        lines = "\\par\n".join(escaped(line) for line in code.splitlines())
        yield from (rf"{{\raggedright\small\ttfamily {lines}\par}}", "")


def _figure(figure: Figure, title: str) -> Iterator[str]:
    file = figure_png(figure.key)
    yield from (rf"\IfFileExists{{{file}}}{{%", r"\begin{figure}[H]", r"\centering")
    yield rf"\includegraphics[width=\linewidth,height=0.8\textheight,keepaspectratio]{{{file}}}"
    yield from _caption("figure", title, figure.caption)
    yield from (
        r"\end{figure}}{%",
        rf"\noindent\textbf{{{escaped(figure.title)}.}} {escaped(figure.caption)}",
    )
    yield from (line for line in long_table(figure_table(figure)) if line)
    yield from ("}", "")


def _gallery(gallery: Gallery) -> Iterator[str]:
    """The exhibits in rows, on as many floats as they need."""
    n_pictures = max((len(exhibit.pictures) for exhibit in gallery.exhibits), default=1)
    n_beside = 3 if n_pictures == 1 else 2
    n_each = n_beside * ROWS_OF_EXHIBITS
    for start in range(0, len(gallery.exhibits), n_each):
        title = f"{gallery.title}, continued" if start else gallery.title
        yield from (r"\begin{figure}[H]", r"\raggedright")
        yield from _caption("figure", title, "" if start else gallery.caption)
        for number, exhibit in enumerate(gallery.exhibits[start : start + n_each]):
            yield from _exhibit(exhibit, 1 / n_beside - 0.02)
            yield r"\par\medskip" if (number + 1) % n_beside == 0 else r"\hspace{0.02\linewidth}%"
        yield from (r"\end{figure}", "")


def _exhibit(exhibit: Exhibit, width: float) -> Iterator[str]:
    yield rf"\begin{{minipage}}[t]{{{width:.2f}\linewidth}}\vspace{{0pt}}\raggedright\scriptsize"
    share = 1 / max(1, len(exhibit.pictures)) - 0.01
    for picture in exhibit.pictures:
        file, alt = gallery_picture(picture.name), escaped(picture.alt)
        yield rf"\galleryphoto{{{share:.2f}\linewidth}}{{{file}}}{{{alt}}}%"
    yield r"\par\smallskip"
    yield "\\par\n".join(map(escaped, exhibit.lines))
    yield r"\end{minipage}%"
