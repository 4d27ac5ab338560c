"""Weights: what a drawn annotation stands for, and that the weighted sums are unbiased over both phases."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import combinations, permutations, product
from math import comb, prod

import pytest

from sampling.design.frame import Across, Candidate, FrameUnit
from sampling.design.selection import annotation_candidates, draw, entity_candidates
from sampling.design.weights import Weights, annotation_draw_weights, entity_draw_weights
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
        (annotation_draw_weights, {"n_h": 3, "N_h": 2, "N_e": 1}, "3 of 2 annotations of the stratum"),
        (annotation_draw_weights, {"n_h": 1, "N_h": 2, "N_e": 0}, "1 of 0 annotations of the entity"),
    ],
)
def test_numbers_that_belong_to_no_draw_are_refused(function, numbers, message):
    with pytest.raises(DesignError, match=f"^{message} cannot have been drawn"):
        function(**numbers)
