"""The numbers of a figure as the words that stand in it and in its table."""

from decimal import Decimal
from math import isclose

from reports.figures.figure import Measure
from reports.numbers import count_text, exact_percent_text, percent_text

NO_FIGURE = "no figure"

SMALLEST_DECIMAL = 1e-6
"""What is smaller is written with a power of ten."""


def value_text(value: float | None, measure: Measure) -> str:
    """A number as people read it, or that there is none.

    >>> [value_text(value, Measure.SHARE) for value in (0.861, 0, None)]
    ['86.1 %', '0.0 %', 'no figure']
    >>> value_text(5245421, Measure.COUNT)
    '5,245,421'
    """
    if value is None:
        return NO_FIGURE
    return percent_text(value) if measure is Measure.SHARE else count_text(round(value))


def tick_text(value: float, measure: Measure) -> str:
    """A round number of an axis.

    >>> tick_text(0.25, Measure.SHARE), tick_text(10000, Measure.COUNT)
    ('25 %', '10,000')
    """
    return exact_percent_text(value) if measure is Measure.SHARE else count_text(round(value))


def edge_text(value: float) -> str:
    """The edge of a bin, with up to three digits that count.

    >>> [edge_text(value) for value in (0, 0.00031622, 0.00001, 12, 2500, 0.1 + 0.2, 1e-9)]
    ['0', '0.000316', '0.00001', '12', '2,500', '0.3', '1e-09']
    """
    if isclose(value, round(value)):
        return count_text(round(value))
    if abs(value) < SMALLEST_DECIMAL:
        return f"{value:.3g}"
    return f"{Decimal(f'{value:.3g}'):f}"
