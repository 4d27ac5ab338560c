from io import BytesIO

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from audit.review.thumbnail import HEIGHT, WIDTH, draw_thumbnail


def jpeg(pixels: np.ndarray) -> bytes:
    encoded = BytesIO()
    Image.fromarray(pixels).save(encoded, "JPEG", quality=95)
    return encoded.getvalue()


def pixels_of(thumbnail: bytes) -> np.ndarray:
    return np.asarray(Image.open(BytesIO(thumbnail)).convert("RGB"), np.int64)


def disc(height: int, width: int) -> np.ndarray:
    rows, columns = np.ogrid[:height, :width]
    return (rows - height / 2) ** 2 + (columns - width / 2) ** 2 < (min(height, width) / 4) ** 2


@settings(max_examples=30, deadline=None)
@given(height=st.integers(1, 700), width=st.integers(1, 700), seed=st.integers(0, 5))
def test_every_mask_gives_a_thumbnail_of_the_same_size(height: int, width: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    mask = np.zeros((height, width), np.bool_)
    mask[rng.integers(height), rng.integers(width)] = True

    shown = pixels_of(draw_thumbnail(mask, None))

    assert shown.shape == (HEIGHT, WIDTH, 3)


def test_the_mask_is_blue_and_the_photo_around_it_as_it_is() -> None:
    photo = np.full((300, 400, 3), (200, 60, 60), np.uint8)

    shown = pixels_of(draw_thumbnail(disc(300, 400), jpeg(photo)))

    assert shown[HEIGHT // 2, WIDTH // 2] == pytest.approx([160, 102, 121], abs=8), "inside"
    assert shown[5, 5] == pytest.approx([200, 60, 60], abs=8), "outside"


def test_without_a_photo_the_mask_is_on_grey() -> None:
    shown = pixels_of(draw_thumbnail(disc(300, 400), None))

    assert shown[5, 5] == pytest.approx([150, 154, 160], abs=4)
    assert shown[HEIGHT // 2, WIDTH // 2] != pytest.approx([150, 154, 160], abs=10)


def test_a_small_mask_is_enlarged() -> None:
    mask = np.zeros((1000, 1000), np.bool_)
    mask[500:530, 500:530] = True

    shown = pixels_of(draw_thumbnail(mask, None))

    is_blue = shown[..., 2] - shown[..., 0] > 30
    assert is_blue.sum() > 0.03 * is_blue.size


def test_an_empty_mask_shows_the_whole_photo() -> None:
    photo = np.zeros((120, 160, 3), np.uint8)
    photo[:, 80:] = 255

    shown = pixels_of(draw_thumbnail(np.zeros((120, 160), np.bool_), jpeg(photo)))

    assert shown[:, : WIDTH // 2 - 20].max() < 20
    assert shown[:, WIDTH // 2 + 20 :].min() > 235
