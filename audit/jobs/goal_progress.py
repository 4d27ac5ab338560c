"""How far the goal of a sample is reached, by the verdicts in their stored order."""

import numpy as np
from numpy.typing import NDArray

from audit.jobs.estimates import by_split
from audit.jobs.goals import calibrated
from audit.jobs.review_state import Outcome, ReviewState
from audit.jobs.risk.estimates import margins
from audit.jobs.risk.judged import RiskDraw
from reports.goal_results import Claim, GoalResult, Width
from sampling.design.goals import Goal
from sampling.sequential.certification import certify
from sampling.sequential.claims import joint_claims
from sampling.sequential.confidence_sequence import confidence_sequence
from sampling.sequential.fixed_width import CALIBRATED_ERROR, WidthRule, estimate_to_width
from sampling.sequential.reading import OrderedReview
from sampling.sequential.reading import Outcome as OrderedOutcome

_ORDERED = {
    Outcome.CORRECT: OrderedOutcome.RIGHT,
    Outcome.INCORRECT: OrderedOutcome.WRONG,
    Outcome.MISSING: OrderedOutcome.WRONG,
    Outcome.UNSURE: OrderedOutcome.UNDECIDED,
    Outcome.UNJUDGABLE: OrderedOutcome.UNDECIDED,
    Outcome.DROPPED: OrderedOutcome.UNDECIDED,
    Outcome.PENDING: OrderedOutcome.PENDING,
}


def goal_result(state: ReviewState, drawn: RiskDraw | None = None, *, confidence: float) -> GoalResult:
    """Give what a sample is to show and, for each setting, how far its verdicts carry it.

    The claims of a sample share one error rate (Holm); widths are of each setting on its own.

    Args:
        state: of the sample.
        drawn: what it was drawn from, where it was drawn by risk.
        confidence: of all claims together, or of each interval.
    """
    goal = Goal(state.sample.goal)
    if drawn is not None:
        return GoalResult(
            goal=goal,
            margin=state.sample.margin,
            confidence=confidence,
            margins=margins(state, drawn, confidence=confidence),
            n_waves=len(state.sample.waves),
        )
    return GoalResult(
        goal=goal,
        target=state.sample.target,
        margin=state.sample.margin,
        confidence=_width_confidence(confidence) if goal is Goal.ESTIMATE else confidence,
        claims=_claims(state, confidence) if goal is Goal.CERTIFY else (),
        widths=_widths(state, confidence) if goal is Goal.ESTIMATE else (),
    )


def _claims(state: ReviewState, confidence: float) -> tuple[Claim, ...]:
    target = state.sample.target
    reviews = _ordered_reviews(state)
    if target is None or not reviews:
        return ()
    found = {
        setting: certify(review, target=target, confidence=confidence) for setting, review in reviews.items()
    }
    joint = joint_claims({setting: each.p_value for setting, each in found.items()}, confidence=confidence)
    return tuple(
        Claim(
            setting=setting,
            p_adjusted=joint[setting].p_adjusted,
            holds=joint[setting].holds,
            certification=each,
            running=confidence_sequence(reviews[setting], confidence=confidence),
        )
        for setting, each in found.items()
    )


def _widths(state: ReviewState, confidence: float) -> tuple[Width, ...]:
    margin = state.sample.margin
    if margin is None:
        return ()
    rule = WidthRule(half_width=margin, confidence=_width_confidence(confidence))
    return tuple(
        Width(
            setting=setting,
            status=estimate_to_width(review, rule),
            running=confidence_sequence(review, confidence=confidence),
        )
        for setting, review in _ordered_reviews(state).items()
    )


def _width_confidence(confidence: float) -> float:
    return calibrated(confidence) or max(CALIBRATED_ERROR)


def _ordered_reviews(state: ReviewState) -> dict[str, OrderedReview]:
    """Give the review of every setting in the stored order of the sample's blocks."""
    found = {setting: _ordered_review(state, setting) for setting in state.outcomes}
    return {setting: review for setting, review in found.items() if review is not None}


def _ordered_review(state: ReviewState, setting: str) -> OrderedReview | None:
    """Give one setting's review, or None where no unit is in its population.

    A split weighs as much as the first draw gave it, less what the setting drops there. A split without a
    mask that can be shown is out, as it is out of the setting's accuracy but for masks that are missing:
    whether a mask can be shown is no matter of its verdict.
    """
    outcomes = state.outcomes[setting]
    codes = by_split(state).codes
    n_strata = len(state.sample.strata)

    def per_split(where: NDArray[np.bool_]) -> NDArray[np.int64]:
        return np.bincount(codes[where], minlength=n_strata)

    covered = np.array([outcome is not Outcome.DROPPED for outcome in outcomes], dtype=np.bool_)
    unshown = np.array([outcome is Outcome.UNJUDGABLE for outcome in outcomes], dtype=np.bool_)
    missing = np.array([outcome is Outcome.MISSING for outcome in outcomes], dtype=np.bool_)
    n_shown = per_split(covered & ~unshown & ~missing)
    weights = per_split(covered & _of_first_draw(state))
    is_in = (weights > 0) & ((n_shown > 0) | (per_split(unshown) == 0))
    if not is_in.any():
        return None
    kept = is_in[codes]
    return OrderedReview(
        block=np.array([unit.block for unit in state.units], dtype=np.int64)[kept],
        stratum=(np.cumsum(is_in) - 1)[codes[kept]],
        outcome=np.array(
            [_standing(state, setting, place) for place in np.flatnonzero(kept)], dtype=np.int64
        ),
        weights=weights[is_in].astype(np.float64),
    )


def _of_first_draw(state: ReviewState) -> NDArray[np.bool_]:
    """Which units the sample had before it grew: in every split those of the first blocks."""
    n_left = {stratum.split: stratum.n_first for stratum in state.sample.strata}
    first = np.zeros(len(state.units), dtype=np.bool_)
    for place in sorted(range(len(state.units)), key=lambda place: state.units[place].block or 0):
        split = state.units[place].stratum
        first[place] = n_left[split] > 0
        n_left[split] -= 1
    return first


def _standing(state: ReviewState, setting: str, place: int) -> OrderedOutcome:
    """A unit that reviewers disagree on is pending: what settles it later must not change what was read."""
    mask_id = state.masks_made[setting][place].mask_id
    if mask_id is not None and mask_id in state.disputed:
        return OrderedOutcome.PENDING
    return _ORDERED[state.outcomes[setting][place]]
