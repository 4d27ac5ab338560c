"""Certified thresholds: decisions, the probability of a wrong one, and nothing as an answer."""

import tomllib
from pathlib import Path

import numpy as np
import pytest
from scipy.special import expit
from scipy.stats import binom

from sampling.errors import EstimateError
from sampling.thresholds.certify import Certified, KeptTest, NothingCertified, ScoredVerdicts, certify
from sampling.thresholds.kept import Guarantee, NeededKept, kept_p_value
from sampling.thresholds.path import ThresholdPath, threshold_path

REFERENCE = tomllib.loads((Path(__file__).parents[2] / "reference" / "thresholds.toml").read_text("utf-8"))
GOAL = Guarantee(target=0.95)


def path_of(thresholds, budgets=None) -> ThresholdPath:
    m = len(thresholds)
    return ThresholdPath(
        thresholds=np.array(thresholds, dtype=float),
        shares=np.linspace(1 / m, 1, m),
        budgets=np.array([1.0] + [0.0] * (m - 1) if budgets is None else budgets),
    )


def verdicts_of(groups) -> ScoredVerdicts:
    """Groups of equal score, given as (score, right, wrong)."""
    return ScoredVerdicts(
        scores=np.concatenate([np.full(right + wrong, float(score)) for score, right, wrong in groups]),
        correct=np.concatenate([np.repeat([True, False], [right, wrong]) for _, right, wrong in groups]),
    )


def test_the_decisions_of_a_fixed_sequence_are_those_of_mapie():
    i = np.arange(1000)
    scores = (i * 7919 % 1000) / 1000
    correct = (i * 104729 + 13) % 997 / 997 > 0.35 * (1 - scores) ** 2
    thresholds = [case["threshold"] for case in REFERENCE["thresholds"]]
    found = certify(ScoredVerdicts(scores=scores, correct=correct), path_of(thresholds), GOAL)

    assert [step.threshold for step in found.tried if step.is_certified] == REFERENCE[
        "certified_by_fixed_sequence"
    ]
    assert [(step.n_kept, step.n_errors) for step in found.tried] == [
        (case["kept"], case["errors"]) for case in REFERENCE["thresholds"]
    ]


@pytest.mark.peer
def test_whatever_mapies_walks_certify_is_certified_live():
    control = pytest.importorskip("mapie.risk_control.fwer_control")
    rng = np.random.default_rng(5)
    n_more = 0
    for _ in range(300):
        groups = [(20 - j, int(rng.integers(20, 60)), int(rng.integers(0, 3))) for j in range(20)]
        budgets = np.zeros(20)
        budgets[[0, 5, 10, 15]] = 0.25
        found = certify(verdicts_of(groups), path_of(range(20, 0, -1), budgets), GOAL)
        p_values = [step.p_value for step in found.tried]
        theirs = set(control.FWERFixedSequenceTesting(n_starts=4).run(np.array(p_values), 0.05).tolist())
        ours = {j for j, step in enumerate(found.tried) if step.is_certified}
        assert theirs <= ours
        n_more += ours > theirs
        alone = certify(verdicts_of(groups), path_of(range(20, 0, -1)), GOAL)
        single = control.FWERFixedSequenceTesting(n_starts=1).run(np.array(p_values), 0.05).tolist()
        assert [j for j, step in enumerate(alone.tried) if step.is_certified] == single
    assert n_more > 0


def test_the_loosest_certified_threshold_is_chosen():
    found = certify(verdicts_of([(3, 100, 0), (2, 100, 0), (1, 50, 50)]), path_of([3, 2, 1]), GOAL)

    assert isinstance(found, Certified)
    assert (found.chosen.threshold, found.chosen.n_kept, found.chosen.n_errors) == (2, 200, 0)
    assert found.chosen.p_value == kept_p_value(0, 200, 0.95)
    assert found.chosen.share_kept == pytest.approx(2 / 3)
    assert [step.is_certified for step in found.tried] == [True, True, False]
    assert found.test is KeptTest.EXACT_BINOMIAL


def test_a_walk_that_fails_loses_its_budget_and_the_next_start_has_its_own():
    groups = [(3, 40, 0), (2, 200, 0), (1, 100, 1)]
    alone = certify(verdicts_of(groups), path_of([3, 2, 1]), GOAL)
    two = certify(verdicts_of(groups), path_of([3, 2, 1], [0.5, 0.5, 0]), GOAL)

    assert isinstance(alone, NothingCertified)
    assert [step.level for step in two.tried] == pytest.approx([0.025, 0.025, 0.025])
    assert two.chosen.threshold == 1


def test_a_certified_threshold_passes_its_budget_on():
    found = certify(
        verdicts_of([(3, 200, 0), (2, 200, 0), (1, 200, 0)]), path_of([3, 2, 1], [0.5, 0.25, 0.25]), GOAL
    )

    assert [step.level for step in found.tried] == pytest.approx([0.025, 0.0375, 0.05])


def test_ties_are_kept_together():
    found = certify(verdicts_of([(2, 59, 0), (1, 0, 200)]), path_of([2, 1]), GOAL)

    assert [step.n_kept for step in found.tried] == [59, 259]


def test_nothing_certified_says_what_it_would_take():
    found = certify(verdicts_of([(2, 50, 0), (1, 90, 10)]), path_of([2, 1]), GOAL)

    assert isinstance(found, NothingCertified)
    assert [candidate.threshold for candidate in found.candidates] == [2, 1]
    assert [(needed.n_errors, needed.n_kept) for needed in found.needed] == [
        (0, 59),
        (1, 93),
        (2, 124),
        (3, 153),
    ]
    assert found.needed_for_best == NeededKept(n_kept=59, n_errors=0)


def test_no_verdict_certifies_nothing():
    found = certify(verdicts_of([(1, 0, 0)]), path_of([2, 1]), GOAL)

    assert isinstance(found, NothingCertified)
    assert found.needed_for_best is None
    assert [step.p_value for step in found.tried] == [1, 1]


@pytest.mark.parametrize(("right", "wrong", "kind"), [(500, 0, Certified), (0, 500, NothingCertified)])
def test_all_right_and_all_wrong(right, wrong, kind):
    found = certify(verdicts_of([(1, right, wrong)]), path_of([1]), GOAL)

    assert isinstance(found, kind)
    assert found.tried[0].p_value == kept_p_value(wrong, 500, 0.95)


@pytest.mark.parametrize(
    ("scores", "correct", "message"),
    [
        ([1.0, 2.0], [True], "one of each per mask"),
        ([np.nan], [True], "scores must be finite"),
    ],
)
def test_verdicts_that_are_none_are_refused(scores, correct, message):
    with pytest.raises(EstimateError, match=message):
        ScoredVerdicts(scores=np.array(scores), correct=np.array(correct))


def violations(slope: float, n_replicates: int, seed: int) -> tuple[int, int]:
    """Wrong certificates of our walk, and wrong thresholds of "the loosest that looks good enough"."""
    rng = np.random.default_rng(seed)
    scores = rng.normal(size=20_000)
    accuracy = expit(1.9 + slope * scores)
    path = threshold_path(scores, GOAL, n_verdicts=1000)
    true_kept = np.array([accuracy[scores >= threshold].mean() for threshold in path.thresholds])
    ours = naive = 0
    for _ in range(n_replicates):
        drawn = rng.choice(scores.size, 1000)
        correct = rng.random(1000) < accuracy[drawn]
        found = certify(ScoredVerdicts(scores=scores[drawn], correct=correct), path, GOAL)
        ours += any(
            step.is_certified and true < GOAL.target
            for step, true in zip(found.tried, true_kept, strict=True)
        )
        looks_good = [step.n_kept - step.n_errors >= GOAL.target * step.n_kept for step in found.tried]
        naive += bool(any(looks_good) and true_kept[np.flatnonzero(looks_good)[-1]] < GOAL.target)
    return ours, naive


def test_a_wrong_certificate_is_rare_in_a_small_simulation():
    ours, naive = violations(0.8, 120, 11)

    assert binom.sf(ours - 1, 120, 0.05) > 1e-4
    assert naive > 40


@pytest.mark.slow
@pytest.mark.parametrize("slope", [0.0, 0.3, 0.8, 2.0])
def test_a_wrong_certificate_is_rare(slope):
    ours, _ = violations(slope, 1500, 23)

    assert binom.sf(ours - 1, 1500, 0.05) > 1e-4


@pytest.mark.parametrize("correct", [[1.0, 0.0], [1, 0]])
def test_verdicts_that_are_not_bool_are_refused(correct):
    with pytest.raises(EstimateError, match="^correct holds .*: give bool"):
        ScoredVerdicts(scores=np.ones(2), correct=np.array(correct))


def test_a_target_near_1_is_refused_a_certificate_and_told_what_it_takes():
    goal = Guarantee(target=0.9999)
    scores = np.arange(500.0)
    found = certify(
        ScoredVerdicts(scores=scores, correct=np.ones(500, bool)),
        threshold_path(scores, goal, n_verdicts=500),
        goal,
    )

    assert isinstance(found, NothingCertified)
    assert found.needed_for_best == NeededKept(n_kept=29_956, n_errors=0)
