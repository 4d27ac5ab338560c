import numpy as np
import pytest
from scipy.stats import binom

from sampling.errors import DesignError, EstimateError
from sampling.reviewers.conduct import LEAST_ALIKE, OrderedReadings, Sign, reviewers_conduct
from sampling.reviewers.readings import Reading


def ordered(reviewers: object, readings: object, fast: object = None) -> OrderedReadings:
    codes = np.asarray(readings)
    return OrderedReadings(
        reviewers=np.asarray(reviewers),
        readings=codes,
        fast=np.zeros(codes.size, dtype=bool) if fast is None else np.asarray(fast),
    )


@pytest.mark.slow
def test_an_attentive_team_is_warned_of_in_no_more_than_one_review_of_a_hundred() -> None:
    rng = np.random.default_rng(20)
    n_reviews, n_warned = 400, 0
    for _ in range(n_reviews):
        reviewers = rng.integers(0, 5, 600)
        readings = np.where(rng.random(600) < 0.9, Reading.CORRECT, Reading.INCORRECT)
        found = reviewers_conduct(ordered(reviewers, readings))
        n_warned += any(conduct.signs for conduct in found.values())
    assert binom.sf(n_warned - 1, n_reviews, 0.01) > 1e-4


def test_a_reviewer_who_tires_shows() -> None:
    rng = np.random.default_rng(3)
    awake = rng.random(300) < np.linspace(0.25, 0.0, 300)
    readings = np.where(awake, Reading.INCORRECT, Reading.CORRECT)
    assert reviewers_conduct(ordered(np.zeros(300, dtype=int), readings))[0].signs == (Sign.DRIFT,)


def test_a_reviewer_who_judges_unlike_the_others_shows_and_alone_among_many() -> None:
    rng = np.random.default_rng(4)
    reviewers = rng.integers(0, 6, 1800)
    wrong = rng.random(1800) < np.where(reviewers == 2, 0.3, 0.05)
    found = reviewers_conduct(ordered(reviewers, np.where(wrong, Reading.INCORRECT, Reading.CORRECT)))
    assert found[2].signs == (Sign.UNLIKE_OTHERS,)
    assert all(not found[code].signs for code in (0, 1, 3, 4, 5))


def test_two_reviewers_who_differ_both_show_as_nobody_knows_which_is_right() -> None:
    found = reviewers_conduct(ordered(np.repeat([0, 1], 30), np.repeat([1, 0], 30)))
    assert [found[code].signs for code in (0, 1)] == [(Sign.UNLIKE_OTHERS,)] * 2


@pytest.mark.parametrize("always", [Reading.CORRECT, Reading.INCORRECT, Reading.UNSURE])
def test_one_answer_all_along_shows_from_the_hundredth_on(always: Reading) -> None:
    few, enough = (
        reviewers_conduct(ordered(np.zeros(n, dtype=int), np.full(n, always)))[0]
        for n in (LEAST_ALIKE - 1, LEAST_ALIKE)
    )
    assert few.signs == ()
    assert enough.signs == (Sign.ONE_SIDED,)


@pytest.mark.parametrize(
    ("n_fast", "n", "is_sign"), [(2, 20, False), (3, 20, True), (3, 150, False), (4, 150, True)]
)
def test_fast_readings_show_where_they_are_more_than_a_slip(n_fast: int, n: int, is_sign: bool) -> None:
    readings = np.tile([Reading.CORRECT, Reading.INCORRECT], n // 2)
    found = reviewers_conduct(ordered(np.zeros(n, dtype=int), readings, np.arange(n) < n_fast))[0]
    assert found.n_fast == n_fast
    assert (Sign.FAST in found.signs) == is_sign


def test_nobody_and_a_single_reading_are_no_sign() -> None:
    assert reviewers_conduct(ordered(np.zeros(0, dtype=int), np.zeros(0, dtype=int))) == {}
    assert reviewers_conduct(ordered([7], [Reading.UNSURE]))[7].signs == ()


def test_what_cannot_be_read_is_refused() -> None:
    with pytest.raises(EstimateError, match="one of each per reading"):
        ordered([0, 1], [1])
    with pytest.raises(EstimateError, match="give codes of Reading"):
        ordered([0], [Reading.NONE])
    with pytest.raises(EstimateError, match="at least 0"):
        ordered([-1], [1])
    with pytest.raises(DesignError, match="confidence is 1"):
        reviewers_conduct(ordered([0], [1]), confidence=1.0)
