"""Where a threshold can be put: stops along the values that a feature takes in the population."""

from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal

import numpy as np
from numpy.typing import NDArray

from sampling.thresholds.boxes import Direction

N_STOPS = 100
"""Steps of a slider at most: each drops about 1 % of the known values."""

MOST_VALUES = N_STOPS // 2

DIGITS = 3
"""Significant digits of a stop between the ends."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Where the threshold of one feature can be put.

    Attributes:
        stops: rising, at least one; the first is no more than the least value, the last no less than the
            greatest, so either end keeps every known one.
        n_unknown: masks of which the feature is not known.
        n_masks: in all.
    """

    stops: tuple[float, ...]
    n_unknown: int
    n_masks: int

    def with_stop(self, threshold: float) -> "Scale":
        """The scale with another stop, unless it is one already."""
        return replace(self, stops=tuple(sorted({*self.stops, threshold})))

    def loosest(self, direction: Direction) -> float:
        """The stop that keeps every known value."""
        return self.stops[0] if direction is Direction.AT_LEAST else self.stops[-1]


def make_scale(values: Floats) -> Scale:
    """The scale of a feature: its quantiles, rounded, so that each step drops about as many masks.

    Where the quantiles are a few values again and again, as of a count, they are the stops, unrounded.

    Args:
        values: of every mask, NaN where unknown.

    >>> make_scale(np.array([1.0, 2.0, 2.0, np.nan, 7.0])).stops
    (1.0, 2.0, 7.0)
    >>> make_scale(np.linspace(0.12345, 0.87654, 1000)).stops[:3]
    (0.123, 0.13, 0.138)
    """
    known = values[~np.isnan(values)]
    if known.size == 0:
        return Scale(stops=(0.0,), n_unknown=values.size, n_masks=values.size)
    found = np.unique(np.quantile(known, np.linspace(0, 1, N_STOPS + 1), method="lower")).tolist()
    if len(found) <= MOST_VALUES:
        return Scale(stops=tuple(found), n_unknown=values.size - known.size, n_masks=values.size)
    low, high = _rounded(found[0], ROUND_FLOOR), _rounded(found[-1], ROUND_CEILING)
    between = {_rounded(value, ROUND_HALF_EVEN) for value in found[1:-1]}
    stops = {low, high, *(stop for stop in between if low < stop < high)}
    return Scale(stops=tuple(sorted(stops)), n_unknown=values.size - known.size, n_masks=values.size)


def stop_text(stop: float) -> str:
    """A threshold as text.

    >>> stop_text(0.5), stop_text(12345.0), stop_text(0.7234567), stop_text(0.0000125)
    ('0.5', '12,345', '0.723457', '0.0000125')
    """
    return f"{stop:,.0f}" if stop.is_integer() else f"{Decimal(f'{stop:.6g}'):f}"


def _rounded(value: float, way: str) -> float:
    """A value with few significant digits, rounded in one of the ways of `decimal`."""
    if value == 0:
        return 0.0
    written = Decimal(repr(value))
    last_digit = Decimal(1).scaleb(written.adjusted() - DIGITS + 1)
    return float(written.quantize(last_digit, rounding=way))
