"""People and the hashes of their links."""

from datetime import datetime, timedelta

import pytest

from db.records import Purpose, Reading, Reviewer, Role, Source, Verdict, Withdrawal
from db.reviewers import (
    count_verdicts,
    ensure_reviewer,
    find_by_link,
    find_reviewer,
    load_link_hash,
    load_reviewer,
    load_reviewers,
    put_disabled,
    put_link,
    put_role,
)
from db.reviews import add_readings
from db.samples import add_masks, add_sample, put_units
from db.store import Store, Transaction
from tests.builders import SOME_DAY, a_mask, a_sample, a_unit, made_by

HASH = "ab" * 32


def test_a_name_is_made_known_once(store: Store, now: datetime) -> None:
    with store.transaction() as transaction:
        first = ensure_reviewer(transaction, "Ann", now)
        again = ensure_reviewer(transaction, "Ann", now + timedelta(days=1))

    assert first == again == Reviewer(reviewer_id=first.reviewer_id, name="Ann", created_at=now)


def test_a_link_is_found_by_its_hash_until_another_takes_its_place(store: Store, now: datetime) -> None:
    ends_at = now + timedelta(days=3)
    with store.transaction() as transaction:
        ann, ben = (ensure_reviewer(transaction, name, now).reviewer_id for name in ("Ann", "Ben"))
        put_link(transaction, ann, link_hash=HASH, expires_at=ends_at)
        put_link(transaction, ben, link_hash="cd" * 32, expires_at=None)
        found = find_by_link(transaction, HASH)
        assert found is not None
        assert (found.name, found.has_link, found.link_expires_at) == ("Ann", True, ends_at)
        assert load_link_hash(transaction, ann) == HASH

        put_link(transaction, ann, link_hash="ef" * 32, expires_at=None)

        assert find_by_link(transaction, HASH) is None
        put_link(transaction, ann, link_hash=None, expires_at=None)
        assert find_by_link(transaction, "ef" * 32) is None
        assert load_link_hash(transaction, ann) is None
        assert find_by_link(transaction, "cd" * 32) == load_reviewer(transaction, ben)


def test_a_person_without_a_link_is_found_by_no_hash(store: Store, now: datetime) -> None:
    with store.transaction() as transaction:
        ensure_reviewer(transaction, "Ann", now)
        assert find_by_link(transaction, "") is None
        assert find_by_link(transaction, HASH) is None


def test_roles_and_shutting_out_change_one_person_alone(store: Store, now: datetime) -> None:
    with store.transaction() as transaction:
        ann = ensure_reviewer(transaction, "Ann", now)
        ben = ensure_reviewer(transaction, "Ben", now)
        put_role(transaction, ann.reviewer_id, Role.LEAD)
        put_disabled(transaction, ann.reviewer_id, now)
        changed = find_reviewer(transaction, "Ann")
        assert changed is not None
        assert (changed.role, changed.disabled_at) == (Role.LEAD, now)
        assert load_reviewers(transaction) == [changed, ben]

        put_disabled(transaction, ann.reviewer_id, None)

        assert load_reviewer(transaction, ann.reviewer_id).disabled_at is None
        assert find_reviewer(transaction, "ann") is None


@pytest.fixture
def two_masks(store: Store) -> Store:
    with store.transaction() as transaction:
        sample = add_sample(transaction, a_sample())
        unit_ids = put_units(transaction, sample.sample_id, [a_unit("1"), a_unit("2")])
        add_masks(
            transaction,
            [a_mask("m1"), a_mask("m2")],
            [made_by("A", unit_ids["1"], "m1"), made_by("A", unit_ids["2"], "m2")],
        )
    return store


def _hand_in(transaction: Transaction, reviewer: Reviewer, *events: Reading | Withdrawal) -> None:
    add_readings(transaction, reviewer.reviewer_id, events, source=Source.PAGE, now=SOME_DAY)


def test_verdicts_are_counted_as_they_stand(two_masks: Store, now: datetime) -> None:
    def reading(mask_id: str, key: str, purpose: Purpose = Purpose.READING) -> Reading:
        return Reading(
            mask_id=mask_id, verdict=Verdict.CORRECT, purpose=purpose, client_key=key, decided_at=now
        )

    with two_masks.transaction() as transaction:
        ann, ben, eve = (ensure_reviewer(transaction, name, now) for name in ("Ann", "Ben", "Eve"))
        _hand_in(transaction, ann, reading("m1", "1"), reading("m1", "2"), reading("m2", "3"))
        _hand_in(transaction, ann, reading("m2", "4", Purpose.ADJUDICATION))
        _hand_in(transaction, ben, reading("m1", "1"))
        _hand_in(transaction, ben, Withdrawal(mask_id="m1", client_key="2", decided_at=now))

        assert count_verdicts(transaction) == {ann.reviewer_id: 3}
    assert eve.reviewer_id not in (ann.reviewer_id, ben.reviewer_id)
