"""At the desk a mask of known answer looks like any other; practice comes first and counts for nothing."""

import json
import re
from datetime import timedelta
from itertools import pairwise
from math import ceil
from pathlib import Path
from typing import Any

import pytest

from audit.jobs.access import Admission
from audit.jobs.gold_results import load_gold_review
from audit.jobs.review.desk import Desk, DeskRequest, open_desk
from audit.jobs.review.exchange import answer_page
from audit.settings import Settings
from db.assignments import load_given_for
from db.gold import load_gold
from db.records import GoldVerdict, Purpose, Reviewer, Verdict
from db.reviewers import ensure_reviewer, load_reviewer
from db.reviews import load_standing
from db.store import Store
from tests.audit.jobs.gold_review import NOW, say
from tests.browser.review_workspace import (
    Mention,
    ReviewSample,
    add_review_sample,
    ellipse,
    save_photographs,
)

N_MENTIONS = 30
N_RIGHT, N_SETTLED = 8, 10


@pytest.fixture
def sample(store: Store, tmp_path: Path) -> ReviewSample:
    """30 mentions with a mask of each of two settings: 10 of the 60 were read twice and settled by a lead.

    They found 8 of them correct and 2 incorrect.
    """
    shape = save_photographs(tmp_path / "images")["rocket.jpg"].shape[:2]
    mentions = [
        Mention(
            entity=f"Thing {place}",
            question=None,
            file_name="/rocket.jpg",
            masks=[ellipse(shape, 200, 100 + 10 * place, 60, 80), ellipse(shape, 120, 300, 40 + place, 90)],
        )
        for place in range(N_MENTIONS)
    ]
    made = add_review_sample(store, tmp_path / "images", mentions, "mixed")
    masks = list(made.unit_of_mask)
    say(store, "lea", masks[: 2 * N_RIGHT : 2], Verdict.CORRECT, Purpose.ADJUDICATION)
    say(store, "lea", masks[2 * N_RIGHT : 2 * N_SETTLED : 2], Verdict.INCORRECT, Purpose.ADJUDICATION)
    for reader in ("eve", "fay"):
        say(store, reader, masks[: 2 * N_SETTLED : 2], Verdict.CORRECT, Purpose.READING)
    return made


def said_of_gold(store: Store) -> tuple[GoldVerdict, ...]:
    return load_gold_review(store, 1, share=0.4).verdicts


class Page:
    """A page that judges what it is given, in order."""

    def __init__(self, store: Store, folder: Path, name: str = "ann", **settings: object) -> None:
        self.store = store
        self.settings = Settings(folder=folder, **settings)  # type: ignore[arg-type]
        with store.transaction() as transaction:
            reviewer = ensure_reviewer(transaction, name, NOW)
        self.reviewer_id = reviewer.reviewer_id
        self.n_said = 0
        self.desk = self._open(reviewer)
        self.answers = [self.ask(None)]

    def _open(self, reviewer: Reviewer) -> Desk:
        return open_desk(self.store, self.settings, DeskRequest(admission=Admission(reviewer=reviewer)), NOW)

    def reload(self) -> None:
        with self.store.reading() as transaction:
            self.desk = self._open(load_reviewer(transaction, self.reviewer_id))
        self.answers.append(self.ask(None))

    def ask(self, message: dict[str, object] | None) -> dict[str, Any]:
        if message is not None:
            message = {"scope": self.desk.scope, "reviewer": self.desk.reviewer.name} | message
        packed = answer_page(self.store, self.desk, message, now=NOW + timedelta(seconds=self.n_said))
        header: dict[str, Any] = json.loads(packed[4 : 4 + int.from_bytes(packed[:4], "little")])
        assert "trouble" not in header, header
        return header

    def judge_next(self, verdict: Verdict = Verdict.CORRECT) -> str:
        """Judge the next task; give its id."""
        task_id: str = self.answers[-1]["coming"][0]
        self.n_said += 1
        event = {
            "kind": "reading",
            "client_key": f"key-{self.reviewer_id}-{self.n_said:05}",
            "task_id": task_id,
            "verdict": verdict,
            "reasons": [],
            "decided_at": (NOW + timedelta(seconds=self.n_said)).isoformat(),
            "sequence": self.n_said,
        }
        self.answers.append(self.ask({"number": self.n_said, "events": [event], "held": list(self.items())}))
        return task_id

    def judge_all(self) -> list[str]:
        judged = []
        while self.answers[-1]["coming"]:
            judged.append(self.judge_next())
        return judged

    def given(self, purpose: Purpose) -> list[str]:
        with self.store.reading() as transaction:
            return [each.task_id for each in load_given_for(transaction, self.reviewer_id, [purpose])]

    def items(self) -> dict[str, dict[str, Any]]:
        return {item["task_id"]: item for answer in self.answers for item in answer["items"]}

    def has_practised(self) -> bool:
        with self.store.reading() as transaction:
            return load_reviewer(transaction, self.reviewer_id).practised_at is not None


@pytest.mark.slow
def test_gold_is_mixed_in_and_nothing_that_the_page_gets_tells_it_from_readings(
    store: Store, sample: ReviewSample, tmp_path: Path
) -> None:
    page = Page(store, tmp_path, practice=0, gold_share=0.4)
    page.judge_all()
    gold, items = page.given(Purpose.GOLD), page.items()

    assert len(gold) > 5
    assert set(gold) - sample.unit_of_mask.keys()
    a_reading = next(item for task_id, item in items.items() if task_id not in gold)
    kinds = {key: type(value) for key, value in a_reading.items()}
    for task_id in gold:
        assert {key: type(value) for key, value in items[task_id].items()} == kinds
        assert re.fullmatch("[0-9a-f]+", task_id)
    assert "gold" not in json.dumps(page.answers)


@pytest.mark.slow
def test_a_mask_of_known_answer_is_met_once_and_apart_from_others_of_its_mention(
    store: Store, sample: ReviewSample, tmp_path: Path
) -> None:
    page = Page(store, tmp_path, practice=0, gold_share=0.4)
    judged = page.judge_all()

    assert len(set(judged)) == len(judged)
    with store.reading() as transaction:
        unit_of = sample.unit_of_mask | {
            each.mask_id: each.unit_id for each in load_gold(transaction, sample.sample.sample_id)
        }
    gold = set(page.given(Purpose.GOLD))
    for one, other in pairwise(judged):
        if gold & {one, other}:
            assert unit_of[one] != unit_of[other]


@pytest.mark.slow
def test_progress_counts_every_verdict_and_no_hand_out_moves_it(
    store: Store, sample: ReviewSample, tmp_path: Path
) -> None:
    page = Page(store, tmp_path, practice=0, gold_share=0.4)
    judged = page.judge_all()

    n_gold = len(page.given(Purpose.GOLD))
    assert n_gold > 5
    *before, last = [(each["n_settled"], each["n_tasks"]) for each in page.answers]
    assert [n_settled for n_settled, _ in before] == list(range(N_SETTLED, N_SETTLED + len(judged)))
    n_expected = ceil(50 * 0.4 / 0.6)
    assert {n_tasks for _, n_tasks in before[:60]} == {60 + n_expected}
    assert len({n_tasks for _, n_tasks in before[60:]}) <= 1  # a minute later
    assert last == (60 + n_gold, 60 + n_gold)
    assert page.answers[-1]["n_verdicts"] == len(judged) == 50 + n_gold


def test_progress_goes_on_after_a_reload(store: Store, sample: ReviewSample, tmp_path: Path) -> None:
    page = Page(store, tmp_path, practice=0, gold_share=0.4)
    for _ in range(30):
        page.judge_next()
    before = page.answers[-1]
    page.reload()

    assert page.answers[-1]["n_settled"] == before["n_settled"]
    assert page.answers[-1]["n_verdicts"] == before["n_verdicts"] == 30


def test_who_has_nothing_to_read_is_given_nothing_to_practise(
    store: Store, sample: ReviewSample, tmp_path: Path
) -> None:
    for reader in ("eve", "fay"):
        say(store, reader, sample.unit_of_mask, Verdict.CORRECT, Purpose.READING)

    page = Page(store, tmp_path, practice=6)

    assert page.answers[0]["coming"] == []
    assert (page.answers[0]["n_settled"], page.answers[0]["n_tasks"]) == (60, 60)


@pytest.mark.slow
def test_what_is_said_of_gold_is_no_reading(store: Store, sample: ReviewSample, tmp_path: Path) -> None:
    page = Page(store, tmp_path, practice=0, gold_share=0.4)
    page.judge_all()
    gold = set(page.given(Purpose.GOLD))

    with store.reading() as transaction:
        standing = load_standing(transaction, sample.sample.sample_id)
    assert not gold & {each.mask_id for each in standing if each.reviewer == "ann"}
    assert {
        each.mask_id for each in load_gold_review(store, sample.sample.sample_id, share=0.4).verdicts
    } == gold


@pytest.mark.slow
def test_practice_comes_first_tells_every_answer_and_is_then_over(
    store: Store, sample: ReviewSample, tmp_path: Path
) -> None:
    page = Page(store, tmp_path, practice=6, gold_share=0.0)
    assert page.answers[0]["opening"]["practice"] == {"n": 6}

    practised = [page.judge_next() for _ in range(6)]

    assert practised == page.given(Purpose.PRACTICE)
    told = [page.items()[task_id]["practice"] for task_id in practised]
    assert {each["verdict"] for each in told} == {"correct", "incorrect"}
    assert all(each["told"] for each in told)
    assert page.has_practised()
    page.judge_all()
    others = [item for task_id, item in page.items().items() if task_id not in practised]
    assert not any("practice" in item for item in others)
    assert not {
        each.reviewer for each in load_gold_review(store, sample.sample.sample_id, share=0.4).verdicts
    }
    page.reload()
    assert page.answers[-1]["opening"]["practice"] is None


def test_a_practice_round_that_was_left_goes_on_where_it_stopped(
    store: Store, sample: ReviewSample, tmp_path: Path
) -> None:
    page = Page(store, tmp_path, practice=6)
    first = [page.judge_next() for _ in range(2)]
    assert not page.has_practised()

    page.reload()
    rest = [page.judge_next() for _ in range(4)]

    assert len({*first, *rest}) == 6
    assert page.given(Purpose.PRACTICE) == first + rest
    assert page.has_practised()


def test_practice_masks_whose_answers_a_lead_takes_back_do_not_hold_up_the_rest(
    store: Store, sample: ReviewSample, tmp_path: Path
) -> None:
    page = Page(store, tmp_path, practice=6)
    with store.reading() as transaction:
        made_from = {each.mask_id: each.made_from for each in load_gold(transaction, 1)}
    originals = {made_from[mask] for mask in page.given(Purpose.PRACTICE)} - {None}
    assert len(originals) == 3
    say(store, "lea", originals, Verdict.UNSURE, Purpose.ADJUDICATION)

    page.reload()
    assert page.answers[-1]["opening"]["practice"] == {"n": 3}
    for _ in range(3):
        page.judge_next()

    assert page.has_practised()


def test_without_masks_of_known_answer_a_reviewer_starts_at_once(store: Store, tmp_path: Path) -> None:
    shape = save_photographs(tmp_path / "images")["rocket.jpg"].shape[:2]
    mention = Mention(
        entity="Rocket", question=None, file_name="/rocket.jpg", masks=[ellipse(shape, 200, 300, 80, 80)]
    )
    add_review_sample(store, tmp_path / "images", [mention], "plain")

    page = Page(store, tmp_path)

    assert page.answers[0]["opening"]["practice"] is None
    assert len(page.judge_all()) == 1
    assert page.given(Purpose.GOLD) == page.given(Purpose.PRACTICE) == []
