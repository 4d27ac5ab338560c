"""What second readings say: how far reviewers agree, and the accuracy once their errors are corrected."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from audit.jobs.estimates import Figures, cluster_deff, strata_codes, unit_weights
from audit.jobs.review_state import ReviewState
from audit.review.adjudication import majority
from audit.review.readings_owed import second_ticket
from db.records import MaskState, Source, StandingVerdict, UnitMask, Verdict
from sampling.estimation.estimate import Estimate, NoEstimate
from sampling.reviewers.agreement import Agreement, Ratings, agreement
from sampling.reviewers.measurement_error import CorrectedAccuracy, corrected_accuracy
from sampling.reviewers.readings import Reading, SecondReadings

READING_OF = {
    Verdict.CORRECT: Reading.CORRECT,
    Verdict.INCORRECT: Reading.INCORRECT,
    Verdict.UNSURE: Reading.UNSURE,
}

Readings = tuple[StandingVerdict, ...]

Kind = tuple[Source, Verdict, bool]
"""Of a first reading: through which front end, what it says, and whether its chance of a second is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draw:
    """Whether a mask was to be read again.

    Attributes:
        probability: of it, fixed with the first reading; 0 where it had no chance.
        is_chosen: what came out.
    """

    probability: float
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Unknown:
    """The chance of a second reading that is taken for correct first readings without a stored one.

    Attributes:
        share: in [0, 1].
        is_seen: it is the rate at which they were read again, so that those that were are the chosen ones;
            else it is the chance stored with others, and tickets choose.
    """

    share: float
    is_seen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """One unit under one setting: its first reading, and the one that decides where it was drawn for it."""

    place: int
    first: Reading
    last: Reading
    draw: _Draw


_CERTAIN = _Draw(probability=1.0, is_chosen=True)


def reviewer_agreement(state: ReviewState, *, confidence: float) -> Agreement | NoEstimate | None:
    """Give how far reviewers agree on masks that several of them read; None where no mask was read twice.

    A mask stands for one over its chance to be read again, and masks that were read again beside the draw are
    left out: otherwise the figures would be of a heap of doubtful masks. Where no chance is known (imported
    verdicts) or another front end than the first one's read masks again, whatever the draw said, those read
    again stand for all masks of the same kind of first reading. A lead's verdict is no reading.
    """
    shared = [readings for readings in state.readings.values() if len(readings) > 1]
    if not shared:
        return None
    kept = _stand_for(state, shared)
    if not kept:
        return NoEstimate(reason="no mask that was drawn for it has two readings")
    return agreement(_ratings(kept, lambda reading: reading.reviewer), confidence=confidence)


def source_agreement(state: ReviewState, *, confidence: float) -> Estimate | NoEstimate | None:
    """Give how far front ends agree: the share of agreeing pairs on masks that were read through several.

    Of each front end the first reading of a mask counts. A mask stands for all masks of the same kind of
    first reading, over those of them that were read through several: who reads a mask again may have been
    given the doubtful ones.

    Returns:
        None where no mask was read through more than one.
    """
    shared = [readings for readings in state.readings.values() if is_of_several_sources(readings)]
    if not shared:
        return None
    rates = _masks_per_shared(state, shared)
    found = agreement(
        _ratings([(readings, rates[_kind(readings)]) for readings in shared], lambda reading: reading.source),
        confidence=confidence,
    )
    return found if isinstance(found, NoEstimate) else found.observed


def is_of_several_sources(readings: Readings) -> bool:
    """Whether a mask with these readings was read through more than one front end."""
    return len({each.source for each in readings}) > 1


def _ratings(kept: Sequence[tuple[Readings, float]], rater_of: Callable[[StandingVerdict], str]) -> Ratings:
    """Who said what of masks that stand for so many; of several readings by one rater the first counts."""
    raters = sorted({rater_of(each) for readings, _ in kept for each in readings})
    place = {rater: column for column, rater in enumerate(raters)}
    codes = np.full((len(kept), len(raters)), Reading.NONE, dtype=np.int64)
    for row, (readings, _) in enumerate(kept):
        for each in reversed(readings):
            codes[row, place[rater_of(each)]] = READING_OF[each.verdict]
    return Ratings(codes=codes, weights=np.array([weight for _, weight in kept]))


def corrected(state: ReviewState, setting: str, figures: Figures) -> CorrectedAccuracy | NoEstimate | None:
    """Give a setting's accuracy with the errors of first readings corrected by the last ones.

    Every incorrect and unsure first reading must have a second one, and every correct one that was drawn for
    it by the chance stored with it. A lead's verdict decides in the place of a second reading; neither counts
    here on a mask that was not drawn. Where no chance is stored (imported verdicts), which of the correct
    ones have a second reading is taken to be left to chance, at the rate seen among them; where none has, the
    chance of the others holds for them too, by which reviewers are given them.

    Returns:
        None where no mask of the setting was read twice.
    """
    judged = [
        (place, made)
        for place, made in enumerate(state.masks_made[setting])
        if made.state is MaskState.MISSING or made.mask_id in state.settled
    ]
    if not any(len(_readings_of(state, made)) > 1 for _, made in judged):
        return None
    rows = _rows(state, judged)
    n_left_out = sum(row.draw.probability == 0 for row in rows)
    if n_left_out:
        return NoEstimate(
            reason=f"{n_left_out} correct first readings had no chance to be read again, so nothing tells "
            "how many of them hold"
        )
    found = corrected_accuracy(
        SecondReadings(
            strata=strata_codes(state)[[row.place for row in rows]],
            weights=unit_weights(state, figures.estimand)[[row.place for row in rows]],
            first=np.array([row.first for row in rows]),
            second=np.array([row.last for row in rows]),
            chosen=np.array([row.draw.is_chosen for row in rows], dtype=np.bool_),
            probabilities=np.array([row.draw.probability for row in rows]),
        ),
        confidence=figures.confidence,
    )
    if isinstance(found, NoEstimate):
        return found
    n_missing = sum(made.mask_id is None for _, made in judged)
    found = replace(found, n_second=found.n_second - n_missing)
    return found.of_clusters(cluster_deff(state, setting, figures.estimand))


def _rows(state: ReviewState, judged: Sequence[tuple[int, UnitMask]]) -> list[_Row]:
    unknown = _unknown_chance([_readings_of(state, made) for _, made in judged])
    rows = []
    for place, made in judged:
        readings = _readings_of(state, made)
        first, last = _first_and_last(state, made)
        draw = _draw(readings, state.sample.seed, unknown) if readings else _CERTAIN
        rows.append(_Row(place=place, first=first, last=last if draw.is_chosen else Reading.NONE, draw=draw))
    return rows


def _readings_of(state: ReviewState, made: UnitMask) -> Readings:
    return state.readings.get(made.mask_id, ()) if made.mask_id is not None else ()


def _first_and_last(state: ReviewState, made: UnitMask) -> tuple[Reading, Reading]:
    """The first reading, and what stands after the last one: a lead's verdict, else that of the readings."""
    if made.mask_id is None:
        return Reading.INCORRECT, Reading.INCORRECT  # a missing mask is wrong, however often it is looked for
    adjudication = state.adjudicated.get(made.mask_id)
    readings = state.readings.get(made.mask_id, ())
    last = _last(readings) if adjudication is None else READING_OF[adjudication.verdict]
    return (READING_OF[_first(readings).verdict] if readings else last), last


def _first(readings: Readings) -> StandingVerdict:
    """The reading that the draw was made with; where none was, the earliest."""
    return next((each for each in readings if each.second_probability is not None), readings[0])


def _last(readings: Readings) -> Reading:
    """What stands after the second reading: its verdict; that of the majority once there are more."""
    if len(readings) < 2:
        return Reading.NONE
    if len(readings) == 2:
        first = _first(readings)
        return READING_OF[next(each.verdict for each in readings if each is not first)]
    return READING_OF[majority([each.verdict for each in readings]) or Verdict.UNSURE]


def _draw(readings: Readings, seed: int, unknown: _Unknown) -> _Draw:
    first = _first(readings)
    probability = first.second_probability
    if probability is None and first.verdict is not Verdict.CORRECT:
        return _CERTAIN
    if probability is None and unknown.is_seen:
        return _Draw(probability=unknown.share, is_chosen=len(readings) > 1)
    chance = unknown.share if probability is None else probability
    return _Draw(probability=chance, is_chosen=second_ticket(seed, first.mask_id) < chance)


def _unknown_chance(of_masks: Sequence[Readings]) -> _Unknown:
    correct = [readings for readings in of_masks if readings and _first(readings).verdict is Verdict.CORRECT]
    stored = [_first(readings).second_probability for readings in correct]
    n_readings = [len(readings) for readings, chance in zip(correct, stored, strict=True) if chance is None]
    n_again = sum(n > 1 for n in n_readings)
    if n_again:
        return _Unknown(share=n_again / len(n_readings), is_seen=True)
    return _Unknown(
        share=min((chance for chance in stored if chance is not None), default=1.0), is_seen=False
    )


def _stand_for(state: ReviewState, shared: Sequence[Readings]) -> list[tuple[Readings, float]]:
    """The masks that were read twice and not beside the draw, each with how many masks it stands for."""
    counted = [
        readings
        for readings in shared
        if _is_left_to_chance(readings) or _is_drawn(readings, state.sample.seed)
    ]
    by_rate = {_kind(readings) for readings in counted if _is_left_to_chance(readings)}
    rates = _masks_per_shared(state, counted)
    kept = []
    for readings in counted:
        kind, chance = _kind(readings), _first(readings).second_probability
        kept.append((readings, rates[kind] if chance is None or kind in by_rate else 1 / chance))
    return kept


def _is_left_to_chance(readings: Readings) -> bool:
    """Whether no draw of ours decided that the mask was read again, as far as anybody knows."""
    return _first(readings).second_probability is None or is_of_several_sources(readings)


def _is_drawn(readings: Readings, seed: int) -> bool:
    first = _first(readings)
    return second_ticket(seed, first.mask_id) < (first.second_probability or 0.0)


def _masks_per_shared(state: ReviewState, shared: Sequence[Readings]) -> dict[Kind, float]:
    """Kind of first reading → all masks of that kind, over those of them that are shared."""
    n_masks = Counter(map(_kind, state.readings.values()))
    return {kind: n_masks[kind] / n for kind, n in Counter(map(_kind, shared)).items()}


def _kind(readings: Readings) -> Kind:
    first = _first(readings)
    return first.source, first.verdict, first.second_probability is not None
