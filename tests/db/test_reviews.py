"""The journal only grows: a replay changes nothing, undo and change supersede."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from db.records import MaskState, OverlayMode, Reading, Reason, Source, Verdict, Withdrawal
from db.reviewers import ensure_reviewer
from db.reviews import add_readings, count_entries, load_standing
from db.samples import add_masks, add_sample, put_units
from db.store import Store, Transaction
from db.tables import journal
from tests.builders import SOME_DAY, a_mask, a_sample, a_unit, made_by


@pytest.fixture
def transaction(store: Store) -> Iterator[Transaction]:
    """One that holds a sample with the masks m1 and m2."""
    with store.transaction() as transaction:
        sample = add_sample(transaction, a_sample())
        unit_ids = put_units(transaction, sample.sample_id, [a_unit("1"), a_unit("2")])
        add_masks(
            transaction,
            [a_mask("m1"), a_mask("m2")],
            [made_by("A", unit_ids["1"], "m1"), made_by("A", unit_ids["2"], "m2")],
        )
        yield transaction


def reading(mask_id: str, key: str, verdict: Verdict = Verdict.CORRECT, **changes: object) -> Reading:
    return Reading(mask_id=mask_id, verdict=verdict, client_key=key, decided_at=SOME_DAY, **changes)


def hand_in(transaction: Transaction, name: str, *events: Reading | Withdrawal) -> int:
    reviewer = ensure_reviewer(transaction, name, SOME_DAY)
    return add_readings(transaction, reviewer.reviewer_id, events, source=Source.PAGE, now=SOME_DAY)


def standing(transaction: Transaction) -> list[tuple[str, str, Verdict]]:
    return [(each.reviewer, each.mask_id, each.verdict) for each in load_standing(transaction, 1)]


def test_sending_again_changes_nothing(transaction: Transaction) -> None:
    assert hand_in(transaction, "ann", reading("m1", "k1"), reading("m1", "k1")) == 1
    assert hand_in(transaction, "ann", reading("m1", "k1"), reading("m2", "k2")) == 1
    assert standing(transaction) == [("ann", "m1", Verdict.CORRECT), ("ann", "m2", Verdict.CORRECT)]
    assert count_entries(transaction) == 2


def test_a_change_supersedes_and_keeps_what_it_changes(transaction: Transaction) -> None:
    hand_in(transaction, "ann", reading("m1", "k1"), reading("m1", "k2", Verdict.INCORRECT))
    assert standing(transaction) == [("ann", "m1", Verdict.INCORRECT)]
    rows = transaction.connection.execute(
        select(journal.c.entry_id, journal.c.supersedes).order_by(journal.c.entry_id)
    ).all()
    assert rows[0].supersedes is None
    assert rows[1].supersedes == rows[0].entry_id


def test_undo_leaves_the_mask_pending_and_can_be_undone_by_judging_again(transaction: Transaction) -> None:
    hand_in(transaction, "ann", reading("m1", "k1"))
    hand_in(transaction, "ann", Withdrawal(mask_id="m1", client_key="k2", decided_at=SOME_DAY))
    assert standing(transaction) == []
    hand_in(transaction, "ann", reading("m1", "k3", Verdict.UNSURE))
    assert standing(transaction) == [("ann", "m1", Verdict.UNSURE)]
    assert count_entries(transaction) == 3


def test_a_late_replay_of_an_old_verdict_does_not_bring_it_back(transaction: Transaction) -> None:
    hand_in(transaction, "ann", reading("m1", "k1"), reading("m1", "k2", Verdict.INCORRECT))
    hand_in(transaction, "ann", reading("m1", "k1"))
    assert standing(transaction) == [("ann", "m1", Verdict.INCORRECT)]


def test_reviewers_do_not_supersede_each_other(transaction: Transaction) -> None:
    hand_in(transaction, "ann", reading("m1", "k"))
    hand_in(transaction, "bob", reading("m1", "k", Verdict.INCORRECT))
    assert sorted(standing(transaction)) == [
        ("ann", "m1", Verdict.CORRECT),
        ("bob", "m1", Verdict.INCORRECT),
    ]


def test_everything_a_reading_says_comes_back(transaction: Transaction) -> None:
    shown_at = SOME_DAY - timedelta(seconds=2)
    said = reading(
        "m1",
        "k1",
        Verdict.INCORRECT,
        reasons=(Reason.SPILLS_OVER, Reason.PART_MISSING),
        comment="wing\ncut; off",
        seconds=1.75,
        shown_at=shown_at,
        overlay_mode=OverlayMode.SPOTLIGHT,
        guideline_hash="a" * 64,
    )
    hand_in(transaction, "ann", said)
    [stands] = load_standing(transaction, 1)
    assert (stands.reasons, stands.comment, stands.seconds) == (said.reasons, said.comment, 1.75)
    assert (stands.decided_at, stands.source, stands.guideline_hash) == (SOME_DAY, Source.PAGE, "a" * 64)


def test_a_time_without_a_zone_is_refused(transaction: Transaction) -> None:
    naive = Reading(
        mask_id="m1",
        verdict=Verdict.CORRECT,
        client_key="k",
        decided_at=datetime(2026, 1, 1),  # noqa: DTZ001
    )
    with pytest.raises(Exception, match="no zone"):
        hand_in(transaction, "ann", naive)


def test_a_missing_mask_is_no_mask_to_judge(transaction: Transaction) -> None:
    add_masks(transaction, [], [made_by("B", 1, None, MaskState.MISSING)])
    hand_in(transaction, "ann", reading("m1", "k1"))
    assert standing(transaction) == [("ann", "m1", Verdict.CORRECT)]
