"""Label Studio projects: what was handed to a server, what it held when last read, what came of it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Table, delete, func, insert, select, true, update

from db.records import (
    HeldAnnotation,
    LabelStudioProject,
    LatestEntry,
    Purpose,
    PushedTask,
    Reason,
    Source,
    Verdict,
)
from db.store import Transaction, insert_if_new, slices
from db.tables import (
    journal,
    label_studio_annotations,
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


def find_project(transaction: Transaction, url: str, number: int) -> LabelStudioProject | None:
    """Give what is known of a project of a server, whichever sample it is for, or None."""
    row = transaction.connection.execute(
        select(label_studio_projects)
        .where(label_studio_projects.c.url == url, label_studio_projects.c.number == number)
        .order_by(label_studio_projects.c.sample_id.is_(None), label_studio_projects.c.project_id.desc())
        .limit(1)
    ).first()
    return None if row is None else _project(row)


def move_project(transaction: Transaction, project_id: int, *, sample_id: int, url: str) -> None:
    """Note that a project is for another sample now, or that its server has another address."""
    _change(transaction, project_id, {"sample_id": sample_id, "url": url})


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


def load_annotations_on(
    transaction: Transaction, mask_ids: Collection[str]
) -> dict[int, list[HeldAnnotation]]:
    """Give the annotations on some masks that any project held when it was last read, by project."""
    found: dict[int, list[HeldAnnotation]] = {}
    for some in slices(mask_ids):
        rows = transaction.connection.execute(
            select(label_studio_annotations).where(label_studio_annotations.c.mask_id.in_(some))
        )
        for row in rows:
            found.setdefault(row.project_id, []).append(_annotation(row))
    return found


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
    return _latest_readings(transaction, mask_ids, true())


def load_latest_elsewhere(transaction: Transaction, mask_ids: Collection[str]) -> list[LatestEntry]:
    """Give each reviewer's newest entry on each of some masks of those that were not said in Label Studio."""
    return _latest_readings(transaction, mask_ids, journal.c.source != Source.LABEL_STUDIO)


def _latest_readings(
    transaction: Transaction, mask_ids: Collection[str], condition: ColumnElement[bool]
) -> list[LatestEntry]:
    found: list[LatestEntry] = []
    for some in slices(mask_ids):
        newest = (
            select(func.max(journal.c.entry_id))
            .where(journal.c.mask_id.in_(some), journal.c.purpose == Purpose.READING, condition)
            .group_by(journal.c.mask_id, journal.c.reviewer_id)
        )
        rows = transaction.connection.execute(
            select(journal, reviewers.c.name)
            .join(reviewers, reviewers.c.reviewer_id == journal.c.reviewer_id)
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
                flagged=row.flagged,
                seconds=row.seconds,
                decided_at=row.decided_at,
                source=Source(row.source),
                guideline_hash=row.guideline_hash,
                second_probability=row.second_probability,
            )
            for row in rows
        ]
    return found


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
