"""report --gallery: how many masks a report shows."""

import re
from pathlib import Path

import pytest

from tests.datasets import Run

HEADER = "annotation_id,setting,reviewer,verdict,reasons"


@pytest.fixture
def judged(run: Run, two_settings: Path, tmp_path: Path) -> Path:
    """Twelve mentions: A's masks right but for three, of which B's own of mention 6 is right."""
    run("sample", "--unit", "annotation", "--size", "12", "-w", two_settings)
    lines = [
        f"oven_{n:04},A,ann,{'incorrect,spills_over' if n in (1, 2, 6) else 'correct,'}" for n in range(12)
    ]
    lines += [f"oven_{n:04},B,ann,correct," for n in (6, 9, 10, 11)]
    file = tmp_path / "verdicts.csv"
    file.write_text("\n".join((HEADER, *lines)))
    done = run("verdicts", "import", file, "-w", two_settings)
    assert done.status == 0, done.err
    return two_settings


def reported(run: Run, workspace: Path, tmp_path: Path, *words: object) -> Path:
    done = run("report", "--out", tmp_path / "report", *words, "-w", workspace)
    assert done.status == 0, done.err
    return tmp_path / "report"


def test_a_report_shows_wrong_masks_right_ones_and_what_settings_differ_in(
    run: Run, judged: Path, tmp_path: Path
) -> None:
    text = (reported(run, judged, tmp_path) / "report.md").read_text()

    headings = re.findall(r"^### (.*)$", text, re.MULTILINE)
    names = ("label × model A", "label × model B")
    assert [heading.replace("\\", "") for heading in headings] == [
        f"Judged differently: {names[0]} and {names[1]}",
        "Typical failures",
        f"Wrong masks: {names[0]}",
        f"Right masks: {names[0]}",
        f"Wrong masks: {names[1]}",
        f"Right masks: {names[1]}",
    ]
    shown = set(re.findall(r"\((gallery/[\w-]+\.jpg)\)", text))
    assert shown == {f"gallery/{file.name}" for file in (tmp_path / "report" / "gallery").iterdir()}


def test_as_many_masks_are_shown_as_were_asked_for(run: Run, judged: Path, tmp_path: Path) -> None:
    def captions(n: int) -> list[str]:
        folder = reported(run, judged, tmp_path, "--format", "html", "--gallery", n)
        text = (folder / "report.html").read_text()
        return re.findall(r"Masks judged correct: (\d+ of \d+)", text)

    assert captions(2) == ["2 of 9", "2 of 8"]
    assert captions(50) == ["9 of 9", "8 of 8"]
    assert captions(0) == []
    assert 'role="img" class="picture-' not in (tmp_path / "report" / "report.html").read_text()


def test_formats_without_pictures_have_none_drawn(run: Run, judged: Path, tmp_path: Path) -> None:
    folder = reported(run, judged, tmp_path, "--format", "json,csv")

    assert not (folder / "gallery").exists()
    assert (folder / "report.json").is_file()


def test_a_number_out_of_range_is_refused(run: Run, judged: Path, tmp_path: Path) -> None:
    done = run("report", "--out", tmp_path / "report", "--gallery", "101", "-w", judged)

    assert done.status == 2
    assert "--gallery" in done.err
    assert not (tmp_path / "report").exists()
