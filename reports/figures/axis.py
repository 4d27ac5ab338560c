"""Content → the geometry of the interval charts, in percent of their width; the template draws the SVG."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, floor

from reports.results import Result, SettingResult
from sampling.estimation.estimate import Estimate

STEPS = (0.01, 0.02, 0.05, 0.1, 0.2)
MOST_INTERVALS = 7
MARGIN = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """An axis of accuracy that need not begin at 0.

    Attributes:
        low: proportion at its left end.
        high: proportion at its right end.
        ticks: proportions from `low` to `high`.
    """

    low: float
    high: float
    ticks: tuple[float, ...]

    def position(self, share: float) -> float:
        """Where a proportion lies, in percent of the width; a margin keeps the marks at the ends whole."""
        inner = 100 - 2 * MARGIN
        return round(MARGIN + inner * (share - self.low) / (self.high - self.low), 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Whisker:
    """A dot and its interval, in percent of the width."""

    low: float
    value: float
    high: float


def axis_of(settings: tuple[SettingResult, ...]) -> Axis:
    """The shortest axis with round ends that holds every setting's interval; 0 to 1 where there is none."""
    accuracies = [s.overall.accuracy for s in settings if isinstance(s.overall.accuracy, Estimate)]
    return axis_holding((accuracy.interval.low, accuracy.interval.high) for accuracy in accuracies)


def axis_holding(intervals: Iterable[tuple[float, float]]) -> Axis:
    """The shortest axis with round ends that holds intervals of shares; 0 to 1 where there is none.

    >>> axis_holding([(0.845, 0.876)]).ticks
    (0.84, 0.85, 0.86, 0.87, 0.88)
    """
    ends = tuple(intervals)
    lowest = min((low for low, _ in ends), default=0.0)
    highest = max((high for _, high in ends), default=1.0)
    for step in STEPS:
        # Whole steps first: floating ticks must not pass 1, nor miss a limit that lies on one.
        first, last = floor(lowest / step + 1e-9), ceil(highest / step - 1e-9)
        if last - first <= MOST_INTERVALS:
            break
    # A single point at 1 needs an axis too, and none passes 1.
    first = min(first, last - 1) if last * step > 1 - 1e-9 else first
    ticks = tuple(round(index * step, 2) for index in range(first, max(last, first + 1) + 1))
    return Axis(low=ticks[0], high=ticks[-1], ticks=ticks)


def whisker_of(result: Result, axis: Axis) -> Whisker | None:
    """Where a result's dot and interval lie on the axis; None where there is no estimate."""
    if not isinstance(result.accuracy, Estimate):
        return None
    interval = result.accuracy.interval
    return Whisker(
        low=axis.position(interval.low),
        value=axis.position(result.accuracy.value),
        high=axis.position(interval.high),
    )
