"""The recipes of the data dictionary, run as they are printed, give the figures of the report."""

import re
from pathlib import Path

import duckdb
import pytest

from tests.audit.commands.audited import exported_units, ingest_unequal, judge, number_of, report_of
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


def test_the_recipes_give_every_estimand_of_the_report(
    run: Run, workspace: Path, tmp_path: Path, dictionary: str
) -> None:
    report = report_of(run, workspace, tmp_path)
    python, sql = (
        re.search(rf"```{language}\n(.*?)```", dictionary, re.DOTALL)[1] for language in ("python", "sql")
    )
    expected = {
        (setting["setting"], estimand): figure["estimate"]
        for setting in report["settings"]
        for estimand, figure in setting["estimands"].items()
    }
    assert len(set(expected.values())) > 3

    for estimand, weight in ESTIMANDS.items():
        names: dict[str, object] = {}
        exec(python.replace("mix_weight", weight), names)
        by_duckdb = dict(duckdb.sql(sql.replace("mix_weight", weight)).fetchall())
        for setting in ("A", "B"):
            figure = pytest.approx(expected[setting, estimand], abs=1e-9)
            assert names["accuracy"][setting] == figure
            assert by_duckdb[setting] == figure
