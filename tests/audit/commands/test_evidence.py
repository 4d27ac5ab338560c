"""bundle and verify as they are typed: exit status, lines and JSON, signatures, what is refused."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.audit.commands.audited import exported_units, judge
from tests.audit.jobs.evidence.forging import Forgery
from tests.datasets import Run

needs_ssh = pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen is not installed")


@pytest.fixture
def sampled(run: Run, two_settings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Four mentions of two settings, one judged by one person; no Chromium draws pictures of figures."""
    monkeypatch.delenv("CHROME_PATH", raising=False)
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("ssh-keygen", "minisign"):
        if found := shutil.which(name):
            (programs / name).symlink_to(found)
    monkeypatch.setenv("PATH", str(programs))
    assert run("sample", "--allocate", "entity=2,query=2", "-w", two_settings).status == 0
    judge(run, two_settings, tmp_path, {(drawn(run, two_settings, tmp_path)[0], "A"): "correct"})
    return two_settings


def drawn(run: Run, workspace: Path, tmp_path: Path) -> list[str]:
    return [row["annotation_id"] for row in exported_units(run, workspace, tmp_path)]


@pytest.fixture
def bundled(run: Run, sampled: Path, tmp_path: Path) -> Path:
    file = tmp_path / "evidence.zip"
    finished = run("bundle", "--out", file, "--gallery", 0, "-w", sampled)
    assert finished.status == 0, finished.err
    assert f"{file}: sample main, " in finished.out
    assert "reviewers have pseudonyms; not signed" in finished.out
    return file


def test_a_bundle_holds_and_verify_says_what_it_checked(run: Run, sampled: Path, bundled: Path) -> None:
    finished = run("verify", bundled)
    assert finished.status == 0, finished.out
    assert "holds   tickets    those of 4 units, from seed 1 and their ids" in finished.out
    assert "open    draw       no population is at hand: name a workspace that has it" in finished.out
    assert "only a signature tells who that was" in finished.out
    finished = run("verify", bundled, "-w", sampled, "--json")
    assert finished.status == 0
    assert finished.json["holds"] is True
    assert finished.json["differences"] == []
    assert {"name": "draw", "done": True, "said": "4 units, drawn again from the population", "n": 0} in (
        finished.json["checks"]
    )


@pytest.mark.slow
def test_the_workspace_that_one_stands_in_is_drawn_from(
    run: Run, sampled: Path, bundled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(sampled)
    assert "4 units, drawn again from the population" in run("verify", bundled).out


def test_an_altered_bundle_fails_and_each_difference_is_named(
    run: Run, bundled: Path, tmp_path: Path
) -> None:
    forgery = Forgery(bundled, tmp_path)
    forgery.change("samples", lambda rows: rows[0].update(seed=2))
    finished = run("verify", forgery.packed())
    assert finished.status == 1
    assert finished.err == ""
    assert "DIFFERS rows " in finished.out
    assert "seed is 2; its hash is of the row with 1" in finished.out
    assert "seed 2 does not give the tickets of 4 of 4 units; seed 1" in finished.out
    finished = run("verify", forgery.packed(), "--json")
    assert finished.status == 1
    assert finished.json["holds"] is False
    assert {
        "check": "rows",
        "where": "rows/samples.jsonl row 1",
        "what": "sample_id=1: seed is 2; its hash is of the row with 1",
    } in finished.json["differences"]


@pytest.mark.slow
def test_a_bundle_is_written_again_over_the_one_before(
    run: Run, sampled: Path, bundled: Path, tmp_path: Path
) -> None:
    judge(run, sampled, tmp_path, {(drawn(run, sampled, tmp_path)[1], "A"): "incorrect"})
    before = bundled.read_bytes()
    assert run("bundle", "--out", bundled, "--gallery", 0, "-w", sampled).status == 0
    assert bundled.read_bytes() != before
    assert run("verify", bundled).status == 0


@needs_ssh
@pytest.mark.slow
def test_a_signed_bundle_is_trusted_by_who_knows_the_key(run: Run, sampled: Path, tmp_path: Path) -> None:
    for name in ("team", "other"):
        words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / name)]
        subprocess.run(words, check=True, capture_output=True)
    file = tmp_path / "evidence.zip"
    finished = run("bundle", "--out", file, "--gallery", 0, "--sign", tmp_path / "team", "-w", sampled)
    assert finished.status == 0, finished.err
    assert "signed with ssh-keygen" in finished.out
    finished = run("verify", file, "--signer", tmp_path / "team.pub")
    assert finished.status == 0, finished.out
    assert "everything that could be checked holds\n" in finished.out
    finished = run("verify", file, "--signer", tmp_path / "other.pub")
    assert finished.status == 1
    assert "SHA256SUMS.sig: it is not the signature of " in finished.out
    forgery = Forgery(file, tmp_path)
    forgery.change("reviewers", lambda rows: rows[0].update(practised_at="2026-01-01T00:00:00+00:00"))
    forgery.hash_again()
    assert run("verify", forgery.packed(), "--signer", tmp_path / "team.pub").status == 1


def test_what_cannot_be_bundled_is_refused_in_one_line(run: Run, sampled: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "no.key").write_text("no key")
    for words, message in (
        (("--out", tmp_path / "notes.txt"), "notes.txt is there and is no bundle: name another file"),
        (("--out", tmp_path / "x" / "y.zip"), "is no folder; make it, or name another"),
        (("--out", tmp_path / "x.zip", "--sample", "nope"), "there is no sample 'nope'"),
        (("--out", tmp_path / "x.zip", "--sign", tmp_path / "no.key"), "no.key is no key: give a secret key"),
        (("--out", tmp_path / "x.zip", "--rules", tmp_path / "no.key"), "no.key cannot be read as TOML"),
    ):
        finished = run("bundle", *words, "-w", sampled)
        assert finished.status == 2
        assert message in finished.err
        assert finished.err.count("\n") == 1
    assert (tmp_path / "notes.txt").read_text() == "mine"
    assert not (tmp_path / "x.zip").exists()


def test_what_is_no_bundle_is_refused_in_one_line(run: Run, bundled: Path, tmp_path: Path) -> None:
    (tmp_path / "cut.zip").write_bytes(bundled.read_bytes()[:-30])
    (tmp_path / "headless.zip").write_bytes(bundled.read_bytes()[100:])
    for file, message in (
        (tmp_path / "cut.zip", "is no zip, or it is cut short or damaged"),
        (tmp_path / "headless.zip", "headless.zip is no zip, or it is cut short or damaged"),
        (tmp_path / "gone.zip", "is no file: name a bundle that `mask-audit bundle` wrote"),
    ):
        finished = run("verify", file)
        assert finished.status == 2
        assert message in finished.err
        assert finished.err.count("\n") == 1
    finished = run("verify", bundled, "--signer", tmp_path / "gone.pub")
    assert finished.status == 2
    assert "gone.pub cannot be read: name the file of a public key" in finished.err
    finished = run("verify", bundled, "-w", tmp_path)
    assert finished.status == 2
    assert "is no workspace" in finished.err
