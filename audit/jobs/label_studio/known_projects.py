"""What is known here of a Label Studio project before it is read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from audit.errors import InputError
from audit.jobs.label_studio.task_masks import TaskMask, mask_of_task
from db.label_studio import load_projects, load_reads, load_tasks
from db.records import LabelStudioProject, PushedTask, Sample
from db.samples import load_mask_units, load_sample
from db.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownProject:
    """A project of a server, and what the store knows of it.

    Attributes:
        url: of the server; empty where only files go to and fro.
        number: on the server; 0 where it is not known.
        row: what the store holds of it, or None where it holds nothing yet.
        mask_ids: every mask of the sample that eyes can judge.
        pushed: the tasks pushed from here, by number.
        reads: the tasks that it held when it was last read, and when each had changed last.
        n_projects: that the sample is known to be in.
    """

    sample: Sample
    url: str
    number: int
    row: LabelStudioProject | None
    mask_ids: frozenset[str]
    pushed: Mapping[int, PushedTask]
    reads: Mapping[int, datetime]
    n_projects: int

    @property
    def watermark(self) -> datetime | None:
        """The latest change on the server that was read."""
        return self.row.watermark if self.row else None

    def mask_of(self, task_number: int, content: Mapping[str, object]) -> TaskMask:
        """Give which mask a task shows."""
        return mask_of_task(task_number, content, self.pushed, self.mask_ids)


def load_known(store: Store, sample_name: str | None, url: str, number: int | None) -> KnownProject:
    """Give what is known of a project of a server.

    Args:
        store: the audit's.
        sample_name: None for the latest sample.
        url: of the server.
        number: the project's on the server; None for the one that the sample went to last.

    Raises:
        InputError: no number is given, and the sample is in no project of the server.
        StoreError: there is no such sample.
    """
    with store.reading() as transaction:
        sample = load_sample(transaction, sample_name)
        projects = load_projects(transaction, sample.sample_id)
        chosen = _number_given(sample.name, projects, url) if number is None else number
        row = next((each for each in projects if (each.url, each.number) == (url, chosen)), None)
        pushed = load_tasks(transaction, row.project_id) if row else []
        return KnownProject(
            sample=sample,
            url=url,
            number=chosen,
            row=row,
            mask_ids=frozenset(load_mask_units(transaction, sample.sample_id)),
            pushed={task.task_number: task for task in pushed},
            reads=load_reads(transaction, row.project_id) if row else {},
            n_projects=len(projects),
        )


def _number_given(sample_name: str, projects: Sequence[LabelStudioProject], url: str) -> int:
    there = [project for project in projects if project.url == url]
    if there:
        return there[-1].number
    elsewhere = sorted({project.url for project in projects if project.url})
    hint = f" (it is on {', '.join(elsewhere)})" if elsewhere else ""
    raise InputError(
        f"sample {sample_name} is in no project of {url} that is known here{hint}: push it there first, or "
        "name the project with --project ID"
    )
