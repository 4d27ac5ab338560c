"""The people who judge, and the hashes of the links that let them in."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select, union_all

from db.records import Reviewer, Role
from db.store import Transaction, insert_if_new
from db.tables import journal, preferences, reviewers


def ensure_reviewer(transaction: Transaction, name: str, now: datetime) -> Reviewer:
    """Give the reviewer of that name, made now if there was none."""
    insert_if_new(transaction, reviewers, [{"name": name, "created_at": now}])
    return _one(transaction, reviewers.c.name == name)


def load_reviewers(transaction: Transaction) -> list[Reviewer]:
    """Give every reviewer, by name."""
    rows = transaction.connection.execute(select(reviewers).order_by(reviewers.c.name))
    return [_reviewer(row) for row in rows]


def find_reviewer(transaction: Transaction, name: str) -> Reviewer | None:
    """Give the reviewer of that name, or None."""
    return _first(transaction, reviewers.c.name == name)


def find_by_link(transaction: Transaction, link_hash: str) -> Reviewer | None:
    """Give whose link has that hash, disabled or expired ones included, or None."""
    return _first(transaction, reviewers.c.link_hash == link_hash)


def load_link_hash(transaction: Transaction, reviewer_id: int) -> str | None:
    """Give the hash of a reviewer's present link, or None where there is no link."""
    return transaction.connection.scalar(
        select(reviewers.c.link_hash).where(reviewers.c.reviewer_id == reviewer_id)
    )


def load_reviewer(transaction: Transaction, reviewer_id: int) -> Reviewer:
    """Give the reviewer of that id, which must be one of the store's."""
    return _one(transaction, reviewers.c.reviewer_id == reviewer_id)


def put_role(transaction: Transaction, reviewer_id: int, role: Role) -> None:
    """Say what a reviewer may do from now on."""
    _change(transaction, reviewer_id, {"role": role})


def put_link(
    transaction: Transaction, reviewer_id: int, *, link_hash: str | None, expires_at: datetime | None
) -> None:
    """Give a reviewer a link, known by its hash alone, in place of the one before; None takes it away."""
    _change(transaction, reviewer_id, {"link_hash": link_hash, "link_expires_at": expires_at})


def put_disabled(transaction: Transaction, reviewer_id: int, disabled_at: datetime | None) -> None:
    """Shut a reviewer out, or (None) let them in again; what they judged stays."""
    _change(transaction, reviewer_id, {"disabled_at": disabled_at})


def put_practised(transaction: Transaction, reviewer_id: int, practised_at: datetime) -> None:
    """Note that a reviewer has finished the practice round."""
    _change(transaction, reviewer_id, {"practised_at": practised_at})


def count_verdicts(transaction: Transaction) -> dict[int, int]:
    """Give how many masks each reviewer has a standing verdict on, for whatever purpose; none is absent."""
    newest = select(func.max(journal.c.entry_id)).group_by(
        journal.c.mask_id, journal.c.reviewer_id, journal.c.purpose
    )
    rows = transaction.connection.execute(
        select(journal.c.reviewer_id, func.count().label("n"))
        .where(journal.c.entry_id.in_(newest), journal.c.verdict.is_not(None))
        .group_by(journal.c.reviewer_id)
    )
    return {row.reviewer_id: row.n for row in rows}


def load_names_by_first_entry(transaction: Transaction) -> list[str]:
    """Give every reviewer's name in the order of first entries in a journal; who has none comes last."""
    entries = union_all(
        select(journal.c.reviewer_id, journal.c.recorded_at),
        select(preferences.c.reviewer_id, preferences.c.recorded_at),
    ).subquery()
    first = (
        select(entries.c.reviewer_id, func.min(entries.c.recorded_at).label("at"))
        .group_by(entries.c.reviewer_id)
        .subquery()
    )
    return list(
        transaction.connection.scalars(
            select(reviewers.c.name)
            .outerjoin(first, first.c.reviewer_id == reviewers.c.reviewer_id)
            .order_by(first.c.at.is_(None), first.c.at, reviewers.c.reviewer_id)
        )
    )


def _change(transaction: Transaction, reviewer_id: int, values: dict[str, object]) -> None:
    transaction.connection.execute(
        reviewers.update().where(reviewers.c.reviewer_id == reviewer_id).values(values)
    )


def _one(transaction: Transaction, condition: ColumnElement[bool]) -> Reviewer:
    return _reviewer(transaction.connection.execute(select(reviewers).where(condition)).one())


def _first(transaction: Transaction, condition: ColumnElement[bool]) -> Reviewer | None:
    row = transaction.connection.execute(select(reviewers).where(condition)).first()
    return None if row is None else _reviewer(row)


def _reviewer(row: Row[Any]) -> Reviewer:
    return Reviewer(
        reviewer_id=row.reviewer_id,
        name=row.name,
        role=Role(row.role),
        created_at=row.created_at,
        has_link=row.link_hash is not None,
        link_expires_at=row.link_expires_at,
        disabled_at=row.disabled_at,
        practised_at=row.practised_at,
    )
