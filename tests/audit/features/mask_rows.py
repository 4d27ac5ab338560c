"""Rows of the population made of pixels, and hostile pixels to make them of."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from audit.coco.rle import encode_runs, runs_of_mask
from audit.coco.schema import ANNOTATIONS

ROWS = pa.schema(
    [
        pa.field("mention_id", pa.string(), nullable=False),
        pa.field("setting", pa.string(), nullable=False),
        *(ANNOTATIONS.field(name) for name in ("height", "width", "parts", "boxes", "confidences", "labels")),
        ANNOTATIONS.field("score"),
    ]
)

Row = dict[str, Any]


def a_row(*parts: np.ndarray, **changes: object) -> Row:
    """A row whose mask is the union of parts, all of one shape."""
    height, width = parts[0].shape if parts else (6, 8)
    return {
        "mention_id": "m",
        "setting": "s",
        "height": height,
        "width": width,
        "parts": [encode_runs(runs_of_mask(part)) for part in parts],
        "boxes": [],
        "confidences": [],
        "labels": [],
        "score": None,
    } | changes


def drawn(*lines: str, **changes: object) -> Row:
    """A row whose mask is drawn with # for a pixel inside."""
    return a_row(pixels_of(*lines), **changes)


def pixels_of(*lines: str) -> np.ndarray:
    return np.array([[letter == "#" for letter in line] for line in lines])


def table_of(rows: Sequence[Row]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=ROWS)


def near(values: Mapping[str, Any]) -> Row:
    """The same with a tolerance for the last digits of its fractions, to be compared with."""
    return {
        name: pytest.approx(value, rel=1e-12) if isinstance(value, float) else value
        for name, value in values.items()
    }


@st.composite
def some_pixels(draw: st.DrawFn, shape: tuple[int, int] | None = None) -> np.ndarray:
    """Noise of any density, blocks of it, or a rectangle with its border; empty and full among them."""
    height, width = shape or draw(st.tuples(st.integers(1, 24), st.integers(1, 24)))
    block = draw(st.sampled_from([1, 1, 2, 5]))
    coarse = (-(-height // block), -(-width // block))
    density = draw(st.sampled_from([0, 5, 40, 70, 95, 100]))
    levels = draw(npst.arrays(np.uint8, coarse, elements=st.integers(0, 99)))
    pixels = np.kron(levels < density, np.ones((block, block), bool))[:height, :width]
    if draw(st.booleans()):
        y, x = draw(st.integers(0, height - 1)), draw(st.integers(0, width - 1))
        pixels[y : y + draw(st.integers(1, height)), x : x + draw(st.integers(1, width))] ^= True
    return pixels


@st.composite
def mask_rows(draw: st.DrawFn) -> Row:
    """A mask of up to three parts, which may overlap."""
    shape = draw(st.tuples(st.integers(1, 24), st.integers(1, 24)))
    return a_row(
        *draw(st.lists(some_pixels(shape), max_size=3)),
        height=shape[0],
        width=shape[1],
    )
