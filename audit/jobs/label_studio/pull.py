"""Verdicts come back from a Label Studio server: what changed since the last time, or everything."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from audit.jobs.label_studio.adoption import adopt_project
from audit.jobs.label_studio.annotators import Annotators
from audit.jobs.label_studio.holding import TasksRead, read_tasks
from audit.jobs.label_studio.keeping import Kept, keep
from audit.jobs.label_studio.known_projects import KnownProject, load_known
from audit.jobs.label_studio.pulled import PullResult
from audit.jobs.progress import SILENT, Progress
from audit.jobs.workspace import Workspace
from audit.review.label_studio.config import config_hash, labeling_config
from audit.review.label_studio.records import AnnotatedTask, Project
from audit.review.label_studio.server import LabelStudioServer
from db.turns import alone

WAIT_SECONDS = 60.0
"""How long a pull waits for another one of the same project."""

OVERLAP = timedelta(seconds=60)
"""A change is stamped before it is stored, so that an earlier one may show after a later one."""

_TICK = timedelta(microseconds=1)
"""Of the server's clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequest:
    """What is to be pulled.

    Attributes:
        sample: None for the latest.
        project: its number on the server; None for the one that the sample went to last.
        is_full: whether every task is read, also where nothing says that it changed.
    """

    sample: str | None
    project: int | None
    is_full: bool


def pull_verdicts(
    workspace: Workspace,
    request: PullRequest,
    server: LabelStudioServer,
    now: datetime,
    progress: Progress = SILENT,
) -> PullResult:
    """Bring the journal to what a project holds; doing it again changes nothing.

    Everything is read before anything is written, and written at once.

    Raises:
        InputError: the sample is in no such project, or the server refuses.
        UnansweredError: the server gives no answer; nothing was written.
        StoreError: there is no such sample, or another pull of the project goes on.
    """
    number = request.project or load_known(workspace.store, request.sample, server.url, None).number
    turn = f"label-studio pull {server.url} {number}"
    with alone(workspace.store, turn, wait_seconds=WAIT_SECONDS):
        there = server.load_project(number)
        adopt_project(workspace.store, request.sample, server.url, there)
        known = load_known(workspace.store, request.sample, server.url, number)
        annotators = Annotators(workspace.settings.annotators, server.people)
        read = _read(request, server, known, there, annotators, progress)
        watermark = _watermark(known.watermark, read, server.time)
        kept = keep(workspace.store, known, read, watermark, now)
    return result_of(
        known,
        read,
        kept,
        watermark=watermark,
        is_config_changed=is_config_changed(known, there),
    )


def is_config_changed(known: KnownProject, there: Project) -> bool:
    """Tell whether a project's labeling config is another one than was pushed, or would be."""
    pushed = known.row.config_hash if known.row else ""
    return config_hash(there.config) != (pushed or config_hash(labeling_config()))


def result_of(
    known: KnownProject,
    read: TasksRead,
    kept: Kept,
    *,
    watermark: datetime | None,
    is_config_changed: bool = False,
    n_outdated: int = 0,
) -> PullResult:
    """Give what was read and kept as people are told."""
    return PullResult(
        sample=known.sample.name,
        url=known.url,
        project=known.number,
        is_whole=read.is_whole,
        n_tasks_read=len(read.changed_at),
        n_new=kept.added.n_new,
        n_changed=kept.added.n_changed,
        n_withdrawn=kept.added.n_withdrawn,
        n_judgements=kept.n_judgements,
        n_older=kept.n_older,
        n_skipped=sum(each.is_skip for each in kept.held),
        refused=tuple(each for each in kept.held if each.refusal),
        n_gone=kept.n_gone,
        n_foreign=read.n_foreign,
        n_outdated=n_outdated,
        is_elsewhere=not known.url and known.row is None and known.n_projects > 0,
        new_reviewers=kept.new_reviewers,
        is_config_changed=is_config_changed,
        watermark=watermark,
    )


def _read(
    request: PullRequest,
    server: LabelStudioServer,
    known: KnownProject,
    there: Project,
    annotators: Annotators,
    progress: Progress,
) -> TasksRead:
    watermark = None if request.is_full else _watermark_to_go_by(known, server)
    if watermark is not None:
        changed = _read_changed(server, known, annotators, watermark)
        # A deleted task leaves no trace but that there are fewer than known.
        if len(known.reads.keys() | changed.changed_at.keys()) <= there.n_tasks:
            return changed
    progress.start(there.n_tasks)
    every = _advancing(server.annotated_tasks(known.number, None), progress)
    return read_tasks(every, known.mask_of, annotators, is_whole=True)


def _watermark_to_go_by(known: KnownProject, server: LabelStudioServer) -> datetime | None:
    """The change from which on there may be others, or None where nothing tells."""
    watermark = known.watermark
    # Changes made after the server's clock was set back look older than what was read.
    is_set_back = watermark and server.time and server.time < watermark - OVERLAP
    return None if is_set_back else watermark


def _read_changed(
    server: LabelStudioServer, known: KnownProject, annotators: Annotators, watermark: datetime
) -> TasksRead:
    """Read what changed after the watermark, and what came late before it.

    Those just before it are counted first: a task that left their number was changed and is read.
    """
    start = watermark - OVERLAP
    n_before = server.count_changed(known.number, start, watermark)
    later = read_tasks(
        server.annotated_tasks(known.number, watermark + _TICK), known.mask_of, annotators, is_whole=False
    )
    n_known = sum(
        start <= changed_at <= watermark
        for number, changed_at in known.reads.items()
        if number not in later.changed_at
    )
    if n_before == n_known:
        return later
    return read_tasks(server.annotated_tasks(known.number, start), known.mask_of, annotators, is_whole=False)


def _advancing(tasks: Iterable[AnnotatedTask], progress: Progress) -> Iterator[AnnotatedTask]:
    for task in tasks:
        yield task
        progress.advance(1)


def _watermark(before: datetime | None, read: TasksRead, time: datetime | None) -> datetime | None:
    """How far the project was read; not far beyond the server's own time, which may have been wrong once."""
    seen = [*read.changed_at.values(), *([before] if before and not read.is_whole else [])]
    latest = max(seen, default=None)
    return latest if latest is None or time is None else min(latest, time + OVERLAP)
