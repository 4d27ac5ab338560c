"""Numbers as text for people; the only place where a proportion becomes percent.

What is nearly none is never shown as none, nor what is nearly all as all: 0.0 % and 100.0 % are kept for
exactly none and all, as coverage.py does for its totals.
"""

from datetime import UTC, datetime
from math import ceil, isclose

from sampling.estimation.estimate import Bounds, Interval, IntervalMethod

ABSENT = "—"
"""Stands where there is no number; the reason is given beside it."""

MINUS = "−"

METHOD_NAMES: dict[IntervalMethod, str] = {
    IntervalMethod.WILSON: "Wilson",
    IntervalMethod.CLOPPER_PEARSON: "Clopper–Pearson",
    IntervalMethod.JEFFREYS: "Jeffreys",
    IntervalMethod.AGRESTI_COULL: "Agresti–Coull",
    IntervalMethod.MID_P: "mid-P",
    IntervalMethod.WILSON_EFFECTIVE: "stratified Wilson",
    IntervalMethod.KORN_GRAUBARD: "Korn–Graubard",
    IntervalMethod.MOVER_JEFFREYS: "MOVER-Jeffreys",
    IntervalMethod.DIFFERENCE: "difference-estimator",
    IntervalMethod.LANG_REICZIGEL: "Lang–Reiczigel",
    IntervalMethod.BONETT_PRICE: "Bonett–Price",
    IntervalMethod.NEWCOMBE: "Newcombe",
    IntervalMethod.MOVER_OVERLAPPING: "overlapping-samples MOVER",
    IntervalMethod.CONTRAST: "contrast",
    IntervalMethod.CONFIDENCE_SEQUENCE: "anytime-valid",
    IntervalMethod.FIXED_WIDTH: "fixed-width",
}


def count_text(n: int) -> str:
    """A count with its thousands set apart.

    >>> count_text(5245421)
    '5,245,421'
    """
    return f"{n:,}"


def counted_text(n: int, what: str) -> str:
    """A count of things, named in the singular.

    >>> counted_text(1, "mask"), counted_text(5245, "mask")
    ('1 mask', '5,245 masks')
    """
    return f"{count_text(n)} {what}" if n == 1 else f"{count_text(n)} {what}s"


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


def exact_percent_number(share: float) -> str:
    """A proportion that somebody chose, as a number of percent with every digit that was given.

    >>> [exact_percent_number(share) for share in (0.95, 0.9944, 0.025)]
    ['95', '99.44', '2.5']
    """
    percent = 100 * share
    return str(round(percent)) if isclose(percent, round(percent)) else f"{percent:.10g}"


def exact_percent_text(share: float) -> str:
    """A proportion that somebody chose, such as a confidence or a target, in percent.

    >>> exact_percent_text(0.9)
    '90 %'
    """
    return f"{exact_percent_number(share)} %"


def difference_number(difference: float) -> str:
    """A difference of two proportions in percentage points, with its sign and one decimal.

    An unbiased estimate of a difference may leave [−1, 1], and is shown as it is.

    >>> [difference_number(d) for d in (0.101, 0.0004, 0, -0.0004, -0.9999, -1)]
    ['+10.1', '<+0.1', '0.0', '>−0.1', '>−100.0', '−100.0']
    """
    sign = MINUS if difference < 0 else "+"
    text = f"{100 * abs(difference):.1f}"
    if text == "0.0":
        # Nearly none keeps its sign, and is never shown as none.
        return {MINUS: f">{MINUS}0.1", "+": "<+0.1"}[sign] if difference else text
    if text == "100.0" and abs(difference) < 1:
        return {MINUS: f">{MINUS}100.0", "+": "<+100.0"}[sign]
    return f"{sign}{text}"


def difference_range_text(limits: Interval | Bounds) -> str:
    """Two limits of a difference in percentage points.

    >>> difference_range_text(Bounds(low=-0.004, high=0.0212))
    '−0.4 to +2.1'
    """
    return f"{difference_number(limits.low)} to {difference_number(limits.high)}"


def half_width_text(half_width: float) -> str:
    """Half the width of an interval in percentage points, rounded up: never narrower than it is.

    >>> half_width_text(0.0301)
    '± 3.1 percentage points'
    """
    return f"± {ceil(round(1000 * half_width, 6)) / 10:.1f} percentage points"


def p_value_number(p: float) -> str:
    """A p-value, rounded up so that none looks smaller than it is.

    >>> [p_value_number(p) for p in (1e-9, 0.001, 0.0501, 1)]
    ['< 0.001', '0.001', '0.051', '1.000']
    """
    return "< 0.001" if p < 0.001 else f"{ceil(round(1000 * p, 6)) / 1000:.3f}"


def p_value_text(p: float) -> str:
    """A p-value as it stands in a sentence.

    >>> p_value_text(1e-9), p_value_text(0.25)
    ('p < 0.001', 'p = 0.250')
    """
    number = p_value_number(p)
    return f"p {number}" if number.startswith("<") else f"p = {number}"


def n_eff_text(n_eff: float) -> str:
    """An effective number of units, rounded.

    >>> n_eff_text(1951.62), n_eff_text(0.2)
    ('1,952', '<1')
    """
    return count_text(round(n_eff)) if n_eff >= 0.5 else "<1"


def deff_text(deff: float) -> str:
    """A design effect.

    >>> deff_text(3.9862), deff_text(1)
    ('3.99', '1.00')
    """
    return f"{deff:.2f}"


def seconds_number(seconds: float) -> str:
    """A time in seconds, with one decimal below a minute.

    >>> [seconds_number(seconds) for seconds in (0.02, 3.14, 75.2, 4000)]
    ['<0.1', '3.1', '75', '4,000']
    """
    if 0 < seconds < 0.05:
        return "<0.1"
    return f"{seconds:.1f}" if seconds < 59.95 else count_text(round(seconds))


def hours_number(seconds: float) -> str:
    """A time in hours, with one decimal.

    >>> [hours_number(seconds) for seconds in (100, 5400, 72_000_000)]
    ['<0.1', '1.5', '20,000.0']
    """
    return "<0.1" if 0 < seconds < 180 else f"{seconds / 3600:,.1f}"


def coefficient_number(coefficient: float) -> str:
    """A coefficient of agreement in [−1, 1]; 1.00 is kept for perfect agreement.

    >>> [coefficient_number(c) for c in (0.4567, -0.001, -0.25, 0.999, 1)]
    ['0.46', '0.00', '−0.25', '>0.99', '1.00']
    """
    text = f"{abs(coefficient):.2f}"
    if text == "1.00" and abs(coefficient) < 1:
        return ">0.99" if coefficient > 0 else f"<{MINUS}0.99"
    return f"{MINUS}{text}" if coefficient < 0 and text != "0.00" else text


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
    return f"{exact_percent_text(interval.confidence)} {METHOD_NAMES[interval.method]} interval"


def quoted_interval_text(interval: Interval) -> str:
    """An interval of a proportion as it is quoted beside it.

    >>> interval = Interval(low=0.9371, high=0.9569, confidence=0.95, method=IntervalMethod.WILSON)
    >>> quoted_interval_text(interval)
    '95 % interval 93.7–95.7, Wilson'
    """
    confidence = exact_percent_text(interval.confidence)
    return f"{confidence} interval {range_text(interval)}, {METHOD_NAMES[interval.method]}"


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


def duration_text(seconds: float) -> str:
    """A span of time, as coarse as people plan.

    >>> duration_text(1), duration_text(1200), duration_text(9000)
    ('1 min', '20 min', '2.5 h')
    """
    return f"{max(1, round(seconds / 60))} min" if seconds < 3600 else f"{seconds / 3600:.1f} h"


def words_text(identifier: str) -> str:
    """A reason's or a design's identifier as words.

    >>> words_text("wrong_object"), words_text("within-split")
    ('wrong object', 'within split')
    """
    return identifier.replace("_", " ").replace("-", " ")
