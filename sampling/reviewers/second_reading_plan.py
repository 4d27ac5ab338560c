"""How many verdicts to read again so that the corrected accuracy has a wanted interval."""

from dataclasses import dataclass
from math import inf, isfinite

from sampling.checks import check_open_share
from sampling.errors import DesignError
from sampling.estimation.estimate import NoEstimate
from sampling.estimation.intervals import wilson_interval, wilson_units

LEAST_SECOND_READINGS = 100
"""Of "correct" verdicts: with fewer the interval may hold clearly less than it says, 91 % at 50 of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedReviewers:
    """What is expected of a review before its second readings.

    Attributes:
        accuracy: the true share of correct units, in (0, 1).
        sensitivity: P(judged correct | correct), in (0, 1].
        specificity: P(judged incorrect | incorrect), in (0, 1]; above 1 − sensitivity.

    Raises:
        DesignError: a number is outside its range.
    """

    accuracy: float
    sensitivity: float
    specificity: float

    def __post_init__(self) -> None:
        check_open_share("accuracy", self.accuracy)
        for name, rate in (("sensitivity", self.sensitivity), ("specificity", self.specificity)):
            if not 0 < rate <= 1:
                raise DesignError(f"{name} is {rate}: give a number above 0 and at most 1, such as 0.97")
        if self.sensitivity + self.specificity <= 1:
            raise DesignError(
                f"sensitivity {self.sensitivity} and specificity {self.specificity} add up to no more than 1:"
                " such reviewers do not tell right from wrong, so give rates that add up to more"
            )

    @property
    def judged_correct(self) -> float:
        """The expected share of "correct" among first verdicts."""
        return self.accuracy * self.sensitivity + self.wrongly_accepted

    @property
    def wrongly_accepted(self) -> float:
        """The expected share of units that are incorrect and judged correct."""
        return (1 - self.accuracy) * (1 - self.specificity)


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondReadingPlan:
    """Which verdicts to read again, and what to expect of it.

    Attributes:
        share: the chance of each "correct" verdict to be read again, in (0, 1]; every other verdict is.
        n_second: expected second readings in all.
        half_width: expected of the corrected accuracy's interval.
    """

    share: float
    n_second: float
    half_width: float


def planned_half_width(
    n: float, share: float, expected: ExpectedReviewers, *, confidence: float = 0.95
) -> SecondReadingPlan:
    """What n units bring of which every "incorrect" verdict and a share of the "correct" ones is read again.

    n_eff = n·p(1−p)/(p(1−p) + b·(1/share − 1)) with b the expected share of wrongly accepted units, and the
    half width is Wilson's on n_eff at p. For equal weights; divide n by the design effect for others.

    Raises:
        DesignError: n below 1, a share outside (0, 1], a confidence outside (0, 1).

    Source: as `sampling.reviewers.measurement_error`, whose variance this is with its expected counts.

    >>> expected = ExpectedReviewers(accuracy=0.948, sensitivity=0.97, specificity=0.85)
    >>> plan = planned_half_width(2000, 0.2, expected)
    >>> round(plan.n_second), round(plan.half_width, 4)
    (516, 0.0125)
    """
    _check_units(n)
    check_open_share("confidence", confidence)
    if not 0 < share <= 1:
        raise DesignError(f"share is {share}: give a number above 0 and at most 1, such as 0.15")
    spread = expected.accuracy * (1 - expected.accuracy)
    n_eff = n * spread / (spread + expected.wrongly_accepted * (1 / share - 1))
    interval = wilson_interval(expected.accuracy * n_eff, n_eff, confidence=confidence)
    return SecondReadingPlan(
        share=share,
        n_second=n * (1 - expected.judged_correct * (1 - share)),
        half_width=(interval.high - interval.low) / 2,
    )


def plan_second_readings(
    n: float, half_width: float, expected: ExpectedReviewers, *, confidence: float = 0.95
) -> SecondReadingPlan | NoEstimate:
    """The smallest share of "correct" verdicts to read again for a wanted half width, but 100 at least.

    Args:
        n: units of the sample, each read once; at least 1.
        half_width: wanted of the corrected accuracy's interval, in (0, 1).
        expected: of the accuracy and the reviewers.
        confidence: nominal coverage, in (0, 1).

    Returns:
        The plan; `NoEstimate` where reading every verdict again is not enough.

    Raises:
        DesignError: an argument is outside its range.

    >>> expected = ExpectedReviewers(accuracy=0.948, sensitivity=0.97, specificity=0.85)
    >>> round(plan_second_readings(2000, 0.015, expected).share, 3)
    0.105
    """
    _check_units(n)
    check_open_share("half_width", half_width)
    least = planned_half_width(n, 1.0, expected, confidence=confidence).half_width
    if least > half_width:
        return NoEstimate(
            reason=f"with all of {n} verdicts read again the interval is ±{least:.4f}, wider than the"
            f" ±{half_width} asked for: draw more units or ask for less"
        )
    spread = expected.accuracy * (1 - expected.accuracy)
    needed = wilson_units(expected.accuracy, half_width, confidence=confidence)
    # How much the second phase may add to p(1−p); `needed` is at most n, but for rounding.
    slack = max(spread * (n / needed - 1), 0.0) if needed > 0 else inf
    odds = slack / expected.wrongly_accepted if expected.wrongly_accepted else inf
    enough_to_judge = min(LEAST_SECOND_READINGS / (n * expected.judged_correct), 1.0)
    share = max(1 / (1 + odds), enough_to_judge)
    return planned_half_width(n, share, expected, confidence=confidence)


def _check_units(n: float) -> None:
    if not (isfinite(n) and n >= 1):
        raise DesignError(f"n is {n}: give the number of units of the sample, 1 or more")
