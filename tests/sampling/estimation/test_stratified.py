"""The stratified estimate: what it equals, what leaves it as it is, and that it is never impossible."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sampling.errors import DesignError, EstimateError
from sampling.estimation.estimate import Estimate, IntervalMethod, NoEstimate
from sampling.estimation.intervals import clopper_pearson_interval, jeffreys_interval, wilson_interval
from sampling.estimation.linearisation import linearised_variance, tabulate
from sampling.estimation.outcomes import SampledOutcomes
from sampling.estimation.stratified import estimate, precision_of

METHODS = (IntervalMethod.WILSON_EFFECTIVE, IntervalMethod.KORN_GRAUBARD, IntervalMethod.MOVER_JEFFREYS)
ONE_SHARE = {
    IntervalMethod.WILSON_EFFECTIVE: wilson_interval,
    IntervalMethod.KORN_GRAUBARD: clopper_pearson_interval,
    IntervalMethod.MOVER_JEFFREYS: jeffreys_interval,
}
every_method = pytest.mark.parametrize("method", METHODS)


def stratified(n, n_wrong, shares):
    """n_h units of each stratum, the first n_wrong_h of them wrong; weights M_h/n_h."""
    total = sum(n)
    return SampledOutcomes(
        stratum=np.repeat(np.arange(len(n)), n),
        cluster=np.arange(total),
        weight=np.repeat(np.array(shares, np.float64) / n, n),
        is_counted=np.ones(total, bool),
        is_correct=np.concatenate([np.arange(n_h) >= x for n_h, x in zip(n, n_wrong, strict=True)]),
    )


@st.composite
def samples(draw):
    n = draw(st.integers(1, 60))
    bools = st.lists(st.booleans(), min_size=n, max_size=n).map(lambda values: np.array(values, bool))
    codes = st.lists(st.integers(0, 4), min_size=n, max_size=n).map(lambda values: np.array(values, np.intp))
    weights = st.lists(st.floats(1e-6, 1e6), min_size=n, max_size=n).map(np.array)
    is_counted = draw(bools)
    is_counted[draw(st.integers(0, n - 1))] = True
    return SampledOutcomes(
        stratum=draw(codes),
        cluster=draw(st.sampled_from([np.arange(n), draw(codes)])),
        weight=draw(st.one_of(st.just(np.ones(n)), weights)),
        is_counted=is_counted,
        is_correct=draw(st.one_of(bools, st.just(np.ones(n, bool)), st.just(np.zeros(n, bool)))),
    )


def test_a_stratum_without_an_error_does_not_claim_to_have_none():
    # 3 of 1400, 4 of 400 and 0 of 200 wrong, the last stratum 98.7 % of the population: survey packages print
    # [0.9999, 1.0000], where the last stratum alone allows 0.9817.
    outcomes = stratified([1400, 400, 200], [3, 4, 0], [18_000, 8_500, 2_030_000])
    found = estimate(outcomes)

    assert (round(found.interval.low, 4), round(found.interval.high, 4)) == (0.9818, 1.0)
    assert found.value == pytest.approx(0.9999399, abs=1e-7)
    assert round(clopper_pearson_interval(200, 200).low, 4) == 0.9817
    assert linearised_variance(outcomes) < 1e-9


@every_method
@settings(max_examples=30)
@given(n=st.integers(1, 500), part=st.floats(0, 1), weight=st.floats(1e-3, 1e3), n_outside=st.integers(0, 50))
def test_one_stratum_of_equal_weights_is_one_share(method, n, part, weight, n_outside):
    outcomes = stratified([n + n_outside], [round(part * n)], [weight])
    found = estimate(outcomes.within(np.arange(n + n_outside) < n), method=method)
    expected = ONE_SHARE[method](n - round(part * n), n)

    assert (found.n, found.n_eff) == (n, pytest.approx(n, rel=1e-9))
    assert found.interval.low == pytest.approx(expected.low, abs=1e-9)
    assert found.interval.high == pytest.approx(expected.high, abs=1e-9)
    assert found.interval.method is method


def test_whole_strata_of_equal_weights_add_up_their_smoothed_variances():
    n, n_wrong, shares = np.array([300, 100, 40]), np.array([12, 0, 9]), np.array([0.5, 0.3, 0.2])
    found = estimate(stratified(n, n_wrong, shares))
    smoothed = (n - n_wrong + 0.5) / (n + 1)
    p = (shares * smoothed).sum()

    assert found.value == pytest.approx((shares * (1 - n_wrong / n)).sum(), rel=1e-14)
    assert found.n_eff == pytest.approx(
        p * (1 - p) / (shares**2 * smoothed * (1 - smoothed) / n).sum(), rel=1e-12
    )


def test_without_a_rare_outcome_the_smoothed_variance_is_about_the_linearised_one():
    n = np.array([4000, 2500, 1500])
    outcomes = stratified(n, [1200, 1000, 300], [1, 4, 2]).within(np.arange(8000) % 3 > 0)
    found = estimate(outcomes)

    assert found.value * (1 - found.value) / found.n_eff == pytest.approx(
        linearised_variance(outcomes), rel=0.002
    )


def test_weights_that_vary_in_a_stratum_count_by_kish_at_least():
    rng = np.random.default_rng(1)
    outcomes = replace(stratified([400], [20], [1]), weight=rng.lognormal(0, 1, 400))
    by_chance = estimate(outcomes)
    heavy_are_wrong = estimate(replace(outcomes, is_correct=outcomes.weight < np.sort(outcomes.weight)[-20]))

    assert by_chance.n_eff <= outcomes.kish_n * (1 + 1e-12)
    assert heavy_are_wrong.n_eff < 0.8 * outcomes.kish_n
    assert estimate(replace(outcomes, is_correct=np.ones(400, bool))).n_eff == pytest.approx(outcomes.kish_n)


@every_method
def test_clusters_that_are_alike_count_as_one_unit_each(method):
    singles = stratified([60], [9], [1])
    groups = SampledOutcomes(
        stratum=np.zeros(300, np.intp),
        cluster=np.repeat(np.arange(60), 5),
        weight=np.ones(300),
        is_counted=np.ones(300, bool),
        is_correct=np.repeat(singles.is_correct, 5),
    )
    found, expected = estimate(groups, method=method), estimate(singles, method=method)

    assert found.n == 300
    assert found.n_eff == pytest.approx(60, rel=1e-9)
    assert found.interval.low == pytest.approx(expected.interval.low, abs=1e-9)
    assert found.interval.high == pytest.approx(expected.interval.high, abs=1e-9)


@pytest.mark.parametrize("is_right", [True, False])
def test_clusters_without_the_other_outcome_count_as_one_unit_each(is_right):
    groups = replace(
        stratified([300], [0], [1]), cluster=np.arange(300) // 5, is_correct=np.full(300, is_right)
    )

    assert estimate(groups).n_eff == pytest.approx(60, rel=1e-12)


def test_clusters_whose_units_have_nothing_to_do_with_each_other_cost_little():
    rng = np.random.default_rng(5)
    groups = replace(
        stratified([2000], [0], [1]), cluster=np.arange(2000) // 4, is_correct=rng.random(2000) < 0.8
    )

    assert 1700 < estimate(groups).n_eff <= 2000


def test_a_thin_stratum_that_carries_the_weight_widens_the_interval():
    thin, enough = stratified([500, 29], [100, 6], [1, 9]), stratified([500, 30], [100, 6], [1, 9])
    low = estimate(thin).interval.low
    uncorrected = wilson_interval(estimate(thin).value * estimate(thin).n_eff, estimate(thin).n_eff).low

    assert low < uncorrected - 0.001
    assert estimate(enough).interval.low == pytest.approx(
        wilson_interval(estimate(enough).value * estimate(enough).n_eff, estimate(enough).n_eff).low
    )


@every_method
@settings(max_examples=30)
@given(outcomes=samples(), confidence=st.floats(0.01, 0.999))
def test_the_interval_is_never_empty_or_impossible_and_contains_the_share(method, outcomes, confidence):
    found = estimate(outcomes, confidence=confidence, method=method)
    weight = outcomes.weight * outcomes.is_counted

    assert found.value == pytest.approx((weight * outcomes.is_correct).sum() / weight.sum(), abs=1e-12)
    assert 0 <= found.interval.low <= found.value <= found.interval.high <= 1
    assert found.interval.low < found.interval.high
    assert 0 < found.n_eff < np.inf
    assert found.n == outcomes.n_counted


@settings(max_examples=30)
@given(outcomes=samples(), scale=st.sampled_from([0.125, 4.0, 1024.0]), seed=st.integers(0, 100))
def test_the_order_of_units_the_scale_of_weights_and_the_codes_do_not_matter(outcomes, scale, seed):
    order = np.random.default_rng(seed).permutation(outcomes.n_units)
    other = SampledOutcomes(
        stratum=(3 * (4 - outcomes.stratum) + 1)[order],
        cluster=(50 - outcomes.cluster + 60 * outcomes.stratum)[order] + 100,
        weight=scale * outcomes.weight[order],
        is_counted=outcomes.is_counted[order],
        is_correct=outcomes.is_correct[order],
    )
    one, same = estimate(outcomes), estimate(other)

    assert same.value == pytest.approx(one.value, abs=1e-12)
    assert same.n_eff == pytest.approx(one.n_eff, rel=1e-6)


@every_method
@settings(max_examples=30)
@given(outcomes=samples())
def test_counting_errors_mirrors_the_interval(method, outcomes):
    found = estimate(outcomes, method=method)
    mirrored = estimate(replace(outcomes, is_correct=~outcomes.is_correct), method=method)

    assert mirrored.interval.low == pytest.approx(1 - found.interval.high, abs=1e-9)
    assert mirrored.interval.high == pytest.approx(1 - found.interval.low, abs=1e-9)


@settings(max_examples=30)
@given(outcomes=samples())
def test_what_is_said_of_a_unit_that_does_not_count_is_not_read(outcomes):
    said_otherwise = replace(outcomes, is_correct=outcomes.is_correct ^ ~outcomes.is_counted)

    assert estimate(said_otherwise) == estimate(outcomes)


def test_an_unknown_share_of_a_stratum_adds_to_the_variance():
    # Both strata hold 100 units of the domain; where they are all of the stratum, its share is known.
    domain = stratified([200, 200], [90, 10], [1, 1])
    half = replace(domain, is_correct=np.concatenate([np.arange(200) >= 50, np.arange(200) >= 5]))
    known = estimate(stratified([100, 100], [50, 5], [1, 1]))
    unknown = estimate(half.within(np.tile(np.arange(200) < 100, 2)))

    assert unknown.value == known.value
    assert unknown.n_eff < known.n_eff


def test_equal_weights_and_an_unknown_share_come_near_one_share_of_all():
    # With a small part of every stratum in the domain, strata tell nothing: n_eff is the domain's n.
    outcomes = stratified([4000, 4000], [2000, 400], [1, 1]).within(np.arange(8000) % 40 == 0)

    assert estimate(outcomes).n_eff == pytest.approx(200, rel=0.02)


def test_where_nothing_counts_there_is_no_estimate():
    outcomes = stratified([3, 2], [1, 0], [1, 1])

    assert estimate(outcomes.within(np.zeros(5, bool))) == NoEstimate(
        reason="no unit is known to be right or wrong"
    )


def test_one_unit_in_each_stratum_gives_an_estimate():
    found = estimate(stratified([1, 1], [0, 1], [3, 1]))

    assert isinstance(found, Estimate)
    assert found.value == 0.75
    assert found.interval.low < 0.2
    assert found.interval.high > 0.95


@pytest.mark.parametrize("confidence", [0, 1, 95, float("nan")])
def test_a_confidence_outside_0_and_1_is_refused(confidence):
    with pytest.raises(DesignError, match=f"^confidence is {confidence}"):
        estimate(stratified([3], [1], [1]), confidence=confidence)


def test_a_method_for_one_share_is_refused_with_those_for_a_stratified_sample():
    with pytest.raises(
        EstimateError,
        match="^jeffreys is no method for a stratified sample: choose one of wilson-n_eff, korn",
    ):
        estimate(stratified([3], [1], [1]), method=IntervalMethod.JEFFREYS)


def test_the_degrees_of_freedom_are_of_the_strata_that_carry_the_variance():
    balanced = stratified([20, 20, 20], [4, 4, 4], [1, 1, 1])
    lopsided = stratified([200, 10], [40, 2], [1, 1000])
    whole = np.zeros(60, np.intp), np.zeros(210, np.intp)
    found = [precision_of(tabulate(o, d, 1)) for o, d in zip((balanced, lopsided), whole, strict=True)]

    assert found[0].freedom[0] == pytest.approx(60)
    assert found[1].freedom[0] == pytest.approx(10, rel=0.01)
    assert found[1].full_freedom[0] == 210
