"""The people who judge."""

from datetime import datetime

from sqlalchemy import select

from db.records import Reviewer, Role
from db.store import Transaction, insert_if_new
from db.tables import reviewers


def ensure_reviewer(transaction: Transaction, name: str, now: datetime) -> Reviewer:
    """Give the reviewer of that name, made now if there was none."""
    insert_if_new(transaction, reviewers, [{"name": name, "created_at": now}])
    return {reviewer.name: reviewer for reviewer in load_reviewers(transaction)}[name]


def load_reviewers(transaction: Transaction) -> list[Reviewer]:
    """Give every reviewer, by name."""
    rows = transaction.connection.execute(select(reviewers).order_by(reviewers.c.name))
    return [
        Reviewer(
            reviewer_id=row.reviewer_id,
            name=row.name,
            role=Role(row.role),
            created_at=row.created_at,
            has_link=row.link_hash is not None,
            link_expires_at=row.link_expires_at,
            disabled_at=row.disabled_at,
            practised_at=row.practised_at,
        )
        for row in rows
    ]
