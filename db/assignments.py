"""Who was given what to judge, who holds what at present, and who has read what."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Float, Select, String, cast, func, null, or_, select, union_all, update
from sqlalchemy.dialects import postgresql, sqlite

from db.records import Assignment, MaskReader, Purpose, Verdict
from db.store import Transaction, slices
from db.tables import assignments, journal, reviewers, unit_masks, units

_VERDICTS = {verdict.value: verdict for verdict in Verdict}
"""Looking a verdict up takes a tenth of what making it of its text takes, and there are many."""


LONG_ENDED = datetime(1970, 1, 1, tzinfo=UTC)
"""When the lease of a judged task ends: no clock that is put back makes it run again."""

_HANDING_OUT = 0x6D61736B  # "mask": locks of this name are held by whoever hands out tasks


def wait_to_hand_out(transaction: Transaction) -> None:
    """Wait until nobody else is being given tasks, of whatever sample, and keep others waiting until the end.

    Samples share masks, so that one of them is not enough to wait for. On SQLite a transaction that may write
    is alone anyway.
    """
    if transaction.connection.dialect.name == "postgresql":
        transaction.connection.execute(select(func.pg_advisory_xact_lock(_HANDING_OUT)))


def load_readers(
    transaction: Transaction, mask_ids: Collection[str], *, now: datetime, latest: datetime
) -> list[MaskReader]:
    """Give who has read each of some masks, and who holds it to be read.

    Args:
        transaction: an open one.
        mask_ids: which masks.
        now: whose lease ends later holds a mask.
        latest: a lease that ends after this was given by a clock that was wrong, and counts no more.
    """
    found: list[MaskReader] = []
    for some in slices(mask_ids):
        held = select(
            assignments.c.task_id, assignments.c.reviewer_id, cast(null(), String), cast(null(), Float(53))
        ).where(
            assignments.c.lease_until > now,
            assignments.c.lease_until <= latest,
            assignments.c.purpose == Purpose.READING,
            assignments.c.task_id.in_(some),
        )
        # One statement sees one state: a verdict that comes in between must not hide who holds its mask.
        rows = transaction.connection.execute(union_all(_readings(some), held))
        found += [_reader(*row) for row in rows]
    return found


def load_readings_on(transaction: Transaction, mask_ids: Collection[str]) -> list[MaskReader]:
    """Give who has read each of some masks."""
    return [
        _reader(*row) for some in slices(mask_ids) for row in transaction.connection.execute(_readings(some))
    ]


def load_first_read(transaction: Transaction, reviewer_id: int, mask_ids: Collection[str]) -> set[str]:
    """Give those of some masks of which a reviewer once gave the first reading, also if it was withdrawn."""
    found: set[str] = set()
    for some in slices(mask_ids):
        found.update(
            transaction.connection.scalars(
                select(journal.c.mask_id).where(
                    journal.c.reviewer_id == reviewer_id,
                    journal.c.mask_id.in_(some),
                    journal.c.purpose == Purpose.READING,
                    journal.c.second_probability.is_not(None),
                )
            )
        )
    return found


def load_assignments(
    transaction: Transaction, reviewer_id: int, task_ids: Collection[str]
) -> dict[str, Assignment]:
    """Give what is noted of tasks that were given to a reviewer, by task; those that were not are absent."""
    found: dict[str, Assignment] = {}
    for some in slices(task_ids):
        for each in _assignments(
            transaction,
            select(assignments).where(
                assignments.c.reviewer_id == reviewer_id, assignments.c.task_id.in_(some)
            ),
        ):
            found[each.task_id] = each
    return found


def load_open(transaction: Transaction, reviewer_id: int, sample_id: int, now: datetime) -> list[Assignment]:
    """Give the masks, not the pairs of masks, that a reviewer holds of a sample, in the order given."""
    return _assignments(
        transaction,
        select(assignments)
        .where(
            assignments.c.purpose != Purpose.PREFERENCE,
            assignments.c.lease_until > now,
            assignments.c.reviewer_id == reviewer_id,
            assignments.c.sample_id == sample_id,
        )
        .order_by(assignments.c.position),
    )


def load_leased(
    transaction: Transaction, sample_id: int, purpose: Purpose, *, now: datetime, latest: datetime
) -> list[Assignment]:
    """Give what anybody holds of a sample for one purpose; `now` and `latest` as for `load_readers`."""
    return _assignments(
        transaction,
        select(assignments)
        .where(
            assignments.c.sample_id == sample_id,
            assignments.c.purpose == purpose,
            assignments.c.lease_until > now,
            assignments.c.lease_until <= latest,
        )
        .order_by(assignments.c.position),
    )


def load_task_ids(transaction: Transaction, sample_id: int, purpose: Purpose) -> frozenset[str]:
    """Give the tasks of a sample that were ever given to anybody for one purpose."""
    return frozenset(
        transaction.connection.scalars(
            select(assignments.c.task_id)
            .where(assignments.c.sample_id == sample_id, assignments.c.purpose == purpose)
            .distinct()
        )
    )


def load_latest(transaction: Transaction, reviewer_id: int, sample_id: int, n: int) -> list[Assignment]:
    """Give the last tasks of a sample that a reviewer was given, at most `n`, oldest first."""
    newest = (
        select(assignments)
        .where(assignments.c.reviewer_id == reviewer_id, assignments.c.sample_id == sample_id)
        .order_by(assignments.c.position.desc())
        .limit(n)
    )
    return _assignments(transaction, newest)[::-1]


def load_given_for(
    transaction: Transaction, reviewer_id: int, purposes: Collection[Purpose]
) -> list[Assignment]:
    """Give all that a reviewer was ever given for some purposes, in order."""
    return _assignments(
        transaction,
        select(assignments)
        .where(assignments.c.reviewer_id == reviewer_id, assignments.c.purpose.in_(purposes))
        .order_by(assignments.c.position),
    )


def load_given_to_all(transaction: Transaction, purposes: Collection[Purpose]) -> frozenset[tuple[str, int]]:
    """Give the task and the reviewer of all that anybody was ever given for some purposes."""
    rows = transaction.connection.execute(
        select(assignments.c.task_id, assignments.c.reviewer_id).where(assignments.c.purpose.in_(purposes))
    )
    return frozenset((row.task_id, row.reviewer_id) for row in rows)


def load_last_seen(transaction: Transaction, sample_id: int) -> dict[str, datetime]:
    """Give when each reviewer who took part in a sample's review, for whatever purpose, last did something.

    That is when they were last given a task or decided something; reviewers are named.
    """
    in_sample = (
        select(unit_masks.c.mask_id)
        .join(units, units.c.unit_id == unit_masks.c.unit_id)
        .where(units.c.sample_id == sample_id)
    )
    given = select(assignments.c.task_id).where(assignments.c.sample_id == sample_id)
    seen = union_all(
        select(assignments.c.reviewer_id, assignments.c.assigned_at.label("at")).where(
            assignments.c.sample_id == sample_id
        ),
        select(journal.c.reviewer_id, journal.c.decided_at).where(
            or_(journal.c.mask_id.in_(in_sample), journal.c.mask_id.in_(given))
        ),
    ).subquery()
    rows = transaction.connection.execute(
        select(reviewers.c.name, func.max(seen.c.at).label("last_at"))
        .join(seen, seen.c.reviewer_id == reviewers.c.reviewer_id)
        .group_by(reviewers.c.name)
    )
    return {row.name: row.last_at for row in rows}


def add_assignments(transaction: Transaction, given: Sequence[Assignment]) -> None:
    """Note what is given to reviewers; of what they were given before, the purpose stays as it was."""
    if not given:
        return
    make = postgresql.insert if transaction.connection.dialect.name == "postgresql" else sqlite.insert
    insert = make(assignments)
    changed = ("sample_id", "position", "assigned_at", "lease_until")
    transaction.connection.execute(
        insert.on_conflict_do_update(
            index_elements=["task_id", "reviewer_id"],
            set_={name: insert.excluded[name] for name in changed},
        ),
        [asdict(each) for each in given],
    )


def move_leases(
    transaction: Transaction, reviewer_id: int, task_ids: Collection[str], until: datetime
) -> None:
    """Let a reviewer hold some of their tasks until then; `LONG_ENDED` or a time that has come ends it."""
    for some in slices(task_ids):
        transaction.connection.execute(
            update(assignments)
            .where(assignments.c.reviewer_id == reviewer_id, assignments.c.task_id.in_(some))
            .values(lease_until=until)
        )


def load_active(transaction: Transaction, sample_id: int, now: datetime) -> frozenset[int]:
    """Give the ids of the reviewers who take part in a review.

    Those who may come in and have a link, or were given masks of the sample: a name that only stands in an
    imported file takes no part, nor does who only compared.
    """
    took_part = select(assignments.c.reviewer_id).where(
        assignments.c.sample_id == sample_id, assignments.c.purpose != Purpose.PREFERENCE
    )
    return frozenset(
        transaction.connection.scalars(
            select(reviewers.c.reviewer_id).where(
                reviewers.c.disabled_at.is_(None),
                or_(reviewers.c.link_expires_at.is_(None), reviewers.c.link_expires_at > now),
                or_(reviewers.c.link_hash.is_not(None), reviewers.c.reviewer_id.in_(took_part)),
            )
        )
    )


def _readings(mask_ids: list[str]) -> Select[Any]:
    newest = (
        select(func.max(journal.c.entry_id))
        .where(journal.c.mask_id.in_(mask_ids), journal.c.purpose == Purpose.READING)
        .group_by(journal.c.mask_id, journal.c.reviewer_id)
    )
    return select(
        journal.c.mask_id, journal.c.reviewer_id, journal.c.verdict, journal.c.second_probability
    ).where(journal.c.entry_id.in_(newest), journal.c.verdict.is_not(None))


def _reader(
    mask_id: str, reviewer_id: int, verdict: str | None, second_probability: float | None
) -> MaskReader:
    return MaskReader(
        mask_id=mask_id,
        reviewer_id=reviewer_id,
        verdict=None if verdict is None else _VERDICTS[verdict],
        second_probability=second_probability,
    )


def _assignments(transaction: Transaction, query: Select[Any]) -> list[Assignment]:
    return [
        Assignment(
            task_id=row.task_id,
            reviewer_id=row.reviewer_id,
            sample_id=row.sample_id,
            purpose=Purpose(row.purpose),
            position=row.position,
            assigned_at=row.assigned_at,
            lease_until=row.lease_until,
        )
        for row in transaction.connection.execute(query)
    ]
