"""What a figure of the report shows, before anything draws it."""

from dataclasses import dataclass
from enum import StrEnum


class Measure(StrEnum):
    """What the numbers of a figure are."""

    SHARE = "share"
    """Proportions in [0, 1], shown in percent."""
    COUNT = "count"
    """Whole numbers from 0."""


class Scale(StrEnum):
    """How numbers become lengths."""

    LINEAR = "linear"
    LOG = "log"
    """To base 10, from 1; what is 0 has no length and is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """The numbers of one thing that is compared, such as a dataset or a setting.

    Attributes:
        values: one for each label or bin; None where there is no such number.
    """

    name: str
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BarFigure:
    """Numbers by name, as horizontal bars; several series stand beside each other.

    Attributes:
        key: names its files, such as `figure-4`; lower-case letters, digits and hyphens.
        caption: a sentence or two that say what is seen, n included.
        labels: what each bar is of.
        series: each with a value per label.
    """

    key: str
    title: str
    caption: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    measure: Measure
    scale: Scale = Scale.LINEAR

    def __post_init__(self) -> None:
        """Raises ValueError where a series has not a value per label."""
        _check_lengths(self.series, len(self.labels), "label")


@dataclass(frozen=True, slots=True, kw_only=True)
class HistogramFigure:
    """How often numbers fall into bins that follow each other.

    Attributes:
        key: names its files.
        axis: what is binned, with its unit.
        edges: ascending, one more than a series has values.
        series: each with a value per bin.
    """

    key: str
    title: str
    caption: str
    axis: str
    edges: tuple[float, ...]
    series: tuple[Series, ...]
    measure: Measure
    scale: Scale = Scale.LINEAR

    def __post_init__(self) -> None:
        """Raises ValueError where a series has not a value per bin."""
        _check_lengths(self.series, len(self.edges) - 1, "bin")


def _check_lengths(series: tuple[Series, ...], n: int, what: str) -> None:
    for one in series:
        if len(one.values) != n:
            raise ValueError(
                f"series {one.name!r} has {len(one.values)} values: it needs one per {what}, {n}"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class IntervalRow:
    """A share and its interval, or why there is none.

    Attributes:
        group: what rows of one colour have in common, such as a model; None for what is of no group.
        limits: low, value, high in [0, 1]; None where there is no estimate.
        remark: what stands beside it: "incomplete", or the reason why there are no limits.
    """

    label: str
    group: str | None
    limits: tuple[float, float, float] | None
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IntervalFigure:
    """Shares with their intervals below each other, on one axis."""

    key: str
    title: str
    caption: str
    rows: tuple[IntervalRow, ...]


Figure = BarFigure | HistogramFigure | IntervalFigure
