"""What second readings say: how far reviewers agree, and the accuracy once their errors are corrected."""

from collections import Counter
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from audit.jobs.estimates import Figures, cluster_deff, strata_codes
from audit.jobs.review_state import Outcome, ReviewState
from audit.review.adjudication import majority
from db.records import StandingVerdict, Verdict
from sampling.estimation.estimands import Estimand
from sampling.estimation.estimate import NoEstimate
from sampling.reviewers.agreement import Agreement, Ratings, agreement
from sampling.reviewers.measurement_error import CorrectedAccuracy, corrected_accuracy
from sampling.reviewers.readings import Reading, SecondReadings

_READING = {
    Verdict.CORRECT: Reading.CORRECT,
    Verdict.INCORRECT: Reading.INCORRECT,
    Verdict.UNSURE: Reading.UNSURE,
}


def reviewer_agreement(state: ReviewState, *, confidence: float) -> Agreement | NoEstimate | None:
    """Give how far reviewers agree on masks that several of them read; None where no mask was read twice.

    Where the first verdict decided how many were read again, as where all incorrect ones are, a mask stands
    for all of its first verdict: otherwise the figures would be of a heap of doubtful masks.
    """
    shared = [readings for readings in state.readings.values() if len(readings) > 1]
    if not shared:
        return None
    n_first = Counter(readings[0].verdict for readings in state.readings.values())
    n_shared = Counter(readings[0].verdict for readings in shared)
    stands_for = {verdict: n_first[verdict] / n for verdict, n in n_shared.items()}
    names = sorted({each.reviewer for readings in shared for each in readings})
    place = {name: column for column, name in enumerate(names)}
    codes = np.full((len(shared), len(names)), Reading.NONE, dtype=np.int64)
    for row, readings in enumerate(shared):
        for each in readings:
            codes[row, place[each.reviewer]] = _READING[each.verdict]
    weights = np.array([stands_for[readings[0].verdict] for readings in shared])
    return agreement(Ratings(codes=codes, weights=weights), confidence=confidence)


def corrected(state: ReviewState, setting: str, figures: Figures) -> CorrectedAccuracy | NoEstimate | None:
    """Give a setting's accuracy with the errors of first readings corrected by second ones.

    Every incorrect and unsure first reading must have a second one. Which of the correct ones have one is
    taken to be left to chance, at the rate that is seen.

    Returns:
        None where no mask of the setting was read twice.
    """
    rows = [
        (place, made.mask_id)
        for place, made in enumerate(state.masks_made[setting])
        if state.outcomes[setting][place]
        in (Outcome.CORRECT, Outcome.INCORRECT, Outcome.UNSURE, Outcome.MISSING)
    ]
    readings = [state.readings.get(mask_id, ()) if mask_id else () for _, mask_id in rows]
    if not any(len(each) > 1 for each in readings):
        return None
    first = np.array([_first(each) for each in readings])
    second = np.array([_last(each) for each in readings])
    units = [state.units[place] for place, _ in rows]
    weights = {
        Estimand.MIX: np.ones(len(units)),
        Estimand.ENTITY: np.array([unit.entity_weight for unit in units]),
        Estimand.ANNOTATION: np.array([unit.design_weight for unit in units]),
    }
    found = corrected_accuracy(
        SecondReadings(
            strata=strata_codes(state)[[place for place, _ in rows]],
            weights=weights[figures.estimand],
            first=first,
            second=second,
            probabilities=_chances(first, second),
        ),
        confidence=figures.confidence,
    )
    if isinstance(found, NoEstimate):
        return found
    found = replace(found, n_second=sum(len(each) > 1 for each in readings))
    return found.of_clusters(cluster_deff(state, setting, figures.estimand))


def _first(readings: tuple[StandingVerdict, ...]) -> Reading:
    return _READING[readings[0].verdict] if readings else Reading.INCORRECT


def _last(readings: tuple[StandingVerdict, ...]) -> Reading:
    """What stands after the second reading: its verdict; that of the majority once there are more."""
    if not readings:
        return Reading.INCORRECT  # a missing mask is wrong, however often it is looked for
    if len(readings) == 1:
        return Reading.NONE
    if len(readings) == 2:
        return _READING[readings[1].verdict]
    return _READING[majority([each.verdict for each in readings])]


def _chances(first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.float64]:
    n_read, n = Counter(first[second != Reading.NONE].tolist()), Counter(first.tolist())
    share = n_read[Reading.CORRECT] / n[Reading.CORRECT] if n_read[Reading.CORRECT] else 1.0
    return np.where(first == Reading.CORRECT, share, 1.0)
