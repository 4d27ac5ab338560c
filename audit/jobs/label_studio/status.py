"""How far a Label Studio project is, and what was changed there that nobody here asked for."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from audit.jobs.label_studio.known_projects import KnownProject, load_known
from audit.jobs.label_studio.outgoing_masks import needs_brush
from audit.jobs.label_studio.pull import is_config_changed
from audit.jobs.label_studio.task_masks import TaskMask
from audit.jobs.workspace import Workspace
from audit.review.label_studio.records import TaskHead
from audit.review.label_studio.server import LabelStudioServer
from audit.review.label_studio.standing import judgements
from db.label_studio import load_annotations
from db.records import HeldAnnotation
from db.samples import load_unjudgable
from db.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusRequest:
    """Whose status is asked for.

    Attributes:
        sample: None for the latest.
        project: its number on the server; None for the one that the sample went to last.
    """

    sample: str | None
    project: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectStatus:
    """How far a project is; masks are those of the sample that can be judged.

    Attributes:
        sample: its name.
        url: of the server.
        project: its number there.
        title: its title there.
        n_masks: to be judged.
        n_pushed: of them, with a task there.
        n_judged: of them, with a verdict there when it was pulled last.
        n_skipped: of them, skipped by somebody and judged by nobody, likewise.
        n_missing: of them, without a task there.
        refused: annotations from which nothing could be taken, likewise.
        n_duplicates: tasks beyond the first of their mask.
        n_foreign: tasks there that were not pushed from here.
        n_changed_by_hand: tasks whose data is not what was pushed.
        n_without_mask: tasks whose image is the plain photo and that have lost the mask over it.
        n_unpulled: tasks whose annotations may have changed since the last pull.
        is_config_changed: whether the labeling config is not the one that was pushed.
        pulled_at: when it was pulled last, or None.
    """

    sample: str
    url: str
    project: int
    title: str
    n_masks: int
    n_pushed: int
    n_judged: int
    n_skipped: int
    n_missing: int
    refused: tuple[HeldAnnotation, ...]
    n_duplicates: int
    n_foreign: int
    n_changed_by_hand: int
    n_without_mask: int
    n_unpulled: int
    is_config_changed: bool
    pulled_at: datetime | None


def project_status(workspace: Workspace, request: StatusRequest, server: LabelStudioServer) -> ProjectStatus:
    """Give how far a project is; nothing is written.

    Raises:
        InputError: the sample is in no such project, or the server refuses.
        UnansweredError: the server gives no answer.
        StoreError: there is no such sample.
    """
    known = load_known(workspace.store, request.sample, server.url, request.project)
    there = server.load_project(known.number)
    heads = list(server.task_heads(known.number))
    bare = server.bare_tasks(known.number)
    held = _held(workspace.store, known)
    masks = known.mask_ids - _unjudgable(workspace.store, known)
    shown = [known.mask_of(head.number, head.content) for head in heads]
    n_tasks = Counter(each.mask_id for each in shown if each.mask_id is not None)
    judged = {mask_id for mask_id, _ in judgements(held)}
    skipped = {each.mask_id for each in held if each.is_skip and each.mask_id is not None}
    return ProjectStatus(
        sample=known.sample.name,
        url=known.url,
        project=known.number,
        title=there.title,
        n_masks=len(masks),
        n_pushed=len(masks & n_tasks.keys()),
        n_judged=len(judged & masks),
        n_skipped=len((skipped - judged) & masks),
        n_missing=len(masks - n_tasks.keys()),
        refused=tuple(each for each in held if each.refusal),
        n_duplicates=n_tasks.total() - len(n_tasks),
        n_foreign=sum(each.is_foreign for each in shown),
        n_changed_by_hand=sum(map(_is_changed_by_hand, shown)),
        n_without_mask=sum(
            head.number in bare and each.mask_id is not None and needs_brush(str(head.content["image"]))
            for head, each in zip(heads, shown, strict=True)
        ),
        n_unpulled=_n_unpulled(heads, held, known),
        is_config_changed=is_config_changed(known, there),
        pulled_at=known.row.pulled_at if known.row else None,
    )


def status_lines(status: ProjectStatus) -> list[str]:
    """Give a status as lines: the figures, then what somebody should look at, refusals left out."""
    warnings = (
        (
            status.is_config_changed,
            "the labeling config was changed on the server: answers unknown here are refused",
        ),
        (status.n_missing, f"{status.n_missing:,} masks have no task there: push again"),
        (status.n_unpulled, f"{status.n_unpulled:,} tasks may have changed since the last pull: pull"),
        (
            status.n_changed_by_hand,
            f"{status.n_changed_by_hand:,} tasks were changed by hand there: nothing said of them is taken",
        ),
        (status.n_duplicates, f"{status.n_duplicates:,} tasks show a mask that another task shows too"),
        (status.n_foreign, f"{status.n_foreign:,} tasks were not pushed from here"),
        (
            status.n_without_mask,
            f"{status.n_without_mask:,} tasks have lost their mask, which nobody sees there: push again",
        ),
    )
    return [
        f"project {status.project} ({status.title}) on {status.url}, sample {status.sample}",
        f"{status.n_pushed:,} of {status.n_masks:,} masks pushed, {status.n_judged:,} judged, "
        f"{status.n_skipped:,} skipped, {status.n_missing:,} missing",
        *(sentence for holds, sentence in warnings if holds),
    ]


def _held(store: Store, known: KnownProject) -> list[HeldAnnotation]:
    if known.row is None:
        return []
    with store.reading() as transaction:
        return load_annotations(transaction, known.row.project_id)


def _unjudgable(store: Store, known: KnownProject) -> set[str]:
    with store.reading() as transaction:
        return set(load_unjudgable(transaction, known.sample.sample_id))


def _is_changed_by_hand(shown: TaskMask) -> bool:
    return not shown.is_foreign and shown.mask_id is None


def _n_unpulled(heads: Iterable[TaskHead], held: Iterable[HeldAnnotation], known: KnownProject) -> int:
    """Tasks that changed since they were read and hold annotations, or held some then."""
    held_then = {each.task_number for each in held}
    changed = {
        head.number
        for head in heads
        if known.reads.get(head.number) != head.updated_at
        and (head.n_annotations or head.number in held_then)
    }
    gone = held_then - {head.number for head in heads}
    return len(changed | gone)
