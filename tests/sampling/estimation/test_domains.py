"""Domains: each as if it were estimated alone, and what is said of those that are too small."""

import numpy as np
import pytest

from sampling.errors import DesignError
from sampling.estimation.domains import (
    NOT_IN_A_DOMAIN,
    Correction,
    DomainEstimate,
    estimates_by_domain,
    simultaneous_confidence,
)
from sampling.estimation.estimate import Estimate, IntervalMethod, NoEstimate
from sampling.estimation.intervals import rule_of_three, wilson_interval
from sampling.estimation.outcomes import SampledOutcomes
from sampling.estimation.stratified import estimate


def sample_with_domains():
    rng = np.random.default_rng(3)
    n = 900
    outcomes = SampledOutcomes(
        stratum=np.repeat([0, 1, 2], [500, 300, 100]),
        cluster=np.arange(n) // 2,
        weight=rng.lognormal(0, 0.7, n),
        is_counted=rng.random(n) < 0.95,
        is_correct=rng.random(n) < 0.93,
    )
    domain = rng.integers(-1, 12, n)
    domain[domain == 7] = NOT_IN_A_DOMAIN
    return outcomes, domain


@pytest.mark.parametrize(
    "method", [IntervalMethod.WILSON_EFFECTIVE, IntervalMethod.KORN_GRAUBARD, IntervalMethod.MOVER_JEFFREYS]
)
def test_every_domain_is_as_if_it_were_estimated_alone(method):
    outcomes, domain = sample_with_domains()
    found = estimates_by_domain(outcomes, domain, n_domains=12, fewest=1, confidence=0.9, method=method)

    assert len(found) == 12
    for code, of_domain in enumerate(found):
        alone = estimate(outcomes.within(domain == code), confidence=0.9, method=method)
        counted = outcomes.is_counted & (domain == code)
        assert (of_domain.n, of_domain.n_correct) == (counted.sum(), outcomes.is_correct[counted].sum())
        if isinstance(alone, NoEstimate):
            assert (code, of_domain.estimate) == (7, alone)
        else:
            assert of_domain.estimate.value == pytest.approx(alone.value, rel=1e-12)
            assert of_domain.estimate.n_eff == pytest.approx(alone.n_eff, rel=1e-9)
            assert of_domain.estimate.interval.low == pytest.approx(alone.interval.low, rel=1e-9)
            assert of_domain.estimate.interval.high == pytest.approx(alone.interval.high, rel=1e-9)


def test_a_small_domain_shows_its_counts_and_no_estimate():
    outcomes = sample_with_domains()[0]
    small = np.where(np.arange(900) < 40, 0, 1)
    few, many = estimates_by_domain(outcomes, small, n_domains=2, fewest=100)

    assert few.estimate == NoEstimate(reason="fewer than 100 units are known to be right or wrong")
    assert few.n == outcomes.is_counted[:40].sum()
    assert isinstance(many.estimate, Estimate)


def test_a_domain_without_an_error_has_a_bound_even_where_it_is_small():
    outcomes = SampledOutcomes(
        stratum=np.zeros(60, np.intp),
        cluster=np.arange(60),
        weight=np.ones(60),
        is_counted=np.ones(60, bool),
        is_correct=np.arange(60) != 59,
    )
    small, faultless, faulty = estimates_by_domain(
        outcomes, np.repeat([0, 1, 2], [5, 30, 25]), n_domains=3, confidence=0.9
    )

    assert isinstance(small.estimate, NoEstimate)
    assert small.greatest_error == pytest.approx(rule_of_three(5, confidence=0.9), rel=1e-9)
    assert faultless.greatest_error == pytest.approx(rule_of_three(30, confidence=0.9), rel=1e-9)
    assert faulty.greatest_error is None


def test_without_a_counted_unit_every_domain_says_so():
    outcomes, domain = sample_with_domains()
    nothing = DomainEstimate(
        n=0,
        n_correct=0,
        estimate=NoEstimate(reason="no unit is known to be right or wrong"),
        greatest_error=None,
    )

    assert estimates_by_domain(outcomes.within(np.zeros(900, bool)), domain, n_domains=12) == (nothing,) * 12
    assert estimates_by_domain(outcomes, np.full(900, NOT_IN_A_DOMAIN), n_domains=2) == (nothing,) * 2
    assert estimates_by_domain(outcomes, np.full(900, NOT_IN_A_DOMAIN), n_domains=0) == ()


@pytest.mark.parametrize(
    ("domain", "message"),
    [
        (np.full(900, 12), "the domain codes run from 12 to 12: give 0 to 11, or -1 for a unit in none"),
        (np.full(900, -2), "the domain codes run from -2 to -2"),
        (np.zeros(899, np.intp), r"int64 of shape \(899,\): give one integer for each of the 900 units"),
        (np.zeros(900), r"the domain codes are float64 of shape \(900,\)"),
    ],
)
def test_domain_codes_that_fit_no_sample_are_refused(domain, message):
    with pytest.raises(DesignError, match=message):
        estimates_by_domain(sample_with_domains()[0], domain, n_domains=12)


@pytest.mark.parametrize("confidence", [0.8, 0.95])
@pytest.mark.parametrize("n_figures", [1, 9, 400])
def test_figures_that_each_keep_their_confidence_keep_the_joint_one(confidence, n_figures):
    bonferroni = simultaneous_confidence(confidence, n_figures)
    sidak = simultaneous_confidence(confidence, n_figures, correction=Correction.SIDAK)

    assert n_figures * (1 - bonferroni) == pytest.approx(1 - confidence, rel=1e-9)
    assert sidak**n_figures == pytest.approx(confidence, rel=1e-9)
    assert sidak <= bonferroni + 1e-15


def test_nine_figures_at_once_are_two_fifths_wider():
    one, at_once = (
        wilson_interval(1896, 2000, confidence=c) for c in (0.95, simultaneous_confidence(0.95, 9))
    )

    assert (at_once.high - at_once.low) / (one.high - one.low) == pytest.approx(1.41, abs=0.01)


@pytest.mark.parametrize(("confidence", "n_figures"), [(0.95, 0), (0.95, -1), (1.0, 3), (0.0, 3)])
def test_a_joint_confidence_of_nothing_is_refused(confidence, n_figures):
    with pytest.raises(DesignError, match=r"(figures have no confidence to share|^confidence is)"):
        simultaneous_confidence(confidence, n_figures)


@pytest.mark.parametrize("correction", list(Correction))
@pytest.mark.parametrize("n_figures", [float("nan"), 1.5, 10**17])
def test_so_many_figures_that_none_keeps_an_error_are_refused(n_figures, correction):
    with pytest.raises(DesignError, match="figures"):
        simultaneous_confidence(0.95, n_figures, correction=correction)
