"""Which masks a lead is shown, why, and how blind."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.review.attention import N_AGREED_OF_EACH, Attention, blind_readings, masks_to_settle
from db.records import Reason, Source, StandingVerdict, Verdict

C, I, U = Verdict.CORRECT, Verdict.INCORRECT, Verdict.UNSURE  # noqa: E741
SEED = 7


def a_reading(mask_id: str, reviewer: str, verdict: Verdict, **changes: object) -> StandingVerdict:
    reading = StandingVerdict(
        mask_id=mask_id,
        reviewer=reviewer,
        verdict=verdict,
        reasons=(),
        comment="",
        seconds=None,
        decided_at=datetime(2026, 11, 23, 12, 0, tzinfo=UTC),
        source=Source.PAGE,
        guideline_hash=None,
    )
    return replace(reading, **changes)


def readings(**said: str) -> dict[str, list[StandingVerdict]]:
    """Readings from a word per mask: a letter per reviewer, who is named by a letter of "abc" in turn."""
    of_letter = {"c": C, "i": I, "u": U}
    return {
        mask_id: [
            a_reading(mask_id, name, of_letter[letter]) for name, letter in zip("abcdef", word, strict=False)
        ]
        for mask_id, word in said.items()
    }


def test_disputes_come_first_and_what_all_agree_on_last():
    said = readings(agreed="cc", split="ci", flagged="c", outvoted="cci", unsure="uu")
    said["flagged"] = [replace(said["flagged"][0], flagged=True)]
    assert masks_to_settle(said, {}, seed=SEED, lead="lea") == {
        "split": Attention.DISPUTED,
        "outvoted": Attention.OUTVOTED,
        "flagged": Attention.FLAGGED,
        "agreed": Attention.AGREED,
    }
    assert list(masks_to_settle(said, {}, seed=SEED, lead="lea")) == [
        "split",
        "outvoted",
        "flagged",
        "agreed",
    ]


def test_what_the_lead_has_read_comes_behind_all_else():
    said = readings(agreed="cc", split="ci")
    said["split"][0] = replace(said["split"][0], reviewer="lea")
    shown = list(masks_to_settle(said, {}, seed=SEED, lead="lea"))
    assert shown == ["agreed", "split"]
    assert list(masks_to_settle(said, {}, seed=SEED, lead="zoe")) == ["split", "agreed"]


def test_what_a_lead_has_settled_is_not_shown_again():
    said = readings(split="ci", other="ic")
    assert list(masks_to_settle(said, {"split": U}, seed=SEED, lead="lea")) == ["other"]


def test_so_many_agreed_masks_are_settled_that_there_is_gold_and_no_more():
    said = readings(**{f"c{n}": "c" for n in range(100)}, **{f"i{n}": "ii" for n in range(50)})
    chosen = masks_to_settle(said, {}, seed=SEED, lead="lea")
    assert Counter(mask_id[0] for mask_id in chosen) == {"c": N_AGREED_OF_EACH, "i": N_AGREED_OF_EACH}
    settled = dict.fromkeys([mask_id for mask_id in chosen if mask_id[0] == "c"][:20], C)
    rest = masks_to_settle(said, settled, seed=SEED, lead="lea")
    assert {*rest, *settled} == {*chosen}
    # Another lead is shown the same masks, in an order of their own.
    others = masks_to_settle(said, {}, seed=SEED, lead="zoe")
    assert {*others} == {*chosen}
    assert list(others) != list(chosen)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(
    words=st.lists(st.text("ciu", min_size=1, max_size=5), max_size=15),
    seed=st.randoms(use_true_random=False),
)
def test_whatever_is_disputed_is_shown_whatever_the_order_of_readings(words, seed):
    said = readings(**{f"m{n}": word for n, word in enumerate(words)})
    found = masks_to_settle(said, {}, seed=SEED, lead="lea")
    assert all(mask_id in found for mask_id, word in said.items() if len({each.verdict for each in word}) > 1)
    ranks = [list(Attention).index(why) for why in found.values()]
    assert all(a <= b for a, b in pairwise(ranks))
    masks = list(said)
    seed.shuffle(masks)
    shuffled = {mask_id: seed.sample(said[mask_id], len(said[mask_id])) for mask_id in masks}
    assert list(masks_to_settle(shuffled, {}, seed=SEED, lead="lea")) == list(found)


def test_the_lead_sees_what_was_said_and_not_who_said_it():
    said = [
        a_reading("m", "ann", I, reasons=(Reason.SPILLS_OVER,), comment="the tail", flagged=True),
        a_reading("m", "bob", C, second_probability=0.1, seconds=2.0),
    ]
    blind = blind_readings(said, seed=SEED)
    assert {(each.verdict, each.reasons, each.comment, each.flagged) for each in blind} == {
        (I, (Reason.SPILLS_OVER,), "the tail", True),
        (C, (), "", False),
    }
    assert "ann" not in repr(blind)
    assert blind_readings(said[::-1], seed=SEED) == blind


def test_the_order_of_blind_readings_tells_nothing_of_their_reviewers():
    of_ann = [
        blind_readings([a_reading(f"m{n}", "ann", I), a_reading(f"m{n}", "bob", C)], seed=SEED)[0].verdict
        is I
        for n in range(400)
    ]
    assert 160 < sum(of_ann) < 240
