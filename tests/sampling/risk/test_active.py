"""The accuracy by risk: equal to the plain estimate where nothing is told, honest where much is."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit
from scipy.stats import binomtest

from sampling.errors import EstimateError
from sampling.estimation.estimate import NoEstimate
from sampling.estimation.intervals import wilson_interval
from sampling.risk.active import FrameKind, estimate_by_risk, estimate_wave_by_wave
from sampling.risk.frame import Verdicts, Wave, drawn_units, risk_frame
from sampling.risk.waves import first_wave, next_wave

ONE_IN_TEN_THOUSAND = 1e-4


def audit(frame, is_wrong, sizes, rng, can_be_judged=slice(None)):
    waves = (first_wave(frame, sizes[0], start=rng.random()),)
    for n in sizes[1:]:
        verdicts = judged(waves, is_wrong, can_be_judged)
        waves = (*waves, next_wave(frame, waves, verdicts, n, start=rng.random()))
    return waves, judged(waves, is_wrong, can_be_judged)


def judged(waves, is_wrong, can_be_judged=slice(None)):
    units = drawn_units(waves)
    units = units[np.isin(units, np.arange(len(is_wrong))[can_be_judged])]
    return Verdicts(units=units, is_wrong=is_wrong[units])


def population(n_units, seed, *, share=0.06, slope=2.0):
    rng = np.random.default_rng(seed)
    latent = rng.normal(size=(n_units, 2))
    score = slope * latent[:, 0] + rng.logistic(size=n_units)
    return risk_frame(latent, rng.random(n_units)), score > np.quantile(score, 1 - share)


@pytest.mark.parametrize("n_wrong", [0, 1, 10, 199, 200])
def test_without_covariates_it_is_the_plain_share_with_the_interval_of_a_plain_sample(n_wrong):
    frame = risk_frame(np.empty((5000, 0)), np.linspace(0.0001, 0.9999, 5000))
    wave = first_wave(frame, 200, start=0.5)
    verdicts = Verdicts(units=wave.units, is_wrong=np.arange(200) < n_wrong)

    found = estimate_by_risk(frame, (wave,), verdicts)

    plain = wilson_interval(200 - n_wrong, 200)
    assert found.estimate.value == pytest.approx(1 - n_wrong / 200, abs=1e-12)
    assert found.estimate.n == 200
    assert found.estimate.n_eff == pytest.approx(200, rel=1e-9)
    assert found.estimate.interval.low == pytest.approx(plain.low, abs=1e-9)
    assert found.estimate.interval.high == pytest.approx(plain.high, abs=1e-9)
    assert found.power == 0


def test_without_an_error_it_is_as_wide_as_a_sample_with_these_probabilities_and_no_model():
    frame = risk_frame(np.empty((1000, 0)), np.linspace(0.0001, 0.9999, 1000))
    wave = first_wave(frame, 100, start=0.5, prior=np.linspace(0, 1, 1000))

    found = estimate_by_risk(frame, (wave,), judged((wave,), np.zeros(1000, dtype=bool)))

    assert found.estimate.n_eff == pytest.approx(1 / np.sum(1e-6 / wave.probabilities), rel=1e-9)
    assert found.estimate.n_eff < 95


def test_one_wave_of_equal_probabilities_is_the_power_tuned_regression():
    frame, is_wrong = population(3000, 8, share=0.3)
    waves, verdicts = audit(frame, is_wrong, (300,), np.random.default_rng(9))

    found = estimate_by_risk(frame, waves, verdicts)

    share = 1 - found.estimate.value
    plain = verdicts.is_wrong.mean()
    half_width = (found.estimate.interval.high - found.estimate.interval.low) / 2
    plain_interval = wilson_interval(300 * (1 - plain), 300)
    assert 0.8 < found.power <= 1
    assert half_width < 0.9 * (plain_interval.high - plain_interval.low) / 2
    assert abs(share - is_wrong.mean()) < 2 * half_width


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_the_interval_contains_the_share_and_stays_within_0_and_1(data):
    n_units = data.draw(st.integers(12, 60))
    share = data.draw(st.sampled_from([0.0, 0.02, 0.5, 1.0]))
    rng = np.random.default_rng(data.draw(st.integers(0, 999)))
    frame = risk_frame(
        rng.standard_t(1, size=(n_units, data.draw(st.integers(0, 3)))),
        rng.random(n_units),
        target=rng.exponential(size=n_units) + 0.01,
    )
    is_wrong = rng.random(n_units) < share
    waves, verdicts = audit(frame, is_wrong, (4, 4, 4), rng)

    together = estimate_by_risk(frame, waves, verdicts, kind=data.draw(st.sampled_from(FrameKind))).estimate
    alone = estimate_wave_by_wave(frame, waves, verdicts)

    for found in (together, alone):
        assert 0 <= found.interval.low <= found.value <= found.interval.high <= 1
        assert found.n_eff > 0
        assert found.interval.high > found.interval.low


def test_the_more_of_a_whole_frame_is_judged_the_less_is_uncertain():
    frame, is_wrong = population(400, 10, share=0.3)
    waves, verdicts = audit(frame, is_wrong, (150, 150), np.random.default_rng(11))

    picked = estimate_by_risk(frame, waves, verdicts, kind=FrameKind.PICKED).estimate
    whole = estimate_by_risk(frame, waves, verdicts, kind=FrameKind.WHOLE).estimate

    assert whole.value == picked.value
    assert whole.n_eff > 2 * picked.n_eff


def test_nothing_is_uncertain_of_a_whole_frame_that_is_judged_whole():
    frame, _ = population(40, 10)
    is_wrong = np.arange(40) % 2 == 0
    waves, verdicts = audit(frame, is_wrong, (20, 20), np.random.default_rng(11))

    found = estimate_by_risk(frame, waves, verdicts, kind=FrameKind.WHOLE).estimate

    assert found.n_eff == pytest.approx(1600)
    assert found.interval.low < found.value < found.interval.high


def test_a_frame_drawn_whole_of_which_half_is_judged_is_a_plain_sample_of_half_of_it():
    frame = risk_frame(np.empty((1000, 0)), np.linspace(0.001, 0.999, 1000))
    wave = first_wave(frame, 1000, start=0.5)
    units = np.arange(0, 1000, 2)
    verdicts = Verdicts(units=units, is_wrong=units % 10 == 0)

    found = estimate_by_risk(frame, (wave,), verdicts, kind=FrameKind.WHOLE).estimate

    assert found.value == pytest.approx(0.8)
    assert found.n_eff == pytest.approx(500 / (1 - 500 / 1000))


def test_units_that_could_not_be_judged_are_as_if_they_had_not_been_drawn():
    frame = risk_frame(np.empty((1000, 0)), np.linspace(0.001, 0.999, 1000))
    wave = first_wave(frame, 200, start=0.5)
    verdicts = Verdicts(units=wave.units[::2], is_wrong=np.arange(100) < 10)

    picked = estimate_by_risk(frame, (wave,), verdicts, kind=FrameKind.PICKED).estimate
    whole = estimate_by_risk(frame, (wave,), verdicts, kind=FrameKind.WHOLE).estimate

    assert picked.n_eff == pytest.approx(100)
    assert whole.n_eff == pytest.approx(100 / (1 - 100 / 1000))


def test_no_model_makes_more_of_picked_units_than_there_are():
    frame, is_wrong = population(2000, 30, share=0.4, slope=20.0)
    waves, verdicts = audit(frame, is_wrong, (1000, 1000), np.random.default_rng(31))

    found = estimate_by_risk(frame, waves, verdicts, kind=FrameKind.PICKED)

    assert found.auc > 0.97
    assert found.power > 0.9
    assert found.estimate.n_eff == pytest.approx(2000, rel=1e-3)


def test_the_auc_is_of_predictions_that_did_not_see_the_verdict():
    frame, is_wrong = population(4000, 12, share=0.2)
    waves, verdicts = audit(frame, is_wrong, (400, 400), np.random.default_rng(13))
    score = frame.scores[:, 0]
    pairs = score[is_wrong][:, np.newaxis] - score[~is_wrong]

    found = estimate_by_risk(frame, waves, verdicts)

    assert found.auc == pytest.approx(np.mean(pairs > 0), abs=0.05)


def test_verdicts_that_are_all_alike_have_no_auc():
    frame, _ = population(100, 14)
    waves, verdicts = audit(frame, np.zeros(100, dtype=bool), (20,), np.random.default_rng(15))

    assert estimate_by_risk(frame, waves, verdicts).auc is None


def test_a_unit_without_a_verdict_is_left_out():
    frame, is_wrong = population(1000, 16, share=0.4)
    waves, verdicts = audit(frame, is_wrong, (100,), np.random.default_rng(17))
    fewer = Verdicts(units=verdicts.units[5:], is_wrong=verdicts.is_wrong[5:])

    assert estimate_by_risk(frame, waves, fewer).estimate.n == 95
    with pytest.raises(EstimateError, match="^5 of 100 drawn units have no verdict"):
        estimate_wave_by_wave(frame, waves, fewer)


def test_fewer_than_2_verdicts_are_no_estimate():
    frame, is_wrong = population(100, 18)
    wave = first_wave(frame, 1, start=0.5)
    one = judged((wave,), is_wrong)

    assert estimate_by_risk(frame, (wave,), one) == NoEstimate(reason="fewer than 2 units have been judged")
    assert estimate_wave_by_wave(frame, (wave,), one) == NoEstimate(reason="a wave has fewer than 2 units")


def test_a_verdict_of_a_unit_that_was_not_drawn_is_refused():
    frame, _ = population(100, 19)
    wave = Wave(units=np.array([1, 2, 3]), probabilities=np.full(100, 0.03))
    stranger = Verdicts(units=np.array([1, 2, 4]), is_wrong=np.array([True, False, False]))

    for estimate in (estimate_by_risk, estimate_wave_by_wave):
        with pytest.raises(EstimateError, match="^1 verdicts are of units that were not drawn"):
            estimate(frame, (wave,), stranger)


def covered(frame, is_wrong, sizes, n_audits, seed):
    rng = np.random.default_rng(seed)
    hits, errors = 0, []
    for _ in range(n_audits):
        ticketed = replace(frame, tickets=rng.random(frame.n_units))
        waves, verdicts = audit(ticketed, is_wrong, sizes, rng)
        found = estimate_by_risk(ticketed, waves, verdicts).estimate
        truth = 1 - is_wrong.mean()
        hits += found.interval.low <= truth <= found.interval.high
        errors.append(found.value - truth)
    return hits, np.array(errors)


def test_a_small_audit_covers_the_truth_as_often_as_it_says():
    frame, is_wrong = population(2000, 20, share=0.1)

    hits, errors = covered(frame, is_wrong, (50, 50, 100), 40, 21)

    assert binomtest(hits, 40, 0.94, alternative="less").pvalue > ONE_IN_TEN_THOUSAND
    assert abs(errors.mean()) < 4 * errors.std() / np.sqrt(40)


@pytest.mark.slow
@pytest.mark.parametrize("slope", [0.0, 2.0, 5.0])
def test_an_audit_covers_the_truth_as_often_as_it_says(slope):
    frame, is_wrong = population(4000, 22, share=0.06, slope=slope)

    hits, errors = covered(frame, is_wrong, (100, 100, 200), 300, 23)

    assert binomtest(hits, 300, 0.94, alternative="less").pvalue > ONE_IN_TEN_THOUSAND
    assert abs(errors.mean()) < 4 * errors.std() / np.sqrt(300)


@pytest.mark.slow
@pytest.mark.parametrize("sizes", [(200, 150), (300, 200)])
def test_an_audit_of_a_good_part_covers_where_a_fifth_cannot_be_judged(sizes):
    rng = np.random.default_rng(40)
    latent = rng.normal(size=600)
    is_wrong = rng.random(600) < expit(1.5 * latent - 0.8)
    frame = risk_frame(latent[:, np.newaxis], np.full(600, 0.5))
    hits, n_audits = 0, 200
    for _ in range(n_audits):
        ticketed = replace(frame, tickets=rng.random(600))
        can_be_judged = rng.random(600) >= 0.2
        waves, verdicts = audit(ticketed, is_wrong, sizes, rng, can_be_judged)
        found = estimate_by_risk(ticketed, waves, verdicts, kind=FrameKind.WHOLE).estimate
        hits += found.interval.low <= 1 - is_wrong.mean() <= found.interval.high

    assert binomtest(hits, n_audits, 0.94, alternative="less").pvalue > ONE_IN_TEN_THOUSAND


@pytest.mark.slow
@pytest.mark.parametrize("sizes", [(60, 60), (150, 100)])
def test_a_strong_model_of_picked_units_covers_the_truth_of_all_they_were_picked_from(sizes):
    rng = np.random.default_rng(50)
    n_of_entity = rng.integers(2, 12, size=300)
    first = np.cumsum(n_of_entity) - n_of_entity
    latent = rng.normal(size=n_of_entity.sum())
    is_wrong = rng.random(len(latent)) < expit(6 * latent - 0.4)
    truth = 1 - np.mean(np.add.reduceat(is_wrong, first) / n_of_entity)
    hits, n_audits, errors = 0, 200, []
    for _ in range(n_audits):
        picked = first + rng.integers(n_of_entity)
        frame = risk_frame(latent[picked, np.newaxis], rng.random(300))
        waves, verdicts = audit(frame, is_wrong[picked], sizes, rng)
        found = estimate_by_risk(frame, waves, verdicts, kind=FrameKind.PICKED).estimate
        hits += found.interval.low <= truth <= found.interval.high
        errors.append(found.value - truth)

    assert binomtest(hits, n_audits, 0.94, alternative="less").pvalue > ONE_IN_TEN_THOUSAND
    assert abs(np.mean(errors)) < 4 * np.std(errors) / np.sqrt(n_audits)


@pytest.fixture
def benchmarks(monkeypatch):
    monkeypatch.syspath_prepend(str(Path(__file__).parents[3]))
    from benchmarks import efficiency, knowledge_graphs

    return efficiency, knowledge_graphs


@pytest.mark.slow
@pytest.mark.parametrize(
    ("law", "n", "half_width"),
    [
        ("logistic, AUC .85", 1200, 0.0102),
        ("logistic, AUC .95", 750, 0.0102),
        ("useless covariates", 1950, 0.0102),
    ],
)
def test_one_point_takes_no_more_verdicts_than_promised(benchmarks, law, n, half_width):
    efficiency, _ = benchmarks

    got = efficiency.simulate(efficiency.LAWS[law][0](61), n, n_audits=60, seed=62)

    assert got.half_width < half_width
    assert binomtest(round(60 * got.coverage), 60, 0.94, alternative="less").pvalue > ONE_IN_TEN_THOUSAND


@pytest.mark.slow
@pytest.mark.real_data
@pytest.mark.parametrize(("graph", "n", "half_width"), [("NELL", 83, 0.0508), ("DBPEDIA", 162, 0.0508)])
def test_the_votes_of_models_save_verdicts_on_real_gold_labels(benchmarks, shared_data, graph, n, half_width):
    _, knowledge_graphs = benchmarks
    facts = knowledge_graphs.judged_graph(graph, shared_data / "verdicts")

    got = knowledge_graphs.by_votes(facts, n, n_audits=300, seed=63)

    assert got.half_width < half_width
    assert binomtest(round(300 * got.coverage), 300, 0.94, alternative="less").pvalue > ONE_IN_TEN_THOUSAND
