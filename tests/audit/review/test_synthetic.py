"""A wrong mask is one that anybody would call wrong, and is made the same way every time."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from pycocotools import mask as coco
from skimage import draw

from audit.coco.rle import encode_runs, runs_of_mask
from audit.review.synthetic import CHANGE_TOLD, IOU_LIMIT, Change, Pixels, WrongMask, wrong_mask

SEEDS = st.integers(0, 2**32)


@st.composite
def blobs(drawing: st.DrawFn) -> Pixels:
    """An ellipse or a rectangle of any size and place, in part outside of an image of any size."""
    shape = drawing(st.tuples(st.integers(40, 200), st.integers(40, 200)))
    centre = [drawing(st.integers(0, side - 1)) for side in shape]
    radii = [drawing(st.integers(3, side)) for side in shape]
    mask = np.zeros(shape, bool)
    if drawing(st.booleans()):
        mask[draw.ellipse(*centre, *radii, shape=shape)] = True
    else:
        top, left = (max(0, at - radius) for at, radius in zip(centre, radii, strict=True))
        mask[top : centre[0] + radii[0], left : centre[1] + radii[1]] = True
    return mask


def counts(mask: NDArray[np.bool_]) -> dict[str, object]:
    return {"size": list(mask.shape), "counts": encode_runs(runs_of_mask(mask))}


def made(right: Pixels, seed: int, other: Pixels | None = None) -> WrongMask | None:
    return wrong_mask(right, other=other, rng=np.random.default_rng(seed))


def check(right: Pixels, wrong: WrongMask) -> None:
    assert wrong.pixels.shape == right.shape
    assert wrong.pixels.any()
    [[iou]] = coco.iou([counts(wrong.pixels)], [counts(right)], [0])
    assert iou == pytest.approx(wrong.iou, abs=1e-12)
    assert iou < IOU_LIMIT


@settings(max_examples=150, deadline=None)
@given(right=blobs(), other=st.none() | blobs(), seed=SEEDS)
def test_whatever_the_mask_what_is_made_of_it_overlaps_it_by_less_than_half(
    right: Pixels, other: Pixels | None, seed: int
) -> None:
    wrong = made(right, seed, other)

    assert wrong is not None
    check(right, wrong)


@settings(max_examples=200, deadline=None)
@given(
    right=st.tuples(st.integers(1, 12), st.integers(1, 12)).flatmap(lambda shape: arrays(bool, shape)),
    seed=SEEDS,
)
def test_a_handful_of_pixels_is_made_wrong_or_left_alone(right: Pixels, seed: int) -> None:
    right[0, 0] = True
    wrong = made(right, seed, other=right)

    if wrong is not None:
        check(right, wrong)


@settings(max_examples=30, deadline=None)
@given(right=blobs(), other=blobs(), seed=SEEDS)
def test_the_same_state_of_chance_makes_the_same_mask(right: Pixels, other: Pixels, seed: int) -> None:
    first, again = made(right, seed, other), made(right, seed, other)

    assert first is not None
    assert again is not None
    assert (first.change, first.iou) == (again.change, again.iou)
    assert np.array_equal(first.pixels, again.pixels)


@pytest.fixture
def disc() -> Pixels:
    mask = np.zeros((120, 160), bool)
    mask[draw.disk((60, 80), 30)] = True
    return mask


def of_each_change(right: Pixels, other: Pixels | None) -> dict[Change, WrongMask]:
    found = [wrong for seed in range(60) if (wrong := made(right, seed, other))]
    return {wrong.change: wrong for wrong in found}


def test_every_change_does_what_its_name_says(disc: Pixels) -> None:
    stripe = np.zeros((50, 50), bool)
    stripe[:, 20:25] = True

    wrong = of_each_change(disc, stripe)

    assert set(wrong) == set(Change)
    assert not np.any(wrong[Change.CUT].pixels & ~disc)
    assert not np.any(disc & ~wrong[Change.GROWN].pixels)
    assert np.array_equal(wrong[Change.COMPLEMENTED].pixels, ~disc)
    assert np.count_nonzero(wrong[Change.SHIFTED].pixels) == np.count_nonzero(disc)
    assert np.count_nonzero(wrong[Change.SWAPPED].pixels.all(axis=0)) == 5 / 50 * 160


def test_a_change_goes_no_further_than_it_must(disc: Pixels) -> None:
    wrong = of_each_change(disc, None)

    assert wrong[Change.GROWN].iou > 0.3
    assert wrong[Change.SHIFTED].iou > 0.3


def test_a_mask_that_fills_its_image_is_cut_as_nothing_else_can_be_done_to_it() -> None:
    whole = np.ones((30, 40), bool)

    assert set(of_each_change(whole, whole)) == {Change.CUT}


def test_a_small_mask_is_never_turned_inside_out(disc: Pixels) -> None:
    small = np.zeros((400, 400), bool)
    small[:120, :160] = disc

    assert Change.COMPLEMENTED not in of_each_change(small, None)


def test_without_another_mask_nothing_is_swapped(disc: Pixels) -> None:
    assert Change.SWAPPED not in of_each_change(disc, None)


def test_a_thin_mask_is_moved_far_enough_to_be_seen() -> None:
    pole = np.zeros((200, 200), bool)
    pole[20:180, 100] = True

    shifted = of_each_change(pole, None)[Change.SHIFTED].pixels

    rows, columns = np.nonzero(shifted)
    assert max(abs(int(columns[0]) - 100), abs(int(rows[0]) - 20)) >= 4


def test_one_pixel_alone_cannot_be_made_wrong_and_none_is_refused() -> None:
    assert made(np.ones((1, 1), bool), seed=1) is None
    with pytest.raises(ValueError, match="empty mask"):
        made(np.zeros((3, 3), bool), seed=1)


def test_every_change_has_words() -> None:
    assert set(CHANGE_TOLD) == set(Change)
