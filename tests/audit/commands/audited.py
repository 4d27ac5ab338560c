"""A workspace whose entities differ in size and whose settings differ in masks; what commands say of it."""

import csv
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from audit.jobs.ingest import IngestRequest, run_ingest
from audit.jobs.progress import SILENT
from audit.jobs.workspace import make_workspace
from db.population import Population
from tests.audit.jobs.measuring import measured
from tests.datasets import Run, a_dataset, an_annotation, rectangle, write_json

N_MENTIONS = 150
WITHOUT_MASK_IN_B = frozenset(range(4, N_MENTIONS, 10))
ALIKE_IN_A_AND_B = frozenset(number for number in range(N_MENTIONS) if number % 3 == 0)


def unequal_entity(number: int) -> str:
    """Q0 has every fifth mention, and of the others Qk has mention k alone, or k and its neighbour."""
    if number % 5 == 0:
        return "Q0"
    return f"Q{number if number % 4 else number - 1 if number % 5 != 1 else number}"


def mask_of(setting: str, number: int) -> np.ndarray:
    """Small for even mentions, medium for odd ones; in C always another mask than in A."""
    width, height = (20, 10) if number % 2 == 0 else (40, 30)
    if setting == "A" or (setting == "B" and number in ALIKE_IN_A_AND_B):
        return rectangle(number % 10, 2, width, height)
    return rectangle(number % 10, 3 if setting == "B" else 4, width, height)


def an_unequal_annotation(setting: str, number: int) -> dict[str, Any]:
    is_absent = setting == "B" and number in WITHOUT_MASK_IN_B
    mask = rectangle(0, 0, 0, 0) if is_absent else mask_of(setting, number)
    return an_annotation(number, mask, category_id=unequal_entity(number))


def make_unequal_measured(folder: Path) -> Path:
    """150 mentions of entities of one, two and 30 of them; settings A and B, measured."""
    make_workspace(folder / "audit", None)
    population = Population(folder / "audit" / "population")
    for setting in "AB":
        annotations = [an_unequal_annotation(setting, number) for number in range(N_MENTIONS)]
        file = write_json(folder / f"{setting}.json", a_dataset(annotations))
        run_ingest(population, IngestRequest(files=(file,), setting=setting), workers=1, progress=SILENT)
    measured(population)
    return folder / "audit"


def ingest_unequal(run: Run, workspace: Path, tmp_path: Path, settings: Iterable[str]) -> None:
    """Ingest settings of 150 mentions: entities of one, two and 30 of them; categories by entity."""
    for setting in settings:
        content = a_dataset([an_unequal_annotation(setting, number) for number in range(N_MENTIONS)])
        for category in content["categories"]:
            category["supercategory"] = "animal" if int(category["id"][1:]) % 3 else "plant"
        file = write_json(tmp_path / f"{setting}.json", content)
        assert run("ingest", file, "--setting", setting, "-w", workspace).status == 0


def judge(
    run: Run,
    workspace: Path,
    tmp_path: Path,
    verdicts: Mapping[tuple[str, str], str],
    *,
    reviewer: str = "ann",
    at: str = "2026-11-01T10:00:00Z",
    seconds: float | None = None,
) -> None:
    """Import the verdicts of one reviewer, by annotation and setting."""
    file = tmp_path / f"verdicts-{reviewer}.csv"
    timed = "" if seconds is None else f"{seconds}"
    lines = [
        f"{annotation_id},{setting},{reviewer},{said},{timed},{at}"
        for (annotation_id, setting), said in verdicts.items()
    ]
    file.write_text("\n".join(("annotation_id,setting,reviewer,verdict,seconds,decided_at", *lines)))
    assert run("verdicts", "import", file, "-w", workspace).status == 0


def exported_units(run: Run, workspace: Path, tmp_path: Path, *words: str) -> list[dict[str, str]]:
    (tmp_path / "units.csv").unlink(missing_ok=True)
    assert run("sample-export", tmp_path / "units.csv", *words, "-w", workspace).status == 0
    with (tmp_path / "units.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def exported_verdicts(run: Run, workspace: Path, tmp_path: Path) -> dict[tuple[str, str], str]:
    """The verdict of each annotation under each setting, where one reviewer judged."""
    assert run("verdicts", "export", tmp_path / "said.csv", "-w", workspace).status == 0
    with (tmp_path / "said.csv").open(newline="") as file:
        return {(row["annotation_id"], row["setting"]): row["verdict"] for row in csv.DictReader(file)}


def report_of(run: Run, workspace: Path, tmp_path: Path, *words: object) -> dict[str, Any]:
    file = tmp_path / "report" / "report.json"
    file.unlink(missing_ok=True)
    finished = run("report", "--out", file.parent, "--format", "json", *words, "-w", workspace)
    assert finished.status == 0, finished.err
    return json.loads(file.read_text())


def status_of(run: Run, workspace: Path, *words: object) -> dict[str, Any]:
    finished = run("status", *words, "-w", workspace, "--json")
    assert finished.status == 0, finished.err
    return finished.json


def number_of(annotation_id: str) -> int:
    return int(annotation_id.rpartition("_")[2])
