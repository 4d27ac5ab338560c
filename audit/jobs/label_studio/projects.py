"""Which project of a server a sample's masks belong in."""

import re
from collections.abc import Container, Sequence
from hashlib import sha256

from audit.errors import InputError
from audit.review.label_studio.config import is_same_config, labeling_config
from audit.review.label_studio.records import Project
from audit.review.label_studio.server import LabelStudioServer
from audit.review.label_studio.server_faults import MissingError, UnansweredError
from db.records import LabelStudioProject, Sample

_LONGEST_TITLE = 50
_EMPTY_CONFIG = "<View></View>"
"""What a project has until somebody gives it a config."""

_MARK = re.compile(r"\[mask-audit [0-9a-f]{16}\]")
_HOW_TO_PUT_BACK = (
    "put the config back under Settings > Labeling Interface > Code (`mask-audit label-studio push --to-file "
    "FILE.json` writes it to FILE.xml), or name another project with --project"
)


def mark_of(sample: Sample) -> str:
    """Give what stands in the description of a sample's project, by which it is known again."""
    named = f"{sample.name}\n{sample.seed}\n{sample.population_fingerprint}\n{sample.created_at.isoformat()}"
    return f"[mask-audit {sha256(named.encode()).hexdigest()[:16]}]"


def find_project(
    server: LabelStudioServer, sample: Sample, known: Sequence[LabelStudioProject], asked: int | None
) -> Project | None:
    """Give the project that was asked for, or the one that the sample was pushed to, or None: make one.

    Args:
        server: that holds it.
        sample: whose masks it is for.
        known: where the sample was pushed to, the last one at the end.
        asked: the number that was given.

    Raises:
        InputError: there is no such project, it belongs to another sample, or its config is not ours.
    """
    project = server.load_project(asked) if asked is not None else _pushed_to(server, known)
    if project is None:
        project = next(iter(server.find_projects(mark_of(sample))), None)
    if project is not None:
        _check_owner(server, project, sample)
        _check_config(server, project)
    return project


def create_project(server: LabelStudioServer, sample: Sample, n_readings: int) -> Project:
    """Make a sample's project.

    Raises:
        UnansweredError: nobody knows whether it was made; who asks again finds it by its mark.
    """
    mark = mark_of(sample)
    try:
        return server.create_project(
            title=f"Mask audit: {sample.name}"[:_LONGEST_TITLE],
            description=f"Is each mask right? Made by mask-audit, which fetches the answers. {mark}",
            config=labeling_config(),
            n_readings=n_readings,
        )
    except UnansweredError:
        made = server.find_projects(mark)
        if not made:
            raise
        return made[0]


def prepare_project(server: LabelStudioServer, project: Project, sample: Sample) -> Project:
    """Give an empty project our config, and one that has it the sample's mark; give it as it is then."""
    mark = mark_of(sample)
    if mark in project.description and is_same_config(project.config, labeling_config()):
        return project
    words = [project.description] if mark in project.description else [project.description, mark]
    server.equip_project(project.number, description=" ".join(words).strip(), config=labeling_config())
    return server.load_project(project.number)


def check_tasks(server: LabelStudioServer, project: Project, mask_ids: Container[object]) -> None:
    """Raise InputError where a project that nothing was pushed to yet holds tasks of others."""
    foreign = [
        head.number
        for head in server.task_heads(project.number)
        if str(head.content.get("item_uid")) not in mask_ids
    ]
    if foreign:
        raise InputError(
            f"project {project.number} on {server.url} ({project.title}) holds {len(foreign):,} tasks that "
            f"show no mask of this sample, such as task {foreign[0]}: name an empty project with --project, "
            "or none"
        )


def _pushed_to(server: LabelStudioServer, known: Sequence[LabelStudioProject]) -> Project | None:
    for project in reversed(known):
        try:
            return server.load_project(project.number)
        except MissingError:  # somebody deleted it
            continue
    return None


def _check_owner(server: LabelStudioServer, project: Project, sample: Sample) -> None:
    marks = _MARK.findall(project.description)
    if marks and mark_of(sample) not in marks:
        raise InputError(
            f"project {project.number} on {server.url} ({project.title}) holds the masks of another sample: "
            "name another project with --project, or that sample with --sample"
        )


def _check_config(server: LabelStudioServer, project: Project) -> None:
    if is_same_config(project.config, labeling_config()):
        return
    if is_same_config(project.config, _EMPTY_CONFIG) and not project.n_tasks:
        return
    raise InputError(
        f"project {project.number} on {server.url} ({project.title}) has another labeling config than the "
        f"one that masks are judged by: {_HOW_TO_PUT_BACK}"
    )
