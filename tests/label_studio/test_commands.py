"""The commands as a team runs them, on a real server: push, judge, pull, report; no token left anywhere."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.audit.review.label_studio.annotations import choices, comment
from tests.datasets import Finished
from tests.label_studio.annotating import JudgedProject
from tests.label_studio.fault_proxy import FOR_EVER, Fault, answer_lost, answers, fault_proxy
from tests.label_studio.pushed_tasks import tasks_by_mask
from tests.label_studio.server import RunningServer
from tests.label_studio.workspace import SmallAudit, small_audit

pytestmark = pytest.mark.label_studio

COMMAND = [sys.executable, "-c", "from audit.cli import main; main()"]
Command = Callable[..., Finished]


@pytest.fixture
def audit(tmp_path: Path) -> Iterator[SmallAudit]:
    """A workspace with nine masks."""
    made = small_audit(tmp_path / "audit")
    yield made
    made.store.close()


@pytest.fixture
def mask_audit(audit: SmallAudit, label_studio: RunningServer) -> Command:
    """Run `mask-audit` as a process in the workspace, with the owner's token in its environment."""

    def run(*words: object, **environment: str) -> Finished:
        finished = subprocess.run(
            [*COMMAND, *map(str, words)],
            cwd=audit.workspace.settings.folder,
            env=environment_for(label_studio) | environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return Finished(finished.returncode, finished.stdout, finished.stderr)

    return run


def environment_for(server: RunningServer) -> dict[str, str]:
    """The variables that name the server and its owner's token."""
    return os.environ | {"LABEL_STUDIO_API_KEY": server.token, "LABEL_STUDIO_URL": server.url}


def done(finished: Finished) -> Any:
    """What a command that succeeded says as JSON."""
    assert finished.status == 0, finished.err
    assert finished.err == ""
    return finished.json


@pytest.fixture
def push(mask_audit: Command, audit: SmallAudit, label_studio: RunningServer) -> Callable[[], JudgedProject]:
    """Push the sample, and give its project for people to judge in."""

    def pushed() -> JudgedProject:
        said = done(mask_audit("label-studio", "push", "--json"))
        assert (said["is_new"], said["n_pushed"], said["n_there"], said["n_masks"]) == (True, 9, 0, 9)
        number = said["project"]
        tasks = tasks_by_mask(label_studio, number)
        return JudgedProject(
            audit=audit, running=label_studio, url=label_studio.url, number=number, tasks=tasks
        )

    return pushed


def test_two_commands_audit_a_sample(
    mask_audit: Command, push: Callable[[], JudgedProject], label_studio: RunningServer, tmp_path: Path
) -> None:
    second = label_studio.add_annotator("walk@example.com")
    project = push()
    assert project.tasks.keys() == project.audit.mask_ids
    edited, deleted, skipped, doubly, *others = project.masks
    judged = (edited, deleted, doubly, *others)
    annotations = {mask_id: project.annotate(mask_id, choices("verdict", "correct")) for mask_id in judged}
    project.annotate(skipped, choices("verdict", "incorrect"), was_cancelled=True)
    said = (choices("verdict", "incorrect"), choices("reasons", "spills_over"), comment("far too large"))
    project.annotate(doubly, *said, who=second)

    first = done(mask_audit("label-studio", "pull", "--json"))
    assert (first["n_new"], first["n_skipped"], first["refused"]) == (9, 1, [])
    assert sorted(first["new_reviewers"]) == sorted([label_studio.owner.email, second.email])
    unsure = [choices("verdict", "unsure"), choices("unsure_reasons", "ambiguous_question")]
    project.edit(annotations[edited], result=unsure)
    project.delete(annotations[deleted])
    later = done(mask_audit("label-studio", "pull", "--json"))
    assert (later["n_new"], later["n_changed"], later["n_withdrawn"], later["n_judgements"]) == (0, 1, 1, 8)
    assert project.said() == {
        (edited, label_studio.owner.email): ("unsure", {"ambiguous_question"}, ""),
        (doubly, second.email): ("incorrect", {"spills_over"}, "far too large"),
        **{(mask_id, label_studio.owner.email): ("correct", set(), "") for mask_id in (doubly, *others)},
    }
    again = done(mask_audit("label-studio", "pull", "--full", "--json"))
    assert (again["n_new"], again["n_changed"], again["n_withdrawn"], again["is_whole"]) == (0, 0, 0, True)

    state = done(mask_audit("label-studio", "status", "--json"))
    assert (state["n_pushed"], state["n_judged"], state["n_skipped"], state["n_missing"]) == (9, 7, 1, 0)
    assert state["n_unpulled"] == 0
    finished = mask_audit("report", "--out", tmp_path / "report", "--format", "json")
    assert finished.status == 0, finished.err
    report = json.loads((tmp_path / "report" / "report.json").read_text("utf-8"))
    assert report["sources"]["label-studio"] == {"n_verdicts": 8, "n_masks": 7}


def test_a_second_push_adds_nothing(mask_audit: Command) -> None:
    first = done(mask_audit("label-studio", "push", "--json"))

    again = done(mask_audit("label-studio", "push", "--json"))

    assert (again["project"], again["is_new"], again["n_pushed"], again["n_there"]) == (
        first["project"],
        False,
        0,
        9,
    )


def test_a_refused_annotation_is_named_and_status_says_so(
    mask_audit: Command, push: Callable[[], JudgedProject], label_studio: RunningServer
) -> None:
    project = push()
    mask_id, task = next(iter(project.tasks.items()))
    number = project.annotate(mask_id, choices("verdict", "correct"), choices("verdict", "unsure"))

    pulled = mask_audit("label-studio", "pull")

    assert pulled.status == 0
    where = f"task {task}, annotation {number} by {label_studio.owner.email}"
    assert f"  {where}: it holds 2 verdicts" in pulled.out
    assert where in mask_audit("label-studio", "status").out


def test_the_token_is_written_nowhere(
    mask_audit: Command, audit: SmallAudit, label_studio: RunningServer
) -> None:
    annotator = label_studio.add_annotator("tokens-nowhere@example.com")
    personal = label_studio.personal_access_token(annotator)
    tokens = (label_studio.token, personal)
    said = [
        mask_audit("label-studio", command, LABEL_STUDIO_API_KEY=token)
        for token in tokens
        for command in ("push", "pull", "status")
    ]
    assert [each.status for each in said] == [0] * 6, [each.err for each in said]
    said += [
        failed_push(mask_audit, label_studio, fault, token)
        for fault in (answers(401), answers(500), answer_lost)
        for token in tokens
    ]
    assert {each.status for each in said[6:]} == {2, 3}, [each.err for each in said]

    files = [file for file in audit.workspace.settings.folder.rglob("*") if file.is_file()]
    everything = b"".join(file.read_bytes() for file in files)
    everything += "".join(each.out + each.err for each in said).encode()
    assert any(file.suffix == ".sqlite" for file in files)
    assert label_studio.url.encode() in everything
    for token in tokens:
        assert token.encode() not in everything
        assert token[-20:].encode() not in everything


def failed_push(mask_audit: Command, label_studio: RunningServer, fault: Fault, token: str) -> Finished:
    """A push to a server with which every request goes wrong."""
    with fault_proxy(to_port=label_studio.port) as proxy:
        for method in ("GET", "POST"):
            proxy.on(method, "/api/", fault, times=FOR_EVER)
        return mask_audit("label-studio", "push", "--url", proxy.url, LABEL_STUDIO_API_KEY=token)


def test_a_wrong_token_is_told_in_one_line(mask_audit: Command) -> None:
    refused = mask_audit("label-studio", "push", LABEL_STUDIO_API_KEY="f" * 40)

    assert refused.status == 2
    assert "does not accept the token" in refused.err
    assert len(refused.err.splitlines()) == 1


def test_watching_tells_each_change_until_it_is_interrupted(
    push: Callable[[], JudgedProject], label_studio: RunningServer
) -> None:
    project = push()
    with subprocess.Popen(
        [*COMMAND, "label-studio", "pull", "--watch", "--every", "1", "--json"],
        cwd=project.audit.workspace.settings.folder,
        env=environment_for(label_studio),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as watching:
        assert watching.stdout is not None
        assert watching.stderr is not None
        assert json.loads(watching.stdout.readline())["n_judgements"] == 0
        number = project.annotate(project.masks[0], choices("verdict", "correct"))
        assert json.loads(watching.stdout.readline())["n_new"] == 1
        project.delete(number)
        assert json.loads(watching.stdout.readline())["n_withdrawn"] == 1
        watching.send_signal(signal.SIGINT)
        assert re.fullmatch(r"mask-audit: interrupted.*\n", watching.stderr.read())
        assert json.loads(watching.stdout.read())["error"]["kind"] == "interrupted"
        assert watching.wait(timeout=30) == 130
