"""How fast reviewers were: by the verdicts that stand and were timed."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from audit.jobs.pace import paces
from audit.jobs.review_state import load_review_state
from db.records import Purpose, Reading, Source, Verdict
from db.reviewers import ensure_reviewer
from db.reviews import add_readings
from db.store import Store
from reports.review_findings import ReviewerPace
from sampling.reviewers.settlement import Settlement
from tests.audit.jobs.judged_samples import add_masks_to_judge
from tests.builders import SOME_DAY


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(f"sqlite:///{tmp_path}/audit.sqlite")
    made.create()
    yield made
    made.close()


def give(
    store: Store,
    reviewer: str,
    seconds: dict[str, float | None],
    purpose: Purpose = Purpose.READING,
    minute: int = 0,
) -> None:
    at = SOME_DAY + timedelta(minutes=minute)
    readings = [
        Reading(
            mask_id=mask_id,
            verdict=Verdict.CORRECT,
            purpose=purpose,
            client_key=f"{purpose}-{minute}-{mask_id}",
            seconds=taken,
            decided_at=at,
        )
        for mask_id, taken in seconds.items()
    ]
    with store.transaction() as transaction:
        person = ensure_reviewer(transaction, reviewer, SOME_DAY)
        add_readings(transaction, person.reviewer_id, readings, source=Source.PAGE, now=at)


def found(store: Store) -> tuple[ReviewerPace, ...]:
    return paces(load_review_state(store, None, Settlement.MAJORITY))


def test_the_pace_is_the_median_and_the_quartiles_of_what_was_timed(store: Store) -> None:
    masks = add_masks_to_judge(store, 6)
    give(store, "ann", dict(zip(masks, (4.0, 1.0, 2.0, 3.0, 5.0, None), strict=True)))
    give(store, "bob", {masks[0]: None}, minute=1)

    ann, bob = found(store)

    assert ann == ReviewerPace(
        reviewer="ann", n_verdicts=6, n_timed=5, quartiles=(2.0, 3.0, 4.0), seconds=15.0
    )
    assert bob == ReviewerPace(reviewer="bob", n_verdicts=1, n_timed=0, quartiles=None, seconds=0)


def test_a_verdict_that_was_changed_counts_once_and_a_leads_verdicts_count_too(store: Store) -> None:
    masks = add_masks_to_judge(store, 2)
    give(store, "ann", {masks[0]: 60.0})
    give(store, "ann", {masks[0]: 2.0}, minute=1)
    give(store, "ann", {masks[1]: 6.0}, Purpose.ADJUDICATION, minute=2)

    [ann] = found(store)

    assert (ann.n_verdicts, ann.seconds) == (2, 8.0)


def test_where_nobody_judged_there_is_no_pace(store: Store) -> None:
    add_masks_to_judge(store, 2)

    assert found(store) == ()
