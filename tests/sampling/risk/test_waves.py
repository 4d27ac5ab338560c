"""Drawing in waves: exact probabilities, what later waves favour, refusals."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sampling.errors import DesignError, EstimateError
from sampling.risk.active import _wave_by_wave
from sampling.risk.frame import Verdicts, drawn_units, overall_probabilities, risk_frame
from sampling.risk.waves import first_wave, next_wave

NOTHING = {"units": np.empty(0, dtype=np.intp), "is_wrong": np.empty(0, dtype=bool)}


def frame_of(n_units, *, n_columns=1, seed=2, **more):
    rng = np.random.default_rng(seed)
    return risk_frame(rng.normal(size=(n_units, n_columns)), rng.random(n_units), **more)


def judged(waves, is_wrong):
    units = drawn_units(waves)
    return Verdicts(units=units, is_wrong=is_wrong[units])


def every_start(frame, wave, left):
    """A start from every stretch of starts that give the same sample, and the length of the stretch.

    The sample changes only where the start passes the fractional part of a running sum of probabilities, in
    the order of the draw. That order is of rising or falling scores or of tickets, so all three are cut at.
    """
    score = frame.scores[left, 0]
    orders = (np.argsort(score), np.argsort(-score), np.argsort(frame.tickets[left]))
    sums = np.concatenate([np.cumsum(wave.probabilities[left][order]) for order in orders])
    edges = np.unique(np.concatenate([[0.0, 1.0], sums % 1]))
    return [((low + high) / 2, high - low) for low, high in pairwise(edges) if high - low > 1e-14]


def test_every_unit_of_a_first_wave_is_drawn_as_often_as_stated():
    frame = frame_of(6, target=np.array([1, 1, 2, 3, 1, 1.0]))
    prior = frame.scores[:, 0] + 2
    wave = first_wave(frame, 3, start=0.0, prior=prior)

    often = np.zeros(6)
    for start, share in every_start(frame, wave, np.arange(6)):
        often[first_wave(frame, 3, start=start, prior=prior).units] += share

    assert often == pytest.approx(wave.probabilities, abs=1e-12)
    by_prior = frame.target * (0.5 + 0.5 * prior / (frame.target @ prior))
    assert wave.probabilities == pytest.approx(3 * by_prior, abs=1e-9)


def test_every_unit_of_a_later_wave_is_drawn_as_often_as_stated():
    frame = frame_of(12)
    is_wrong = np.arange(12) % 3 == 0
    waves = (first_wave(frame, 5, start=0.3),)
    verdicts = judged(waves, is_wrong)
    wave = next_wave(frame, waves, verdicts, 3, start=0.0)
    left = np.setdiff1d(np.arange(12), waves[0].units)

    often = np.zeros(12)
    for start, share in every_start(frame, wave, left):
        often[next_wave(frame, waves, verdicts, 3, start=start).units] += share

    assert often[left] == pytest.approx(wave.probabilities[left], abs=1e-12)
    assert often[waves[0].units].tolist() == [0, 0, 0, 0, 0]


def test_the_waves_standing_alone_are_unbiased_over_every_pair_of_draws():
    frame = frame_of(7, target=np.array([1, 1, 2, 3, 1, 1, 2.0]))
    is_wrong = np.arange(7) % 3 == 0
    mean = 0.0
    for first_start, first_share in every_start(frame, first_wave(frame, 3, start=0.0), np.arange(7)):
        waves = (first_wave(frame, 3, start=first_start),)
        verdicts = judged(waves, is_wrong)
        left = np.setdiff1d(np.arange(7), waves[0].units)
        for start, share in every_start(frame, next_wave(frame, waves, verdicts, 2, start=0.0), left):
            both = (*waves, next_wave(frame, waves, verdicts, 2, start=start))
            mean += first_share * share * _wave_by_wave(frame, both, judged(both, is_wrong))[0]

    assert mean == pytest.approx(frame.target @ is_wrong, abs=1e-12)


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_waves_draw_what_is_asked_and_no_unit_twice_until_all_are_drawn(data):
    n_units = data.draw(st.integers(3, 40))
    frame = frame_of(n_units, seed=data.draw(st.integers(0, 99)), n_columns=data.draw(st.integers(0, 2)))
    is_wrong = np.random.default_rng(n_units).random(n_units) < data.draw(st.sampled_from([0, 0.3, 1]))
    waves = (first_wave(frame, data.draw(st.integers(1, n_units - 1)), start=data.draw(st.floats(0, 0.999))),)
    while (n_left := n_units - len(drawn_units(waves))) > 0:
        n = data.draw(st.integers(1, n_left))
        wave = next_wave(frame, waves, judged(waves, is_wrong), n, start=data.draw(st.floats(0, 0.999)))
        left = np.setdiff1d(np.arange(n_units), drawn_units(waves))
        assert wave.probabilities[left].sum() == pytest.approx(n, abs=1e-8)
        assert len(wave.units) == n
        assert wave.probabilities.min() > 0
        assert wave.probabilities.max() <= 1
        waves = (*waves, wave)

    assert sorted(drawn_units(waves)) == list(range(n_units))


def test_every_stratum_gets_its_share_of_the_target_to_within_a_unit():
    strata = np.repeat([0, 1, 2], [700, 200, 100])
    target = np.repeat([0.5 / 700, 0.3 / 200, 0.2 / 100], [700, 200, 100])
    frame = frame_of(1000, strata=strata, target=target)

    drawn = np.bincount(strata[first_wave(frame, 50, start=0.4).units])

    assert np.abs(drawn - [25, 15, 10]).max() <= 1


def test_a_later_wave_favours_the_units_whose_verdict_is_least_sure():
    frame = frame_of(4000)
    is_wrong = frame.scores[:, 0] > 1.2
    waves = (first_wave(frame, 300, start=0.1),)
    wave = next_wave(frame, waves, judged(waves, is_wrong), 300, start=0.7)

    score = frame.scores[:, 0]
    assert wave.probabilities[np.abs(score - 1.2) < 0.2].min() > 5 * wave.probabilities[score < 0].max()
    assert wave.probabilities.min() == pytest.approx(0.1 * 300 / 4000)


def test_a_prior_counts_as_much_as_eighty_verdicts():
    frame = risk_frame(np.empty((1000, 0)), np.random.default_rng(4).random(1000))
    prior = np.linspace(0, 1, 1000)
    waves = (first_wave(frame, 20, start=0.2),)
    wave = next_wave(frame, waves, judged(waves, np.arange(1000) % 7 == 0), 60, start=0.6, prior=prior)

    left = np.setdiff1d(np.arange(1000), waves[0].units)
    together = overall_probabilities((*waves, wave), 1000)[left]
    plan = (0.2 + 0.8 * (0.5 + 0.5 * prior / prior.mean()))[left]
    assert together / together.mean() == pytest.approx(plan / plan.mean(), rel=1e-3)


def test_without_covariates_every_wave_is_a_plain_draw():
    frame = risk_frame(np.empty((100, 0)), np.random.default_rng(3).random(100))
    waves = (first_wave(frame, 20, start=0.2),)
    wave = next_wave(frame, waves, judged(waves, np.arange(100) % 7 == 0), 16, start=0.6)

    left = np.setdiff1d(np.arange(100), waves[0].units)
    assert wave.probabilities[left] == pytest.approx(np.full(80, 0.2), abs=1e-3)


@pytest.mark.parametrize("n", [0, 11])
def test_a_wave_of_none_or_of_more_than_there_are_is_refused(n):
    with pytest.raises(DesignError, match=f"^{n} units are asked for and 10 are left to draw"):
        first_wave(frame_of(10), n, start=0.5)


@pytest.mark.parametrize("start", [-0.1, 1.0, float("nan")])
def test_a_start_outside_0_and_1_is_refused(start):
    with pytest.raises(DesignError, match=f"^start is {start}: give a number"):
        first_wave(frame_of(10), 2, start=start)


@pytest.mark.parametrize("prior", [np.zeros(10), -np.ones(10), np.full(10, np.nan), np.ones(9)])
def test_a_prior_that_is_no_score_is_refused(prior):
    with pytest.raises(DesignError, match="^the prior needs a finite score of at least 0 for every unit"):
        first_wave(frame_of(10), 2, start=0.5, prior=prior)
    with pytest.raises(DesignError, match="^the prior needs a finite score of at least 0 for every unit"):
        next_wave(frame_of(10), (), Verdicts(**NOTHING), 2, start=0.5, prior=prior)


def test_a_verdict_of_a_unit_that_was_not_drawn_is_refused():
    frame = frame_of(10)
    wave = first_wave(frame, 2, start=0.5)
    stranger = np.setdiff1d(np.arange(10), wave.units)[:1]

    with pytest.raises(EstimateError, match="^1 verdicts are of units that were not drawn"):
        next_wave(frame, (wave,), Verdicts(units=stranger, is_wrong=np.array([True])), 2, start=0.5)


def test_two_verdicts_of_one_unit_are_refused():
    with pytest.raises(EstimateError, match="^a unit has two verdicts"):
        Verdicts(units=np.array([3, 3]), is_wrong=np.array([True, False]))
    with pytest.raises(EstimateError, match="^2 units have 1 verdicts"):
        Verdicts(units=np.array([3, 4]), is_wrong=np.array([True]))


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"target": np.array([1, 0, 1.0])}, "^1 of 3 target weights are not finite numbers above 0"),
        ({"target": np.ones(2)}, "^there are 2 target weights for 3 units"),
        ({"strata": np.zeros(4, dtype=np.intp)}, "^there are 4 strata for 3 units"),
    ],
)
def test_a_frame_that_does_not_fit_together_is_refused(more, told):
    with pytest.raises(DesignError, match=told):
        risk_frame(np.zeros((3, 0)), np.array([0.1, 0.2, 0.3]), **more)


def test_a_ticket_outside_0_and_1_is_refused():
    with pytest.raises(DesignError, match="^a ticket is not between 0 and 1"):
        risk_frame(np.zeros((2, 0)), np.array([0.1, 1.0]))
