"""The linearised variance: values of survey packages, and unbiased by going through every sample."""

import tomllib
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from sampling.errors import EstimateError
from sampling.estimation.linearisation import linearised_variance
from sampling.estimation.outcomes import SampledOutcomes
from sampling.estimation.stratified import estimate

REFERENCE = Path(__file__).parents[2] / "reference"
CASES = tomllib.loads((REFERENCE / "linearised.toml").read_text())["cases"]


def units_of_the_reference():
    i = np.arange(120)
    stratum = np.repeat([0, 1, 2], [60, 36, 24])
    return {
        "stratum": stratum,
        "cluster": i // 3,
        "weight": np.array([1.0, 4.0, 25.0])[stratum] * (1 + (i * 7 % 5) / 4),
        "is_counted": (i * 13 % 7) < 3,
        "is_correct": (i * 37 + 11) % 101 >= 23,
    }


def outcomes_of_the_reference(case):
    units = units_of_the_reference()
    if not case["has_domain"]:
        units["is_counted"] = np.ones(120, bool)
    if not case["has_clusters"]:
        units["cluster"] = np.arange(120)
    return SampledOutcomes(**units)


def case_name(case):
    return f"{'clusters' if case['has_clusters'] else 'units'}{' of a domain' if case['has_domain'] else ''}"


@pytest.mark.parametrize("case", CASES, ids=case_name)
def test_share_and_standard_error_are_those_of_svy_and_samplics(case):
    outcomes = outcomes_of_the_reference(case)

    assert estimate(outcomes).value == pytest.approx(case["value"], rel=1e-14)
    assert linearised_variance(outcomes) ** 0.5 == pytest.approx(case["standard_error"], rel=1e-13)


@pytest.mark.peer
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("case", CASES, ids=case_name)
def test_samplics_run_now_agrees(case):
    samplics = pytest.importorskip("samplics")
    types = pytest.importorskip("samplics.utils.types")
    outcomes = outcomes_of_the_reference(case)
    estimator = samplics.TaylorEstimator(types.PopParam.mean)
    estimator.estimate(
        y=outcomes.is_correct * 1.0,
        samp_weight=outcomes.weight,
        stratum=outcomes.stratum,
        psu=outcomes.cluster,
        domain=outcomes.is_counted.astype(int),
    )

    assert estimator.point_est[1] == pytest.approx(estimate(outcomes).value, rel=1e-12)
    assert estimator.stderror[1] == pytest.approx(linearised_variance(outcomes) ** 0.5, rel=1e-12)


@pytest.mark.peer
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("case", CASES, ids=case_name)
def test_svy_run_now_agrees(case):
    svy, polars = pytest.importorskip("svy"), pytest.importorskip("polars")
    outcomes = outcomes_of_the_reference(case)
    frame = polars.DataFrame(
        {
            "y": outcomes.is_correct * 1.0,
            "weight": outcomes.weight,
            "stratum": outcomes.stratum,
            "cluster": outcomes.cluster,
            "domain": outcomes.is_counted.astype(int),
        }
    )
    design = svy.Design(stratum="stratum", wgt="weight", psu="cluster")
    found = svy.Sample(frame, design).estimation.mean("y", by="domain").estimates[-1]

    assert found.est == pytest.approx(estimate(outcomes).value, rel=1e-12)
    assert found.se == pytest.approx(linearised_variance(outcomes) ** 0.5, rel=1e-12)


def test_going_through_every_stratified_sample_its_mean_is_the_variance_of_the_share():
    # Two of three units in one stratum and three of two in the other, with replacement, weights M_h/n_h.
    population = ([True, False, True], [True, False])
    n = (2, 3)
    values, variances = [], []
    for drawn in product(*(product(stratum, repeat=n_h) for stratum, n_h in zip(population, n, strict=True))):
        outcomes = SampledOutcomes(
            stratum=np.repeat([0, 1], n),
            cluster=np.arange(5),
            weight=np.repeat([3 / 2, 2 / 3], n),
            is_counted=np.ones(5, bool),
            is_correct=np.array([*drawn[0], *drawn[1]]),
        )
        values.append(estimate(outcomes).value)
        variances.append(linearised_variance(outcomes))

    assert len(values) == 9 * 8
    assert np.mean(values) == pytest.approx(3 / 5, rel=1e-12)
    assert np.mean(variances) == pytest.approx(np.var(values), rel=1e-12)


def test_going_through_every_sample_of_clusters_its_mean_is_the_variance_of_the_share():
    clusters = ([True, True], [True, False], [False, False], [True, True])
    values, variances = [], []
    for drawn in product(clusters, repeat=3):
        outcomes = SampledOutcomes(
            stratum=np.zeros(6, np.intp),
            cluster=np.repeat([0, 1, 2], 2),
            weight=np.ones(6),
            is_counted=np.ones(6, bool),
            is_correct=np.concatenate(drawn),
        )
        values.append(estimate(outcomes).value)
        variances.append(linearised_variance(outcomes))

    assert np.mean(values) == pytest.approx(5 / 8, rel=1e-12)
    assert np.mean(variances) == pytest.approx(np.var(values), rel=1e-12)


def test_the_same_code_in_two_strata_is_two_clusters():
    units = units_of_the_reference()
    shared = {**units, "cluster": units["cluster"] % 8}
    apart = {**shared, "cluster": shared["cluster"] + 8 * units["stratum"]}

    assert linearised_variance(SampledOutcomes(**shared)) == linearised_variance(SampledOutcomes(**apart))


def test_without_a_counted_unit_there_is_no_variance():
    outcomes = SampledOutcomes(**units_of_the_reference())

    with pytest.raises(EstimateError, match="no unit is counted, so there is no variance"):
        linearised_variance(outcomes.within(np.zeros(120, bool)))


def test_a_stratum_of_one_cluster_is_refused_by_its_code():
    units = units_of_the_reference()
    lonely = np.where(units["stratum"] == 1, 7, units["cluster"])

    with pytest.raises(EstimateError, match="stratum 1 has a single cluster, which has no variance"):
        linearised_variance(SampledOutcomes(**{**units, "cluster": lonely}))


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.int16])
def test_small_codes_do_not_overflow(dtype):
    """150 clusters in 3 strata: 2·150 is beyond 8 bits."""
    units = {
        "stratum": np.arange(300) // 100,
        "cluster": np.arange(300) // 2,
        "weight": np.ones(300),
        "is_counted": np.ones(300, bool),
        "is_correct": np.arange(300) % 7 != 0,
    }
    small = SampledOutcomes(**units | {"stratum": units["stratum"].astype(dtype)})
    wide = SampledOutcomes(**units)

    assert linearised_variance(small) == linearised_variance(wide)
    assert estimate(small) == estimate(wide)
