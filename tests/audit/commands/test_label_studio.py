"""label-studio push, pull and status where no server answers: refusals, what is said, files to and fro."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.audit.commands.audited import exported_verdicts, report_of
from tests.datasets import Run, write_json

TOKEN = "5ecre7t0kenThatNobodyMaySee0123456789abcd"
NOBODY = "http://127.0.0.1:9"
"""Where no server is: the port is reserved, and nobody listens there."""


@pytest.fixture(autouse=True)
def no_server_known(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LABEL_STUDIO_API_KEY", "LABEL_STUDIO_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def sampled(run: Run, two_settings: Path) -> Path:
    """All twelve mentions of the two settings, drawn; the empty mask and the absent one need no reviewer."""
    assert run("sample", "--unit", "annotation", "--size", "12", "-w", two_settings).status == 0
    return two_settings


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (("push", "--to-file", "t.json", "--url", NOBODY), "--to-file speaks to no server: leave out --url"),
        (("push", "--to-file", "t.json", "--project", 3), "leave out --project"),
        (("push", "--to-file", "t.json", "--key-file", "key"), "leave out --key-file"),
        (
            ("push", "--url", NOBODY, "--image-url", "http://x/y"),
            "--image-url means nothing with --image-mode upload",
        ),
        (("push", "--url", NOBODY, "--image-mode", "url"), "--image-mode url needs --image-folder"),
        (("push", "--url", NOBODY, "--image-mode", "local"), "--image-mode local needs --image-folder"),
        (
            ("push", "--url", NOBODY, "--image-folder", "."),
            "--image-folder means nothing with --image-mode upload",
        ),
        (("push", "--project", 0), "--project"),
        (("push", "--mask-mode", "outline"), "--mask-mode"),
        (("pull", "--from-file", "e.json", "--watch", "--full"), "leave out --full, --watch"),
        (("pull", "--from-file", "e.json", "--every", 5), "leave out --every"),
        (("pull", "--every", 5), "--every says how often --watch asks"),
        (("pull", "--watch", "--every", 0), "--every"),
        (("pull", "--watch", "--every", "nan"), "--every"),
        (("push",), "--url http://HOST:PORT"),
        (("pull",), "--url http://HOST:PORT"),
        (("status",), "--url http://HOST:PORT"),
        (("push", "--url", "label.example.org"), "is no address of a server"),
        (("push", "--url", f"http://me:{TOKEN}@label.example.org"), "--url holds more than an address"),
        (("pull", "--url", NOBODY, "--sample", "other"), "no sample 'other'"),
        (("push", "--to-file", "t.txt"), "t.txt"),
        (("pull", "--from-file", "nowhere.json"), "nowhere.json"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(
    run: Run, sampled: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[object, ...], fault: str
) -> None:
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", TOKEN)

    finished = run("label-studio", *words, "-w", sampled)

    assert finished.status == 2
    assert fault in finished.err
    assert len(finished.err.splitlines()) == 1
    assert TOKEN not in finished.out + finished.err
    assert list(Path.cwd().iterdir()) == []


@pytest.mark.parametrize("command", ["push", "pull", "status"])
def test_without_a_token_it_says_where_to_put_one(run: Run, sampled: Path, command: str) -> None:
    finished = run("label-studio", command, "--url", NOBODY, "-w", sampled)

    assert finished.status == 2
    assert "LABEL_STUDIO_API_KEY" in finished.err
    assert "--key-file" in finished.err


def test_a_key_file_that_others_may_read_is_refused(run: Run, sampled: Path, tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text(TOKEN)
    key.chmod(0o640)

    finished = run("label-studio", "push", "--url", NOBODY, "--key-file", key, "-w", sampled)

    assert finished.status == 2
    assert f"chmod 600 {key}" in finished.err
    assert TOKEN not in finished.out + finished.err


@pytest.mark.slow
@pytest.mark.parametrize(
    "words", [("push",), ("status", "--project", 1), ("pull", "--project", 1, "--watch")]
)
def test_a_server_that_is_down_is_told_with_status_3(
    run: Run, sampled: Path, tmp_path: Path, words: tuple[object, ...]
) -> None:
    key = tmp_path / "key"
    key.write_text(f"{TOKEN}\n")
    key.chmod(0o600)

    finished = run("label-studio", *words, "--url", NOBODY, "--key-file", key, "-w", sampled, "--json")

    assert finished.status == 3
    assert finished.json["error"]["kind"] == "unavailable"
    assert f"Label Studio at {NOBODY} does not answer" in finished.err
    assert len(finished.err.splitlines()) == 1
    assert TOKEN not in finished.out + finished.err
    assert not [file for file in sampled.rglob("*") if file.is_file() and TOKEN.encode() in file.read_bytes()]


@pytest.mark.parametrize("words", [("push",), ("pull",), ("status",), ("push", "--to-file", "t.json")])
def test_without_label_studio_s_client_it_says_what_to_install(
    run: Run, sampled: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.setitem(sys.modules, "label_studio_sdk", None)

    finished = run("label-studio", *words, "-w", sampled)

    assert finished.status == 2
    assert "install mask-audit[label-studio]" in finished.err
    assert len(finished.err.splitlines()) == 1


def test_the_command_line_starts_without_loading_the_client() -> None:
    code = "import sys, audit.cli; sys.exit('label_studio_sdk' in sys.modules or 'httpx' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_tasks_go_out_as_a_file_and_come_back_as_an_export(run: Run, sampled: Path, tmp_path: Path) -> None:
    file = tmp_path / "tasks.json"
    written = run("label-studio", "push", "--to-file", file, "-w", sampled, "--json").json
    tasks = json.loads(file.read_text("utf-8"))
    export = write_json(
        tmp_path / "export.json", [exported(task, n) for n, task in enumerate(tasks, start=1)]
    )

    assert written["files"] == [str(file)]
    assert written["n_masks"] == len(tasks) == 16
    assert Path(written["config_file"]).exists()
    first = run("label-studio", "pull", "--from-file", export, "-w", sampled, "--json").json
    assert (first["n_new"], first["n_judgements"], first["n_skipped"]) == (14, 14, 1)
    assert [refused["task"] for refused in first["refused"]] == [2]
    assert first["new_reviewers"] == ["ann@example.org"]
    again = run("label-studio", "pull", "--from-file", export, "-w", sampled, "--json").json
    assert (again["n_new"], again["n_changed"], again["n_withdrawn"], again["n_judgements"]) == (0, 0, 0, 14)
    assert set(exported_verdicts(run, sampled, tmp_path).values()) == {"correct"}
    sources = report_of(run, sampled, tmp_path)["sources"]
    assert sources["label-studio"] == {"n_verdicts": 14, "n_masks": 14}


def test_the_summary_names_twenty_refusals_and_counts_the_others(
    run: Run, sampled: Path, tmp_path: Path
) -> None:
    run("label-studio", "push", "--to-file", tmp_path / "tasks.json", "-w", sampled)
    tasks = json.loads((tmp_path / "tasks.json").read_text("utf-8"))
    empty = [exported(task, number) for number, task in enumerate(tasks, start=1)]
    for number, task in enumerate(empty, start=1):
        task["annotations"] = [an_annotation(10 * number + place, "wrong") for place in (1, 2)]

    said = run(
        "label-studio", "pull", "--from-file", write_json(tmp_path / "e.json", empty), "-w", sampled
    ).out.splitlines()

    assert "refused annotations, from which nothing is taken: 32" in said
    assert sum(line.startswith("  task ") for line in said) == 20
    assert said[-1] == "  and 12 more (--json names all)"


def exported(task: dict[str, Any], number: int) -> dict[str, Any]:
    """A task of a file as an export holds it once Ann was there: task 1 skipped, task 2 without a verdict."""
    said = {1: "correct", 2: None}.get(number, "correct")
    annotation = an_annotation(100 + number, said) | {"was_cancelled": number == 1}
    return {
        "id": number,
        "project": 1,
        "updated_at": "2026-11-23T10:00:05Z",
        **task,
        "annotations": [annotation],
    }


def an_annotation(number: int, verdict: str | None) -> dict[str, Any]:
    chosen = {"from_name": "verdict", "to_name": "image", "type": "choices", "value": {"choices": [verdict]}}
    return {
        "id": number,
        "completed_by": {"id": 7, "email": "Ann@example.org"},
        "updated_at": "2026-11-23T10:00:00Z",
        "lead_time": 2.5,
        "was_cancelled": False,
        "result": [] if verdict is None else [chosen],
    }
