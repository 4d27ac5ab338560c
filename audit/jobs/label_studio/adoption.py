"""Knows a project again whose server has another address now, or whose sample was drawn anew."""

import shlex

from audit.errors import InputError
from audit.jobs.label_studio.projects import mark_of
from audit.review.label_studio.records import Project
from db.label_studio import find_project, load_projects, move_project
from db.records import LabelStudioProject, Sample
from db.samples import load_sample, load_samples
from db.store import Store, Transaction


def adopt_project(store: Store, sample_name: str | None, url: str, project: Project) -> None:
    """Let what is known of a project be known of it where it is now, so that nothing of it is known twice.

    A project known by another address is the same where it has the same number and the sample's mark; one
    known from files alone, where it has the same number.

    Raises:
        InputError: the project is for another sample.
        StoreError: there is no such sample.
    """
    with store.transaction() as transaction:
        sample = load_sample(transaction, sample_name)
        known = find_project(transaction, url, project.number) or _moved(transaction, sample, project)
        if known is None:
            return
        if known.sample_id not in (None, sample.sample_id):
            (name,) = (each.name for each in load_samples(transaction) if each.sample_id == known.sample_id)
            raise InputError(
                f"project {project.number} on {url} holds the masks of sample {name}, not of {sample.name}: "
                f"say --sample {shlex.quote(name)}, or name another project with --project"
            )
        move_project(transaction, known.project_id, sample_id=sample.sample_id, url=url)


def _moved(transaction: Transaction, sample: Sample, project: Project) -> LabelStudioProject | None:
    is_marked = mark_of(sample) in project.description
    found = [
        each
        for each in load_projects(transaction, sample.sample_id)
        if each.number == project.number and (is_marked or not each.url)
    ]
    return found[-1] if found else None
