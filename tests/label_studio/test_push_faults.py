"""Pushing while the line and the server fail: each mask has one task at the end all the same."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from audit.errors import InputError, UnavailableError
from audit.jobs.label_studio import push as pushing
from audit.jobs.label_studio.connection import ServerAddress, connected
from audit.jobs.label_studio.push import PushRequest, push_masks
from audit.jobs.label_studio.sending import Waiting
from audit.jobs.progress import SILENT
from audit.review.label_studio.server import Patience
from tests.label_studio.fault_proxy import (
    FOR_EVER,
    Answer,
    Exchange,
    Fault,
    FaultProxy,
    answer_lost,
    answered_late,
    answers,
    cut_in_body,
    fault_proxy,
    forwarded_late,
    request_lost,
)
from tests.label_studio.pushing import SOON, n_tasks_of_masks, once, push, tasks_in
from tests.label_studio.server import RunningServer
from tests.label_studio.workspace import SmallAudit, small_audit

pytestmark = pytest.mark.label_studio

IMPORT = r"/import\?.*return_task_ids"
UPLOAD = r"/import\?commit_to_project=false"
HURRIED = Patience(read_seconds=20, write_seconds=1, n_retries=0)


@pytest.fixture
def audit(tmp_path: Path) -> SmallAudit:
    return small_audit(tmp_path / "workspace")


@pytest.fixture
def proxy(label_studio: RunningServer) -> Iterator[FaultProxy]:
    with fault_proxy(to_port=label_studio.port) as running:
        yield running


@pytest.mark.parametrize("fault", [answers(500), answers(502), request_lost, cut_in_body, answer_lost])
@pytest.mark.parametrize("path", [IMPORT, UPLOAD])
def test_a_push_that_meets_a_fault_goes_on_and_sends_nothing_twice(
    audit: SmallAudit,
    label_studio: RunningServer,
    proxy: FaultProxy,
    fault,
    path: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pushing, "BATCH_SIZE", 4)
    proxy.on("POST", path, fault)
    result = push(audit, label_studio, url=proxy.url)
    assert (result.n_pushed, result.n_surplus_removed, result.remarks) == (9, 0, ())
    assert n_tasks_of_masks(label_studio, result.project) == once(audit)
    assert all(len(task["predictions"]) == 1 for task in tasks_in(label_studio, result.project))


def in_its_place(exchange: Exchange) -> None:
    """Something before the server answers as if all were well, and is not Label Studio."""
    exchange.body()
    exchange.answer(Answer(status=200, headers=[("Content-Type", "text/html")], body=b"<html>sorry</html>"))


def at_most(n_bytes: int) -> Fault:
    """What stands before the server takes no larger requests."""

    def fault(exchange: Exchange) -> None:
        body = exchange.body()
        exchange.answer(Answer(status=413) if len(body) > n_bytes else exchange.forward(body))

    return fault


@pytest.mark.parametrize(
    ("method", "path"), [("POST", IMPORT), ("POST", UPLOAD), ("GET", r"/api/tasks"), ("GET", "file-uploads")]
)
def test_a_push_goes_on_after_something_else_answered_in_the_place_of_the_server(
    audit: SmallAudit, label_studio: RunningServer, proxy: FaultProxy, method: str, path: str
) -> None:
    proxy.on(method, path, in_its_place, nth=2 if path == r"/api/tasks" else 1)
    result = push(audit, label_studio, url=proxy.url)
    assert n_tasks_of_masks(label_studio, result.project) == once(audit)


def test_a_push_makes_its_requests_as_small_as_they_must_be(
    audit: SmallAudit, label_studio: RunningServer, proxy: FaultProxy
) -> None:
    for path, n_bytes in ((IMPORT, 4000), (UPLOAD, 12_000)):
        proxy.on("POST", path, at_most(n_bytes), times=FOR_EVER)
    result = push(audit, label_studio, url=proxy.url)
    assert n_tasks_of_masks(label_studio, result.project) == once(audit)
    for path in (IMPORT, UPLOAD):
        assert {each.status for each in proxy.matching("POST", path)} > {413}


def test_a_mask_that_no_request_can_carry_is_told_with_what_to_do(
    audit: SmallAudit, label_studio: RunningServer, proxy: FaultProxy
) -> None:
    proxy.on("POST", IMPORT, at_most(10), times=FOR_EVER)
    with pytest.raises(InputError, match="raise its limit .*client_max_body_size"):
        push(audit, label_studio, url=proxy.url)


def test_an_import_that_was_done_and_not_answered_is_not_sent_again(
    audit: SmallAudit, label_studio: RunningServer, proxy: FaultProxy
) -> None:
    proxy.on("POST", IMPORT, answer_lost)
    push(audit, label_studio, url=proxy.url)
    assert len(proxy.matching("POST", IMPORT)) == 1


def test_pictures_that_are_there_already_are_not_uploaded_again(
    audit: SmallAudit, label_studio: RunningServer, proxy: FaultProxy
) -> None:
    proxy.on("POST", UPLOAD, answer_lost)
    project = push(audit, label_studio, url=proxy.url).project
    with label_studio.http_as(label_studio.token) as http:
        uploads = http.get(f"/api/projects/{project}/file-uploads", params={"all": "true"}).json()
    assert len(proxy.matching("POST", UPLOAD)) == 1
    assert len(uploads) == 4


def test_an_answer_that_takes_longer_than_anybody_waits_is_not_needed(
    audit: SmallAudit, label_studio: RunningServer, proxy: FaultProxy
) -> None:
    proxy.on("POST", IMPORT, answered_late(5))
    result = push(audit, label_studio, url=proxy.url, patience=HURRIED)
    assert n_tasks_of_masks(label_studio, result.project) == once(audit)
    assert len(proxy.matching("POST", IMPORT)) == 1


def test_an_import_that_arrives_late_is_waited_for(
    audit: SmallAudit, label_studio: RunningServer, proxy: FaultProxy
) -> None:
    proxy.on("POST", IMPORT, forwarded_late(1))
    result = push(audit, label_studio, url=proxy.url, waiting=Waiting(pauses=60 * (0.5,)))
    assert n_tasks_of_masks(label_studio, result.project) == once(audit)
    assert len(proxy.matching("POST", IMPORT)) == 1


def test_an_import_that_arrives_after_the_push_leaves_copies_that_the_next_push_removes(
    audit: SmallAudit, label_studio: RunningServer, proxy: FaultProxy
) -> None:
    proxy.on("POST", IMPORT, forwarded_late(4))
    project = push(audit, label_studio, url=proxy.url).project
    proxy.wait_until_idle()
    assert sum(n_tasks_of_masks(label_studio, project).values()) == 18
    result = push(audit, label_studio, url=proxy.url)
    assert (result.n_surplus_removed, result.n_there) == (9, 9)
    assert n_tasks_of_masks(label_studio, project) == once(audit)


@pytest.mark.parametrize("fault", [answer_lost, answered_late(5)])
def test_a_project_whose_creation_was_not_answered_is_found_again(
    audit: SmallAudit, label_studio: RunningServer, proxy: FaultProxy, fault
) -> None:
    proxy.on("POST", r"/api/projects/?$", fault)
    result = push(audit, label_studio, url=proxy.url, patience=HURRIED)
    assert len(proxy.matching("POST", r"/api/projects/?$")) == 1
    assert n_tasks_of_masks(label_studio, result.project) == once(audit)


def test_a_server_that_keeps_failing_ends_the_push_and_the_next_one_goes_on(
    audit: SmallAudit, label_studio: RunningServer, proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pushing, "BATCH_SIZE", 4)
    proxy.on("POST", IMPORT, answers(500), nth=2, times=100)
    with pytest.raises(UnavailableError, match=r"4 masks are in project \d+.* goes on from there"):
        push(audit, label_studio, url=proxy.url)
    result = push(audit, label_studio)
    assert (result.n_there, result.n_pushed) == (4, 5)
    assert n_tasks_of_masks(label_studio, result.project) == once(audit)


def test_a_server_that_is_down_is_said_to_be(audit: SmallAudit, label_studio: RunningServer) -> None:
    with pytest.raises(UnavailableError, match="does not answer"):
        push(audit, label_studio, url="http://127.0.0.1:9")


def test_a_push_that_was_interrupted_is_completed_by_the_next(
    audit: SmallAudit, label_studio: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pushing, "BATCH_SIZE", 4)

    def interrupt(n: int) -> None:
        raise KeyboardInterrupt

    address = ServerAddress(url=label_studio.url, token=label_studio.token)
    with connected(address) as server, pytest.raises(KeyboardInterrupt):
        push_masks(
            audit.workspace,
            PushRequest(),
            server,
            progress=replace(SILENT, advance=interrupt),
            waiting=SOON,
        )
    result = push(audit, label_studio)
    assert (result.n_there, result.n_pushed) == (4, 5)
    assert n_tasks_of_masks(label_studio, result.project) == once(audit)


KILLED = """
import os, signal, sys
from pathlib import Path
from audit.jobs.label_studio import push as pushing
from audit.jobs.label_studio.connection import ServerAddress, connected
from audit.jobs.progress import Progress
from audit.jobs.workspace import open_workspace

pushing.BATCH_SIZE = 4
die = Progress(start=lambda n: None, advance=lambda n: os.kill(os.getpid(), signal.SIGKILL))
with connected(ServerAddress(url=sys.argv[2], token=os.environ["LABEL_STUDIO_API_KEY"])) as server:
    pushing.push_masks(open_workspace(Path(sys.argv[1])), pushing.PushRequest(), server, progress=die)
"""


def test_a_push_that_was_killed_is_completed_by_the_next(
    audit: SmallAudit, label_studio: RunningServer
) -> None:
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(audit.workspace.settings.folder), label_studio.url],
        env={**os.environ, "LABEL_STUDIO_API_KEY": label_studio.token},
        timeout=120,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    result = push(audit, label_studio)
    assert (result.n_there, result.n_pushed) == (4, 5)
    assert n_tasks_of_masks(label_studio, result.project) == once(audit)
