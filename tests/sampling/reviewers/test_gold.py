import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta, binom

from sampling.errors import DesignError, EstimateError
from sampling.estimation.accuracy import sample_accuracy
from sampling.estimation.estimate import IntervalMethod, NoEstimate, VerdictCounts
from sampling.reviewers.gold import GoldReadings, gold_corrected_accuracy, reviewer_rates


def raw(n_correct, n):
    return sample_accuracy(VerdictCounts(n_units=n, n_correct=n_correct, n_incorrect=n - n_correct))


def gold(n_accepted, n_correct, n_rejected, n_incorrect):
    return GoldReadings(
        n_correct=n_correct, n_accepted=n_accepted, n_incorrect=n_incorrect, n_rejected=n_rejected
    )


def test_the_judged_accuracy_of_known_reviewers_gives_the_true_one_back():
    accuracy, sensitivity, specificity = 0.9, 0.95, 0.8
    judged = accuracy * sensitivity + (1 - accuracy) * (1 - specificity)
    answer = gold_corrected_accuracy(raw(round(judged * 2000), 2000), gold(95, 100, 80, 100))
    assert answer.value == pytest.approx(accuracy, abs=1e-12)
    assert answer.interval.method is IntervalMethod.LANG_REICZIGEL


def test_the_interval_is_the_published_one_step_by_step():
    # Lang and Reiczigel 2014 with 40 of 200 judged correct, 60 of 80 accepted, 90 of 100 rejected.
    z = 1.959963984540054
    judged, sensitivity, specificity = (40 + z**2 / 2) / (200 + z**2), 61 / 82, 91 / 102
    share = (judged + specificity - 1) / (sensitivity + specificity - 1)
    parts = [sensitivity * (1 - sensitivity) / 82, specificity * (1 - specificity) / 102]
    spread = judged * (1 - judged) / (200 + z**2) + share**2 * parts[0] + (1 - share) ** 2 * parts[1]
    centre = share + 2 * z**2 * (share * parts[0] - (1 - share) * parts[1])
    reach = z * spread**0.5 / (sensitivity + specificity - 1)
    interval = gold_corrected_accuracy(raw(40, 200), gold(60, 80, 90, 100)).interval
    assert interval.low == pytest.approx(centre - reach, abs=1e-12)
    assert interval.high == pytest.approx(centre + reach, abs=1e-12)


def test_the_rates_have_clopper_and_pearsons_limits():
    rates = reviewer_rates(gold(97, 100, 85, 90))
    assert (rates.sensitivity.value, rates.specificity.value) == (0.97, 85 / 90)
    assert rates.sensitivity.interval.low == pytest.approx(beta.ppf(0.025, 97, 4), abs=1e-9)
    assert rates.specificity.interval.high == pytest.approx(beta.ppf(0.975, 86, 5), abs=1e-9)
    assert rates.sensitivity.interval.method is IntervalMethod.CLOPPER_PEARSON


@pytest.mark.parametrize(("n_judged", "value"), [(6, 0.0), (9, 0.0), (91, 1.0), (94, 1.0)])
def test_an_estimate_beyond_0_or_1_is_cut_and_stays_in_its_interval(n_judged, value):
    answer = gold_corrected_accuracy(raw(n_judged, 100), gold(90, 100, 90, 100))
    assert answer.value == value
    assert answer.interval.low <= value <= answer.interval.high
    assert answer.interval.low < answer.interval.high


@pytest.mark.parametrize("n_judged", [0, 1, 99, 100])
def test_verdicts_that_the_gold_masks_contradict_are_not_corrected(n_judged):
    answer = gold_corrected_accuracy(raw(n_judged, 100), gold(90, 100, 90, 100))
    assert isinstance(answer, NoEstimate)
    assert "the gold masks were judged otherwise than the sample" in answer.reason


@pytest.mark.parametrize("numbers", [(50, 100, 50, 100), (0, 5, 5, 5), (10, 100, 20, 100), (3, 5, 41, 100)])
def test_reviewers_who_tell_nothing_apart_correct_nothing(numbers):
    answer = gold_corrected_accuracy(raw(80, 100), gold(*numbers))
    assert isinstance(answer, NoEstimate)
    assert "do not tell right masks from wrong ones" in answer.reason


@pytest.mark.parametrize(
    "numbers", [(1, 0, 1, 1), (0, -1, 1, 1), (3, 2, 1, 1), (-1, 2, 1, 1), (1, 1, 2, 1), (1, 1, 1, 0)]
)
def test_gold_masks_that_cannot_be_are_refused(numbers):
    with pytest.raises(EstimateError, match="masks known to be"):
        gold(*numbers)


@pytest.mark.parametrize(
    ("numbers", "lacking"), [((0, 0, 9, 10), "sensitivity"), ((9, 10, 0, 0), "specificity")]
)
def test_one_kind_of_gold_gives_one_rate_and_corrects_nothing(numbers, lacking):
    rates = reviewer_rates(gold(*numbers))
    (held,) = {"sensitivity", "specificity"} - {lacking}
    assert getattr(rates, held).value == 0.9
    assert "was judged correct or incorrect" in getattr(rates, lacking).reason
    assert gold_corrected_accuracy(raw(80, 100), gold(*numbers)) == getattr(rates, lacking)


@pytest.mark.parametrize("confidence", [0, 1, 95, float("nan")])
def test_a_confidence_outside_0_and_1_is_refused(confidence):
    with pytest.raises(DesignError, match="confidence is"):
        gold_corrected_accuracy(raw(80, 100), gold(9, 10, 9, 10), confidence=confidence)


@settings(max_examples=100, deadline=None)
@given(
    n=st.integers(1, 500),
    m=st.integers(1, 50),
    shares=st.tuples(*[st.floats(0, 1)] * 3),
    confidence=st.sampled_from([0.5, 0.95, 0.999]),
)
def test_whatever_the_counts_the_figure_is_in_its_interval_or_has_a_reason(n, m, shares, confidence):
    judged, accepted, rejected = round(shares[0] * n), round(shares[1] * m), round(shares[2] * m)
    answer = gold_corrected_accuracy(raw(judged, n), gold(accepted, m, rejected, m), confidence=confidence)
    if isinstance(answer, NoEstimate):
        assert accepted + rejected <= m or "out of reach" in answer.reason
    else:
        assert 0 <= answer.interval.low <= answer.value <= answer.interval.high <= 1
        assert answer.interval.low < answer.interval.high


PUBLISHED = [
    (0.948, 0.97, 0.85, 100, 96.5, 7.70), (0.948, 0.97, 0.85, 300, 95.8, 5.40),
    (0.948, 0.99, 0.95, 100, 99.1, 5.62), (0.948, 0.99, 0.95, 300, 96.7, 3.43),
    (0.948, 0.995, 0.98, 100, 99.3, 4.97), (0.948, 0.995, 0.98, 300, 96.8, 2.89),
    (0.81, 0.97, 0.85, 100, 96.4, 9.33), (0.81, 0.97, 0.85, 300, 95.4, 6.10),
]  # fmt: skip
"""Accuracy, rates, gold masks of each kind; coverage and width in % by another program, n = 2,000."""


def held(accuracy, sensitivity, specificity, m, replicates, seed):
    rng = np.random.default_rng(seed)
    judged = accuracy * sensitivity + (1 - accuracy) * (1 - specificity)
    n_judged, n_accepted, n_rejected = (
        rng.binomial(size, chance, replicates).tolist()
        for size, chance in ((2000, judged), (m, sensitivity), (m, specificity))
    )
    intervals = [
        gold_corrected_accuracy(raw(x, 2000), gold(accepted, m, rejected, m)).interval
        for x, accepted, rejected in zip(n_judged, n_accepted, n_rejected, strict=True)
    ]
    n_held = sum(interval.low <= accuracy <= interval.high for interval in intervals)
    return n_held, 100 * np.mean([interval.high - interval.low for interval in intervals])


@pytest.mark.parametrize(("accuracy", "sensitivity", "specificity", "m", "coverage", "width"), PUBLISHED[::3])
def test_the_interval_holds_what_it_says(accuracy, sensitivity, specificity, m, coverage, width):
    n_held, mean_width = held(accuracy, sensitivity, specificity, m, 300, seed=1)
    assert binom.cdf(n_held, 300, 0.94) > 1e-4
    assert mean_width == pytest.approx(width, rel=0.05)


@pytest.mark.slow
@pytest.mark.parametrize(("accuracy", "sensitivity", "specificity", "m", "coverage", "width"), PUBLISHED)
def test_coverage_and_width_are_those_of_an_independent_simulation(
    accuracy, sensitivity, specificity, m, coverage, width
):
    n_held, mean_width = held(accuracy, sensitivity, specificity, m, 5000, seed=2)
    assert min(binom.cdf(n_held, 5000, coverage / 100), binom.sf(n_held - 1, 5000, coverage / 100)) > 1e-4
    assert mean_width == pytest.approx(width, rel=0.02)
