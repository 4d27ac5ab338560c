"""The commands that a report names make its sample and its figures again."""

import shlex
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.audit.commands.audited import N_MENTIONS, ingest_unequal, judge, report_of
from tests.datasets import Run

SAMPLES = {
    "shared out": ("--size", "20", "--fix", "wiki=2", "--allocation", "equal", "--seed", "11"),
    "clusters": ("--allocate", "entity=6,wiki=4", "--per-entity", "2", "--across", "within-split"),
    "by size": ("--size", "15", "--size-measure", "sqrt"),
    "annotations": ("--size", "30", "--unit", "annotation", "--frame", "B"),
    "a goal": ("--size", "20", "--goal", "certify", "--certify", "0.85"),
    "a contrast": ("--contrast", "A", "C", "--allocate", "entity=9,query=7"),
}


def repeated(run: Run, recipe: list[str]) -> None:
    """Run the lines of a recipe, as a shell would."""
    for line in recipe:
        words = shlex.split(line, comments=True)
        if words:
            finished = run(*words[1:])
            assert finished.status == 0, (line, finished.err)


def figures(report: dict[str, Any]) -> dict[str, Any]:
    return {key: report[key] for key in ("sample", "settings", "comparisons") if key in report}


@pytest.mark.slow
@pytest.mark.parametrize("drawn", SAMPLES)
def test_a_recipe_gives_the_same_units_and_figures(
    drawn: str, run: Run, workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest_unequal(run, workspace, tmp_path, ("A", "B", "C"))
    assert run("sample", *SAMPLES[drawn], "--name", "it's one", "-w", workspace).status == 0
    judge(run, workspace, tmp_path, said_of(run, workspace, tmp_path))
    first = report_of(run, workspace, tmp_path, "--estimand", "entity")
    assert run("verdicts", "export", tmp_path / "verdicts.csv", "-w", workspace).status == 0
    shutil.rmtree(workspace)

    monkeypatch.chdir(tmp_path)
    repeated(run, first["sample"]["recipe"])

    again = report_of(run, tmp_path / "audit", tmp_path, "--estimand", "entity")
    for report in (first, again):
        del report["sample"]["drawn_at"]
        del report["sample"]["allocation"]  # in the words that were used
    assert figures(again) == figures(first)


def said_of(run: Run, workspace: Path, tmp_path: Path) -> dict[tuple[str, str], str]:
    """A verdict on every mask of the sample, by the number of its mention."""
    assert run("sample-export", tmp_path / "units.csv", "-w", workspace).status == 0
    drawn = [line.split(",")[1] for line in (tmp_path / "units.csv").read_text().splitlines()[1:]]
    assert 0 < len(drawn) <= N_MENTIONS
    return {(each, "A"): "incorrect" if each.endswith("7") else "correct" for each in drawn}
