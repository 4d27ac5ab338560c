"""Wrong masks are made once of each mask that a lead found correct, and nothing tells them from others."""

import re
from pathlib import Path

import pytest
from pycocotools import mask as coco
from sqlalchemy import select

from audit.jobs import synthetic_masks
from audit.jobs.gold_pool import gold_state, load_gold_state
from audit.jobs.mask_copies import mask_id_of
from audit.jobs.synthetic_masks import make_synthetic_masks
from db.gold import load_gold
from db.records import GoldMask, Known, Mask, Purpose, Verdict
from db.samples import load_masks
from db.store import Store
from db.tables import synthetic_masks as made_masks
from tests.audit.jobs.gold_review import say
from tests.browser.review_workspace import (
    ReviewSample,
    add_review_sample,
    create_workspace,
    usual_mentions,
)


@pytest.fixture
def right(store: Store, sample: ReviewSample) -> list[str]:
    """One mask of each mention, which a lead found correct."""
    masks = list({unit: mask for mask, unit in sample.unit_of_mask.items()}.values())
    say(store, "lea", masks, Verdict.CORRECT, Purpose.ADJUDICATION)
    return masks


def gold(store: Store, sample: ReviewSample) -> list[GoldMask]:
    with store.reading() as transaction:
        return load_gold(transaction, sample.sample.sample_id)


def masks(store: Store, *mask_ids: str) -> list[Mask]:
    with store.reading() as transaction:
        return load_masks(transaction, mask_ids)


def overlap(a: Mask, b: Mask) -> float:
    [[iou]] = coco.iou(
        *([{"size": [each.height, each.width], "counts": each.parts[0]}] for each in (a, b)), [0]
    )
    return float(iou)


def test_each_correct_mask_gives_one_wrong_one_that_overlaps_it_by_less_than_half(
    store: Store, sample: ReviewSample, right: list[str]
) -> None:
    assert make_synthetic_masks(store, sample.sample) == len(right)

    made = [each for each in gold(store, sample) if each.known is Known.SYNTHETIC]
    assert sorted(each.made_from for each in made) == sorted(right)
    with store.reading() as transaction:
        ious = dict(transaction.connection.execute(select(made_masks.c.mask_id, made_masks.c.iou)).all())
    for each in made:
        wrong, original = masks(store, each.mask_id, each.made_from)
        assert (wrong.height, wrong.width) == (original.height, original.width)
        assert overlap(wrong, original) == pytest.approx(ious[each.mask_id], abs=1e-12)
        assert ious[each.mask_id] < 0.5
        assert wrong.area == coco.area({"size": [wrong.height, wrong.width], "counts": wrong.parts[0]}) > 0


def test_a_second_time_nothing_is_left_to_make(store: Store, sample: ReviewSample, right: list[str]) -> None:
    make_synthetic_masks(store, sample.sample)
    before = gold(store, sample)

    assert make_synthetic_masks(store, sample.sample) == 0
    assert gold(store, sample) == before


def test_an_opening_makes_some_and_the_next_one_others(
    store: Store, sample: ReviewSample, right: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(synthetic_masks, "MOST_AT_ONCE", 3)

    assert [make_synthetic_masks(store, sample.sample) for _ in range(3)] == [3, 1, 0]


def test_the_same_review_in_another_store_makes_the_same_masks(
    store: Store, sample: ReviewSample, right: list[str], tmp_path: Path
) -> None:
    other_store = create_workspace(tmp_path / "other")
    other = add_review_sample(other_store, tmp_path / "images", usual_mentions(tmp_path / "images"), "first")
    say(other_store, "lea", right, Verdict.CORRECT, Purpose.ADJUDICATION)

    make_synthetic_masks(store, sample.sample)
    make_synthetic_masks(other_store, other.sample)

    assert gold(store, sample) == gold(other_store, other)
    other_store.close()


def test_the_id_of_a_wrong_mask_looks_like_any_and_is_no_settings_even_for_equal_pixels(
    store: Store, sample: ReviewSample, right: list[str]
) -> None:
    make_synthetic_masks(store, sample.sample)
    usual = mask_id_of("any", height=2, width=3, canonical_counts=b"132")

    for each in gold(store, sample):
        if each.known is Known.SYNTHETIC:
            (mask,) = masks(store, each.mask_id)
            assert re.fullmatch(f"[0-9a-f]{{{len(usual)}}}", each.mask_id)
            for mention_id in "1234":
                assert each.mask_id != mask_id_of(
                    mention_id, height=mask.height, width=mask.width, canonical_counts=mask.parts[0]
                )


def test_nothing_is_made_before_a_lead_found_a_mask_correct(store: Store, sample: ReviewSample) -> None:
    say(store, "ann", sample.unit_of_mask, Verdict.CORRECT, Purpose.READING)

    assert make_synthetic_masks(store, sample.sample) == 0
    assert gold(store, sample) == []


def test_gold_is_off_until_a_mask_of_either_kind_is_known_and_says_what_is_lacking(
    store: Store, sample: ReviewSample
) -> None:
    def state() -> tuple[bool, str]:
        found = load_gold_state(store, sample.sample.sample_id, share=0.03)
        return found.is_on, found.sentence

    first, second, *_ = sample.unit_of_mask
    assert state() == (
        False,
        "off, and no practice round, as no mask is known to be correct or incorrect before a lead has"
        " settled some",
    )
    say(store, "lea", [first], Verdict.INCORRECT, Purpose.ADJUDICATION)
    assert state() == (
        False,
        "off, and no practice round, as no mask is known to be correct: a lead has found none to be so",
    )
    say(store, "lea", [first], Verdict.UNSURE, Purpose.ADJUDICATION)
    say(store, "lea", [second], Verdict.CORRECT, Purpose.ADJUDICATION)
    assert state() == (
        False,
        "off, and no practice round, as no mask is known to be incorrect: some are made when a reviewer next"
        " opens the page",
    )
    make_synthetic_masks(store, sample.sample)
    assert state() == (
        True,
        "3 % of what reviewers are shown (found correct by a lead: 1, found incorrect: 0, made wrong on"
        " purpose: 1)",
    )


def test_gold_that_is_switched_off_says_so_whatever_there_is() -> None:
    assert gold_state([], share=0).sentence == "off, as gold_share is 0 in audit.toml"
