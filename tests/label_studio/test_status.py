"""How far a project is, told from a real server and what was pulled of it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from audit.jobs.label_studio.pull import PullRequest, pull_verdicts
from audit.jobs.label_studio.status import ProjectStatus, StatusRequest, project_status, status_lines
from tests.audit.review.label_studio.annotations import choices
from tests.label_studio.annotating import JudgedProject, judged_project
from tests.label_studio.server import RunningServer
from tests.label_studio.workspace import add_mentions, small_audit

pytestmark = pytest.mark.label_studio

CORRECT = choices("verdict", "correct")


@pytest.fixture
def project(tmp_path: Path, label_studio: RunningServer) -> Iterator[JudgedProject]:
    audit = small_audit(tmp_path)
    yield judged_project(audit, label_studio)
    audit.store.close()


def pull(project: JudgedProject) -> None:
    with project.server() as server:
        request = PullRequest(sample=None, project=None, is_full=False)
        pull_verdicts(project.audit.workspace, request, server, datetime.now(UTC))


def status(project: JudgedProject) -> ProjectStatus:
    with project.server() as server:
        return project_status(project.audit.workspace, StatusRequest(sample=None, project=None), server)


def test_it_counts_what_was_judged_skipped_and_refused(project: JudgedProject) -> None:
    judged, skipped, refused, both, *_ = project.masks
    project.annotate(judged, CORRECT)
    project.annotate(skipped, was_cancelled=True)
    project.annotate(refused)
    project.annotate(both, was_cancelled=True)
    before = status(project)
    assert (before.n_judged, before.n_unpulled, before.pulled_at) == (0, 4, None)

    pull(project)
    after = status(project)
    n = len(project.masks)
    assert (after.n_masks, after.n_pushed, after.n_missing) == (n, n, 0)
    assert (after.n_judged, after.n_skipped, len(after.refused)) == (1, 2, 1)
    assert after.n_unpulled == 0
    assert after.pulled_at is not None
    assert f"{n} of {n} masks pushed, 1 judged, 2 skipped, 0 missing" in status_lines(after)


def test_what_changed_since_the_last_pull_is_counted(project: JudgedProject) -> None:
    edited, deleted, gone, *_ = project.masks
    numbers = {mask_id: project.annotate(mask_id, CORRECT) for mask_id in (edited, deleted, gone)}
    pull(project)
    project.edit(numbers[edited], result=[choices("verdict", "unsure")])
    project.delete(numbers[deleted])
    project.delete_task(project.tasks[gone])
    found = status(project)
    assert (found.n_unpulled, found.n_missing) == (3, 1)
    lines = status_lines(found)
    assert "3 tasks may have changed since the last pull: pull" in lines
    assert "1 masks have no task there: push again" in lines


def test_what_was_changed_by_hand_is_named(project: JudgedProject) -> None:
    first, second, *_ = project.masks
    exported = {each["data"]["item_uid"]: each["data"] for each in project.export()}
    changed = exported[first] | {"question": "another"}
    project.ask("PATCH", f"/api/tasks/{project.tasks[first]}/", json={"data": changed})
    project.add_task(**exported[second])
    project.add_task(image="/data/x.jpg", question="?", item_uid="another")
    config = '<View><Image name="image" value="$image"/></View>'
    project.ask("PATCH", f"/api/projects/{project.number}/", json={"label_config": config})

    found = status(project)
    assert (found.n_changed_by_hand, found.n_duplicates, found.n_foreign) == (1, 1, 2)
    assert (found.n_pushed, found.n_missing) == (len(project.masks) - 1, 1)
    assert found.is_config_changed
    assert any("labeling config was changed" in line for line in status_lines(found))


def test_a_task_whose_mask_is_drawn_into_its_picture_has_not_lost_it(project: JudgedProject) -> None:
    n_masks = len(project.masks)
    assert status(project).n_without_mask == n_masks
    uid = project.masks[0]
    project.delete_task(project.tasks[uid])
    project.add_task(image="/data/upload/1/x-drawn.jpg", question="?", item_uid=uid)
    assert status(project).n_without_mask == n_masks - 1


def test_masks_that_were_not_pushed_are_missing(project: JudgedProject) -> None:
    before = status(project).n_masks
    add_mentions(project.audit, [5, 6])
    found = status(project)
    assert found.n_masks > before
    assert found.n_missing == found.n_masks - before
