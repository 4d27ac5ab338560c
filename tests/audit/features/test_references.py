"""A feature is named in one way, and a wrong name is told with what was probably meant."""

import pytest

from audit.errors import InputError
from audit.features.catalogue import CATALOGUE, Needs
from audit.features.references import NAMES, parse_reference


@pytest.mark.parametrize(
    "text", ["area_share", "consensus_iou", "iou", "iou:box", "covers:a:b", "inside:G-SAM é"]
)
def test_a_reference_reads_back_as_it_was_written(text: str) -> None:
    assert str(parse_reference(text)) == text


def test_every_feature_of_one_mask_can_be_named_as_in_the_catalogue() -> None:
    for feature in CATALOGUE:
        if feature.needs is not Needs.PAIR:
            assert parse_reference(feature.name).feature is feature


def test_a_feature_of_a_pair_has_the_unit_and_range_of_the_catalogue() -> None:
    for name in ("iou", "boundary_iou", "inside", "covers"):
        feature = parse_reference(f"{name}:box").feature
        assert (feature.lowest, feature.highest, feature.needs) == (0, 1, Needs.PAIR)
    assert parse_reference("covers").feature.name == "b_in_a"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("aera_share", "did you mean area_share?"),
        ("a_in_b", "there is no feature 'a_in_b'"),
        ("", "there is no feature ''"),
        ("area:box", "area is of one mask alone: leave out :box"),
        ("iou:", "names no setting"),
    ],
)
def test_a_wrong_name_is_refused_with_what_to_do(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said.replace("?", r"\?")):
        parse_reference(text)


def test_every_name_that_is_offered_can_be_used() -> None:
    assert [parse_reference(name).name for name in NAMES] == list(NAMES)
