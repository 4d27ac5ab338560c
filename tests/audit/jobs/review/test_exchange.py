from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import text

from audit.errors import InputError, UnavailableError
from audit.jobs.access import CANNOT_NOW, Admission
from audit.jobs.review.desk import DeskRequest, open_desk, open_store
from audit.jobs.review.exchange import MAX_ITEMS
from audit.jobs.review.items import MAX_RETRIES
from audit.settings import Settings
from db.records import Role, Verdict
from db.reviewers import put_disabled
from db.samples import mark_unjudgable, remove_sample
from db.store import Store
from tests.audit.jobs.review.driving import NOW, add_plain_sample, ask, open_for, order_of, reading
from tests.browser.review_workspace import (
    Mention,
    ReviewSample,
    add_review_sample,
    ellipse,
    usual_mentions,
)


def test_a_browser_is_given_what_it_lacks_until_it_holds_all_that_is_coming(
    store: Store, sample: ReviewSample, tmp_path: Path
) -> None:
    desk = open_for(store, tmp_path)
    held: list[str] = []

    answers = []
    while len(held) < 8:
        answers.append(ask(store, desk, {"number": len(answers), "held": held}))
        held += [item["task_id"] for item in answers[-1]["items"]]

    assert held == order_of(desk)
    assert all(len(answer["items"]) <= MAX_ITEMS for answer in answers)
    assert ask(store, desk, {"number": 9, "held": held})["items"] == []


def test_the_same_message_twice_is_stored_once_and_confirmed_twice(
    store: Store, sample: ReviewSample, tmp_path: Path
) -> None:
    desk = open_for(store, tmp_path)
    one, other, *rest = ask(store, desk)["coming"]
    message = {"number": 1, "events": [reading(one, 1), reading(other, 2, "incorrect")]}

    first, second = ask(store, desk, message), ask(store, desk, message)

    assert first == second
    assert first["confirmed"] == ["key-00001", "key-00002"]
    assert first["n_settled"] == 2
    assert first["coming"] == rest
    assert sample.n_entries() == 2


def test_an_undone_mask_is_the_next_one_again(store: Store, sample: ReviewSample, tmp_path: Path) -> None:
    desk = open_for(store, tmp_path)
    ask(store, desk)
    undo = {
        "kind": "withdrawal",
        "client_key": "key-00003",
        "task_id": order_of(desk)[0],
        "decided_at": NOW.isoformat(),
    }
    events = [reading(order_of(desk)[0], 1), reading(order_of(desk)[1], 2), undo]

    answer = ask(store, desk, {"number": 1, "events": events})

    assert answer["coming"][0] == order_of(desk)[0]
    assert [past["task_id"] for past in answer["recent"]] == [order_of(desk)[1]]
    assert answer["n_settled"] == 1


def test_a_reviewer_sees_no_verdict_of_another(store: Store, sample: ReviewSample, tmp_path: Path) -> None:
    ann = open_for(store, tmp_path, "ann")
    ask(store, ann, {"number": 1, "events": [reading(order_of(ann)[0], 1)]})

    answer = ask(store, open_for(store, tmp_path, "bob"))

    assert answer["recent"] == []
    assert answer["n_verdicts"] == 0


def test_every_verdict_remembers_the_guideline_it_was_given_under(
    store: Store, sample: ReviewSample, tmp_path: Path
) -> None:
    (tmp_path / "guideline.md").write_bytes(b"abc")
    desk = open_for(store, tmp_path)
    ask(store, desk)

    ask(store, desk, {"number": 1, "events": [reading(order_of(desk)[0], 1)]})

    # SHA-256 of "abc": FIPS 180-2, appendix B.1.
    expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert [each.guideline_hash for each in sample.standing().values()] == [expected]


def test_a_judged_mask_can_be_asked_for_out_of_turn(
    store: Store, sample: ReviewSample, tmp_path: Path
) -> None:
    desk = open_for(store, tmp_path)
    ask(store, desk, {"number": 1, "events": [reading(order_of(desk)[0], 1)]})

    answer = ask(
        store, desk, {"number": 2, "wanted": [order_of(desk)[0], "foreign"], "held": order_of(desk)[1:]}
    )

    assert [item["task_id"] for item in answer["items"]] == [order_of(desk)[0]]


def test_what_cannot_be_shown_is_noted_once_and_tried_again_at_the_next_opening(
    store: Store, tmp_path: Path
) -> None:
    mask = ellipse((300, 451), 150, 220, 200, 200)
    mentions = [Mention(entity="Late", question=None, file_name="late.jpg", masks=[mask])]
    sample = add_review_sample(store, tmp_path / "images", mentions, "first")
    usual_mentions(tmp_path / "images")  # saves the photographs
    desk = open_for(store, tmp_path)

    shown = ask(store, desk)
    later = ask(store, desk, {"number": 1})

    assert shown["items"] == [
        {
            "task_id": order_of(desk)[0],
            "entity": "Late",
            "question": None,
            "unjudgable": "the image is missing",
        }
    ]
    assert (later["coming"], later["n_settled"], later["n_unjudgable"]) == ([], 1, 1)
    assert sample.unjudgable() == {order_of(desk)[0]: "the image is missing"}
    (tmp_path / "images" / "cat.jpg").rename(tmp_path / "images" / "late.jpg")
    assert ask(store, open_for(store, tmp_path))["coming"] == [order_of(desk)[0]]
    assert sample.unjudgable() == {}


def test_a_mask_that_cannot_be_decoded_is_unjudgable(store: Store, tmp_path: Path) -> None:
    sample = add_review_sample(store, tmp_path / "images", usual_mentions(tmp_path / "images"), "first")
    with store.transaction() as transaction:
        transaction.connection.execute(text("UPDATE masks SET parts = '[\"~~\"]'"))

    ask(store, open_for(store, tmp_path))

    assert set(sample.unjudgable().values()) == {"the mask cannot be decoded"}


def test_a_store_that_fails_is_told_and_confirms_nothing(
    store: Store, sample: ReviewSample, tmp_path: Path
) -> None:
    desk = open_for(store, tmp_path)
    store.close()
    for file in tmp_path.glob("audit.sqlite*"):
        file.unlink()
    (tmp_path / "audit.sqlite").mkdir()

    answer = ask(store, desk, {"number": 5, "events": [reading(order_of(desk)[0], 1)]})

    assert answer["number"] == 5
    assert answer["trouble"] == CANNOT_NOW
    assert "confirmed" not in answer
    lead = replace(desk.reviewer, role=Role.LEAD)
    told = ask(store, replace(desk, admission=Admission(reviewer=lead)), {"number": 6})
    assert "does not answer" in told["trouble"]
    with pytest.raises(UnavailableError, match="does not answer"):
        open_desk(store, Settings(folder=tmp_path), DeskRequest(admission=desk.admission), NOW)


def test_opening_what_is_not_there_says_what_to_do(store: Store, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="draw one with `mask-audit sample`"):
        open_for(store, tmp_path)
    with pytest.raises(InputError, match="run `mask-audit init`"):
        open_store(f"sqlite:///{tmp_path}/empty.sqlite")


def test_the_scope_tells_samples_apart(store: Store, sample: ReviewSample, tmp_path: Path) -> None:
    first = open_for(store, tmp_path)
    add_review_sample(store, tmp_path / "images", usual_mentions(tmp_path / "images"), "second")
    second = open_for(store, tmp_path)

    assert first.scope != second.scope
    assert first.scope == open_for(store, tmp_path, "bob", sample="first").scope


def test_verdicts_are_those_that_were_sent(store: Store, sample: ReviewSample, tmp_path: Path) -> None:
    desk = open_for(store, tmp_path)
    ask(store, desk)

    ask(
        store,
        desk,
        {"number": 1, "events": [reading(order_of(desk)[0], 1), reading(order_of(desk)[0], 2, "unsure")]},
    )

    assert [each.verdict for each in sample.standing().values()] == [Verdict.UNSURE]
    assert sample.n_entries() == 2


@pytest.mark.parametrize("change", [{"scope": "another"}, {"scope": None}, {"reviewer": "bob"}])
def test_a_message_of_another_sample_or_reviewer_changes_nothing(
    store: Store, sample: ReviewSample, tmp_path: Path, change: dict[str, object]
) -> None:
    desk = open_for(store, tmp_path)

    answer = ask(
        store, desk, {"number": 1, "events": [reading(order_of(desk)[0], 1), reading("foreign", 2)]} | change
    )

    assert set(answer) == {"number", "scope", "reviewer", "trouble"}, "nothing is confirmed or refused"
    assert (answer["scope"], answer["reviewer"]) == (desk.scope, "ann")
    assert sample.n_entries() == 0


def test_a_verdict_on_a_mask_of_no_sample_here_is_for_the_browser_to_keep(
    store: Store, sample: ReviewSample, tmp_path: Path
) -> None:
    desk = open_for(store, tmp_path)
    ask(store, desk)

    answer = ask(store, desk, {"number": 1, "events": [reading("foreign", 1), reading(order_of(desk)[0], 2)]})

    assert [(each["client_key"], each["is_kept"]) for each in answer["refused"]] == [("key-00001", True)]
    assert answer["confirmed"] == ["key-00002"]


def test_a_sample_that_was_removed_takes_no_verdicts(
    store: Store, sample: ReviewSample, tmp_path: Path
) -> None:
    desk = open_for(store, tmp_path)
    with store.transaction() as transaction:
        remove_sample(transaction, "first")

    gone = ask(store, desk, {"number": 1, "events": [reading(order_of(desk)[0], 1)]})
    add_review_sample(store, tmp_path / "images", usual_mentions(tmp_path / "images"), "other")
    later = ask(store, desk, {"number": 2, "events": [reading(order_of(desk)[0], 1)]})

    assert "this sample was removed" in gone["trouble"]
    assert "confirmed" not in gone
    assert later["number"] == 2


def test_a_name_that_no_database_takes_holds_up_no_other_verdict(
    store: Store, sample: ReviewSample, tmp_path: Path
) -> None:
    desk = open_for(store, tmp_path)
    one = ask(store, desk)["coming"][0]
    wanted = ["\ud800"]

    events = [reading("m\ud800", 1), reading(one, 2, seconds=10**400)]
    answer = ask(store, desk, {"number": 1, "wanted": wanted, "held": wanted, "events": events})

    assert [each["client_key"] for each in answer["refused"]] == ["key-00001"]
    assert answer["confirmed"] == ["key-00002"]
    assert len(sample.standing()) == 1


def test_an_error_that_nobody_foresaw_is_told_on_the_page(
    store: Store, sample: ReviewSample, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    desk = open_for(store, tmp_path)
    with store.transaction() as transaction:
        transaction.connection.execute(text("UPDATE masks SET parts = 'no JSON'"))

    answer = ask(store, desk, {"number": 3})

    assert (answer["number"], answer["trouble"]) == (3, CANNOT_NOW)
    assert "JSONDecodeError" in caplog.text


def test_an_outage_of_the_images_is_waited_for_and_never_noted(
    store: Store, sample: ReviewSample, tmp_path: Path
) -> None:
    desk = open_for(store, tmp_path)
    images, away = tmp_path / "images", tmp_path / "away"
    images.rename(away)

    first = ask(store, desk)
    waiting = [item["task_id"] for item in first["items"]]
    second = ask(store, desk, {"number": 1, "waiting": waiting})

    reason = "the image root cannot be reached"
    assert [(item["task_id"], item["waiting"]) for item in first["items"]] == [(order_of(desk)[0], reason)]
    assert [item["task_id"] for item in second["items"]] == [order_of(desk)[1]], (
        "others are tried in the meantime"
    )
    assert (second["n_settled"], second["n_unjudgable"]) == (0, 0)
    away.rename(images)
    back = ask(store, desk, {"number": 2, "wanted": waiting})
    assert back["coming"] == order_of(desk), "what was waited for is next again"
    assert back["items"][0]["task_id"] == order_of(desk)[0]
    assert "photo" in back["items"][0]
    assert sample.unjudgable() == {}


def test_every_unjudgable_mask_is_tried_again_in_its_turn(store: Store, tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    Image.new("RGB", (8, 6)).save(tmp_path / "images" / "there.jpg")
    mask = np.ones((6, 8), bool)
    n_lost = MAX_RETRIES + 10
    sample = add_review_sample(
        store,
        tmp_path / "images",
        [Mention(entity="E", question=None, file_name="there.jpg", masks=[mask])] * n_lost,
        "first",
    )
    note_all(store, sample, "the image is missing")

    for second in range(2):
        open_for(store, tmp_path, now=NOW + timedelta(seconds=second))

    assert sample.unjudgable() == {}


def test_notes_stay_while_the_root_is_away_unless_they_only_said_that(store: Store, tmp_path: Path) -> None:
    mask = np.ones((6, 8), bool)
    sample = add_review_sample(
        store, tmp_path / "no", [Mention(entity="E", question=None, file_name="a.jpg", masks=[mask])], "first"
    )
    for reason, left in (("the image is missing", 1), ("the image cannot be fetched (OSError)", 0)):
        note_all(store, sample, reason)
        open_for(store, tmp_path)
        assert len(sample.unjudgable()) == left


def test_a_blank_name_is_shown_as_the_id_of_the_entity(store: Store, tmp_path: Path) -> None:
    mentions = usual_mentions(tmp_path / "images")
    add_review_sample(store, tmp_path / "images", [replace(mentions[0], entity=" \t ")], "first")

    assert {item["entity"] for item in ask(store, open_for(store, tmp_path))["items"]} == {"Q0"}


def note_all(store: Store, sample: ReviewSample, reason: str) -> None:
    with store.transaction() as transaction:
        for mask_id in sample.unit_of_mask:
            mark_unjudgable(transaction, mask_id, reason)


def test_somebody_shut_out_while_the_page_is_open_stores_nothing_more(
    store: Store, sample: ReviewSample, tmp_path: Path
) -> None:
    desk = open_for(store, tmp_path)
    one = ask(store, desk)["coming"][0]
    with store.transaction() as transaction:
        put_disabled(transaction, desk.reviewer.reviewer_id, NOW)

    answer = ask(store, desk, {"number": 1, "events": [reading(one, 1)]})

    assert set(answer) == {"number", "scope", "reviewer", "trouble"}
    assert "you no longer take part" in answer["trouble"]
    assert sample.n_entries() == 0


def test_a_mask_that_the_sample_has_lost_is_passed_over_and_its_verdict_kept_in_the_browser(
    store: Store, tmp_path: Path
) -> None:
    sample = add_plain_sample(store, tmp_path, 30)
    desk = open_for(store, tmp_path)
    shown = ask(store, desk)["coming"]
    lost = [shown[0], *order_of(desk)[12:15]]
    remove(store, lost)

    events = [reading(shown[0], 1), *(reading(mask_id, 2 + place) for place, mask_id in enumerate(shown[1:]))]
    answer = ask(store, desk, {"number": 1, "events": events})

    assert [(each["client_key"], each["is_kept"]) for each in answer["refused"]] == [("key-00001", True)]
    assert len(answer["confirmed"]) == 11
    assert answer["coming"] == order_of(desk)[15:27]
    assert sample.n_entries() == 11


def test_the_first_answer_alone_says_what_the_page_is(
    store: Store, sample: ReviewSample, tmp_path: Path
) -> None:
    desk = open_for(store, tmp_path)

    assert ask(store, desk)["opening"]["kind"] == "review"
    assert "opening" not in ask(store, desk, {"number": 1})


def test_a_note_and_a_flag_are_stored_and_come_back(
    store: Store, sample: ReviewSample, tmp_path: Path
) -> None:
    desk = open_for(store, tmp_path)
    one = ask(store, desk)["coming"][0]

    event = reading(one, 1, "unsure", comment="too dark", flagged=True, sequence=77)
    answer = ask(store, desk, {"number": 1, "events": [event]})

    assert [(past["comment"], past["flagged"]) for past in answer["recent"]] == [("too dark", True)]
    (verdict,) = sample.standing().values()
    assert (verdict.comment, verdict.flagged) == ("too dark", True)
    with store.reading() as transaction:
        assert transaction.connection.scalar(text("SELECT sequence FROM journal")) == 77


def remove(store: Store, mask_ids: list[str]) -> None:
    with store.transaction() as transaction:
        for mask_id in mask_ids:
            by_id = {"mask_id": mask_id}
            transaction.connection.execute(text("DELETE FROM unit_masks WHERE mask_id = :mask_id"), by_id)
            transaction.connection.execute(text("DELETE FROM masks WHERE mask_id = :mask_id"), by_id)
