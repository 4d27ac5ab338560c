"""Several people share a sample: no mask goes to more of them than it is owed, and none is left over."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import text

from audit.review.queue import MOST_HELD, UNITS_APART, WINDOW_SIZE
from audit.review.readings_owed import second_ticket
from db.records import Purpose, Reading, Source, StandingVerdict, Verdict
from db.reviewers import ensure_reviewer
from db.reviews import add_readings, load_standing
from db.samples import add_masks, load_masks, put_units
from db.store import Store
from tests.audit.jobs.review.driving import NOW, Person, add_plain_sample, ask, order_of, work_together
from tests.browser.review_workspace import ReviewSample
from tests.builders import a_unit, made_by

LEASE = timedelta(minutes=10)


@pytest.fixture
def sample(store: Store, tmp_path: Path) -> ReviewSample:
    return add_plain_sample(store, tmp_path, 45)


def readings(sample: ReviewSample) -> list[StandingVerdict]:
    with sample.store.reading() as transaction:
        return load_standing(transaction, sample.sample.sample_id)


def test_two_people_are_never_given_the_same_mask(store: Store, sample: ReviewSample, tmp_path: Path) -> None:
    ann, bob = Person(store, tmp_path, "ann"), Person(store, tmp_path, "bob")
    for _ in work_together((ann, bob), "correct"):
        assert not set(ann.coming) & set(bob.coming)

    n_read = Counter(each.mask_id for each in readings(sample))
    assert n_read.keys() == sample.unit_of_mask.keys()
    again = {mask_id for mask_id in n_read if second_ticket(7, mask_id) < 0.1}
    assert {mask_id for mask_id, n in n_read.items() if n == 2} == again
    assert max(n_read.values()) == 2


@pytest.mark.slow
def test_every_mask_goes_to_as_many_people_as_there_are_first_readings(
    store: Store, sample: ReviewSample, tmp_path: Path
) -> None:
    people = [Person(store, tmp_path, name, first_readings=2) for name in ("ann", "bob", "cid")]
    n_judged = sum(1 for _ in work_together(people, "incorrect"))

    assert n_judged == 90

    assert set(Counter(each.mask_id for each in readings(sample)).values()) == {2}
    assert {each.second_probability for each in readings(sample)} == {1.0, None}


def test_a_lease_ends_by_itself_and_a_verdict_that_comes_too_late_is_kept(
    store: Store, tmp_path: Path
) -> None:
    sample = add_plain_sample(store, tmp_path, 5)
    ann, bob = Person(store, tmp_path, "ann"), Person(store, tmp_path, "bob")
    assert (len(ann.coming), bob.coming) == (5, [])

    assert bob.look(NOW + LEASE - timedelta(seconds=1)) == []
    assert set(bob.look(NOW + LEASE + timedelta(seconds=5))) == set(ann.coming)
    bob.say((bob.coming[0], "correct"), now=NOW + LEASE + timedelta(seconds=6))
    late = bob.desk.tasks._own.standing.keys()
    ann.say(*((mask_id, "correct") for mask_id in late), now=NOW + LEASE + timedelta(seconds=7))

    assert sorted(each.reviewer for each in readings(sample)) == ["ann", "bob"]


def test_a_sign_of_life_keeps_what_was_given(store: Store, tmp_path: Path) -> None:
    add_plain_sample(store, tmp_path, 5)
    ann, bob = Person(store, tmp_path, "ann"), Person(store, tmp_path, "bob")

    for minutes in range(4, 41, 4):
        assert len(ann.look(NOW + timedelta(minutes=minutes))) == 5
        assert bob.look(NOW + timedelta(minutes=minutes, seconds=30)) == []


def test_doubtful_masks_go_to_one_other_person_and_to_nobody_else(store: Store, tmp_path: Path) -> None:
    sample = add_plain_sample(store, tmp_path, 20)
    ann = Person(store, tmp_path, "ann")
    assert len(ann.say_of_all("incorrect")) == 20
    bob = Person(store, tmp_path, "bob")
    assert len(bob.say_of_all("unsure")) == 20

    cid = Person(store, tmp_path, "cid")

    assert cid.coming == []
    assert ann.look(NOW + timedelta(minutes=2)) == []
    by_person = {(each.reviewer, each.second_probability) for each in readings(sample)}
    assert by_person == {("ann", 1.0), ("bob", None)}


def test_of_correct_masks_the_tickets_choose_those_that_are_read_again(
    store: Store, sample: ReviewSample, tmp_path: Path
) -> None:
    Person(store, tmp_path, "ann", second_share=0.3).say_of_all("correct")
    bob = Person(store, tmp_path, "bob", second_share=0.3)

    again = set(bob.say_of_all("correct"))

    assert again == {mask_id for mask_id in sample.unit_of_mask if second_ticket(7, mask_id) < 0.3}
    assert {each.second_probability for each in readings(sample) if each.reviewer == "ann"} == {0.3}


def test_who_works_alone_reads_everything_once_in_the_usual_order(store: Store, tmp_path: Path) -> None:
    sample = add_plain_sample(store, tmp_path, 30, n_settings=2)
    ann = Person(store, tmp_path, "ann")

    judged = ann.say_of_all("incorrect")

    assert judged == order_of(ann.desk)
    assert (ann.answer["n_settled"], ann.answer["n_tasks"]) == (60, 60)
    assert len(readings(sample)) == 60


def test_whoever_comes_back_after_a_week_goes_on_where_they_stopped(store: Store, tmp_path: Path) -> None:
    add_plain_sample(store, tmp_path, 40, n_settings=2)
    ann = Person(store, tmp_path, "ann")
    for _ in range(15):
        ann.say((ann.coming[0], "correct"))

    later = Person(store, tmp_path, "ann", now=NOW + timedelta(days=7))

    assert later.say_of_all("correct", now=NOW + timedelta(days=7)) == order_of(ann.desk)[15:]


def test_blocks_are_opened_one_after_the_other_by_all(
    store: Store, sample: ReviewSample, tmp_path: Path
) -> None:
    with store.transaction() as transaction:
        transaction.connection.execute(text("UPDATE units SET block = (unit_id - 1) / 15"))
    block_of = {mask_id: (unit - 1) // 15 for mask_id, unit in sample.unit_of_mask.items()}
    ann, bob = Person(store, tmp_path, "ann", second_share=0), Person(store, tmp_path, "bob", second_share=0)

    given = [block_of[mask_id] for _, mask_id in work_together((ann, bob), "correct")]

    assert len(given) == 45
    # The last of a block may still be before one person when the other has gone on.
    latest = [given[place] for place in range(0, 45, 15)]
    assert latest == sorted(latest)
    assert all(later >= earlier - 1 for earlier, later in pairwise(given))
    assert set(given[: 15 - WINDOW_SIZE]) == {0}


@pytest.mark.slow
def test_masks_of_a_mention_stay_apart_for_each_of_several_people(store: Store, tmp_path: Path) -> None:
    sample = add_plain_sample(store, tmp_path, 100, n_settings=2)
    people = [Person(store, tmp_path, name) for name in ("ann", "bob", "cid")]
    met: dict[str, list[int]] = {"ann": [], "bob": [], "cid": []}
    for _ in range(30):
        for person in people:
            met[person.desk.reviewer.name].append(sample.unit_of_mask[person.coming[0]])
            person.say((person.coming[0], "correct"))

    for units in met.values():
        for place, unit in enumerate(units):
            assert unit not in units[max(0, place - UNITS_APART) : place]


def test_the_last_masks_are_shared_out(store: Store, sample: ReviewSample, tmp_path: Path) -> None:
    ann = Person(store, tmp_path, "ann", second_share=0)
    for _ in range(9):
        ann.say(*((mask_id, "correct") for mask_id in ann.coming[:3]))
    bob = Person(store, tmp_path, "bob", second_share=0)

    n_left = 18 - len(ann.coming)

    assert len(bob.coming) == (n_left + 1) // 2


def test_what_was_taken_back_is_the_persons_own_again(store: Store, tmp_path: Path) -> None:
    add_plain_sample(store, tmp_path, 5)
    ann = Person(store, tmp_path, "ann")
    first = ann.coming[0]
    ann.say((first, "correct"))
    bob = Person(store, tmp_path, "bob")

    ann.say((first, ""))

    assert ann.coming[0] == first
    assert bob.look(NOW + timedelta(minutes=2)) == []
    assert ann.answer["n_settled"] == 0


def test_two_tabs_of_one_person_share_what_they_judge(
    store: Store, sample: ReviewSample, tmp_path: Path
) -> None:
    here, there = Person(store, tmp_path, "ann"), Person(store, tmp_path, "ann")
    assert here.coming == there.coming
    first, second = here.coming[:2]

    here.say((first, "correct"))
    there.say((first, "incorrect"), (second, "correct"))

    assert {first, second}.isdisjoint(here.look())
    assert [(each.mask_id, each.verdict) for each in readings(sample)] == [
        (first, Verdict.INCORRECT),
        (second, Verdict.CORRECT),
    ]
    assert here.answer["n_verdicts"] == there.answer["n_verdicts"] == 2


@pytest.mark.slow
def test_readings_from_a_file_count_but_their_names_do_no_work(store: Store, tmp_path: Path) -> None:
    sample = add_plain_sample(store, tmp_path, 10)
    masks = list(sample.unit_of_mask)
    with store.transaction() as transaction:
        eve = ensure_reviewer(transaction, "eve", NOW)
        said = [
            Reading(mask_id=mask_id, verdict=Verdict.INCORRECT, client_key=mask_id, decided_at=NOW)
            for mask_id in masks[:4]
        ]
        add_readings(transaction, eve.reviewer_id, said, source=Source.IMPORT, now=NOW)

    ann = Person(store, tmp_path, "ann")
    assert set(ann.say_of_all("correct")) == set(masks[4:])
    assert (ann.answer["n_settled"], ann.answer["n_tasks"]) == (10, 10)
    bob = Person(store, tmp_path, "bob")

    assert set(bob.coming) >= set(masks[:4])


def test_what_a_mask_was_given_for_decides_what_its_verdict_is(
    store: Store, sample: ReviewSample, tmp_path: Path
) -> None:
    ann = Person(store, tmp_path, "ann")
    gold = ann.coming[0]
    with store.transaction() as transaction:
        transaction.connection.execute(
            text("UPDATE assignments SET purpose = 'gold' WHERE task_id = :mask_id"), {"mask_id": gold}
        )

    ann.say((gold, "incorrect"))

    assert readings(sample) == []
    with store.reading() as transaction:
        (verdict,) = load_standing(transaction, sample.sample.sample_id, Purpose.GOLD)
    assert (verdict.mask_id, verdict.second_probability) == (gold, None)


def test_a_clock_that_is_put_back_brings_no_judged_mask_again(
    store: Store, sample: ReviewSample, tmp_path: Path
) -> None:
    ann = Person(store, tmp_path, "ann")
    judged: list[str] = []
    for _ in range(15):
        judged.append(ann.coming[0])
        ann.say((ann.coming[0], "correct"))

    clock = (timedelta(seconds=-20), timedelta(days=-1), timedelta(days=3), timedelta(days=-800))
    for now in (NOW + each for each in clock):
        coming = ann.look(now)
        assert coming
        assert not set(judged) & set(coming)
        judged.append(coming[0])
        assert ann.say((coming[0], "correct"), now=now)["confirmed"]
    assert len(readings(sample)) == 19


@pytest.mark.parametrize("days", [-20_000, 20_000])
def test_a_browser_whose_clock_is_wrong_gives_no_verdict_of_another_age(
    store: Store, sample: ReviewSample, tmp_path: Path, days: int
) -> None:
    ann = Person(store, tmp_path, "ann")

    ann.say((ann.coming[0], "correct"), now=NOW)
    wrong = (NOW + timedelta(days=days)).isoformat()
    event = {
        "kind": "reading",
        "client_key": "key-of-the-wrong-clock",
        "task_id": ann.coming[0],
        "verdict": "correct",
        "decided_at": wrong,
        "shown_at": wrong,
    }
    message = {"number": 3, "scope": ann.desk.scope, "reviewer": "ann", "events": [event]}
    ann.answer = ask(store, ann.desk, message)

    assert ann.answer["confirmed"] == ["key-of-the-wrong-clock"]
    assert all(sample.sample.created_at <= each.decided_at <= NOW for each in readings(sample))


def test_masks_that_a_reviewer_was_not_given_are_neither_judged_nor_shown(
    store: Store, sample: ReviewSample, tmp_path: Path
) -> None:
    ann, bob = Person(store, tmp_path, "ann"), Person(store, tmp_path, "bob")
    of_ann, own = ann.coming[0], bob.coming[0]

    bob.say((of_ann, "incorrect"), (own, "correct"))
    shown = ask(store, bob.desk, {"number": 3, "held": bob.coming, "wanted": [of_ann, own]})

    assert len(bob.answer["refused"]) == 1
    assert [each.mask_id for each in readings(sample)] == [own]
    assert [item["task_id"] for item in shown["items"]] == [own]


def test_what_a_reviewer_judged_in_a_file_they_may_take_back(store: Store, tmp_path: Path) -> None:
    sample = add_plain_sample(store, tmp_path, 3)
    (mask_id, *_) = sample.unit_of_mask
    with store.transaction() as transaction:
        ann = ensure_reviewer(transaction, "ann", NOW)
        said = Reading(mask_id=mask_id, verdict=Verdict.CORRECT, client_key=mask_id, decided_at=NOW)
        add_readings(transaction, ann.reviewer_id, [said], source=Source.IMPORT, now=NOW)

    person = Person(store, tmp_path, "ann")
    person.say((mask_id, ""))

    assert readings(sample) == []
    assert mask_id in person.coming


def test_nobody_can_hold_a_whole_sample_by_saying_that_its_pictures_cannot_be_had(
    store: Store, tmp_path: Path
) -> None:
    add_plain_sample(store, tmp_path, 100)
    ann = Person(store, tmp_path, "ann")
    seen = set(ann.coming)
    for number in range(20):
        message = {"number": number, "held": ann.coming, "waiting": sorted(seen)}
        seen |= set(ask(store, ann.desk, message, now=NOW + timedelta(seconds=6 * number))["coming"])

    assert len(seen) == MOST_HELD


def test_a_second_reading_does_not_take_the_first_ones_chance_when_it_is_said_again(
    store: Store, tmp_path: Path
) -> None:
    sample = add_plain_sample(store, tmp_path, 1)
    (mask_id,) = sample.unit_of_mask
    ann = Person(store, tmp_path, "ann")
    ann.say((mask_id, "incorrect"))
    Person(store, tmp_path, "bob").say((mask_id, "incorrect"))

    ann.say((mask_id, ""))
    ann.say((mask_id, "correct"))

    assert {each.reviewer: each.second_probability for each in readings(sample)} == {"ann": 0.1, "bob": None}


def test_an_open_desk_goes_on_with_what_the_sample_gains(store: Store, tmp_path: Path) -> None:
    sample = add_plain_sample(store, tmp_path, 3)
    ann = Person(store, tmp_path, "ann")
    ann.say_of_all("correct")
    assert (ann.answer["n_settled"], ann.answer["n_tasks"]) == (3, 3)

    gained = a_unit("gained", images_root=str(tmp_path / "images"), file_name="tiny.jpg")
    with store.transaction() as transaction:
        unit_ids = put_units(transaction, sample.sample.sample_id, [gained])
        (like,) = load_masks(transaction, list(sample.unit_of_mask)[:1])
        mask = replace(like, mask_id="gained")
        add_masks(transaction, [mask], [made_by("original/one", unit_ids["gained"], "gained")])

    ann.look(NOW + timedelta(minutes=2))
    assert ann.look(NOW + timedelta(minutes=2, seconds=20)) == ["gained"]
    assert (ann.answer["n_settled"], ann.answer["n_tasks"]) == (3, 4)
    assert ann.answer["items"][0]["task_id"] == "gained"
