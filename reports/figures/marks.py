"""What a drawn figure is made of: plain shapes with a place, before any format writes them.

Lengths are in the units of the drawing, which are pixels where it is shown in its own size.
"""

from dataclasses import dataclass
from enum import StrEnum


class Style(StrEnum):
    """What a shape or text is; the values are classes of `templates/figure.css`."""

    BAR = "bar"
    STEM = "stem"
    DOT = "dot"
    HOLLOW = "hollow"
    STEPS = "steps"
    INTERVAL = "interval"
    GRIDLINE = "gridline"
    BASELINE = "baseline"
    LABEL = "label"
    VALUE = "value"
    TICK = "tick"
    ABSENT = "absent"
    LEGEND = "legend"


class Anchor(StrEnum):
    """Which end of a text stands at its place."""

    START = "start"
    MIDDLE = "middle"
    END = "end"


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A filled rectangle of a series."""

    x: float
    y: float
    width: float
    height: float
    style: Style
    series: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stroke:
    """A straight line or several that follow each other; `series` is None for what is of no series."""

    points: tuple[tuple[float, float], ...]
    style: Style
    series: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Disc:
    """A dot; `series` is None for what is of no series."""

    x: float
    y: float
    radius: float
    style: Style
    series: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One line of text.

    Attributes:
        y: its base line.
        whole: all of a text that was cut.
    """

    x: float
    y: float
    text: str
    anchor: Anchor
    style: Style
    whole: str = ""


Mark = Box | Stroke | Disc | Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A figure as shapes, in the order in which they cover each other."""

    width: float
    height: float
    marks: tuple[Mark, ...]
