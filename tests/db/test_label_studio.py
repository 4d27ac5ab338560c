"""What a Label Studio server held is kept as it was last read, and which entries came of it is known."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from db.label_studio import (
    drop_tasks,
    ensure_project,
    find_project,
    load_annotations,
    load_annotations_on,
    load_latest_elsewhere,
    load_latest_readings,
    load_projects,
    load_reads,
    load_tasks,
    move_project,
    put_config_hash,
    put_pulled,
    put_reads,
    put_tasks,
)
from db.records import HeldAnnotation, PushedTask, Reading, Reason, Source, Verdict, Withdrawal
from db.reviewers import ensure_reviewer
from db.reviews import add_readings
from db.samples import add_masks, add_sample, load_masks, put_units, remove_sample
from db.store import Store, Transaction
from tests.builders import SOME_DAY, a_mask, a_sample, a_unit, made_by

URL = "http://localhost:8080"


@pytest.fixture
def transaction(store: Store) -> Iterator[Transaction]:
    """One that holds a sample with the masks m1 and m2, and project 1 of it."""
    with store.transaction() as transaction:
        sample = add_sample(transaction, a_sample())
        unit_ids = put_units(transaction, sample.sample_id, [a_unit("1"), a_unit("2")])
        add_masks(
            transaction,
            [a_mask("m1"), a_mask("m2")],
            [made_by("A", unit_ids["1"], "m1"), made_by("A", unit_ids["2"], "m2")],
        )
        ensure_project(transaction, sample_id=sample.sample_id, url=URL, number=7)
        yield transaction


def held(number: int, task: int, **changes: object) -> HeldAnnotation:
    return replace(
        HeldAnnotation(
            annotation_number=number,
            task_number=task,
            mask_id="m1",
            annotator="ann@example.org",
            updated_at=SOME_DAY,
            verdict=Verdict.INCORRECT,
            reasons=(Reason.SPILLS_OVER, Reason.MERGED_INSTANCES),
            comment="the branch too",
            seconds=2.5,
        ),
        **changes,
    )


def task(number: int, mask_id: str = "m1", data_hash: str = "h") -> PushedTask:
    return PushedTask(task_number=number, mask_id=mask_id, data_hash=data_hash)


def test_a_project_is_made_known_once(transaction: Transaction) -> None:
    again = ensure_project(transaction, sample_id=1, url=URL, number=7)
    other = ensure_project(transaction, sample_id=1, url=URL, number=8)
    put_config_hash(transaction, again.project_id, "c" * 64)
    put_pulled(transaction, again.project_id, watermark=SOME_DAY, pulled_at=SOME_DAY + timedelta(minutes=1))

    first, second = load_projects(transaction, 1)
    assert (first.project_id, second.project_id) == (again.project_id, other.project_id)
    assert (first.config_hash, first.watermark) == ("c" * 64, SOME_DAY)
    assert first.pulled_at == SOME_DAY + timedelta(minutes=1)
    assert (second.config_hash, second.watermark, second.pulled_at) == ("", None, None)


def test_a_task_noted_again_is_noted_anew(transaction: Transaction) -> None:
    put_tasks(transaction, 1, [task(11), task(12, "m2")])
    put_tasks(transaction, 1, [task(12, "m2", "changed")])
    assert load_tasks(transaction, 1) == [task(11), task(12, "m2", "changed")]
    drop_tasks(transaction, 1, [11, 99])
    assert load_tasks(transaction, 1) == [task(12, "m2", "changed")]


def test_a_task_that_was_read_holds_what_it_holds_now(transaction: Transaction) -> None:
    later = SOME_DAY + timedelta(hours=1)
    put_reads(
        transaction, 1, {11: SOME_DAY, 12: SOME_DAY}, [held(1, 11), held(2, 11), held(3, 12), held(4, 12)]
    )
    refused = held(2, 11, mask_id=None, verdict=None, reasons=(), seconds=None, refusal="no verdict")
    put_reads(transaction, 1, {11: later, 13: later}, [refused])
    assert load_annotations(transaction, 1) == [refused, held(3, 12), held(4, 12)]
    assert load_reads(transaction, 1) == {11: later, 12: SOME_DAY, 13: later}

    put_reads(transaction, 1, {13: later}, [held(3, 13)])
    assert load_annotations(transaction, 1) == [refused, held(3, 13), held(4, 12)]


def test_a_task_that_is_gone_takes_along_what_it_held(transaction: Transaction) -> None:
    put_tasks(transaction, 1, [task(11), task(12)])
    put_reads(transaction, 1, {11: SOME_DAY, 12: SOME_DAY}, [held(1, 11), held(3, 12)])
    drop_tasks(transaction, 1, [11])
    assert load_tasks(transaction, 1) == [task(12)]
    assert load_annotations(transaction, 1) == [held(3, 12)]
    assert load_reads(transaction, 1) == {12: SOME_DAY}


def test_what_was_said_elsewhere_is_told_apart(transaction: Transaction) -> None:
    ann = ensure_reviewer(transaction, "ann", SOME_DAY).reviewer_id
    page = Reading(
        mask_id="m1",
        verdict=Verdict.CORRECT,
        client_key="k1",
        decided_at=SOME_DAY,
        flagged=True,
        seconds=3.5,
        second_probability=0.1,
        guideline_hash="g" * 64,
    )
    there = Reading(mask_id="m1", verdict=Verdict.INCORRECT, client_key="k2", decided_at=SOME_DAY)
    add_readings(transaction, ann, [page], source=Source.PAGE, now=SOME_DAY)
    add_readings(transaction, ann, [there], source=Source.LABEL_STUDIO, now=SOME_DAY)

    (newest,) = load_latest_readings(transaction, ["m1", "m2"])
    (elsewhere,) = load_latest_elsewhere(transaction, ["m1", "m2"])
    assert (newest.verdict, newest.source) == (Verdict.INCORRECT, Source.LABEL_STUDIO)
    assert (elsewhere.verdict, elsewhere.source, elsewhere.flagged) == (Verdict.CORRECT, Source.PAGE, True)
    assert (elsewhere.seconds, elsewhere.second_probability) == (3.5, 0.1)
    assert elsewhere.guideline_hash == "g" * 64

    gone = Withdrawal(mask_id="m1", client_key="k3", decided_at=SOME_DAY)
    add_readings(transaction, ann, [gone], source=Source.LABEL_STUDIO, now=SOME_DAY)
    assert [each.verdict for each in load_latest_readings(transaction, ["m1"])] == [None]
    assert load_latest_elsewhere(transaction, ["m1"]) == [elsewhere]


def test_a_removed_sample_leaves_what_was_said_of_its_masks(transaction: Transaction) -> None:
    put_tasks(transaction, 1, [task(11), task(12, "m2")])
    put_reads(transaction, 1, {11: SOME_DAY}, [held(1, 11)])

    remove_sample(transaction, "main")

    assert load_projects(transaction, 1) == []
    left = find_project(transaction, URL, 7)
    assert left is not None
    assert (left.project_id, left.sample_id) == (1, None)
    assert load_annotations_on(transaction, ["m1", "m2"]) == {1: [held(1, 11)]}
    assert {mask.mask_id for mask in load_masks(transaction, ["m1", "m2"])} == {"m1", "m2"}

    sample = add_sample(transaction, a_sample())
    move_project(transaction, 1, sample_id=sample.sample_id, url="https://label.example.org")
    assert find_project(transaction, URL, 7) is None
    (moved,) = load_projects(transaction, sample.sample_id)
    assert (moved.project_id, moved.url) == (1, "https://label.example.org")
