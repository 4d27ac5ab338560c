"""Compares settings on the mentions that were judged under both."""

import numpy as np

from audit.jobs.estimates import COUNTED, Figures, by_split
from audit.jobs.review_state import Outcome, ReviewState
from db.records import Stratum
from sampling.comparison.family import adjust_over_family, all_pairs
from sampling.comparison.paired import Comparison, compare_settings, count_pairs
from sampling.comparison.stratified import WeightedVerdicts, compare_weighted
from sampling.estimation.estimands import Estimand
from sampling.estimation.estimate import NoEstimate


def compare_all(state: ReviewState, figures: Figures) -> tuple[Comparison, ...]:
    """Give the difference of every pair of settings that has mentions judged under both.

    P-values are held over all of these pairs at once (Holm): which pair matters is seen in the verdicts.
    """
    settings = [setting.setting for setting in state.settings]
    found = [_compare(state, a, b, figures) for a, b in all_pairs(settings)]
    return adjust_over_family([each for each in found if isinstance(each, Comparison)])


def _compare(state: ReviewState, a: str, b: str, figures: Figures) -> Comparison | NoEstimate:
    of_a, of_b = state.outcomes[a], state.outcomes[b]
    both = np.array([x in COUNTED and y in COUNTED for x, y in zip(of_a, of_b, strict=True)], dtype=np.bool_)
    a_correct = np.array([each is Outcome.CORRECT for each in of_a], dtype=np.bool_)[both]
    b_correct = np.array([each is Outcome.CORRECT for each in of_b], dtype=np.bool_)[both]
    if figures.estimand is Estimand.MIX:
        counts = count_pairs(a_correct, b_correct)
        return compare_settings(a, b, counts, confidence=figures.confidence)
    of_entities = figures.estimand is Estimand.ENTITY
    weights = [unit.entity_weight if of_entities else unit.design_weight for unit in state.units]
    verdicts = WeightedVerdicts(
        a_correct=a_correct,
        b_correct=b_correct,
        strata=by_split(state).codes[both].astype(np.int64),
        weights=np.array(weights)[both],
        shares=np.array([_size(stratum, figures.estimand) for stratum in state.sample.strata], dtype=float),
    )
    return compare_weighted(a, b, verdicts, confidence=figures.confidence)


def _size(stratum: Stratum, estimand: Estimand) -> int:
    if stratum.n_units == 0:
        return 0
    return stratum.n_entities if estimand is Estimand.ENTITY else stratum.n_annotations
