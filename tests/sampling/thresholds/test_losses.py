"""What a rule loses: counts are exact, shares are those of the right verdicts, small domains say so."""

import numpy as np
import pytest
from scipy.stats import beta, binom

from sampling.errors import DesignError, EstimateError
from sampling.estimation.estimate import Estimate, NoEstimate
from sampling.thresholds.judged import JudgedMasks
from sampling.thresholds.losses import losses_by_domain


def population():
    domain = np.repeat([0, 1, 2], [600, 300, 100])
    dropped = np.arange(1000) % 4 == 0
    return dropped, domain


def evenly(position, correct) -> JudgedMasks:
    return JudgedMasks(position=position, correct=correct, weight=np.ones(len(position)))


def test_counts_of_the_population_are_exact():
    dropped, domain = population()
    judged = evenly(np.arange(0, 1000, 3), np.ones(334, bool))
    losses = losses_by_domain(dropped, domain, judged, n_domains=3)

    assert [(loss.n_masks, loss.n_dropped, loss.n_kept) for loss in losses] == [
        (600, 150, 450),
        (300, 75, 225),
        (100, 25, 75),
    ]


def test_shares_are_of_the_right_verdicts_with_exact_limits_where_weights_are_even():
    dropped, domain = population()
    position = np.arange(600)
    correct = position % 3 != 0
    first, _, third = losses_by_domain(dropped, domain, evenly(position, correct), n_domains=3)
    n_right, n_lost = correct.sum(), np.sum(correct & dropped[:600])

    assert (first.share_lost.n, first.share_lost.n_correct) == (n_right, n_lost)
    assert first.share_lost.estimate.value == pytest.approx(n_lost / n_right)
    n, x = 150, np.sum(correct & dropped[:600])
    assert first.right_among_dropped.n == n
    assert first.lost.n == pytest.approx(150 * x / n)
    assert first.lost.low == pytest.approx(150 * beta.ppf(0.025, x, n - x + 1), rel=0.01)
    assert first.lost.high == pytest.approx(150 * beta.ppf(0.975, x + 1, n - x), rel=0.01)
    assert not first.is_small
    assert third.is_small
    assert isinstance(third.share_lost.estimate, NoEstimate)
    assert third.lost is None


def test_weights_count():
    dropped = np.array([True, False])
    judged = JudgedMasks(
        position=np.repeat([0, 1], [50, 50]), correct=np.ones(100, bool), weight=np.repeat([3.0, 1.0], 50)
    )
    (loss,) = losses_by_domain(dropped, np.zeros(2, int), judged, n_domains=1)

    assert loss.share_lost.estimate.value == pytest.approx(0.75)


def test_a_rule_that_drops_nothing_loses_nothing():
    (loss,) = losses_by_domain(
        np.zeros(10, bool), np.zeros(10, int), evenly(np.arange(5), np.ones(5, bool)), n_domains=1
    )

    assert (loss.lost.n, loss.lost.low, loss.lost.high) == (0, 0, 0)
    assert loss.share_lost.greatest_error is None


def test_the_intervals_cover_the_truth():
    rng = np.random.default_rng(6)
    dropped = rng.random(5000) < 0.3
    accuracy = np.where(dropped, 0.6, 0.95)
    share = np.sum(accuracy * dropped) / accuracy.sum()
    missed_share = missed_number = 0
    for _ in range(300):
        position = rng.integers(0, 5000, 200)
        judged = evenly(position, rng.random(200) < accuracy[position])
        (loss,) = losses_by_domain(dropped, np.zeros(5000, int), judged, n_domains=1)
        assert isinstance(loss.share_lost.estimate, Estimate)
        interval = loss.share_lost.estimate.interval
        missed_share += not interval.low <= share <= interval.high
        missed_number += not loss.lost.low <= 0.6 * dropped.sum() <= loss.lost.high

    assert binom.sf(missed_share - 1, 300, 0.05) > 1e-4
    assert binom.sf(missed_number - 1, 300, 0.05) > 1e-4


@pytest.mark.parametrize(
    ("dropped", "domain", "message"),
    [
        (np.zeros(3, bool), np.zeros(4, int), "give one of each per mask"),
        (np.zeros(3, bool), np.array([0, 0, 5]), "^a domain has the code 5: give 0 to 1"),
        (np.zeros(1, bool), np.zeros(1, int), "of a population of 1"),
    ],
)
def test_what_does_not_match_is_refused(dropped, domain, message):
    with pytest.raises(EstimateError, match=message):
        losses_by_domain(dropped, domain, evenly(np.array([2]), np.array([True])), n_domains=2)


def test_a_confidence_that_is_none_is_refused():
    with pytest.raises(DesignError, match="^confidence is 2"):
        losses_by_domain(
            np.zeros(3, bool),
            np.zeros(3, int),
            evenly(np.array([2]), np.array([True])),
            n_domains=1,
            confidence=2.0,
        )
