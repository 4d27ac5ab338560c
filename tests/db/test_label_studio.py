"""What a Label Studio server held is kept as it was last read, and which entries came of it is known."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from db.label_studio import (
    claim_entries,
    drop_tasks,
    ensure_project,
    load_annotations,
    load_latest_readings,
    load_projects,
    load_reads,
    load_tasks,
    put_config_hash,
    put_pulled,
    put_reads,
    put_tasks,
)
from db.records import HeldAnnotation, PushedTask, Reading, Reason, Source, Verdict, Withdrawal
from db.reviewers import ensure_reviewer
from db.reviews import add_readings, load_standing
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


def test_the_newest_entry_tells_whose_annotation_made_it(transaction: Transaction) -> None:
    ann = ensure_reviewer(transaction, "ann", SOME_DAY).reviewer_id
    first = Reading(mask_id="m1", verdict=Verdict.CORRECT, client_key="k1", decided_at=SOME_DAY)
    elsewhere = replace(first, mask_id="m2", client_key="k2")
    add_readings(transaction, ann, [first], source=Source.LABEL_STUDIO, now=SOME_DAY)
    add_readings(transaction, ann, [elsewhere], source=Source.PAGE, now=SOME_DAY)
    claim_entries(transaction, 1, ann, ["k1"])
    claim_entries(transaction, 1, ann, ["k1"])

    found = {each.mask_id: each for each in load_latest_readings(transaction, ["m1", "m2"])}
    assert (found["m1"].project_id, found["m1"].verdict) == (1, Verdict.CORRECT)
    assert (found["m2"].project_id, found["m2"].reviewer) == (None, "ann")

    gone = Withdrawal(mask_id="m1", client_key="k3", decided_at=SOME_DAY)
    add_readings(transaction, ann, [gone], source=Source.LABEL_STUDIO, now=SOME_DAY)
    (latest,) = load_latest_readings(transaction, ["m1"])
    assert (latest.verdict, latest.project_id) == (None, None)


def test_a_removed_sample_takes_its_projects_along_and_leaves_the_verdicts(transaction: Transaction) -> None:
    ann = ensure_reviewer(transaction, "ann", SOME_DAY).reviewer_id
    said = Reading(mask_id="m1", verdict=Verdict.CORRECT, client_key="k1", decided_at=SOME_DAY)
    add_readings(transaction, ann, [said], source=Source.LABEL_STUDIO, now=SOME_DAY)
    claim_entries(transaction, 1, ann, ["k1"])
    put_tasks(transaction, 1, [task(11), task(12, "m2")])
    put_reads(transaction, 1, {11: SOME_DAY}, [held(1, 11)])

    remove_sample(transaction, "main")

    assert load_projects(transaction, 1) == []
    assert [mask.mask_id for mask in load_masks(transaction, ["m1"])] == ["m1"]
    sample = add_sample(transaction, a_sample())
    unit_ids = put_units(transaction, sample.sample_id, [a_unit("1")])
    add_masks(transaction, [a_mask("m1")], [made_by("A", unit_ids["1"], "m1")])
    assert [each.source for each in load_standing(transaction, sample.sample_id)] == [Source.LABEL_STUDIO]
