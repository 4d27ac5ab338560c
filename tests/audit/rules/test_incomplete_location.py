"""Places of which the detector was not sure become the whole image."""

import numpy as np
import pytest

from audit.rules.catalogue import make_rule
from audit.rules.rule import Kind
from tests.audit.features.mask_rows import Row, pixels_of
from tests.audit.rules.mentions import MasksOf, decision, decisions, other, own, pixels_after

RULE = make_rule(Kind.INCOMPLETE_LOCATION, name=None, values={"confidence_below": 0.5})
TOWER = pixels_of("..##..", "..##..")
UNSURE = {"entity_type": "building", "confidence_max": 0.4}


def test_an_unsure_place_becomes_the_whole_image() -> None:
    found = decision(RULE, UNSURE, own(TOWER))
    assert np.array_equal(pixels_after(found), np.ones_like(TOWER))
    assert found["why"] == "a location or building with a confidence under 0.5: whole image"


@pytest.mark.parametrize(
    "subject",
    [
        {"entity_type": "animal"},
        {"entity_type": None},
        {"confidence_max": 0.5},
        {"confidence_max": None},
    ],
)
def test_other_things_and_sure_or_unknown_confidences_are_kept(subject: Row) -> None:
    masks = MasksOf((own(TOWER),))
    [found] = decisions([RULE], [UNSURE | subject], masks)
    assert (found["action"], masks.asked) == ("keep", [])


def test_type_or_category_is_enough() -> None:
    by_category = {"entity_type": "object", "category": "location", "confidence_max": 0.4}
    assert decision(RULE, by_category, own(TOWER))["action"] == "correct"
    types_alone = make_rule(Kind.INCOMPLETE_LOCATION, name=None, values={"categories": []})
    assert decision(types_alone, by_category, own(TOWER))["action"] == "keep"


def test_an_empty_or_unreadable_mask_becomes_the_whole_image_too() -> None:
    for mask in (own(None, height=2, width=6), own(TOWER, parts=None), own(TOWER, parts=[b"7"])):
        assert pixels_after(decision(RULE, UNSURE, mask)).shape == (2, 6)


def test_a_mask_that_is_the_whole_image_already_stays_whatever_its_parts() -> None:
    full = np.ones_like(TOWER)
    in_two_parts = own(TOWER) | {"parts": own(TOWER)["parts"] + own(~TOWER)["parts"]}
    assert decision(RULE, UNSURE, own(full))["action"] == "keep"
    assert decision(RULE, UNSURE, in_two_parts)["action"] == "keep"


def test_an_image_of_unknown_size_is_as_large_as_in_all_other_settings() -> None:
    unknown = own(None, height=None, width=None)
    found = decision(RULE, UNSURE, unknown, other("a", TOWER), other("b", None, height=None, width=None))
    assert pixels_after(found).shape == (2, 6)
    assert decision(RULE, UNSURE, unknown)["action"] == "keep"
    two_sizes = other("a", TOWER), other("b", np.ones((3, 3), bool))
    assert decision(RULE, UNSURE, unknown, *two_sizes)["action"] == "keep"


@pytest.mark.parametrize("size", [(2**16, 2**16), (1, 2**21), (0, 5)])
def test_an_image_that_run_lengths_cannot_hold_is_left_alone(size: tuple[int, int]) -> None:
    mask = own(None, height=size[0], width=size[1])
    assert decision(RULE, UNSURE, mask)["action"] == "keep"


def test_the_largest_image_is_still_one_run() -> None:
    found = decision(RULE, UNSURE, own(None, height=2**16 + 1, width=2**16 - 1))
    assert (found["height"], found["width"]) == (2**16 + 1, 2**16 - 1)
    assert found["action"] == "correct"
