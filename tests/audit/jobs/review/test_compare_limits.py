"""What a page for comparing cannot do: get at pairs not given to it, hoard them, lose them to a clock."""

from datetime import timedelta
from pathlib import Path

import pytest

from audit.review.queue import MOST_HELD
from db.preferences import load_standing_preferences
from db.store import Store
from tests.audit.jobs.review.comparing import NOW, comparer
from tests.browser.review_workspace import SETTINGS, ReviewSample, add_review_sample, usual_mentions


@pytest.fixture
def sample(store: Store, tmp_path: Path) -> ReviewSample:
    """100 mentions with two different masks each."""
    return add_review_sample(store, tmp_path / "images", usual_mentions(tmp_path / "images") * 25, "first")


def test_pairs_that_somebody_was_not_given_are_neither_judged_nor_shown(
    store: Store, sample: ReviewSample, tmp_path: Path
) -> None:
    ann, bob = comparer(store, tmp_path, SETTINGS), comparer(store, tmp_path, SETTINGS, "bob")
    (of_ann, *_), (of_bob, *rest) = ann.ask()["coming"], bob.ask()["coming"]

    answer = bob.ask(bob.says(of_ann, "left"), bob.says(of_bob, "left"), wanted=[of_ann], held=rest)

    assert len(answer["refused"]) == len(answer["confirmed"]) == 1
    assert of_ann not in {item["task_id"] for item in answer["items"]}
    with store.reading() as transaction:
        assert len(load_standing_preferences(transaction, sample.sample.sample_id)) == 1


def test_nobody_can_hold_all_pairs_by_saying_that_their_pictures_cannot_be_had(
    store: Store, sample: ReviewSample, tmp_path: Path
) -> None:
    ann = comparer(store, tmp_path, SETTINGS)
    held = list(ann.tasks.pairs)  # spares the pictures
    seen: set[str] = set()
    for _ in range(20):
        seen |= set(ann.ask(waiting=sorted(seen), held=held)["coming"])

    assert len(seen) == MOST_HELD


def test_a_clock_that_is_put_back_makes_nobody_hold_what_they_have_judged(
    store: Store, sample: ReviewSample, tmp_path: Path
) -> None:
    ann = comparer(store, tmp_path, SETTINGS)
    pairs = ann.ask()["coming"]
    ann.ask(*(ann.says(pair, "left") for pair in pairs))
    ann.ask(*(ann.takes_back(pair) for pair in pairs))
    ann.ask(*(ann.says(pair, "left") for pair in pairs))

    earlier = NOW - timedelta(seconds=20)
    board = ann.tasks._board
    with store.reading() as transaction:
        assert not set(pairs) & {each.task_id for each in board(transaction, earlier).held}
    bob = comparer(store, tmp_path, SETTINGS, "bob", now=earlier)
    with store.reading() as transaction:
        assert not bob.tasks._board(transaction, earlier).n_holding.keys() & set(pairs)
