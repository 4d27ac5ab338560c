"""Keeps what was read of a Label Studio project: its mirror, and what the journal lacks to say the same."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from audit.jobs.label_studio.holding import TasksRead
from audit.jobs.label_studio.known_projects import KnownProject
from audit.review.label_studio.standing import Lacking, is_older, judgements, lacking, latest_of
from db.journals import wait_for_turn
from db.label_studio import (
    drop_tasks,
    ensure_project,
    load_annotations,
    load_annotations_on,
    load_latest_elsewhere,
    load_latest_readings,
    put_pulled,
    put_reads,
)
from db.records import HeldAnnotation, LatestEntry
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
        n_older: of these, passed over: their reviewer has decided since, elsewhere.
        n_gone: tasks that it no longer holds.
        new_reviewers: names made known.
    """

    added: Lacking
    held: tuple[HeldAnnotation, ...]
    n_judgements: int
    n_older: int
    n_gone: int
    new_reviewers: tuple[str, ...]


def keep(
    store: Store, known: KnownProject, read: TasksRead, watermark: datetime | None, now: datetime
) -> Kept:
    """Keep what was read, all of it or nothing.

    The journal is compared with everything that the projects hold, whichever of their tasks were read: what
    stands at the end does not depend on how often somebody looked.
    """
    gone = (known.reads.keys() | known.pushed.keys()) - read.changed_at.keys() if read.is_whole else set()
    with store.transaction() as transaction:
        project = ensure_project(
            transaction, sample_id=known.sample.sample_id, url=known.url, number=known.number
        )
        before = {each.mask_id for each in load_annotations(transaction, project.project_id) if each.mask_id}
        drop_tasks(transaction, project.project_id, gone)
        put_reads(transaction, project.project_id, read.changed_at, read.annotations)
        held = load_annotations(transaction, project.project_id)
        said_here = judgements(held)
        mask_ids = known.mask_ids | before | {mask_id for mask_id, _ in said_here}
        said = latest_of(load_annotations_on(transaction, mask_ids).values())
        names = {entry.reviewer for entry in load_latest_readings(transaction, mask_ids)}
        reviewers, new = _reviewers(transaction, names | {name for _, name in said}, now)
        elsewhere = load_latest_elsewhere(transaction, mask_ids)
        added = lacking(said, elsewhere, load_latest_readings(transaction, mask_ids), now)
        for (name, source), events in added.events.items():
            add_readings(transaction, reviewers[name], events, source=source, now=now)
        put_pulled(transaction, project.project_id, watermark=watermark, pulled_at=now)
    return Kept(
        added=added,
        held=tuple(held),
        n_judgements=len(said_here),
        n_older=_n_older(said_here, elsewhere),
        n_gone=len(gone & known.reads.keys()),
        new_reviewers=new,
    )


def _reviewers(
    transaction: Transaction, names: Collection[str], now: datetime
) -> tuple[dict[str, int], tuple[str, ...]]:
    """Reviewers by name, and who of them was unknown; nothing is added for them meanwhile by others."""
    new = tuple(name for name in sorted(names) if find_reviewer(transaction, name) is None)
    ids = {name: ensure_reviewer(transaction, name, now).reviewer_id for name in sorted(names)}
    for reviewer_id in sorted(ids.values()):
        wait_for_turn(transaction, reviewer_id)
    return ids, new


def _n_older(said: Mapping[tuple[str, str], HeldAnnotation], elsewhere: Iterable[LatestEntry]) -> int:
    other = {(entry.mask_id, entry.reviewer): entry for entry in elsewhere}
    return sum(is_older(annotation, other.get(key)) for key, annotation in said.items())
