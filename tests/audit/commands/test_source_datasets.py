"""The source dataset and the category of a mask: said of its entity, or told by patterns of ids."""

import shutil
from pathlib import Path

import pytest

from tests.audit.commands.audited import exported_units, judge, report_of
from tests.audit.commands.entities_said import said_file
from tests.datasets import Run, a_dataset, an_annotation, write_json

PATTERNS = """
[sources]
"Own pictures" = "image_3"
"Old ids" = "Q?"
[categories]
bird = "Q1"
thing = "oven_*"
"""


@pytest.fixture
def audited(run: Run, workspace: Path, tmp_path: Path) -> Path:
    """Twelve mentions of Q0 to Q5, all in the sample, the first six judged: three right, three wrong."""
    content = a_dataset([an_annotation(number) for number in range(12)])
    content["categories"] = [{"id": each["id"]} for each in content["categories"]]
    file = write_json(tmp_path / "A.json", content)
    assert run("ingest", file, "--setting", "A", "-w", workspace).status == 0
    file = said_file(tmp_path, "entity_id,category,source", "Q0,animal,inat", "Q1,,inat", "Q2,,coco")
    assert run("entities", file, "-w", workspace).status == 0
    assert run("sample", "--unit", "annotation", "--size", "12", "-w", workspace).status == 0
    verdicts = {(f"oven_{number:04}", "A"): "correct" if number < 3 else "incorrect" for number in range(6)}
    judge(run, workspace, tmp_path, verdicts)
    return workspace


def parts(report: dict, key: str) -> dict[str, tuple[int, int, int]]:
    found = report["settings"][0].get(key, {})
    return {name: (each["n_correct"], each["n_incorrect"], each["n_pending"]) for name, each in found.items()}


def test_what_was_said_of_entities_at_the_draw_reaches_the_report(
    run: Run, audited: Path, tmp_path: Path
) -> None:
    report = report_of(run, audited, tmp_path)

    # Q0 and Q1 have mentions 0 to 3, Q2 has 4 and 5; nothing is said of Q3 to Q5.
    assert parts(report, "by_source") == {"coco": (0, 2, 0), "inat": (3, 1, 0)}
    assert parts(report, "by_category") == {"animal": (2, 0, 0)}


def test_patterns_tell_what_nobody_said_also_of_a_sample_drawn_before(
    run: Run, audited: Path, tmp_path: Path
) -> None:
    (audited / "audit.toml").write_text((audited / "audit.toml").read_text() + PATTERNS)

    report = report_of(run, audited, tmp_path)

    # The picture of mention 3 wins over its entity's source; Q3 to Q5 have none said.
    assert parts(report, "by_source") == {
        "Old ids": (0, 0, 6),
        "Own pictures": (0, 1, 0),
        "coco": (0, 2, 0),
        "inat": (3, 0, 0),
    }
    # The annotation's id is looked at before the entity's.
    assert parts(report, "by_category") == {"animal": (2, 0, 0), "thing": (1, 3, 6)}
    categories = report["sample"]["composition"]["categories"]
    assert categories == {"known": {"animal": 2, "thing": 10}, "n_without": 0}
    assert report["sample"]["composition"]["population"] == {
        "counted": "annotation",
        "categories": categories,
    }
    units = exported_units(run, audited, tmp_path)
    assert {row["category"] for row in units} == {"animal", "thing"}


def test_a_slice_by_source_is_in_every_table(run: Run, audited: Path, tmp_path: Path) -> None:
    assert run("report", "--out", tmp_path / "report", "-w", audited).status == 0

    rows = (tmp_path / "report" / "report.csv").read_text().splitlines()
    assert [row.split(",")[9] for row in rows if '"source"' in row.split(",")[8]] == ['"coco"', '"inat"']
    assert "Accuracy by source dataset" in (tmp_path / "report" / "report.md").read_text()


def test_where_nobody_said_a_source_there_is_no_such_slice(run: Run, workspace: Path, tmp_path: Path) -> None:
    file = write_json(tmp_path / "A.json", a_dataset([an_annotation(number) for number in range(4)]))
    assert run("ingest", file, "--setting", "A", "-w", workspace).status == 0
    assert run("sample", "--unit", "annotation", "--size", "4", "-w", workspace).status == 0

    assert "by_source" not in report_of(run, workspace, tmp_path)["settings"][0]


def test_where_the_populations_files_are_gone_the_report_says_so(
    run: Run, audited: Path, tmp_path: Path
) -> None:
    for folder in (audited / "population").iterdir():
        if folder.is_dir():
            shutil.rmtree(folder)

    assert run("report", "--out", tmp_path / "report", "-w", audited).status == 0

    text = (tmp_path / "report" / "report.md").read_text()
    assert "Population: not shown, the population's files of setting A cannot be read any more." in text
