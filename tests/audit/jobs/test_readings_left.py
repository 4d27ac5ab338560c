"""What a sample's masks are owed beyond their first reading, and who is there to give it."""

from datetime import timedelta
from pathlib import Path

import pytest

from audit.jobs.readings_left import ReadingsLeft, load_readings_left, reviewers_lacking_text
from audit.jobs.review_state import load_review_state
from audit.settings import Settings
from db.assignments import add_assignments
from db.records import Assignment, Purpose, Verdict
from db.reviewers import ensure_reviewer, put_link
from db.samples import mark_unjudgable
from db.store import Store
from sampling.reviewers.settlement import Settlement
from tests.audit.jobs.judged_samples import add_masks_to_judge, judge
from tests.builders import SOME_DAY

C, I, U = Verdict.CORRECT, Verdict.INCORRECT, Verdict.UNSURE  # noqa: E741
LATER = SOME_DAY + timedelta(minutes=10)


@pytest.fixture
def masks(store: Store) -> list[str]:
    """Ten masks: Ann accepts five, rejects three, is unsure of one, and leaves the last unread."""
    masks = add_masks_to_judge(store, 10)
    said = dict.fromkeys(masks[:5], C) | dict.fromkeys(masks[5:8], I) | {masks[8]: U}
    judge(store, "ann", said, probabilities=dict.fromkeys(masks[:5], 0.0))
    invite(store, "ann")
    return masks


def invite(store: Store, *names: str) -> None:
    with store.transaction() as transaction:
        for name in names:
            person = ensure_reviewer(transaction, name, SOME_DAY)
            put_link(transaction, person.reviewer_id, link_hash=f"{name:f<64}", expires_at=LATER)


def left(store: Store, first_readings: int = 1) -> ReadingsLeft:
    settings = Settings(folder=Path(), first_readings=first_readings)
    return load_readings_left(store, settings, load_review_state(store, None, Settlement.MAJORITY), SOME_DAY)


def test_doubtful_masks_await_somebody_else(store: Store, masks: list[str]) -> None:
    invite(store, "bob")
    assert left(store) == ReadingsLeft(n_owed=4, n_reviewers=2, n_reviewers_needed=None)
    judge(store, "bob", {masks[5]: C, masks[8]: I})
    assert left(store).n_owed == 2


def test_a_lone_reviewer_is_owed_nothing(store: Store, masks: list[str]) -> None:
    assert left(store) == ReadingsLeft(n_owed=0, n_reviewers=1, n_reviewers_needed=None)
    assert reviewers_lacking_text(left(store)) == ""


def test_readings_by_more_people_than_there_are_lack_reviewers(store: Store, masks: list[str]) -> None:
    invite(store, "bob")
    # All by Bob, but for the unread one: that awaits one by Bob and one by Ann, of which one is its first.
    assert left(store, first_readings=2) == ReadingsLeft(n_owed=10, n_reviewers=2, n_reviewers_needed=None)
    found = left(store, first_readings=3)
    assert found == ReadingsLeft(n_owed=10, n_reviewers=2, n_reviewers_needed=3)
    assert reviewers_lacking_text(found) == "first_readings in audit.toml needs 3 reviewers, has 2"


def test_what_can_be_read_by_nobody_is_not_owed(store: Store, masks: list[str]) -> None:
    invite(store, "bob")
    with store.transaction() as transaction:
        mark_unjudgable(transaction, masks[5], "the image is missing")
        bob = ensure_reviewer(transaction, "bob", SOME_DAY)
        shown = Assignment(
            task_id=masks[6],
            reviewer_id=bob.reviewer_id,
            sample_id=load_review_state(store, None, Settlement.MAJORITY).sample.sample_id,
            purpose=Purpose.GOLD,
            position=0,
            assigned_at=SOME_DAY,
            lease_until=SOME_DAY,
        )
        add_assignments(transaction, [shown])
    assert left(store).n_owed == 2
