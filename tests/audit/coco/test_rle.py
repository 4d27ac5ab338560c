import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from pycocotools import mask as pycocotools_mask

from audit.coco import rle
from audit.coco.rle_kernels import Fault

WITHOUT_DEADLINE = settings(deadline=None)
"""The first call compiles, or loads what was compiled."""

sides = st.integers(1, 12)
masks = st.tuples(sides, sides).flatmap(lambda shape: hnp.arrays(np.bool_, shape))
stacks = st.tuples(st.integers(1, 4), sides, sides).flatmap(lambda shape: hnp.arrays(np.bool_, shape))
run_lists = st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=12)


def by_pycocotools(mask):
    return pycocotools_mask.encode(np.asfortranarray(mask.astype(np.uint8)))


@WITHOUT_DEADLINE
@given(masks)
def test_a_mask_survives_encoding_and_decoding(mask):
    height, width = mask.shape
    counts = rle.encode_runs(rle.runs_of_mask(mask))
    runs = rle.decode_counts(counts, height=height, width=width)
    assert np.array_equal(rle.mask_of_runs(runs, height=height, width=width), mask)


@WITHOUT_DEADLINE
@given(masks)
def test_counts_and_area_equal_those_of_pycocotools(mask):
    encoded = by_pycocotools(mask)
    runs = rle.runs_of_mask(mask)
    assert rle.encode_runs(runs) == encoded["counts"]
    assert rle.area(runs) == int(pycocotools_mask.area(encoded)) == mask.sum()


@WITHOUT_DEADLINE
@given(run_lists)
def test_any_runs_survive_encoding_and_decoding(values):
    runs = np.array(values, np.uint32)
    decoded = rle.decode_counts(rle.encode_runs(runs), height=1, width=sum(values))
    assert np.array_equal(decoded, runs)


@WITHOUT_DEADLINE
@given(masks)
def test_the_bounding_box_is_the_tightest_one(mask):
    box = rle.bounding_box(rle.runs_of_mask(mask), height=mask.shape[0])
    if not mask.any():
        assert box is None
        return
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    assert box == (columns[0], rows[0], columns[-1] + 1, rows[-1] + 1)


@WITHOUT_DEADLINE
@given(stacks)
def test_the_union_has_the_canonical_bytes_of_its_pixels(stack):
    _, height, width = stack.shape
    parts = [by_pycocotools(mask)["counts"] for mask in stack]
    assert rle.union_counts(parts, height=height, width=width) == by_pycocotools(stack.any(axis=0))["counts"]


def test_equal_pixels_in_another_encoding_give_equal_bytes():
    with_empty_runs = rle.encode_runs(np.array([1, 0, 0, 3, 1, 0, 1], np.uint32))
    without = rle.encode_runs(np.array([1, 3, 2], np.uint32))
    assert with_empty_runs != without
    assert rle.union_counts([with_empty_runs], height=2, width=3) == without


def test_the_union_of_no_part_is_the_empty_mask():
    assert rle.union_counts([], height=2, width=3) == by_pycocotools(np.zeros((2, 3)))["counts"]


@pytest.mark.parametrize(
    ("counts", "fault"),
    [
        (b"13 2", Fault.CHARACTERS),
        (b"13p2", Fault.CHARACTERS),
        (b"13\xff2", Fault.CHARACTERS),
        (b"13P", Fault.CHARACTERS),
        (b"133", Fault.TOTAL),
        (b"", Fault.TOTAL),
        (b"1O2", Fault.RUN),
        (b"PPPPPPPPPPPPPPPP1", Fault.RUN),
        (b"ooooooO", Fault.RUN),
    ],
)
def test_counts_that_are_no_mask_are_refused_by_what_is_wrong(counts, fault):
    with pytest.raises(rle.RleError) as caught:
        rle.decode_counts(counts, height=2, width=3)
    assert caught.value.fault is fault


@WITHOUT_DEADLINE
@given(st.binary(max_size=40), sides, sides)
def test_no_bytes_at_all_decode_to_anything_but_a_mask_of_the_size(counts, height, width):
    try:
        runs = rle.decode_counts(counts, height=height, width=width)
    except rle.RleError:
        return
    assert runs.sum() == height * width
    assert rle.mask_of_runs(runs, height=height, width=width).sum() == rle.area(runs)


def test_runs_given_as_numbers_are_checked_too():
    assert rle.check_runs([1, 3, 2], height=2, width=3).tolist() == [1, 3, 2]
    for runs, fault in (([1, -3, 8], Fault.RUN), ([2**32], Fault.RUN), ([1, 3], Fault.TOTAL)):
        with pytest.raises(rle.RleError) as caught:
            rle.check_runs(runs, height=2, width=3)
        assert caught.value.fault is fault
