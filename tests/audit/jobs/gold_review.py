"""Says things of masks straight into a store's journal, for whatever purpose."""

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import count

from db.records import Purpose, Reading, Source, Verdict
from db.reviewers import ensure_reviewer
from db.reviews import add_readings
from db.store import Store

NOW = datetime(2026, 11, 4, 5, 6, tzinfo=UTC)
_numbers = count()


def say(store: Store, reviewer: str, mask_ids: Iterable[str], verdict: Verdict, purpose: Purpose) -> None:
    """Let a reviewer say the same of several masks."""
    events = [
        Reading(
            mask_id=mask_id,
            verdict=verdict,
            purpose=purpose,
            client_key=f"said-{next(_numbers)}",
            decided_at=NOW,
            seconds=1.0,
            flagged=True,
        )
        for mask_id in mask_ids
    ]
    with store.transaction() as transaction:
        person = ensure_reviewer(transaction, reviewer, NOW)
        add_readings(transaction, person.reviewer_id, events, source=Source.PAGE, now=NOW)
