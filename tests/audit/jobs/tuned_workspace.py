"""A small measured workspace with a sample judged by a truth that agreement of two settings mostly tells."""

import shutil
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from audit.jobs.drawing import Shared
from audit.jobs.goals import intent
from audit.jobs.progress import SILENT
from audit.jobs.sample import SampleRequest, draw_sample
from audit.jobs.verdict_files import import_verdicts
from audit.jobs.workspace import Workspace, make_workspace, open_workspace
from db.samples import load_sample, load_units
from sampling.design.allocation_rules import PROPORTIONAL
from sampling.design.frame import Across
from sampling.design.phase_one import SizeMeasure
from tests.audit.jobs.measuring import ingest, measured
from tests.builders import SOME_DAY
from tests.datasets import an_annotation, rectangle

N_MENTIONS = 600
SETTINGS = ("A", "B")

Judge = Callable[[str, int], str | None]
"""What is said of a setting's mask of a mention; None where nothing is."""


def shift(number: int) -> int:
    """How many columns B's mask of a mention lies beside A's: their IoU is (20 − shift)/(20 + shift)."""
    return number * 7 % 20


def is_right(setting: str, number: int) -> bool:
    """Masks less than 10 columns apart are right, but for one in 37; of the others a few are."""
    del setting
    return (shift(number) < 10) != (number % 37 == 0)


def by_truth(setting: str, number: int) -> str:
    return "correct" if is_right(setting, number) else "incorrect"


def an_agreeing_annotation(setting: str, number: int) -> dict[str, object]:
    beside = shift(number) if setting == "B" else 0
    confidence = (10 + number * 13 % 89) / (200 if setting == "B" else 100)
    mask = rectangle(5 + beside, 5, 20, 10)
    return an_annotation(number, mask, label=[f"a thing({confidence:.3f})"], question=None)


def make_measured(folder: Path, entity_of: Callable[[int], str] = "Q{}".format) -> Workspace:
    """The two settings, measured, and no sample."""
    make_workspace(folder, None)
    workspace = open_workspace(folder)
    for setting in SETTINGS:
        ingest(
            workspace.population,
            setting,
            [
                an_agreeing_annotation(setting, number) | {"category_id": entity_of(number)}
                for number in range(N_MENTIONS)
            ],
        )
    measured(workspace.population)
    return workspace


def draw(
    workspace: Workspace, size: int, *, unit: str = "annotation", name: str = "main", **changes: object
) -> None:
    request = {
        "name": name,
        "seed": 1,
        "frame": "A",
        "across": Across.SPLITS,
        "per_entity": 1,
        "size_measure": SizeMeasure.NONE,
        "allocation": Shared(size=size, rule=PROPORTIONAL, fixed={}),
        "intent": intent(
            "tune", target=None, margin=None, contrast=None, unit=unit, settings=workspace.settings
        ),
    }
    draw_sample(workspace, SampleRequest(**(request | changes)), now=SOME_DAY, progress=SILENT)


def say(
    workspace: Workspace, folder: Path, numbers: Iterable[int], judge: Judge = by_truth, *, name: str = "main"
) -> None:
    """Import the verdicts on some mentions' masks."""
    lines = [
        f"oven_{number:04},{setting},ann,{said},2026-11-01T10:00:00Z"
        for number in numbers
        for setting in SETTINGS
        if (said := judge(setting, number)) is not None
    ]
    file = folder / "verdicts.csv"
    file.write_text("\n".join(("annotation_id,setting,reviewer,verdict,decided_at", *lines)))
    import_verdicts(workspace.store, file, name, datetime.now(UTC))


def a_copy(folder: Path, place: Path) -> Iterator[Workspace]:
    """A workspace as it lies in a folder, open at another place, as long as a fixture lasts."""
    shutil.copytree(folder, place / "audit")
    opened = open_workspace(place / "audit")
    yield opened
    opened.store.close()


def drawn(workspace: Workspace) -> list[int]:
    """The mentions of the latest sample."""
    with workspace.store.reading() as transaction:
        units = load_units(transaction, load_sample(transaction, None).sample_id)
    return [int(unit.annotation_id.removeprefix("oven_")) for unit in units]
