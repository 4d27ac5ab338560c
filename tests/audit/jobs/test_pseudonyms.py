"""Pseudonyms: the same for a reviewer at every time, and silent about who it is."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.jobs.pseudonyms import ReviewerNames, load_shown_names, pseudonyms
from db.preferences import add_preferences
from db.records import Preference, PreferenceReading, Reading, Source, Verdict, Withdrawal
from db.reviewers import ensure_reviewer
from db.reviews import add_readings
from db.samples import add_masks, add_sample, put_units
from db.store import Store, Transaction
from tests.builders import SOME_DAY, a_mask, a_sample, a_unit, made_by


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """A store with one mention that has two masks."""
    made = Store(store_url)
    made.create()
    with made.transaction() as transaction:
        sample = add_sample(transaction, a_sample())
        unit_ids = put_units(transaction, sample.sample_id, [a_unit("1")])
        makers = [made_by("A", unit_ids["1"], "m1"), made_by("B", unit_ids["1"], "m2")]
        add_masks(transaction, [a_mask("m1"), a_mask("m2")], makers)
    yield made
    made.close()


def says(transaction: Transaction, name: str, at: datetime) -> None:
    reviewer = ensure_reviewer(transaction, name, at)
    reading = Reading(mask_id="m1", verdict=Verdict.CORRECT, client_key=f"{at}", decided_at=SOME_DAY)
    add_readings(transaction, reviewer.reviewer_id, [reading], source=Source.PAGE, now=at)


def prefers(transaction: Transaction, name: str, at: datetime) -> None:
    reviewer = ensure_reviewer(transaction, name, at)
    reading = PreferenceReading(
        mask_ids=("m1", "m2"),
        preference=Preference.SAME,
        shown_left=Preference.FIRST,
        client_key="p",
        decided_at=SOME_DAY,
    )
    add_preferences(transaction, reviewer.reviewer_id, [reading], now=at)


def shown(store: Store) -> dict[str, str]:
    return load_shown_names(store, ReviewerNames.PSEUDONYMS)


def test_reviewers_are_numbered_in_the_order_of_their_first_entries(store: Store) -> None:
    with store.transaction() as transaction:
        for name in ("idle", "ann", "ben", "cleo"):
            ensure_reviewer(transaction, name, SOME_DAY)
        says(transaction, "cleo", SOME_DAY)
        prefers(transaction, "ben", SOME_DAY + timedelta(hours=1))
        says(transaction, "ann", SOME_DAY + timedelta(hours=2))

    assert shown(store) == {
        "cleo": "reviewer-1",
        "ben": "reviewer-2",
        "ann": "reviewer-3",
        "idle": "reviewer-4",
    }


def test_whoever_said_something_keeps_their_number_whatever_comes_after(store: Store) -> None:
    with store.transaction() as transaction:
        ensure_reviewer(transaction, "idle", SOME_DAY)
        says(transaction, "zoe", SOME_DAY)
        says(transaction, "ann", SOME_DAY + timedelta(hours=1))
    before = shown(store)
    with store.transaction() as transaction:
        zoe = ensure_reviewer(transaction, "zoe", SOME_DAY)
        undo = Withdrawal(mask_id="m1", client_key="undo", decided_at=SOME_DAY)
        later = SOME_DAY + timedelta(hours=3)
        add_readings(transaction, zoe.reviewer_id, [undo], source=Source.PAGE, now=later)
        says(transaction, "aaron", SOME_DAY + timedelta(hours=4))
        says(transaction, "idle", SOME_DAY + timedelta(hours=5))
    after = shown(store)

    assert {name: after[name] for name in ("zoe", "ann")} == {"zoe": "reviewer-1", "ann": "reviewer-2"}
    assert {name: before[name] for name in ("zoe", "ann")} == {"zoe": "reviewer-1", "ann": "reviewer-2"}


def test_names_are_shown_where_they_are_asked_for(store: Store) -> None:
    with store.transaction() as transaction:
        says(transaction, "Zoë", SOME_DAY)

    assert load_shown_names(store, ReviewerNames.REAL) == {"Zoë": "Zoë"}


@given(st.lists(st.text(), unique=True))
def test_no_two_people_share_a_pseudonym_and_none_tells_a_name(names: list[str]) -> None:
    found = pseudonyms(names)

    assert list(found) == names
    assert list(found.values()) == [f"reviewer-{place}" for place in range(1, len(names) + 1)]
