"""Compares settings on the mentions that were judged under both."""

import numpy as np

from audit.jobs.estimates import COUNTED, Figures, cluster_deff, strata_codes, unit_weights
from audit.jobs.review_state import Outcome, ReviewState, counts_of
from sampling.comparison.family import adjust_over_family, all_pairs
from sampling.comparison.paired import Comparison, compare_settings, count_pairs
from sampling.comparison.stratified import WeightedVerdicts, compare_weighted
from sampling.design.frame import Across
from sampling.estimation.accuracy import sample_accuracy
from sampling.estimation.estimands import Estimand
from sampling.estimation.estimate import Estimate, NoEstimate


def compare_all(state: ReviewState, figures: Figures) -> tuple[Comparison, ...]:
    """Give the difference of every pair of settings with an accuracy that has mentions judged under both.

    P-values are held over all of these pairs at once (Holm): which pair matters is seen in the verdicts.
    """
    settings = [
        setting.setting
        for setting in state.settings
        if isinstance(sample_accuracy(counts_of(state.outcomes[setting.setting])), Estimate)
    ]
    found = [_compare(state, a, b, figures) for a, b in all_pairs(settings)]
    compared = [each for each in found if isinstance(each, Comparison)]
    if state.sample.per_entity > 1 or state.sample.across == Across.WITHIN_SPLIT:
        deffs = {setting: cluster_deff(state, setting, figures.estimand) for setting in settings}
        compared = [each.of_clusters(max(deffs[each.a], deffs[each.b])) for each in compared]
    return adjust_over_family(compared)


def _compare(state: ReviewState, a: str, b: str, figures: Figures) -> Comparison | NoEstimate:
    of_a, of_b = state.outcomes[a], state.outcomes[b]
    both = np.array([x in COUNTED and y in COUNTED for x, y in zip(of_a, of_b, strict=True)], dtype=np.bool_)
    a_correct = np.array([each is Outcome.CORRECT for each in of_a], dtype=np.bool_)[both]
    b_correct = np.array([each is Outcome.CORRECT for each in of_b], dtype=np.bool_)[both]
    if figures.estimand is Estimand.MIX and not state.sample.waves:
        counts = count_pairs(a_correct, b_correct)
        return compare_settings(a, b, counts, confidence=figures.confidence)
    if not both.any():
        return NoEstimate(reason="no mention is judged right or wrong under both settings")
    strata, weights = strata_codes(state)[both], unit_weights(state, figures.estimand)[both]
    verdicts = WeightedVerdicts(
        a_correct=a_correct,
        b_correct=b_correct,
        strata=strata.astype(np.int64),
        weights=weights,
        # As in the settings' own figures, a split weighs what its judged units stand for.
        shares=np.bincount(strata, weights, minlength=len(state.sample.strata)).astype(np.float64),
    )
    return compare_weighted(a, b, verdicts, confidence=figures.confidence)
