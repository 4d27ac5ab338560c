"""A judged, measured workspace, and what a board loads of it."""

from collections.abc import Iterator

import pytest

from audit.jobs.tuning_board.board import load_board
from audit.jobs.tuning_data import TuningData
from audit.jobs.workspace import Workspace
from db.samples import load_sample, load_units
from tests.audit.jobs.tuned_workspace import N_MENTIONS, draw, make_measured, say


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """Settings A and B of 600 mentions, half of them drawn, all of these judged but twenty."""
    folder = tmp_path_factory.mktemp("board")
    workspace = make_measured(folder / "audit")
    draw(workspace, N_MENTIONS // 2)
    with workspace.store.reading() as transaction:
        units = load_units(transaction, load_sample(transaction, None).sample_id)
    say(workspace, folder, [int(unit.annotation_id.rpartition("_")[2]) for unit in units[:-20]])
    yield workspace
    workspace.store.close()


@pytest.fixture(scope="module")
def data(judged: Workspace) -> TuningData:
    """What a board of setting A shows."""
    return load_board(judged, "main", "A", ["iou", "confidence_max", "area_share"])
