"""Masks of dense scenes are turned inside out where the settings support that better."""

from math import fsum

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.features.compute import measure_masks
from audit.rules.catalogue import make_rule
from audit.rules.rule import Kind
from tests.audit.features.mask_rows import Row, some_pixels, table_of
from tests.audit.rules.mentions import MasksOf, decision, decisions, other, own, pixels_after

RULE = make_rule(Kind.DENSE_SCENE, name=None, values={})
DENSE = {"n_boxes_same_type": 5, "same_type_cover": 0.5, "n_components_opened": 5, "n_components_closed": 5}

SHEEP = np.kron(np.indices((6, 8)).sum(axis=0) % 2 == 0, np.ones((2, 2), bool))


def test_a_dense_scene_that_the_other_model_sees_inside_out_is_inverted() -> None:
    found = decision(RULE, DENSE, own(~SHEEP, score=0.4), other("end-to-end", SHEEP))
    assert np.array_equal(pixels_after(found), SHEEP)
    assert found["why"] == ("a dense scene, and the mask has a support of 0.286 and its inverse of 0.714")


@pytest.mark.parametrize("name", DENSE)
def test_what_is_not_dense_or_unknown_is_not_looked_at(name: str) -> None:
    masks = MasksOf(*[(own(~SHEEP, score=0.4), other("a", SHEEP))] * 2)
    less = DENSE | {name: DENSE[name] * 0.8}
    found = decisions([RULE], [less, less | {name: None}], masks)
    assert [each["action"] for each in found] == ["keep", "keep"]
    assert masks.asked == []


def test_models_that_agree_invert_nothing() -> None:
    assert decision(RULE, DENSE, own(SHEEP, score=0.4), other("a", SHEEP))["action"] == "keep"


def test_a_setting_alone_and_one_of_two_equally_sure_ones_invert_nothing() -> None:
    assert decision(RULE, DENSE, own(~SHEEP))["action"] == "keep"
    assert decision(RULE, DENSE, own(~SHEEP), other("a", SHEEP))["action"] == "keep"
    assert decision(RULE, DENSE, own(~SHEEP, score=0.9), other("a", SHEEP, score=0.4))["action"] == "keep"


def test_the_weight_of_a_mask_without_a_confidence_is_the_rule_s() -> None:
    mention = own(~SHEEP, score=0.4), other("a", SHEEP)
    rule = make_rule(Kind.DENSE_SCENE, name=None, values={"unknown_confidence": 0.3})
    assert decision(rule, DENSE, *mention)["action"] == "keep"


def test_a_mask_without_an_inverse_or_without_pixels_stays() -> None:
    full = np.ones_like(SHEEP)
    assert decision(RULE, DENSE, own(full, score=0.1), other("a", SHEEP))["action"] == "keep"
    nothing = own(None, height=12, width=16, score=0.1)
    assert decision(RULE, DENSE, nothing, other("a", SHEEP))["action"] == "keep"
    unreadable = own(SHEEP, parts=None, score=0.1)
    assert decision(RULE, DENSE, unreadable, other("a", SHEEP))["action"] == "keep"


def test_a_measured_scene_is_found_dense() -> None:
    """Twelve sheep of 8 × 8 pixels, far enough apart not to grow together, in boxes that cover the most."""
    corners = [(x, y) for y in range(0, 36, 12) for x in range(0, 48, 12)]
    sheep = np.zeros((36, 48), bool)
    for x, y in corners:
        sheep[y + 2 : y + 10, x + 2 : x + 10] = True
    boxes = [float(side) for x, y in corners for side in (x + 1, y + 1, x + 11, y + 11)]
    labels = ["a sheep(0.40)"] * len(corners)
    mask = own(sheep, boxes=boxes, labels=labels, confidences=[0.4] * len(corners))
    [subject] = measure_masks(
        table_of([{name: value for name, value in mask.items() if name != "is_own"}])
    ).to_pylist()
    found = decision(RULE, subject, mask, other("end-to-end", ~sheep))
    assert np.array_equal(pixels_after(found), ~sheep)


@st.composite
def mentions(draw: st.DrawFn) -> list[Row]:
    shape = draw(st.tuples(st.integers(1, 12), st.integers(1, 12)))
    scores = st.sampled_from([None, 0.1, 0.5, 0.9])
    rows = [other(name, draw(some_pixels(shape)), score=draw(scores)) for name in ("own", "a", "b")]
    if draw(st.booleans()):
        flipped = pixels_after({"parts": rows[0]["parts"]} | rows[0])
        rows[1] = other("a", ~flipped, score=draw(scores))
    return [row | {"is_own": row["setting"] == "own"} for row in rows]


@given(rows=mentions())
@settings(deadline=None)
def test_inversion_is_decided_as_by_the_decoded_pixels(rows: list[Row]) -> None:
    masks = [pixels_after({"parts": row["parts"]} | row) for row in rows]
    voters = [(mask, row["score"] or 1.0) for mask, row in zip(masks, rows, strict=True) if mask.any()]
    of_own, of_inverse = (
        fsum(weight * ((each & mask).sum() / (each | mask).sum()) for mask, weight in voters)
        / fsum(weight for _, weight in voters)
        if voters
        else 0.0
        for each in (masks[0], ~masks[0])
    )
    found = decision(RULE, DENSE, *rows)
    if masks[0].any() and not masks[0].all() and of_inverse > of_own:
        assert np.array_equal(pixels_after(found), ~masks[0])
    else:
        assert found["action"] == "keep"
