"""Whatever goes wrong on the way: nothing is half-written, and the next pull ends where the server is."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import text

from audit.errors import InputError
from audit.jobs.label_studio import pull as pulling
from audit.jobs.label_studio.pull import PullRequest, pull_verdicts
from audit.jobs.label_studio.pulled import PullResult
from audit.jobs.label_studio.watch import Failure, Rhythm, watch_verdicts
from audit.review.label_studio import server as serving
from audit.review.label_studio.server_faults import UnansweredError
from db.errors import BusyError, ConflictError
from db.label_studio import load_annotations, load_projects
from db.reviewers import load_reviewers
from db.reviews import count_entries
from db.turns import alone
from tests.audit.review.label_studio.annotations import choices
from tests.label_studio.annotating import IMPATIENT, JudgedProject, judged_project
from tests.label_studio.fault_proxy import (
    FOR_EVER,
    Fault,
    FaultProxy,
    answer_lost,
    answered_late,
    answers,
    fault_proxy,
    request_lost,
)
from tests.label_studio.server import RunningServer
from tests.label_studio.workspace import small_audit

pytestmark = pytest.mark.label_studio

CORRECT = choices("verdict", "correct")
INCORRECT = choices("verdict", "incorrect")
REQUEST = PullRequest(sample=None, project=None, is_full=False)
TASKS = r"/api/tasks"


@pytest.fixture
def proxy(label_studio: RunningServer) -> Iterator[FaultProxy]:
    with fault_proxy(to_port=label_studio.port) as proxy:
        yield proxy


@pytest.fixture
def project(tmp_path: Path, label_studio: RunningServer, proxy: FaultProxy) -> Iterator[JudgedProject]:
    """A project that is reached through the proxy; every mask is judged, and two were pulled already."""
    audit = small_audit(tmp_path)
    made = judged_project(audit, label_studio, url=proxy.url)
    for mask_id in made.masks[:2]:
        made.annotate(mask_id, CORRECT)
    pull(made)
    for mask_id in made.masks[1:]:
        made.annotate(mask_id, INCORRECT)
    yield made
    audit.store.close()


def pull(project: JudgedProject, request: PullRequest = REQUEST) -> PullResult:
    with project.server(patience=IMPATIENT) as server:
        result = pull_verdicts(project.audit.workspace, request, server, datetime.now(UTC))
    project.check_journal()
    return result


def all_that_is_kept(project: JudgedProject) -> tuple[object, ...]:
    with project.audit.store.reading() as transaction:
        projects = load_projects(transaction, project.audit.sample.sample_id)
        return (
            projects,
            [load_annotations(transaction, each.project_id) for each in projects],
            load_reviewers(transaction),
            count_entries(transaction),
        )


@pytest.mark.parametrize(("nth", "is_full"), [(1, False), (3, True)])
@pytest.mark.parametrize(
    "fault",
    [answers(500), answers(503), answer_lost, request_lost, answered_late(4.0)],
    ids=["500", "503", "answer lost", "request lost", "too slow"],
)
def test_a_server_that_fails_midway_leaves_everything_as_it_was(
    project: JudgedProject,
    proxy: FaultProxy,
    monkeypatch: pytest.MonkeyPatch,
    fault: Fault,
    nth: int,
    is_full: bool,
) -> None:
    monkeypatch.setattr(serving, "PAGE_SIZE", 2)  # several answers make a pull
    before = all_that_is_kept(project)
    proxy.on("GET", TASKS, fault, nth=nth)
    with pytest.raises(UnansweredError):
        pull(project, replace(REQUEST, is_full=is_full))
    assert all_that_is_kept(project) == before

    result = pull(project)
    assert (result.n_new, result.n_changed) == (len(project.masks) - 2, 1)


def test_a_server_that_is_down_leaves_everything_as_it_was(project: JudgedProject) -> None:
    before = all_that_is_kept(project)
    with project.running.stopped(), pytest.raises(UnansweredError):
        pull(project)
    assert all_that_is_kept(project) == before
    assert pull(project).n_changed == 1


def test_a_failing_question_who_people_are_leaves_everything_as_it_was(
    project: JudgedProject, proxy: FaultProxy
) -> None:
    before = all_that_is_kept(project)
    proxy.on("GET", r"/api/users", answers(500))
    with pytest.raises(UnansweredError):
        pull(project)
    assert all_that_is_kept(project) == before
    pull(project)


def test_a_wrong_token_is_named_as_such(project: JudgedProject) -> None:
    before = all_that_is_kept(project)
    with (
        project.server(token="f" * 40) as server,
        pytest.raises(InputError, match="does not accept the token"),
    ):
        pull_verdicts(project.audit.workspace, REQUEST, server, datetime.now(UTC))
    assert all_that_is_kept(project) == before


def test_a_store_that_fails_at_the_end_keeps_nothing_of_it(project: JudgedProject) -> None:
    before = all_that_is_kept(project)
    _execute(
        project,
        "CREATE TRIGGER full BEFORE UPDATE ON label_studio_projects BEGIN SELECT RAISE(ABORT, 'full'); END",
    )
    with pytest.raises(ConflictError, match="full"):
        pull(project)
    assert all_that_is_kept(project) == before

    _execute(project, "DROP TRIGGER full")
    assert pull(project).n_changed == 1


def _execute(project: JudgedProject, statement: str) -> None:
    with project.audit.store.transaction() as transaction:
        transaction.connection.execute(text(statement))


def test_two_pulls_at_once_do_not_disturb_each_other(project: JudgedProject) -> None:
    results: list[PullResult] = []

    def one() -> None:
        with project.server() as server:
            results.append(pull_verdicts(project.audit.workspace, REQUEST, server, datetime.now(UTC)))

    threads = [Thread(target=one) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(result.n_new for result in results) == [0, 0, len(project.masks) - 2]
    project.check_journal()


def test_a_pull_waits_for_another_one_only_so_long(
    project: JudgedProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulling, "WAIT_SECONDS", 0.0)
    holding, ending = Event(), Event()

    def other() -> None:
        turn = f"label-studio pull {project.url} {project.number}"
        with alone(project.audit.store, turn, wait_seconds=0):
            holding.set()
            ending.wait()

    thread = Thread(target=other)
    thread.start()
    holding.wait()
    try:
        with pytest.raises(BusyError):
            pull(project)
    finally:
        ending.set()
        thread.join()
    pull(project)


class Pauses:
    """Stands between the pulls of a watch: does one thing after the other, and then presses Ctrl-C."""

    def __init__(self, *acts: object) -> None:
        self.acts = list(acts)
        self.seconds: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
        if not self.acts:
            raise KeyboardInterrupt
        act = self.acts.pop(0)
        if callable(act):
            act()


def watched(project: JudgedProject, pauses: Pauses) -> list[PullResult | Failure]:
    with project.server(patience=IMPATIENT) as server:
        return list(
            watch_verdicts(
                project.audit.workspace,
                REQUEST,
                server,
                Rhythm(seconds=10, longest=50),
                now=lambda: datetime.now(UTC),
                pause=pauses,
            )
        )


def test_a_watch_tells_what_changed_and_nothing_else(project: JudgedProject) -> None:
    later = project.masks[0]
    pauses = Pauses(None, lambda: project.annotate(later, INCORRECT), None, None)
    first, second = watched(project, pauses)
    assert isinstance(first, PullResult)
    assert isinstance(second, PullResult)
    assert (first.n_new, second.n_changed) == (len(project.masks) - 2, 1)
    assert pauses.seconds == [10] * 5
    project.check_journal()


def test_a_watch_outlives_a_server_that_does_not_answer(project: JudgedProject, proxy: FaultProxy) -> None:
    def break_down() -> None:
        proxy.on("GET", r"/api/", answers(502), times=4)

    first, failure, again = watched(project, Pauses(break_down, None, None, None, None))
    assert isinstance(first, PullResult)
    assert isinstance(failure, UnansweredError)
    assert isinstance(again, PullResult)


def test_a_watch_asks_less_and_less_often_while_there_is_no_answer(
    project: JudgedProject, proxy: FaultProxy
) -> None:
    proxy.on("GET", r"/api/", answers(502), times=FOR_EVER)
    pauses = Pauses(None, None, None)
    (failure,) = watched(project, pauses)
    assert isinstance(failure, UnansweredError)
    assert pauses.seconds == [20, 40, 50, 50]


def test_a_watch_ends_where_the_user_must_change_something(project: JudgedProject) -> None:
    with project.server(token="f" * 40) as server, pytest.raises(InputError, match="token"):
        next(
            watch_verdicts(
                project.audit.workspace,
                REQUEST,
                server,
                Rhythm(),
                now=lambda: datetime.now(UTC),
                pause=Pauses(),
            )
        )
