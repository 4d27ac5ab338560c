"""Turns one thing that a person pressed into an entry of the journal, once its purpose is known."""

from datetime import datetime

from audit.jobs.review.tasks import Workplace
from audit.review.events import ReadingEvent, WithdrawalEvent
from db.records import Purpose, Reading, Withdrawal


def reading_entry(
    workplace: Workplace,
    event: ReadingEvent,
    purpose: Purpose,
    *,
    second_probability: float | None = None,
    now: datetime,
) -> Reading:
    """Give a verdict as an entry.

    A browser's clock may be wrong: no verdict is older than its sample, or of the future.

    Args:
        workplace: of whoever judges.
        event: what was pressed.
        purpose: what the verdict is for.
        second_probability: the chance that somebody else reads the mask again, where one is fixed.
        now: when the event arrived.
    """
    decided_at = _sane(event.decided_at, workplace, now)
    is_sane = event.shown_at is not None and event.shown_at <= decided_at
    return Reading(
        mask_id=event.task_id,
        verdict=event.verdict,
        purpose=purpose,
        reasons=event.reasons,
        comment=event.comment,
        flagged=event.flagged,
        client_key=event.client_key,
        sequence=event.sequence,
        second_probability=second_probability,
        seconds=event.seconds,
        shown_at=event.shown_at if is_sane else None,
        decided_at=decided_at,
        overlay_mode=event.overlay_mode,
        guideline_hash=workplace.guideline_hash,
    )


def withdrawal_entry(
    workplace: Workplace, event: WithdrawalEvent, purpose: Purpose, now: datetime
) -> Withdrawal:
    """Give a verdict taken back as an entry; the arguments are those of `reading_entry`."""
    return Withdrawal(
        mask_id=event.task_id,
        purpose=purpose,
        client_key=event.client_key,
        sequence=event.sequence,
        decided_at=_sane(event.decided_at, workplace, now),
    )


def _sane(decided_at: datetime, workplace: Workplace, now: datetime) -> datetime:
    return min(max(decided_at, workplace.sample.created_at), now)
