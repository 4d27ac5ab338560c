import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from audit.review.label_studio.brush import MAX_BRUSH_INTEGERS, TooComplexError, encode_brush

brush = pytest.importorskip("label_studio_sdk.converter.brush", reason="label-studio-sdk is not installed")

MASKS = arrays(bool, array_shapes(min_dims=2, max_dims=2, max_side=30))


def ellipse(height: int, width: int) -> np.ndarray:
    rows, columns = np.mgrid[:height, :width]
    return ((rows / height - 0.5) ** 2 + (columns / width - 0.5) ** 2 < 0.1).astype(bool)


@given(MASKS)
def test_it_is_byte_for_byte_what_the_sdk_gives(mask: np.ndarray) -> None:
    assert encode_brush(mask) == brush.mask2rle(mask.astype(np.uint8) * 255)


@given(MASKS)
def test_it_decodes_to_the_mask_in_every_channel(mask: np.ndarray) -> None:
    decoded = brush.decode_rle(encode_brush(mask)).reshape(*mask.shape, 4)

    assert (decoded == 255 * mask[..., None]).all()


@given(st.lists(st.integers(1, 70_000), min_size=1, max_size=5), st.booleans())
def test_runs_of_every_length_come_back(lengths: list[int], starts_inside: bool) -> None:
    values = [(place % 2 == 0) == starts_inside for place in range(len(lengths))]
    mask = np.repeat(values, lengths)[None]

    assert encode_brush(mask) == brush.mask2rle(mask.astype(np.uint8) * 255)


@pytest.mark.parametrize("value", [False, True])
@pytest.mark.parametrize("shape", [(1, 1), (1, 2), (2, 1), (480, 640), (3000, 4000)])
def test_a_mask_of_one_value_is_long_runs_of_it(shape: tuple[int, int], value: bool) -> None:
    mask = np.full(shape, value)

    assert encode_brush(mask) == brush.mask2rle(mask.astype(np.uint8) * 255)


def test_holes_and_order_in_memory_make_no_difference() -> None:
    mask = ellipse(300, 200)
    mask[140:160, 90:110] = False

    assert encode_brush(np.asfortranarray(mask)) == brush.mask2rle(mask.astype(np.uint8) * 255)


def test_noise_is_too_complex_where_an_object_of_that_size_is_not() -> None:
    noise = np.random.default_rng(1).random((1000, 2000)) < 0.5

    assert len(encode_brush(ellipse(3000, 4000))) < MAX_BRUSH_INTEGERS / 5
    with pytest.raises(TooComplexError, match="more than"):
        encode_brush(noise)
