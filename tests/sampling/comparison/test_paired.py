"""Paired differences: values from outside, exact coverage, and what must hold for every table."""

import tomllib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.stats import multinomial

from sampling.comparison.paired import (
    Comparison,
    PairedCounts,
    bonett_price_interval,
    compare_settings,
    count_pairs,
    mcnemar_exact,
    mcnemar_mid_p,
    newcombe_interval,
)
from sampling.errors import DesignError, EstimateError
from sampling.estimation.estimate import IntervalMethod, NoEstimate

REFERENCE = tomllib.loads((Path(__file__).parents[2] / "reference" / "comparison.toml").read_text("utf-8"))
INTERVALS = {"bonett-price": bonett_price_interval, "newcombe": newcombe_interval}

tables = st.lists(st.integers(0, 3000), min_size=4, max_size=4).filter(any)
confidences = st.floats(0.01, 0.9999)


def table(counts):
    return PairedCounts(n_both=counts[0], n_only_a=counts[1], n_only_b=counts[2], n_neither=counts[3])


def named(case):
    return "-".join(map(str, case["counts"]))


@pytest.mark.parametrize("case", REFERENCE["bonett_price"], ids=named)
def test_bonett_and_price_gives_their_own_examples(case):
    interval = bonett_price_interval(table(case["counts"]))

    assert interval.low == pytest.approx(case["low"], abs=6e-8)
    assert interval.high == pytest.approx(case["high"], abs=6e-8)


@pytest.mark.parametrize("case", REFERENCE["printed"], ids=lambda case: f"{case['method']} {named(case)}")
def test_intervals_agree_with_print(case):
    interval = INTERVALS[case["method"]](table(case["counts"]))

    assert round(interval.low, case["digits"]) == case["low"]
    assert round(interval.high, case["digits"]) == case["high"]
    assert interval.method == case["method"]


@pytest.mark.parametrize("case", REFERENCE["mcnemar"], ids=named)
def test_the_exact_p_value_is_that_of_statsmodels(case):
    assert mcnemar_exact(table(case["counts"])) == pytest.approx(case["p_value"], rel=1e-10)


@pytest.mark.parametrize("case", REFERENCE["mid_p"], ids=named)
def test_the_mid_p_value_agrees_with_print(case):
    assert round(mcnemar_mid_p(table(case["counts"])), case["digits"]) == case["p_value"]


@pytest.mark.peer
def test_the_exact_p_value_is_that_of_statsmodels_live():
    mcnemar = pytest.importorskip("statsmodels.stats.contingency_tables").mcnemar
    rng = np.random.default_rng(4)
    for both, only_a, only_b, neither in rng.integers(0, 400, (50, 4)).tolist():
        theirs = mcnemar([[both, only_a], [only_b, neither]], exact=True).pvalue
        ours = mcnemar_exact(table([both, only_a, only_b, neither]))
        assert ours == pytest.approx(float(theirs), rel=1e-9)


@pytest.mark.parametrize("interval_of", INTERVALS.values(), ids=INTERVALS)
@given(counts=tables, confidence=confidences)
def test_the_interval_contains_the_difference_and_is_never_empty(interval_of, counts, confidence):
    interval = interval_of(table(counts), confidence=confidence)

    assert -1 <= interval.low <= table(counts).difference <= interval.high <= 1
    assert interval.low < interval.high


@pytest.mark.parametrize("interval_of", INTERVALS.values(), ids=INTERVALS)
@given(counts=tables)
def test_swapping_the_settings_mirrors_the_interval(interval_of, counts):
    both, only_a, only_b, neither = counts
    interval = interval_of(table(counts))
    mirrored = interval_of(table([both, only_b, only_a, neither]))

    assert mirrored.low == pytest.approx(-interval.high, abs=1e-12)
    assert mirrored.high == pytest.approx(-interval.low, abs=1e-12)


@given(counts=tables)
@example(counts=[0, 10, 1065, 0])
def test_p_values_are_probabilities_and_the_mid_p_is_the_smaller(counts):
    exact, mid = mcnemar_exact(table(counts)), mcnemar_mid_p(table(counts))

    assert 0 <= mid <= exact <= 1


def outcomes(n, p_a, p_b):
    """Every (only A, only B) of n pairs, up to 400 of either, with its probability."""
    only_a, only_b = np.meshgrid(*2 * [np.arange(min(n, 400) + 1)], indexing="ij")
    inside = only_a + only_b <= n
    only_a, only_b = only_a[inside], only_b[inside]
    rest = n - only_a - only_b
    law = multinomial(n, [p_a, p_b, 1 - p_a - p_b])
    return only_a, only_b, law.pmf(np.stack([only_a, only_b, rest], axis=1))


LAWS = [(0.01, 0.0), (0.02, 0.02), (0.1, 0.05), (0.2, 0.2), (0.5, 0.1), (0.9, 0.05), (0.45, 0.45)]


def coverage(interval_of, n, p_a, p_b) -> float:
    only_a, only_b, probability = outcomes(n, p_a, p_b)
    likely = probability > 1e-12
    covered = [
        (interval := interval_of(PairedCounts(n_only_a=a, n_only_b=b, n_neither=n - a - b))).low
        <= p_a - p_b
        <= interval.high
        for a, b in zip(only_a[likely].tolist(), only_b[likely].tolist(), strict=True)
    ]
    return float(probability[likely][covered].sum())


@pytest.mark.parametrize(("p_a", "p_b"), LAWS)
def test_bonett_and_price_covers_exactly_enumerated_tables(p_a, p_b):
    """n = 40: at least 93 % of all tables by their probability, where Wald's covers 33 % at (0.01, 0)."""
    assert coverage(bonett_price_interval, 40, p_a, p_b) >= 0.93


@pytest.mark.parametrize(
    ("n", "p_a", "p_b", "least"),
    [(200, 0.008, 0.002, 0.99), (200, 0.03, 0.01, 0.95), (200, 0.11, 0.01, 0.95), (2000, 0.008, 0.002, 0.95)],
)
def test_bonett_and_price_covers_where_few_pairs_are_discordant(n, p_a, p_b, least):
    """Wald's interval covers 79.5 % at the first, exactly enumerated too."""
    assert coverage(bonett_price_interval, n, p_a, p_b) >= least


@pytest.mark.parametrize("discordant", [0.02, 0.1, 0.5, 1.0])
def test_the_exact_p_value_rejects_equal_settings_at_most_as_often_as_it_says(discordant):
    only_a, only_b, probability = outcomes(30, discordant / 2, discordant / 2)
    p_values = np.array(
        [
            mcnemar_exact(PairedCounts(n_only_a=a, n_only_b=b, n_neither=30 - a - b))
            for a, b in zip(only_a.tolist(), only_b.tolist(), strict=True)
        ]
    )

    for level in (0.01, 0.05, 0.2):
        assert probability[p_values <= level].sum() <= level


def test_pairing_narrows_the_interval():
    """Accuracies 0.861 and 0.760 of 2,000 mentions, 12 % of them discordant."""
    interval = compare_settings("a", "b", table([1501, 221, 19, 259])).interval
    unpaired = 2 * 1.959964 * np.sqrt((0.861 * 0.139 + 0.76 * 0.24) / 2000)

    assert interval.high - interval.low == pytest.approx(0.02915, abs=5e-5)
    assert unpaired == pytest.approx(0.04818, abs=5e-5)


def test_pairs_are_counted_mention_by_mention():
    a = np.array([True, True, False, False, True])
    b = np.array([True, False, True, False, True])

    assert count_pairs(a, b) == PairedCounts(n_both=2, n_only_a=1, n_only_b=1, n_neither=1)


def test_a_comparison_holds_what_its_parts_say():
    counts = table([60, 50, 22, 68])
    compared = compare_settings("box", "point", counts, method=IntervalMethod.NEWCOMBE, confidence=0.9)

    assert compared == Comparison(
        a="box",
        b="point",
        difference=0.14,
        interval=newcombe_interval(counts, confidence=0.9),
        p_value=mcnemar_exact(counts),
        p_adjusted=mcnemar_exact(counts),
        counts=counts,
    )
    assert compared.n_pairs == 200


def test_no_discordant_pair_is_no_difference_and_no_certainty():
    compared = compare_settings("a", "b", table([90, 0, 0, 10]))

    assert (compared.difference, compared.p_value) == (0, 1)
    assert compared.interval.low == -compared.interval.high < 0


def test_no_pair_is_no_estimate():
    assert isinstance(compare_settings("a", "b", PairedCounts()), NoEstimate)
    with pytest.raises(EstimateError, match="^there is no pair"):
        bonett_price_interval(PairedCounts())
    with pytest.raises(EstimateError, match="^there is no pair"):
        newcombe_interval(PairedCounts())


@pytest.mark.parametrize("field", ["n_both", "n_only_a", "n_only_b", "n_neither"])
def test_a_negative_count_is_refused(field):
    with pytest.raises(EstimateError, match=f"^{field} is -1"):
        PairedCounts(**{field: -1})


@pytest.mark.parametrize("confidence", [0, 1, 95, -0.5, float("nan")])
def test_a_confidence_outside_0_and_1_is_refused(confidence):
    for refusing in (bonett_price_interval, newcombe_interval):
        with pytest.raises(DesignError, match=f"^confidence is {confidence}"):
            refusing(table([1, 1, 1, 1]), confidence=confidence)
    with pytest.raises(DesignError, match=f"^confidence is {confidence}"):
        compare_settings("a", "b", PairedCounts(), confidence=confidence)


def test_an_interval_for_one_share_is_refused():
    with pytest.raises(EstimateError, match="^wilson is no interval for a difference"):
        compare_settings("a", "b", table([1, 1, 1, 1]), method=IntervalMethod.WILSON)


def test_verdicts_that_do_not_pair_are_refused():
    with pytest.raises(EstimateError, match="are no pairs"):
        count_pairs(np.array([True]), np.array([True, False]))


@pytest.mark.parametrize("count", [float("nan"), 0.5])
def test_a_count_of_pairs_is_whole(count):
    with pytest.raises(DesignError, match="^n_both is .*: give a whole number"):
        PairedCounts(n_both=count)


def test_counts_of_a_small_type_do_not_overflow():
    small = PairedCounts(
        n_both=np.int16(200), n_only_a=np.int16(12), n_only_b=np.int16(2), n_neither=np.int16(160)
    )

    assert newcombe_interval(small) == newcombe_interval(
        PairedCounts(n_both=200, n_only_a=12, n_only_b=2, n_neither=160)
    )


@pytest.mark.parametrize("verdicts", [np.array([1, 0]), np.array([1.0, 0.0])])
def test_verdicts_that_are_not_bool_are_refused(verdicts):
    with pytest.raises(EstimateError, match="^a_correct holds .*: give bool"):
        count_pairs(verdicts, np.array([True, False]))


def test_a_confidence_that_is_all_but_1_has_an_interval():
    counts = PairedCounts(n_both=60, n_only_a=50, n_only_b=22, n_neither=68)

    assert bonett_price_interval(counts, confidence=1 - 2**-53).low < bonett_price_interval(counts).low
