"""Pictures of a gallery: small enough whatever the photo, and both masks of a pair on the same crop."""

from io import BytesIO

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from audit.review.exhibit import MOST_BYTES, draw_exhibit

BLUE_TINT = 25


def jpeg(pixels: np.ndarray, mode: str = "RGB") -> bytes:
    encoded = BytesIO()
    Image.fromarray(pixels).convert(mode).save(encoded, "JPEG", quality=95)
    return encoded.getvalue()


def pixels_of(picture: bytes) -> np.ndarray:
    return np.asarray(Image.open(BytesIO(picture)).convert("RGB"), np.int64)


def square(size: tuple[int, int], top: int, left: int, side: int) -> np.ndarray:
    mask = np.zeros(size, np.bool_)
    mask[top : top + side, left : left + side] = True
    return mask


@settings(max_examples=10, deadline=None)
@given(height=st.integers(1, 900), width=st.integers(1, 900), seed=st.integers(0, 9))
def test_no_photo_makes_a_picture_too_large(height: int, width: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    noise = rng.integers(0, 256, (height, width, 3), np.uint8)

    [picture] = draw_exhibit([rng.random((height, width)) < 0.5], jpeg(noise))

    assert len(picture) <= MOST_BYTES


def test_both_masks_of_a_pair_are_shown_on_the_part_of_the_photo_around_both() -> None:
    rng = np.random.default_rng(1)
    photo = jpeg(rng.integers(90, 110, (600, 800, 3), np.uint8))
    masks = [square((600, 800), 100, 100, 60), square((600, 800), 300, 400, 60)]

    first, second = map(pixels_of, draw_exhibit(masks, photo))

    assert first.shape == second.shape
    in_first, in_second = (picture[..., 2] - picture[..., 0] > BLUE_TINT for picture in (first, second))
    assert in_first.any()
    assert in_second.any()
    assert not (in_first & in_second).any()
    assert np.argwhere(in_first)[:, 1].mean() < np.argwhere(in_second)[:, 1].mean()


def test_no_mask_beside_one_gives_the_same_part_of_the_photo_and_nothing_on_it() -> None:
    photo = jpeg(np.full((600, 800, 3), 120, np.uint8))
    mask = square((600, 800), 100, 100, 60)

    with_mask, without = map(pixels_of, draw_exhibit([mask, np.zeros_like(mask)], photo))

    assert with_mask.std() > 5
    assert without.std() < 1


@pytest.mark.parametrize("size", [(600, 800), (3000, 4000)])
def test_a_mask_of_one_pixel_is_seen_also_where_the_whole_of_a_large_photo_is_shown(
    size: tuple[int, int],
) -> None:
    dot, everything = square(size, size[0] // 3, size[1] // 2, 1), np.ones(size, np.bool_)

    shown, whole = map(pixels_of, draw_exhibit([dot, everything], None))

    grey = np.array([150, 154, 160])
    is_marked = np.abs(shown[180 - 100 : 180 + 100, 240 - 100 : 240 + 100] - grey).max(axis=2) > 40
    assert is_marked.any()
    is_blue = whole[..., 2] - whole[..., 0] > BLUE_TINT
    assert is_blue.mean() > 0.5


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_photos_without_three_colours_are_shown(mode: str) -> None:
    photo = np.full((300, 400, 3), 80, np.uint8)

    [picture] = draw_exhibit([square((300, 400), 100, 100, 50)], jpeg(photo, mode))

    assert pixels_of(picture)[5, 5] == pytest.approx([80, 80, 80], abs=12)


def test_a_large_photo_is_shown_as_a_small_one_of_the_same_picture() -> None:
    rows, columns = np.mgrid[:375, :500]
    small = np.stack([rows * 255 // 374, columns * 255 // 499, (rows + columns) % 256], axis=2)
    small[..., 2] = 90
    large = np.kron(small, np.ones((4, 4, 1))).astype(np.uint8)
    mask = square((375, 500), 40, 60, 250)

    [of_small] = draw_exhibit([mask], jpeg(small.astype(np.uint8)))
    [of_large] = draw_exhibit([np.kron(mask, np.ones((4, 4))).astype(np.bool_)], jpeg(large))

    difference = np.abs(pixels_of(of_small) - pixels_of(of_large))
    assert difference.mean() < 3


def test_outlines_show_on_black_white_and_the_colour_of_the_fill() -> None:
    for shade in ((0, 0, 0), (255, 255, 255), (86, 180, 233), (128, 128, 128)):
        photo = np.full((300, 400, 3), shade, np.uint8)

        [picture] = draw_exhibit([square((300, 400), 100, 100, 90)], jpeg(photo))

        luminance = pixels_of(picture) @ np.array([0.2126, 0.7152, 0.0722])
        assert luminance.max() - luminance.min() > 90, shade
