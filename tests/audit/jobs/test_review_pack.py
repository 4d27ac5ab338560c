"""What an offline pack holds, and who is given its masks meanwhile."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from audit.errors import InputError, UnavailableError
from audit.jobs.access import Admission
from audit.jobs.progress import SILENT, Progress
from audit.jobs.review.desk import DeskRequest, open_desk
from audit.jobs.review.exchange import answer_page
from audit.jobs.review_pack import PackRequest, WrittenPack, write_pack
from audit.jobs.workspace import Workspace, open_workspace
from audit.review.queue import review_order
from db.assignments import load_assignments
from db.records import Assignment, Reading, Source, Verdict
from db.reviewers import ensure_reviewer, put_disabled
from db.reviews import add_readings
from tests.browser.review_workspace import (
    NOW,
    ReviewSample,
    add_review_sample,
    create_workspace,
    usual_mentions,
)
from tests.packs import ReadPack, read_pack


@dataclass
class Place:
    """A workspace with one sample: four mentions of two masks each."""

    workspace: Workspace
    sample: ReviewSample
    folder: Path

    def pack(self, reviewer: str, **changes: object) -> WrittenPack:
        request = PackRequest(file=self.folder / f"{reviewer}.html", reviewer=reviewer)
        return write_pack(self.workspace, replace(request, **changes), now=NOW, progress=SILENT)

    def assigned(self, reviewer: str) -> dict[str, Assignment]:
        with self.workspace.store.transaction() as transaction:
            reviewer_id = ensure_reviewer(transaction, reviewer, NOW).reviewer_id
            return load_assignments(transaction, reviewer_id, list(self.sample.unit_of_mask))

    def given_by_the_page(self, reviewer: str) -> list[str]:
        """The masks that the page names when this reviewer opens it."""
        store = self.workspace.store
        with store.transaction() as transaction:
            admission = Admission(reviewer=ensure_reviewer(transaction, reviewer, NOW))
        desk = open_desk(store, self.workspace.settings, DeskRequest(admission=admission), NOW)
        packed = answer_page(store, desk, None, now=NOW)
        return json.loads(packed[4 : 4 + int.from_bytes(packed[:4], "little")])["coming"]

    def judge(self, reviewer: str, mask_id: str) -> None:
        with self.workspace.store.transaction() as transaction:
            reviewer_id = ensure_reviewer(transaction, reviewer, NOW).reviewer_id
            reading = Reading(mask_id=mask_id, verdict=Verdict.CORRECT, client_key=mask_id, decided_at=NOW)
            add_readings(transaction, reviewer_id, [reading], source=Source.PAGE, now=NOW)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    store = create_workspace(tmp_path / "audit")
    images = tmp_path / "audit" / "images"
    sample = add_review_sample(store, images, usual_mentions(images), "main")
    workspace = open_workspace(tmp_path / "audit")
    yield Place(workspace=workspace, sample=sample, folder=tmp_path)
    workspace.store.close()
    store.close()


def packed(written: WrittenPack) -> list[ReadPack]:
    return [read_pack(file) for file in written.files]


def task_ids(written: WrittenPack) -> list[str]:
    return [task_id for part in packed(written) for task_id in part.manifest["task_ids"]]


def test_a_pack_holds_what_the_reviewer_owes_in_their_own_order(place: Place) -> None:
    sample = place.sample
    order = review_order(sample.unit_of_mask, seed=sample.sample.seed, reviewer="ann")
    place.judge("ann", order[2])

    written = place.pack("ann")

    assert task_ids(written) == [mask_id for mask_id in order if mask_id != order[2]]
    assert (written.n_masks, written.n_unjudgable, written.n_left_out) == (7, 0, 0)
    assert written.n_bytes == sum(file.stat().st_size for file in written.files)


def test_the_masks_of_a_pack_go_to_nobody_else_until_the_days_are_over(place: Place) -> None:
    first, second = place.pack("ann", size=3), place.pack("ben", size=3)

    assert not set(task_ids(first)) & set(task_ids(second))
    assert {each.lease_until for each in place.assigned("ann").values()} == {NOW + timedelta(days=7)}
    later = PackRequest(file=place.folder / "cat.html", reviewer="cat")
    third = write_pack(place.workspace, later, now=NOW + timedelta(days=7, seconds=1), progress=SILENT)
    assert set(task_ids(third)) == set(place.sample.unit_of_mask)


def test_the_page_gives_the_masks_of_a_pack_to_its_reviewer_alone(place: Place) -> None:
    mask_ids = task_ids(place.pack("ann", size=5))

    given = place.given_by_the_page("ben")

    assert given
    assert not set(given) & set(mask_ids)
    assert place.given_by_the_page("ann")[:5] == mask_ids
    leases = {place.assigned("ann")[mask_id].lease_until for mask_id in mask_ids}
    assert leases == {NOW + timedelta(days=7)}


def test_a_pack_written_again_is_the_same_less_what_was_judged(place: Place) -> None:
    before = task_ids(place.pack("ann"))
    (again,) = packed(place.pack("ann"))
    assert again.manifest["task_ids"] == before
    assert again.manifest["pack_id"] == read_pack(place.folder / "ann.html").manifest["pack_id"]

    place.judge("ann", before[0])

    assert task_ids(place.pack("ann")) == before[1:]


def test_nobody_owes_a_mask_twice(place: Place) -> None:
    for mask_id in place.sample.unit_of_mask:
        place.judge("ann", mask_id)

    with pytest.raises(InputError, match="ann has nothing left to judge in sample main"):
        place.pack("ann")
    assert list(place.folder.glob("*.html")) == []


def test_a_pack_tells_nothing_that_a_blind_reviewer_must_not_know(place: Place) -> None:
    (file,) = place.pack("ann").files

    content = file.read_bytes()
    (part,) = packed(place.pack("ann"))
    everything = content + part.elements["pack-manifest"].encode() + str(part.opening).encode()
    assert b"Coffee cup" in everything
    for secret in (b"original", b"query_val", b"oven_", b"cat.jpg", b"image_0", bytes(place.folder)):
        assert secret not in everything
    assert set(part.items[0]) == {"task_id", "entity", "question", "size", "crop", "photo", "box", "mask"}
    assert part.opening["reviewer"] == "ann"
    assert part.opening["opening"]["links"] == []


def test_a_photo_that_several_masks_share_is_in_a_page_once(place: Place) -> None:
    (part,) = packed(place.pack("ann"))

    assert len(part.items) == 8
    assert len(part.photos) == 4


def test_no_part_is_larger_than_it_may_be_and_each_is_whole(place: Place) -> None:
    (whole,) = place.pack("ann").files
    limit = whole.stat().st_size - 60_000

    written = place.pack("ann", max_part_bytes=limit)

    numbers = range(1, len(written.files) + 1)
    assert len(numbers) > 1
    assert [file.name for file in written.files] == [f"ann-{number}.html" for number in numbers]
    assert all(file.stat().st_size <= limit for file in written.files)
    assert written.older_files == (whole,)
    assert written.n_masks == 8
    assert [part.manifest["part"] for part in packed(written)] == list(numbers)
    assert [part.opening["n_tasks"] for part in packed(written)] == [
        len(part.items) for part in packed(written)
    ]
    assert len({part.manifest["pack_id"] for part in packed(written)}) == len(numbers)


def test_what_cannot_be_shown_is_left_out_and_noted(place: Place) -> None:
    (place.folder / "audit" / "images" / "cat.jpg").write_bytes(b"no image")

    written = place.pack("ann")

    assert (written.n_masks, written.n_unjudgable) == (6, 2)
    assert set(place.sample.unjudgable().values()) == {"the image file is broken or of an unknown format"}


def test_what_is_larger_than_a_part_stays_with_the_page(place: Place) -> None:
    (whole,) = place.pack("ann").files
    photo = place.folder / "audit" / "images" / "cat.jpg"
    with Image.open(photo) as image:
        shape = (image.height, image.width, 3)
    noise = np.random.default_rng(1).integers(0, 255, shape, dtype=np.uint8)
    Image.fromarray(noise).save(photo, quality=100)
    limit = whole.stat().st_size
    assert photo.stat().st_size > limit / 2

    written = place.pack("ann", max_part_bytes=limit)

    assert written.n_left_out == 2
    assert all(part.items for part in packed(written))
    left_out = set(place.sample.unit_of_mask) - set(task_ids(written))
    assert {place.assigned("ann")[mask_id].lease_until for mask_id in left_out} == {NOW}
    assert all(file.stat().st_size <= limit for file in written.files)


def test_without_any_image_no_file_is_written_and_no_mask_is_kept_from_others(place: Place) -> None:
    (place.folder / "audit" / "images").rename(place.folder / "away")

    with pytest.raises(UnavailableError, match="the images of 8 cannot be had now"):
        place.pack("ann")

    assert list(place.folder.glob("*.html")) == []
    assert {each.lease_until for each in place.assigned("ann").values()} == {NOW}
    assert place.sample.unjudgable() == {}


def test_an_interrupted_pack_takes_no_mask_from_others_and_leaves_earlier_ones_alone(place: Place) -> None:
    earlier = task_ids(place.pack("ann", size=3))

    def interrupt(n: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        request = PackRequest(file=place.folder / "more.html", reviewer="ann")
        interrupted = Progress(start=SILENT.start, advance=interrupt)
        write_pack(place.workspace, request, now=NOW, progress=interrupted)

    held = {mask_id for mask_id, each in place.assigned("ann").items() if each.lease_until > NOW}
    assert held == set(earlier)
    assert [file.name for file in place.folder.glob("*.html")] == ["ann.html"]


def test_somebody_who_was_shut_out_gets_no_pack(place: Place) -> None:
    with place.workspace.store.transaction() as transaction:
        reviewer = ensure_reviewer(transaction, "ann", NOW)
        put_disabled(transaction, reviewer.reviewer_id, NOW)

    with pytest.raises(InputError, match="ann takes no part in this review any more"):
        place.pack("ann")
