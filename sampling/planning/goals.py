"""What the goals with one look at the end take: to describe, to compare, to tune."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from sampling.comparison.cost import ExpectedPairs, VerdictsNeeded, verdicts_needed
from sampling.design.goals import Goal
from sampling.errors import DesignError
from sampling.estimation.estimands import Estimand
from sampling.planning.precision import PlannedStratum, expected_estimate
from sampling.planning.sample_size import check_half_width
from sampling.planning.schemes import Scheme
from sampling.planning.terms import OutOfReach, Terms
from sampling.thresholds.kept import Guarantee, needed_kept

ERRORS_ALLOWED = (0, 1, 2, 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribeCost:
    """The fewest verdicts whose interval is as narrow as wanted, under one scheme.

    Attributes:
        half_width: wanted.
        estimand: whose figure.
        n: verdicts.
        sizes: n_h.
        hours: of review.
    """

    half_width: float
    estimand: Estimand
    n: int
    sizes: Mapping[str, int]
    hours: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareCost:
    """What it takes to know the difference of two settings, four ways.

    Attributes:
        half_width: of the difference.
        needed: verdicts of each way.
        hours: of the cheapest way, drawing only where the masks differ.
    """

    half_width: float
    needed: VerdictsNeeded
    hours: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TuneCost:
    """What it takes to certify a threshold.

    Attributes:
        target: accuracy of what is kept.
        n_kept: verdicts on kept masks that certify it with 0, 1, 2 and 3 errors among them.
        n: verdicts of the unfiltered sample that give so many kept ones on average.
        hours: of review, for each.
    """

    target: float
    n_kept: tuple[int, ...]
    n: tuple[int, ...]
    hours: tuple[float, ...]


def describe_cost(
    strata: Sequence[PlannedStratum],
    scheme: Scheme,
    estimand: Estimand,
    half_width: float,
    terms: Terms,
) -> DescribeCost | OutOfReach:
    """The fewest verdicts under a scheme for a figure to ± half_width.

    Every stratum gets a unit, as a figure of all entities or annotations must not leave one out. The half
    width falls with n but for the rounding of sizes, so the search halves the range: a smaller n may do by
    luck of the rounding, n itself always does.

    Raises:
        DesignError: a number is outside its range.

    >>> wiki = PlannedStratum(
    ...     name="wiki", n_available=20_000, n_entities=20_000, n_annotations=20_000, expected=0.95)
    >>> from sampling.design.allocation_rules import EQUAL
    >>> describe_cost([wiki], Scheme(rule=EQUAL), Estimand.MIX, 0.01, Terms()).n
    1838
    """
    check_half_width(half_width)
    least = scheme.least_size(strata)
    most = scheme.greatest_size(strata)

    def is_narrow(n: int) -> bool:
        sizes = scheme.sizes(strata, n)
        if estimand is not Estimand.MIX and min(sizes.values()) == 0:
            return False
        found = expected_estimate(strata, sizes, estimand, confidence=terms.confidence)
        return found.half_width <= half_width

    if not is_narrow(most):
        return OutOfReach(
            goal=Goal.DESCRIBE,
            reason=f"{most} units, all that the scheme allows, leave the interval wider than ±{half_width:g}",
        )
    while least < most:
        middle = (least + most) // 2
        least, most = (least, middle) if is_narrow(middle) else (middle + 1, most)
    return DescribeCost(
        half_width=half_width,
        estimand=estimand,
        n=most,
        sizes=scheme.sizes(strata, most),
        hours=terms.pace.hours(most),
    )


def compare_cost(pairs: ExpectedPairs, half_width: float, terms: Terms) -> CompareCost:
    """The verdicts for the difference of two settings to ± half_width, and the hours of the cheapest way.

    Raises:
        DesignError: a number is outside its range.

    >>> pairs = ExpectedPairs(share_same=0.7, accuracy_same=0.85, both=0.6, only_a=0.2, only_b=0.1)
    >>> round(compare_cost(pairs, 0.015, Terms()).hours, 2)
    0.74
    """
    needed = verdicts_needed(pairs, half_width=half_width, confidence=terms.confidence)
    return CompareCost(
        half_width=half_width,
        needed=needed,
        hours=needed.differing * terms.pace.seconds_per_verdict / 3600,
    )


def tune_cost(target: float, share_kept: float, terms: Terms) -> TuneCost:
    """The verdicts that certify what a threshold keeps, if it keeps a given share.

    Args:
        target: accuracy of what is kept, in (0, 1).
        share_kept: of the masks that the threshold keeps, in (0, 1].
        terms: confidence and pace.

    Raises:
        DesignError: a number is outside its range.

    >>> tune_cost(0.95, 0.5, Terms()).n
    (118, 186, 248, 306)
    """
    if not 0 < share_kept <= 1:
        raise DesignError(f"the share kept is {share_kept}: give one above 0 and at most 1")
    guarantee = Guarantee(target=target, confidence=terms.confidence)
    n_kept = tuple(needed_kept(n_errors, guarantee) for n_errors in ERRORS_ALLOWED)
    n = tuple(ceil(kept / share_kept) for kept in n_kept)
    return TuneCost(target=target, n_kept=n_kept, n=n, hours=tuple(map(terms.pace.hours, n)))
