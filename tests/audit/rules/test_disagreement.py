"""Where settings disagree, the best supported of all candidates takes the mask's place."""

from math import fsum

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.features.references import FeatureReference
from audit.rules.disagreement import Disagreement, Otherwise
from tests.audit.features.mask_rows import Row, pixels_of, some_pixels
from tests.audit.rules.mentions import MasksOf, decision, decisions, other, own, pixels_after

TOO_LITTLE = {"consensus_iou": 0.1}

LEFT = pixels_of("###.....", "###.....", "###.....")
RIGHT = pixels_of(".....###", ".....###", ".....###")


def rule(**changes: object) -> Disagreement:
    values = {
        "name": "disagreement",
        "agreement": FeatureReference(name="consensus_iou"),
        "agreement_below": 0.5,
        "least_support": 0.5,
        "otherwise": Otherwise.KEEP,
        "unknown_confidence": 1.0,
    }
    return Disagreement(**values | changes)


def sure(confidence: float, **more: object) -> Row:
    return {"confidences": [confidence], "labels": [f"a bird({confidence})"]} | more


def test_a_mask_with_enough_agreement_is_kept_and_never_looked_at() -> None:
    masks = MasksOf((own(LEFT), other("a", RIGHT)), (own(LEFT), other("a", RIGHT)))
    found = decisions([rule()], [{"consensus_iou": 0.5}, {"consensus_iou": None}], masks)
    assert [each["action"] for each in found] == ["keep", "keep"]
    assert masks.asked == []


def test_two_against_one_correct_it() -> None:
    found = decision(rule(), TOO_LITTLE, own(LEFT), other("a", RIGHT), other("b", RIGHT))
    assert (found["action"], found["rule"]) == ("correct", "disagreement")
    assert np.array_equal(pixels_after(found), RIGHT)
    assert found["why"] == "the best supported is the mask of a with 0.667, this mask with 0.333"


def test_one_of_three_stays_if_it_is_surer_than_the_others_together() -> None:
    others = other("a", RIGHT, **sure(0.3)), other("b", RIGHT, **sure(0.3))
    found = decision(rule(), TOO_LITTLE, own(LEFT, **sure(0.9)), *others)
    assert found["action"] == "keep"


def test_of_two_settings_the_surer_one_is_right_for_both() -> None:
    sure_left, unsure_right = own(LEFT, **sure(0.9)), other("a", RIGHT, **sure(0.4))
    assert decision(rule(), TOO_LITTLE, sure_left, unsure_right)["action"] == "keep"
    seen_from_there = own(RIGHT, **sure(0.4)), other("a", LEFT, **sure(0.9))
    assert np.array_equal(pixels_after(decision(rule(), TOO_LITTLE, *seen_from_there)), LEFT)


def test_two_equally_sure_settings_correct_neither() -> None:
    assert decision(rule(), TOO_LITTLE, own(LEFT), other("a", RIGHT))["action"] == "keep"
    assert decision(rule(), TOO_LITTLE, own(RIGHT), other("a", LEFT))["action"] == "keep"


def test_two_pairs_of_equal_weight_leave_each_other_alone_in_any_order() -> None:
    overlapping = pixels_of("..####..", "..####..", "..####..")
    for names in ("abc", "acb", "bca", "cba"):
        alike, *against = names
        mention = own(LEFT), other(alike, LEFT), *(other(name, overlapping) for name in against)
        assert decision(rule(), TOO_LITTLE, *mention)["action"] == "keep"


def test_a_mask_without_a_confidence_has_the_weight_that_the_rule_gives() -> None:
    mention = own(LEFT, **sure(0.5)), other("end-to-end", RIGHT)
    assert decision(rule(), TOO_LITTLE, *mention)["action"] == "correct"
    assert decision(rule(unknown_confidence=0.2), TOO_LITTLE, *mention)["action"] == "keep"


def test_a_score_counts_where_no_label_has_a_confidence() -> None:
    mention = own(LEFT, score=0.2), other("a", RIGHT, score=0.6)
    assert np.array_equal(pixels_after(decision(rule(), TOO_LITTLE, *mention)), RIGHT)


@pytest.mark.parametrize("whose", ["own", "b"])
def test_a_box_picks_what_the_settings_see_in_it_and_is_not_filled(whose: str) -> None:
    bird = pixels_of("###.....", "#.#.....", "###.....")
    mention = [own(bird), other("a", bird), other("b", bird)]
    for number, row in enumerate(mention):
        spilling = bird.copy()
        spilling[number, 4:6] = True
        boxes = [4.0, 0.0, 6.0, 3.0, -1.0, 0.0, 3.5, 3.0] if row["setting"] == whose else []
        mention[number] = row | own(spilling, boxes=boxes) | {key: row[key] for key in ("setting", "is_own")}
    found = decision(rule(), TOO_LITTLE, *mention)
    assert np.array_equal(pixels_after(found), bird)
    assert found["why"] == (
        f"the best supported is what is seen in box 2 of {whose} with 0.800, this mask with 0.778"
    )


@pytest.mark.parametrize("otherwise", Otherwise)
def test_where_nothing_is_supported_enough_the_rule_says_what_then(otherwise: Otherwise) -> None:
    mention = own(LEFT), other("a", RIGHT), other("b", ~(LEFT | RIGHT))
    found = decision(rule(otherwise=otherwise), TOO_LITTLE, *mention)
    assert found["action"] == otherwise.value
    [explained] = {found["why"]} if otherwise is Otherwise.DROP else {None}
    assert explained in (None, "the best supported is this mask with 0.333, under 0.5")


def test_an_empty_mask_takes_that_of_another_setting() -> None:
    found = decision(rule(), TOO_LITTLE, own(None, height=3, width=8), other("a", RIGHT))
    assert np.array_equal(pixels_after(found), RIGHT)


def test_an_empty_mask_of_unknown_size_takes_the_size_of_the_others() -> None:
    found = decision(rule(), TOO_LITTLE, own(None, height=None, width=None), other("a", RIGHT))
    assert np.array_equal(pixels_after(found), RIGHT)


def test_masks_of_other_sizes_have_no_say() -> None:
    larger = np.ones((9, 9), bool)
    found = decision(rule(), TOO_LITTLE, own(LEFT), other("a", larger), other("b", larger))
    assert found["action"] == "keep"


def test_masks_that_are_empty_or_cannot_be_read_have_no_say() -> None:
    nothing = (
        other("a", None, height=3, width=8),
        other("b", LEFT, parts=None),
        other("c", LEFT, parts=[b"7"]),
    )
    assert decision(rule(), TOO_LITTLE, own(LEFT), *nothing)["action"] == "keep"


@pytest.mark.parametrize("otherwise", Otherwise)
def test_where_all_masks_are_empty_nothing_is_corrected(otherwise: Otherwise) -> None:
    size = {"height": 3, "width": 8}
    found = decision(rule(otherwise=otherwise), TOO_LITTLE, own(None, **size), other("a", None, **size))
    assert (found["action"], found["parts"]) == (otherwise.value, None)


def test_masks_without_any_confidence_support_nothing() -> None:
    mention = own(LEFT, **sure(0.0)), other("a", RIGHT, **sure(0.0))
    assert decision(rule(otherwise=Otherwise.DROP), TOO_LITTLE, *mention)["action"] == "drop"


@st.composite
def mentions(draw: st.DrawFn) -> list[Row]:
    shape = draw(st.tuples(st.integers(1, 12), st.integers(1, 12)))
    rows = []
    for setting in ("own", "a", "b", "c")[: draw(st.integers(1, 4))]:
        side = st.floats(-2, 14)
        boxes = [
            number
            for _ in range(draw(st.integers(0, 2)))
            for number in _in_order(draw(st.tuples(side, side, side, side)))
        ]
        confidence = draw(st.sampled_from([None, 0.1, 0.5, 0.9]))
        row = other(setting, draw(some_pixels(shape)), boxes=boxes, score=confidence)
        rows.append(row | {"is_own": setting == "own"})
    return rows


def _in_order(box: tuple[float, ...]) -> list[float]:
    (x1, x2), (y1, y2) = sorted(box[::2]), sorted(box[1::2])
    return [x1, y1, x2, y2]


@given(rows=mentions(), least_support=st.sampled_from([0.0, 0.3, 0.7]))
@settings(deadline=None)
def test_the_candidate_taken_is_the_best_of_all_decoded_ones(rows: list[Row], least_support: float) -> None:
    found = decision(rule(least_support=least_support), TOO_LITTLE, *rows)

    candidates, supports = brute_force(rows)
    if not candidates or max(supports) < least_support:
        assert found["action"] == "keep"
        return
    best = candidates[int(np.argmax(supports))]
    if np.array_equal(best, masks_of(rows)[0]):
        assert found["action"] == "keep"
    else:
        assert np.array_equal(pixels_after(found), best)
        assert best.any()


def masks_of(rows: list[Row]) -> list[np.ndarray]:
    return [pixels_after({"parts": row["parts"]} | row) for row in rows]


def brute_force(rows: list[Row]) -> tuple[list[np.ndarray], list[float]]:
    """The candidates in their order and their supports, pixel by pixel."""
    voters = [
        (mask, 1.0 if row["score"] is None else row["score"])
        for mask, row in zip(masks_of(rows), rows, strict=True)
        if mask.any()
    ]
    if not voters:
        return [], []
    total = fsum(weight for _, weight in voters)
    tenths = [(mask, round(10 * weight)) for mask, weight in voters]
    seen = 2 * sum(weight * mask for mask, weight in tenths) >= sum(weight for _, weight in tenths)
    candidates = [mask for mask, _ in voters]
    ys, xs = np.mgrid[: seen.shape[0], : seen.shape[1]]
    for row in rows:
        for x1, y1, x2, y2 in np.reshape(row["boxes"], (-1, 4)):
            inside = (xs < x2) & (xs + 1 > x1) & (ys < y2) & (ys + 1 > y1) & seen
            candidates += [inside] if inside.any() else []
    supports = [
        fsum(weight * ((each & mask).sum() / (each | mask).sum()) for mask, weight in voters) / total
        for each in candidates
    ]
    return candidates, supports


def test_many_mentions_each_get_their_own_masks() -> None:
    n = 3 * 1024 + 1
    seen = [np.arange(24).reshape(3, 8) == number % 24 for number in range(n)]
    masks = MasksOf(*[(own(LEFT), other("a", pixels), other("b", pixels)) for pixels in seen])
    subjects = [{"consensus_iou": 0.9 if number % 7 == 0 else 0.1} for number in range(n)]
    for number, found in enumerate(decisions([rule()], subjects, masks)):
        if number % 7 == 0:
            assert found["action"] == "keep"
        else:
            assert np.array_equal(pixels_after(found), seen[number])
