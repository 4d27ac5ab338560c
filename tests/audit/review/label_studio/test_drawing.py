from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from skimage import data

from audit.review.label_studio.drawing import CORE, FILL, HALO, MAX_SIDE, SHOWN_SIDE, overlay_jpeg


def jpeg(pixels: np.ndarray) -> bytes:
    encoded = BytesIO()
    Image.fromarray(pixels).save(encoded, "JPEG", quality=95)
    return encoded.getvalue()


def drawn(photo: np.ndarray, mask: np.ndarray) -> np.ndarray:
    image = Image.open(BytesIO(overlay_jpeg(jpeg(photo), mask)))
    assert not image.getexif()
    return np.asarray(image).astype(float)


def test_the_photo_is_seen_twice_with_the_mask_on_the_first() -> None:
    photo = np.full((1000, 500, 3), 100, np.uint8)
    mask = np.zeros((1000, 500), bool)
    mask[300:500, 100:300] = True
    mask[390:410, 190:210] = False

    picture = drawn(photo, mask)

    margin = 4
    assert picture.shape == (1000 + 2 * margin, 2 * (500 + 2 * margin), 3)
    first = picture[margin : margin + 1000, margin : margin + 500]
    second = picture[margin : margin + 1000, 508 + margin : 508 + margin + 500]
    assert np.abs(second - 100).max() < 8  # JPEG
    assert np.abs(first[310:380, 110:180] - (100 + np.array(FILL)) / 2).max() < 8  # tinted
    assert np.abs(first[398:402, 198:202] - 100).max() < 20  # the hole shows the photo
    assert np.abs(first[700:, 400:] - 100).max() < 8
    for row, colour in ((298, CORE), (297, HALO)):  # just outside of the mask
        assert np.abs(first[row, 110:290] - colour).mean() < 40


@pytest.mark.parametrize(
    ("height", "width", "is_beside"), [(300, 451, False), (300, 400, True), (512, 100, True)]
)
def test_the_two_lie_as_they_are_seen_best(height: int, width: int, is_beside: bool) -> None:
    photo = np.asarray(Image.fromarray(data.chelsea()).resize((width, height)))

    rows, columns, _ = drawn(photo, np.eye(height, width, dtype=bool)).shape

    assert (columns / width > rows / height) is is_beside


def test_a_tiny_photo_is_enlarged_and_a_huge_one_made_smaller() -> None:
    tiny = drawn(np.zeros((1, 1, 3), np.uint8), np.ones((1, 1), bool))
    huge = drawn(np.zeros((5000, 40, 3), np.uint8), np.ones((5000, 40), bool))

    assert tiny.shape[0] == SHOWN_SIDE + 8
    assert huge.shape[0] == MAX_SIDE + 2 * 16
