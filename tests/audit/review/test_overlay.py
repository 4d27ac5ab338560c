from io import BytesIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from PIL import Image

from audit.review.overlay import CROP_FACTOR, MIN_CROP_SIDE, Box, crop_box, mask_box, mask_png

MASKS = arrays(bool, array_shapes(min_dims=2, max_dims=2, max_side=40)).filter(lambda mask: mask.any())


@pytest.mark.slow
@given(MASKS)
def test_the_png_gives_back_the_pixels_of_the_mask(mask: np.ndarray) -> None:
    box = mask_box(mask)

    image = Image.open(BytesIO(mask_png(mask, box)))

    alpha = np.asarray(image.convert("RGBA"))[..., 3]
    placed = np.zeros(mask.shape, bool)
    placed[box.top : box.top + box.height, box.left : box.left + box.width] = alpha == 255
    assert set(np.unique(alpha)) <= {0, 255}
    assert (placed == mask).all()


@given(MASKS)
def test_the_box_is_the_smallest_that_holds_the_mask(mask: np.ndarray) -> None:
    box = mask_box(mask)
    inside = mask[box.top : box.top + box.height, box.left : box.left + box.width]

    assert inside.sum() == mask.sum()
    assert inside[0].any()
    assert inside[-1].any()
    assert inside[:, 0].any()
    assert inside[:, -1].any()


@given(st.data())
def test_the_crop_holds_the_box_and_lies_in_the_image(data: st.DataObject) -> None:
    image_height, image_width = data.draw(st.integers(1, 3000)), data.draw(st.integers(1, 3000))
    left, top = data.draw(st.integers(0, image_width - 1)), data.draw(st.integers(0, image_height - 1))
    box = Box(
        left=left,
        top=top,
        width=data.draw(st.integers(1, image_width - left)),
        height=data.draw(st.integers(1, image_height - top)),
    )

    crop = crop_box(box, image_height=image_height, image_width=image_width)

    assert 0 <= crop.left <= box.left
    assert 0 <= crop.top <= box.top
    assert box.left + box.width <= crop.left + crop.width <= image_width
    assert box.top + box.height <= crop.top + crop.height <= image_height
    assert crop.width == min(image_width, max(MIN_CROP_SIDE, round(CROP_FACTOR * box.width)))
    assert crop.height == min(image_height, max(MIN_CROP_SIDE, round(CROP_FACTOR * box.height)))


def test_a_mask_travels_as_one_bit_per_pixel() -> None:
    mask = np.random.default_rng(1).random((512, 512)) < 0.5

    png = mask_png(mask, mask_box(mask))

    # IHDR: bit depth at byte 24, colour type 3 (palette) at byte 25 (W3C PNG, 11.2.1).
    assert (png[24], png[25]) == (1, 3)
    assert len(png) < 512 * 512 / 8 * 1.1  # noise cannot be compressed


def test_an_empty_mask_has_no_box() -> None:
    with pytest.raises(ValueError, match="empty"):
        mask_box(np.zeros((3, 3), bool))
