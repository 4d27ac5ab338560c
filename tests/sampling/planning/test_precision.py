"""The precision of a stratified sample, beside hand-worked cases, simulation and a published-style table."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling.errors import DesignError
from sampling.estimation.estimands import Estimand
from sampling.planning.precision import PlannedStratum, expected_estimate
from sampling.planning.sample_size import expected_half_width

STRATA = [
    PlannedStratum(name=name, n_available=M_h, n_entities=M_h, n_annotations=N_h, expected=p)
    for name, M_h, N_h, p in (
        ("entity", 18_000, 5_176_000, 0.959),
        ("query", 8_500, 40_800, 0.876),
        ("wiki", 2_030_000, 1_970_000, 0.928),
    )
]
SIZES = {"entity": 1400, "query": 400, "wiki": 200}
sizes_of_strata = st.fixed_dictionaries({name: st.integers(1, 5000) for name in SIZES})


# By the normal law, 1.96 standard errors in percentage points: entity, query, wiki alone, then the mix of
# 70/20/10, all annotations, all entities.
@pytest.mark.parametrize(
    ("sizes", "alone", "overall"),
    [
        ((1400, 400, 200), (1.04, 3.23, 3.58), (1.04, 1.23, 3.54)),
        ((1243, 100, 657), (1.10, 6.46, 1.98), (1.52, 0.96, 1.95)),
        ((960, 286, 754), (1.25, 3.82, 1.85), (1.18, 1.04, 1.82)),
        ((666, 667, 667), (1.51, 2.50, 1.96), (1.18, 1.21, 1.94)),
    ],
)
def test_allocations_of_2000_buy_what_the_normal_law_says(sizes, alone, overall):
    sizes = dict(zip(SIZES, sizes, strict=True))
    whole = [
        expected_estimate(STRATA, sizes, estimand, mix={"entity": 7, "query": 2, "wiki": 1})
        for estimand in (Estimand.MIX, Estimand.ANNOTATION, Estimand.ENTITY)
    ]
    parts = [expected_estimate([stratum], sizes, Estimand.MIX) for stratum in STRATA]

    found = [100 * 1.959964 * each.standard_error for each in parts + whole]
    assert found == pytest.approx(alone + overall, abs=0.0051)


def test_one_stratum_is_a_simple_random_sample():
    found = expected_estimate(STRATA[:1], {"entity": 500}, Estimand.ENTITY)

    assert found.n_eff == pytest.approx(500)
    assert found.deff == pytest.approx(1)
    assert found.half_width == pytest.approx(expected_half_width(0.959, 500))


def test_the_standard_error_is_that_of_drawn_samples():
    rng = np.random.default_rng(7)
    weights = np.array([stratum.n_entities for stratum in STRATA])
    n_h = np.array(list(SIZES.values()))
    right = rng.binomial(n_h, [stratum.expected for stratum in STRATA], size=(40_000, 3))
    estimates = (right / n_h) @ weights / weights.sum()

    found = expected_estimate(STRATA, SIZES, Estimand.ENTITY)
    # The relative standard error of a standard deviation of 40,000 is 1/√80,000: four of them.
    assert estimates.std() == pytest.approx(found.standard_error, rel=4 / np.sqrt(80_000))
    assert estimates.mean() == pytest.approx(found.value, abs=4 * found.standard_error / 200)


def test_unequal_weights_in_a_stratum_cost_their_effect():
    unequal = [replace(STRATA[0], annotation_deff=4.0)]
    sizes = {"entity": 400}

    assert expected_estimate(unequal, sizes, Estimand.ANNOTATION).n_eff == pytest.approx(100)
    assert expected_estimate(unequal, sizes, Estimand.ENTITY).n_eff == pytest.approx(400)
    assert expected_estimate(unequal, sizes, Estimand.MIX).n_eff == pytest.approx(400)


@given(sizes_of_strata)
def test_a_mix_is_never_less_precise_than_a_simple_random_sample(sizes):
    assert expected_estimate(STRATA, sizes, Estimand.MIX).deff <= 1 + 1e-12


@given(sizes_of_strata, st.sampled_from(Estimand), st.integers(2, 9))
def test_a_sample_as_many_times_as_large_has_as_many_times_the_effective_units(sizes, estimand, times):
    larger = {name: times * n_h for name, n_h in sizes.items()}

    once, more = (expected_estimate(STRATA, each, estimand) for each in (sizes, larger))
    assert more.n_eff == pytest.approx(times * once.n_eff)
    assert more.half_width < once.half_width


def test_strata_that_are_not_drawn_are_left_out():
    alone = expected_estimate(STRATA[:1], {"entity": 500}, Estimand.ANNOTATION)

    assert expected_estimate(STRATA, {"entity": 500, "wiki": 0}, Estimand.ANNOTATION) == alone


@pytest.mark.parametrize(
    ("sizes", "mix", "message"),
    [
        ({}, None, "no stratum is drawn from"),
        ({"wiki": 0}, None, "no stratum is drawn from"),
        ({"wiki": 9}, {"entity": 1.0}, "no stratum that is drawn from weighs anything"),
        ({"wiki": 9}, {"wiki": float("inf")}, "stratum 'wiki' weighs inf in the mix"),
    ],
)
def test_what_has_no_precision_is_refused(sizes, mix, message):
    with pytest.raises(DesignError, match=f"^{message}"):
        expected_estimate(STRATA, sizes, Estimand.MIX, mix=mix)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"expected": 1.0}, r"the expected accuracy of stratum 'wiki' is 1\.0"),
        ({"n_available": 0}, "stratum 'wiki' has 0 to draw from"),
        ({"n_entities": float("nan")}, "stratum 'wiki' has 2030000 to draw from, nan entities"),
        ({"annotation_deff": 0.5}, r"the design effects of stratum 'wiki' are \(1\.0, 0\.5\)"),
    ],
)
def test_a_stratum_that_cannot_be_is_refused(wrong, message):
    with pytest.raises(DesignError, match=f"^{message}"):
        replace(STRATA[2], **wrong)
