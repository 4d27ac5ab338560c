import tomllib
from math import sqrt
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.stats import binom

from sampling.errors import DesignError, EstimateError
from sampling.estimation.estimate import NoEstimate
from sampling.reviewers.agreement import Coefficient, Kappa, Ratings, Remark, agreement
from sampling.reviewers.coefficients import fleiss_kappa, gwet_ac1, linearised_variance, totals_per_unit

CROWDS = tomllib.loads((Path(__file__).parents[2] / "reference" / "agreement.toml").read_text())["crowds"]


def panel_of(codes, weights=None, **options):
    codes = np.asarray(codes)
    weights = np.ones(len(codes)) if weights is None else np.asarray(weights, dtype=float)
    return agreement(Ratings(codes=codes, weights=weights), **options)


def pairs_of(accuracy, sensitivity, specificity, n):
    """Pairs of verdicts in their expected numbers: both incorrect, each way of differing, both correct."""
    wrong = np.outer([specificity, 1 - specificity], [specificity, 1 - specificity])
    right = np.outer([1 - sensitivity, sensitivity], [1 - sensitivity, sensitivity])
    counts = np.round(n * ((1 - accuracy) * wrong + accuracy * right)).astype(int).ravel()
    return np.repeat([[0, 0], [0, 1], [1, 0], [1, 1]], counts, axis=0)


@pytest.mark.parametrize(
    ("accuracy", "kappa", "ac1", "remark"),
    [(0.5, 0.68, 0.69, None), (0.81, 0.68, 0.86, None), (0.95, 0.48, 0.92, Remark.PREVALENCE),
     (0.98, 0.30, 0.93, Remark.PREVALENCE)],
)  # fmt: skip
def test_the_same_two_reviewers_look_worse_by_kappa_and_better_by_ac1_the_rarer_errors_are(
    accuracy, kappa, ac1, remark
):
    panel = panel_of(pairs_of(accuracy, 0.97, 0.85, 20_000))
    assert round(panel.kappa.value, 2) == round(panel.alpha.value, 2) == kappa
    assert round(panel.ac1.value, 2) == ac1
    assert panel.remark is remark


@pytest.mark.parametrize(("accuracy", "observed", "on_incorrect"), [(0.95, 0.93, 0.52), (0.98, 0.94, 0.33)])
def test_where_errors_are_rare_reviewers_agree_on_units_and_not_on_errors(accuracy, observed, on_incorrect):
    panel = panel_of(pairs_of(accuracy, 0.97, 0.85, 20_000))
    assert round(panel.observed.value, 2) == observed
    assert round(panel.on_incorrect.value, 2) == on_incorrect
    assert panel.on_correct.value > 0.95


@pytest.mark.real_data
@pytest.mark.parametrize("name", CROWDS)
def test_a_real_crowd_has_the_figures_that_other_programs_give_it(name, request):
    codes = crowd(name, request)
    panel, expected = panel_of(codes), CROWDS[name]
    assert (panel.n_units, panel.n_reviewers) == (expected["n_units"], expected["n_reviewers"])
    assert panel.alpha.value == pytest.approx(expected["krippendorff"], abs=1e-13)
    assert panel.observed.value == pytest.approx(expected["observed"], abs=1e-11)
    assert panel.ac1.value == pytest.approx(expected["ac1"], abs=1e-11)
    assert panel.kappa.value == pytest.approx(expected["fleiss"], abs=1e-11)
    assert panel.kappa_is is Kappa.FLEISS


@pytest.mark.real_data
@pytest.mark.parametrize("name", CROWDS)
def test_a_standard_error_on_a_real_crowd_is_what_another_program_gives_it(name, request):
    codes = crowd(name, request)
    codes = codes[np.isin(codes, (0, 1)).sum(axis=1) > 1]
    rows, masses = totals_per_unit(codes, np.ones(len(codes)), 2), np.ones(len(codes))
    for figure, key in ((gwet_ac1, "ac1_se"), (fleiss_kappa, "fleiss_se")):
        assert sqrt(linearised_variance(figure, rows, masses)) == pytest.approx(CROWDS[name][key], abs=1e-11)


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("name", "widening"), [(name, 1.4 if name == "bluebirds" else 1.05) for name in CROWDS]
)
def test_half_units_widen_an_interval_by_little_where_units_are_many(name, widening, request):
    panel, expected = panel_of(crowd(name, request)), CROWDS[name]
    for figure, se in ((panel.ac1, expected["ac1_se"]), (panel.kappa, expected["fleiss_se"])):
        assert 0.99 < (figure.high - figure.low) / (2 * 1.959964 * se) < widening


def crowd(name, request):
    if name == "bluebirds":
        return request.getfixturevalue("bluebirds")[0]
    if name.startswith("mturk"):
        return request.getfixturevalue("mturk")(name.removeprefix("mturk_"))
    return getattr(request.getfixturevalue("dbpedia"), name.removeprefix("dbpedia_"))


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("people", "observed", "fleiss", "ac1"),
    [("laymen", 0.768, 0.275, 0.658), ("experts", 0.853, 0.606, 0.766)],
)
def test_laymen_agree_less_than_experts_on_dbpedia(dbpedia, people, observed, fleiss, ac1):
    panel = panel_of(getattr(dbpedia, people))
    figures = (panel.observed.value, panel.kappa.value, panel.ac1.value)
    assert tuple(round(figure, 3) for figure in figures) == (observed, fleiss, ac1)


@pytest.mark.parametrize(
    "codes", [np.zeros((0, 2)), [[1], [0]], [[1, -1], [-1, 0]], [[2, 1], [0, 2], [2, 2]], np.zeros((3, 0))]
)
def test_no_unit_with_two_decided_readings_gives_a_reason_and_no_figure(codes):
    nothing = panel_of(np.asarray(codes, dtype=int))
    assert nothing == NoEstimate(reason="no unit has two decided readings, so there is nothing to compare")


def test_readings_that_are_all_the_same_have_no_kappa():
    panel = panel_of([[1, 1]] * 20)
    assert panel.observed.value == panel.ac1.value == panel.on_correct.value == 1
    assert panel.on_incorrect == NoEstimate(reason="no reading says incorrect")
    assert isinstance(panel.alpha, NoEstimate)
    assert panel.kappa == panel.alpha
    assert panel.remark is None


def test_perfect_agreement_is_not_taken_for_certain():
    panel = panel_of([[1, 1]] * 30 + [[0, 0]] * 10)
    assert panel.observed.value == panel.alpha.value == panel.kappa.value == panel.ac1.value == 1
    assert panel.observed.interval.high == panel.alpha.high == 1
    assert 0.85 < panel.observed.interval.low < 0.95
    assert 0.5 < panel.alpha.low < 0.95
    assert 0.5 < panel.on_incorrect.interval.low < 0.95


def test_an_unsure_reading_counts_as_none():
    with_unsure = panel_of([[1, 1, 2], [0, 1, 2], [0, 0, 0], [2, 2, 1]])
    with_gaps = panel_of([[1, 1, -1], [0, 1, -1], [0, 0, 0], [-1, -1, 1]])
    assert with_unsure == with_gaps
    assert (with_unsure.n_units, with_unsure.n_pairs, with_unsure.n_reviewers) == (3, 5, 3)


def test_two_columns_have_cohens_kappa_and_a_reviewer_of_single_units_does_not_count():
    panel = panel_of([[1, 1, -1], [0, 1, -1], [0, 0, -1], [-1, 1, 1], [-1, -1, 0]])
    assert panel.kappa_is is Kappa.FLEISS
    panel = panel_of([[1, 1, -1], [0, 1, -1], [0, 0, -1], [-1, -1, 0]])
    assert (panel.kappa_is, panel.n_reviewers) == (Kappa.COHEN, 2)


def test_weights_undo_that_errors_were_read_again_on_purpose():
    rng = np.random.default_rng(8)
    truth = rng.random(60_000) < 0.9
    codes = np.where(rng.random((truth.size, 2)) < 0.95, truth[:, None], ~truth[:, None]).astype(int)
    chance = np.where(codes[:, 0] == 1, 0.1, 1.0)
    is_read = rng.random(truth.size) < chance
    everything, chosen = panel_of(codes), panel_of(codes[is_read])
    weighed = panel_of(codes[is_read], 1 / chance[is_read])
    for name in ("observed", "on_incorrect", "alpha", "ac1", "kappa"):
        target = getattr(everything, name).value
        assert getattr(weighed, name).value == pytest.approx(target, abs=0.015)
        assert abs(getattr(chosen, name).value - target) > 0.02


def test_the_size_of_the_weights_does_not_matter():
    codes = pairs_of(0.9, 0.95, 0.9, 300)
    weights = np.random.default_rng(9).uniform(1, 5, len(codes))
    small, large = panel_of(codes, weights), panel_of(codes, 1000 * weights)
    assert small.alpha.value == pytest.approx(large.alpha.value, abs=1e-12)
    assert small.kappa.low == pytest.approx(large.kappa.low, abs=1e-12)


@settings(max_examples=60, deadline=None)
@given(
    codes=hnp.arrays(np.int8, st.tuples(st.integers(1, 12), st.integers(2, 5)), elements=st.integers(-1, 2)),
    confidence=st.sampled_from([0.5, 0.95, 0.999]),
)
def test_every_figure_lies_in_its_interval_and_in_its_range(codes, confidence):
    panel = panel_of(codes, confidence=confidence)
    if isinstance(panel, NoEstimate):
        assert ((codes == 0) | (codes == 1)).sum(axis=1).max() < 2
        return
    for share in (panel.observed, panel.on_incorrect, panel.on_correct):
        if not isinstance(share, NoEstimate):
            assert 0 <= share.interval.low <= share.value <= share.interval.high <= 1
            assert share.interval.low < share.interval.high
            assert share.n_eff > 0
    for coefficient in (panel.alpha, panel.ac1, panel.kappa):
        if isinstance(coefficient, Coefficient):
            assert -1 <= coefficient.low <= coefficient.value <= coefficient.high <= 1
            assert coefficient.low < coefficient.high


@settings(max_examples=30, deadline=None)
@given(codes=hnp.arrays(np.int8, (9, 4), elements=st.integers(-1, 2)), seed=st.integers(0, 9))
def test_the_order_of_units_and_reviewers_does_not_matter(codes, seed):
    rng = np.random.default_rng(seed)
    first = panel_of(codes)
    second = panel_of(codes[rng.permutation(9)][:, rng.permutation(4)])
    if isinstance(first, NoEstimate):
        assert second == first
    else:
        assert second.observed.value == pytest.approx(first.observed.value, abs=1e-12)
        assert second.ac1.low == pytest.approx(first.ac1.low, abs=1e-12)
        assert type(second.kappa) is type(first.kappa)


@pytest.mark.parametrize(
    ("codes", "weights", "error", "message"),
    [
        ([1, 0], [1, 1], EstimateError, "units × reviewers"),
        ([[1, 0]], [1, 1], EstimateError, "units × reviewers"),
        ([[1, 3]], [1], EstimateError, "1 of 2 readings are none of .*the first is 3"),
        ([[1, 0]], [0], DesignError, "weights are not finite numbers above 0"),
        ([[1, 0]], [np.nan], DesignError, "weights are not finite numbers above 0"),
    ],
)
def test_ratings_that_cannot_be_are_refused(codes, weights, error, message):
    with pytest.raises(error, match=message):
        Ratings(codes=np.array(codes), weights=np.array(weights, dtype=float))


@pytest.mark.parametrize("confidence", [0, 1, 95, float("nan")])
def test_a_confidence_outside_0_and_1_is_refused(confidence):
    with pytest.raises(DesignError, match="confidence is"):
        panel_of([[1, 0], [1, 1]], confidence=confidence)


def held(accuracy, n, replicates, seed):
    """How often each interval holds the value that endless units would give, of how many."""
    pairs = pairs_of(accuracy, 0.97, 0.85, 20_000)
    endless = panel_of(pairs)
    chances = np.bincount(pairs @ [2, 1], minlength=4) / len(pairs)
    kinds = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    scores = {"observed": [], "on_incorrect": [], "alpha": [], "ac1": [], "kappa": []}
    for counts in np.random.default_rng(seed).multinomial(n, chances, replicates):
        panel = panel_of(np.repeat(kinds, counts, axis=0))
        for name, held_by in scores.items():
            figure = getattr(panel, name)
            if not isinstance(figure, NoEstimate):
                limits = figure if isinstance(figure, Coefficient) else figure.interval
                held_by.append(limits.low <= getattr(endless, name).value <= limits.high)
    return scores


@pytest.mark.parametrize(("accuracy", "n"), [(0.95, 100), (0.81, 300)])
def test_the_intervals_hold_what_they_say(accuracy, n):
    for name, held_by in held(accuracy, n, replicates=150, seed=1).items():
        assert binom.cdf(sum(held_by), len(held_by), 0.94) > 1e-4, name


@pytest.mark.slow
@pytest.mark.parametrize(("accuracy", "n"), [(0.5, 50), (0.81, 50), (0.95, 50), (0.98, 100), (0.98, 1000)])
def test_the_intervals_hold_what_they_say_over_a_grid(accuracy, n):
    for name, held_by in held(accuracy, n, replicates=4000, seed=2).items():
        assert binom.cdf(sum(held_by), len(held_by), 0.935) > 1e-4, name


def read_again_by_verdict(rng, n):
    """Two readings of all units first called incorrect and of a fifth of the others; one over the chance."""
    truth = rng.random(n) < 0.9
    codes = np.where(rng.random((n, 2)) < 0.95, truth[:, None], ~truth[:, None]).astype(int)
    chance = np.where(codes[:, 0] == 1, 0.2, 1.0)
    is_read = rng.random(n) < chance
    return codes[is_read], 1 / chance[is_read]


def test_weighted_intervals_hold_what_they_say():
    rng = np.random.default_rng(10)
    endless = panel_of(pairs_of(0.9, 0.95, 0.95, 20_000))
    panels = [panel_of(*read_again_by_verdict(rng, 1500)) for _ in range(200)]
    for name in ("alpha", "ac1", "kappa"):
        truth = getattr(endless, name).value
        n_held = sum(getattr(panel, name).low <= truth <= getattr(panel, name).high for panel in panels)
        assert binom.cdf(n_held, 200, 0.94) > 1e-4, name
    truth = endless.on_incorrect.value
    shares = [panel.on_incorrect.interval for panel in panels]
    assert binom.cdf(sum(share.low <= truth <= share.high for share in shares), 200, 0.94) > 1e-4
