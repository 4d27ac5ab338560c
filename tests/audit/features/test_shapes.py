"""The shape of single masks: what libraries say of their pixels, and known answers."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.coco.rle import encode_runs
from audit.features import morphology
from audit.features.catalogue import CATALOGUE, Needs
from audit.features.catalogue import features_of as catalogued
from audit.features.compute import MASK_FEATURES, measure_masks
from audit.features.shapes import Masks
from audit.features.spans import MAX_COLUMNS
from benchmarks.decoded_features import decode, features_of, n_pieces
from tests.audit.features.mask_rows import Row, a_row, drawn, mask_rows, near, pixels_of, table_of

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # pycocotools

OF_MASK = [feature.name for feature in catalogued(Needs.MASK)]


def measured(*rows: Row) -> list[dict[str, float | int | None]]:
    return measure_masks(table_of(rows)).select(OF_MASK).to_pylist()


@pytest.mark.slow
@given(rows=st.lists(mask_rows(), min_size=1, max_size=12))
@settings(deadline=None)  # the first run on a machine compiles
def test_every_feature_of_shape_is_that_of_the_decoded_pixels(rows: list[Row]) -> None:
    for found, row in zip(measure_masks(table_of(rows)).to_pylist(), rows, strict=True):
        assert found == near(features_of(row))


@given(row=mask_rows(), reach=st.integers(1, 9))
@settings(deadline=None)
def test_opening_and_closing_have_no_favourite_size(row: Row, reach: int) -> None:
    batch = Masks(table_of([row])).batch
    reaches = np.array([reach])
    pixels = decode(row).pixels
    square = np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)
    opened, closed = (cv2.morphologyEx(pixels, how, square) for how in (cv2.MORPH_OPEN, cv2.MORPH_CLOSE))
    assert morphology.pieces_opened(batch, reaches).tolist() == [n_pieces(opened)]
    assert morphology.pieces_closed(batch, reaches).tolist() == [n_pieces(closed)]


def test_a_single_pixel_is_the_least_mask() -> None:
    [found] = measured(drawn("#"))
    assert found == {
        "area": 1,
        "area_share": 1.0,
        "box_x": 0,
        "box_y": 0,
        "box_width": 1,
        "box_height": 1,
        "n_parts": 1,
        "n_components": 1,
        "n_holes": 0,
        "solidity": 1.0,
        "compactness": pytest.approx(1.7476, abs=1e-4),
        "border_contact": 1.0,
        "cut_share": 1.0,
        "n_components_opened": 1,
        "n_components_closed": 1,
    }


def test_an_empty_mask_has_an_area_of_0_and_neither_box_nor_form() -> None:
    for found in measured(a_row(), a_row(np.zeros((6, 8), bool)), a_row(height=None, width=None)):
        assert found["area"] == found["area_share"] == found["n_components"] == found["n_holes"] == 0
        assert found["border_contact"] == found["n_components_opened"] == found["n_components_closed"] == 0
        form = ("box_x", "box_y", "box_width", "box_height", "solidity", "compactness", "cut_share")
        assert [found[name] for name in form] == [None] * 7


@pytest.mark.parametrize(
    "unreadable",
    [
        a_row(parts=None),
        a_row(parts=[b"7"]),
        a_row(parts=[b"\xff"]),
        drawn("#", height=None),
        a_row(parts=[b"PPPP1"], height=1, width=MAX_COLUMNS + 1),
    ],
    ids=["null", "another total", "no RLE", "no size", "too wide"],
)
def test_nothing_is_known_of_the_shape_of_a_mask_that_cannot_be_read(unreadable: Row) -> None:
    before, found, after = measured(drawn("##"), unreadable, drawn("##"))
    assert set(found.values()) == {None}
    assert before == after
    assert before["area"] == 2


def test_pixels_that_touch_at_a_corner_are_one_piece_and_close_a_hole() -> None:
    [found] = measured(drawn(".....", ".###.", ".#.#.", "..##.", "....."))
    assert (found["n_components"], found["n_holes"]) == (1, 1)
    [found] = measured(drawn("......", "..#...", ".#.#..", "..#...", "......"))
    assert (found["n_components"], found["n_holes"]) == (1, 1)


def test_a_bay_of_the_border_is_no_hole_and_a_hole_in_a_hole_is_one() -> None:
    [bay] = measured(drawn("#.#", "#.#", "###"))
    assert (bay["n_components"], bay["n_holes"]) == (1, 0)
    rings = drawn("#######", "#.....#", "#.###.#", "#.#.#.#", "#.###.#", "#.....#", "#######")
    [found] = measured(rings)
    assert (found["n_components"], found["n_holes"]) == (2, 2)


def test_a_full_mask_is_all_border_and_no_outline_inside() -> None:
    [found] = measured(a_row(np.ones((5, 9), bool)))
    assert found["area_share"] == found["solidity"] == found["border_contact"] == found["cut_share"] == 1


def test_parts_that_overlap_count_once() -> None:
    [found] = measured(a_row(pixels_of("##.", "##."), pixels_of(".##", "..."), pixels_of("...", "...")))
    assert (found["area"], found["n_parts"], found["n_components"]) == (5, 3, 1)


def test_opening_cuts_a_thin_bridge_and_closing_joins_a_thin_gap() -> None:
    dumbbell = np.zeros((20, 40), bool)
    dumbbell[5:15, 5:15] = dumbbell[5:15, 25:35] = True
    dumbbell[9:11, 15:25] = True
    gap = np.zeros((20, 40), bool)
    gap[5:15, 5:15] = gap[5:15, 17:30] = True
    bridged, parted = measured(a_row(dumbbell), a_row(gap))
    assert (bridged["n_components"], bridged["n_components_opened"]) == (1, 2)
    assert (parted["n_components"], parted["n_components_closed"]) == (2, 1)


def test_an_image_of_one_column_as_tall_as_can_be_is_measured() -> None:
    height = 2**31 - 1
    full, speck = measured(
        a_row(parts=[encode_runs(np.array([0, height], np.uint32))], height=height, width=1),
        a_row(parts=[encode_runs(np.array([2**30, 5, 2**30 - 6], np.uint32))], height=height, width=1),
    )
    assert (full["area"], full["box_height"], full["solidity"]) == (height, height, 1)
    assert (full["n_components_opened"], full["n_components_closed"]) == (1, 1)
    assert (speck["area"], speck["box_y"], speck["solidity"]) == (5, 2**30, 1)
    assert (speck["n_components_opened"], speck["n_components_closed"]) == (0, 1)


def test_a_disc_is_compact_and_a_line_is_not() -> None:
    y, x = np.mgrid[-60:61, -60:61]
    disc, line = measured(a_row(x**2 + y**2 <= 50**2), a_row(y == 0))
    assert disc["compactness"] == pytest.approx(1, abs=0.02)
    assert disc["solidity"] == pytest.approx(1, abs=0.02)
    assert line["compactness"] < 0.1


@given(rows=st.lists(mask_rows(), min_size=1, max_size=6))
@settings(deadline=None)
def test_every_number_is_in_the_range_of_the_catalogue(rows: list[Row]) -> None:
    found = measure_masks(table_of(rows))
    for feature in CATALOGUE:
        if feature.name not in MASK_FEATURES.names:
            continue
        values = [value for value in found[feature.name].to_pylist() if value is not None]
        assert all(value == value for value in values)  # noqa: PLR0124 - not NaN
        assert feature.lowest is None or all(value >= feature.lowest for value in values)
        assert feature.highest is None or all(value <= feature.highest for value in values)
