"""The difference of two settings from a sample of the mentions whose masks differ."""

import numpy as np

from audit.jobs.estimates import COUNTED, Figures, by_split
from audit.jobs.review_state import Outcome, ReviewState
from db.records import DifferingSizes
from sampling.comparison.contrast import (
    Contrast,
    ContrastPopulation,
    ContrastSample,
    DifferenceEstimand,
    Differing,
    contrast,
)
from sampling.estimation.estimate import NoEstimate

NOTHING_DIFFERS = DifferingSizes(n_differing=0, entity_parts=0.0)


def contrasts(state: ReviewState, figures: Figures) -> tuple[Contrast | NoEstimate, ...]:
    """Give the difference under each estimand, or why there is none; nothing where none was drawn for."""
    known = state.sample.contrast
    if known is None:
        return ()
    # Phase 1 may put no entity into a split that has differing mentions.
    sizes = [known.sizes.get(stratum.split, NOTHING_DIFFERS) for stratum in state.sample.strata]
    population = ContrastPopulation(
        n_entities_differing=np.array([stratum.n_entities for stratum in state.sample.strata]),
        n_differing=np.array([each.n_differing for each in sizes]),
        entity_parts=np.array([each.entity_parts for each in sizes]),
        n_annotations=known.n_annotations,
        n_entities=known.n_entities,
    )
    return tuple(
        contrast(
            population,
            _judged(state, known.a, known.b),
            estimand=estimand,
            confidence=figures.confidence,
        )
        for estimand in DifferenceEstimand
    )


def _judged(state: ReviewState, a: str, b: str) -> ContrastSample:
    pairs = list(zip(state.outcomes[a], state.outcomes[b], strict=True))
    drawn_share = {
        stratum.split: stratum.n_entities_drawn / max(stratum.n_entities, 1)
        for stratum in state.sample.strata
    }
    return ContrastSample(
        drawn=Differing(
            strata=by_split(state).codes.astype(np.int64),
            # 1/π = M_h·d_e/n_h, so the draw's own weight says d_e.
            n_differing=np.array(
                [round(unit.design_weight * drawn_share[unit.stratum]) for unit in state.units]
            ),
            n_annotations=np.array([unit.n_annotations_of_entity for unit in state.units]),
        ),
        differences=np.array([(x is Outcome.CORRECT) - (y is Outcome.CORRECT) for x, y in pairs]),
        decided=np.array([x in COUNTED and y in COUNTED for x, y in pairs], dtype=np.bool_),
    )
