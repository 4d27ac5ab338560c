"""Servers get other addresses, samples are drawn anew, people judge elsewhere too: the latest word stands."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from audit.errors import InputError
from audit.jobs.label_studio.connection import ServerAddress, connected
from audit.jobs.label_studio.pull import PullRequest, pull_verdicts
from audit.jobs.label_studio.pulled import PullResult
from db.label_studio import load_projects
from db.records import Reading, Source, Verdict
from db.reviewers import ensure_reviewer
from db.reviews import add_readings, load_standing
from db.samples import remove_sample
from tests.audit.review.label_studio.annotations import choices
from tests.label_studio.pushing import push, tasks_in
from tests.label_studio.server import RunningServer
from tests.label_studio.workspace import SmallAudit, small_audit

pytestmark = pytest.mark.label_studio

CORRECT, INCORRECT = choices("verdict", "correct"), choices("verdict", "incorrect")


@pytest.fixture
def audit(tmp_path: Path) -> Iterator[SmallAudit]:
    made = small_audit(tmp_path)
    yield made
    made.store.close()


def pull(audit: SmallAudit, running: RunningServer, url: str, project: int | None = None) -> PullResult:
    request = PullRequest(sample=None, project=project, is_full=False)
    with connected(ServerAddress(url=url, token=running.token)) as server:
        return pull_verdicts(audit.workspace, request, server, datetime.now(UTC))


def annotate(running: RunningServer, task: int, result: object) -> int:
    with running.http_as(running.token) as http:
        sent = {"result": [result], "lead_time": 2.5}
        return int(http.post(f"/api/tasks/{task}/annotations/", json=sent).raise_for_status().json()["id"])


def delete(running: RunningServer, annotation: int) -> None:
    with running.http_as(running.token) as http:
        http.delete(f"/api/annotations/{annotation}/").raise_for_status()


def standing(audit: SmallAudit) -> list[tuple[str, Verdict, Source]]:
    with audit.store.reading() as transaction:
        return [
            (each.reviewer, each.verdict, each.source)
            for each in load_standing(transaction, audit.sample.sample_id)
        ]


@pytest.mark.parametrize("is_pushed_again", [True, False])
def test_a_server_with_another_address_is_known_again(
    audit: SmallAudit, label_studio: RunningServer, is_pushed_again: bool
) -> None:
    project = push(audit, label_studio).project
    first, second, *_ = tasks_in(label_studio, project)
    kept, deleted = (annotate(label_studio, each["id"], CORRECT) for each in (first, second))
    assert pull(audit, label_studio, label_studio.url).n_new == 2

    moved = label_studio.url.replace("127.0.0.1", "localhost")
    if is_pushed_again:
        assert push(audit, label_studio, url=moved).n_there == 9
    delete(label_studio, deleted)
    result = pull(audit, label_studio, moved, project)

    assert (result.n_withdrawn, result.n_judgements, result.n_foreign) == (1, 1, 0)
    with audit.store.reading() as transaction:
        (known,) = load_projects(transaction, audit.sample.sample_id)
    assert known.url == moved
    delete(label_studio, kept)
    assert pull(audit, label_studio, moved).n_withdrawn == 1
    assert standing(audit) == []


def test_what_was_pulled_for_a_sample_that_was_drawn_anew_can_be_taken_back(
    audit: SmallAudit, tmp_path: Path, label_studio: RunningServer
) -> None:
    project = push(audit, label_studio).project
    task, *_ = tasks_in(label_studio, project)
    annotation = annotate(label_studio, task["id"], CORRECT)
    pull(audit, label_studio, label_studio.url)
    with audit.store.transaction() as transaction:
        remove_sample(transaction, "main")

    again = small_audit(tmp_path, store_url=str(audit.workspace.settings.database_url), name="again")
    assert [verdict for _, verdict, _ in standing(again)] == [Verdict.CORRECT]
    assert pull(again, label_studio, label_studio.url, project).n_judgements == 1
    delete(label_studio, annotation)
    assert pull(again, label_studio, label_studio.url, project).n_withdrawn == 1
    assert standing(again) == []
    again.store.close()


def test_a_project_of_another_sample_is_refused(
    audit: SmallAudit, tmp_path: Path, label_studio: RunningServer
) -> None:
    project = push(audit, label_studio).project
    other = small_audit(tmp_path, store_url=str(audit.workspace.settings.database_url), name="other")
    with pytest.raises(InputError, match="holds the masks of sample main, not of other: say --sample main"):
        pull(other, label_studio, label_studio.url, project)
    other.store.close()


def test_what_was_said_on_the_page_stands_again_when_the_annotation_is_gone(
    audit: SmallAudit, label_studio: RunningServer
) -> None:
    project = push(audit, label_studio).project
    task, *_ = tasks_in(label_studio, project)
    before = datetime.now(UTC)
    with audit.store.transaction() as transaction:
        owner = ensure_reviewer(transaction, label_studio.owner.email, before)
        said = Reading(
            mask_id=task["data"]["item_uid"],
            verdict=Verdict.UNSURE,
            client_key="a key press",
            decided_at=before,
            second_probability=1.0,
        )
        add_readings(transaction, owner.reviewer_id, [said], source=Source.PAGE, now=before)
    annotation = annotate(label_studio, task["id"], INCORRECT)
    pull(audit, label_studio, label_studio.url)
    assert standing(audit) == [(label_studio.owner.email, Verdict.INCORRECT, Source.LABEL_STUDIO)]

    delete(label_studio, annotation)
    pull(audit, label_studio, label_studio.url)
    assert standing(audit) == [(label_studio.owner.email, Verdict.UNSURE, Source.PAGE)]
    with audit.store.reading() as transaction:
        (again,) = load_standing(transaction, audit.sample.sample_id)
    assert (again.decided_at, again.second_probability) == (before, 1.0)
