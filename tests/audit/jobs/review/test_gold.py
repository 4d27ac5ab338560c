"""A reviewer is given masks of known answer that they have not met, and a practice round before all else."""

from dataclasses import replace
from pathlib import Path

import pytest

from audit.jobs.review.gold import GoldSource, open_gold
from audit.jobs.review.tasks import Workplace
from audit.settings import Settings
from db.assignments import add_assignments
from db.records import Assignment, GoldMask, Known, Purpose, Verdict
from db.reviewers import ensure_reviewer, load_reviewer, put_practised
from db.samples import load_mask_units, load_units
from db.store import Store
from tests.audit.jobs.gold_review import NOW, say
from tests.browser.review_workspace import (
    ReviewSample,
)


@pytest.fixture
def settled(store: Store, sample: ReviewSample) -> list[str]:
    """A mask of each of three mentions that a lead found correct, and one of the fourth found incorrect.

    They are read as often as they are to be.
    """
    first_of_unit = list({unit: mask for mask, unit in sample.unit_of_mask.items()}.values())
    say(store, "lea", first_of_unit[:3], Verdict.CORRECT, Purpose.ADJUDICATION)
    say(store, "lea", first_of_unit[3:], Verdict.INCORRECT, Purpose.ADJUDICATION)
    for reader in ("eve", "fay"):
        say(store, reader, first_of_unit, Verdict.CORRECT, Purpose.READING)
    return first_of_unit


def source(
    store: Store, sample: ReviewSample, folder: Path, reviewer: str = "ann", **settings: object
) -> GoldSource:
    with store.transaction() as transaction:
        person = ensure_reviewer(transaction, reviewer, NOW)
        units = {unit.unit_id: unit for unit in load_units(transaction, sample.sample.sample_id)}
        mask_units = load_mask_units(transaction, sample.sample.sample_id)
    workplace = Workplace(
        settings=replace(Settings(folder=folder), **settings),
        sample=sample.sample,
        reviewer=person,
        units=units,
        mask_units=mask_units,
        compared=None,
        guideline_hash=None,
    )
    return open_gold(store, workplace)


def hand_out(store: Store, gold: GoldSource, mask: GoldMask, position: int, purpose: Purpose) -> None:
    given = Assignment(
        task_id=mask.mask_id,
        reviewer_id=gold.workplace.reviewer.reviewer_id,
        sample_id=gold.workplace.sample.sample_id,
        purpose=purpose,
        position=position,
        assigned_at=NOW,
        lease_until=NOW,
    )
    with store.transaction() as transaction:
        add_assignments(transaction, [given])


def picked(
    store: Store, gold: GoldSource, n: int, apart_from: frozenset[int] = frozenset()
) -> list[GoldMask]:
    found = []
    for position in range(n):
        with store.reading() as transaction:
            mask = gold.pick(transaction, position=position, apart_from=apart_from, now=NOW)
        if mask is not None:
            hand_out(store, gold, mask, position, Purpose.GOLD)
            found.append(mask)
    return found


def practice(store: Store, gold: GoldSource) -> tuple[GoldMask, ...]:
    with store.reading() as transaction:
        return gold.practice(transaction, NOW)


def test_every_known_mask_is_given_once_and_natural_ones_first(
    store: Store, sample: ReviewSample, settled: list[str], tmp_path: Path
) -> None:
    found = picked(store, source(store, sample, tmp_path, gold_share=0.5), 60)

    assert len({mask.mask_id for mask in found}) == len(found)
    wrong = [mask.known for mask in found if mask.known is not Known.RIGHT]
    assert wrong == [Known.NATURAL, *[Known.SYNTHETIC] * 3]
    assert sorted(mask.mask_id for mask in found if mask.known is Known.RIGHT) == sorted(settled[:3])


def test_who_has_read_or_settled_a_mask_is_not_given_it(
    store: Store, sample: ReviewSample, settled: list[str], tmp_path: Path
) -> None:
    say(store, "ann", settled[:1], Verdict.CORRECT, Purpose.READING)

    of_ann = picked(store, source(store, sample, tmp_path, gold_share=0.5), 60)
    of_lead = picked(store, source(store, sample, tmp_path, "lea", gold_share=0.5), 60)

    assert settled[0] not in {mask.mask_id for mask in of_ann}
    assert len(of_ann) == 6
    assert {mask.known for mask in of_lead} == {Known.SYNTHETIC}


def test_no_mask_comes_near_another_one_of_its_mention(
    store: Store, sample: ReviewSample, settled: list[str], tmp_path: Path
) -> None:
    near = frozenset(sample.unit_of_mask[mask_id] for mask_id in settled[:2])

    found = picked(store, source(store, sample, tmp_path, gold_share=0.5), 60, near)

    assert found
    assert not near & {mask.unit_id for mask in found}


def test_a_reviewer_is_given_the_same_at_the_same_place_and_another_one_other_masks(
    store: Store, sample: ReviewSample, settled: list[str], tmp_path: Path
) -> None:
    def at_places(reviewer: str) -> list[GoldMask | None]:
        gold = source(store, sample, tmp_path, reviewer, gold_share=0.5)
        with store.reading() as transaction:
            return [gold.pick(transaction, position=place, apart_from=(), now=NOW) for place in range(30)]

    assert at_places("ann") == at_places("ann")
    assert at_places("ann") != at_places("bob")


@pytest.mark.parametrize("is_settled", [True, False])
def test_without_a_share_or_a_known_mask_nothing_is_mixed_in(
    store: Store, sample: ReviewSample, tmp_path: Path, request: pytest.FixtureRequest, is_settled: bool
) -> None:
    if is_settled:
        request.getfixturevalue("settled")
    gold = source(store, sample, tmp_path, gold_share=0.0 if is_settled else 0.5)

    assert picked(store, gold, 100) == []


def test_practice_comes_once_before_anything_is_judged(
    store: Store, sample: ReviewSample, settled: list[str], tmp_path: Path
) -> None:
    gold = source(store, sample, tmp_path, practice=4)

    masks = practice(store, gold)
    assert {mask.known is Known.RIGHT for mask in masks} == {True, False}
    assert len({mask.unit_id for mask in masks}) == len(masks) == 4
    assert practice(store, gold) == masks

    hand_out(store, gold, masks[0], 0, Purpose.PRACTICE)
    assert practice(store, gold) == ()


def test_who_has_practised_or_judged_is_not_asked_to_practise(
    store: Store, sample: ReviewSample, settled: list[str], tmp_path: Path
) -> None:
    say(store, "ann", list(sample.unit_of_mask)[:1], Verdict.CORRECT, Purpose.READING)
    assert practice(store, source(store, sample, tmp_path, "ann")) == ()

    bob = source(store, sample, tmp_path, "bob")
    assert practice(store, bob)
    with store.transaction() as transaction:
        put_practised(transaction, bob.workplace.reviewer.reviewer_id, NOW)
        person = load_reviewer(transaction, bob.workplace.reviewer.reviewer_id)
    assert practice(store, GoldSource(workplace=replace(bob.workplace, reviewer=person))) == ()


def test_with_too_few_known_masks_there_is_no_practice(
    store: Store, sample: ReviewSample, tmp_path: Path
) -> None:
    first, *_ = sample.unit_of_mask
    say(store, "lea", [first], Verdict.CORRECT, Purpose.ADJUDICATION)

    assert practice(store, source(store, sample, tmp_path)) == ()


def test_no_practice_is_asked_for_where_none_is_set(
    store: Store, sample: ReviewSample, settled: list[str], tmp_path: Path
) -> None:
    assert practice(store, source(store, sample, tmp_path, practice=0)) == ()


def test_opening_the_desk_makes_the_wrong_masks_that_are_lacking(
    store: Store, sample: ReviewSample, settled: list[str], tmp_path: Path
) -> None:
    gold = source(store, sample, tmp_path)

    with store.reading() as transaction:
        known = [mask.known for mask in gold.masks(transaction).values()]
    assert known.count(Known.SYNTHETIC) == known.count(Known.RIGHT) == 3


def test_a_mask_that_somebody_is_still_to_read_is_not_used(
    store: Store, sample: ReviewSample, tmp_path: Path
) -> None:
    first, second, *_ = {unit: mask for mask, unit in sample.unit_of_mask.items()}.values()
    say(store, "lea", [first, second], Verdict.INCORRECT, Purpose.ADJUDICATION)
    say(store, "eve", [first], Verdict.UNSURE, Purpose.READING)
    of_ann = source(store, sample, tmp_path, gold_share=0.5, practice=4)
    of_bob = source(store, sample, tmp_path, "bob", gold_share=0.5)

    assert picked(store, of_ann, 30)[0].mask_id == first  # alone, ann is asked for no second reading
    assert picked(store, of_bob, 30) == []  # now that ann takes part, bob is

    say(store, "fay", [first], Verdict.UNSURE, Purpose.READING)
    assert [mask.mask_id for mask in picked(store, of_bob, 30)] == [first]
