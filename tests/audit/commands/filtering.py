"""Filters by the command, and looks at what came of it."""

import csv
import shlex
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from db.population import ANNOTATIONS_FILE, Population
from db.records import UnitMask
from db.reviews import load_standing
from db.samples import load_sample, load_unit_masks, load_units
from db.store import Store
from tests.datasets import Finished, Run, an_annotation

SMALL_AREA = 'format = 1\n[[rule]]\nkind = "threshold"\nname = "large"\nfeature = "area"\nat_least = 100\n'
DISAGREEMENT = 'format = 1\n[[rule]]\nkind = "disagreement"\nname = "agree"\nagreement = "iou"\n'


def measured(run: Run, workspace: Path) -> Path:
    assert run("measure", "-w", workspace, "--workers", 1).status == 0
    return workspace


def filtered(run: Run, workspace: Path, rules: Path, out: Path, *words: object) -> Finished:
    how = ("--rules", rules, "--out", out, "--workers", 1, "-w", workspace)
    return run("filter", "--setting", "B", *how, *words)


def rows_of(workspace: Path, setting: str) -> dict[str, dict[str, Any]]:
    population = Population(workspace / "population")
    files = population.files(population.manifest().get(setting), ANNOTATIONS_FILE)
    return {row["mention_id"]: row for file in files for row in pq.read_table(file).to_pylist()}


def rows_in(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def masks_of(workspace: Path) -> tuple[dict[tuple[str, str], UnitMask], set[str]]:
    """What each setting made of each unit of the sample, and the masks that are judged."""
    store = Store(f"sqlite:///{workspace}/audit.sqlite")
    with store.reading() as transaction:
        sample = load_sample(transaction, None)
        ids = {unit.unit_id: unit.annotation_id for unit in load_units(transaction, sample.sample_id)}
        made = load_unit_masks(transaction, sample.sample_id)
        judged = {each.mask_id for each in load_standing(transaction, sample.sample_id)}
    store.close()
    return {(ids[each.unit_id], each.setting): each for each in made}, judged


def judge_all(run: Run, workspace: Path, file: Path, setting: str) -> None:
    """Judge every mask that a setting made of the sample."""
    made, _ = masks_of(workspace)
    lines = [
        f"{unit},{setting},Ann,correct" for (unit, s), each in made.items() if s == setting and each.mask_id
    ]
    file.write_text("annotation_id,setting,reviewer,verdict\n" + "\n".join(lines) + "\n")
    assert run("verdicts", "import", file, "-w", workspace).status == 0


def refusal(finished: Finished, status: int = 2) -> str:
    assert (finished.status, finished.out, finished.err.count("\n")) == (status, "", 1)
    return finished.err


def commands_of(finished: Finished) -> tuple[str, list[str]]:
    """The setting that the one command names, and its words."""
    [command] = finished.json["commands"]
    words = shlex.split(command)[1:]
    return words[words.index("--setting") + 1], words


def nameless(number: int, mask: np.ndarray) -> dict[str, Any]:
    return {key: value for key, value in an_annotation(number, mask).items() if key != "id"}
