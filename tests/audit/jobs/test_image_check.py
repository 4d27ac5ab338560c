from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from audit.jobs.image_check import check_images
from audit.jobs.progress import SILENT
from db.samples import mark_unjudgable
from db.store import Store
from tests.browser.review_workspace import Mention, ReviewSample, add_review_sample

MISSING = "the image is missing"
LEFTOVERS = ("the image root cannot be reached", "the image cannot be fetched (ClientConnectorError)")


def sample_of(store: Store, root: Path | str, *file_names: str) -> ReviewSample:
    mask = np.ones((6, 8), bool)
    mentions = [Mention(entity="E", question=None, file_name=name, masks=[mask]) for name in file_names]
    return add_review_sample(store, root, mentions, "first")


def note(store: Store, sample: ReviewSample, *reasons: str) -> None:
    with store.transaction() as transaction:
        for mask_id, reason in zip(sorted(sample.unit_of_mask), reasons, strict=True):
            mark_unjudgable(transaction, mask_id, reason)


def reasons_after_check(store: Store, sample: ReviewSample) -> list[str]:
    check_images(store, None, workers=2, progress=SILENT)
    return sorted(sample.unjudgable().values())


def test_lasting_reasons_are_noted_and_taken_back_when_they_no_longer_hold(
    store: Store, tmp_path: Path
) -> None:
    images = tmp_path / "images"
    images.mkdir()
    Image.new("RGB", (8, 6)).save(images / "there.jpg")
    Image.new("RGB", (9, 6)).save(images / "clash.jpg")
    sample = sample_of(store, images, "there.jpg", "clash.jpg", "gone.jpg")

    before = reasons_after_check(store, sample)
    Image.new("RGB", (8, 6)).save(images / "gone.jpg")

    assert before == ["mask is 6×8, image is 6×9", MISSING]
    assert reasons_after_check(store, sample) == ["mask is 6×8, image is 6×9"]


@pytest.mark.parametrize("root", ["{}/away", "zip://{}/away.zip", "http://127.0.0.1:1/away"])
def test_a_root_that_is_away_leaves_lasting_notes_and_clears_those_that_only_said_so(
    store: Store, tmp_path: Path, root: str
) -> None:
    sample = sample_of(store, root.format(tmp_path), "a.jpg", "b.jpg", "c.jpg", "d.jpg")
    note(store, sample, MISSING, *LEFTOVERS, "the image file is broken or cut short")

    assert reasons_after_check(store, sample) == ["the image file is broken or cut short", MISSING]


def test_an_empty_folder_tells_of_no_image_that_it_is_missing(store: Store, tmp_path: Path) -> None:
    (tmp_path / "unmounted").mkdir()
    sample = sample_of(store, tmp_path / "unmounted", "a.jpg", "b.jpg")

    assert reasons_after_check(store, sample) == []
