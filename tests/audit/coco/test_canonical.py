"""The canonical counts of many masks are those of each, whatever the encoding."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.coco.canonical import canonical_counts
from audit.coco.rle import RleError, encode_runs, runs_of_mask, union_counts

HEIGHT, WIDTH = 4, 5
PIXELS = st.lists(st.booleans(), min_size=HEIGHT * WIDTH, max_size=HEIGHT * WIDTH)
COLUMN = pa.list_(pa.binary())


@st.composite
def parts_of_a_mask(draw: st.DrawFn) -> bytes:
    """Counts of some mask, with empty runs anywhere."""
    pixels = np.array(draw(PIXELS)).reshape(HEIGHT, WIDTH)
    runs = runs_of_mask(pixels).tolist()
    for place in draw(st.lists(st.integers(0, len(runs) - 1), max_size=3)):
        runs[place : place + 1] = [runs[place] // 2, 0, runs[place] - runs[place] // 2]
    return encode_runs(np.array(runs, np.uint32))


ANY_PART = parts_of_a_mask() | st.sampled_from([b"", b"7", b"\xff", b"Z", b"13P"])
MASKS = st.lists(st.lists(ANY_PART, max_size=4), min_size=1, max_size=8)


def expected(parts: list[bytes]) -> bytes | None:
    if not parts:
        return None
    try:
        return union_counts(parts, height=HEIGHT, width=WIDTH)
    except RleError:
        return None


@pytest.mark.slow
@given(masks=MASKS, first=st.integers(0, 3))
@settings(deadline=None)  # the first run on a machine compiles
def test_every_mask_of_a_column_is_as_it_would_be_alone(masks: list[list[bytes]], first: int) -> None:
    column = pa.array(masks, COLUMN)[first:]
    found = canonical_counts(column, np.full(len(column), HEIGHT * WIDTH))
    texts = [
        found.texts[start:end].tobytes() for start, end in zip(found.starts, found.starts[1:], strict=False)
    ]
    alone = [expected(parts) for parts in masks[first:]]
    assert found.is_sound.tolist() == [counts is not None for counts in alone]
    assert texts == [counts or b"" for counts in alone]


@pytest.mark.parametrize("parts", [None, [], [b"0"]])
def test_what_is_not_to_be_read_is_not_sound(parts: list[bytes] | None) -> None:
    found = canonical_counts(pa.array([parts, [b"15"]], COLUMN), np.array([0, 6]))
    assert found.is_sound.tolist() == [False, True]
    assert found.texts.tobytes() == b"15"


def test_an_overlong_number_and_a_short_one_are_the_same() -> None:
    overlong = b"15".replace(b"1", b"Q0")
    found = canonical_counts(pa.array([[b"15"], [overlong]], COLUMN), np.array([6, 6]))
    assert found.is_sound.all()
    assert found.texts.tobytes() == b"1515"
