"""A lead's desk: what is to be settled, shown blind, and settled for good until somebody takes it back."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from audit.jobs.access import AccessError, Admission
from audit.jobs.review.desk import Desk, DeskRequest, open_desk
from audit.jobs.review.exchange import answer_page
from audit.review.attention import Attention
from audit.review.opening import DeskKind
from audit.settings import load_settings
from db.records import Purpose, Reason, Role, StandingVerdict, Verdict
from db.reviewers import ensure_reviewer, load_reviewer, put_role
from db.reviews import load_standing
from db.samples import mark_unjudgable
from db.store import Store
from tests.audit.jobs.judged_samples import judge
from tests.browser.review_workspace import ReviewSample

C, I, U = Verdict.CORRECT, Verdict.INCORRECT, Verdict.UNSURE  # noqa: E741
NOW = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)


@pytest.fixture
def masks(store: Store, sample: ReviewSample) -> list[str]:
    """Eight masks: two are disputed, the third is flagged, of two all say the same, and three are unread."""
    masks = sorted(sample.unit_of_mask)
    judge(store, "ann", dict.fromkeys([*masks[:2], masks[3]], C))
    judge(store, "bob", dict.fromkeys(masks[:2], I), reasons=(Reason.SPILLS_OVER,), minute=1)
    judge(store, "bob", {masks[2]: U}, flagged=True, minute=2)
    judge(store, "bob", {masks[4]: I}, minute=2)
    return masks


def open_for(store: Store, folder: Path, name: str = "lea", role: Role = Role.LEAD) -> Desk:
    with store.transaction() as transaction:
        person = ensure_reviewer(transaction, name, NOW)
        put_role(transaction, person.reviewer_id, role)
        person = load_reviewer(transaction, person.reviewer_id)
    request = DeskRequest(admission=Admission(reviewer=person), kind=DeskKind.SETTLE)
    return open_desk(store, load_settings(folder, {}), request, NOW)


def ask(
    store: Store, desk: Desk, *events: dict[str, object], at: datetime = NOW, **more: object
) -> dict[str, Any]:
    message = {
        "scope": desk.scope,
        "reviewer": desk.reviewer.name,
        "number": 1,
        "events": list(events),
    } | more
    packed = answer_page(store, desk, message, now=at)
    header: dict[str, Any] = json.loads(packed[4 : 4 + int.from_bytes(packed[:4], "little")])
    assert "trouble" not in header
    return header


def settles(mask_id: str, verdict: str, key: int = 1, **more: object) -> dict[str, object]:
    return {
        "kind": "reading",
        "client_key": f"settled-{key:05}-{mask_id[:20]}",
        "task_id": mask_id,
        "verdict": verdict,
        "reasons": [],
        "decided_at": (NOW - timedelta(seconds=60 - key)).isoformat(),
    } | more


def takes_back(mask_id: str, key: int) -> dict[str, object]:
    return {**settles(mask_id, "", key), "kind": "withdrawal"}


def adjudications(store: Store, sample: ReviewSample) -> list[StandingVerdict]:
    with store.reading() as transaction:
        return load_standing(transaction, sample.sample.sample_id, Purpose.ADJUDICATION)


def all_items(store: Store, desk: Desk) -> dict[str, dict[str, Any]]:
    """Everything that the desk gives, as a browser would fetch it."""
    found: dict[str, dict[str, Any]] = {}
    while items := ask(store, desk, held=list(found))["items"]:
        found |= {item["task_id"]: item for item in items}
    return found


def test_disputed_masks_come_first_and_unread_ones_not_at_all(
    store: Store, masks: list[str], tmp_path: Path
) -> None:
    desk = open_for(store, tmp_path)
    answer = ask(store, desk)
    assert set(answer["coming"][:2]) == set(masks[:2])
    assert answer["coming"][2] == masks[2]
    assert set(answer["coming"][3:]) == set(masks[3:5])
    assert (answer["n_tasks"], answer["n_settled"], answer["n_verdicts"]) == (5, 0, 0)
    whys = {mask_id: item["why"] for mask_id, item in all_items(store, desk).items()}
    assert whys == {
        **dict.fromkeys(masks[:2], Attention.DISPUTED),
        masks[2]: Attention.FLAGGED,
        **dict.fromkeys(masks[3:5], Attention.AGREED),
    }


def test_readings_are_shown_without_who_gave_them_and_the_mask_without_who_made_it(
    store: Store, masks: list[str], tmp_path: Path
) -> None:
    items = all_items(store, open_for(store, tmp_path))
    said = items[masks[0]]["readings"]
    assert sorted(each["verdict"] for each in said) == ["correct", "incorrect"]
    assert [each["reasons"] for each in said if each["verdict"] == "incorrect"] == [["spills_over"]]
    assert items[masks[2]]["readings"][0]["flagged"] is True
    sent = json.dumps(list(items.values()))
    assert not any(word in sent for word in ("ann", "bob", "original/one", "original/two", "query"))


def test_a_verdict_settles_the_mask_and_is_no_reading(
    store: Store, sample: ReviewSample, masks: list[str], tmp_path: Path
) -> None:
    desk = open_for(store, tmp_path)
    before = sample.standing()
    first = settles(masks[0], "incorrect", reasons=["part_missing"], comment="the tail")
    answer = ask(store, desk, first)
    assert answer["confirmed"] == [first["client_key"]]
    assert masks[0] not in answer["coming"]
    assert (answer["n_tasks"], answer["n_settled"], answer["n_verdicts"]) == (5, 1, 1)
    assert answer["recent"][0]["task_id"] == masks[0]
    [adjudication] = adjudications(store, sample)
    assert (adjudication.reviewer, adjudication.verdict, adjudication.reasons, adjudication.comment) == (
        "lea",
        I,
        (Reason.PART_MISSING,),
        "the tail",
    )
    assert sample.standing() == before
    ask(store, desk, first)
    assert len(adjudications(store, sample)) == 1


def test_a_verdict_taken_back_brings_the_mask_back(
    store: Store, sample: ReviewSample, masks: list[str], tmp_path: Path
) -> None:
    desk = open_for(store, tmp_path)
    ask(store, desk, settles(masks[0], "correct", 1))
    assert len(adjudications(store, sample)) == 1
    answer = ask(store, desk, takes_back(masks[0], 2))
    assert masks[0] in answer["coming"][:2]
    assert adjudications(store, sample) == []


def test_the_queue_follows_new_readings_and_other_leads(
    store: Store, sample: ReviewSample, masks: list[str], tmp_path: Path
) -> None:
    desk, other = open_for(store, tmp_path), open_for(store, tmp_path, "zoe")
    ask(store, desk)
    judge(store, "cyd", {masks[4]: C}, minute=9)
    answer = ask(store, desk, at=NOW + timedelta(seconds=6))
    assert set(answer["coming"][:3]) == {*masks[:2], masks[4]}
    ask(store, other, settles(masks[4], "incorrect"))
    answer = ask(store, desk)
    assert masks[4] not in answer["coming"]
    assert (answer["n_settled"], answer["n_verdicts"]) == (1, 0)
    ask(store, desk, settles(masks[4], "correct", 2))
    assert [each.reviewer for each in adjudications(store, sample)] == ["zoe", "lea"]


def test_what_the_lead_has_read_comes_last_and_can_be_settled(
    store: Store, sample: ReviewSample, masks: list[str], tmp_path: Path
) -> None:
    judge(store, "lea", {masks[0]: C}, minute=3)
    desk = open_for(store, tmp_path)
    assert ask(store, desk)["coming"][-1] == masks[0]
    ask(store, desk, settles(masks[0], "incorrect"))
    assert [each.verdict for each in adjudications(store, sample)] == [I]
    assert sample.standing()[masks[0]].reviewer in ("ann", "bob", "lea")


def test_what_cannot_be_shown_is_not_asked(store: Store, masks: list[str], tmp_path: Path) -> None:
    desk = open_for(store, tmp_path)
    with store.transaction() as transaction:
        mark_unjudgable(transaction, masks[0], "the image is gone")
    answer = ask(store, desk)
    assert masks[0] not in answer["coming"]
    assert (answer["n_tasks"], answer["n_settled"], answer["n_unjudgable"]) == (5, 1, 1)


def test_only_a_lead_settles(store: Store, masks: list[str], tmp_path: Path) -> None:
    with pytest.raises(AccessError, match="those who lead"):
        open_for(store, tmp_path, "ann", Role.REVIEWER)


def test_who_leads_no_more_settles_no_more(
    store: Store, sample: ReviewSample, masks: list[str], tmp_path: Path
) -> None:
    desk = open_for(store, tmp_path)
    with store.transaction() as transaction:
        put_role(transaction, desk.reviewer.reviewer_id, Role.REVIEWER)
    message = {"scope": desk.scope, "reviewer": "lea", "number": 1, "events": [settles(masks[0], "correct")]}
    assert b"was changed" in answer_page(store, desk, message, now=NOW)
    assert adjudications(store, sample) == []


def test_a_new_dispute_is_seen_at_once_where_nothing_is_left_and_else_within_seconds(
    store: Store, masks: list[str], tmp_path: Path
) -> None:
    desk = open_for(store, tmp_path)
    ask(store, desk)
    judge(store, "cyd", {masks[4]: C}, minute=9)
    assert ask(store, desk, at=NOW + timedelta(seconds=4))["n_tasks"] == 5
    late = NOW + timedelta(seconds=6)
    assert masks[4] in ask(store, desk, at=late)["coming"][:3]
    ask(store, desk, *(settles(mask_id, "incorrect") for mask_id in masks[:5]), at=late)
    judge(store, "cyd", {masks[5]: C}, minute=10)
    judge(store, "bob", {masks[5]: I}, minute=10)
    assert ask(store, desk, at=late)["coming"] == [masks[5]]
