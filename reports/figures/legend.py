"""Which colour stands for which series: a line or more above the plot."""

from reports.figures.marks import Anchor, Disc, Mark, Style, Words
from reports.figures.text_fit import broken, text_width

SIZE = 12.5
ROW = 20
GAP = 22
KEY = 15
WIDEST = 260


def legend_marks(names: tuple[str, ...], *, left: float, width: float) -> tuple[tuple[Mark, ...], float]:
    """The legend from the top down and its height; nothing where fewer than two are told apart."""
    if len(names) < 2:
        return (), 0.0
    marks: list[Mark] = []
    x, y = left, 12.0
    for number, name in enumerate(names):
        (text,) = broken(name, width=WIDEST, size=SIZE, most_lines=1)
        taken = KEY + text_width(text, SIZE)
        if x > left and x + taken > left + width:
            x, y = left, y + ROW
        marks.append(Disc(x=x + 5, y=y - 4.5, radius=5, style=Style.DOT, series=number))
        marks.append(
            Words(x=x + KEY, y=y, text=text, anchor=Anchor.START, style=Style.LEGEND, whole=_cut(name, text))
        )
        x += taken + GAP
    return tuple(marks), y + 14


def _cut(name: str, shown: str) -> str:
    return name if shown != " ".join(name.split()) else ""
