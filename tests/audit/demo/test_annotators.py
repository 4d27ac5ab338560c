import cv2
import numpy as np
import pytest

from audit.demo.annotators import BinaryMask, Model, annotate, contrast
from audit.demo.boxes import Box
from audit.demo.photographs import PHOTOGRAPHS, Pixels

EVERY_MODEL = pytest.mark.parametrize("model", Model)
DAHLIA = Box(168, 84, 446, 360)


def photograph(file_name: str) -> Pixels:
    return next(one for one in PHOTOGRAPHS if one.file_name == file_name).pixels()


def disc_on_a_plain_ground() -> tuple[Pixels, BinaryMask]:
    pixels = np.full((120, 160, 3), (40, 120, 40), np.uint8)
    disc = np.zeros((120, 160), np.uint8)
    cv2.circle(disc, (80, 60), 30, 1, cv2.FILLED)
    pixels[disc == 1] = (30, 30, 220)
    return pixels, disc


@EVERY_MODEL
def test_an_annotator_finds_a_disc_on_a_plain_ground_but_for_its_edge(model: Model):
    pixels, disc = disc_on_a_plain_ground()

    mask = annotate(pixels, Box(44, 24, 117, 97), model)

    assert intersection_over_union(mask, disc) > 0.93


@EVERY_MODEL
def test_a_mask_is_of_zeros_and_ones_in_the_photographs_own_size_and_stays_in_its_box(model: Model):
    flower = photograph("flower.jpg")

    mask = annotate(flower, DAHLIA, model)

    assert mask.shape == flower.shape[:2]
    assert set(np.unique(mask)) == {0, 1}
    # One pixel of the scaled-down window is up to 1.8 of the photograph's.
    rows, columns = np.nonzero(mask)
    assert DAHLIA.left - 2 <= columns.min() <= columns.max() <= DAHLIA.right + 1
    assert DAHLIA.top - 2 <= rows.min() <= rows.max() <= DAHLIA.bottom + 1


@EVERY_MODEL
def test_the_same_box_gives_the_same_mask_whatever_was_annotated_before(model: Model):
    cat = photograph("chelsea.png")
    eye = Box(134, 84, 208, 149)
    first = annotate(cat, eye, model)
    annotate(photograph("flower.jpg"), DAHLIA, model)

    assert np.array_equal(annotate(cat, eye, model), first)


@EVERY_MODEL
def test_a_box_at_the_edge_of_the_photograph_gives_a_mask_that_reaches_the_edge(model: Model):
    flower_at_the_lower_edge = Box(287, 374, 471, 427)

    mask = annotate(photograph("flower.jpg"), flower_at_the_lower_edge, model)

    assert mask[-1].any()


def test_the_two_annotators_differ_where_a_photograph_is_hard():
    motorcycle = photograph("motorcycle_left.png")
    whole = Box(91, 34, 685, 454)

    masks = [annotate(motorcycle, whole, model) for model in Model]

    assert intersection_over_union(*masks) < 0.9


def test_contrast_is_one_where_mask_and_surroundings_share_no_colour():
    pixels, disc = disc_on_a_plain_ground()

    assert contrast(pixels, disc) == 1


def test_contrast_is_nought_on_a_picture_of_one_colour():
    _, disc = disc_on_a_plain_ground()

    assert contrast(np.full((*disc.shape, 3), 77, np.uint8), disc) == 0


def test_contrast_is_the_share_of_colour_that_would_have_to_move():
    pixels, disc = disc_on_a_plain_ground()
    right_half = disc.copy()
    right_half[:, :80] = 0
    ground_inside = pixels.copy()
    ground_inside[right_half == 1] = (40, 120, 40)
    n_right, n_disc = int(right_half.sum()), int(disc.sum())

    assert contrast(ground_inside, disc) == pytest.approx(1 - n_right / n_disc, abs=1e-6)


def test_contrast_of_a_mask_that_covers_all_is_one():
    pixels, disc = disc_on_a_plain_ground()

    assert contrast(pixels, np.ones_like(disc)) == 1


def intersection_over_union(one: BinaryMask, other: BinaryMask) -> float:
    return float((one & other).sum() / (one | other).sum())
