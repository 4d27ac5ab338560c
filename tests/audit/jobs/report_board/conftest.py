"""A judged sample with several settings, reviewers, reasons, categories and sources, loaded as a board."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from audit.jobs.ingest import IngestRequest, run_ingest
from audit.jobs.progress import SILENT
from audit.jobs.report_board.board import ReportBoard, load_report_board
from audit.jobs.verdict_files import import_verdicts
from audit.jobs.workspace import Workspace, make_workspace, open_workspace
from tests.audit.jobs.tuned_workspace import draw
from tests.datasets import a_dataset, an_annotation, rectangle, write_json

N_UNITS = 120
SETTINGS = ("A", "B")
PATTERNS = """
[categories]
"<b>early</b>" = "oven_000?"
later = "*"

[sources]
low = "oven_000?"
high = "*"
"""


def verdict_of(setting: str, number: int) -> str | None:
    """A is right on two of three; B on the others' half; nothing is said of the last unit."""
    if number == N_UNITS - 1:
        return None
    right = number % 3 != 0 if setting == "A" else number % 2 == 0
    return "correct" if right else "incorrect"


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    folder = tmp_path_factory.mktemp("report") / "audit"
    make_workspace(folder, None)
    settings_file = folder / "audit.toml"
    settings_file.write_text(settings_file.read_text() + PATTERNS)
    opened = open_workspace(folder)
    for setting in SETTINGS:
        shift = SETTINGS.index(setting)
        content = a_dataset(
            [
                an_annotation(number, rectangle(5 + shift, 5, 20, 10)) | {"category_id": f"Q{number}"}
                for number in range(N_UNITS)
            ]
        )
        for entity in content["categories"]:
            del entity["supercategory"]
        file = write_json(folder.parent / f"{setting}.json", content)
        request = IngestRequest(files=(file,), setting=setting)
        run_ingest(opened.population, request, workers=1, progress=SILENT)
    draw(opened, N_UNITS)
    judge(opened, folder.parent / "verdicts.csv")
    yield opened
    opened.store.close()


def judge(workspace: Workspace, file: Path) -> None:
    lines = []
    for number in range(N_UNITS):
        for setting in SETTINGS:
            said = verdict_of(setting, number)
            if said is None:
                continue
            reason = "spills_over" if said == "incorrect" else ""
            who = "ann" if number < 12 else "ben"
            lines.append(f"oven_{number:04},{setting},{who},{said},{reason},2026-11-01T10:00:00Z")
    file.write_text("\n".join(("annotation_id,setting,reviewer,verdict,reasons,decided_at", *lines)))
    import_verdicts(workspace.store, file, "main", datetime.now(UTC))


@pytest.fixture(scope="session")
def board(workspace: Workspace) -> ReportBoard:
    return load_report_board(workspace, "main", datetime(2026, 11, 2, tzinfo=UTC))
