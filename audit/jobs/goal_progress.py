"""How far the goal of a sample is reached, by the verdicts in their stored order."""

import numpy as np

from audit.jobs.estimates import by_split
from audit.jobs.review_state import Outcome, ReviewState
from reports.content import Claim, GoalResult, Width
from sampling.design.goals import Goal
from sampling.sequential.certification import certify
from sampling.sequential.claims import joint_claims
from sampling.sequential.confidence_sequence import confidence_sequence
from sampling.sequential.fixed_width import WidthRule, estimate_to_width
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


def goal_result(state: ReviewState, *, confidence: float) -> GoalResult:
    """Give what a sample is to show and, for each setting, how far its verdicts carry it.

    The claims of a sample share one error rate (Holm); widths are of each setting on its own.
    """
    goal = Goal(state.sample.goal)
    return GoalResult(
        goal=goal,
        target=state.sample.target,
        margin=state.sample.margin,
        confidence=confidence,
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
    rule = WidthRule(half_width=margin, confidence=confidence)
    return tuple(
        Width(
            setting=setting,
            status=estimate_to_width(review, rule),
            running=confidence_sequence(review, confidence=confidence),
        )
        for setting, review in _ordered_reviews(state).items()
    )


def _ordered_reviews(state: ReviewState) -> dict[str, OrderedReview]:
    """Give the review of every setting in the stored order of the sample's blocks."""
    found = {setting: _ordered_review(state, setting) for setting in state.outcomes}
    return {setting: review for setting, review in found.items() if review is not None}


def _ordered_review(state: ReviewState, setting: str) -> OrderedReview | None:
    """Give one setting's review, or None where no unit is in its population.

    A split weighs as much as the first draw gave it, less what the setting drops there. A split of which
    nothing can be judged is out, as it is out of the setting's accuracy: whether a mask can be shown is no
    matter of its verdict.
    """
    outcomes = np.array([_ORDERED[outcome] for outcome in state.outcomes[setting]], dtype=np.int64)
    dropped = np.array([outcome is Outcome.DROPPED for outcome in state.outcomes[setting]], dtype=np.bool_)
    unshown = np.array([outcome is Outcome.UNJUDGABLE for outcome in state.outcomes[setting]], dtype=np.bool_)
    codes = by_split(state).codes
    n_strata = len(state.sample.strata)
    n_units = np.bincount(codes, minlength=n_strata)
    n_open = np.bincount(codes[~(dropped | unshown)], minlength=n_strata)
    if not n_open.any():
        return None
    kept = n_open[codes] > 0
    n_first = np.array([stratum.n_first for stratum in state.sample.strata])
    n_covered = np.bincount(codes[~dropped], minlength=n_strata)
    weights = n_first * n_covered / np.maximum(n_units, 1)
    return OrderedReview(
        block=np.array([unit.block for unit in state.units], dtype=np.int64)[kept],
        stratum=(np.cumsum(n_open > 0) - 1)[codes[kept]],
        outcome=outcomes[kept],
        weights=weights[n_open > 0],
    )
