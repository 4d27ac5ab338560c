"""The journal of preferences, which of two masks is better: append-only, safe to send twice.

It is a table of its own, so that nothing of it can reach what is said of a mask by itself.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, select

from db.journals import known_keys, wait_for_turn
from db.records import Preference, PreferenceReading, StandingPreference
from db.store import Transaction, slices
from db.tables import preferences, reviewers, unit_masks, units

Pair = tuple[str, str]


def add_preferences(
    transaction: Transaction, reviewer_id: int, events: Sequence[PreferenceReading], *, now: datetime
) -> int:
    """Append events to the journal in the order given; one whose client key is known is skipped.

    Each entry supersedes the reviewer's entry before it on the same two masks; nothing is changed or deleted.

    Returns:
        How many entries are new.

    Raises:
        ValueError: the two masks of an event are not in order of their ids.
    """
    _check_order(events)
    wait_for_turn(transaction, reviewer_id)
    known = known_keys(transaction, preferences, reviewer_id, {event.client_key for event in events})
    latest = _latest_entries(transaction, reviewer_id, {event.mask_ids[0] for event in events})
    n_known_before = len(known)
    for event in events:
        if event.client_key in known:
            continue
        latest[event.mask_ids] = transaction.connection.scalars(
            preferences.insert().returning(preferences.c.entry_id),
            _columns(event)
            | {
                "reviewer_id": reviewer_id,
                "recorded_at": now,
                "supersedes": latest.get(event.mask_ids),
            },
        ).one()
        known.add(event.client_key)
    return len(known) - n_known_before


def count_preference_entries(transaction: Transaction) -> int:
    """Give how long the journal of preferences is; the same length says that nothing was added."""
    return transaction.connection.scalars(select(func.count()).select_from(preferences)).one()


def load_standing_preferences(transaction: Transaction, sample_id: int) -> list[StandingPreference]:
    """Give the preferences on pairs of a sample's masks that nothing superseded or withdrew, oldest first."""
    in_sample = (
        select(unit_masks.c.mask_id)
        .join(units, units.c.unit_id == unit_masks.c.unit_id)
        .where(units.c.sample_id == sample_id)
    )
    newest = (
        select(func.max(preferences.c.entry_id))
        .where(preferences.c.first_mask_id.in_(in_sample))
        .group_by(preferences.c.first_mask_id, preferences.c.second_mask_id, preferences.c.reviewer_id)
    )
    rows = transaction.connection.execute(
        select(preferences, reviewers.c.name)
        .join(reviewers, reviewers.c.reviewer_id == preferences.c.reviewer_id)
        .where(
            preferences.c.entry_id.in_(newest),
            preferences.c.preference.is_not(None),
            # Beside the first mask's condition, SQLite would look up every mask with every other.
            preferences.c.second_mask_id.in_(in_sample),
        )
        .order_by(preferences.c.entry_id)
    )
    return [
        StandingPreference(
            mask_ids=(row.first_mask_id, row.second_mask_id),
            reviewer=row.name,
            preference=Preference(row.preference),
            comment=row.comment,
            flagged=row.flagged,
            seconds=row.seconds,
            decided_at=row.decided_at,
        )
        for row in rows
    ]


def _check_order(events: Sequence[PreferenceReading]) -> None:
    for event in events:
        first, second = event.mask_ids
        if not first < second:
            raise ValueError(f"masks {first} and {second} are no pair: give two, in order of their ids")


def _latest_entries(
    transaction: Transaction, reviewer_id: int, first_mask_ids: Collection[str]
) -> dict[Pair, int]:
    latest: dict[Pair, int] = {}
    for some in slices(first_mask_ids):
        first, second = preferences.c.first_mask_id, preferences.c.second_mask_id
        rows = transaction.connection.execute(
            select(first, second, func.max(preferences.c.entry_id).label("newest"))
            .where(preferences.c.reviewer_id == reviewer_id, first.in_(some))
            .group_by(first, second)
        )
        latest |= {(row.first_mask_id, row.second_mask_id): row.newest for row in rows}
    return latest


def _columns(event: PreferenceReading) -> dict[str, object]:
    first, second = event.mask_ids
    return {
        "first_mask_id": first,
        "second_mask_id": second,
        "client_key": event.client_key,
        "preference": event.preference,
        "shown_left": event.shown_left,
        "comment": event.comment,
        "flagged": event.flagged,
        "sequence": event.sequence,
        "seconds": event.seconds,
        "shown_at": event.shown_at,
        "decided_at": event.decided_at,
        "guideline_hash": event.guideline_hash,
    }
