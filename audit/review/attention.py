"""Decides which masks a lead is shown to settle, in which order, and says of each why."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import StrEnum

from audit.review.adjudication import disagree, majority
from audit.review.outgoing import BlindReading
from audit.review.tickets import ticket_of
from db.records import StandingVerdict, Verdict

N_AGREED_OF_EACH = 30
"""Masks that all readings call correct, and as many incorrect ones, to be settled lest there be no gold."""


class Attention(StrEnum):
    """Why a lead is shown a mask, in the order of how much it matters; the values are what the lead reads."""

    DISPUTED = "Reviewers disagree."
    OUTVOTED = "Most reviewers agree, one does not."
    FLAGGED = "A reviewer flagged it for you."
    AGREED = "All readings agree. Settled, it is a mask of known answer to test reviewers with."


def masks_to_settle(
    readings: Mapping[str, Sequence[StandingVerdict]],
    adjudicated: Mapping[str, Verdict],
    *,
    seed: int,
    lead: str,
) -> dict[str, Attention]:
    """Give the masks that a lead is to settle, in order, and why.

    Disputed ones come first, then those where somebody was outvoted, flagged ones, and last some, chosen by
    ticket, on which all readings agree, until 30 masks of either answer are settled. Whatever the lead has
    read as a reviewer comes behind all else. Inside each kind every lead has an order of their own, so that
    two of them do not settle the same.

    Args:
        readings: of each mask that was read.
        adjudicated: what leads said so far; these masks are settled.
        seed: the sample's.
        lead: name.
    """
    left = {mask_id: of_mask for mask_id, of_mask in readings.items() if mask_id not in adjudicated}
    found = {mask_id: why for mask_id, of_mask in left.items() if (why := _attention(of_mask)) is not None}
    agreed = {mask_id: of_mask[0].verdict for mask_id, of_mask in left.items() if mask_id not in found}
    found |= dict.fromkeys(_to_make_gold(agreed, adjudicated, seed), Attention.AGREED)
    ranks = {why: rank for rank, why in enumerate(Attention)}

    def place(mask_id: str) -> tuple[bool, int, str]:
        is_own = any(each.reviewer == lead for each in readings[mask_id])
        return is_own, ranks[found[mask_id]], ticket_of("settle", seed, lead, mask_id)

    return {mask_id: found[mask_id] for mask_id in sorted(found, key=place)}


def blind_readings(readings: Iterable[StandingVerdict], *, seed: int) -> tuple[BlindReading, ...]:
    """Give what was said of one mask without who said it, in an order that tells nothing of them."""
    shuffled = sorted(readings, key=lambda each: ticket_of("blind", seed, each.mask_id, each.reviewer))
    return tuple(
        BlindReading(verdict=each.verdict, reasons=each.reasons, comment=each.comment, flagged=each.flagged)
        for each in shuffled
    )


def _attention(readings: Sequence[StandingVerdict]) -> Attention | None:
    verdicts = [each.verdict for each in readings]
    if disagree(verdicts):
        return Attention.OUTVOTED if majority(verdicts) is not None else Attention.DISPUTED
    return Attention.FLAGGED if any(each.flagged for each in readings) else None


def _to_make_gold(
    agreed: Mapping[str, Verdict], adjudicated: Mapping[str, Verdict], seed: int
) -> Collection[str]:
    n_left = {
        verdict: N_AGREED_OF_EACH - Counter(adjudicated.values())[verdict]
        for verdict in (Verdict.CORRECT, Verdict.INCORRECT)
    }
    chosen = []
    for mask_id in sorted(agreed, key=lambda mask_id: ticket_of("known", seed, mask_id)):
        if n_left.get(agreed[mask_id], 0) > 0:
            n_left[agreed[mask_id]] -= 1
            chosen.append(mask_id)
    return chosen
