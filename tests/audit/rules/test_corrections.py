"""Arithmetic of run lengths gives what NumPy and OpenCV give of the decoded pixels."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.coco.rle import mask_of_runs, runs_of_mask, union_runs
from audit.coco.rle_kernels import Runs
from audit.rules.corrections import box_mask, intersection, inverse, iou, voted, whole_image
from tests.audit.features.mask_rows import some_pixels

SHAPE = st.tuples(st.integers(1, 24), st.integers(1, 24))
SIDE = st.floats(-5, 30) | st.integers(-5, 30).map(float)


def same_size(n: int) -> st.SearchStrategy[list[np.ndarray]]:
    return SHAPE.flatmap(lambda shape: st.lists(some_pixels(shape), min_size=n, max_size=n))


def decoded(runs: Runs, like: np.ndarray) -> np.ndarray:
    """The pixels of runs, which must be canonical."""
    assert np.array_equal(runs, union_runs([runs]))
    return mask_of_runs(runs, height=like.shape[0], width=like.shape[1])


@given(pixels=same_size(1))
@settings(deadline=None)  # the first run on a machine compiles
def test_the_inverse_is_the_pixels_that_are_not_there(pixels: list[np.ndarray]) -> None:
    [mask] = pixels
    assert np.array_equal(decoded(inverse(runs_of_mask(mask)), mask), ~mask)


@given(shape=SHAPE)
@settings(deadline=None)
def test_the_whole_image_is_every_pixel(shape: tuple[int, int]) -> None:
    full = np.ones(shape, bool)
    assert np.array_equal(decoded(whole_image(shape), full), full)
    assert np.array_equal(whole_image(shape), runs_of_mask(full))


@given(pixels=same_size(2))
@settings(deadline=None)
def test_what_two_masks_have_in_common_is_that_of_their_pixels(pixels: list[np.ndarray]) -> None:
    a, b = pixels
    runs = runs_of_mask(a), runs_of_mask(b)
    assert np.array_equal(decoded(intersection(*runs), a), a & b)
    if (a | b).any():
        assert iou(*runs) == (a & b).sum() / (a | b).sum()


@given(shape=SHAPE, box=st.tuples(SIDE, SIDE, SIDE, SIDE))
@settings(deadline=None)
def test_a_box_is_every_pixel_that_it_touches(
    shape: tuple[int, int], box: tuple[float, float, float, float]
) -> None:
    x1, x2 = sorted(box[::2])
    y1, y2 = sorted(box[1::2])
    ys, xs = np.mgrid[: shape[0], : shape[1]]
    touched = (xs < x2) & (xs + 1 > x1) & (ys < y2) & (ys + 1 > y1)
    # A box without area touches a pixel where it cuts through it.
    found = decoded(box_mask(np.array([x1, y1, x2, y2]), shape), touched)
    assert np.array_equal(found, touched)


def test_a_box_of_whole_pixels_is_the_rectangle_that_opencv_fills() -> None:
    filled = np.zeros((12, 17), np.uint8)
    cv2.rectangle(filled, (3, 2), (9, 7), 1, cv2.FILLED)
    found = box_mask(np.array([3.0, 2.0, 10.0, 8.0]), filled.shape)
    assert np.array_equal(decoded(found, filled), filled == 1)


@pytest.mark.parametrize("box", [(-9, 0, -1, 5), (0, 6, 5, 9), (8, 0, 9, 5)])
def test_a_box_outside_of_the_image_is_empty(box: tuple[float, ...]) -> None:
    assert box_mask(np.array(box, float), (6, 8)).tolist() == [48]


@given(
    pixels=st.integers(1, 5).flatmap(same_size),
    weights=st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0]), min_size=5, max_size=5),
)
@settings(deadline=None)
def test_a_vote_is_that_of_each_pixel(pixels: list[np.ndarray], weights: list[float]) -> None:
    weights = weights[: len(pixels)]
    votes = sum(weight * mask for weight, mask in zip(weights, pixels, strict=True))
    found = voted([runs_of_mask(mask) for mask in pixels], weights)
    assert np.array_equal(decoded(found, pixels[0]), votes >= sum(weights) / 2)


def test_half_of_the_weight_is_half_however_sums_round() -> None:
    halves = [np.array([[True, False]]), np.array([[False, True]]), np.array([[False, True]])]
    assert sum([0.3, 0.1, 0.2]) / 2 > 0.3
    assert voted([runs_of_mask(mask) for mask in halves], [0.3, 0.1, 0.2]).tolist() == [0, 2]
