"""Figures as SVG: a file that stands alone, and a drawing inside the page of the report."""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from markupsafe import escape

from reports.figures.bar_drawing import draw_bars
from reports.figures.figure import BarFigure, Figure, HistogramFigure
from reports.figures.histogram_drawing import draw_histogram
from reports.figures.interval_drawing import draw_intervals
from reports.figures.marks import Box, Disc, Drawing, Mark, Stroke, Words
from reports.figures.palette import DARK, LIGHT, N_SERIES_COLOURS, Role
from reports.figures.printable import printable

STYLE_FILE = Path(__file__).parent.parent / "templates" / "figure.css"

MARGIN = 16
"""White around a figure that stands alone."""

FONT = '.fig { font-family: "Helvetica Neue", Helvetica, Arial, "Liberation Sans", sans-serif; }\n'

RIGHT_TO_LEFT = frozenset({"R", "AL", "AN", "RLE", "RLO", "RLI", "LRE", "LRO", "LRI", "FSI", "PDI", "PDF"})


def render_svg(figure: Figure) -> str:
    """The figure as an SVG file: its own colours, on white paper, or dark where the reader's screen is."""
    drawing = draw(figure)
    width, height = drawing.width + 2 * MARGIN, drawing.height + 2 * MARGIN
    box = f"{-MARGIN} {-MARGIN} {_number(width)} {_number(height)}"
    size = f'width="{_number(width)}" height="{_number(height)}"'
    paper = (
        f'<rect class="paper" x="{-MARGIN}" y="{-MARGIN}" width="{_number(width)}"'
        f' height="{_number(height)}"/>'
    )
    opening = f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="{box}" {_described(figure)}>'
    return "\n".join((opening, *_names(figure), f"<style>{_own_style()}</style>", paper, *_body(drawing)))


def render_inline_svg(figure: Figure) -> str:
    """The figure as an element of an HTML page whose style sheet holds that of `inline_style`.

    Its ids begin with the figure's key. It has neither attributes of style nor colours of its own.
    """
    drawing = draw(figure)
    box = f"0 0 {_number(drawing.width)} {_number(drawing.height)}"
    return "\n".join((f'<svg viewBox="{box}" {_described(figure)}>', *_names(figure), *_body(drawing)))


def inline_style() -> str:
    """The rules of figures for the page's style sheet, which defines their colours as custom properties."""
    return STYLE_FILE.read_text(encoding="utf-8")


def draw(figure: Figure) -> Drawing:
    """The figure as shapes."""
    if isinstance(figure, BarFigure):
        return draw_bars(figure)
    if isinstance(figure, HistogramFigure):
        return draw_histogram(figure)
    return draw_intervals(figure)


@cache
def _own_style() -> str:
    """The rules with plain colours: not every program that prints SVG knows custom properties."""
    rules = inline_style()
    light, dark = _coloured(rules, LIGHT), _coloured(rules, DARK)
    return f"\n{FONT}{light}@media screen and (prefers-color-scheme: dark) {{\n{dark}}}\n"


def _coloured(rules: str, palette: Mapping[Role, str]) -> str:
    return re.sub(r"var\(--(\w+)\)", lambda match: palette[Role(match[1])], rules)


def _described(figure: Figure) -> str:
    key = escape(figure.key)
    return f'class="fig" role="img" aria-labelledby="{key}-title {key}-desc"'


def _names(figure: Figure) -> tuple[str, str]:
    key = escape(figure.key)
    return (
        f'<title id="{key}-title">{_text(figure.title)}</title>',
        f'<desc id="{key}-desc">{_text(figure.caption)}</desc>',
    )


def _body(drawing: Drawing) -> tuple[str, ...]:
    return (*map(_mark, drawing.marks), "</svg>\n")


def _mark(mark: Mark) -> str:
    if isinstance(mark, Words):
        return _words(mark)
    kind = _class(mark)
    if isinstance(mark, Box):
        return (
            f'<rect {kind} x="{_number(mark.x)}" y="{_number(mark.y)}"'
            f' width="{_number(mark.width)}" height="{_number(mark.height)}"/>'
        )
    if isinstance(mark, Disc):
        return f'<circle {kind} cx="{_number(mark.x)}" cy="{_number(mark.y)}" r="{_number(mark.radius)}"/>'
    points = " ".join(f"{_number(x)},{_number(y)}" for x, y in mark.points)
    return f'<polyline {kind} points="{points}"/>'


def _class(mark: Box | Disc | Stroke) -> str:
    if mark.series is None:
        return f'class="{mark.style} of-none"'
    # A second round of the colours is paler, so that no two series look alike before the thirteenth.
    again = " again" if mark.series // N_SERIES_COLOURS % 2 else ""
    return f'class="{mark.style} s{mark.series % N_SERIES_COLOURS}{again}"'


def _words(words: Words) -> str:
    whole = f"<title>{_text(words.whole)}</title>" if words.whole else ""
    return (
        f'<text class="{words.style}" x="{_number(words.x)}" y="{_number(words.y)}"'
        f' text-anchor="{words.anchor}">{whole}{_text(_isolated(words.text))}</text>'
    )


def _isolated(text: str) -> str:
    """The text so that its own direction orders it, but not what stands beside it nor where it begins."""
    has_direction = any(unicodedata.bidirectional(character) in RIGHT_TO_LEFT for character in text)
    return f"\u2068{text}\u2069" if has_direction else text


def _text(text: str) -> str:
    # XML reads a carriage return as a line feed.
    return str(escape(printable(text).replace("\r", " ")))


def _number(length: float) -> str:
    return f"{length:.2f}".rstrip("0").rstrip(".")
