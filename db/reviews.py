"""The journal of verdicts: append-only, safe to send twice."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, select

from db.journals import known_keys, wait_for_turn
from db.records import JournalEntry, Purpose, Reading, Reason, Source, StandingVerdict, Verdict, Withdrawal
from db.store import Transaction, slices
from db.tables import journal, reviewers, unit_masks, units

Event = Reading | Withdrawal


def add_readings(
    transaction: Transaction,
    reviewer_id: int,
    events: Sequence[Event],
    *,
    source: Source,
    now: datetime,
) -> int:
    """Append events to the journal in the order given; one whose client key is known is skipped.

    Each entry supersedes the reviewer's entry before it on the same mask for the same purpose; nothing is
    changed or deleted.

    Returns:
        How many entries are new.
    """
    wait_for_turn(transaction, reviewer_id)
    known = known_keys(transaction, journal, reviewer_id, {event.client_key for event in events})
    latest = _latest_entries(transaction, reviewer_id, {event.mask_id for event in events})
    n_known_before = len(known)
    for event in events:
        if event.client_key in known:
            continue
        latest[event.mask_id, event.purpose] = transaction.connection.scalars(
            journal.insert().returning(journal.c.entry_id),
            _columns(event)
            | {
                "reviewer_id": reviewer_id,
                "source": source,
                "recorded_at": now,
                "supersedes": latest.get((event.mask_id, event.purpose)),
            },
        ).one()
        known.add(event.client_key)
    return len(known) - n_known_before


def count_entries(transaction: Transaction) -> int:
    """Give how long the journal is; it only grows, so the same length says that nothing was added."""
    return transaction.connection.scalars(select(func.count()).select_from(journal)).one()


def load_standing(
    transaction: Transaction, sample_id: int, purpose: Purpose = Purpose.READING
) -> list[StandingVerdict]:
    """Give the verdicts on a sample's masks that nothing has superseded or withdrawn, oldest first.

    Only those for one purpose: of readings, gold and adjudications each kind has a use of its own.
    """
    in_sample = (
        select(unit_masks.c.mask_id)
        .join(units, units.c.unit_id == unit_masks.c.unit_id)
        .where(units.c.sample_id == sample_id)
    )
    newest = (
        select(func.max(journal.c.entry_id))
        .where(journal.c.mask_id.in_(in_sample), journal.c.purpose == purpose)
        .group_by(journal.c.mask_id, journal.c.reviewer_id)
    )
    rows = transaction.connection.execute(
        select(journal, reviewers.c.name)
        .join(reviewers, reviewers.c.reviewer_id == journal.c.reviewer_id)
        .where(journal.c.entry_id.in_(newest), journal.c.verdict.is_not(None))
        .order_by(journal.c.entry_id)
    )
    return [
        StandingVerdict(
            mask_id=row.mask_id,
            reviewer=row.name,
            verdict=Verdict(row.verdict),
            reasons=_reasons(row.reasons),
            comment=row.comment,
            seconds=row.seconds,
            decided_at=row.decided_at,
            source=Source(row.source),
            guideline_hash=row.guideline_hash,
            purpose=Purpose(row.purpose),
            flagged=row.flagged,
            second_probability=row.second_probability,
        )
        for row in rows
    ]


def load_entries(transaction: Transaction, reviewer_id: int, after: int) -> list[JournalEntry]:
    """Give what a reviewer added to the journal after an entry, in order of arrival.

    A reviewer's entries are added one after the other, so that none can appear before one that was seen.
    """
    rows = transaction.connection.execute(
        select(journal)
        .where(journal.c.reviewer_id == reviewer_id, journal.c.entry_id > after)
        .order_by(journal.c.entry_id)
    )
    return [
        JournalEntry(
            entry_id=row.entry_id,
            mask_id=row.mask_id,
            purpose=Purpose(row.purpose),
            verdict=None if row.verdict is None else Verdict(row.verdict),
            reasons=_reasons(row.reasons),
            comment=row.comment,
            flagged=row.flagged,
        )
        for row in rows
    ]


def load_judged(transaction: Transaction, reviewer_id: int, mask_ids: Collection[str]) -> set[str]:
    """Give those of some masks on which a verdict of a reviewer stands, whatever it was given for.

    What somebody settles as a lead was not given to them: they may still be asked for a verdict of their own.
    """
    judged: set[str] = set()
    for some in slices(mask_ids):
        newest = (
            select(func.max(journal.c.entry_id))
            .where(
                journal.c.reviewer_id == reviewer_id,
                journal.c.mask_id.in_(some),
                journal.c.purpose != Purpose.ADJUDICATION,
            )
            .group_by(journal.c.mask_id, journal.c.purpose)
        )
        judged.update(
            transaction.connection.scalars(
                select(journal.c.mask_id).where(
                    journal.c.entry_id.in_(newest), journal.c.verdict.is_not(None)
                )
            )
        )
    return judged


def _reasons(stored: str) -> tuple[Reason, ...]:
    return tuple(Reason(reason) for reason in stored.split(";") if reason)


def _latest_entries(
    transaction: Transaction, reviewer_id: int, mask_ids: Collection[str]
) -> dict[tuple[str, str], int]:
    latest: dict[tuple[str, str], int] = {}
    for some in slices(mask_ids):
        rows = transaction.connection.execute(
            select(journal.c.mask_id, journal.c.purpose, func.max(journal.c.entry_id).label("newest"))
            .where(journal.c.reviewer_id == reviewer_id, journal.c.mask_id.in_(some))
            .group_by(journal.c.mask_id, journal.c.purpose)
        )
        latest |= {(row.mask_id, row.purpose): row.newest for row in rows}
    return latest


def _columns(event: Event) -> dict[str, object]:
    columns: dict[str, object] = {
        "mask_id": event.mask_id,
        "purpose": event.purpose,
        "sequence": event.sequence,
        "client_key": event.client_key,
        "decided_at": event.decided_at,
        "verdict": None,
        "reasons": "",
        "comment": "",
    }
    if isinstance(event, Reading):
        columns |= {
            "verdict": event.verdict,
            "reasons": ";".join(event.reasons),
            "comment": event.comment,
            "flagged": event.flagged,
            "second_probability": event.second_probability,
            "seconds": event.seconds,
            "shown_at": event.shown_at,
            "overlay_mode": event.overlay_mode,
            "guideline_hash": event.guideline_hash,
        }
    return columns
