"""Decides what a mask is, from its readings and a lead's verdict. Nothing else in the project does."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from audit.review.dawid_skene import likeliest_verdicts
from db.records import StandingVerdict, Verdict
from sampling.reviewers.settlement import Settlement


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What a mask is.

    Attributes:
        verdict: what it counts as; None where it is pending.
        is_disputed: reviewers disagree, and the policy does not say who is right: a lead is to. What the mask
            counts as is then for now, and whoever stops by verdicts waits for the lead.
    """

    verdict: Verdict | None
    is_disputed: bool = False


def settle_masks(
    readings: Mapping[str, Sequence[StandingVerdict]], adjudicated: Mapping[str, Verdict], policy: Settlement
) -> dict[str, Settled]:
    """Say what each mask is.

    A lead's verdict settles its mask. Readings that are all the same do too, and a single reading does, under
    every policy but that of Dawid and Skene, whose model may overrule readings that agree. Where readings
    differ, the policy decides.

    Args:
        readings: of each mask, one or more, one per reviewer, in any order.
        adjudicated: what a lead said, of any of these masks or of others.
        policy: what to do about differing readings.

    Returns:
        One entry for every mask with a reading or an adjudication.

    Raises:
        InputError: the policy is Dawid and Skene's, and crowd-kit is not installed.
    """
    likeliest = likeliest_verdicts(readings) if policy is Settlement.DAWID_SKENE else {}
    settled = {mask_id: Settled(verdict=verdict) for mask_id, verdict in adjudicated.items()}
    for mask_id, of_mask in readings.items():
        if mask_id in settled:
            continue
        if mask_id in likeliest:
            settled[mask_id] = _by_likelihood(likeliest[mask_id])
        else:
            settled[mask_id] = _by_vote([each.verdict for each in of_mask], policy)
    return settled


def disagree(verdicts: Collection[Verdict]) -> bool:
    """Whether not all verdicts are the same.

    >>> disagree([Verdict.CORRECT, Verdict.INCORRECT]), disagree([Verdict.UNSURE])
    (True, False)
    """
    return len(verdicts) > 1 and len(set(verdicts)) > 1


def majority(verdicts: Collection[Verdict]) -> Verdict | None:
    """Give the verdict that most reviewers gave, whatever their order; None where no verdict has most votes.

    >>> majority([Verdict.CORRECT, Verdict.CORRECT, Verdict.INCORRECT]).value
    'correct'
    >>> majority([Verdict.CORRECT, Verdict.INCORRECT]) is None
    True
    """
    ranked = Counter(verdicts).most_common(2)
    if len(ranked) == 2 and ranked[0][1] == ranked[1][1]:
        return None
    return ranked[0][0]


def _by_vote(verdicts: Sequence[Verdict], policy: Settlement) -> Settled:
    if not disagree(verdicts):
        return Settled(verdict=verdicts[0])
    return _WHERE_THEY_DIFFER[policy](verdicts)


def _by_majority(verdicts: Sequence[Verdict]) -> Settled:
    found = majority(verdicts)
    return _UNSURE_FOR_NOW if found is None else Settled(verdict=found)


def _by_likelihood(verdict: Verdict | None) -> Settled:
    return _UNSURE_FOR_NOW if verdict is None else Settled(verdict=verdict)


_UNSURE_FOR_NOW = Settled(verdict=Verdict.UNSURE, is_disputed=True)
_PENDING = Settled(verdict=None, is_disputed=True)
_WHERE_THEY_DIFFER: Mapping[Settlement, Callable[[Sequence[Verdict]], Settled]] = {
    Settlement.MAJORITY: _by_majority,
    Settlement.UNANIMOUS: lambda _: _UNSURE_FOR_NOW,
    Settlement.ADJUDICATED: lambda _: _PENDING,
}
