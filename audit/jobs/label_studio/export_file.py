"""Verdicts come back in a file: the JSON that Label Studio exports, for servers that are out of reach."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from audit.errors import InputError
from audit.jobs.label_studio.annotators import Annotators
from audit.jobs.label_studio.holding import read_tasks
from audit.jobs.label_studio.keeping import keep
from audit.jobs.label_studio.known_projects import KnownProject, load_known
from audit.jobs.label_studio.pull import WAIT_SECONDS, result_of
from audit.jobs.label_studio.pulled import PullResult
from audit.jobs.workspace import Workspace
from audit.review.label_studio.answers import moment, read_signature, whole_number
from audit.review.label_studio.records import AnnotatedTask
from db.label_studio import load_annotations, load_projects
from db.samples import load_sample
from db.store import Store
from db.turns import alone

_WHICH = "export from Label Studio again, in the format JSON (not JSON-MIN, not CSV)"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRequest:
    """What is to be read.

    Attributes:
        sample: None for the latest.
        file: an export in the format JSON.
    """

    sample: str | None
    file: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """What an export holds; `project` is its number on the server, 0 where the file does not say."""

    project: int
    tasks: tuple[AnnotatedTask, ...]


def pull_from_file(workspace: Workspace, request: FileRequest, now: datetime) -> PullResult:
    """Bring the journal to what an export holds; doing it again changes nothing.

    Tasks that are not in the file are left alone, as are those of which a newer state is known: files may be
    read in any order. An annotation that is gone from a task of the file is withdrawn.

    Raises:
        InputError: it is no such file, or it holds tasks of several projects; nothing was written.
        StoreError: there is no such sample, or another pull of the project goes on.
    """
    export = read_export(request.file)
    url = _url(workspace.store, request.sample, export.project)
    turn = f"label-studio pull {url} {export.project}"
    with alone(workspace.store, turn, wait_seconds=WAIT_SECONDS):
        known = load_known(workspace.store, request.sample, url, export.project)
        tasks = [task for task in export.tasks if not _is_outdated(task, known)]
        annotators = Annotators(
            workspace.settings.annotators, dict, _known_users(workspace.store, known, tasks)
        )
        read = read_tasks(tasks, known.mask_of, annotators, is_whole=False)
        kept = keep(workspace.store, known, read, known.watermark, now)
    return result_of(
        known,
        read,
        kept,
        watermark=known.watermark,
        n_outdated=len(export.tasks) - len(tasks),
    )


def read_export(file: Path) -> Export:
    """Read an export.

    Raises:
        InputError: it is not Label Studio's JSON, or it holds a task or an annotation twice, or tasks of
            several projects.
    """
    tasks, projects = [], set()
    for place, item in enumerate(_items(file), start=1):
        task = _task(item)
        if task is None:
            raise InputError(
                f"{file} is no export of tasks with annotations (see its item {place}): {_WHICH}"
            )
        tasks.append(task)
        projects.add(whole_number(item.get("project")) or 0)
    if len(projects) > 1:
        raise InputError(f"{file} holds tasks of several projects: give a file of each by itself")
    numbers = [("task", task.number) for task in tasks]
    numbers += [("annotation", each["id"]) for task in tasks for each in task.annotations]
    repeated = _repeated(numbers)
    if repeated:
        raise InputError(f"{file} holds {' '.join(map(str, repeated))} twice: {_WHICH}")
    return Export(project=next(iter(projects), 0), tasks=tuple(tasks))


def _items(file: Path) -> Sequence[Mapping[str, object]]:
    try:
        with file.open(encoding="utf-8-sig") as stream:
            items = json.load(stream, object_hook=_without_mask)
    except OSError as error:
        raise InputError(
            f"{file} cannot be read ({error.strerror}): name an export of Label Studio"
        ) from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"{file} is no JSON: {_WHICH}") from error
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise InputError(f"{file} is no list of tasks: {_WHICH}")
    return items


def _without_mask(fields: dict[str, object]) -> dict[str, object]:
    """Leave out the run lengths, which are nearly all of a file and say nothing."""
    fields.pop("rle", None)
    return fields


def _task(item: Mapping[str, object]) -> AnnotatedTask | None:
    number, updated_at = whole_number(item.get("id")), moment(item.get("updated_at"))
    content, annotations = item.get("data"), item.get("annotations")
    if number is None or updated_at is None or not isinstance(content, dict):
        return None
    if not isinstance(annotations, list) or any(read_signature(each) is None for each in annotations):
        return None
    return AnnotatedTask(
        number=number, content=content, updated_at=updated_at, annotations=tuple(annotations)
    )


def _repeated(numbers: Iterable[tuple[str, int]]) -> tuple[str, int] | None:
    seen = set()
    for number in numbers:
        if number in seen:
            return number
        seen.add(number)
    return None


def _url(store: Store, sample_name: str | None, number: int) -> str:
    """The server of the one known project of that number; none where there are several, or none."""
    with store.reading() as transaction:
        projects = load_projects(transaction, load_sample(transaction, sample_name).sample_id)
    urls = {project.url for project in projects if project.number == number}
    return urls.pop() if len(urls) == 1 else ""


def _is_outdated(task: AnnotatedTask, known: KnownProject) -> bool:
    if task.number in known.reads:
        return task.updated_at < known.reads[task.number]
    # Unknown, though all was read up to then: it was deleted.
    return known.watermark is not None and task.updated_at <= known.watermark


def _known_users(store: Store, known: KnownProject, tasks: Iterable[AnnotatedTask]) -> dict[int, str]:
    """Users whose names were told by the server: a file gives their numbers alone."""
    if known.row is None:
        return {}
    with store.reading() as transaction:
        held = load_annotations(transaction, known.row.project_id)
    names = {each.annotation_number: each.annotator for each in held if each.annotator}
    signatures = [read_signature(each) for task in tasks for each in task.annotations]
    return {
        each.user: names[each.number]
        for each in signatures
        if each is not None and each.user is not None and each.number in names
    }
