"""Leases: how long a mask stays with whom it was given to, and when it goes to somebody else."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from audit.jobs.review.tasks import Workplace
from db.assignments import add_assignments, load_assignments, load_latest, move_leases
from db.records import Assignment, Purpose
from db.store import Transaction

_FRESH = 0.75
"""A lease of which so much is left need not be renewed yet: most messages of a page then write nothing."""


def lease_of(workplace: Workplace) -> timedelta:
    """How long a mask stays with somebody without a sign of life from them."""
    return timedelta(minutes=workplace.settings.lease_minutes)


def renew_leases(
    transaction: Transaction, workplace: Workplace, held: Sequence[Assignment], now: datetime
) -> None:
    """Let the reviewer keep what they hold."""
    lease = lease_of(workplace)
    task_ids = [each.task_id for each in held if each.lease_until - now < _FRESH * lease]
    if task_ids:
        move_leases(transaction, workplace.reviewer.reviewer_id, task_ids, now + lease)


def hold_again(
    transaction: Transaction, workplace: Workplace, mask_ids: Collection[str], now: datetime
) -> None:
    """Give the reviewer masks on which they took their verdict back, also those they were never given."""
    if not mask_ids:
        return
    reviewer_id, sample_id = workplace.reviewer.reviewer_id, workplace.sample.sample_id
    lease_until = now + lease_of(workplace)
    given = load_assignments(transaction, reviewer_id, mask_ids)
    move_leases(transaction, reviewer_id, given, lease_until)
    last = load_latest(transaction, reviewer_id, sample_id, 1)
    add_assignments(
        transaction,
        [
            Assignment(
                task_id=mask_id,
                reviewer_id=reviewer_id,
                sample_id=sample_id,
                purpose=Purpose.READING,
                position=last[0].position + 1 if last else 0,
                assigned_at=now,
                lease_until=lease_until,
            )
            for mask_id in mask_ids
            if mask_id not in given
        ],
    )
