from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from audit.jobs.overview import load_overview
from audit.jobs.overview_words import headline, reviewer_rows, work_left
from audit.settings import Settings
from db.assignments import add_assignments
from db.records import Assignment, Purpose, Reading, Source, Verdict
from db.reviewers import ensure_reviewer, put_link
from db.reviews import add_readings
from db.samples import load_sample, mark_unjudgable
from db.store import Store
from sampling.estimation.estimate import NoEstimate
from sampling.reviewers.conduct import Sign
from tests.audit.jobs.gold_review import say
from tests.browser.review_workspace import (
    SETTINGS,
    Mention,
    ReviewSample,
    add_review_sample,
    ellipse,
)

BY_DEFAULT = Settings(folder=Path())
NOW = datetime(2025, 3, 4, 15, 0, tzinfo=UTC)


@pytest.fixture
def sample(store: Store, tmp_path: Path) -> ReviewSample:
    mentions = [
        Mention(
            entity=f"Thing {index}",
            question=None,
            file_name="cat.jpg",
            masks=[ellipse((60, 80), 30, 40, 20, 20 + index), ellipse((60, 80), 30, 40, 40, 20 + index)],
        )
        for index in range(30)
    ]
    return add_review_sample(store, tmp_path, mentions, "watched")


def judge(
    store: Store, reviewer: str, masks: list[str], verdict: Verdict, *, seconds: float = 2.0, ago: int = 0
) -> None:
    start = NOW - timedelta(minutes=ago)
    readings = [
        Reading(
            mask_id=mask_id,
            verdict=verdict,
            client_key=f"{reviewer}-{mask_id}",
            seconds=seconds,
            decided_at=start + timedelta(seconds=place),
            flagged=place == 0,
        )
        for place, mask_id in enumerate(masks)
    ]
    with store.transaction() as transaction:
        reviewer_id = ensure_reviewer(transaction, reviewer, NOW).reviewer_id
        add_readings(transaction, reviewer_id, readings, source=Source.PAGE, now=NOW)


def test_a_review_that_has_not_begun_has_no_reviewers(store: Store, sample: ReviewSample) -> None:
    found = load_overview(store, BY_DEFAULT, None, NOW)

    assert (found.n_masks, found.n_read, found.reviewers) == (60, 0, ())
    assert {(each.setting, each.n_units, each.n_settled) for each in found.settings} == {
        (SETTINGS[0], 30, 0),
        (SETTINGS[1], 30, 0),
    }


def test_what_each_reviewer_did_is_told_apart(store: Store, sample: ReviewSample) -> None:
    masks = sorted(sample.unit_of_mask)
    judge(store, "ann", masks[:20], Verdict.CORRECT, seconds=2.0, ago=30)
    judge(store, "bob", masks[20:24], Verdict.INCORRECT, seconds=0.1, ago=90)

    ann, bob = load_overview(store, BY_DEFAULT, "watched", NOW).reviewers

    assert (ann.name, ann.n_readings, ann.n_lately, ann.seconds) == ("ann", 20, 20, 2.0)
    assert (bob.name, bob.n_readings, bob.n_lately, bob.seconds) == ("bob", 4, 0, 0.1)
    assert bob.last_at == NOW - timedelta(minutes=90) + timedelta(seconds=3)
    assert bob.conduct is not None
    assert Sign.FAST in bob.conduct.signs
    assert Sign.UNLIKE_OTHERS in bob.conduct.signs


def test_second_readings_show_in_the_overview_and_not_in_the_conduct(
    store: Store, sample: ReviewSample
) -> None:
    masks = sorted(sample.unit_of_mask)
    judge(store, "ann", masks[:40], Verdict.CORRECT, ago=50)
    judge(store, "bob", masks[:4], Verdict.INCORRECT)

    found = load_overview(store, BY_DEFAULT, None, NOW)

    assert (found.n_read, found.n_read_twice, found.n_disputed, found.n_flagged) == (40, 4, 4, 1)
    assert found.agreement is not None
    assert not isinstance(found.agreement, NoEstimate)
    assert [each.conduct is None for each in found.reviewers] == [False, True]


def test_masks_that_cannot_be_shown_are_asked_of_nobody(store: Store, sample: ReviewSample) -> None:
    masks = sorted(sample.unit_of_mask)
    judge(store, "ann", masks[:4], Verdict.CORRECT, ago=50)
    judge(store, "bob", masks[:4], Verdict.INCORRECT)
    with store.transaction() as transaction:
        mark_unjudgable(transaction, masks[1], "the image is missing")
        mark_unjudgable(transaction, masks[-1], "the image is missing")

    found = load_overview(store, BY_DEFAULT, None, NOW)

    assert (found.n_masks, found.n_read, found.n_read_twice) == (59, 4, 4)
    assert (found.n_disputed, found.n_not_to_settle) == (3, 1)
    assert work_left(found) == (
        "55 masks await their first reading: about 2 min of work."
        " 1 disputed or flagged mask cannot be shown, so no lead can settle it."
    )


def test_everybody_who_took_part_is_listed_with_when_they_were_last_seen(
    store: Store, sample: ReviewSample
) -> None:
    masks = sorted(sample.unit_of_mask)
    judge(store, "ann", masks[:3], Verdict.CORRECT, ago=50)
    say(store, "lea", masks[:1], Verdict.CORRECT, Purpose.ADJUDICATION)
    with store.transaction() as transaction:
        new = ensure_reviewer(transaction, "new", NOW).reviewer_id
        ensure_reviewer(transaction, "never", NOW)
        sample_id = load_sample(transaction, None).sample_id
        given = Assignment(
            task_id="some gold",
            reviewer_id=new,
            sample_id=sample_id,
            purpose=Purpose.PRACTICE,
            position=0,
            assigned_at=NOW - timedelta(minutes=7),
            lease_until=NOW,
        )
        add_assignments(transaction, [given])

    found = load_overview(store, BY_DEFAULT, None, NOW)

    assert [(each.name, each.n_readings) for each in found.reviewers] == [("ann", 3), ("lea", 0), ("new", 0)]
    rows = reviewer_rows(found.reviewers, NOW)
    assert list(rows[0])[:2] == ["reviewer", "last seen"]  # a wide table is cut off at the right
    assert [row["last seen"] for row in rows] == ["49 min ago", "now", "7 min ago"]


def test_second_readings_are_work_that_is_left(store: Store, sample: ReviewSample) -> None:
    masks = sorted(sample.unit_of_mask)
    judge(store, "ann", masks, Verdict.INCORRECT, ago=50)
    with store.transaction() as transaction:
        for name in ("ann", "bob"):
            person = ensure_reviewer(transaction, name, NOW)
            put_link(transaction, person.reviewer_id, link_hash=f"{name:f<64}", expires_at=None)

    found = load_overview(store, BY_DEFAULT, None, NOW)

    assert headline(found)["Readings owed"] == "60"
    assert work_left(found) == ("Every mask has been read. 60 second readings are owed: about 2 min of work.")
    alone = load_overview(store, replace(BY_DEFAULT, first_readings=3), None, NOW)
    assert work_left(alone).endswith(
        "Readings are lacking: first_readings in audit.toml needs 3 reviewers, has 2."
    )
