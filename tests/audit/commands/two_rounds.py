"""Two versions of a dataset, each audited in a workspace of its own and put into a bundle."""

import csv
from collections.abc import Callable, Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest

from audit.cli import main
from tests.audit.commands.audited import judge, number_of
from tests.datasets import Finished, a_dataset, an_annotation, rectangle, write_json

N_OLD, N_NEW = 100, 110
CHANGED = frozenset(range(40, 70))
"""Mentions whose mask is another one in the new version."""

GONE = frozenset(range(90, 100))
"""Mentions of the old version alone; those from 100 on are of the new one alone."""

RENAMED = "Q3"
"""An entity that has another name in the new version."""


@dataclass(frozen=True)
class AuditedVersion:
    workspace: Path
    bundle: Path
    drawn: tuple[int, ...]


def mask_audit(*words: object) -> Finished:
    """Run the command line in this process, without a browser that would draw each figure once more."""
    out, err = StringIO(), StringIO()
    with (
        patch("sys.argv", ["mask-audit", *map(str, words)]),
        patch.dict("os.environ", PATH=""),
        redirect_stdout(out),
        redirect_stderr(err),
        pytest.raises(SystemExit) as ended,
    ):
        main()
    return Finished(int(ended.value.code or 0), out.getvalue(), err.getvalue())


def done(*words: object) -> Finished:
    finished = mask_audit(*words)
    assert finished.status == 0, finished.err
    return finished


def mask_of(number: int, *, is_new: bool) -> np.ndarray:
    return rectangle(number % 20, 20 if is_new and number in CHANGED else 5, 20, 10)


def an_old_mention(number: int) -> dict[str, object]:
    return an_annotation(number, mask_of(number, is_new=False))


def a_new_mention(number: int) -> dict[str, object]:
    return an_annotation(number, mask_of(number, is_new=True))


def old_dataset() -> dict[str, object]:
    return a_dataset([an_old_mention(number) for number in range(N_OLD)])


def new_dataset() -> dict[str, object]:
    numbers = [number for number in range(N_NEW) if number not in GONE]
    content = a_dataset([a_new_mention(number) for number in numbers])
    for category in content["categories"]:
        if category["id"] == RENAMED:
            category["name"] = "another thing"
    return content


def audit_version(
    place: Path,
    settings: Mapping[str, Mapping[str, object]],
    verdict_of: Callable[[int], str | None],
    *words: object,
) -> AuditedVersion:
    """Ingest settings, draw, judge setting A and bundle it.

    Args:
        place: a folder that is not there yet.
        settings: by name, their annotation files.
        verdict_of: what is said of setting A's mask of a mention; None leaves it pending.
        words: of `sample`.
    """
    place.mkdir()
    workspace = place / "audit"
    done("init", workspace)
    for setting, content in settings.items():
        file = write_json(place / f"{setting}.json", content)
        done("ingest", file, "--setting", setting, "-w", workspace)
    if "--risk" in words:
        done("measure", "-w", workspace)
    done("sample", *(words or ("--size", 36, "--seed", 5)), "-w", workspace)
    done("sample-export", place / "units.csv", "-w", workspace)
    with (place / "units.csv").open(newline="") as file:
        drawn = tuple(number_of(row["annotation_id"]) for row in csv.DictReader(file))
    said = {(f"oven_{number:04}", "A"): verdict_of(number) for number in drawn}
    judge(mask_audit, workspace, place, {key: each for key, each in said.items() if each is not None})
    done("bundle", "--out", place / "bundle.zip", "--gallery", 0, "-w", workspace)
    return AuditedVersion(workspace=workspace, bundle=place / "bundle.zip", drawn=drawn)
