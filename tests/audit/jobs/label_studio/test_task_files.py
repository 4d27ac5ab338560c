"""Tasks in files: whole, the same every time, and nothing in them that unblinds."""

import base64
import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from audit.errors import InputError, UnavailableError
from audit.jobs.label_studio import outgoing_masks
from audit.jobs.label_studio.image_places import ImageMode, ImagePlacing
from audit.jobs.label_studio.task_files import (
    TaskFilesRequest,
    WrittenTaskFiles,
    next_steps,
    write_task_files,
)
from audit.jobs.progress import SILENT
from audit.review.label_studio.brush import TooComplexError
from audit.review.label_studio.config import labeling_config
from audit.review.label_studio.tasks import MaskMode
from tests.label_studio.workspace import SmallAudit, small_audit


@pytest.fixture
def audit(tmp_path: Path) -> SmallAudit:
    return small_audit(tmp_path / "workspace")


def write(audit: SmallAudit, file: Path, **request: Any) -> WrittenTaskFiles:
    return write_task_files(audit.workspace, TaskFilesRequest(file=file, **request), progress=SILENT)


def tasks_in(written: WrittenTaskFiles) -> list[dict[str, Any]]:
    return [task for file in written.files for task in json.loads(file.read_text())]


def test_every_mask_is_in_the_file_once_with_its_picture_and_the_config_lies_beside_it(
    audit: SmallAudit, tmp_path: Path
) -> None:
    written = write(audit, tmp_path / "tasks.json")
    tasks = tasks_in(written)
    assert {task["data"]["item_uid"] for task in tasks} == audit.mask_ids
    assert (written.n_masks, len(tasks), written.files) == (9, 9, (tmp_path / "tasks.json",))
    assert (tmp_path / "tasks.xml").read_text() == labeling_config()
    for task in tasks:
        head, _, content = task["data"]["image"].partition(",")
        assert head == "data:image/jpeg;base64"
        with Image.open(BytesIO(base64.b64decode(content))) as picture:
            assert picture.size == (96, 72)
            assert not picture.getexif()
    text = written.files[0].read_text()
    assert not [secret for secret in audit.secrets if secret in text]
    assert written.n_bytes == len(text)


def test_written_again_it_is_the_same_byte_for_byte(audit: SmallAudit, tmp_path: Path) -> None:
    first, second = (write(audit, tmp_path / name) for name in ("first.json", "second.json"))
    assert first.files[0].read_bytes() == second.files[0].read_bytes()


def test_what_does_not_fit_into_one_file_goes_into_the_next(audit: SmallAudit, tmp_path: Path) -> None:
    whole = tasks_in(write(audit, tmp_path / "whole.json"))
    largest = max(len(json.dumps(task)) for task in whole)
    written = write(audit, tmp_path / "tasks.json", max_file_bytes=3 * largest)
    assert len(written.files) > 2
    assert written.files[1].name == "tasks-2.json"
    assert all(file.stat().st_size <= 3 * largest for file in written.files)
    assert tasks_in(written) == whole
    assert any("Import tasks-1.json, then tasks-2.json" in line for line in next_steps(written))


@pytest.mark.slow
def test_pictures_may_lie_in_a_folder_instead(audit: SmallAudit, tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    images = ImagePlacing(mode=ImageMode.URL, folder=folder, url="https://images.example.org")
    written = write(audit, tmp_path / "tasks.json", images=images)
    assert {task["data"]["image"] for task in tasks_in(written)} == {
        f"https://images.example.org/{each.name}" for each in folder.iterdir()
    }


def test_a_mask_too_complex_for_a_brush_is_drawn_and_counted(
    audit: SmallAudit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_complex(mask: object) -> list[int]:
        raise TooComplexError

    asked = write(audit, tmp_path / "asked.json", mask_mode=MaskMode.OVERLAY)
    monkeypatch.setattr(outgoing_masks, "encode_brush", too_complex)
    fallen_back = write(audit, tmp_path / "tasks.json")
    assert (asked.n_overlay, fallen_back.n_overlay) == (0, 9)
    assert tasks_in(fallen_back) == tasks_in(asked)
    assert all(task["predictions"] == [] for task in tasks_in(asked))


def test_nothing_is_written_where_nothing_can_be_shown_or_the_disk_refuses(
    audit: SmallAudit, tmp_path: Path
) -> None:
    (tmp_path / "tasks.xml").mkdir()
    with pytest.raises(InputError, match="is a folder"):
        write(audit, tmp_path / "tasks.json")
    (tmp_path / "tasks.xml").rmdir()
    photographs = audit.workspace.settings.folder / "photographs-secret"
    for each in photographs.iterdir():
        each.write_bytes(b"no image")
    with pytest.raises(InputError, match="9 masks cannot be shown at all"):
        write(audit, tmp_path / "tasks.json")
    photographs.rename(tmp_path / "workspace" / "away")
    with pytest.raises(UnavailableError, match="the images of 9 cannot be had now"):
        write(audit, tmp_path / "tasks.json")
    assert [each.name for each in tmp_path.iterdir()] == ["workspace"]


def test_only_a_labeling_config_of_ours_is_written_over(audit: SmallAudit, tmp_path: Path) -> None:
    config_file = tmp_path / "tasks.xml"
    for foreign in ("", "<mine/>", '<View><Choices name="verdict"/></View>'):
        config_file.write_text(foreign)
        with pytest.raises(InputError, match=r"tasks\.xml, .* holds something else: move it"):
            write(audit, tmp_path / "tasks.json")
        assert config_file.read_text() == foreign
        assert not (tmp_path / "tasks.json").exists()
    config_file.write_text(labeling_config().replace("Comment", "Another version"))
    write(audit, tmp_path / "tasks.json")
    assert config_file.read_text() == labeling_config()


def test_a_file_that_cannot_be_is_refused_before_anything_is_read(audit: SmallAudit, tmp_path: Path) -> None:
    for file, sentence in {
        tmp_path / "tasks.txt": "does not end in .json",
        tmp_path / "nowhere" / "tasks.json": "is no folder",
    }.items():
        with pytest.raises(InputError, match=sentence):
            write(audit, file)
