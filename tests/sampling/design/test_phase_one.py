"""What phase 1 will make of a population: expected entities per split, and what unequal weights will cost."""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling.design.frame import Across, FrameUnit
from sampling.design.phase_one import SizeMeasure, expected_strata
from sampling.design.selection import entity_candidates
from sampling.errors import DesignError

counts_of_entities = st.lists(
    st.lists(st.integers(0, 9), min_size=3, max_size=3).filter(any), min_size=1, max_size=20
).map(np.array)


def test_expected_entities_are_the_mean_over_all_picks_of_phase_1():
    counts = [[2, 1], [1, 2], [0, 3], [4, 0]]
    splits = [[split for split, n in enumerate(row) for _ in range(n)] for row in counts]
    outcomes = list(product(*splits))
    mean = [Fraction(sum(outcome.count(split) for outcome in outcomes), len(outcomes)) for split in (0, 1)]

    assert expected_strata(np.array(counts), SizeMeasure.NONE).entities == pytest.approx(mean, abs=1e-12)


def test_real_tickets_give_the_expected_entities_on_average():
    frame = [
        FrameUnit(annotation_id=f"{entity} {split} {i}", entity_id=entity, split=split)
        for entity, row in (("crow", (3, 1)), ("jay", (1, 1)), ("kea", (0, 2)))
        for split, n in zip(("train", "val"), row, strict=True)
        for i in range(n)
    ]
    n_train = [
        sum(c.stratum == "train" for c in entity_candidates(frame, seed, Across.SPLITS, 1))
        for seed in range(2000)
    ]

    expected = expected_strata(np.array([[3, 1], [1, 1], [0, 2]]), SizeMeasure.NONE).entities[0]
    # The variance of one seed is 3/16 + 1/4: four standard errors of the mean of 2,000.
    assert np.mean(n_train) == pytest.approx(expected, abs=4 * np.sqrt(0.4375 / 2000))


@given(counts_of_entities, st.sampled_from(SizeMeasure))
def test_entities_and_annotations_are_all_there_and_no_effect_is_below_one(counts, measure):
    found = expected_strata(counts, measure)

    assert found.entities.sum() == pytest.approx(len(counts))
    assert found.annotations.sum() == counts.sum()
    assert np.all(found.annotation_deffs >= 1 - 1e-12)
    assert np.all(found.entity_deffs >= 1 - 1e-12)


@given(counts_of_entities)
def test_drawing_entities_alike_costs_nothing_per_entity(counts):
    assert expected_strata(counts, SizeMeasure.NONE).entity_deffs == pytest.approx(1)


def test_the_effect_is_that_of_kish_over_the_entities_of_one_split():
    n_annotations = np.array([1, 4, 9, 100])
    weights = n_annotations / np.sqrt(n_annotations)
    chances = np.sqrt(n_annotations) / np.sqrt(n_annotations).sum()
    kish = (chances @ weights**2) / (chances @ weights) ** 2

    found = expected_strata(n_annotations[:, None], SizeMeasure.SQRT)

    assert found.annotation_deffs == pytest.approx([kish])


def test_the_root_of_the_size_lies_between_what_entities_and_annotations_want():
    counts = np.random.default_rng(1).lognormal(3, 1, (500, 1)).astype(np.int64) + 1
    alike, root = (expected_strata(counts, measure) for measure in SizeMeasure)

    assert 1 < root.annotation_deffs[0] < alike.annotation_deffs[0]
    assert root.entity_deffs[0] > 1


def test_a_split_without_annotations_has_no_entities_and_no_effect():
    found = expected_strata(np.array([[2, 0], [1, 0]]), SizeMeasure.SQRT)

    assert found.entities.tolist() == [2, 0]
    assert found.annotation_deffs[1] == found.entity_deffs[1] == 1


@pytest.mark.parametrize("counts", [[[1, -1]], [[0, 0], [1, 1]], [1, 2]])
def test_counts_of_no_population_are_refused(counts):
    with pytest.raises(DesignError, match="^the counts are not one row of annotations per split"):
        expected_strata(np.array(counts), SizeMeasure.NONE)


def test_the_square_of_very_many_annotations_does_not_overflow():
    large = expected_strata(np.array([[2**40], [2**40], [2**39]]), SizeMeasure.SQRT)
    small = expected_strata(np.array([[2], [2], [1]]), SizeMeasure.SQRT)

    assert large.annotation_deffs == pytest.approx(small.annotation_deffs)
    assert large.annotations.tolist() == [5 * 2**39]


def test_small_counts_do_not_wrap_around():
    assert expected_strata(np.full((3, 2), 200, np.uint8), SizeMeasure.NONE).annotations.tolist() == [
        600,
        600,
    ]


@pytest.mark.parametrize("count", [np.nan, 1.5])
def test_a_count_of_annotations_is_whole(count):
    with pytest.raises(DesignError, match="^the counts are not one row"):
        expected_strata(np.array([[count], [1.0]]), SizeMeasure.NONE)
