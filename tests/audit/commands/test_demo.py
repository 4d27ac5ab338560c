"""demo: a workspace of its own, or a refusal; a second run says what it did before."""

import socket
from pathlib import Path

import pytest

from tests.datasets import Run

pytestmark = pytest.mark.slow


def test_the_demo_is_made_once_and_says_so(run: Run, tmp_path: Path) -> None:
    first = run("demo", tmp_path / "demo", "--no-serve")
    assert first.status == 0
    assert "46 masks ingested\n" in first.out
    assert "drawn\n" in first.out
    again = run("demo", tmp_path / "demo", "--no-serve")
    assert again.status == 0
    assert again.out.count("ingested before") == 4
    assert "drawn before" in again.out
    assert "CC BY 2.0" in (tmp_path / "demo" / "dataset" / "CREDITS.txt").read_text()


def test_the_demo_leaves_other_folders_alone(run: Run, two_settings: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine")
    for folder in (two_settings, tmp_path / "mine"):
        before = sorted(path for path in folder.rglob("*"))
        refused = run("demo", folder, "--no-serve")
        assert refused.status == 2
        assert str(folder) in refused.err
        assert sorted(path for path in folder.rglob("*")) == before


def test_a_port_that_is_taken_is_told_before_the_work(run: Run, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        refused = run("demo", tmp_path / "demo", "--port", taken.getsockname()[1])
    assert refused.status == 2
    assert "--port" in refused.err
    assert not (tmp_path / "demo").exists()
