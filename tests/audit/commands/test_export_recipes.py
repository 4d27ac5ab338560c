"""The recipes of the data dictionary, run as they are printed, give the figures of the report."""

import re
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.audit.commands.audited import exported_units, ingest_unequal, judge, number_of, report_of
from tests.audit.commands.exporting import make_drawn
from tests.datasets import Run

ESTIMANDS = {"mix": "mix_weight", "entity": "entity_weight", "annotation": "design_weight"}


@pytest.fixture
def dictionary(run: Run, workspace: Path, tmp_path: Path) -> str:
    """The dictionary of an audit whose units differ in every weight; its table lies in the working folder."""
    ingest_unequal(run, workspace, tmp_path, ("A", "B"))
    words = ("--allocate", "entity=25,query=15,wiki=10", "--per-entity", "2", "--seed", "3")
    assert run("sample", *words, "-w", workspace).status == 0
    numbers = {
        unit["annotation_id"]: number_of(unit["annotation_id"])
        for unit in exported_units(run, workspace, tmp_path)
    }
    said = {
        (annotation_id, "A"): "unsure" if number % 11 == 0 else "incorrect" if number % 4 == 1 else "correct"
        for annotation_id, number in numbers.items()
        if number % 13
    }
    judge(run, workspace, tmp_path, said)
    assert run("export", "--format", "parquet", "--out", "verdicts.parquet", "-w", workspace).status == 0
    return Path("verdicts.dictionary.md").read_text()


def figures_of(dictionary: str, weight: str = "mix_weight") -> tuple[dict[str, float], dict[str, float]]:
    """The accuracies by setting that the recipe of pandas gives, and those of DuckDB's."""
    python, sql = (
        re.search(rf"```{language}\n(.*?)```", dictionary, re.DOTALL)[1] for language in ("python", "sql")
    )
    names: dict[str, Any] = {}
    exec(python.replace("mix_weight", weight), names)
    return dict(names["accuracy"]), dict(duckdb.sql(sql.replace("mix_weight", weight)).fetchall())


def test_the_recipes_give_every_estimand_of_the_report(
    run: Run, workspace: Path, tmp_path: Path, dictionary: str
) -> None:
    report = report_of(run, workspace, tmp_path)
    expected = {
        (setting["setting"], estimand): figure["estimate"]
        for setting in report["settings"]
        for estimand, figure in setting["estimands"].items()
    }
    assert len(set(expected.values())) > 3

    for estimand, weight in ESTIMANDS.items():
        by_pandas, by_duckdb = figures_of(dictionary, weight)
        for setting in ("A", "B"):
            figure = pytest.approx(expected[setting, estimand], abs=1e-9)
            assert by_pandas[setting] == figure
            assert by_duckdb[setting] == figure


def test_the_recipes_give_no_figure_where_the_report_has_none(run: Run, tmp_path: Path) -> None:
    drawn = make_drawn(tmp_path)
    assert run("export", "--format", "parquet", "--out", "verdicts.parquet", "-w", drawn).status == 0
    dictionary = Path("verdicts.dictionary.md").read_text()
    assert "**INCOMPLETE: " in dictionary
    assert figures_of(dictionary) == ({}, {})

    said = tmp_path / "said.csv"
    said.write_text("annotation_id,setting,reviewer,verdict\noven_0009,A,bob,correct\n")
    assert run("verdicts", "import", said, "-w", drawn).status == 0
    assert run("export", "--format", "parquet", "--out", "verdicts.parquet", "-w", drawn).status == 0
    by_pandas, by_duckdb = figures_of(dictionary)
    reported = {
        setting["setting"]: setting["accuracy"]
        for setting in report_of(run, drawn, tmp_path)["settings"]
        if "accuracy" in setting
    }
    assert by_pandas == by_duckdb == reported == {"A": 1, "C": 1}
