"""What both journals, of verdicts and of preferences, need before something is appended."""

from collections.abc import Collection

from sqlalchemy import Table, select

from db.store import Transaction, slices
from db.tables import reviewers


def wait_for_turn(transaction: Transaction, reviewer_id: int) -> None:
    """Wait until nobody else appends for a reviewer, and keep others waiting until the end.

    Two tabs of one reviewer must see each other's entries, or both would supersede the same one. What is
    given to the reviewer meanwhile need not wait: its row only names them.
    """
    transaction.connection.execute(
        select(reviewers.c.reviewer_id)
        .where(reviewers.c.reviewer_id == reviewer_id)
        .with_for_update(key_share=True)
    )


def known_keys(transaction: Transaction, journal: Table, reviewer_id: int, keys: Collection[str]) -> set[str]:
    """Give those of the client keys under which a reviewer has an entry in a journal already."""
    known: set[str] = set()
    for some in slices(keys):
        known.update(
            transaction.connection.scalars(
                select(journal.c.client_key).where(
                    journal.c.reviewer_id == reviewer_id, journal.c.client_key.in_(some)
                )
            )
        )
    return known
