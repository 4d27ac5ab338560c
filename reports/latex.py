"""The report as a LaTeX document that compiles by itself, with pdfLaTeX, XeLaTeX or LuaLaTeX."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from reports.blocks import Cell, Section, Table
from reports.content import ReportContent
from reports.numbers import date_text
from reports.sections import table_one, written_sections
from reports.sentences import status_text

PREAMBLE = Path(__file__).parent / "templates" / "preamble.tex"

COMMANDS = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "#": r"\#",
    "$": r"\$",
    "%": r"\%",
    "&": r"\&",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "'": r"\textquotesingle{}",
    "`": r"\textasciigrave{}",
    "-": "{-}",
    "[": "{[}",
    "]": "{]}",
    "*": "{*}",
    "–": r"\textendash{}",
    "—": r"\textemdash{}",
    "“": r"\textquotedblleft{}",
    "”": r"\textquotedblright{}",
    "’": r"\textquoteright{}",
    "×": r"\texttimes{}",
    "−": r"\textminus{}",
    "±": r"\textpm{}",
    "²": r"\texttwosuperior{}",
    "⚠": r"\textbf{!}",
}
OUTSIDE_PDFLATEX = re.compile(r"[^\x20-\x7eÀ-ÖØ-öø-ÿ]")
LINE_END = r"\\"
LONGEST_WORD = 24
LONGEST_PIECE = 8
NARROW = 16
"""A column of text with a longer entry gets a width to break lines in."""
MOST_COLUMNS = 8
MOST_MODELS = 4
"""A wider table, or a wider Table 1, is set smaller."""


def render_latex(content: ReportContent) -> str:
    """The whole report as one LaTeX document; Table 1 is a float that can be taken into a paper."""
    lines = [
        PREAMBLE.read_text(encoding="utf-8").rstrip(),
        rf"\title{{{escaped(content.title)}}}",
        rf"\author{{{escaped(content.version)}, sample {escaped(content.sample)}}}",
        rf"\date{{{escaped(date_text(content.created_at))}}}",
        r"\begin{document}",
        r"\maketitle",
        rf"\noindent\textbf{{{escaped(status_text(content))}}}",
        "",
        *_points(content.warnings),
        *_float(table_one(content)),
    ]
    for section in written_sections(content):
        lines += _section(section)
    return "\n".join([*lines, r"\end{document}", ""])


def escaped(text: str) -> str:
    r"""The text as LaTeX shows it literally.

    What pdfLaTeX's fonts lack goes through `\unicodechar`, which the preamble defines as the character under
    XeLaTeX and LuaLaTeX and as its number under pdfLaTeX. Hyphens are braced so that none join into a dash,
    brackets and stars so that none is taken for an option of the line end before it.

    >>> print(escaped("50 % & a_b"))
    50 \% \& a\_b
    >>> print(escaped("סוס"))
    \unicodechar{05E1}\unicodechar{05D5}\unicodechar{05E1}
    """
    return " ".join(_breakable(word) for word in text.split())


def _breakable(word: str) -> str:
    """The word, with places to break it where it is too long for a line, such as a fingerprint."""
    if len(word) <= LONGEST_WORD:
        return "".join(map(_character, word))
    pieces = [word[start : start + LONGEST_PIECE] for start in range(0, len(word), LONGEST_PIECE)]
    return r"\allowbreak{}".join("".join(map(_character, piece)) for piece in pieces)


def _character(character: str) -> str:
    if character in COMMANDS:
        return COMMANDS[character]
    if OUTSIDE_PDFLATEX.match(character):
        return rf"\unicodechar{{{ord(character):04X}}}"
    return character


def _float(section: Section) -> Iterator[str]:
    if section.table is None:
        return
    caption = " ".join((section.title.partition(". ")[2] + ".", *section.paragraphs))
    yield from (r"\begin{table}[ht]", r"\centering", rf"\caption{{{escaped(caption)}}}")
    if len(section.table.columns) > MOST_MODELS:
        yield r"\small\setlength{\tabcolsep}{4pt}"
    yield from (rf"\begin{{tabular}}{{{_column_types(section.table, number='c')}}}", r"\toprule")
    yield _row(escaped(title) for title in section.table.columns)
    yield r"\midrule"
    for cells in section.table.rows:
        yield from (_row(_stacked(cell) for cell in cells), r"\addlinespace")
    yield from (r"\bottomrule", r"\end{tabular}", r"\end{table}", "")


def _stacked(cell: Cell) -> str:
    """An entry of Table 1: the figure, and what stands beside it in small print below."""
    text = escaped(cell.text)
    if cell.details:
        details = rf"{{\scriptsize {escaped(', '.join(cell.details))}}}"
        text = rf"\begin{{tabular}}[t]{{@{{}}c@{{}}}}{text}{LINE_END}{details}\end{{tabular}}"
    return rf"\multicolumn{{{cell.span}}}{{c}}{{{text}}}" if cell.span > 1 else text


def _section(section: Section) -> Iterator[str]:
    yield from (rf"\section*{{{escaped(section.title)}}}", "")
    for paragraph in section.paragraphs:
        yield from (escaped(paragraph), "")
    if section.code:
        yield from (rf"{{\raggedright\small\ttfamily {escaped(section.code)}\par}}", "")
    yield from _points(section.points)
    if section.table:
        yield from _long_table(section.table)


def _points(points: tuple[str, ...]) -> list[str]:
    if not points:
        return []
    return [r"\begin{itemize}", *(rf"\item {escaped(point)}" for point in points), r"\end{itemize}", ""]


def _long_table(table: Table) -> Iterator[str]:
    is_wide = len(table.columns) > MOST_COLUMNS
    size = r"\scriptsize\setlength{\tabcolsep}{3pt}" if is_wide else r"\footnotesize"
    yield rf"{{{size}\begin{{longtable}}{{{_column_types(table, number='r')}}}"
    yield from (r"\toprule", _row(escaped(title) for title in table.columns), r"\midrule", r"\endhead")
    yield from (r"\bottomrule", r"\endfoot")
    for cells in table.rows:
        labels = (escaped(cell.line) for cell in cells[: table.n_labels])
        yield _row([*labels, *(_under_each_other(cell) for cell in cells[table.n_labels :])])
    yield from (r"\end{longtable}}", "")


def _under_each_other(cell: Cell) -> str:
    """A number, and what qualifies it in small print below: beside it, the table would be too wide."""
    lines = [escaped(cell.text), *(rf"{{\scriptsize {escaped(detail)}}}" for detail in cell.details)]
    return (
        rf"\begin{{tabular}}[t]{{@{{}}r@{{}}}}{LINE_END.join(lines)}\end{{tabular}}"
        if lines[1:]
        else lines[0]
    )


def _column_types(table: Table, *, number: str) -> str:
    labels = "".join(
        r">{\raggedright\arraybackslash}p{0.2\linewidth}"
        if any(len(cells[index].text) > NARROW for cells in table.rows)
        else "l"
        for index in range(table.n_labels)
    )
    return f"@{{}}{labels}{number * (len(table.columns) - table.n_labels)}@{{}}"


def _row(texts: Iterable[str]) -> str:
    return f"{' & '.join(texts)} {LINE_END}"
