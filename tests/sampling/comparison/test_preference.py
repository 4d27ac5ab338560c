"""Preferences: values from other programs, every sample of a small population, coverage, open pairs."""

import tomllib
from itertools import combinations, product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.stats import binom

from sampling.comparison.paired import PairedCounts, bonett_price_interval
from sampling.comparison.preference import ComparedMentions, PreferenceEstimate, preference
from sampling.errors import DesignError, EstimateError
from sampling.estimation.estimate import Estimate, NoEstimate

REFERENCE = tomllib.loads((Path(__file__).parents[2] / "reference" / "preference.toml").read_text("utf-8"))

counts = st.integers(0, 200)


def mentions(preferences, **changes: object) -> ComparedMentions:
    """Known preferences in one stratum, every mention drawn by itself and of weight 1, unless said."""
    n = len(preferences)
    facts: dict[str, object] = {
        "preferences": np.asarray(preferences, dtype=np.int64),
        "is_known": np.ones(n, dtype=np.bool_),
        "is_identical": np.zeros(n, dtype=np.bool_),
        "stratum": np.zeros(n, dtype=np.intp),
        "cluster": np.arange(n),
        "weight": np.ones(n),
    }
    given_arrays = {name: np.asarray(value) for name, value in changes.items()}
    return ComparedMentions(**(facts | given_arrays))


def of_counts(n_a, n_b, n_same) -> PreferenceEstimate:
    return preference(mentions(np.repeat([1, -1, 0], [n_a, n_b, n_same])))


@pytest.mark.parametrize(
    "case", REFERENCE["one_stratum"], ids=lambda case: "-".join(map(str, case["counts"]))
)
def test_one_stratum_is_what_another_program_gives(case):
    found = of_counts(*case["counts"])

    assert (found.interval.low, found.interval.high) == pytest.approx((case["low"], case["high"]), abs=1e-9)
    if case["of_decided"]:
        interval = found.a_of_decided.interval
        assert [interval.low, interval.high] == pytest.approx(case["of_decided"], abs=1e-9)
    else:
        assert found.a_of_decided == NoEstimate(reason="of no pair is one mask the better one")


def test_a_weighted_sample_is_what_two_other_programs_give():
    i = np.arange(120)
    stratum = np.repeat([0, 1, 2], [60, 36, 24])
    found = preference(
        mentions(
            np.array([1, 0, -1, 0, 1, 0, 0])[(i * 37 + 11) % 7],
            stratum=stratum,
            weight=np.array([1.0, 4.0, 25.0])[stratum] * (1 + (i * 7 % 5) / 4),
        )
    )
    shares = {name: getattr(found, name).value for name in ("share_a", "share_b", "share_same")}
    ours = {**shares, "net": found.net, "a_of_decided": found.a_of_decided.value}

    assert ours == pytest.approx(REFERENCE["weighted"], abs=1e-12)


@given(n_a=counts, n_b=counts, n_same=counts.filter(bool))
def test_one_stratum_is_bonett_and_prices_and_its_shares_add_up(n_a, n_b, n_same):
    found = of_counts(n_a, n_b, n_same)
    paired = PairedCounts(n_only_a=n_a, n_only_b=n_b, n_neither=n_same)
    theirs = bonett_price_interval(paired)

    assert found.net == pytest.approx(paired.difference, abs=1e-12)
    assert (found.interval.low, found.interval.high) == pytest.approx((theirs.low, theirs.high), abs=1e-9)
    assert found.share_a.value + found.share_b.value + found.share_same.value == pytest.approx(1)
    assert found.share_a.value - found.share_b.value == pytest.approx(found.net, abs=1e-12)


@st.composite
def any_mentions(draw) -> ComparedMentions:
    n = draw(st.integers(2, 40))
    of = {"min_size": n, "max_size": n}
    kinds = np.array(draw(st.lists(st.sampled_from([(1, 0), (-1, 0), (0, 0), (0, 1)]), **of)))
    return mentions(
        kinds[:, 0],
        is_identical=kinds[:, 1] == 1,
        stratum=draw(st.lists(st.integers(0, 2), **of)),
        weight=draw(st.lists(st.floats(0.01, 1000), **of)),
    )


@given(any_mentions())
@example(mentions([1, 1, 1], stratum=[0, 1, 0], weight=[1.0, 539.0, 3.62687237]))  # shares round up beyond 1
def test_exchanging_the_settings_mirrors_every_figure(given_mentions):
    found = preference(given_mentions)
    mirrored = preference(
        ComparedMentions(
            preferences=-given_mentions.preferences,
            is_known=given_mentions.is_known,
            is_identical=given_mentions.is_identical,
            stratum=given_mentions.stratum,
            cluster=given_mentions.cluster,
            weight=given_mentions.weight,
        )
    )

    assert mirrored.net == pytest.approx(-found.net, abs=1e-12)
    assert mirrored.interval.low == pytest.approx(-found.interval.high, abs=1e-12)
    assert mirrored.share_b == found.share_a
    assert -1 <= found.interval.low <= found.net <= found.interval.high <= 1
    if isinstance(found.a_of_decided, Estimate):
        assert mirrored.a_of_decided.value == pytest.approx(1 - found.a_of_decided.value)


def test_the_means_over_all_samples_of_a_small_population_are_its_own():
    """3 of 5 and 2 of 4 mentions, every subset as likely as another; strata weigh 5 and 4."""
    population = {0: (1, 1, -1, 0, 0), 1: (-1, 0, 1, 0)}
    sizes = {0: 3, 1: 2}
    found = [
        preference(
            mentions(
                [population[h][i] for h, of_stratum in enumerate(chosen) for i in of_stratum],
                stratum=np.repeat([0, 1], [3, 2]),
                weight=np.repeat([5 / 3, 4 / 2], [3, 2]),
            )
        )
        for chosen in product(*(combinations(range(len(population[h])), sizes[h]) for h in population))
    ]
    everybody = [*population[0], *population[1]]

    assert len(found) == 10 * 6
    assert np.mean([each.net for each in found]) == pytest.approx(np.mean(everybody), abs=1e-12)
    for name, side in (("share_a", 1), ("share_b", -1), ("share_same", 0)):
        mean = np.mean([getattr(each, name).value for each in found])
        assert mean == pytest.approx(everybody.count(side) / 9, abs=1e-12)


def test_whichever_pairs_are_decided_first_the_mean_is_that_of_the_complete_review():
    """Half of the 6 differing mentions are decided, every half as likely; 4 more are identical."""
    preferences = np.array([1, 1, 1, -1, 0, 0, 0, 0, 0, 0])
    identical = np.arange(10) >= 6
    complete = preference(mentions(preferences, is_identical=identical))
    interim = [
        preference(
            mentions(
                preferences, is_identical=identical, is_known=identical | np.isin(np.arange(10), decided)
            )
        )
        for decided in combinations(range(6), 3)
    ]

    assert complete.net == pytest.approx(0.2)
    assert np.mean([each.net for each in interim]) == pytest.approx(complete.net, abs=1e-12)
    assert np.mean([each.share_same.value for each in interim]) == pytest.approx(
        complete.share_same.value, abs=1e-12
    )


def test_pairs_that_are_open_do_not_make_identical_masks_weigh_more():
    """20 of 100 differ; of the 5 decided pairs A has 4: A is better on 16 % of all, not on 4 of 85."""
    preferences = np.repeat([1, -1, 0, 0], [4, 1, 15, 80])
    found = preference(
        mentions(
            preferences,
            is_identical=np.repeat([False, True], [20, 80]),
            is_known=np.repeat([True, False, True], [5, 15, 80]),
        )
    )

    assert found.share_a.value == pytest.approx(0.16)
    assert found.share_b.value == pytest.approx(0.04)
    assert found.share_a.n == 85
    # Of 5 decided pairs: wider than the complete review of 16, 4 and 80 would be.
    complete = of_counts(16, 4, 80).interval
    assert found.interval.high - found.interval.low > 1.5 * (complete.high - complete.low)


def misses_too_often(laws, sizes, *, spread=0.0, decided=1.0, confidence=0.95, n_replicates, seed) -> bool:
    """Whether intervals of samples from strata of such laws hold the truth in under 94 %.

    A law is how often masks are identical, A is better, B is better. A sample of which there is no figure,
    as a stratum has no decided pair, is drawn again.
    """
    rng = np.random.default_rng(seed)
    stratum = np.repeat(np.arange(len(sizes)), sizes)
    shares = np.array([0.5, 0.3, 0.2]) if spread else np.array(sizes) / sum(sizes)
    identical, a, b = np.array(laws)[stratum].T
    truth = sum(share * (law[1] - law[2]) for share, law in zip(shares, laws, strict=True))
    n_made = n_covering = 0
    while n_made < n_replicates:
        u = rng.random(stratum.size)
        is_identical = u < identical
        preferences = np.where(is_identical | (u >= identical + a + b), 0, np.where(u < identical + a, 1, -1))
        weight = np.exp(spread * rng.normal(size=stratum.size))
        weight *= (shares / np.bincount(stratum, weight))[stratum]
        is_known = is_identical | (rng.random(stratum.size) < decided)
        found = preference(
            mentions(
                preferences, is_identical=is_identical, is_known=is_known, stratum=stratum, weight=weight
            ),
            confidence=confidence,
        )
        if isinstance(found, PreferenceEstimate):
            n_made += 1
            n_covering += found.interval.low <= truth <= found.interval.high
    return bool(binom.cdf(n_covering, n_made, 0.94) < 1e-4)


ALIKE = ((0.4, 0.25, 0.1),) * 3
APART = ((0.7, 0.25, 0.01), (0.2, 0.1, 0.3), (0.5, 0.2, 0.1))
RARE = ((0.9, 0.02, 0.01),) * 3


@pytest.mark.parametrize("law", [ALIKE, APART])
def test_the_interval_covers_in_a_small_simulation(law):
    assert not misses_too_often(law, (140, 40, 20), spread=0.5, decided=0.5, n_replicates=200, seed=8)


@pytest.mark.slow
@pytest.mark.parametrize("law", [ALIKE, APART, RARE])
@pytest.mark.parametrize("sizes", [(70, 20, 10), (700, 200, 100)])
@pytest.mark.parametrize("spread", [0.0, 0.7])
@pytest.mark.parametrize("decided", [1.0, 0.4])
def test_the_interval_covers(law, sizes, spread, decided):
    assert not misses_too_often(law, sizes, spread=spread, decided=decided, n_replicates=1000, seed=23)


def test_the_simulation_can_tell_an_interval_that_misses():
    assert misses_too_often(ALIKE, (140, 40, 20), confidence=0.87, n_replicates=400, seed=8)


def test_mentions_drawn_together_that_agree_widen_the_interval():
    preferences = np.repeat([1, -1, 0], [30, 10, 60])
    alone = preference(mentions(preferences))
    in_tens = preference(mentions(preferences, cluster=np.arange(100) // 10))

    assert in_tens.net == alone.net
    assert in_tens.n_eff < alone.n_eff / 3
    assert (
        in_tens.interval.low < alone.interval.low < in_tens.net < alone.interval.high < in_tens.interval.high
    )


def test_neither_preferred_lies_outside_where_the_sign_test_says_so():
    """9 of 10 decided: p = 0.02; 7 of 10: p = 0.34 (two-sided, exact)."""
    clear, open_question = of_counts(9, 1, 90).a_of_decided, of_counts(7, 3, 90).a_of_decided

    assert clear.interval.low > 0.5
    assert open_question.interval.low < 0.5 < open_question.interval.high
    assert clear.n == 10


def test_identical_masks_alone_are_a_preference_for_neither():
    found = preference(mentions([0] * 30, is_identical=[True] * 30))

    assert (found.net, found.share_same.value) == (0, 1)
    assert found.interval.low < 0 < found.interval.high


def test_nothing_to_compare_and_nothing_compared_yet_are_told_apart():
    assert preference(mentions([])) == NoEstimate(reason="no mention has a mask of both settings")
    one_open = mentions([1, 0], is_known=[True, False], stratum=[0, 1])
    assert preference(one_open) == NoEstimate(
        reason="a stratum has masks that differ, and no pair of them is decided yet"
    )
    two_open = mentions([0, 0], is_known=[False, False], stratum=[0, 1])
    assert preference(two_open).reason.startswith("each of 2 strata has masks that differ")


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"preferences": [2, 0]}, EstimateError, "reach up to 2"),
        ({"preferences": [-2, 0]}, EstimateError, "preferences holds -2"),
        ({"is_identical": [True, False]}, EstimateError, "neither is better"),
        ({"is_identical": [False, True], "is_known": [True, False]}, EstimateError, "mark them as known"),
        ({"stratum": [0]}, EstimateError, "one element per mention"),
        ({"cluster": [0.5, 1.5]}, EstimateError, "integer codes"),
        ({"is_known": [1, 1]}, EstimateError, "give bool"),
        ({"weight": [1.0, 0.0]}, DesignError, "above 0"),
    ],
)
def test_arrays_that_cannot_be_are_refused(changes, error, message):
    preferences = np.array(changes.pop("preferences", [1, 0]))
    with pytest.raises(error, match=message):
        mentions(preferences, **changes)


def test_a_confidence_that_is_none_is_refused():
    with pytest.raises(DesignError, match="confidence is 95"):
        preference(mentions([1, 0]), confidence=95)
