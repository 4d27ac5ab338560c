"""Counts what a sample is made of, and what the population is made of beside it."""

from collections import Counter

from audit.jobs.review_state import ReviewState
from db.population_facts import PopulationFacts
from reports.sample_findings import Composition, SplitCases
from sampling.design.frame import DrawnUnit
from sampling.estimation.estimate import NoEstimate


def composition(state: ReviewState, facts: PopulationFacts | NoEstimate) -> Composition:
    """Give the cases, entities and categories of a sample, and the categories of what it was drawn from.

    Where the sample has one annotation of each entity the population is counted in entities, else in
    annotations.
    """
    is_of_entities = state.sample.unit == DrawnUnit.ENTITY and state.sample.per_entity == 1
    counted = DrawnUnit.ENTITY if is_of_entities else DrawnUnit.ANNOTATION
    return Composition(
        splits=tuple(_cases(state, stratum.split) for stratum in state.sample.strata),
        n_entities=len({unit.entity_id for unit in state.units}),
        categories=Counter(unit.category for unit in state.units),
        of_population=facts if isinstance(facts, NoEstimate) else _sizes(facts, counted),
        counted=counted,
    )


def _cases(state: ReviewState, split: str) -> SplitCases:
    of_split = [unit.entity_id for unit in state.units if unit.stratum == split]
    return SplitCases(split=split, n_units=len(of_split), n_entities=len(set(of_split)))


def _sizes(facts: PopulationFacts, counted: DrawnUnit) -> dict[str | None, int]:
    return {
        size.name: size.n_entities if counted is DrawnUnit.ENTITY else size.n_annotations
        for size in facts.categories
    }
