"""Label Studio projects: what was handed to a server, what it held when last read, what came of it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Table, delete, func, insert, select, update

from db.records import (
    HeldAnnotation,
    LabelStudioProject,
    LatestEntry,
    Purpose,
    PushedTask,
    Reason,
    Verdict,
)
from db.store import Transaction, insert_if_new, slices
from db.tables import (
    journal,
    label_studio_annotations,
    label_studio_entries,
    label_studio_projects,
    label_studio_reads,
    label_studio_tasks,
    reviewers,
)


def ensure_project(transaction: Transaction, *, sample_id: int, url: str, number: int) -> LabelStudioProject:
    """Give what is known of a project that holds a sample's masks, made known now if it was not."""
    key = {"sample_id": sample_id, "url": url, "number": number}
    insert_if_new(transaction, label_studio_projects, [key | {"config_hash": ""}])
    found = select(label_studio_projects).where(
        *(label_studio_projects.c[name] == value for name, value in key.items())
    )
    return _project(transaction.connection.execute(found).one())


def load_projects(transaction: Transaction, sample_id: int) -> list[LabelStudioProject]:
    """Give the projects that hold a sample's masks, the one made known last at the end."""
    rows = transaction.connection.execute(
        select(label_studio_projects)
        .where(label_studio_projects.c.sample_id == sample_id)
        .order_by(label_studio_projects.c.project_id)
    )
    return [_project(row) for row in rows]


def put_config_hash(transaction: Transaction, project_id: int, config_hash: str) -> None:
    """Note which labeling config a project was given."""
    _change(transaction, project_id, {"config_hash": config_hash})


def put_pulled(
    transaction: Transaction, project_id: int, *, watermark: datetime | None, pulled_at: datetime
) -> None:
    """Note how far a project was read, and when."""
    _change(transaction, project_id, {"watermark": watermark, "pulled_at": pulled_at})


def load_tasks(transaction: Transaction, project_id: int) -> list[PushedTask]:
    """Give the tasks of a project, by number."""
    rows = transaction.connection.execute(
        select(label_studio_tasks)
        .where(label_studio_tasks.c.project_id == project_id)
        .order_by(label_studio_tasks.c.task_number)
    )
    return [
        PushedTask(task_number=row.task_number, mask_id=row.mask_id, data_hash=row.data_hash) for row in rows
    ]


def put_tasks(transaction: Transaction, project_id: int, tasks: Sequence[PushedTask]) -> None:
    """Note tasks of a project; of those that are known already the mask and the hash are set anew."""
    _delete(transaction, label_studio_tasks, project_id, [task.task_number for task in tasks])
    if tasks:
        transaction.connection.execute(
            insert(label_studio_tasks),
            [
                {
                    "project_id": project_id,
                    "task_number": task.task_number,
                    "mask_id": task.mask_id,
                    "data_hash": task.data_hash,
                }
                for task in tasks
            ],
        )


def drop_tasks(transaction: Transaction, project_id: int, task_numbers: Collection[int]) -> None:
    """Forget tasks of a project that the server no longer holds, with what they held."""
    for table in (label_studio_tasks, label_studio_reads, label_studio_annotations):
        _delete(transaction, table, project_id, task_numbers)


def load_reads(transaction: Transaction, project_id: int) -> dict[int, datetime]:
    """Give the tasks that a project held when it was last read, and when each had changed last."""
    rows = transaction.connection.execute(
        select(label_studio_reads).where(label_studio_reads.c.project_id == project_id)
    )
    return {row.task_number: row.updated_at for row in rows}


def load_annotations(transaction: Transaction, project_id: int) -> list[HeldAnnotation]:
    """Give the annotations that a project held when it was last read, by number."""
    rows = transaction.connection.execute(
        select(label_studio_annotations)
        .where(label_studio_annotations.c.project_id == project_id)
        .order_by(label_studio_annotations.c.annotation_number)
    )
    return [_annotation(row) for row in rows]


def put_reads(
    transaction: Transaction,
    project_id: int,
    changed_at: Mapping[int, datetime],
    annotations: Sequence[HeldAnnotation],
) -> None:
    """Note what some tasks of a project hold now, in place of what they held before.

    Args:
        transaction: an open one.
        project_id: whose tasks.
        changed_at: the tasks that were read, and when each had changed last.
        annotations: all that they hold.
    """
    for table in (label_studio_reads, label_studio_annotations):
        _delete(transaction, table, project_id, changed_at)
    # A server that was set up anew gives its numbers again, to annotations of other tasks.
    for some in _slices([each.annotation_number for each in annotations]):
        transaction.connection.execute(
            delete(label_studio_annotations).where(
                label_studio_annotations.c.project_id == project_id,
                label_studio_annotations.c.annotation_number.in_(some),
            )
        )
    tasks = [{"task_number": number, "updated_at": time} for number, time in changed_at.items()]
    held = [_annotation_columns(each) for each in annotations]
    for table, rows in ((label_studio_reads, tasks), (label_studio_annotations, held)):
        if rows:
            transaction.connection.execute(insert(table), [{"project_id": project_id} | row for row in rows])


def load_latest_readings(transaction: Transaction, mask_ids: Collection[str]) -> list[LatestEntry]:
    """Give each reviewer's newest entry of purpose reading on each of some masks, also one that withdrew."""
    found: list[LatestEntry] = []
    for some in slices(mask_ids):
        newest = (
            select(func.max(journal.c.entry_id))
            .where(journal.c.mask_id.in_(some), journal.c.purpose == Purpose.READING)
            .group_by(journal.c.mask_id, journal.c.reviewer_id)
        )
        rows = transaction.connection.execute(
            select(journal, reviewers.c.name, label_studio_entries.c.project_id)
            .join(reviewers, reviewers.c.reviewer_id == journal.c.reviewer_id)
            .outerjoin(label_studio_entries, label_studio_entries.c.entry_id == journal.c.entry_id)
            .where(journal.c.entry_id.in_(newest))
            .order_by(journal.c.entry_id)
        )
        found += [
            LatestEntry(
                entry_id=row.entry_id,
                mask_id=row.mask_id,
                reviewer=row.name,
                verdict=None if row.verdict is None else Verdict(row.verdict),
                reasons=_reasons(row.reasons),
                comment=row.comment,
                decided_at=row.decided_at,
                project_id=row.project_id,
            )
            for row in rows
        ]
    return found


def claim_entries(
    transaction: Transaction, project_id: int, reviewer_id: int, client_keys: Collection[str]
) -> None:
    """Note that a reviewer's entries of these keys came of a project's annotations."""
    for some in slices(client_keys):
        found = select(journal.c.entry_id).where(
            journal.c.reviewer_id == reviewer_id, journal.c.client_key.in_(some)
        )
        rows: Sequence[Mapping[str, Any]] = [
            {"entry_id": row.entry_id, "project_id": project_id}
            for row in transaction.connection.execute(found)
        ]
        insert_if_new(transaction, label_studio_entries, rows)


def _change(transaction: Transaction, project_id: int, values: Mapping[str, object]) -> None:
    transaction.connection.execute(
        update(label_studio_projects).where(label_studio_projects.c.project_id == project_id).values(values)
    )


def _delete(transaction: Transaction, table: Table, project_id: int, task_numbers: Collection[int]) -> None:
    for some in _slices(task_numbers):
        transaction.connection.execute(
            delete(table).where(table.c.project_id == project_id, table.c.task_number.in_(some))
        )


def _slices(numbers: Collection[int]) -> Iterable[list[int]]:
    listed = list(numbers)
    return (listed[start : start + 10_000] for start in range(0, len(listed), 10_000))


def _project(row: Row[Any]) -> LabelStudioProject:
    return LabelStudioProject(
        project_id=row.project_id,
        sample_id=row.sample_id,
        url=row.url,
        number=row.number,
        config_hash=row.config_hash,
        watermark=row.watermark,
        pulled_at=row.pulled_at,
    )


def _annotation(row: Row[Any]) -> HeldAnnotation:
    return HeldAnnotation(
        annotation_number=row.annotation_number,
        task_number=row.task_number,
        mask_id=row.mask_id,
        annotator=row.annotator,
        updated_at=row.updated_at,
        verdict=None if row.verdict is None else Verdict(row.verdict),
        reasons=_reasons(row.reasons),
        comment=row.comment,
        seconds=row.seconds,
        refusal=row.refusal,
    )


def _annotation_columns(annotation: HeldAnnotation) -> dict[str, object]:
    return {
        "annotation_number": annotation.annotation_number,
        "task_number": annotation.task_number,
        "mask_id": annotation.mask_id,
        "annotator": annotation.annotator,
        "updated_at": annotation.updated_at,
        "verdict": annotation.verdict,
        "reasons": ";".join(annotation.reasons),
        "comment": annotation.comment,
        "seconds": annotation.seconds,
        "refusal": annotation.refusal,
    }


def _reasons(stored: str) -> tuple[Reason, ...]:
    return tuple(Reason(reason) for reason in stored.split(";") if reason)
