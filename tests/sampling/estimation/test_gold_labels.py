"""Real gold labels: facts of two knowledge graphs, drawn by entity, again and again."""

import json

import numpy as np
import pytest
from scipy.stats import binom

from sampling.estimation.estimands import Estimand, ReviewedSample, estimates_by_estimand

N_REPLICATES = 400


def read_gold(folder):
    """The label and the entity of every fact."""
    facts = json.loads((folder / "kg.json").read_text())
    labels = json.loads((folder / "gt.json").read_text())
    names = [facts[fact][0] for fact in labels]
    _, entity = np.unique(names, return_inverse=True)
    return np.array([label == 1 for label in labels.values()]), entity


def draw_by_entity(is_right, entity, n_entities, per_entity, rng):
    """`n_entities` entities without replacement, and up to `per_entity` facts of each."""
    sizes = np.bincount(entity)
    drawn = rng.permutation(len(sizes))[:n_entities]
    shuffled = rng.permutation(len(entity))
    shuffled = shuffled[np.argsort(entity[shuffled], kind="stable")]
    first = np.cumsum(sizes) - sizes
    facts = np.concatenate([shuffled[first[e] :][: min(per_entity, sizes[e])] for e in drawn])
    size = sizes[entity[facts]]
    share_of_entity = 1 / np.minimum(size, per_entity)
    return ReviewedSample(
        stratum=np.zeros(len(facts), np.intp),
        cluster=entity[facts],
        entity_weight=share_of_entity,
        design_weight=size * share_of_entity,
        is_counted=np.ones(len(facts), bool),
        is_correct=is_right[facts],
    )


@pytest.mark.real_data
@pytest.mark.slow
@pytest.mark.parametrize("per_entity", [1, 3])
@pytest.mark.parametrize("name", ["NELL", "DBPEDIA"])
def test_the_intervals_hold_the_accuracy_of_all_entities_and_of_all_facts(shared_data, name, per_entity):
    is_right, entity = read_gold(shared_data / "verdicts" / "kg_gold" / "dataset" / name / "data")
    of_entities = np.bincount(entity, is_right) / np.bincount(entity)
    truth = {Estimand.ENTITY: of_entities.mean(), Estimand.ANNOTATION: is_right.mean()}
    rng = np.random.default_rng(17)
    n_covered = dict.fromkeys(truth, 0)
    for _ in range(N_REPLICATES):
        found = estimates_by_estimand(draw_by_entity(is_right, entity, 100, per_entity, rng))
        for estimand, accuracy in truth.items():
            n_covered[estimand] += found[estimand].interval.low <= accuracy <= found[estimand].interval.high

    for covered in n_covered.values():
        assert binom.cdf(covered, N_REPLICATES, 0.94) > 1e-4
