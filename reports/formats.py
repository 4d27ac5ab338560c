"""The formats of a document, and the entries that render it."""

from collections.abc import Callable, Iterable
from enum import StrEnum

from reports.blocks import Gallery
from reports.content import ReportContent
from reports.csv_table import render_csv
from reports.document import Document
from reports.figures.figure import Figure
from reports.figures.plotly_json import render_figure_json
from reports.figures.printable import printable
from reports.figures.svg import render_svg
from reports.html import render_html
from reports.json_document import render_json
from reports.latex import render_latex
from reports.markdown import render_markdown
from reports.places import figure_json, figure_svg, gallery_picture, section_table
from reports.report_document import report_document
from reports.report_html import render_report_html
from reports.table_csv import render_table


class Format(StrEnum):
    """How a document can be written; the values are what `--format` takes."""

    HTML = "html"
    MARKDOWN = "md"
    LATEX = "latex"
    CSV = "csv"
    JSON = "json"


DOCUMENT_RENDERERS: dict[Format, tuple[str, Callable[[Document], str]]] = {
    Format.HTML: ("html", render_html),
    Format.MARKDOWN: ("md", render_markdown),
    Format.LATEX: ("tex", render_latex),
}
"""How the name of the file ends, and what renders it."""

RENDERERS: dict[Format, tuple[str, Callable[[ReportContent], str]]] = {
    Format.HTML: ("report.html", render_report_html),
    Format.MARKDOWN: ("report.md", lambda content: render_markdown(report_document(content))),
    Format.LATEX: ("report.tex", lambda content: render_latex(report_document(content))),
    Format.CSV: ("report.csv", render_csv),
    Format.JSON: ("report.json", render_json),
}


def render(content: ReportContent, formats: Iterable[Format]) -> dict[str, str]:
    """The report in each of these formats: file name → text, to be written as UTF-8.

    Control characters and lone surrogates of hostile names, which no format can hold, become U+FFFD.
    """
    chosen = (RENDERERS[one] for one in formats)
    return {name: printable(render_one(content)) for name, render_one in chosen}


def render_report(content: ReportContent, formats: Iterable[Format]) -> dict[str, bytes]:
    """The report and what lies beside it, as `render_document` gives them, `report.csv`, `report.json`."""
    chosen = tuple(formats)
    texts = {name: text.encode() for name, text in render(content, chosen).items()}
    return texts | _parts(report_document(content), chosen)


def render_document(document: Document, formats: Iterable[Format]) -> dict[str, bytes]:
    """A document and what lies beside it: path relative to its folder → bytes.

    HTML holds all in one file. Markdown and LaTeX come with figures and pictures, CSV is a file per table,
    and JSON one per figure.
    """
    chosen = tuple(formats)
    renderers = (DOCUMENT_RENDERERS[one] for one in chosen if one in DOCUMENT_RENDERERS)
    texts = {f"{document.key}.{suffix}": printable(write(document)).encode() for suffix, write in renderers}
    return texts | _parts(document, chosen)


def _parts(document: Document, formats: tuple[Format, ...]) -> dict[str, bytes]:
    """What lies beside a document in these formats."""
    sections = document.sections.values()
    figures = tuple(figure for section in sections for figure in section.figures)
    files: dict[str, bytes] = {}
    if Format.CSV in formats:
        files |= _tables(document)
    if Format.JSON in formats:
        files |= _drawn(figures, figure_json, render_figure_json)
    if {Format.MARKDOWN, Format.LATEX} & set(formats):
        files |= _drawn(figures, figure_svg, render_svg)
        files |= _pictures(gallery for section in sections for gallery in section.galleries)
    return files


def _tables(document: Document) -> dict[str, bytes]:
    return {
        section_table(key): printable(render_table(section.table)).encode()
        for key, section in document.sections.items()
        if section.table
    }


def _drawn(
    figures: tuple[Figure, ...], place: Callable[[str], str], draw: Callable[[Figure], str]
) -> dict[str, bytes]:
    return {place(figure.key): printable(draw(figure)).encode() for figure in figures}


def _pictures(galleries: Iterable[Gallery]) -> dict[str, bytes]:
    return {
        gallery_picture(picture.name): picture.jpeg
        for gallery in galleries
        for exhibit in gallery.exhibits
        for picture in exhibit.pictures
    }
