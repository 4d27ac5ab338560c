"""What verdicts on kept masks say about their accuracy: exact p-values, and how many verdicts they take."""

from dataclasses import dataclass

from scipy.special import betainc

from sampling.checks import as_whole, check_open_share
from sampling.errors import DesignError, EstimateError

MOST_ERRORS = 1_000_000
"""A claim that would take more errors than this is not offered: the accuracy is all but the target."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guarantee:
    """What a threshold must do: what it keeps is at least `target` accurate, with this confidence.

    Attributes:
        target: the accuracy of what is kept, in (0, 1).
        confidence: 1 − the probability that a threshold is certified whose kept masks are less accurate.

    Raises:
        DesignError: a number is outside (0, 1).
    """

    target: float
    confidence: float = 0.95

    def __post_init__(self) -> None:
        check_open_share("target", self.target)
        check_open_share("confidence", self.confidence)

    @property
    def error(self) -> float:
        """The probability of a wrong certificate that is allowed for."""
        return 1 - self.confidence


def kept_p_value(n_errors: int, n_kept: int, target: float) -> float:
    """The exact p-value of "what is kept is less accurate than the target".

    P(X ≤ n_errors), X binomial with n_kept trials of 1 − target; 1 where nothing is kept. For verdicts that
    weigh the same: a simple random sample of what is kept.

    Args:
        n_errors: 0 ≤ n_errors ≤ n_kept.
        n_kept: verdicts on kept masks, at least 0.
        target: in (0, 1).

    Raises:
        EstimateError: the counts are no sample.
        DesignError: the target is outside (0, 1).

    Source: Angelopoulos, Bates, Candès, Jordan and Lei, "Learn then Test: calibrating predictive algorithms
    to achieve risk control", arXiv 2110.01052 (2021), § 2; the binomial tail in place of their bound.

    >>> round(kept_p_value(0, 59, 0.95), 4)
    0.0485
    """
    check_open_share("target", target)
    if not 0 <= as_whole("n_errors", n_errors) <= as_whole("n_kept", n_kept):
        raise EstimateError(
            f"{n_errors} errors of {n_kept} kept are no sample: give 0 ≤ n_errors ≤ n_kept and n_kept ≥ 0"
        )
    if n_errors == n_kept:
        return 1.0
    # As a beta integral: the binomial functions of scipy.special count in 32 bits.
    return float(betainc(float(n_kept - n_errors), n_errors + 1.0, target))


def needed_kept(n_errors: int, guarantee: Guarantee) -> int:
    """How many verdicts on kept masks it takes to certify them with so many errors among the verdicts.

    The least n with P(X ≤ n_errors) ≤ 1 − confidence, X binomial with n trials of 1 − target: the exact test
    for one threshold.

    Args:
        n_errors: at least 0.
        guarantee: target and confidence.

    Raises:
        EstimateError: the errors are negative.
        DesignError: the errors are no whole number.

    >>> [needed_kept(n_errors, Guarantee(target=0.95)) for n_errors in range(4)]
    [59, 93, 124, 153]
    """
    n_errors = as_whole("n_errors", n_errors)
    if n_errors < 0:
        raise EstimateError(f"{n_errors} errors cannot be: give a number from 0 up")
    low, high = n_errors, 2 * (n_errors + 1)
    while not _certifies(n_errors, high, guarantee):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        if _certifies(n_errors, middle, guarantee):
            high = middle
        else:
            low = middle
    return high


def _certifies(n_errors: int, n_kept: int, guarantee: Guarantee) -> bool:
    return kept_p_value(n_errors, n_kept, guarantee.target) <= guarantee.error


@dataclass(frozen=True, slots=True, kw_only=True)
class NeededKept:
    """Verdicts on kept masks, and the errors among them, that a certificate takes."""

    n_kept: int
    n_errors: int


def needed_at(accuracy: float, guarantee: Guarantee) -> NeededKept | None:
    """The verdicts on kept masks that certify about every other time if that is their accuracy; or None.

    The fewest n_errors for which needed_kept(n_errors) verdicts are expected to hold no more errors than
    that. None where the accuracy is not above the target, or by less than a million errors could show.

    Raises:
        DesignError: the accuracy is outside [0, 1].

    >>> needed_at(0.98, Guarantee(target=0.95))
    NeededKept(n_kept=181, n_errors=4)
    >>> needed_at(0.95, Guarantee(target=0.95))
    """
    if not 0 <= accuracy <= 1:
        raise DesignError(f"accuracy is {accuracy}: give a number from 0 to 1")
    if accuracy <= guarantee.target or not _suffices(MOST_ERRORS, accuracy, guarantee):
        return None
    low, high = -1, 1
    while not _suffices(high, accuracy, guarantee):
        low, high = high, 2 * high + 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _suffices(middle, accuracy, guarantee) else (middle, high)
    return NeededKept(n_kept=needed_kept(high, guarantee), n_errors=high)


def _suffices(n_errors: int, accuracy: float, guarantee: Guarantee) -> bool:
    return needed_kept(n_errors, guarantee) * (1 - accuracy) <= n_errors
