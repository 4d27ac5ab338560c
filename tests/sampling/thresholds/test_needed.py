"""What a certificate would take: verdicts of the sample, given what is kept and what weights cost."""

import numpy as np
import pytest

from sampling.errors import EstimateError
from sampling.thresholds.certify import Certified, NothingCertified, ScoredVerdicts, certify
from sampling.thresholds.judged import JudgedMasks
from sampling.thresholds.kept import Guarantee, needed_at
from sampling.thresholds.needed import needed_verdicts
from sampling.thresholds.path import ThresholdPath
from sampling.thresholds.weighted import certify_judged

GOAL = Guarantee(target=0.95)


def path() -> ThresholdPath:
    return ThresholdPath(
        thresholds=np.array([2.0, 1.0]), shares=np.array([0.5, 1.0]), budgets=np.array([0.5, 0.5])
    )


def found(right, wrong, rest_right, rest_wrong, *, weight=None):
    scores = np.repeat([2.0, 1.0], [right + wrong, rest_right + rest_wrong])
    correct = np.repeat([True, False, True, False], [right, wrong, rest_right, rest_wrong])
    judged = JudgedMasks(
        position=np.arange(scores.size),
        correct=correct,
        weight=np.ones(scores.size) if weight is None else weight,
    )
    return certify_judged(judged, scores, path(), GOAL)


def test_verdicts_on_what_is_kept_become_verdicts_of_the_sample():
    outcome = found(39, 1, 30, 10)
    needed = needed_verdicts(outcome, n_verdicts=80)
    accuracy = 39.5 / 41
    at_level = Guarantee(target=0.95, confidence=0.975)

    assert needed.threshold == 2
    assert needed.share_kept == 0.5
    assert needed.accuracy == pytest.approx(accuracy)
    assert needed.n_verdicts == 2 * needed_at(accuracy, at_level).n_kept


def test_so_many_verdicts_certify_about_every_other_time():
    needed = needed_verdicts(found(59, 1, 30, 30), n_verdicts=120)
    rng = np.random.default_rng(3)
    n_certified = 0
    for _ in range(200):
        scores = np.where(rng.random(needed.n_verdicts) < 0.5, 2.0, 1.0)
        correct = rng.random(scores.size) < np.where(scores == 2, needed.accuracy, 0.5)
        outcome = certify(ScoredVerdicts(scores=scores, correct=correct), path(), GOAL)
        n_certified += isinstance(outcome, Certified)

    assert 70 < n_certified < 150


def test_no_number_helps_where_the_target_is_not_reached():
    outcome = found(80, 20, 80, 20)

    assert isinstance(outcome, NothingCertified)
    assert needed_verdicts(outcome, n_verdicts=200) is None


def test_a_few_verdicts_without_an_error_do_not_promise_too_much():
    assert needed_verdicts(found(8, 0, 20, 20), n_verdicts=48) is None


def test_no_verdict_at_all_is_no_outlook():
    assert needed_verdicts(found(0, 0, 0, 0), n_verdicts=0) is None


def test_unequal_weights_take_more():
    rng = np.random.default_rng(1)
    even = needed_verdicts(found(59, 1, 30, 30), n_verdicts=120)
    uneven = needed_verdicts(found(59, 1, 30, 30, weight=rng.uniform(0.5, 1.5, 120)), n_verdicts=120)

    assert uneven.n_verdicts > even.n_verdicts


def test_fewer_verdicts_than_were_kept_are_refused():
    with pytest.raises(EstimateError, match="keeps 80 of them"):
        needed_verdicts(found(39, 1, 30, 10), n_verdicts=79)
