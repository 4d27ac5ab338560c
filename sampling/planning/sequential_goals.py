"""What the goals take that are reached when the verdicts say so: to certify, to estimate to a width."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from sampling.checks import check_open_share
from sampling.design.allocation_rules import SharesRule
from sampling.design.goals import Goal
from sampling.estimation.estimands import Estimand
from sampling.planning.precision import PlannedStratum, expected_estimate
from sampling.planning.sample_size import n_for_half_width, n_to_certify
from sampling.planning.schemes import Scheme
from sampling.planning.terms import OutOfReach, Terms
from sampling.sequential.expectation import Expectation, Scenario, verdicts_to_certify, verdicts_to_width
from sampling.sequential.fixed_width import CALIBRATED_ERROR, WidthRule

CERTIFY_ROOM = 2.5
ESTIMATE_ROOM = 1.5
"""By how much the sample to draw is larger than one for a single look, so that few reviews exhaust it."""
USUAL_SIZE = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SequentialCost:
    """What a review takes that stops when the verdicts say so.

    Attributes:
        sizes: n_h of the sample to draw; it is seldom reviewed to its end.
        expected: verdicts of reviews played on it.
        hours: of the mean review.
    """

    sizes: Mapping[str, int]
    expected: Expectation
    hours: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CertifyCost:
    """What it takes to show that the accuracy of the mix is at least a target.

    Attributes:
        target: the accuracy to show.
        expected: the accuracy that is expected of the mix, as it is in a sample of 1,000.
        n_one_look: verdicts of the exact test with one look at the end, at the wanted power.
        sequential: what it takes when one looks after every block.
    """

    target: float
    expected: float
    n_one_look: int
    sequential: SequentialCost


@dataclass(frozen=True, slots=True, kw_only=True)
class EstimateCost:
    """What it takes to stop as soon as the interval of the mix is as narrow as wanted.

    Attributes:
        half_width: wanted.
        sequential: what it takes.
    """

    half_width: float
    sequential: SequentialCost


def certify_cost(
    strata: Sequence[PlannedStratum], scheme: Scheme, target: float, terms: Terms
) -> CertifyCost | OutOfReach:
    """What it takes to show that the accuracy of the mix is at least a target.

    A stratified sample varies less than the binomial test supposes, so the n of one look is a little too
    large, never too small.

    Raises:
        DesignError: a number is outside its range.
    """
    check_open_share("the target", target)
    mix = _expected_mix(strata, scheme)
    if mix <= target:
        return OutOfReach(
            goal=Goal.CERTIFY,
            reason=f"an accuracy of {mix:.3f} is expected of the mix, which is not above {target:g}",
        )
    n = n_to_certify(target, mix, power=terms.power, confidence=terms.confidence)
    sizes = _sizes_with_room(strata, scheme, CERTIFY_ROOM * n)
    expectation = verdicts_to_certify(
        _scenario(strata, sizes), target=target, seed=terms.seed, confidence=terms.confidence
    )
    return CertifyCost(target=target, expected=mix, n_one_look=n, sequential=_cost(sizes, expectation, terms))


def estimate_cost(
    strata: Sequence[PlannedStratum], scheme: Scheme, half_width: float, terms: Terms
) -> EstimateCost:
    """What it takes to stop as soon as the interval of the mix is as narrow as wanted.

    Raises:
        DesignError: the half width or the confidence is none for which stopping at a width is calibrated.
    """
    rule = WidthRule(half_width=half_width, confidence=terms.confidence)
    n = n_for_half_width(
        _expected_mix(strata, scheme), half_width, confidence=1 - CALIBRATED_ERROR[terms.confidence]
    )
    sizes = _sizes_with_room(strata, scheme, ESTIMATE_ROOM * n)
    expectation = verdicts_to_width(_scenario(strata, sizes), rule, seed=terms.seed)
    return EstimateCost(half_width=half_width, sequential=_cost(sizes, expectation, terms))


def _expected_mix(strata: Sequence[PlannedStratum], scheme: Scheme) -> float:
    rule = scheme.rule
    usual = sum(rule.shares.values()) if isinstance(rule, SharesRule) else USUAL_SIZE
    n = min(max(usual, scheme.least_size(strata)), scheme.greatest_size(strata))
    return expected_estimate(strata, scheme.sizes(strata, n), Estimand.MIX).value


def _sizes_with_room(strata: Sequence[PlannedStratum], scheme: Scheme, wanted: float) -> dict[str, int]:
    """The sizes for the wanted number, within what the scheme allows; strata without a unit are left out."""
    n = min(max(ceil(wanted), scheme.least_size(strata)), scheme.greatest_size(strata))
    return {name: n_h for name, n_h in scheme.sizes(strata, n).items() if n_h > 0}


def _scenario(strata: Sequence[PlannedStratum], sizes: Mapping[str, int]) -> Scenario:
    expected = {stratum.name: stratum.expected for stratum in strata}
    return Scenario(sizes=tuple(sizes.values()), accuracies=tuple(expected[name] for name in sizes))


def _cost(sizes: Mapping[str, int], expectation: Expectation, terms: Terms) -> SequentialCost:
    return SequentialCost(sizes=sizes, expected=expectation, hours=terms.pace.hours(expectation.mean))
