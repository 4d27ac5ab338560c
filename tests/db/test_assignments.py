"""Who holds what: leases run out, a purpose never changes, and who has read is told with who holds."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from db.assignments import (
    add_assignments,
    load_active,
    load_assignments,
    load_given_for,
    load_given_to_all,
    load_last_seen,
    load_latest,
    load_open,
    load_readers,
    move_leases,
)
from db.records import Assignment, MaskReader, Purpose, Reading, Source, Verdict, Withdrawal
from db.reviewers import ensure_reviewer, put_disabled, put_link
from db.reviews import add_readings, load_entries, load_judged
from db.samples import add_masks, add_sample, find_unjudgable, load_held, mark_unjudgable, put_units
from db.store import Store, Transaction
from tests.builders import SOME_DAY, a_mask, a_sample, a_unit, made_by

LATER = SOME_DAY + timedelta(minutes=10)
LATEST = SOME_DAY + timedelta(days=30)


@pytest.fixture
def transaction(store: Store) -> Iterator[Transaction]:
    """One that holds a sample with the masks m1, m2 and m3, and the reviewers 1 (ann) and 2 (bob)."""
    with store.transaction() as transaction:
        sample = add_sample(transaction, a_sample())
        unit_ids = put_units(transaction, sample.sample_id, [a_unit(name) for name in "123"])
        add_masks(
            transaction,
            [a_mask(f"m{name}") for name in "123"],
            [made_by("A", unit_ids[name], f"m{name}") for name in "123"],
        )
        ensure_reviewer(transaction, "ann", SOME_DAY)
        ensure_reviewer(transaction, "bob", SOME_DAY)
        yield transaction


def given(task_id: str, reviewer_id: int = 1, **changes: object) -> Assignment:
    values: dict[str, object] = {
        "sample_id": 1,
        "purpose": Purpose.READING,
        "position": 0,
        "assigned_at": SOME_DAY,
        "lease_until": LATER,
    }
    return Assignment(task_id=task_id, reviewer_id=reviewer_id, **(values | changes))


def say(transaction: Transaction, mask_id: str, reviewer_id: int = 1, **changes: object) -> None:
    values: dict[str, object] = {"verdict": Verdict.CORRECT, "decided_at": SOME_DAY}
    event = Reading(mask_id=mask_id, client_key=f"{mask_id} {changes}", **(values | changes))
    add_readings(transaction, reviewer_id, [event], source=Source.PAGE, now=SOME_DAY)


def readers(transaction: Transaction, now: datetime = SOME_DAY) -> list[tuple[str, int, Verdict | None]]:
    found = load_readers(transaction, ["m1", "m2", "m3"], now=now, latest=LATEST)
    return sorted((each.mask_id, each.reviewer_id, each.verdict) for each in found)


def test_what_was_given_comes_back_as_it_was(transaction: Transaction) -> None:
    one = given("m1", purpose=Purpose.GOLD, position=7)

    add_assignments(transaction, [one, given("m2", 2)])

    assert load_assignments(transaction, 1, ["m1", "m2", "m3"]) == {"m1": one}
    assert load_given_for(transaction, 1, [Purpose.GOLD, Purpose.PRACTICE]) == [one]
    assert load_given_for(transaction, 2, [Purpose.GOLD]) == []


def test_giving_again_changes_all_but_the_purpose(transaction: Transaction) -> None:
    add_assignments(transaction, [given("m1", purpose=Purpose.GOLD)])

    again = given("m1", position=9, assigned_at=LATER, lease_until=LATEST)
    add_assignments(transaction, [again])

    (stored,) = load_assignments(transaction, 1, ["m1"]).values()
    assert stored == given("m1", purpose=Purpose.GOLD, position=9, assigned_at=LATER, lease_until=LATEST)


def test_what_is_held_ends_with_its_lease_and_comes_in_order(transaction: Transaction) -> None:
    add_assignments(
        transaction,
        [given("m1", position=2), given("m2", position=1), given("m3", 2), given("p1", position=3)],
    )
    move_leases(transaction, 1, ["p1"], SOME_DAY)

    assert [each.task_id for each in load_open(transaction, 1, 1, SOME_DAY)] == ["m2", "m1"]
    assert load_open(transaction, 1, 1, LATER) == []
    assert load_open(transaction, 1, 2, SOME_DAY) == []
    assert [each.task_id for each in load_latest(transaction, 1, 1, 2)] == ["m1", "p1"]


def test_a_mask_has_those_who_read_it_and_those_who_hold_it(transaction: Transaction) -> None:
    say(transaction, "m1", verdict=Verdict.INCORRECT, second_probability=1.0)
    add_assignments(transaction, [given("m1", 2), given("m2", 2), given("m3", 1, purpose=Purpose.GOLD)])

    assert readers(transaction) == [("m1", 1, Verdict.INCORRECT), ("m1", 2, None), ("m2", 2, None)]
    assert readers(transaction, LATER) == [("m1", 1, Verdict.INCORRECT)]
    found = load_readers(transaction, ["m1"], now=LATER, latest=LATEST)
    assert found == [
        MaskReader(mask_id="m1", reviewer_id=1, verdict=Verdict.INCORRECT, second_probability=1.0)
    ]


def test_a_lease_that_a_wrong_clock_gave_holds_nothing(transaction: Transaction) -> None:
    add_assignments(transaction, [given("m1", lease_until=LATEST + timedelta(seconds=1))])

    assert readers(transaction) == []


def test_only_readings_that_stand_count(transaction: Transaction) -> None:
    say(transaction, "m1", purpose=Purpose.GOLD)
    say(transaction, "m2")
    say(transaction, "m2", verdict=Verdict.UNSURE)
    say(transaction, "m3")
    taken_back = Withdrawal(mask_id="m3", client_key="back", decided_at=SOME_DAY)
    add_readings(transaction, 1, [taken_back], source=Source.PAGE, now=SOME_DAY)

    assert readers(transaction) == [("m2", 1, Verdict.UNSURE)]
    assert load_judged(transaction, 1, ["m1", "m2", "m3"]) == {"m1", "m2"}
    assert load_judged(transaction, 2, ["m1", "m2", "m3"]) == set()


def test_a_journal_can_be_read_on_from_where_one_stopped(transaction: Transaction) -> None:
    say(transaction, "m1")
    say(transaction, "m2", 2)
    (first,) = load_entries(transaction, 1, 0)
    say(transaction, "m3", comment="late", flagged=True)

    (second,) = load_entries(transaction, 1, first.entry_id)

    assert (first.mask_id, second.mask_id, second.comment, second.flagged) == ("m1", "m3", "late", True)
    assert load_entries(transaction, 1, second.entry_id) == []


def test_those_take_part_who_have_a_link_or_were_given_something(transaction: Transaction) -> None:
    assert load_active(transaction, 1, SOME_DAY) == frozenset()
    put_link(transaction, 2, link_hash="f" * 64, expires_at=LATER)
    assert load_active(transaction, 1, SOME_DAY) == {2}
    assert load_active(transaction, 1, LATER) == frozenset()
    put_link(transaction, 2, link_hash=None, expires_at=None)
    add_assignments(transaction, [given("m1", 2)])
    assert load_active(transaction, 1, LATER) == {2}
    put_disabled(transaction, 2, SOME_DAY)
    assert load_active(transaction, 1, SOME_DAY) == frozenset()


def test_masks_that_a_sample_holds_and_that_cannot_be_shown_are_told_apart(transaction: Transaction) -> None:
    add_masks(transaction, [a_mask("alone")], [])
    mark_unjudgable(transaction, "m2", "the image is missing")

    assert load_held(transaction, 1, ["m1", "m2", "alone", "nowhere"]) == {"m1", "m2"}
    assert find_unjudgable(transaction, ["m1", "m2", "alone"]) == {"m2"}


def test_whoever_did_anything_in_a_sample_was_seen_last_then(transaction: Transaction) -> None:
    ensure_reviewer(transaction, "cyd", SOME_DAY)
    assert load_last_seen(transaction, 1) == {}
    add_assignments(transaction, [given("gold", purpose=Purpose.GOLD), given("m2", 2)])
    say(transaction, "m3", 2, decided_at=LATER, purpose=Purpose.ADJUDICATION)
    assert load_last_seen(transaction, 1) == {"ann": SOME_DAY, "bob": LATER}
    assert load_last_seen(transaction, 2) == {}
    assert load_given_to_all(transaction, [Purpose.GOLD, Purpose.PRACTICE]) == {("gold", 1)}
