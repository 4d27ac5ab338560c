"""Puts together which of two settings has the better masks, from what reviewers said of pairs of them.

Nothing here reads a verdict, and nothing that is made of verdicts reads what is here.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from audit.jobs.estimates import Figures, reviewed_sample
from audit.jobs.review_state import ReviewState
from audit.review.pairs import MaskPair, differing_pairs, settled_preference
from db.assignments import load_task_ids
from db.preferences import load_standing_preferences
from db.records import Preference, Purpose
from db.store import Store
from reports.results import PreferenceResult
from sampling.comparison.family import all_pairs
from sampling.comparison.preference import (
    ComparedMentions,
    PreferenceCounts,
    PreferenceEstimate,
    preference,
)
from sampling.estimation.estimands import Estimand
from sampling.estimation.estimate import NoEstimate


class _Outcome(StrEnum):
    """What became of one mention in a comparison; each is a count of `PreferenceCounts`."""

    A = "n_a"
    B = "n_b"
    SAME = "n_same"
    IDENTICAL = "n_identical"
    PENDING = "n_pending"
    UNJUDGABLE = "n_unjudgable"
    NOT_COMPARED = "n_not_compared"


_SIDES = {_Outcome.A: 1, _Outcome.B: -1}
_KNOWN = (_Outcome.A, _Outcome.B, _Outcome.SAME, _Outcome.IDENTICAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferenceState:
    """What the store says of the pairs of a sample.

    Attributes:
        said: first and second mask of a pair → what each reviewer says of it.
        handed_out: pairs that were given to anybody; they tell which settings are compared.
    """

    said: Mapping[tuple[str, str], Sequence[Preference]]
    handed_out: frozenset[str]


def load_preference_state(store: Store, sample_id: int) -> PreferenceState:
    """Load the preferences of a sample."""
    with store.reading() as transaction:
        standing = load_standing_preferences(transaction, sample_id)
        handed_out = load_task_ids(transaction, sample_id, Purpose.PREFERENCE)
    said: dict[tuple[str, str], list[Preference]] = {}
    for each in standing:
        said.setdefault(each.mask_ids, []).append(each.preference)
    return PreferenceState(said=said, handed_out=handed_out)


def preference_results(
    state: ReviewState, preferences: PreferenceState, figures: Figures
) -> tuple[PreferenceResult, ...]:
    """Give the preference of every two settings that somebody compared.

    Settings share masks, so a preference may say something of two settings that nobody was asked to compare.
    Of those there is a result only where nothing is open: else the masks that they share with others would
    speak for all.
    """
    names = [setting.setting for setting in state.settings]
    results = []
    for a, b in all_pairs(names):
        pairs = differing_pairs(a, b, state.masks_made)
        if all(pair.mask_ids not in preferences.said for pair in pairs):
            continue
        outcomes = _outcomes(state, a, b, pairs, preferences)
        is_asked = not preferences.handed_out.isdisjoint(pair.pair_id for pair in pairs)
        if is_asked or _Outcome.PENDING not in outcomes:
            results.append(_result(state, a, b, outcomes, figures))
    return tuple(results)


def _result(
    state: ReviewState, a: str, b: str, outcomes: Sequence[_Outcome], figures: Figures
) -> PreferenceResult:
    counts = Counter(outcome.value for outcome in outcomes)
    return PreferenceResult(
        a=a,
        b=b,
        counts=PreferenceCounts(**counts),
        headline=figures.estimand,
        estimands={estimand: _estimate(state, a, outcomes, estimand, figures) for estimand in Estimand},
    )


def _outcomes(
    state: ReviewState, a: str, b: str, pairs: Sequence[MaskPair], preferences: PreferenceState
) -> list[_Outcome]:
    pair_of = {pair.unit_id: pair for pair in pairs}
    outcomes = []
    for of_a, of_b in zip(state.masks_made[a], state.masks_made[b], strict=True):
        if of_a.mask_id is None or of_b.mask_id is None:
            outcomes.append(_Outcome.NOT_COMPARED)
        elif of_a.mask_id == of_b.mask_id:
            outcomes.append(_Outcome.IDENTICAL)
        else:
            outcomes.append(_outcome(pair_of[of_a.unit_id], of_a.mask_id, state.unjudgable, preferences))
    return outcomes


def _outcome(
    pair: MaskPair, mask_of_a: str, unjudgable: Mapping[str, str], preferences: PreferenceState
) -> _Outcome:
    said = preferences.said.get(pair.mask_ids)
    if not said:
        is_unjudgable = any(mask_id in unjudgable for mask_id in pair.mask_ids)
        return _Outcome.UNJUDGABLE if is_unjudgable else _Outcome.PENDING
    settled = settled_preference(said)
    if settled is Preference.SAME:
        return _Outcome.SAME
    better = pair.mask_ids[0] if settled is Preference.FIRST else pair.mask_ids[1]
    return _Outcome.A if better == mask_of_a else _Outcome.B


def _estimate(
    state: ReviewState, a: str, outcomes: Sequence[_Outcome], estimand: Estimand, figures: Figures
) -> PreferenceEstimate | NoEstimate:
    of_pairs = [outcome for outcome in outcomes if outcome is not _Outcome.NOT_COMPARED]
    places = np.flatnonzero([outcome is not _Outcome.NOT_COMPARED for outcome in outcomes])
    sampled = reviewed_sample(state, a).outcomes(estimand)
    mentions = ComparedMentions(
        preferences=np.array([_SIDES.get(outcome, 0) for outcome in of_pairs], dtype=np.int64),
        is_known=np.array([outcome in _KNOWN for outcome in of_pairs], dtype=np.bool_),
        is_identical=np.array([outcome is _Outcome.IDENTICAL for outcome in of_pairs], dtype=np.bool_),
        stratum=sampled.stratum[places],
        cluster=sampled.cluster[places],
        weight=sampled.weight[places],
    )
    return preference(mentions, confidence=figures.confidence)
