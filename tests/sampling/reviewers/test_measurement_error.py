from dataclasses import replace
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from sampling.errors import DesignError, EstimateError
from sampling.estimation.estimate import IntervalMethod, NoEstimate
from sampling.reviewers.measurement_error import CorrectedAccuracy, corrected_accuracy
from sampling.reviewers.readings import SecondReadings

NONE, WRONG, RIGHT, UNSURE = -1, 0, 1, 2


def readings(first, second, *, share=1.0, strata=None, weights=None):
    """A sample in which every verdict but "correct" was certain to be read again."""
    first, second = np.asarray(first), np.asarray(second)
    return SecondReadings(
        strata=np.zeros(first.size, dtype=int) if strata is None else np.asarray(strata),
        weights=np.ones(first.size) if weights is None else np.asarray(weights, dtype=float),
        first=first,
        second=second,
        chosen=(second != NONE) | (first != RIGHT) | (share == 1),
        probabilities=np.where(first == RIGHT, share, 1.0),
    )


def mean_over_second_phase(first, truth, weights, share):
    """The mean corrected accuracy over all choices of second readings, and the sum of their chances."""
    rights = np.flatnonzero(first == RIGHT)
    mean = total = 0.0
    for chosen in product((False, True), repeat=rights.size):
        second = truth.copy()
        second[rights[~np.array(chosen, dtype=bool)]] = NONE
        chance = share ** sum(chosen) * (1 - share) ** (rights.size - sum(chosen))
        answer = corrected_accuracy(readings(first, second, share=share, weights=weights))
        # With no "correct" verdict read again there is no estimate; the formula keeps the verdicts.
        last = np.where(first == RIGHT, RIGHT, truth) == RIGHT
        value = answer.corrected.value if any(chosen) or not rights.size else last @ weights / weights.sum()
        mean, total = mean + chance * value, total + chance
    return mean, total


def test_the_estimate_is_unbiased_over_every_choice_of_second_readings():
    first = np.array([RIGHT, RIGHT, RIGHT, RIGHT, RIGHT, RIGHT, WRONG, WRONG, UNSURE])
    truth = np.array([RIGHT, RIGHT, WRONG, RIGHT, RIGHT, RIGHT, WRONG, RIGHT, RIGHT])
    weights = np.array([1.0, 2.0, 1.0, 1.5, 1.0, 3.0, 1.0, 2.0, 1.0])
    mean, total = mean_over_second_phase(first, truth, weights, share=0.5)
    assert total == pytest.approx(1, abs=1e-12)
    assert mean == pytest.approx((truth == RIGHT) @ weights / weights.sum(), abs=1e-12)


def test_the_estimate_is_unbiased_over_every_sample_and_every_choice_of_second_readings():
    first = np.array([RIGHT, RIGHT, RIGHT, RIGHT, WRONG, UNSURE, RIGHT])
    truth = np.array([RIGHT, RIGHT, WRONG, RIGHT, RIGHT, WRONG, RIGHT])
    means = [
        mean_over_second_phase(first[list(units)], truth[list(units)], np.ones(5), share=0.6)[0]
        for units in combinations(range(7), 5)
    ]
    assert np.mean(means) == pytest.approx((truth == RIGHT).mean(), abs=1e-12)


def test_with_every_unit_read_again_the_interval_is_wilsons_of_the_last_readings():
    statsmodels = {"low": 0.9104218518612239, "high": 0.972617354399236}  # Wilson, 190 of 200
    first = np.repeat([RIGHT, WRONG], [195, 5])
    answer = corrected_accuracy(readings(first, np.repeat([RIGHT, WRONG, RIGHT], [188, 10, 2])))
    assert answer.corrected.value == 0.95
    assert answer.corrected.n_eff == pytest.approx(200)
    assert answer.corrected.interval.low == pytest.approx(statsmodels["low"], abs=1e-12)
    assert answer.corrected.interval.high == pytest.approx(statsmodels["high"], abs=1e-12)
    assert answer.corrected.interval.method is IntervalMethod.DIFFERENCE


def test_the_answer_counts_what_the_second_readings_changed():
    first = [RIGHT] * 6 + [WRONG] * 3 + [UNSURE] * 2
    second = [RIGHT, RIGHT, WRONG, UNSURE, NONE, NONE, WRONG, RIGHT, UNSURE, RIGHT, UNSURE]
    answer = corrected_accuracy(readings(first, second, share=0.5))
    assert (answer.n_second, answer.n_overturned, answer.n_restored, answer.n_undecided) == (9, 1, 1, 3)
    assert answer.raw.n == 9
    assert answer.raw.value == 6 / 9
    assert answer.corrected.n == 8
    # Right: 6 less 1/0.5 overturned and 1/0.5 now unsure, 2 gained. Decided: 9 less 1/0.5 and 1, 1 gained.
    assert answer.corrected.value == pytest.approx((6 - 2 - 2 + 1 + 1) / (9 - 2 - 1 + 1))


def test_units_that_stay_unsure_are_left_out_of_the_figure():
    first = np.repeat([RIGHT, WRONG], [80, 20])
    second = np.repeat([RIGHT, WRONG], [80, 20])
    unsure = readings(np.append(first, [UNSURE] * 30), np.append(second, [UNSURE] * 30))
    without = readings(first, second)
    assert corrected_accuracy(unsure).corrected == corrected_accuracy(without).corrected


def test_a_round_without_an_overturned_verdict_is_not_taken_for_certain():
    first = np.repeat([RIGHT, WRONG], [180, 20])
    second = np.concatenate([np.full(20, RIGHT), np.full(160, NONE), np.full(20, WRONG)])
    answer = corrected_accuracy(readings(first, second, share=1 / 9))
    assert answer.corrected.value == answer.raw.value == 0.9
    assert answer.corrected.n_eff < 90
    assert answer.corrected.interval.low < answer.raw.interval.low - 0.03


@pytest.mark.parametrize(("verdict", "value"), [(RIGHT, 1.0), (WRONG, 0.0)])
def test_all_right_and_all_wrong_have_an_interval_as_well(verdict, value):
    second = np.full(50, verdict)
    if verdict == RIGHT:
        second[10:] = NONE
    answer = corrected_accuracy(readings(np.full(50, verdict), second, share=0.2))
    assert answer.corrected.value == value
    assert 0.05 < answer.corrected.interval.high - answer.corrected.interval.low < 0.5


def test_a_stratum_without_errors_is_not_taken_for_certain():
    strata = np.repeat([0, 1, 2], [1400, 400, 200])
    weights = np.repeat([18_000 / 1400, 8_500 / 400, 2_030_000 / 200], [1400, 400, 200])
    last = np.ones(2000, dtype=int)
    last[[1, 2, 3, 1500, 1501, 1502, 1503]] = WRONG
    answer = corrected_accuracy(readings(last, last, strata=strata, weights=weights))
    assert answer.corrected.interval.low == pytest.approx(0.9818, abs=5e-5)


def test_one_unit_a_stratum_and_an_undecided_stratum_are_no_obstacle():
    answer = corrected_accuracy(
        readings([RIGHT, WRONG, UNSURE, UNSURE], [RIGHT, WRONG, UNSURE, UNSURE], strata=[7, 8, 9, 9])
    )
    assert answer.corrected.value == 0.5
    assert 0 < answer.corrected.interval.low < answer.corrected.interval.high < 1


def test_one_unit_in_all_has_a_wide_interval():
    answer = corrected_accuracy(readings([RIGHT], [RIGHT]))
    assert answer.corrected.value == 1
    assert answer.corrected.interval.low < 0.3


def test_the_raw_figure_has_no_value_where_every_first_reading_is_unsure():
    answer = corrected_accuracy(readings([UNSURE] * 4, [RIGHT, RIGHT, WRONG, RIGHT]))
    assert isinstance(answer.raw, NoEstimate)
    assert answer.corrected.value == 0.75


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        ([RIGHT, WRONG, WRONG], [RIGHT, NONE, NONE], "2 units that had to be read again await their second"),
        ([RIGHT, RIGHT, WRONG], [NONE, NONE, WRONG], "none of the 2 units that could be chosen for a second"),
        ([UNSURE, WRONG], [UNSURE, UNSURE], "no unit is decided"),
    ],
)
def test_what_cannot_be_corrected_yet_gives_a_reason(first, second, reason):
    answer = corrected_accuracy(readings(first, second, share=0.5))
    assert isinstance(answer, NoEstimate)
    assert reason in answer.reason


def test_a_correct_unit_that_was_drawn_and_not_read_yet_is_awaited():
    sample = readings([RIGHT, RIGHT, WRONG], [RIGHT, NONE, WRONG], share=0.5)
    answer = corrected_accuracy(replace(sample, chosen=np.array([True, True, True])))
    assert isinstance(answer, NoEstimate)
    assert "1 units that had to be read again await" in answer.reason


GOOD = readings([RIGHT, WRONG], [RIGHT, WRONG])


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"first": np.array([RIGHT])}, EstimateError, "one entry per unit"),
        ({"first": np.array([[RIGHT, WRONG]])}, EstimateError, "one entry per unit"),
        ({"first": np.array([RIGHT, NONE])}, EstimateError, "first readings are none of 0 .*the first is -1"),
        ({"second": np.array([RIGHT, 5])}, EstimateError, "second readings are none of -1 .*the first is 5"),
        ({"weights": np.array([1, 0.0])}, DesignError, "weights are not finite numbers above 0"),
        ({"weights": np.array([1, np.inf])}, DesignError, "weights are not finite numbers above 0"),
        (
            {"probabilities": np.array([1, 1.5])},
            DesignError,
            "probabilities of a second reading are not above 0",
        ),
        (
            {"probabilities": np.array([1, 0.0])},
            DesignError,
            "probabilities of a second reading are not above 0",
        ),
        ({"probabilities": np.array([1, np.nan])}, DesignError, "probabilities of a second reading are not"),
        ({"chosen": np.array([True])}, EstimateError, "one entry per unit"),
        (
            {"chosen": np.array([False, True]), "probabilities": np.array([0.5, 1])},
            EstimateError,
            "1 units have a second reading for which they were not drawn",
        ),
        (
            {"chosen": np.array([False, True]), "second": np.array([NONE, WRONG])},
            EstimateError,
            "1 units were certain to be drawn",
        ),
    ],
)
def test_readings_that_cannot_be_are_refused(change, error, message):
    with pytest.raises(error, match=message):
        replace(GOOD, **change)


def test_a_sample_without_a_unit_is_refused():
    with pytest.raises(EstimateError, match="of 1 or more"):
        readings([], [])


@pytest.mark.parametrize("confidence", [0, 1, 95, float("nan")])
def test_a_confidence_outside_0_and_1_is_refused(confidence):
    with pytest.raises(DesignError, match="confidence is"):
        corrected_accuracy(GOOD, confidence=confidence)


@st.composite
def reviewed_samples(draw):
    n = draw(st.integers(1, 30))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    first = rng.choice([WRONG, RIGHT, UNSURE], n, p=draw(st.sampled_from([(0.1, 0.8, 0.1), (0.6, 0.3, 0.1)])))
    share = draw(st.sampled_from([0.05, 0.5, 1.0]))
    is_read = (first != RIGHT) | (rng.random(n) < share)
    second = np.where(is_read, rng.choice([WRONG, RIGHT, UNSURE], n), NONE)
    weights = rng.lognormal(0, draw(st.sampled_from([0, 2])), n)
    return readings(first, second, share=share, strata=rng.integers(0, 4, n), weights=weights)


@settings(max_examples=150, deadline=None)
@given(sample=reviewed_samples())
def test_whatever_the_readings_the_figure_is_in_its_interval_or_has_a_reason(sample):
    answer = corrected_accuracy(sample)
    if isinstance(answer, CorrectedAccuracy):
        interval = answer.corrected.interval
        assert 0 <= interval.low <= answer.corrected.value <= interval.high <= 1
        assert interval.low < interval.high
        assert 0 < answer.corrected.n_eff < np.inf
    else:
        could_be_read = sample.probabilities < 1
        nothing_tells = could_be_read.any() and (sample.second[could_be_read] == NONE).all()
        assert nothing_tells or UNSURE in sample.second


@settings(max_examples=30, deadline=None)
@given(sample=reviewed_samples(), scale=st.floats(1e-3, 1e6))
def test_neither_the_scale_of_weights_nor_the_names_of_strata_matter(sample, scale):
    other = replace(sample, weights=scale * sample.weights, strata=100 - 7 * sample.strata)
    first, second = corrected_accuracy(sample), corrected_accuracy(other)
    if isinstance(first, CorrectedAccuracy):
        assert second.corrected.value == pytest.approx(first.corrected.value, abs=1e-9)
        assert second.corrected.n_eff == pytest.approx(first.corrected.n_eff, rel=1e-6)
    else:
        assert second == first


def held(draw, truth, replicates):
    """How many intervals of as many samples hold the truth, and how wide they are on average."""
    intervals = [corrected_accuracy(draw()).corrected.interval for _ in range(replicates)]
    n_held = sum(interval.low <= truth <= interval.high for interval in intervals)
    return n_held, np.mean([interval.high - interval.low for interval in intervals])


def drawer(rng, accuracy, sensitivity, specificity, *, n=2000, k):
    """Samples of which k of the "correct" verdicts, whichever, are read again, and every other."""

    def draw():
        truth = rng.random(n) < accuracy
        first = (rng.random(n) < np.where(truth, sensitivity, 1 - specificity)).astype(int)
        second = truth.astype(int)
        rights = rng.permutation(np.flatnonzero(first == RIGHT))
        second[rights[k:]] = NONE
        return readings(first, second, share=k / rights.size)

    return draw


ADJUDICATED = [
    (0.948, 0.97, 0.85, 200, 94.7, 3.07),
    (0.948, 0.97, 0.85, 400, 94.7, 2.47),
    (0.948, 0.99, 0.95, 200, 97.2, 2.56),
    (0.948, 0.99, 0.95, 400, 95.6, 2.18),
    (0.81, 0.97, 0.85, 200, 94.7, 5.22),
    (0.81, 0.97, 0.85, 400, 94.8, 4.29),
]
"""Accuracy, rates, second readings of "correct" verdicts; coverage and width in % by another program."""


@pytest.mark.parametrize(
    ("accuracy", "sensitivity", "specificity", "k", "coverage", "width"), ADJUDICATED[::3]
)
def test_the_interval_holds_what_it_says(accuracy, sensitivity, specificity, k, coverage, width):
    draw = drawer(np.random.default_rng(1), accuracy, sensitivity, specificity, k=k)
    n_held, mean_width = held(draw, accuracy, 400)
    assert binom.cdf(n_held, 400, 0.94) > 1e-4
    assert 100 * mean_width == pytest.approx(width, rel=0.04)


@pytest.mark.slow
@pytest.mark.parametrize(("accuracy", "sensitivity", "specificity", "k", "coverage", "width"), ADJUDICATED)
def test_coverage_and_width_are_those_of_an_independent_simulation(
    accuracy, sensitivity, specificity, k, coverage, width
):
    draw = drawer(np.random.default_rng(2), accuracy, sensitivity, specificity, k=k)
    n_held, mean_width = held(draw, accuracy, 2500)
    assert min(binom.cdf(n_held, 2500, coverage / 100), binom.sf(n_held - 1, 2500, coverage / 100)) > 1e-4
    assert 100 * mean_width == pytest.approx(width, rel=0.02)


@pytest.mark.soak
@pytest.mark.parametrize("accuracy", [0.7, 0.9, 0.98, 0.995])
@pytest.mark.parametrize("share", [0.1, 0.2])
@pytest.mark.parametrize("weights", [(1, 1, 1), (1, 5, 0.2)])
def test_the_interval_holds_with_unsure_readings_strata_and_weights(accuracy, share, weights):
    rng = np.random.default_rng(3)
    strata = np.repeat([0, 1, 2], [1400, 400, 200])

    def draw():
        truth = rng.random(2000) < accuracy
        last = np.where(rng.random(2000) < 0.04, UNSURE, truth.astype(int))
        first = (rng.random(2000) < np.where(truth, 0.98, 0.1)).astype(int)
        first[rng.random(2000) < 0.05] = UNSURE
        is_read = (first != RIGHT) | (rng.random(2000) < share)
        second = np.where(is_read, last, NONE)
        return readings(first, second, share=share, strata=strata, weights=np.array(weights)[strata])

    n_held, _ = held(draw, accuracy, 4000)
    assert binom.cdf(n_held, 4000, 0.94) > 1e-4


def resampled(rng, first, truth, *, n, share):
    """Samples of real pairs of a first verdict and the truth, drawn with replacement."""

    def draw():
        units = rng.integers(0, first.size, n)
        is_read = (first[units] != RIGHT) | (rng.random(n) < share)
        return readings(first[units], np.where(is_read, truth[units], NONE), share=share)

    return draw


@pytest.mark.real_data
def test_laymen_judge_against_experts_as_published(dbpedia):
    first, truth = dbpedia.layman_and_truth
    assert first.size == 1175
    assert round((first[truth == RIGHT] == RIGHT).mean(), 3) == 0.875
    assert round((first[truth == WRONG] == WRONG).mean(), 3) == 0.498


@pytest.mark.real_data
@pytest.mark.parametrize("share", [0.15, 0.5])
def test_experts_second_readings_correct_laymen(dbpedia, share):
    first, truth = dbpedia.layman_and_truth
    draw = resampled(np.random.default_rng(4), first, truth, n=800, share=share)
    n_held, _ = held(draw, (truth == RIGHT).mean(), 400)
    assert binom.cdf(n_held, 400, 0.94) > 1e-4


@pytest.mark.real_data
def test_the_truth_corrects_workers_who_tell_birds_hardly_apart(bluebirds):
    codes, truth = bluebirds
    first, last = codes.ravel(), np.repeat(truth, codes.shape[1])
    draw = resampled(np.random.default_rng(5), first, last, n=600, share=0.3)
    n_held, _ = held(draw, truth.mean(), 400)
    assert binom.cdf(n_held, 400, 0.94) > 1e-4
    raw = corrected_accuracy(draw()).raw
    assert raw.interval.high < truth.mean()


@pytest.mark.parametrize("dtype", [np.int32, np.uint8, np.float64])
def test_the_type_of_the_weights_does_not_matter(dtype):
    first = np.repeat([RIGHT, WRONG], [90, 10])
    weights = np.full(100, 200 if dtype == np.uint8 else 66_000, dtype)
    sample = readings(first, first)

    assert corrected_accuracy(replace(sample, weights=weights)) == corrected_accuracy(sample)


@pytest.mark.parametrize("scale", [1e-200, 1e200])
def test_weights_near_the_ends_of_floating_point_are_weights(scale):
    first = np.repeat([RIGHT, WRONG], [90, 10])
    sample = readings(first, first)

    assert corrected_accuracy(replace(sample, weights=np.full(100, scale))) == corrected_accuracy(sample)


@pytest.mark.parametrize("name", ["strata", "first", "second"])
def test_codes_that_are_no_integers_are_refused(name):
    with pytest.raises(EstimateError, match=f"^{name} holds float64: give integer codes"):
        replace(GOOD, **{name: getattr(GOOD, name).astype(float)})
