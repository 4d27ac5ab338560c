"""The desk for comparing: what goes out to whom, what is stored of it, and what nobody learns."""

import json
from collections import Counter
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import delete

from audit.coco.rle import decode_counts, mask_of_runs
from audit.errors import InputError
from audit.jobs.review.compared_pairs import check_compared
from audit.jobs.review.desk import DeskRequest, open_desk
from audit.jobs.review.exchange import answer_page
from audit.review.opening import DeskKind
from audit.review.overlay import mask_box
from audit.review.queue import WINDOW_SIZE
from audit.settings import load_settings
from db.preferences import load_standing_preferences
from db.records import MaskState, Preference, Purpose, StandingPreference
from db.reviews import load_standing
from db.samples import add_masks, load_masks, load_unit_masks
from db.store import Store
from db.tables import unit_masks
from tests.audit.jobs.review.comparing import NOW, Comparer, always, comparer
from tests.browser.review_workspace import (
    SETTINGS,
    Mention,
    ReviewSample,
    add_review_sample,
    usual_mentions,
)
from tests.builders import made_by

ONE, TWO = SETTINGS


@pytest.fixture
def mentions(tmp_path: Path) -> list[Mention]:
    return usual_mentions(tmp_path / "images")


@pytest.fixture
def sample(store: Store, tmp_path: Path, mentions: list[Mention]) -> ReviewSample:
    """40 mentions with two different masks each."""
    return add_review_sample(store, tmp_path / "images", mentions * 10, "first")


@pytest.fixture
def ann(store: Store, sample: ReviewSample, tmp_path: Path) -> Comparer:
    return comparer(store, tmp_path, SETTINGS)


def said(store: Store, sample: ReviewSample) -> list[StandingPreference]:
    with store.reading() as transaction:
        return load_standing_preferences(transaction, sample.sample.sample_id)


def set_first_readings(folder: Path, n: int) -> None:
    file = folder / "audit.toml"
    lines = [line for line in file.read_text().splitlines() if not line.startswith("first_readings")]
    file.write_text("\n".join([f"first_readings = {n}", *lines]))


def test_the_page_is_told_that_it_compares_and_gets_two_masks_with_one_photo(ann: Comparer) -> None:
    packed = answer_page(ann.store, ann.desk, None, now=NOW)
    n = int.from_bytes(packed[:4], "little")
    answer = json.loads(packed[4 : 4 + n])
    item = answer["items"][0]

    assert answer["opening"]["kind"] == "compare"
    assert answer["coming"][0] == item["task_id"]
    assert (answer["n_tasks"], answer["n_settled"], len(answer["coming"])) == (40, 0, WINDOW_SIZE)
    assert "mask" not in item
    assert "box" not in item
    left, right = item["masks"]
    photo, *layers = (
        packed[4 + n + start : 4 + n + start + length]
        for start, length in (item["photo"], left["mask"], right["mask"])
    )
    assert photo.startswith(b"\xff\xd8")
    assert all(layer.startswith(b"\x89PNG") for layer in layers)
    crop_left, crop_top, width, height = item["crop"]
    for x, y, w, h in (left["box"], right["box"]):
        assert crop_left <= x <= x + w <= crop_left + width
        assert crop_top <= y <= y + h <= crop_top + height


def test_no_message_names_a_setting_a_model_a_split_or_a_mask(ann: Comparer, sample: ReviewSample) -> None:
    opened = answer_page(ann.store, ann.desk, None, now=NOW)
    coming = ann.ask()["coming"]
    later = ann.ask(ann.says(coming[0], "left"), ann.says(coming[1], "same"))
    sent = json.dumps(later).encode() + opened[4 : 4 + int.from_bytes(opened[:4], "little")]

    for hidden in (*SETTINGS, "original", "query_val_seen", *sample.unit_of_mask):
        assert hidden.encode() not in sent


def test_the_masks_lie_where_the_coin_of_this_reviewer_puts_them(
    store: Store, sample: ReviewSample, tmp_path: Path
) -> None:
    """The same pair for several people: the boxes change places, and the journal knows who had which left."""
    seen: Counter[str] = Counter()
    for name in ("ann", "bob", "eve", "joe", "kim"):
        person = comparer(store, tmp_path, SETTINGS, name)
        pair = person.tasks.pairs[min(person.tasks.pairs)]
        with store.reading() as transaction:
            masks = load_masks(transaction, pair.mask_ids)
        [item] = person.tasks.items(store, [pair.pair_id])
        places = {
            person.side_of(pair.pair_id, mask.mask_id): mask_box(
                mask_of_runs(
                    decode_counts(mask.parts[0], height=mask.height, width=mask.width),
                    height=mask.height,
                    width=mask.width,
                )
            )
            for mask in masks
        }
        assert [layer.box for layer in item.content.masks] == [places["left"], places["right"]]
        seen[person.side_of(pair.pair_id, pair.mask_ids[0])] += 1
    assert len(seen) == 2


@pytest.mark.parametrize("side", ["left", "right", "same"])
def test_what_was_better_at_a_place_is_stored_of_the_mask_that_was_there(
    ann: Comparer, sample: ReviewSample, side: str
) -> None:
    for task_id in ann.ask()["coming"]:
        ann.ask(ann.says(task_id, side, comment="the ear", flagged=True))
    for each in said(ann.store, sample):
        task_id = next(pair.pair_id for pair in ann.tasks.pairs.values() if pair.mask_ids == each.mask_ids)
        better = each.mask_ids[0] if each.preference is Preference.FIRST else each.mask_ids[1]
        place = "same" if each.preference is Preference.SAME else ann.side_of(task_id, better)
        assert (place, each.comment, each.flagged, each.seconds) == (side, "the ear", True, 1.5)
    assert len(said(ann.store, sample)) == WINDOW_SIZE


def test_a_preference_comes_back_as_it_was_shown_and_can_be_taken_back(
    ann: Comparer, sample: ReviewSample
) -> None:
    first, second = ann.ask()["coming"][:2]
    event = ann.says(first, "right", comment="off", flagged=True)
    ann.ask(event, ann.says(second, "same"))
    answer = ann.ask()

    assert [(past["task_id"], past["preference"]) for past in answer["recent"]] == [
        (first, "right"),
        (second, "same"),
    ]
    assert (answer["recent"][0]["comment"], answer["recent"][0]["flagged"]) == ("off", True)
    undone = ann.ask(ann.takes_back(first))
    assert [past["task_id"] for past in undone["recent"]] == [second]
    assert first in undone["coming"]
    assert (undone["n_settled"], undone["n_verdicts"]) == (1, 1)
    ann.ask(event)  # late, and long since taken back
    assert [each.preference for each in said(ann.store, sample)] == [Preference.SAME]


def test_sending_again_stores_once_and_is_confirmed_again(ann: Comparer, sample: ReviewSample) -> None:
    event = ann.says(ann.ask()["coming"][0], "left")
    answers = [ann.ask(event) for _ in range(3)]

    assert [answer["confirmed"] for answer in answers] == [[event["client_key"]]] * 3
    assert len(said(ann.store, sample)) == 1


def test_a_verdict_or_a_pair_of_another_sample_is_refused_by_itself(ann: Comparer) -> None:
    good = ann.says(ann.ask()["coming"][0], "left")
    verdict = {**ann.says(good["task_id"], "left"), "kind": "reading", "verdict": "correct"}
    strange = ann.says("pair-of-another-sample", "left")
    neither = ann.says(good["task_id"], "both")
    answer = ann.ask(verdict, strange, neither, good)

    assert answer["confirmed"] == [good["client_key"]]
    assert {each["client_key"]: each["is_kept"] for each in answer["refused"]} == {
        verdict["client_key"]: False,
        strange["client_key"]: True,
        neither["client_key"]: False,
    }


@pytest.mark.slow
def test_two_people_are_never_given_the_same_pair_and_together_they_do_all(
    store: Store, sample: ReviewSample, tmp_path: Path
) -> None:
    ann, bob = (comparer(store, tmp_path, SETTINGS, name) for name in ("ann", "bob"))
    of_ann, of_bob = ann.ask()["coming"], bob.ask()["coming"]
    assert len(of_ann) == WINDOW_SIZE
    assert not set(of_ann) & set(of_bob)
    done = [*ann.judge_all(always("left")), *bob.judge_all(always("same"))]

    assert sorted(done) == sorted(ann.tasks.pairs)
    assert ann.ask()["n_settled"] == bob.ask()["n_settled"] == 40
    assert len(said(store, sample)) == 40


def test_of_the_last_pairs_nobody_is_given_more_than_their_share(
    store: Store, mentions: list[Mention], tmp_path: Path
) -> None:
    add_review_sample(store, tmp_path / "images", mentions * 4, "small")
    people = [comparer(store, tmp_path, SETTINGS, name) for name in ("ann", "bob", "eve")]
    given = [len(person.ask()["coming"]) for person in people]

    assert given[0] == WINDOW_SIZE
    assert given[1:] == [2, 1]


@pytest.mark.slow
def test_every_pair_goes_to_as_many_people_as_are_to_see_it_and_no_further(
    store: Store, sample: ReviewSample, tmp_path: Path
) -> None:
    set_first_readings(tmp_path, 2)
    people = [comparer(store, tmp_path, SETTINGS, name) for name in ("ann", "bob", "eve")]
    done: Counter[str] = Counter()
    for _ in range(3):
        for person in people:
            done.update(person.judge_all(always("same")))

    assert set(done.values()) == {2}
    assert len(said(store, sample)) == 80
    assert all(len(pairs) == 2 for pairs in _people_by_pair(store, sample).values())


def _people_by_pair(store: Store, sample: ReviewSample) -> dict[tuple[str, str], set[str]]:
    found: dict[tuple[str, str], set[str]] = {}
    for each in said(store, sample):
        found.setdefault(each.mask_ids, set()).add(each.reviewer)
    return found


def test_a_lease_that_ran_out_gives_the_pair_to_somebody_else_and_loses_nothing(
    store: Store, mentions: list[Mention], tmp_path: Path
) -> None:
    sample = add_review_sample(store, tmp_path / "images", mentions, "small")
    ann, bob = (comparer(store, tmp_path, SETTINGS, name) for name in ("ann", "bob"))
    held = ann.ask()["coming"]
    later = NOW + timedelta(minutes=load_settings(tmp_path, {}).lease_minutes + 1)
    assert bob.ask()["coming"] == []
    assert sorted(bob.ask(now=later)["coming"]) == sorted(held)
    bob.ask(bob.says(held[0], "left"), now=later)
    ann.ask(ann.says(held[0], "right"), now=later)

    assert len(said(store, sample)) == 2


def test_a_page_that_gives_a_sign_of_life_keeps_its_pairs(
    store: Store, mentions: list[Mention], tmp_path: Path
) -> None:
    add_review_sample(store, tmp_path / "images", mentions, "small")
    ann, bob = (comparer(store, tmp_path, SETTINGS, name) for name in ("ann", "bob"))
    held = ann.ask()["coming"]
    for minute in range(0, 60, 3):
        assert ann.ask(now=NOW + timedelta(minutes=minute))["coming"] == held
    assert bob.ask(now=NOW + timedelta(minutes=60))["coming"] == []


def test_pages_that_ask_at_once_do_not_collide(store: Store, sample: ReviewSample, tmp_path: Path) -> None:
    people = [comparer(store, tmp_path, SETTINGS, f"person-{number}") for number in range(4)]
    done: dict[str, list[str]] = {}

    def work(person: Comparer) -> None:
        done[person.desk.reviewer.name] = person.judge_all(always("left"))

    threads = [Thread(target=work, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(pair for pairs in done.values() for pair in pairs) == sorted(people[0].tasks.pairs)
    assert len(said(store, sample)) == 40


def test_whoever_compares_may_read_masks_next_and_neither_knows_of_the_other(
    ann: Comparer, sample: ReviewSample, tmp_path: Path
) -> None:
    pair = ann.ask()["coming"][0]
    ann.ask(ann.says(pair, "left"))
    request = DeskRequest(admission=ann.desk.admission, kind=DeskKind.REVIEW)
    desk = open_desk(ann.store, load_settings(tmp_path, {}), request, NOW)
    reading = Comparer(ann.store, desk)
    answer = reading.ask()

    assert (answer["n_tasks"], answer["n_settled"], answer["recent"]) == (80, 0, [])
    assert len(answer["coming"]) == WINDOW_SIZE
    assert set(answer["coming"]) <= sample.unit_of_mask.keys()
    with ann.store.reading() as transaction:
        assert all(load_standing(transaction, sample.sample.sample_id, each) == [] for each in Purpose)


def test_a_photo_that_is_gone_makes_the_pair_unjudgable_until_it_is_back(
    store: Store, mentions: list[Mention], tmp_path: Path
) -> None:
    add_review_sample(store, tmp_path / "images", mentions, "small")
    photo = tmp_path / "images" / "cat.jpg"
    kept = photo.read_bytes()
    photo.unlink()
    ann = comparer(store, tmp_path, SETTINGS)
    list(ann.tasks.items(store, ann.ask()["coming"]))
    assert len(ann.ask()["coming"]) == 3
    assert (ann.ask()["n_settled"], ann.ask()["n_unjudgable"]) == (1, 1)

    photo.write_bytes(kept)
    again = comparer(store, tmp_path, SETTINGS).ask()
    assert (len(again["coming"]), again["n_unjudgable"]) == (4, 0)


def test_masks_of_different_sizes_cannot_be_laid_beside_each_other(
    store: Store, mentions: list[Mention], tmp_path: Path
) -> None:
    cat = mentions[0]
    turned = Mention(
        entity=cat.entity, question=None, file_name=cat.file_name, masks=[cat.masks[0], cat.masks[1].T]
    )
    sample = add_review_sample(store, tmp_path / "images", [turned], "small")
    ann = comparer(store, tmp_path, SETTINGS)
    [item] = ann.ask()["items"]

    assert item["unjudgable"] == "the sizes of the two masks differ"
    assert len(sample.unjudgable()) == 1  # that of the mask which does not fit the photo


def test_a_root_that_cannot_be_reached_leaves_the_pair_waiting(
    store: Store, mentions: list[Mention], tmp_path: Path
) -> None:
    sample = add_review_sample(store, tmp_path / "elsewhere", mentions[:1], "small")
    ann = comparer(store, tmp_path, SETTINGS)
    [item] = ann.ask()["items"]

    assert "waiting" in item
    assert ann.ask(waiting=[item["task_id"]])["coming"] == []
    assert sample.unjudgable() == {}


def test_a_mention_that_was_removed_is_passed_over_and_its_preference_kept_by_the_browser(
    ann: Comparer, sample: ReviewSample
) -> None:
    first, *others = ann.ask()["coming"]
    unit_id = ann.tasks.pairs[first].unit_id
    with ann.store.transaction() as transaction:
        transaction.connection.execute(delete(unit_masks).where(unit_masks.c.unit_id == unit_id))
    answer = ann.ask(ann.says(first, "left"))

    assert [each["is_kept"] for each in answer["refused"]] == [True]
    assert first not in answer["coming"]
    assert set(others) < set(answer["coming"])


def test_identical_and_missing_masks_are_no_tasks(
    store: Store, mentions: list[Mention], tmp_path: Path
) -> None:
    add_review_sample(store, tmp_path / "images", mentions, "small")
    with store.transaction() as transaction:
        made = load_unit_masks(transaction, 1)
        alike, missing = sorted({each.unit_id for each in made})[:2]
        of_one = next(m.mask_id for m in made if m.unit_id == alike and m.setting == ONE)
        transaction.connection.execute(
            delete(unit_masks).where(unit_masks.c.unit_id.in_([alike, missing]), unit_masks.c.setting == TWO)
        )
        add_masks(transaction, [], [made_by(TWO, alike, of_one)])
        add_masks(transaction, [], [made_by(TWO, missing, None, MaskState.MISSING)])

    assert comparer(store, tmp_path, SETTINGS).ask()["n_tasks"] == 2


@pytest.mark.parametrize(
    ("compared", "message"),
    [
        ((ONE, ONE), f"--compare names {ONE} twice: name two settings of sample first"),
        ((ONE, "oops"), f"sample first holds no setting oops: name two of {ONE}, {TWO}"),
        (("oops", "oops"), "--compare names oops twice"),
    ],
)
def test_settings_that_cannot_be_compared_are_refused_in_one_sentence(
    store: Store, sample: ReviewSample, compared: tuple[str, str], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        check_compared(store, "first", compared)


def test_settings_that_are_alike_everywhere_are_refused(
    store: Store, mentions: list[Mention], tmp_path: Path
) -> None:
    add_review_sample(store, tmp_path / "images", [], "empty")
    with pytest.raises(InputError, match="nothing to compare: .* of no mention of sample empty"):
        check_compared(store, None, SETTINGS)


def test_a_desk_for_comparing_names_two_settings(store: Store, sample: ReviewSample, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="name two settings by `review --compare A B`"):
        comparer(store, tmp_path, None)
