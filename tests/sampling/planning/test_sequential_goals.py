"""What the goals take whose review stops when the verdicts say so."""

import pytest

from sampling.design.allocation_rules import PROPORTIONAL, SharesRule
from sampling.design.goals import Goal
from sampling.errors import DesignError
from sampling.planning.precision import PlannedStratum
from sampling.planning.schemes import Scheme
from sampling.planning.sequential_goals import certify_cost, estimate_cost
from sampling.planning.terms import OutOfReach, Terms

SCHEME = Scheme(rule=PROPORTIONAL)
STRATA = [
    PlannedStratum(name=name, n_available=size, n_entities=size, n_annotations=size, expected=p)
    for name, size, p in (
        ("entity", 14_000, 0.96),
        ("query", 4000, 0.92),
        ("wiki", 2000, 0.92),
        ("gone", 1, 0.5),
    )
]


def test_certifying_by_looking_often_takes_fewer_verdicts_than_by_one_look():
    cost = certify_cost(STRATA, SCHEME, 0.9, Terms())

    assert cost.expected == pytest.approx(0.948, abs=1e-4)
    assert cost.n_one_look == 286
    # About 210 verdicts on average, nine of ten reviews within about 410.
    assert 180 < cost.sequential.expected.mean < 240
    assert 340 < cost.sequential.expected.p90 < 480
    assert cost.sequential.expected.share_reached > 0.97
    assert sum(cost.sequential.sizes.values()) == 715
    assert "gone" not in cost.sequential.sizes


def test_a_target_that_is_not_expected_to_be_met_is_out_of_reach():
    cost = certify_cost(STRATA, SCHEME, 0.95, Terms())

    assert cost == OutOfReach(
        goal=Goal.CERTIFY,
        reason="an accuracy of 0.948 is expected of the mix, which is not above 0.95",
    )


def test_sizes_that_are_named_are_the_mix():
    scheme = Scheme(rule=SharesRule(shares={"entity": 10, "wiki": 1990}))
    cost = certify_cost(STRATA[:3], scheme, 0.9, Terms())

    assert cost.expected == pytest.approx((10 * 0.96 + 1990 * 0.92) / 2000)


def test_a_small_frame_is_played_to_its_end():
    few = [PlannedStratum(name="all", n_available=60, n_entities=60, n_annotations=60, expected=0.93)]
    cost = certify_cost(few, SCHEME, 0.9, Terms())

    assert cost.sequential.sizes == {"all": 60}
    assert cost.sequential.expected.share_reached < 0.3


def test_stopping_at_a_width_takes_a_little_more_than_a_planned_number():
    cost = estimate_cost(STRATA, SCHEME, 0.03, Terms())

    assert 230 < cost.sequential.expected.mean < 300
    assert cost.sequential.expected.share_reached > 0.99
    assert cost.sequential.hours == pytest.approx(cost.sequential.expected.mean * 3 / 3600)


def test_the_same_seed_plays_the_same_reviews():
    one, same, other = (certify_cost(STRATA, SCHEME, 0.9, Terms(seed=seed)) for seed in (1, 1, 2))

    assert one == same
    assert one != other


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: certify_cost(STRATA, SCHEME, 1.0, Terms()), r"the target is 1\.0"),
        (lambda: estimate_cost(STRATA, SCHEME, 0.0, Terms()), "the half width is 0"),
        (lambda: estimate_cost(STRATA, SCHEME, 0.03, Terms(confidence=0.8)), r"the confidence is 0\.8"),
    ],
)
def test_goals_that_cannot_be_are_refused(call, message):
    with pytest.raises(DesignError, match=f"^{message}"):
        call()
