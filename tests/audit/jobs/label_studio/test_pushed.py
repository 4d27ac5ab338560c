"""What is said of a push."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from audit.jobs.label_studio.held_tasks import HeldTasks
from audit.jobs.label_studio.pushed import PushTally, push_remarks
from audit.review.label_studio.records import TaskHead
from audit.review.label_studio.server import LabelStudioServer
from audit.review.label_studio.tasks import MaskMode
from db.label_studio import ensure_project
from tests.label_studio.workspace import small_audit

BRUSHED, DRAWN = "/data/upload/7/1a2b3c4d-00ff.jpg", "/data/upload/7/1a2b3c4d-00ff-drawn.jpg"


@pytest.fixture
def held(tmp_path: Path) -> HeldTasks:
    audit = small_audit(tmp_path / "workspace", n_mentions=1)
    with audit.store.transaction() as transaction:
        project = ensure_project(
            transaction, sample_id=audit.sample.sample_id, url="http://localhost", number=7
        )
    return HeldTasks(audit.store, LabelStudioServer("http://localhost", "unused"), project, {})


def show(held: HeldTasks, images: dict[str, str]) -> None:
    for number, (mask_id, image) in enumerate(images.items()):
        head = TaskHead(
            number=number,
            content={"image": image},
            updated_at=datetime(2026, 1, 1, tzinfo=UTC),
            n_annotations=0,
        )
        held.of_mask[mask_id] = [head]


def test_masks_that_keep_their_brush_though_others_are_drawn_in_are_told(held: HeldTasks) -> None:
    show(held, {"before": BRUSHED, "drawn before": DRAWN, "sent": DRAWN})
    remarks = push_remarks(PushTally(sent={"sent"}, mask_mode=MaskMode.OVERLAY), held)
    assert [remark.partition(",")[0] for remark in remarks] == [
        "1 masks were there before and stay as they are shown"
    ]


def test_nothing_is_said_where_every_mask_is_shown_as_was_asked(held: HeldTasks) -> None:
    show(held, {"before": BRUSHED, "too complex": DRAWN})
    assert push_remarks(PushTally(), held) == ()
    show(held, {"before": DRAWN})
    assert push_remarks(PushTally(mask_mode=MaskMode.OVERLAY), held) == ()
