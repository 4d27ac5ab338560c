"""review-pack: what it says, what comes back, and what it refuses."""

import csv
from pathlib import Path

import pytest

from tests.datasets import Run
from tests.packs import read_pack


@pytest.fixture
def sampled(run: Run, two_settings: Path) -> Path:
    """All twelve mentions of the two settings, drawn."""
    assert run("sample", "--unit", "annotation", "--size", "12", "-w", two_settings).status == 0
    return two_settings


def write_verdicts(file: Path, mask_ids: list[str], reviewer: str) -> Path:
    """The file that a pack exports."""
    columns = ("mask_id", "reviewer", "verdict", "reasons", "comment", "flagged", "seconds", "decided_at")
    with file.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(columns)
        for mask_id in mask_ids:
            writer.writerow((mask_id, reviewer, "correct", "", "", "", 1.5, "2026-11-23T10:00:00.000Z"))
    return file


def test_a_pack_is_written_for_somebody_new_and_its_verdicts_come_back(
    run: Run, sampled: Path, tmp_path: Path
) -> None:
    file = tmp_path / "ann.html"

    said = run("review-pack", file, "--reviewer", "ann", "-w", sampled, "--json").json
    mask_ids = read_pack(file).manifest["task_ids"]

    assert said == {
        "files": [str(file)],
        "n_masks": len(mask_ids),
        "n_unjudgable": 0,
        "n_left_out": 0,
        "reviewer": "ann",
        "bytes": file.stat().st_size,
    }
    verdicts = write_verdicts(tmp_path / "verdicts.csv", mask_ids, "ann")
    assert run("verdicts", "import", verdicts, "-w", sampled, "--json").json["n_new"] == len(mask_ids)
    assert run("verdicts", "import", verdicts, "-w", sampled, "--json").json["n_new"] == 0
    again = run("review-pack", file, "--reviewer", "ann", "-w", sampled)
    assert again.status == 2
    assert "ann has nothing left to judge" in again.err


def test_the_summary_says_where_the_pack_is_and_what_is_next(run: Run, sampled: Path, tmp_path: Path) -> None:
    finished = run("review-pack", tmp_path / "ann.html", "--size", 3, "--days", 2, "-w", sampled)

    assert finished.status == 0
    assert "3 masks for local" in finished.out
    assert str(tmp_path / "ann.html") in finished.out
    assert "nobody else is given these masks for 2 days" in finished.out
    assert "mask-audit verdicts import FILE.csv" in finished.out


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (("ann.zip",), "does not end in .html"),
        (("nowhere/ann.html",), "is no folder"),
        (("ann.html", "--reviewer", " "), "--reviewer has no name"),
        (("ann.html", "--sample", "other"), "no sample 'other'"),
        (("ann.html", "--days", 0), "--days 0 is not from 1 to 30"),
        (("ann.html", "--days", 31), "--days 31 is not from 1 to 30"),
        (("ann.html", "--size", 0), "--size"),
    ],
)
def test_what_cannot_be_packed_is_refused_in_one_line(
    run: Run, sampled: Path, words: tuple[object, ...], fault: str
) -> None:
    finished = run("review-pack", *words, "-w", sampled)

    assert finished.status == 2
    assert fault in finished.err
    assert len(finished.err.splitlines()) == 1
    assert list(Path.cwd().iterdir()) == []
