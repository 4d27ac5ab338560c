"""What masks are on which reviewers disagree: every number of a sample follows the same policy."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from audit.jobs.estimates import Figures, by_split, overall_result, sliced_results
from audit.jobs.report_content import settling
from audit.jobs.review_state import ReviewState, load_review_state
from db.records import Purpose, Reason, Source, Verdict, Withdrawal
from db.reviewers import ensure_reviewer
from db.reviews import add_readings
from db.samples import mark_unjudgable
from db.store import Store
from reports.review_findings import Settling
from sampling.estimation.estimands import Estimand
from sampling.reviewers.settlement import Settlement
from tests.audit.jobs.judged_samples import SETTING, add_masks_to_judge, judge
from tests.builders import SOME_DAY

C, I, U = Verdict.CORRECT, Verdict.INCORRECT, Verdict.UNSURE  # noqa: E741
FIGURES = Figures(confidence=0.95, table_confidence=0.95, estimand=Estimand.MIX)
LEAD = Purpose.ADJUDICATION


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(f"sqlite:///{tmp_path}/audit.sqlite")
    made.create()
    yield made
    made.close()


@pytest.fixture
def masks(store: Store) -> list[str]:
    """Ten masks: Ann and Bob agree on six, differ on three, and Cyd sides with Bob on one; one is unread."""
    masks = add_masks_to_judge(store, 10)
    judge(store, "ann", dict.fromkeys(masks[:9], C))
    judge(store, "bob", {each: I if each in masks[:3] else C for each in masks[:9]}, minute=1)
    judge(store, "cyd", {masks[0]: I}, minute=2, reasons=(Reason.SPILLS_OVER,))
    return masks


def loaded(store: Store, policy: Settlement) -> ReviewState:
    return load_review_state(store, None, policy)


def counts(state: ReviewState) -> tuple[int, int, int, int]:
    found = overall_result(state, SETTING, FIGURES).counts
    return found.n_correct, found.n_incorrect, found.n_unsure, found.n_pending


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (Settlement.MAJORITY, (6, 1, 2, 1)),
        (Settlement.UNANIMOUS, (6, 0, 3, 1)),
        (Settlement.ADJUDICATED, (6, 0, 0, 4)),
    ],
)
def test_every_count_follows_the_policy(
    store: Store, masks: list[str], policy: Settlement, expected: tuple[int, ...]
) -> None:
    state = loaded(store, policy)
    assert counts(state) == expected
    of_splits = sliced_results(state, SETTING, by_split(state), FIGURES)
    assert of_splits["query"].counts == overall_result(state, SETTING, FIGURES).counts
    assert state.reasons(SETTING) == ({Reason.SPILLS_OVER: 1} if policy is Settlement.MAJORITY else {})
    assert len(state.disputed) == (2 if policy is Settlement.MAJORITY else 3)


@pytest.mark.parametrize("policy", Settlement)
def test_a_lead_s_verdict_settles_and_its_reasons_count(
    store: Store, masks: list[str], policy: Settlement
) -> None:
    judge(store, "lea", {masks[1]: I, masks[5]: I}, purpose=LEAD, minute=3, reasons=(Reason.PART_MISSING,))
    judge(store, "lea", {masks[0]: C, masks[2]: C}, purpose=LEAD, minute=3)
    state = loaded(store, policy)
    assert counts(state) == (7, 2, 0, 1)
    assert state.reasons(SETTING) == {Reason.PART_MISSING: 2}
    assert state.disputed == set()
    assert len(state.standing) == 19


def test_of_several_leads_the_latest_counts_and_a_withdrawn_verdict_does_not(
    store: Store, masks: list[str]
) -> None:
    judge(store, "lea", {masks[1]: C}, purpose=LEAD, minute=5)
    judge(store, "zoe", {masks[1]: I}, purpose=LEAD, minute=4)
    assert counts(loaded(store, Settlement.MAJORITY)) == (6, 2, 1, 1)
    withdraw(store, "zoe", masks[1])
    assert counts(loaded(store, Settlement.MAJORITY)) == (7, 1, 1, 1)
    withdraw(store, "lea", masks[1])
    assert counts(loaded(store, Settlement.MAJORITY)) == (6, 1, 2, 1)


def withdraw(store: Store, lead: str, mask_id: str) -> None:
    at = SOME_DAY + timedelta(minutes=9)
    entry = Withdrawal(mask_id=mask_id, purpose=LEAD, client_key=f"undo-{mask_id}", decided_at=at)
    with store.transaction() as transaction:
        person = ensure_reviewer(transaction, lead, SOME_DAY)
        add_readings(transaction, person.reviewer_id, [entry], source=Source.PAGE, now=at)


@pytest.mark.parametrize("purpose", [Purpose.GOLD, Purpose.PRACTICE])
def test_verdicts_for_another_purpose_touch_no_number(
    store: Store, masks: list[str], purpose: Purpose
) -> None:
    before = loaded(store, Settlement.MAJORITY)
    judge(store, "dee", dict.fromkeys(masks, I), purpose=purpose, flagged=True)
    after = loaded(store, Settlement.MAJORITY)
    assert (after.outcomes, after.standing, after.flagged) == (before.outcomes, before.standing, frozenset())


def test_disagreements_are_counted_by_what_settled_them(store: Store, masks: list[str]) -> None:
    judge(store, "lea", {masks[1]: I, masks[6]: C}, purpose=LEAD, minute=3)
    judge(store, "dee", {masks[6]: C, masks[7]: C}, minute=3, flagged=True)
    assert settling(loaded(store, Settlement.MAJORITY)) == Settling(
        policy=Settlement.MAJORITY,
        n_disagreed=3,
        n_settled_by_lead=1,
        n_settled_by_policy=1,
        n_adjudicated=2,
        n_disputed=1,
        n_flagged=1,
    )


@pytest.mark.parametrize(
    ("policy", "expected"),
    [(Settlement.MAJORITY, (6, 1, 2, 1)), (Settlement.ADJUDICATED, (6, 0, 0, 2))],
)
def test_what_cannot_be_shown_is_not_for_a_lead_to_settle(
    store: Store, masks: list[str], policy: Settlement, expected: tuple[int, ...]
) -> None:
    judge(store, "dee", {masks[6]: C}, minute=3, flagged=True)
    with store.transaction() as transaction:
        for mask_id in (masks[1], masks[2], masks[6]):
            mark_unjudgable(transaction, mask_id, "the image is missing")
    state = loaded(store, policy)
    assert not (state.disputed | state.flagged) & {masks[1], masks[2], masks[6]}
    assert state.not_to_settle == {masks[1], masks[2], masks[6]}
    # A verdict that was given stays; a mask that only a lead could settle awaits nobody.
    assert counts(state) == expected
    found = settling(state)
    assert (found.n_disputed, found.n_flagged, found.n_not_to_settle) == (policy != "majority", 0, 3)
    assert found.n_settled_by_policy == (policy == "majority")
