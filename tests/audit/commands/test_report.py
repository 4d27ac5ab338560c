"""report: the counts of every setting add up, and a gate can stand on them."""

import csv
import json
from pathlib import Path

import pytest

from tests.datasets import Run

HEADER = "annotation_id,setting,reviewer,verdict"


@pytest.fixture
def judged(run: Run, two_settings: Path, tmp_path: Path) -> Path:
    """All twelve mentions drawn; A's judged but for mention 11, B's own but for 10 and 11."""
    run("sample", "--unit", "annotation", "--size", "12", "-w", two_settings)
    lines = [f"oven_{n:04},A,ann,{'incorrect' if n in (1, 6) else 'correct'}" for n in range(11)]
    lines += ["oven_0006,B,ann,correct", "oven_0009,B,ann,unsure"]
    file = tmp_path / "verdicts.csv"
    file.write_text("\n".join((HEADER, *lines)))
    assert run("verdicts", "import", file, "-w", two_settings).status == 0
    return two_settings


def report_of(run: Run, workspace: Path, tmp_path: Path) -> dict:
    assert run("report", "--out", tmp_path / "report", "-w", workspace).status == 0
    return json.loads((tmp_path / "report" / "report.json").read_text())


def counts_of(setting: dict) -> dict[str, int]:
    return {key: value for key, value in setting.items() if key.startswith("n_")}


def test_every_count_is_what_was_judged(run: Run, judged: Path, tmp_path: Path) -> None:
    report = report_of(run, judged, tmp_path)
    first, second = report["settings"]
    assert counts_of(first) == {
        "n_units": 12,
        "n_reviewed": 11,
        "n_correct": 9,
        "n_incorrect": 2,
        "n_unsure": 0,
        "n_missing": 0,
        "n_unjudgable": 0,
        "n_pending": 1,
        "n_dropped": 0,
    }
    assert counts_of(second) == {
        "n_units": 12,
        "n_reviewed": 8,
        "n_correct": 6,
        "n_incorrect": 1,
        "n_unsure": 1,
        "n_missing": 2,
        "n_unjudgable": 0,
        "n_pending": 2,
        "n_dropped": 0,
    }
    assert first["accuracy"] == pytest.approx(9 / 11, rel=1e-12)
    assert second["accuracy"] == pytest.approx(6 / 9, rel=1e-12)
    assert report["complete"] is False
    for setting in (first, second):
        for part in ("by_split", "by_category"):
            total = sum(each["n_correct"] for each in setting[part].values())
            assert total == setting["n_correct"]


def test_an_image_that_is_missing_or_clashes_makes_its_masks_unjudgable(
    run: Run, judged: Path, tmp_path: Path, images: Path
) -> None:
    (images / "04" / "image_11.jpg").unlink()
    first, second = report_of(run, judged, tmp_path)["settings"]
    assert (first["n_unjudgable"], first["n_pending"]) == (1, 0)
    assert (second["n_unjudgable"], second["n_pending"]) == (1, 1)
    (images / "04" / "image_11.jpg").write_bytes((images / "04" / "image_10.jpg").read_bytes())
    (images / "04" / "image_10.jpg").write_bytes(b"cut short")
    first, second = report_of(run, judged, tmp_path)["settings"]
    assert (first["n_unjudgable"], first["n_pending"]) == (0, 1)
    assert (second["n_unjudgable"], second["n_pending"]) == (1, 1)


def test_a_root_that_is_gone_says_nothing_of_its_images(
    run: Run, judged: Path, tmp_path: Path, images: Path
) -> None:
    images.rename(tmp_path / "unmounted")
    first, _ = report_of(run, judged, tmp_path)["settings"]
    assert (first["n_unjudgable"], first["n_pending"]) == (0, 1)


def test_every_format_is_written_with_its_folders_and_only_those_asked_for(
    run: Run, judged: Path, tmp_path: Path
) -> None:
    report_of(run, judged, tmp_path)
    assert {path.name for path in (tmp_path / "report").iterdir()} == {
        *("report.html", "report.md", "report.tex", "report.csv", "report.json", "SHA256SUMS"),
        *("tables", "figures", "gallery"),
    }

    one = run("report", "--out", tmp_path / "one", "--format", "html", "-w", judged)
    two = run("report", "--out", tmp_path / "two", "--format", "latex,csv", "-w", judged)
    assert (one.status, two.status) == (0, 0)
    assert {path.name for path in (tmp_path / "one").iterdir()} == {"report.html", "SHA256SUMS"}
    assert {path.name for path in (tmp_path / "two").iterdir()} == {
        *("report.tex", "report.csv", "SHA256SUMS"),
        *("tables", "figures", "gallery"),
    }
    assert "pdf" in run("report", "--out", tmp_path / "two", "--format", "pdf", "-w", judged).err


def test_a_report_lists_its_files_and_one_into_the_same_folder_clears_those_of_the_last(
    run: Run, judged: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "report"
    whole = run("report", "--out", folder, "-w", judged, "--json")
    assert whole.json["files"][-1] == str(folder / "SHA256SUMS")
    assert set(whole.json["files"]) == {str(file) for file in folder.rglob("*") if file.is_file()}

    again = run("report", "--out", folder, "--format", "json", "-w", judged)
    lines = again.out.splitlines()
    assert f"written: {folder}/report.json, {folder}/SHA256SUMS, {folder}/figures (2)" in lines
    assert lines[-1].startswith("removed from an earlier run: figures/figure-4.svg, figures/intervals.svg, ")
    assert {path.name for path in folder.iterdir()} == {"report.json", "SHA256SUMS", "figures"}


def test_a_gate_fails_below_its_limit_and_while_verdicts_are_pending(
    run: Run, judged: Path, tmp_path: Path
) -> None:
    words = ("report", "--out", tmp_path / "report", "--fail-under", "0.5", "-w", judged)
    pending = run(*words)
    assert pending.status == 1
    assert "pending" in pending.out
    file = tmp_path / "rest.csv"
    rest = ["oven_0011,A,ann,correct", "oven_0010,B,ann,correct", "oven_0011,B,ann,correct"]
    file.write_text("\n".join((HEADER, *rest)))
    run("verdicts", "import", file, "-w", judged)
    assert run(*words).status == 0
    lower = run(*words, "--bound", "lower", "--json")
    assert lower.status == 1
    assert len(lower.json["failures"]) == 1
    assert "B" in lower.json["failures"][0]


def test_disagreeing_reviewers_are_settled_by_majority_and_reported(
    run: Run, judged: Path, tmp_path: Path
) -> None:
    file = tmp_path / "more.csv"
    file.write_text(f"{HEADER}\noven_0006,A,bob,correct\n")
    run("verdicts", "import", file, "-w", judged)
    first = report_of(run, judged, tmp_path)["settings"][0]
    assert (first["n_correct"], first["n_incorrect"], first["n_unsure"]) == (9, 1, 1)
    assert "reviewers disagree on: 1" in (tmp_path / "report" / "report.md").read_text()
    file.write_text(f"{HEADER}\noven_0006,A,cyd,correct\n")
    run("verdicts", "import", file, "-w", judged)
    first = report_of(run, judged, tmp_path)["settings"][0]
    assert (first["n_correct"], first["n_incorrect"], first["n_unsure"]) == (10, 1, 0)


def test_without_a_sample_there_is_nothing_to_report(run: Run, two_settings: Path, tmp_path: Path) -> None:
    refused = run("report", "--out", tmp_path / "report", "-w", two_settings)
    assert refused.status == 2
    assert "mask-audit sample" in refused.err
    assert not (tmp_path / "report").exists()


def test_the_csv_tells_every_setting(run: Run, judged: Path, tmp_path: Path) -> None:
    report_of(run, judged, tmp_path)
    with (tmp_path / "report" / "report.csv").open(newline="") as file:
        assert {row["setting"] for row in csv.DictReader(file)} == {"A", "B"}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--fail-under", "nan"), "--fail-under"),
        (("--fail-under", "1.5"), "--fail-under"),
        (("--bound", "lower"), "--fail-under"),
        (("--out", "a-file/report"), "a-file"),
        (("--sample", "nobody"), "nobody"),
    ],
)
def test_a_report_that_cannot_be_made_as_asked_is_refused_in_one_line(
    run: Run, judged: Path, words: tuple[str, ...], message: str
) -> None:
    Path("a-file").write_text("")
    refused = run("report", "--out", "report", *words, "-w", judged)
    assert refused.status == 2
    assert message in refused.err
    assert refused.err.count("\n") == 1
