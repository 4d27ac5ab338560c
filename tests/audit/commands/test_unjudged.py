"""A report before the first verdict, of one setting, of a split that nobody judged: no false number."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.audit.commands.audited import exported_units, ingest_unequal, judge, report_of
from tests.datasets import Run

FIGURES = {"accuracy", "interval", "estimands", "bounds", "greatest_error"}


def drawn(run: Run, workspace: Path, tmp_path: Path, settings: str) -> list[dict[str, str]]:
    ingest_unequal(run, workspace, tmp_path, settings)
    assert run("sample", "--unit", "annotation", "--size", "45", "-w", workspace).status == 0
    return exported_units(run, workspace, tmp_path)


def written(run: Run, workspace: Path, tmp_path: Path) -> str:
    finished = run("report", "--out", tmp_path / "text", "--format", "md", "-w", workspace)
    assert finished.status == 0
    return (tmp_path / "text" / "report.md").read_text()


def parts(setting: dict[str, Any]) -> list[dict[str, Any]]:
    slices = ("by_split", "by_category", "by_size")
    return [setting, *(part for each in slices for part in setting[each].values())]


def test_missing_masks_alone_are_no_accuracy_of_0(run: Run, workspace: Path, tmp_path: Path) -> None:
    drawn(run, workspace, tmp_path, "AB")

    report = report_of(run, workspace, tmp_path)

    b = report["settings"][1]
    assert b["n_missing"] > 0 < b["n_pending"]
    for part in (*parts(report["settings"][0]), *parts(b)):
        assert not FIGURES & set(part) or part["n_pending"] == 0
    assert "comparisons" not in report
    text = written(run, workspace, tmp_path)
    assert "nothing has been judged yet" in text
    assert "1 pair of settings is not compared" in text
    assert "NaN" not in text


@pytest.mark.parametrize("said", ["correct", "incorrect"])
def test_a_split_that_nobody_judged_has_a_dash_and_the_reason(
    said: str, run: Run, workspace: Path, tmp_path: Path
) -> None:
    units = drawn(run, workspace, tmp_path, "A")
    judge(
        run,
        workspace,
        tmp_path,
        {(row["annotation_id"], "A"): said for row in units if row["split"] != "wiki"},
    )

    [setting] = report_of(run, workspace, tmp_path)["settings"]

    assert not FIGURES & set(setting["by_split"]["wiki"])
    assert setting["by_split"]["entity"]["accuracy"] == (1.0 if said == "correct" else 0.0)
    text = written(run, workspace, tmp_path)
    assert re.search(r"\| A \| wiki \| — \(nothing has been judged yet\) \| — \| 0 \|", text)
    assert "A split that was drawn from has no counted unit" in text
    assert "Not for quotation" in text
    assert "There is one setting, so there is nothing to compare it with." in text
