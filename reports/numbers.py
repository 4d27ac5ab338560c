"""Numbers as text for people; the only place where a proportion becomes percent.

What is nearly none is never shown as none, nor what is nearly all as all: 0.0 % and 100.0 % are kept for
exactly none and all, as coverage.py does for its totals.
"""

from datetime import UTC, datetime
from math import isclose

from sampling.estimation.estimate import Bounds, Interval, IntervalMethod

ABSENT = "—"
"""Stands where there is no number; the reason is given beside it."""

METHOD_NAMES: dict[IntervalMethod, str] = {IntervalMethod.WILSON: "Wilson"}


def count_text(n: int) -> str:
    """A count with its thousands set apart.

    >>> count_text(5245421)
    '5,245,421'
    """
    return f"{n:,}"


def percent_number(share: float) -> str:
    """A proportion in [0, 1] as a number of percent with one decimal, without the sign.

    >>> [percent_number(share) for share in (0, 0.0004, 0.861, 0.9996, 1)]
    ['0.0', '<0.1', '86.1', '>99.9', '100.0']

    Raises:
        ValueError: `share` is outside [0, 1].
    """
    if not 0 <= share <= 1:
        raise ValueError(f"share is {share}: a proportion lies between 0 and 1")
    text = f"{100 * share:.1f}"
    if text == "0.0" and share > 0:
        return "<0.1"
    if text == "100.0" and share < 1:
        return ">99.9"
    return text


def percent_text(share: float) -> str:
    """A proportion in [0, 1] in percent.

    >>> percent_text(0.861)
    '86.1 %'
    """
    return f"{percent_number(share)} %"


def range_text(limits: Interval | Bounds) -> str:
    """Two limits as numbers of percent, without the sign.

    >>> range_text(Bounds(low=0.845, high=0.8754))
    '84.5–87.5'
    """
    return f"{percent_number(limits.low)}–{percent_number(limits.high)}"


def method_text(interval: Interval) -> str:
    """What kind of interval it is: its confidence and its method.

    >>> method_text(Interval(low=0, high=1, confidence=0.95, method=IntervalMethod.WILSON))
    '95 % Wilson interval'
    """
    percent = 100 * interval.confidence
    digits = str(round(percent)) if isclose(percent, round(percent)) else f"{percent:.10g}"
    return f"{digits} % {METHOD_NAMES[interval.method]} interval"


def date_text(moment: datetime) -> str:
    """The day in UTC.

    >>> date_text(datetime(2026, 11, 23, 23, 30, tzinfo=UTC))
    '2026-11-23'
    """
    return moment.astimezone(UTC).date().isoformat()


def time_text(moment: datetime) -> str:
    """The second in UTC, for machines and people.

    >>> time_text(datetime(2026, 11, 23, 23, 30, tzinfo=UTC))
    '2026-11-23T23:30:00Z'
    """
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def words_text(identifier: str) -> str:
    """A reason's or a design's identifier as words.

    >>> words_text("wrong_object"), words_text("within-split")
    ('wrong object', 'within split')
    """
    return identifier.replace("_", " ").replace("-", " ")
