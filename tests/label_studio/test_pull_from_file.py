"""Verdicts come back in a file that a real server exported, and in any order of files."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from audit.jobs.label_studio.export_file import FileRequest, pull_from_file
from audit.jobs.label_studio.pull import PullRequest, pull_verdicts
from audit.jobs.label_studio.pulled import PullResult
from db.label_studio import load_projects
from tests.audit.review.label_studio.annotations import choices, comment
from tests.label_studio.annotating import JudgedProject, judged_project
from tests.label_studio.server import Annotator, RunningServer
from tests.label_studio.workspace import SmallAudit, small_audit

pytestmark = pytest.mark.label_studio

CORRECT = choices("verdict", "correct")
INCORRECT = choices("verdict", "incorrect")


@pytest.fixture
def project(tmp_path: Path, label_studio: RunningServer) -> Iterator[JudgedProject]:
    audit = small_audit(tmp_path)
    yield judged_project(audit, label_studio)
    audit.store.close()


@pytest.fixture
def far_away(tmp_path: Path) -> Iterator[SmallAudit]:
    """The same sample in a workspace that never speaks to the server."""
    audit = small_audit(tmp_path / "far", annotators={"1": "ann"})
    yield audit
    audit.store.close()


def save(project: JudgedProject, file: Path) -> Path:
    file.write_text(json.dumps(project.export()), encoding="utf-8")
    return file


def read(audit: SmallAudit, file: Path) -> PullResult:
    return pull_from_file(audit.workspace, FileRequest(sample=None, file=file), datetime.now(UTC))


def pull(project: JudgedProject) -> PullResult:
    with project.server() as server:
        request = PullRequest(sample=None, project=None, is_full=False)
        return pull_verdicts(project.audit.workspace, request, server, datetime.now(UTC))


def counts(result: PullResult) -> tuple[int, int, int]:
    return result.n_new, result.n_changed, result.n_withdrawn


def test_an_export_says_what_a_pull_says(
    project: JudgedProject, far_away: SmallAudit, tmp_path: Path, label_studio: RunningServer
) -> None:
    first, other, third, fourth, *_ = project.masks
    project.annotate(first, CORRECT)
    project.annotate(other, INCORRECT, choices("reasons", "spills_over"), comment("why"))
    project.annotate(third, CORRECT, was_cancelled=True)
    project.annotate(fourth, choices("verdict", "nonsense"))
    pulled = pull(project)
    result = read(far_away, save(project, tmp_path / "export.json"))

    assert counts(result) == counts(pulled) == (2, 0, 0)
    assert (result.n_skipped, len(result.refused)) == (1, 1)
    assert (result.url, result.project) == ("", project.number)
    by_file = {mask_id: said for (mask_id, _), said in replace(project, audit=far_away).said().items()}
    assert by_file == {mask_id: said for (mask_id, _), said in project.said().items()}
    assert label_studio.owner.user_id == 1
    assert result.new_reviewers == ("ann",)


def test_an_export_and_pulls_may_be_mixed(
    project: JudgedProject, tmp_path: Path, label_studio: RunningServer
) -> None:
    second: Annotator = label_studio.add_annotator("file@example.com")
    first, other, *_ = project.masks
    project.annotate(first, CORRECT)
    number = project.annotate(first, CORRECT, who=second)
    pull(project)
    project.edit(number, result=[INCORRECT])
    project.annotate(other, CORRECT, who=second)

    result = read(project.audit, save(project, tmp_path / "export.json"))
    assert counts(result) == (1, 1, 0)
    assert result.url == label_studio.url
    project.check_journal()
    assert counts(pull(project)) == (0, 0, 0)
    with project.audit.store.reading() as transaction:
        assert len(load_projects(transaction, project.audit.sample.sample_id)) == 1


def test_an_older_export_takes_nothing_back(
    project: JudgedProject, far_away: SmallAudit, tmp_path: Path
) -> None:
    edited, deleted, later, *_ = project.masks
    number = project.annotate(edited, CORRECT)
    gone = project.annotate(deleted, CORRECT)
    old = save(project, tmp_path / "old.json")
    project.edit(number, result=[INCORRECT])
    project.delete(gone)
    project.annotate(later, CORRECT)
    new = save(project, tmp_path / "new.json")

    read(far_away, old)
    assert counts(read(far_away, new)) == (1, 1, 1)
    result = read(far_away, old)
    assert (counts(result), result.n_outdated) == ((0, 0, 0), 3)
    assert "3 tasks of the file are older" in result.remarks[0]
    assert {mask_id for mask_id, _ in replace(project, audit=far_away).said()} == {edited, later}


def test_a_task_that_a_pull_found_deleted_does_not_come_back_by_an_older_export(
    project: JudgedProject, tmp_path: Path
) -> None:
    for mask_id in project.masks[:2]:
        project.annotate(mask_id, CORRECT)
    pull(project)
    old = save(project, tmp_path / "old.json")
    project.delete_task(project.tasks[project.masks[0]])
    project.annotate(project.masks[2], CORRECT)
    pull(project)
    assert counts(read(project.audit, old)) == (0, 0, 0)
    project.check_journal()


def test_tasks_that_an_export_leaves_out_stay_as_they_are(
    project: JudgedProject, far_away: SmallAudit, tmp_path: Path
) -> None:
    for mask_id in project.masks:
        project.annotate(mask_id, CORRECT)
    everything = project.export()
    for place in range(0, len(everything), 2):
        part = tmp_path / f"{place}.json"
        part.write_text(json.dumps(everything[place : place + 2]), encoding="utf-8")
        read(far_away, part)
    assert len(replace(project, audit=far_away).said()) == len(project.masks)
