"""How numbers become lengths: from 0 in proportion, or by decades with a place of its own for 0."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, floor, log10

from reports.figures.figure import Measure, Scale

MOST_STEPS = 6
MOST_DECADES = 8
SMALLEST = 1e-9
"""What is less, but not none, is drawn as this: no axis is read more finely."""
ZERO_GUTTER = 0.06
"""What a logarithmic axis gives up for the place of 0, as a share of its length."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinearScale:
    """Lengths in proportion, from 0.

    Attributes:
        high: what the whole length stands for, above 0.
        ticks: round numbers from 0 to `high`.
    """

    high: float
    ticks: tuple[float, ...]
    start: float = 0.0

    def place(self, value: float) -> float:
        """Where a number lies, in [0, 1] of the length."""
        return value / self.high


@dataclass(frozen=True, slots=True, kw_only=True)
class LogScale:
    """Equal lengths for equal ratios.

    Attributes:
        low: the power of ten it begins at.
        high: the power of ten it ends at, above `low`.
        ticks: powers of ten, and 0 where some number is.
        start: where `low` lies; above 0 where 0 has a place of its own before it.
    """

    low: float
    high: float
    ticks: tuple[float, ...]
    start: float

    def place(self, value: float) -> float:
        """Where a number lies, in [0, 1] of the length; 0 lies at 0, before the axis begins."""
        if value == 0:
            return 0.0
        drawn = max(value, self.low)
        return self.start + (1 - self.start) * log10(drawn / self.low) / log10(self.high / self.low)


AnyScale = LinearScale | LogScale


def scale_of(values: Iterable[float | None], measure: Measure, scale: Scale) -> AnyScale:
    """The shortest scale with round ends that holds the numbers; those that are None ask for nothing.

    >>> scale_of((3, 44, None), Measure.COUNT, Scale.LINEAR).ticks
    (0, 10, 20, 30, 40, 50)
    >>> scale_of((0, 44), Measure.COUNT, Scale.LOG).ticks
    (0, 1, 10, 100)

    Raises:
        ValueError: a number is below 0.
    """
    known = [value for value in values if value is not None]
    if min(known, default=0) < 0:
        raise ValueError(f"a figure holds {min(known)}: what has a length from 0 cannot be less")
    if scale is Scale.LINEAR:
        return _linear(max(known, default=0), measure)
    return _logarithmic(known, measure)


def _linear(highest: float, measure: Measure) -> LinearScale:
    if highest < SMALLEST:
        return LinearScale(high=1, ticks=(0, 1))
    step = _step(highest, measure)
    n_steps = ceil(highest / step - 1e-9)
    ticks = tuple(_round(index * step) for index in range(n_steps + 1))
    return LinearScale(high=ticks[-1], ticks=ticks)


def _step(highest: float, measure: Measure) -> float:
    """The smallest of 1, 2, 5 times a power of ten that divides the length into few steps."""
    power = floor(log10(highest / MOST_STEPS))
    steps = [factor * 10.0**exponent for exponent in (power, power + 1) for factor in (1, 2, 5)]
    step = next(step for step in steps if highest <= MOST_STEPS * step * (1 + 1e-9))
    return max(1.0, step) if measure is Measure.COUNT else step


def _round(value: float) -> float:
    """Without the dust of binary fractions; a whole number as one."""
    tidy = round(value, 12)
    return int(tidy) if tidy == int(tidy) else tidy


def _logarithmic(known: list[float], measure: Measure) -> LogScale:
    positive = [value for value in known if value > 0]
    has_zero = len(positive) < len(known)
    # A whole number below 1 is none; shares begin at the decade of the smallest.
    first = 0 if measure is Measure.COUNT else floor(log10(max(SMALLEST, min(positive, default=0.1))) + 1e-9)
    last = max(first + 1, ceil(log10(max(positive, default=1)) - 1e-9))
    every = ceil((last - first) / MOST_DECADES)
    decades = tuple(_round(10.0**exponent) for exponent in range(first, last + 1, every))
    return LogScale(
        low=10.0**first,
        high=10.0**last,
        ticks=(0, *decades) if has_zero else decades,
        start=ZERO_GUTTER if has_zero else 0.0,
    )
