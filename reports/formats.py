"""The formats of the report, and the one entry that renders them."""

import re
from collections.abc import Callable, Iterable
from enum import StrEnum

from reports.content import ReportContent
from reports.csv_table import render_csv
from reports.html import render_html
from reports.json_document import render_json
from reports.latex import render_latex
from reports.markdown import render_markdown


class Format(StrEnum):
    """How a report can be written; the values are what `--format` takes."""

    HTML = "html"
    MARKDOWN = "md"
    LATEX = "latex"
    CSV = "csv"
    JSON = "json"


RENDERERS: dict[Format, tuple[str, Callable[[ReportContent], str]]] = {
    Format.HTML: ("report.html", render_html),
    Format.MARKDOWN: ("report.md", render_markdown),
    Format.LATEX: ("report.tex", render_latex),
    Format.CSV: ("report.csv", render_csv),
    Format.JSON: ("report.json", render_json),
}


UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def render(content: ReportContent, formats: Iterable[Format]) -> dict[str, str]:
    """The report in each of these formats: file name → text, to be written as UTF-8.

    Control characters and lone surrogates of hostile names, which no format can hold, become U+FFFD.
    """
    chosen = (RENDERERS[one] for one in formats)
    return {name: UNPRINTABLE.sub("\ufffd", render_one(content)) for name, render_one in chosen}
