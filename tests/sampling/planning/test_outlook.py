"""What a budget buys, side by side, and what it cannot carry."""

from dataclasses import replace

import pytest

from sampling.design.allocation_rules import EQUAL, PowerRule
from sampling.errors import DesignError
from sampling.estimation.estimands import Estimand
from sampling.planning.outlook import Question, Shortfall, outlook
from sampling.planning.plan import side_by_side
from sampling.planning.precision import PlannedStratum
from sampling.planning.sample_size import chance_to_certify
from sampling.planning.schemes import Scheme, usual_schemes
from sampling.planning.terms import Pace

STRATA = [
    PlannedStratum(name=name, n_available=M_h, n_entities=M_h, n_annotations=N_h, expected=p)
    for name, M_h, N_h, p in (
        ("entity", 18_000, 5_176_000, 0.959),
        ("query", 8_500, 40_800, 0.876),
        ("wiki", 2_030_000, 1_970_000, 0.928),
    )
]
SIZES = {"entity": 1400, "query": 400, "wiki": 200}


def shortfalls(found):
    return {(warning.shortfall, warning.subject) for warning in found.warnings}


def test_five_allocations_of_2000_stand_side_by_side():
    found = side_by_side(STRATA, SIZES, Question())

    assert {name: tuple(each.sizes.values()) for name, each in found.items()} == {
        "asked": (1400, 400, 200),
        "proportional": (18, 8, 1974),
        "power:0.25": (960, 286, 754),
        "neyman, at least 100": (1270, 100, 630),
        "equal": (667, 667, 666),
    }
    widths = {
        name: [round(100 * each.overall[estimand].half_width, 2) for estimand in Estimand]
        for name, each in found.items()
    }
    assert widths["asked"] == [1.04, 3.59, 1.24]
    assert widths["power:0.25"] == [1.18, 1.83, 1.04]


def test_all_allocations_are_held_against_the_mix_that_was_asked_for():
    found = side_by_side(STRATA, SIZES, Question())

    assert {round(each.overall[Estimand.MIX].value, 6) for each in found.values()} == {0.9393}


def test_neyman_is_the_narrowest_per_annotation_of_all_that_leave_each_stratum_100():
    found = side_by_side(STRATA, SIZES, Question())
    widths = {
        name: each.overall[Estimand.ANNOTATION].half_width
        for name, each in found.items()
        if min(each.sizes.values()) >= 100
    }

    assert min(widths, key=widths.__getitem__) == "neyman, at least 100"


def test_a_scheme_that_does_not_allow_so_few_is_left_out():
    found = side_by_side(STRATA, {"entity": 100, "query": 50, "wiki": 50}, Question())

    assert list(found) == ["asked", "proportional", "power:0.25", "equal"]


def test_the_chance_to_meet_a_target_is_that_of_the_exact_test_on_effective_units():
    found = outlook(STRATA, SIZES, Question(target=0.9))
    entity = found.overall[Estimand.ENTITY]

    assert found.chances[Estimand.ENTITY] == chance_to_certify(int(entity.n_eff), 0.9, entity.value)
    assert found.chances[Estimand.MIX] > 0.999
    assert outlook(STRATA, SIZES, Question()).chances == {}


def test_hours_follow_from_the_pace():
    pace = Pace(seconds_per_verdict=4.5, verdicts_per_unit=8)

    assert outlook(STRATA, SIZES, Question(pace=pace)).hours == pytest.approx(2000 * 8 * 4.5 / 3600)


def test_a_few_verdicts_of_nearly_all_entities_are_told():
    """200 of wiki's 98.7 % of all entities: 205 effective entities of 2,000 verdicts."""
    found = outlook(STRATA, SIZES, Question())

    assert found.kish_n[Estimand.ENTITY] == pytest.approx(205, abs=1)
    assert shortfalls(found) == {(Shortfall.LARGE_DEFF, "entity")}
    assert found.warnings[0].value == pytest.approx(2000 / 205, abs=0.1)
    assert found.warnings[0].limit == 2


def test_every_way_to_fall_short_is_told():
    strata = [
        *STRATA[:2],
        PlannedStratum(name="human", n_available=40, n_entities=40, n_annotations=4300, expected=0.95),
        PlannedStratum(name="spare", n_available=9, n_entities=9, n_annotations=9, expected=0.95),
    ]
    found = outlook(strata, {"entity": 60, "query": 29, "human": 40}, Question(widest=0.08))

    assert shortfalls(found) == {
        (Shortfall.FEW_UNITS, "query"),
        (Shortfall.WIDE, "query"),
        (Shortfall.TAKES_ALL, "human"),
        (Shortfall.NOT_DRAWN, "spare"),
        (Shortfall.FEW_EFFECTIVE, "entity"),
        (Shortfall.FEW_EFFECTIVE, "annotation"),
        (Shortfall.LARGE_DEFF, "annotation"),
    }


def test_a_stratum_is_weighted_by_the_estimand_that_is_asked_for():
    unequal = [replace(STRATA[0], annotation_deff=4.0)]
    per_annotation = Question(estimand=Estimand.ANNOTATION)

    plain, weighted = (outlook(unequal, {"entity": 400}, each) for each in (Question(), per_annotation))
    assert plain.by_stratum["entity"].n_eff == pytest.approx(400)
    assert weighted.by_stratum["entity"].n_eff == pytest.approx(100)


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        ({"entity": 18_001}, "18001 units are planned of stratum 'entity', which has 18000: plan with what"),
        ({"entity": -1}, "-1 units are planned of stratum 'entity'"),
        ({"human": 5}, "5 units are planned of stratum 'human', which has 0"),
        ({}, "no stratum is drawn from"),
    ],
)
def test_sizes_that_cannot_be_are_refused(sizes, message):
    with pytest.raises(DesignError, match=f"^{message}"):
        outlook(STRATA, sizes, Question())


def test_a_scheme_tells_its_bounds():
    scheme = Scheme(rule=PowerRule(exponent=0.5), minimum=100, fixed={"wiki": 200})

    assert str(scheme) == "power:0.5, at least 100, wiki=200 fixed"
    assert scheme.least_size(STRATA) == 400
    assert scheme.greatest_size(STRATA) == 18_000 + 8_500 + 200
    assert scheme.sizes(STRATA, 400) == {"entity": 100, "query": 100, "wiki": 200}
    with pytest.raises(DesignError, match="^size 399 is too small: 200 are fixed"):
        scheme.sizes(STRATA, 399)


def test_a_scheme_shares_by_what_it_is_told_to():
    by_entity, by_annotation = (
        Scheme(rule=PowerRule(exponent=1), by=estimand).sizes(STRATA, 2000)
        for estimand in (Estimand.ENTITY, Estimand.ANNOTATION)
    )

    assert by_entity == {"entity": 18, "query": 8, "wiki": 1974}
    assert by_annotation == {"entity": 1441, "query": 11, "wiki": 548}


def test_the_usual_schemes_have_names_of_their_own():
    names = [str(scheme) for scheme in usual_schemes(STRATA)]

    assert len(set(names)) == len(names) == 4
    assert str(Scheme(rule=EQUAL)) in names
