"""What the goals with one look take."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling.comparison.cost import ExpectedPairs
from sampling.design.allocation_rules import EQUAL, PROPORTIONAL, PowerRule
from sampling.design.goals import Goal
from sampling.errors import DesignError
from sampling.estimation.estimands import Estimand
from sampling.planning.goals import compare_cost, describe_cost, tune_cost
from sampling.planning.precision import PlannedStratum, expected_estimate
from sampling.planning.sample_size import n_for_half_width
from sampling.planning.schemes import Scheme
from sampling.planning.terms import OutOfReach, Pace, Terms

STRATA = [
    PlannedStratum(
        name="entity", n_available=18_000, n_entities=18_000, n_annotations=5_000_000, expected=0.96
    ),
    PlannedStratum(name="wiki", n_available=60_000, n_entities=60_000, n_annotations=80_000, expected=0.9),
]


@given(
    half_width=st.floats(0.005, 0.1),
    estimand=st.sampled_from(Estimand),
    rule=st.sampled_from([EQUAL, PROPORTIONAL, PowerRule(exponent=0.5)]),
)
def test_a_description_takes_the_fewest_verdicts_up_to_rounding(half_width, estimand, rule):
    scheme = Scheme(rule=rule)
    cost = describe_cost(STRATA, scheme, estimand, half_width, Terms())

    def width(n):
        return expected_estimate(STRATA, scheme.sizes(STRATA, n), estimand).half_width

    assert sum(cost.sizes.values()) == cost.n
    assert width(cost.n) <= half_width
    # Rounding may make one unit fewer as good; a tenth fewer is not.
    assert cost.n < 40 or width(int(0.9 * cost.n)) > half_width


def test_one_stratum_takes_what_one_proportion_takes():
    cost = describe_cost(STRATA[:1], Scheme(rule=EQUAL), Estimand.MIX, 0.01, Terms())

    assert cost.n == n_for_half_width(0.96, 0.01)
    assert cost.hours == pytest.approx(cost.n * 3 / 3600)


def test_a_figure_of_all_annotations_leaves_no_stratum_out():
    """In proportion to entities, 20 units of `huge` alone would be narrow, and say nothing of `tiny`."""
    strata = [
        PlannedStratum(name="huge", n_available=99_000, n_entities=99_000, n_annotations=1000, expected=0.9),
        PlannedStratum(name="tiny", n_available=1000, n_entities=1000, n_annotations=99_000, expected=0.9),
    ]
    scheme = Scheme(rule=PROPORTIONAL)

    mix, annotation = (
        describe_cost(strata, scheme, estimand, 0.3, Terms())
        for estimand in (Estimand.MIX, Estimand.ANNOTATION)
    )
    assert mix.sizes["tiny"] == 0
    assert annotation.sizes["tiny"] >= 1


def test_a_fixed_stratum_can_put_a_figure_out_of_reach():
    scheme = Scheme(rule=EQUAL, fixed={"wiki": 50})
    cost = describe_cost(STRATA, scheme, Estimand.ENTITY, 0.01, Terms())

    assert cost == OutOfReach(
        goal=Goal.DESCRIBE,
        reason="18050 units, all that the scheme allows, leave the interval wider than ±0.01",
    )


def test_a_comparison_takes_hours_for_its_cheapest_way():
    pairs = ExpectedPairs(share_same=0.7, accuracy_same=0.85, both=0.6, only_a=0.2, only_b=0.1)
    cost = compare_cost(pairs, 0.015, Terms(pace=Pace(seconds_per_verdict=4, verdicts_per_unit=8)))

    assert round(cost.needed.differing) == 891
    assert cost.hours == pytest.approx(cost.needed.differing * 4 / 3600)


def test_a_threshold_takes_more_verdicts_the_less_it_keeps():
    cost = tune_cost(0.95, 0.4, Terms())

    assert cost.n_kept == (59, 93, 124, 153)
    assert cost.n == (148, 233, 310, 383)


@pytest.mark.parametrize("share", [0.0, -1.0, 1.01, float("nan")])
def test_a_share_that_is_none_is_refused(share):
    with pytest.raises(DesignError, match="^the share kept is"):
        tune_cost(0.95, share, Terms())


@pytest.mark.parametrize(("seconds", "verdicts"), [(0, 1), (3, 0), (float("nan"), 1), (-3, 1)])
def test_a_pace_that_is_none_is_refused(seconds, verdicts):
    with pytest.raises(DesignError, match="are no pace: give numbers above 0"):
        Pace(seconds_per_verdict=seconds, verdicts_per_unit=verdicts)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"seed": -1}, "the seed is -1: give a whole number of at least 0"),
        ({"seed": 1.5}, r"the seed is 1\.5"),
        ({"power": 1}, "power is 1"),
        ({"confidence": float("nan")}, "confidence is nan"),
    ],
)
def test_terms_that_no_plan_can_be_made_on_are_refused(change, message):
    with pytest.raises(DesignError, match=f"^{message}"):
        Terms(**change)
