"""Learned paths: directions, unknown values, ties; and one feature is a plain path of thresholds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit

from sampling.errors import DesignError, EstimateError
from sampling.thresholds.boxes import Direction
from sampling.thresholds.certify import ScoredVerdicts, certify
from sampling.thresholds.judged import JudgedMasks
from sampling.thresholds.kept import Guarantee
from sampling.thresholds.learning import learned_risk, nested_boxes, prior_risk
from sampling.thresholds.path import ThresholdPath, threshold_path


def population(n: int = 4000, *, seed: int = 1):
    """Accuracy rises with the first feature, falls with the second, and has nothing to do with the third."""
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(n, 3))
    return features, expit(2 + 1.5 * features[:, 0] - features[:, 1]), rng


def verdicts(accuracy, n, rng) -> JudgedMasks:
    position = rng.choice(accuracy.size, n)
    return JudgedMasks(position=position, correct=rng.random(n) < accuracy[position], weight=np.ones(n))


def test_directions_are_learned_and_the_useless_feature_is_bounded_last():
    features, accuracy, rng = population()
    boxes = nested_boxes(features, learned_risk(features, verdicts(accuracy, 600, rng)))
    half = boxes.box(50)

    assert boxes.directions[:2] == (Direction.AT_LEAST, Direction.AT_MOST)
    assert {bound.feature for bound in half.bounds} == {0, 1}
    assert accuracy[half.holds(features)].mean() > accuracy.mean() + 0.1


def test_agreement_that_is_not_correctness_is_bounded_from_above():
    rng = np.random.default_rng(4)
    agreement = rng.random((3000, 1))
    accuracy = np.where(agreement[:, 0] > 0.8, 1 / 3, 0.97)
    boxes = nested_boxes(agreement, learned_risk(agreement, verdicts(accuracy, 300, rng)))

    assert boxes.directions == (Direction.AT_MOST,)


def test_one_feature_is_a_path_of_its_thresholds():
    features, accuracy, rng = population()
    one, goal = features[:, :1], Guarantee(target=0.9)
    boxes = nested_boxes(one, prior_risk(one, (Direction.AT_LEAST,)))
    scores = boxes.scores(one)
    path = threshold_path(scores, goal, n_verdicts=800)
    bounds = [boxes.box(threshold).bounds for threshold in path.thresholds]
    plain = ThresholdPath(
        thresholds=np.array([bound[0].value if bound else one.min() for bound in bounds]),
        shares=path.shares,
        budgets=path.budgets,
    )
    judged = verdicts(accuracy, 800, rng)
    by_boxes = certify(ScoredVerdicts(scores=scores[judged.position], correct=judged.correct), path, goal)
    by_values = certify(ScoredVerdicts(scores=one[judged.position, 0], correct=judged.correct), plain, goal)

    told = [
        [(step.n_kept, step.n_errors, step.p_value, step.level) for step in found.tried]
        for found in (by_boxes, by_values)
    ]
    assert told[0] == told[1]
    assert path.shares == pytest.approx([np.mean(one >= threshold) for threshold in plain.thresholds])


def test_the_steps_of_one_feature_are_equal_whatever_the_risk():
    one = np.random.default_rng(2).permutation(1000).astype(float)[:, np.newaxis]
    for risk in (one[:, 0], np.exp(one[:, 0] / 100)):
        scores = nested_boxes(one, risk, n_boxes=20).scores(one)
        assert (np.bincount(scores.astype(int))[1:] == 50).all()


def test_unknown_values_leave_with_the_first_bound_and_do_not_hide_the_worst():
    features, accuracy, rng = population(8000)
    features[rng.random(8000) < 0.05, 0] = np.nan
    boxes = nested_boxes(features, learned_risk(features, verdicts(accuracy, 600, rng)))
    first = next(boxes.box(threshold) for threshold in range(2, 90) if 0 in bounded(boxes.box(threshold)))
    held = first.holds(features)

    assert not np.isnan(features[held, 0]).any()
    assert held.mean() > 0.7


def bounded(box) -> set[int]:
    return {bound.feature for bound in box.bounds}


@given(
    st.lists(
        st.tuples(st.sampled_from([0.0, 1.0, 2.0, float("nan")]), st.integers(0, 3).map(float)),
        min_size=1,
        max_size=40,
    ),
    st.integers(1, 12),
)
def test_boxes_nest_hold_someone_and_end_with_all(rows, n_boxes):
    features = np.array(rows)
    risk = np.nan_to_num(features[:, 0], nan=5.0) - features[:, 1]
    scores = nested_boxes(features, risk, n_boxes=n_boxes).scores(features)
    m = int(scores.max())

    assert scores.min() >= 1
    assert m <= max(n_boxes, 1)
    assert set(range(1, m + 1)) == set(scores.astype(int).tolist())


def test_a_population_too_large_to_peel_gives_nearly_the_same_boxes(monkeypatch):
    features, accuracy, rng = population(20_000)
    risk = learned_risk(features, verdicts(accuracy, 400, rng))
    whole = nested_boxes(features, risk).scores(features)
    monkeypatch.setattr("sampling.thresholds.learning.MOST_PEELED", 5_000)
    part = nested_boxes(features, risk).scores(features)

    assert np.corrcoef(whole, part)[0, 1] > 0.98


def test_given_directions_are_taken():
    features, accuracy, rng = population(1000)
    risk = learned_risk(features, verdicts(accuracy, 200, rng))
    wanted = (Direction.AT_MOST, Direction.AT_MOST, Direction.AT_LEAST)

    assert nested_boxes(features, risk, directions=wanted).directions == wanted


def test_verdicts_that_tell_nothing_give_everyone_the_same_risk():
    features, _, _ = population(100)
    right = JudgedMasks(position=np.arange(20), correct=np.ones(20, bool), weight=np.ones(20))
    risk = learned_risk(features, right)

    assert np.unique(risk).tolist() == pytest.approx([0.5 / 21])
    assert nested_boxes(features, risk).box(1).bounds == ()


def test_a_feature_that_is_unknown_everywhere_says_nothing():
    features, accuracy, rng = population(500)
    judged = verdicts(accuracy, 300, rng)
    with_it = np.hstack([features, np.full((500, 1), np.nan)])

    assert learned_risk(with_it, judged) == pytest.approx(learned_risk(features, judged))
    assert 3 not in bounded(nested_boxes(with_it, learned_risk(with_it, judged)).box(90))


def test_the_prior_ranks_by_what_all_features_say_and_unknown_is_worst():
    risk = prior_risk(np.array([[0.9], [np.nan], [0.1], [0.5]]), (Direction.AT_LEAST,))

    assert np.argsort(risk).tolist() == [0, 3, 2, 1]


@pytest.mark.parametrize(
    ("features", "risk", "message"),
    [
        (np.zeros((3, 1)), np.zeros(2), "do not match"),
        (np.zeros((3, 0)), np.zeros(3), "do not match"),
        (np.zeros((0, 1)), np.zeros(0), "do not match"),
        (np.zeros((2, 1)), np.array([0.0, np.nan]), "give finite risks"),
        (np.array([[np.inf]]), np.zeros(1), "^a feature is infinite"),
    ],
)
def test_what_makes_no_path_is_refused(features, risk, message):
    with pytest.raises(DesignError, match=message):
        nested_boxes(features, risk)


def test_learning_from_nowhere_is_refused():
    features, accuracy, rng = population(50)
    with pytest.raises(DesignError, match="give masks by features, one or more"):
        learned_risk(np.zeros((50, 0)), verdicts(accuracy, 5, rng))
    with pytest.raises(EstimateError, match="of a population of 10"):
        learned_risk(features[:10], verdicts(accuracy, 50, rng))
    with pytest.raises(DesignError, match="at least one box"):
        nested_boxes(features, np.zeros(50), n_boxes=0)
