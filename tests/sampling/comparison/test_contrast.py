"""Contrast sampling: unbiased over both phases, and an interval that holds."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, product
from math import comb, prod

import numpy as np
import pytest
from scipy.stats import binom

from sampling.comparison.contrast import (
    Contrast,
    ContrastPopulation,
    ContrastSample,
    DifferenceEstimand,
    Differing,
    contrast,
)
from sampling.comparison.paired import PairedCounts, bonett_price_interval
from sampling.errors import DesignError, EstimateError
from sampling.estimation.estimate import IntervalMethod, NoEstimate


@dataclass(frozen=True)
class Entity:
    """Its differing mentions as (split, difference), and how many mentions have the same mask twice."""

    differing: tuple[tuple[int, int], ...]
    n_same: int


# The more of its masks differ, the more A gains: 0 and −1 where one differs, +1 nearly always where four do.
POPULATION = (
    Entity(((0, 1), (0, 1), (1, 1), (1, 0)), 1),
    Entity(((0, 1), (1, 1), (1, 0)), 2),
    Entity(((0, 0), (1, 1)), 0),
    Entity(((0, -1),), 7),
    Entity(((1, -1),), 4),
    Entity(((0, 0),), 3),
    Entity((), 2),
    Entity((), 9),
)
WITH_DIFFERENCE = [entity for entity in POPULATION if entity.differing]
N = sum(len(entity.differing) + entity.n_same for entity in POPULATION)
E = len(POPULATION)


def true_difference(estimand: DifferenceEstimand) -> Fraction:
    if estimand is DifferenceEstimand.ANNOTATION:
        return Fraction(sum(y for entity in POPULATION for _, y in entity.differing), N)
    return Fraction(1, E) * sum(
        Fraction(sum(y for _, y in entity.differing), len(entity.differing) + entity.n_same)
        for entity in POPULATION
    )


def differing(entities, picked) -> Differing:
    return Differing(
        strata=np.array([entity.differing[i][0] for entity, i in zip(entities, picked, strict=True)]),
        n_differing=np.array([len(entity.differing) for entity in entities]),
        n_annotations=np.array([len(entity.differing) + entity.n_same for entity in entities]),
    )


def both_phases(n_h: int) -> Iterator[tuple[Fraction, ContrastPopulation, ContrastSample]]:
    """Every pick of phase 1 with every subset of phase 2, and the probability of the two."""
    picks = product(*(range(len(entity.differing)) for entity in WITH_DIFFERENCE))
    p_pick = Fraction(1, prod(len(entity.differing) for entity in WITH_DIFFERENCE))
    for picked in picks:
        everyone = differing(WITH_DIFFERENCE, picked)
        population = ContrastPopulation.of(everyone, n_annotations=N, n_entities=E)
        of_stratum = [np.flatnonzero(everyone.strata == h).tolist() for h in range(2)]
        sizes = [min(n_h, len(members)) for members in of_stratum]
        p_subset = Fraction(1, prod(comb(len(m), size) for m, size in zip(of_stratum, sizes, strict=True)))
        subsets = (combinations(m, size) for m, size in zip(of_stratum, sizes, strict=True))
        for chosen in product(*subsets):
            drawn = [i for of_one in chosen for i in of_one]
            yield (
                p_pick * p_subset,
                population,
                ContrastSample(
                    drawn=differing([WITH_DIFFERENCE[i] for i in drawn], [picked[i] for i in drawn]),
                    differences=np.array([WITH_DIFFERENCE[i].differing[picked[i]][1] for i in drawn]),
                    decided=np.ones(len(drawn), dtype=np.bool_),
                ),
            )


def mean_over_both_phases(n_h, estimand) -> float:
    total, certainty = Fraction(0), Fraction(0)
    for probability, population, sample in both_phases(n_h):
        found = contrast(population, sample, estimand=estimand)
        assert isinstance(found, Contrast)
        total += probability * Fraction(found.difference)
        certainty += probability
    assert certainty == 1
    return float(total)


@pytest.mark.parametrize("estimand", DifferenceEstimand)
@pytest.mark.parametrize("n_h", [1, 2, 3, 6])
def test_the_difference_is_unbiased_over_both_phases(n_h, estimand):
    mean = mean_over_both_phases(n_h, estimand)

    assert mean == pytest.approx(float(true_difference(estimand)), abs=1e-12)


@pytest.mark.parametrize("estimand", DifferenceEstimand)
def test_the_share_that_differs_times_a_mean_per_entity_is_biased(estimand):
    """The tempting shortcut estimates neither difference, even without any sampling error."""
    population = ContrastPopulation.of(differing(WITH_DIFFERENCE, [0] * 6), n_annotations=N, n_entities=E)
    mean_per_entity = np.mean([np.mean([y for _, y in entity.differing]) for entity in WITH_DIFFERENCE])
    shortcut = population.share_differing(estimand) * float(mean_per_entity)

    assert abs(shortcut - float(true_difference(estimand))) > 0.03


def test_the_two_estimands_are_two_numbers():
    annotation, entity = (true_difference(estimand) for estimand in DifferenceEstimand)

    assert (annotation, entity) == (Fraction(1, 10), Fraction(47, 320))


def large_population(rng: np.random.Generator, n_entities: int, p_discordant: float):
    """Entities with a heavy tail of differing mentions; A gains where many differ. And D of both kinds."""
    n_annotations = np.ceil(np.exp(rng.normal(2, 1, n_entities))).astype(np.int64)
    n_differing = np.minimum(n_annotations, 1 + rng.binomial(n_annotations, 0.3))
    strata = (rng.random(n_entities) < 0.2).astype(np.int64)
    gain = np.clip(0.5 + 0.1 * (np.log(n_differing) - 1), 0.05, 0.95)
    everyone = Differing(strata=strata, n_differing=n_differing, n_annotations=n_annotations)
    population = ContrastPopulation.of(
        everyone, n_annotations=2 * int(n_annotations.sum()), n_entities=2 * n_entities
    )
    mean = p_discordant * (2 * gain - 1)
    truth = {kind: float(np.sum(population.stakes(everyone, kind) * mean)) for kind in DifferenceEstimand}
    return everyone, population, gain, truth


def draw_from(units, gain, p_discordant, sizes, rng) -> ContrastSample:
    drawn = np.concatenate(
        [rng.choice(np.flatnonzero(units.strata == h), size, replace=False) for h, size in enumerate(sizes)]
    )
    discordant = rng.random(drawn.size) < p_discordant
    sign = np.where(rng.random(drawn.size) < gain[drawn], 1, -1)
    return ContrastSample(
        drawn=Differing(
            strata=units.strata[drawn],
            n_differing=units.n_differing[drawn],
            n_annotations=units.n_annotations[drawn],
        ),
        differences=np.where(discordant, sign, 0),
        decided=np.ones(drawn.size, dtype=np.bool_),
    )


def n_covering(p_discordant, sizes, estimand, n_replicates, seed) -> int:
    rng = np.random.default_rng(seed)
    units, population, gain, truth = large_population(rng, 20_000, p_discordant)
    found = (
        contrast(
            population,
            draw_from(units, gain, p_discordant, sizes, rng),
            estimand=estimand,
        )
        for _ in range(n_replicates)
    )
    return sum(
        one.interval.low <= truth[estimand] <= one.interval.high for one in found if isinstance(one, Contrast)
    )


def test_the_interval_covers_in_a_small_simulation():
    n = n_covering(0.3, (200, 60), DifferenceEstimand.ANNOTATION, 300, 5)

    assert binom.cdf(n, 300, 0.94) > 1e-4


@pytest.mark.slow
@pytest.mark.parametrize("estimand", DifferenceEstimand)
@pytest.mark.parametrize("p_discordant", [0.02, 0.3])
@pytest.mark.parametrize("sizes", [(30, 30), (200, 60), (600, 200)])
def test_the_interval_covers(estimand, p_discordant, sizes):
    n = n_covering(p_discordant, sizes, estimand, 1000, 17)

    assert binom.cdf(n, 1000, 0.94) > 1e-4


def test_where_a_mention_stands_for_the_same_the_interval_is_bonett_and_prices():
    differences = np.repeat([1, -1, 0], [9, 3, 28])
    found = contrast(*judged(differences), estimand=DifferenceEstimand.ANNOTATION)
    among_differing = bonett_price_interval(PairedCounts(n_only_a=9, n_only_b=3, n_neither=28))

    assert found.interval.low == pytest.approx(found.share_differing * among_differing.low)
    assert found.interval.high == pytest.approx(found.share_differing * among_differing.high)


def everyone(n: int = 40) -> Differing:
    return Differing(
        strata=np.zeros(n, dtype=np.int64),
        n_differing=np.full(n, 2),
        n_annotations=np.full(n, 4),
    )


def judged(differences, decided=None) -> tuple[ContrastPopulation, ContrastSample]:
    units = everyone(len(differences))
    return (
        ContrastPopulation.of(units, n_annotations=400, n_entities=100),
        ContrastSample(
            drawn=units,
            differences=np.array(differences),
            decided=np.ones(len(differences), dtype=np.bool_) if decided is None else np.array(decided),
        ),
    )


def test_no_pair_that_differs_in_verdict_is_no_certainty():
    found = contrast(*judged([0] * 40), estimand=DifferenceEstimand.ENTITY)

    assert found.difference == 0
    assert 0 < found.interval.high == -found.interval.low < found.share_differing
    assert found.p_value == 1


def test_the_interval_does_not_leave_what_can_be():
    found = contrast(*judged([1] * 40), estimand=DifferenceEstimand.ENTITY)

    assert found.difference == pytest.approx(found.share_differing, abs=1e-15)
    assert found.interval.high == pytest.approx(found.share_differing, abs=1e-15)
    assert found.share_differing == pytest.approx(0.2)
    assert found.interval.low > 0.15
    assert found.interval.method is IntervalMethod.CONTRAST


def test_undecided_mentions_are_left_out_and_bounded():
    found = contrast(
        *judged([1] * 10 + [0] * 20 + [0] * 10, [True] * 30 + [False] * 10),
        estimand=DifferenceEstimand.ENTITY,
    )

    assert found.difference == pytest.approx(0.2 * 10 / 30)
    assert (found.bounds.low, found.bounds.high) == (pytest.approx(0), pytest.approx(0.2 * 20 / 40))
    assert (found.n_drawn, found.n_pairs) == (40, 30)


def test_bounds_contain_the_difference_whatever_the_undecided_turn_out_to_be():
    rng = np.random.default_rng(6)
    units, population, gain, _ = large_population(rng, 300, 0.4)
    sample = draw_from(units, gain, 0.4, (8, 4), rng)
    decided = np.arange(12) >= 4
    half_judged = ContrastSample(drawn=sample.drawn, differences=sample.differences, decided=decided)
    bounds = contrast(population, half_judged, estimand=DifferenceEstimand.ANNOTATION).bounds
    values = []
    for turned_out in product((-1, 0, 1), repeat=4):
        differences = np.concatenate([turned_out, sample.differences[4:]])
        later = ContrastSample(drawn=sample.drawn, differences=differences, decided=sample.decided)
        values.append(contrast(population, later, estimand=DifferenceEstimand.ANNOTATION).difference)

    assert (bounds.low, bounds.high) == pytest.approx((min(values), max(values)), abs=1e-12)


def test_a_stratum_without_a_decided_mention_is_no_estimate():
    units = Differing(strata=np.array([0, 1]), n_differing=np.array([1, 1]), n_annotations=np.array([1, 1]))
    population = ContrastPopulation.of(units, n_annotations=2, n_entities=2)
    sample = ContrastSample(drawn=units, differences=np.array([1, 0]), decided=np.array([True, False]))

    assert isinstance(contrast(population, sample, estimand=DifferenceEstimand.ENTITY), NoEstimate)


def test_more_drawn_than_there_are_is_refused():
    population = ContrastPopulation.of(everyone(3), n_annotations=12, n_entities=3)
    _, sample = judged([0] * 4)
    with pytest.raises(DesignError, match="^4 entities are drawn of stratum 0, where 3 have"):
        contrast(population, sample, estimand=DifferenceEstimand.ENTITY)


@pytest.mark.parametrize(
    ("strata", "n_differing", "n_annotations", "message"),
    [
        ([0], [0], [1], "0 differing mentions of 1"),
        ([0], [3], [2], "3 differing mentions of 2"),
        ([-1], [1], [1], "strata holds -1"),
        ([0, 0], [1], [1], "one of each per entity"),
    ],
)
def test_entities_that_cannot_be_are_refused(strata, n_differing, n_annotations, message):
    with pytest.raises(DesignError, match=message):
        Differing(
            strata=np.array(strata),
            n_differing=np.array(n_differing),
            n_annotations=np.array(n_annotations),
        )


def test_a_population_without_a_difference_or_too_small_is_refused():
    empty = Differing(strata=np.zeros(0, int), n_differing=np.zeros(0, int), n_annotations=np.zeros(0, int))
    with pytest.raises(DesignError, match="the same mask everywhere"):
        ContrastPopulation.of(empty, n_annotations=5, n_entities=5)
    with pytest.raises(DesignError, match="^40 entities with 80 annotations differ, in a frame of 39"):
        ContrastPopulation.of(everyone(), n_annotations=400, n_entities=39)


def test_differences_that_are_none_are_refused():
    with pytest.raises(EstimateError, match="is −1, 0 or 1"):
        judged([2])
    with pytest.raises(EstimateError, match="^1 drawn entities, 2 differences"):
        ContrastSample(drawn=everyone(1), differences=np.array([0, 0]), decided=np.array([True]))
