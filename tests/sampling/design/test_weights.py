"""Weights: what a drawn annotation stands for, and that the weighted sums are unbiased over both phases."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import cache
from itertools import combinations, permutations, product
from math import comb, prod

import numpy as np
import pytest

from sampling.design.frame import Across, Candidate, FrameUnit
from sampling.design.pareto import planned_odds
from sampling.design.pareto_probabilities import exact_probabilities
from sampling.design.phase_one import SizeMeasure
from sampling.design.selection import annotation_candidates, draw, entity_candidates
from sampling.design.weights import (
    Weights,
    annotation_draw_weights,
    entity_draw_weights,
    unequal_annotation_weights,
    unequal_draw_weights,
)
from sampling.errors import DesignError

# Entity → its annotations as (split, correct): sizes 1 to 4, two splits, accuracies that differ by entity and
# by split. The mean per entity is 13/48, per annotation 4/9, so a wrong weight shows.
POPULATION = {
    "crow": (("train", 1), ("train", 0), ("val", 1), ("val", 1)),
    "jay": (("train", 0), ("val", 0), ("val", 1)),
    "kea": (("train", 0),),
    "owl": (("val", 0),),
}
N_CORRECT = sum(correct for annotations in POPULATION.values() for _, correct in annotations)
SUM_OF_ENTITY_MEANS = sum(
    Fraction(sum(correct for _, correct in annotations), len(annotations))
    for annotations in POPULATION.values()
)


def phase_1_outcomes(per_entity: int) -> Iterator[tuple[Fraction, list[Candidate]]]:
    """Every way in which phase 1 can pick, with its probability; the first picked gives the stratum."""
    ways = {
        entity: list(permutations(range(len(annotations)), min(per_entity, len(annotations))))
        for entity, annotations in POPULATION.items()
    }
    probability = Fraction(1, prod(len(of_entity) for of_entity in ways.values()))
    for picks in product(*ways.values()):
        yield (
            probability,
            [
                Candidate(
                    stratum=POPULATION[entity][picked[0]][0],
                    entity_id=entity,
                    annotation_ids=tuple(f"{entity} {i}" for i in picked),
                    n_annotations=len(POPULATION[entity]),
                    ticket="set by phase 2",
                )
                for entity, picked in zip(ways, picks, strict=True)
            ],
        )


def phase_2_outcomes(
    candidates: list[Candidate], sizes: dict[str, int]
) -> Iterator[tuple[Fraction, tuple[Candidate, ...]]]:
    """Every set that can be drawn, with its probability: in each stratum every n_h-subset alike."""
    of_stratum: dict[str, list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        of_stratum[candidate.stratum].append(candidate)
    subsets = [list(combinations(of_stratum[stratum], sizes[stratum])) for stratum in of_stratum]
    probability = Fraction(1, prod(comb(len(of_stratum[s]), sizes[s]) for s in of_stratum))
    for chosen in product(*subsets):
        yield probability, tuple(candidate for of_one in chosen for candidate in of_one)


def correct_of(annotation_id: str) -> int:
    entity, index = annotation_id.split()
    return POPULATION[entity][int(index)][1]


def weighted_sums(drawn: Iterable[tuple[Candidate, Weights]]) -> tuple[Fraction, Fraction]:
    """Σ design_weight·y and Σ entity_weight·y, exactly: the weights are ratios of small whole numbers."""
    per_annotation = per_entity = Fraction(0)
    for candidate, weights in drawn:
        n_correct = sum(correct_of(annotation_id) for annotation_id in candidate.annotation_ids)
        per_annotation += n_correct * Fraction(weights.design_weight).limit_denominator(1000)
        per_entity += n_correct * Fraction(weights.entity_weight).limit_denominator(1000)
    return per_annotation, per_entity


@pytest.mark.parametrize("per_entity", [1, 2])
@pytest.mark.parametrize("n_h", [1, 2])
def test_entity_draws_are_unbiased_over_both_phases(per_entity, n_h):
    mean_per_annotation = mean_per_entity = Fraction(0)
    for probability_1, candidates in phase_1_outcomes(per_entity):
        n_entities: dict[str, int] = defaultdict(int)
        for candidate in candidates:
            n_entities[candidate.stratum] += 1
        sizes = {stratum: min(n_h, M_h) for stratum, M_h in n_entities.items()}
        for probability_2, drawn in phase_2_outcomes(candidates, sizes):
            sums = weighted_sums(
                (
                    c,
                    entity_draw_weights(
                        n_h=sizes[c.stratum],
                        M_h=n_entities[c.stratum],
                        N_e=c.n_annotations,
                        k=len(c.annotation_ids),
                    ),
                )
                for c in drawn
            )
            mean_per_annotation += probability_1 * probability_2 * sums[0]
            mean_per_entity += probability_1 * probability_2 * sums[1]

    assert mean_per_annotation == N_CORRECT
    assert mean_per_entity == SUM_OF_ENTITY_MEANS


@pytest.mark.parametrize("sizes", [{"train": 1, "val": 1}, {"train": 2, "val": 3}, {"train": 4, "val": 5}])
def test_annotation_draws_are_unbiased(sizes):
    n_annotations = {"train": 4, "val": 5}
    frame = [
        FrameUnit(annotation_id=f"{entity} {i}", entity_id=entity, split=split)
        for entity, annotations in POPULATION.items()
        for i, (split, _) in enumerate(annotations)
    ]
    mean_per_annotation = mean_per_entity = Fraction(0)
    for probability, drawn in phase_2_outcomes(annotation_candidates(frame, 5), sizes):
        sums = weighted_sums(
            (
                c,
                annotation_draw_weights(
                    n_h=sizes[c.stratum], N_h=n_annotations[c.stratum], N_e=c.n_annotations
                ),
            )
            for c in drawn
        )
        mean_per_annotation += probability * sums[0]
        mean_per_entity += probability * sums[1]

    assert mean_per_annotation == N_CORRECT
    assert mean_per_entity == SUM_OF_ENTITY_MEANS


@pytest.mark.parametrize(("n_drawn", "n_available", "n_of_entity"), [(1, 4, 1), (3, 7, 5), (9, 9, 2)])
def test_annotations_of_one_chance_weigh_as_a_plain_draw_of_them(n_drawn, n_available, n_of_entity):
    plain = annotation_draw_weights(n_h=n_drawn, N_h=n_available, N_e=n_of_entity)
    found = unequal_annotation_weights(probability=n_drawn / n_available, N_e=n_of_entity)
    assert found.inclusion_probability == plain.inclusion_probability
    assert found.design_weight == pytest.approx(plain.design_weight)
    assert found.entity_weight == pytest.approx(plain.entity_weight)


@pytest.mark.parametrize("probability", [0.0, -0.1, 1.1, float("nan")])
def test_an_annotation_has_a_chance_above_0_and_at_most_1(probability):
    with pytest.raises(DesignError, match="give one above 0"):
        unequal_annotation_weights(probability=probability, N_e=1)


def pareto_outcomes(odds: np.ndarray, n: int) -> Iterator[tuple[float, tuple[int, ...]]]:
    """Every set that a Pareto draw of n can give, with its probability.

    The integral over the rank x of the last one drawn, ∫ F_i′·Π F (drawn)·Π (1 − F) (others) dx summed over
    who is last, F = θx/(1 + θx), by 200 Gauss–Legendre nodes in t = x/(1 + x).
    """
    nodes, node_weights = np.polynomial.legendre.leggauss(200)
    t, node_weights = (nodes + 1) / 2, node_weights / 2
    certain = tuple(np.flatnonzero(np.isinf(odds)).tolist())
    uncertain = np.flatnonzero(np.isfinite(odds)).tolist()
    below = {i: odds[i] * t / (1 - t + odds[i] * t) for i in uncertain}
    density = {i: odds[i] / (1 - t + odds[i] * t) ** 2 for i in uncertain}
    if n == len(odds):
        yield 1.0, tuple(range(n))
        return
    for drawn in combinations(uncertain, n - len(certain)):
        left = np.prod([1 - below[i] for i in uncertain if i not in drawn], axis=0)
        first = [density[i] * np.prod([below[j] for j in drawn if j != i], axis=0) for i in drawn]
        yield float(np.sum(first, axis=0) * left @ node_weights), certain + drawn


@cache
def sqrt_design(
    n_annotations: tuple[int, ...], first: int, n: int
) -> tuple[list[float], list[tuple[float, tuple[int, ...]]]]:
    """The chances of a draw by √N_e, planned for `first` and grown to n, and all sets that it can give."""
    odds = planned_odds(SizeMeasure.SQRT.sizes(np.array(n_annotations)), first)
    return exact_probabilities(odds, n).tolist(), list(pareto_outcomes(odds, n))


@pytest.mark.parametrize("per_entity", [1, 2])
@pytest.mark.parametrize("n_h", [1, 2])
@pytest.mark.parametrize("grown_by", [0, 1])
def test_pareto_draws_are_unbiased_over_both_phases(per_entity, n_h, grown_by):
    """π ∝ √N_e with exact probabilities; a grown draw keeps the odds of its first size."""
    mean_per_annotation = mean_per_entity = 0.0
    for probability_1, candidates in phase_1_outcomes(per_entity):
        of_stratum: dict[str, list[Candidate]] = defaultdict(list)
        for candidate in candidates:
            of_stratum[candidate.stratum].append(candidate)
        for drawn_from in of_stratum.values():
            first = min(n_h, len(drawn_from))
            n = min(first + grown_by, len(drawn_from))
            chances, outcomes = sqrt_design(tuple(c.n_annotations for c in drawn_from), first, n)
            for probability_2, drawn in outcomes:
                for place in drawn:
                    c = drawn_from[place]
                    weights = unequal_draw_weights(
                        probability=chances[place], N_e=c.n_annotations, k=len(c.annotation_ids)
                    )
                    n_correct = sum(map(correct_of, c.annotation_ids))
                    probability = float(probability_1) * probability_2
                    mean_per_annotation += probability * weights.design_weight * n_correct
                    mean_per_entity += probability * weights.entity_weight * n_correct

    assert mean_per_annotation == pytest.approx(N_CORRECT, abs=1e-10)
    assert mean_per_entity == pytest.approx(float(SUM_OF_ENTITY_MEANS), abs=1e-10)


def test_the_sets_of_a_pareto_draw_have_its_inclusion_probabilities():
    odds = np.array([0.2, 0.9, 1.0, 3.0, np.inf])
    outcomes = list(pareto_outcomes(odds, 3))
    chances = [sum(chance for chance, drawn in outcomes if i in drawn) for i in range(odds.size)]

    assert len(outcomes) == 6
    assert chances == pytest.approx(exact_probabilities(odds, 3), abs=1e-12)


@pytest.mark.parametrize("size", [1, 7])
def test_equal_chances_have_the_weights_of_a_simple_draw(size):
    simple = entity_draw_weights(n_h=5, M_h=20, N_e=size, k=1)

    assert unequal_draw_weights(probability=0.25, N_e=size, k=1) == simple


@pytest.mark.parametrize("probability", [0.0, -0.1, 1.1, float("nan")])
def test_a_chance_that_is_none_is_refused(probability):
    with pytest.raises(DesignError, match="^an entity cannot have been drawn with probability"):
        unequal_draw_weights(probability=probability, N_e=2, k=1)


def test_real_tickets_give_each_pick_and_each_subset_its_share():
    """The enumerations above take every pick and every subset as equally likely: 4 000 seeds agree.

    χ² with 3 + 5 degrees of freedom; 26.1 is its 99.9 % quantile (R 4: qchisq(0.999, 8) = 26.12).
    """
    entities = "abcd"
    frame = [FrameUnit(annotation_id=f"a{i}", entity_id="a", split="s") for i in range(4)] + [
        FrameUnit(annotation_id=f"of {entity}", entity_id=entity, split="s") for entity in entities[1:]
    ]
    picked: dict[tuple[str, ...], int] = defaultdict(int)
    drawn: dict[frozenset[str], int] = defaultdict(int)
    for seed in range(4000):
        candidates = entity_candidates(frame, seed, Across.SPLITS, 1)
        picked[next(c.annotation_ids for c in candidates if c.entity_id == "a")] += 1
        drawn[frozenset(c.entity_id for c in draw(candidates, {"s": 2}))] += 1

    assert (len(picked), len(drawn)) == (4, 6)
    chi_square = sum((n - 1000) ** 2 / 1000 for n in picked.values())
    chi_square += sum((n - 4000 / 6) ** 2 / (4000 / 6) for n in drawn.values())
    assert chi_square < 26.12


def test_the_annotations_picked_of_one_entity_share_its_weight():
    assert entity_draw_weights(n_h=5, M_h=20, N_e=8, k=2) == Weights(
        inclusion_probability=0.0625, design_weight=16.0, entity_weight=2.0
    )


@pytest.mark.parametrize(
    ("function", "numbers", "message"),
    [
        (entity_draw_weights, {"n_h": 3, "M_h": 2, "N_e": 1, "k": 1}, "3 of 2 entities of the stratum"),
        (entity_draw_weights, {"n_h": 0, "M_h": 2, "N_e": 1, "k": 1}, "0 of 2 entities of the stratum"),
        (entity_draw_weights, {"n_h": 1, "M_h": 2, "N_e": 1, "k": 2}, "2 of 1 annotations of the entity"),
        (unequal_draw_weights, {"probability": 0.5, "N_e": 1, "k": 2}, "2 of 1 annotations of the entity"),
        (annotation_draw_weights, {"n_h": 3, "N_h": 2, "N_e": 1}, "3 of 2 annotations of the stratum"),
        (annotation_draw_weights, {"n_h": 1, "N_h": 2, "N_e": 0}, "1 of 0 annotations of the entity"),
    ],
)
def test_numbers_that_belong_to_no_draw_are_refused(function, numbers, message):
    with pytest.raises(DesignError, match=f"^{message} cannot have been drawn"):
        function(**numbers)


def test_numbers_of_a_small_type_do_not_overflow():
    numbers = {"n_h": 2_000, "M_h": 2_000_000, "N_e": 5_000, "k": 1}
    small = {name: np.int32(n) for name, n in numbers.items()}

    assert entity_draw_weights(**small) == entity_draw_weights(**numbers)
    assert annotation_draw_weights(
        n_h=np.int32(1_000_000), N_h=np.int32(2_000_000), N_e=np.int32(5_000)
    ) == annotation_draw_weights(n_h=1_000_000, N_h=2_000_000, N_e=5_000)
