"""Estimands: the same verdicts, three questions."""

import numpy as np
import pytest

from sampling.errors import DesignError
from sampling.estimation.estimands import Estimand, ReviewedSample, estimates_by_estimand
from sampling.estimation.estimate import IntervalMethod, NoEstimate
from sampling.estimation.intervals import wilson_interval
from sampling.estimation.stratified import estimate


def reviewed(is_counted=None):
    """1,400, 400 and 200 units, as drawn from entities of which the third split has by far the most."""
    n = np.array([1400, 400, 200])
    rng = np.random.default_rng(8)
    stratum = np.repeat([0, 1, 2], n)
    entity_weight = (np.array([7_900, 3_200, 2_030_000]) / n)[stratum]
    return ReviewedSample(
        stratum=stratum,
        cluster=np.arange(2000),
        entity_weight=entity_weight,
        design_weight=entity_weight * np.where(stratum < 2, rng.integers(1, 900, 2000), 1),
        is_counted=np.ones(2000, bool) if is_counted is None else is_counted,
        is_correct=rng.random(2000) < np.array([0.97, 0.89, 0.94])[stratum],
    )


def test_anybody_recomputes_the_three_values_from_the_weights():
    sample = reviewed()
    found = estimates_by_estimand(sample)

    assert list(found) == [Estimand.MIX, Estimand.ENTITY, Estimand.ANNOTATION]
    assert found[Estimand.MIX].value == sample.is_correct.sum() / 2000
    for estimand, weight in (
        (Estimand.ENTITY, sample.entity_weight),
        (Estimand.ANNOTATION, sample.design_weight),
    ):
        assert found[estimand].value == pytest.approx(
            np.average(sample.is_correct, weights=weight), rel=1e-14
        )


def test_the_same_verdicts_tell_much_of_the_mix_and_little_of_the_entities():
    found = estimates_by_estimand(reviewed())

    assert 2000 <= found[Estimand.MIX].n_eff < 2200
    assert 190 < found[Estimand.ENTITY].n_eff < 215
    assert found[Estimand.ANNOTATION].n_eff < found[Estimand.MIX].n_eff
    assert found[Estimand.ENTITY].deff == 2000 / found[Estimand.ENTITY].n_eff


def test_the_interval_of_the_mix_is_a_little_narrower_than_wilsons_of_the_pooled_share():
    sample = reviewed()
    stratified = estimates_by_estimand(sample)[Estimand.MIX].interval
    pooled = wilson_interval(int(sample.is_correct.sum()), 2000)

    assert 0.96 < (stratified.high - stratified.low) / (pooled.high - pooled.low) < 1


def test_where_nothing_is_judged_no_estimand_has_a_value():
    found = estimates_by_estimand(reviewed(is_counted=np.zeros(2000, bool)))

    assert all(isinstance(of_estimand, NoEstimate) for of_estimand in found.values())


def test_confidence_and_method_reach_every_estimand():
    sample = reviewed()
    found = estimates_by_estimand(sample, confidence=0.8, method=IntervalMethod.KORN_GRAUBARD)

    for estimand, of_estimand in found.items():
        alone = estimate(sample.outcomes(estimand), confidence=0.8, method=IntervalMethod.KORN_GRAUBARD)
        assert of_estimand == alone
        assert of_estimand.interval.confidence == 0.8


def test_weights_that_are_none_are_refused():
    sample = reviewed()
    sample.design_weight[3] = 0

    assert sample.outcomes(Estimand.ENTITY).n_units == 2000
    with pytest.raises(DesignError, match="1 of 2000 weights are not finite numbers above 0"):
        sample.outcomes(Estimand.ANNOTATION)
