"""The names at the left of rows: broken into lines, right-aligned, in the middle of their row."""

from reports.figures.marks import Anchor, Mark, Style, Words
from reports.figures.text_fit import broken, text_width

SIZE = 13
LINE = 15
WIDEST = 230
GAP = 10
MOST_LINES = 2


def column_width(labels: tuple[str, ...]) -> float:
    """How wide the column of these names is, with the gap to what stands beside it."""
    return min(WIDEST, max((text_width(label, SIZE) for label in labels), default=0)) + GAP


def label_height(label: str) -> float:
    """How high a name is, broken into its lines."""
    return LINE * len(_lines(label))


def label_marks(label: str, *, right: float, middle: float) -> tuple[Mark, ...]:
    """A name whose lines end at `right`, about the height `middle`."""
    lines = _lines(label)
    whole = label if " ".join(lines) != " ".join(label.split()) else ""
    top = middle - LINE * (len(lines) - 1) / 2 + 4.5
    return tuple(
        Words(
            x=right - GAP, y=top + LINE * number, text=line, anchor=Anchor.END, style=Style.LABEL, whole=whole
        )
        for number, line in enumerate(lines)
    )


def _lines(label: str) -> tuple[str, ...]:
    return broken(label, width=WIDEST, size=SIZE, most_lines=MOST_LINES)
