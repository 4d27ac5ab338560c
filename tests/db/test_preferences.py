"""The journal of preferences only grows, and nothing of it reaches the journal of verdicts."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from db.assignments import add_assignments, load_leased, load_open, load_task_ids
from db.preferences import add_preferences, load_standing_preferences
from db.records import Assignment, Preference, PreferenceReading, Purpose, Reading, Source, Verdict
from db.reviewers import ensure_reviewer
from db.reviews import add_readings, load_standing
from db.samples import add_masks, add_sample, load_masks, put_units, remove_sample
from db.store import Store, Transaction
from db.tables import preferences
from tests.builders import SOME_DAY, a_mask, a_sample, a_unit, made_by


@pytest.fixture
def transaction(store: Store) -> Iterator[Transaction]:
    """One that holds a sample in which two settings differ on one mention and agree on another."""
    with store.transaction() as transaction:
        sample = add_sample(transaction, a_sample())
        unit_ids = put_units(transaction, sample.sample_id, [a_unit("1"), a_unit("2")])
        add_masks(
            transaction,
            [a_mask("m1"), a_mask("m2"), a_mask("m3"), a_mask("m4")],
            [
                made_by("A", unit_ids["1"], "m1"),
                made_by("B", unit_ids["1"], "m2"),
                made_by("C", unit_ids["1"], "m3"),
                made_by("A", unit_ids["2"], "m4"),
                made_by("B", unit_ids["2"], "m4"),
            ],
        )
        yield transaction


def said(
    preference: Preference | None, key: str, mask_ids: tuple[str, str] = ("m1", "m2"), **changes: object
) -> PreferenceReading:
    facts: dict[str, object] = {
        "mask_ids": mask_ids,
        "preference": preference,
        "shown_left": Preference.SECOND,
        "client_key": key,
        "decided_at": SOME_DAY,
    }
    return PreferenceReading(**(facts | changes))


def hand_in(transaction: Transaction, name: str, *events: PreferenceReading) -> int:
    reviewer = ensure_reviewer(transaction, name, SOME_DAY)
    return add_preferences(transaction, reviewer.reviewer_id, events, now=SOME_DAY)


def standing(transaction: Transaction) -> list[tuple[str, tuple[str, str], Preference]]:
    found = load_standing_preferences(transaction, 1)
    return [(each.reviewer, each.mask_ids, each.preference) for each in found]


def n_entries(transaction: Transaction) -> int:
    return transaction.connection.scalar(select(func.count()).select_from(preferences))


def test_sending_again_changes_nothing(transaction):
    first = said(Preference.FIRST, "k1")
    assert hand_in(transaction, "ann", first, first) == 1
    assert hand_in(transaction, "ann", first, said(Preference.SAME, "k2", ("m1", "m3"))) == 1
    assert standing(transaction) == [
        ("ann", ("m1", "m2"), Preference.FIRST),
        ("ann", ("m1", "m3"), Preference.SAME),
    ]
    assert n_entries(transaction) == 2


def test_a_change_supersedes_and_keeps_what_it_changes(transaction):
    hand_in(transaction, "ann", said(Preference.FIRST, "k1"))
    hand_in(transaction, "ann", said(Preference.SAME, "k2", ("m1", "m3")), said(Preference.SECOND, "k3"))
    rows = transaction.connection.execute(
        select(preferences.c.entry_id, preferences.c.supersedes).order_by(preferences.c.entry_id)
    ).all()

    assert ("ann", ("m1", "m2"), Preference.SECOND) in standing(transaction)
    assert [row.supersedes for row in rows] == [None, None, rows[0].entry_id]


def test_undo_leaves_the_pair_open_and_a_late_replay_does_not_bring_it_back(transaction):
    first = said(Preference.FIRST, "k1")
    hand_in(transaction, "ann", first, said(None, "k2"))
    assert standing(transaction) == []
    hand_in(transaction, "ann", first)
    assert standing(transaction) == []
    hand_in(transaction, "ann", said(Preference.SAME, "k3"))
    assert standing(transaction) == [("ann", ("m1", "m2"), Preference.SAME)]
    assert n_entries(transaction) == 3


def test_reviewers_do_not_supersede_each_other_and_may_use_the_same_key(transaction):
    hand_in(transaction, "ann", said(Preference.FIRST, "k"))
    hand_in(transaction, "bob", said(Preference.SECOND, "k"))

    assert [who for who, _, _ in standing(transaction)] == ["ann", "bob"]


def test_everything_that_was_said_comes_back(transaction):
    hand_in(
        transaction,
        "ann",
        said(
            Preference.SECOND,
            "k1",
            comment="wing\ncut; off",
            flagged=True,
            seconds=1.75,
            shown_at=SOME_DAY,
            sequence=9,
            guideline_hash="a" * 64,
        ),
    )
    [stands] = load_standing_preferences(transaction, 1)
    [row] = transaction.connection.execute(select(preferences)).all()

    assert (stands.comment, stands.flagged, stands.seconds) == ("wing\ncut; off", True, 1.75)
    assert stands.decided_at == SOME_DAY
    assert (row.shown_left, row.sequence, row.guideline_hash) == ("second", 9, "a" * 64)


@pytest.mark.parametrize("mask_ids", [("m2", "m1"), ("m1", "m1")])
def test_masks_that_are_no_pair_in_order_are_refused_before_anything_is_written(transaction, mask_ids):
    with pytest.raises(ValueError, match="in order of their ids"):
        hand_in(transaction, "ann", said(Preference.FIRST, "k1"), said(Preference.FIRST, "k2", mask_ids))
    assert n_entries(transaction) == 0


def test_a_sample_knows_the_pairs_of_its_own_masks_alone(transaction):
    hand_in(transaction, "ann", said(Preference.FIRST, "k1"))
    other = add_sample(transaction, a_sample(name="other"))
    unit_ids = put_units(transaction, other.sample_id, [a_unit("1")])
    add_masks(transaction, [], [made_by("A", unit_ids["1"], "m1"), made_by("C", unit_ids["1"], "m3")])

    assert load_standing_preferences(transaction, other.sample_id) == []


def test_a_preference_is_no_verdict_and_a_verdict_no_preference(transaction):
    reviewer = ensure_reviewer(transaction, "ann", SOME_DAY)
    hand_in(transaction, "ann", said(Preference.FIRST, "k1"))
    assert all(load_standing(transaction, 1, purpose) == [] for purpose in Purpose)
    judged = Reading(mask_id="m2", verdict=Verdict.INCORRECT, client_key="k1", decided_at=SOME_DAY)
    add_readings(transaction, reviewer.reviewer_id, [judged], source=Source.PAGE, now=SOME_DAY)

    assert [each.mask_id for each in load_standing(transaction, 1)] == ["m2"]
    assert standing(transaction) == [("ann", ("m1", "m2"), Preference.FIRST)]


def test_removing_a_sample_leaves_the_masks_that_were_compared(transaction):
    hand_in(transaction, "ann", said(Preference.FIRST, "k1"))
    remove_sample(transaction, "main")

    assert [mask.mask_id for mask in load_masks(transaction, ["m1", "m2", "m3", "m4"])] == ["m1", "m2"]
    assert n_entries(transaction) == 1


def test_who_holds_which_pairs_is_told_apart_from_masks_and_from_leases_that_ran_out(transaction):
    ann, bob = (ensure_reviewer(transaction, name, SOME_DAY).reviewer_id for name in ("ann", "bob"))
    lease = timedelta(minutes=10)

    def given(task_id: str, reviewer_id: int, purpose: Purpose, until: datetime, position: int) -> Assignment:
        return Assignment(
            task_id=task_id,
            reviewer_id=reviewer_id,
            sample_id=1,
            purpose=purpose,
            position=position,
            assigned_at=SOME_DAY,
            lease_until=until,
        )

    add_assignments(
        transaction,
        [
            given("pair-1", ann, Purpose.PREFERENCE, SOME_DAY + lease, 1),
            given("pair-2", bob, Purpose.PREFERENCE, SOME_DAY + lease, 0),
            given("pair-3", bob, Purpose.PREFERENCE, SOME_DAY, 1),
            given("pair-4", bob, Purpose.PREFERENCE, SOME_DAY + 99 * lease, 2),  # by a clock that was wrong
            given("m1", ann, Purpose.READING, SOME_DAY + lease, 0),
        ],
    )
    held = load_leased(transaction, 1, Purpose.PREFERENCE, now=SOME_DAY, latest=SOME_DAY + lease)

    assert [(each.task_id, each.reviewer_id) for each in held] == [("pair-2", bob), ("pair-1", ann)]
    assert load_task_ids(transaction, 1, Purpose.PREFERENCE) == {"pair-1", "pair-2", "pair-3", "pair-4"}
    assert [each.task_id for each in load_open(transaction, ann, 1, SOME_DAY)] == ["m1"]
