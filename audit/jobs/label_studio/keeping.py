"""Keeps what was read of a Label Studio project: its mirror, and what the journal lacks to say the same."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from audit.jobs.label_studio.holding import TasksRead
from audit.jobs.label_studio.known_projects import KnownProject
from audit.review.label_studio.standing import Lacking, judgements, lacking
from db.journals import wait_for_turn
from db.label_studio import (
    claim_entries,
    drop_tasks,
    ensure_project,
    load_annotations,
    load_latest_readings,
    put_pulled,
    put_reads,
)
from db.records import HeldAnnotation, Source
from db.reviewers import ensure_reviewer, find_reviewer
from db.reviews import add_readings
from db.store import Store, Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What was kept.

    Attributes:
        added: to the journal.
        held: every annotation that the project holds.
        n_judgements: masks × annotators with a verdict there.
        n_gone: tasks that it no longer holds.
        new_reviewers: names made known.
    """

    added: Lacking
    held: tuple[HeldAnnotation, ...]
    n_judgements: int
    n_gone: int
    new_reviewers: tuple[str, ...]


def keep(
    store: Store, known: KnownProject, read: TasksRead, watermark: datetime | None, now: datetime
) -> Kept:
    """Keep what was read, all of it or nothing.

    The journal is compared with everything that the project holds, whichever of its tasks were read: what
    stands at the end does not depend on how often somebody looked.
    """
    gone = (known.reads.keys() | known.pushed.keys()) - read.changed_at.keys() if read.is_whole else set()
    with store.transaction() as transaction:
        project = ensure_project(
            transaction, sample_id=known.sample.sample_id, url=known.url, number=known.number
        )
        drop_tasks(transaction, project.project_id, gone)
        put_reads(transaction, project.project_id, read.changed_at, read.annotations)
        held = load_annotations(transaction, project.project_id)
        said = judgements(held)
        mask_ids = known.mask_ids | {mask_id for mask_id, _ in said}
        mine = _made_by(transaction, project.project_id, mask_ids)
        reviewers, new = _reviewers(transaction, mine | {name for _, name in said}, now)
        entries = load_latest_readings(transaction, mask_ids)
        added = lacking(said, entries, project.project_id, now)
        _append(transaction, project.project_id, added, reviewers, now)
        put_pulled(transaction, project.project_id, watermark=watermark, pulled_at=now)
    return Kept(
        added=added,
        held=tuple(held),
        n_judgements=len(said),
        n_gone=len(gone & known.reads.keys()),
        new_reviewers=new,
    )


def _made_by(transaction: Transaction, project_id: int, mask_ids: Collection[str]) -> set[str]:
    """Whose newest entries a project made."""
    entries = load_latest_readings(transaction, mask_ids)
    return {entry.reviewer for entry in entries if entry.project_id == project_id}


def _reviewers(
    transaction: Transaction, names: Collection[str], now: datetime
) -> tuple[dict[str, int], tuple[str, ...]]:
    """Reviewers by name, and who of them was unknown; nothing is added for them meanwhile by others."""
    new = tuple(name for name in sorted(names) if find_reviewer(transaction, name) is None)
    ids = {name: ensure_reviewer(transaction, name, now).reviewer_id for name in sorted(names)}
    for reviewer_id in sorted(ids.values()):
        wait_for_turn(transaction, reviewer_id)
    return ids, new


def _append(
    transaction: Transaction,
    project_id: int,
    added: Lacking,
    reviewers: Mapping[str, int],
    now: datetime,
) -> None:
    for name, events in added.events.items():
        add_readings(transaction, reviewers[name], events, source=Source.LABEL_STUDIO, now=now)
        claim_entries(transaction, project_id, reviewers[name], [event.client_key for event in events])
