"""Verdicts come back from a real server: whatever people do there, the journal equals what it holds."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from audit.errors import InputError
from audit.jobs.label_studio.pull import PullRequest, pull_verdicts
from audit.jobs.label_studio.pulled import PullResult
from audit.jobs.label_studio.refusals import refusal_line
from db.label_studio import drop_tasks, load_projects, put_pulled
from db.records import Reading, Source, Verdict
from db.reviewers import ensure_reviewer, put_disabled
from db.reviews import add_readings, count_entries
from tests.audit.review.label_studio.annotations import choices, comment
from tests.label_studio.annotating import JudgedProject, judged_project
from tests.label_studio.server import Annotator, RunningServer
from tests.label_studio.workspace import SmallAudit, small_audit

pytestmark = pytest.mark.label_studio

CORRECT = choices("verdict", "correct")
INCORRECT = choices("verdict", "incorrect")
UNSURE = choices("verdict", "unsure")


@pytest.fixture
def audit(tmp_path: Path) -> Iterator[SmallAudit]:
    made = small_audit(tmp_path)
    yield made
    made.store.close()


@pytest.fixture
def on_each_store(tmp_path: Path, store_url: str, label_studio: RunningServer) -> Iterator[JudgedProject]:
    """A project whose audit is kept by SQLite, and one whose audit is kept by PostgreSQL."""
    made = small_audit(tmp_path, store_url=store_url)
    yield judged_project(made, label_studio)
    made.store.close()


@pytest.fixture
def other_audit(tmp_path: Path) -> Iterator[SmallAudit]:
    """The same sample in another workspace, which pushed nothing."""
    made = small_audit(tmp_path / "other")
    yield made
    made.store.close()


@pytest.fixture
def project(audit: SmallAudit, label_studio: RunningServer) -> JudgedProject:
    return judged_project(audit, label_studio)


@pytest.fixture(scope="module")
def second(label_studio: RunningServer) -> Annotator:
    return label_studio.add_annotator("Second@Example.com")


def pull(project: JudgedProject, *, full: bool = False, number: int | None = None) -> PullResult:
    """Pull, and hold what became of it against the server."""
    with project.server() as server:
        request = PullRequest(sample=None, project=number, is_full=full)
        result = pull_verdicts(project.audit.workspace, request, server, datetime.now(UTC))
    project.check_journal()
    return result


def counts(result: PullResult) -> tuple[int, int, int]:
    return result.n_new, result.n_changed, result.n_withdrawn


def n_entries(audit: SmallAudit) -> int:
    with audit.store.reading() as transaction:
        return count_entries(transaction)


def test_verdicts_come_back_with_all_that_was_said(project: JudgedProject, second: Annotator) -> None:
    first, other, third, *_ = project.masks
    project.annotate(first, CORRECT)
    project.annotate(
        other, INCORRECT, choices("reasons", "part_missing", "spills_over"), comment("the tail", "and leg")
    )
    project.annotate(third, UNSURE, choices("unsure_reasons", "image_unusable"), who=second)

    result = pull(project)

    assert counts(result) == (3, 0, 0)
    assert result.new_reviewers == ("owner@example.com", "second@example.com")
    assert result.remarks == ("new reviewers: owner@example.com, second@example.com",)
    assert (result.is_whole, result.n_tasks_read) == (True, len(project.masks))
    standing = project.standing()
    verdict = standing[other, "owner@example.com"]
    assert (verdict.verdict, verdict.reasons) == (Verdict.INCORRECT, ("spills_over", "part_missing"))
    assert (verdict.comment, verdict.seconds, verdict.source) == (
        "the tail\nand leg",
        2.5,
        Source.LABEL_STUDIO,
    )
    times = {each["id"]: each["annotations"] for each in project.export()}
    (annotation,) = times[project.tasks[other]]
    assert verdict.decided_at == datetime.fromisoformat(annotation["updated_at"])


def test_pulling_again_adds_nothing(on_each_store: JudgedProject) -> None:
    project = on_each_store
    for mask_id in project.masks:
        project.annotate(mask_id, CORRECT)
    pull(project)
    n_before = n_entries(project.audit)
    for full in (False, True):
        assert counts(pull(project, full=full)) == (0, 0, 0)
    assert n_entries(project.audit) == n_before


def test_edits_skips_and_deletions_come_back(on_each_store: JudgedProject, second: Annotator) -> None:
    project = on_each_store
    edited, skipped, deleted, cleared, unskipped, *_ = project.masks
    numbers = {mask_id: project.annotate(mask_id, CORRECT) for mask_id in project.masks[:4]}
    project.annotate(edited, UNSURE, who=second)
    numbers[unskipped] = project.annotate(unskipped, CORRECT, was_cancelled=True)
    assert counts(pull(project)) == (5, 0, 0)

    project.edit(numbers[edited], result=[INCORRECT, choices("reasons", "whole_image")])
    project.edit(numbers[skipped], was_cancelled=True)
    project.delete(numbers[deleted])
    project.delete_annotations_of(project.tasks[cleared])
    project.edit(numbers[unskipped], was_cancelled=False)
    result = pull(project)

    assert counts(result) == (1, 1, 3)
    assert (result.is_whole, result.n_skipped) == (False, 1)
    assert set(project.said()) == {
        (edited, "owner@example.com"),
        (edited, "second@example.com"),
        (unskipped, "owner@example.com"),
    }


def test_of_several_annotations_of_one_person_the_latest_counts(project: JudgedProject) -> None:
    mask_id = project.masks[0]
    first = project.annotate(mask_id, CORRECT)
    last = project.annotate(mask_id, INCORRECT)
    pull(project)
    assert project.said()[mask_id, "owner@example.com"][0] == "incorrect"

    project.edit(first, result=[UNSURE])
    pull(project)
    assert project.said()[mask_id, "owner@example.com"][0] == "unsure"

    project.delete(first)
    pull(project)
    assert project.said()[mask_id, "owner@example.com"][0] == "incorrect"

    project.edit(last, was_cancelled=True)
    assert pull(project).n_withdrawn == 1
    project.edit(last, was_cancelled=False)
    assert counts(pull(project)) == (1, 0, 0)


def test_an_annotation_stands_again_when_a_later_one_is_gone(project: JudgedProject) -> None:
    mask_id = project.masks[0]
    project.annotate(mask_id, CORRECT)
    pull(project)
    for _ in range(2):
        later = project.annotate(mask_id, INCORRECT)
        assert counts(pull(project)) == (0, 1, 0)
        project.delete(later)
        assert counts(pull(project)) == (0, 1, 0)
        assert project.said() == {(mask_id, "owner@example.com"): ("correct", frozenset(), "")}


def test_a_deleted_task_takes_its_verdicts_back(on_each_store: JudgedProject) -> None:
    project = on_each_store
    for mask_id in project.masks:
        project.annotate(mask_id, CORRECT)
    pull(project)
    for mask_id in project.masks[:2]:
        project.delete_task(project.tasks[mask_id])
    result = pull(project)
    assert (result.n_withdrawn, result.n_gone, result.is_whole) == (2, 2, True)
    assert "2 tasks were deleted there" in " ".join(result.remarks)


def test_only_what_changed_is_read_again(project: JudgedProject) -> None:
    for mask_id in project.masks:
        project.annotate(mask_id, CORRECT)
    pull(project)
    assert pull(project).n_tasks_read == 0
    project.annotate(project.masks[0], UNSURE)
    assert pull(project).n_tasks_read == 1


def test_a_change_that_shows_later_than_others_stamped_after_it_is_not_missed(
    project: JudgedProject,
) -> None:
    late, *others = project.masks
    for mask_id in (late, *others):
        project.annotate(mask_id, CORRECT)
    pull(project)
    with project.audit.store.transaction() as transaction:
        (row,) = load_projects(transaction, project.audit.sample.sample_id)
        drop_tasks(transaction, row.project_id, [project.tasks[late]])

    result = pull(project)
    assert (counts(result), result.is_whole) == ((0, 0, 0), False)
    assert result.n_tasks_read > 1


def test_a_task_deleted_while_another_was_made_is_missed_by_no_pull(project: JudgedProject) -> None:
    kept, gone, *_ = project.masks
    project.annotate(kept, CORRECT)
    project.annotate(gone, CORRECT)
    pull(project)
    project.delete_task(project.tasks[gone])
    project.add_task(image="/data/x.jpg", question="?", item_uid=gone)
    assert pull(project).n_gone == 1


@pytest.mark.parametrize(
    ("results", "clause"),
    [
        ([CORRECT, choices("reasons", "spills_over")], "it gives the reason 'spills_over' under correct"),
        ([choices("verdict", "perfect")], "'perfect' is an unknown choice of verdict"),
        ([choices("verdict", "correct", "unsure")], "it holds 2 verdicts: 'correct', 'unsure'"),
        ([CORRECT, choices("mood", "good")], "it holds a result of the unknown control 'mood'"),
        ([], "it holds no verdict"),
    ],
)
def test_what_cannot_be_taken_is_named_until_it_is_right(
    project: JudgedProject, results: list[Any], clause: str
) -> None:
    mask_id = project.masks[0]
    number = project.annotate(mask_id, CORRECT)
    pull(project)
    project.edit(number, result=results)

    for _ in range(2):
        result = pull(project)
        line = f"task {project.tasks[mask_id]}, annotation {number} by owner@example.com: {clause}"
        assert [refusal_line(each) for each in result.refused] == [line]
    assert project.said() == {}

    project.edit(number, result=[INCORRECT])
    assert pull(project).refused == ()


def test_a_task_that_shows_no_mask_of_the_sample_is_named(project: JudgedProject) -> None:
    task = project.add_task(image="/data/x.jpg", question="?", item_uid="f" * 24)
    path = f"/api/tasks/{task}/annotations/"
    project.ask("POST", path, json={"result": [CORRECT]})
    (refused,) = pull(project).refused
    assert (refused.task_number, refused.mask_id) == (task, None)
    assert refused.refusal == "its task shows no mask of this sample"


def test_a_task_from_elsewhere_that_shows_a_mask_is_taken_and_named(project: JudgedProject) -> None:
    mask_id = project.masks[0]
    data = next(each["data"] for each in project.export() if each["data"]["item_uid"] == mask_id)
    copy = project.add_task(**data)
    project.ask("POST", f"/api/tasks/{copy}/annotations/", json={"result": [CORRECT]})
    result = pull(project)
    assert counts(result) == (1, 0, 0)
    assert result.n_foreign == 1
    assert "1 tasks were not pushed from here" in result.remarks[0]


def test_what_is_said_of_a_task_that_was_changed_by_hand_is_refused(project: JudgedProject) -> None:
    mask_id = project.masks[0]
    task = project.tasks[mask_id]
    project.annotate(mask_id, CORRECT)
    pull(project)
    data = next(each["data"] for each in project.export() if each["id"] == task)

    project.ask("PATCH", f"/api/tasks/{task}/", json={"data": data | {"image": "/data/other.jpg"}})
    result = pull(project)
    assert result.n_withdrawn == 1
    assert "changed by hand" in result.refused[0].refusal

    project.ask("PATCH", f"/api/tasks/{task}/", json={"data": data})
    result = pull(project)
    assert (counts(result), result.refused) == ((1, 0, 0), ())


def test_a_config_that_was_changed_there_is_noticed(project: JudgedProject) -> None:
    project.annotate(project.masks[0], CORRECT)
    assert not pull(project).is_config_changed
    config = '<View><Image name="image" value="$image"/></View>'
    project.ask("PATCH", f"/api/projects/{project.number}/", json={"label_config": config})
    result = pull(project)
    assert result.is_config_changed
    assert "config is not the one that was pushed" in result.remarks[0]


def test_annotators_are_known_by_the_names_that_they_were_given(
    project: JudgedProject, second: Annotator
) -> None:
    project.annotate(project.masks[0], CORRECT)
    project.annotate(project.masks[0], UNSURE, who=second)
    pull(project)
    named = {"OWNER@example.com": "ann", str(second.user_id): "ben"}
    workspace = project.audit.workspace
    renamed = replace(workspace, settings=replace(workspace.settings, annotators=named))
    with project.server() as server:
        request = PullRequest(sample=None, project=None, is_full=True)
        result = pull_verdicts(renamed, request, server, datetime.now(UTC))
    assert counts(result) == (2, 0, 2)
    assert {reviewer for _, reviewer in project.said()} == {"ann", "ben"}


def test_the_verdicts_of_somebody_who_was_shut_out_are_taken(project: JudgedProject) -> None:
    with project.audit.store.transaction() as transaction:
        now = datetime.now(UTC)
        put_disabled(transaction, ensure_reviewer(transaction, "owner@example.com", now).reviewer_id, now)
    project.annotate(project.masks[0], CORRECT)
    assert counts(pull(project)) == (1, 0, 0)


def test_what_the_same_person_decided_later_on_the_page_stands(on_each_store: JudgedProject) -> None:
    project = on_each_store
    mask_id = project.masks[0]
    number = project.annotate(mask_id, CORRECT)
    pull(project)
    now = datetime.now(UTC)
    on_page = Reading(mask_id=mask_id, verdict=Verdict.UNSURE, client_key="page-key-1", decided_at=now)
    with project.audit.store.transaction() as transaction:
        reviewer = ensure_reviewer(transaction, "owner@example.com", now)
        add_readings(transaction, reviewer.reviewer_id, [on_page], source=Source.PAGE, now=now)

    for full in (False, True):
        with project.server() as server:
            request = PullRequest(sample=None, project=None, is_full=full)
            result = pull_verdicts(project.audit.workspace, request, server, now)
        assert (counts(result), result.n_older) == ((0, 0, 0), 1)
    assert project.standing()[mask_id, "owner@example.com"].verdict is Verdict.UNSURE

    project.edit(number, result=[INCORRECT])
    assert counts(pull(project)) == (0, 1, 0)


@pytest.mark.filterwarnings("ignore:The `parse_obj` method is deprecated")  # the client's own
@pytest.mark.parametrize("kind", ["legacy", "personal"])
def test_either_kind_of_token_will_do(project: JudgedProject, second: Annotator, kind: str) -> None:
    project.annotate(project.masks[0], CORRECT)
    token = second.token if kind == "legacy" else project.running.personal_access_token(second)
    with project.server(token) as server:
        request = PullRequest(sample=None, project=None, is_full=False)
        result = pull_verdicts(project.audit.workspace, request, server, datetime.now(UTC))
    assert result.n_new == 1
    project.check_journal()


def test_a_clock_that_was_set_back_hides_nothing(project: JudgedProject) -> None:
    project.annotate(project.masks[0], CORRECT)
    pull(project)
    ahead = datetime.now(UTC) + timedelta(days=2)
    with project.audit.store.transaction() as transaction:
        (row,) = load_projects(transaction, project.audit.sample.sample_id)
        put_pulled(transaction, row.project_id, watermark=ahead, pulled_at=ahead)
    project.annotate(project.masks[1], CORRECT)

    result = pull(project)
    assert (result.n_new, result.is_whole) == (1, True)
    assert result.watermark is not None
    assert result.watermark < datetime.now(UTC)
    assert not pull(project).is_whole


def test_a_project_nobody_pushed_to_from_here_can_be_named(
    project: JudgedProject, other_audit: SmallAudit
) -> None:
    with project.server() as server:
        request = PullRequest(sample=None, project=None, is_full=False)
        with pytest.raises(InputError, match="sample main is in no project of http.* push it there first"):
            pull_verdicts(other_audit.workspace, request, server, datetime.now(UTC))
        with pytest.raises(InputError, match="--project 999999: there is no such project"):
            pull_verdicts(other_audit.workspace, replace(request, project=999_999), server, datetime.now(UTC))
        with other_audit.store.reading() as transaction:
            assert load_projects(transaction, other_audit.sample.sample_id) == []

        project.annotate(project.masks[0], CORRECT)
        request = replace(request, project=project.number)
        result = pull_verdicts(other_audit.workspace, request, server, datetime.now(UTC))
    assert (result.n_new, result.n_foreign) == (1, len(project.masks))


Act = Callable[[JudgedProject], None]


def test_pulls_after_every_change_end_where_a_single_one_ends(
    on_each_store: JudgedProject, other_audit: SmallAudit, second: Annotator
) -> None:
    project = on_each_store
    first, other, third, *_ = project.masks
    numbers: dict[str, int] = {}

    def note(name: str, number: int) -> None:
        numbers[name] = number

    changes: list[Act] = [
        lambda p: note("a", p.annotate(first, CORRECT)),
        lambda p: note("b", p.annotate(first, UNSURE, who=second)),
        lambda p: p.edit(numbers["a"], result=[INCORRECT, choices("reasons", "not_visible")]),
        lambda p: note("c", p.annotate(other, CORRECT, was_cancelled=True)),
        lambda p: note("d", p.annotate(other, INCORRECT)),
        lambda p: p.edit(numbers["c"], was_cancelled=False),
        lambda p: p.delete(numbers["b"]),
        lambda p: note("e", p.annotate(third, CORRECT, comment("ok"), who=second)),
        lambda p: p.edit(numbers["e"], result=[choices("verdict", "nonsense")]),
        lambda p: p.delete_task(p.tasks[other]),
    ]
    for change in changes:
        change(project)
        pull(project)

    with project.server() as server:
        request = PullRequest(sample=None, project=project.number, is_full=True)
        pull_verdicts(other_audit.workspace, request, server, datetime.now(UTC))
    single = replace(project, audit=other_audit)
    assert single.said() == project.said()
