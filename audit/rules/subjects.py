"""What rules are asked about: annotations with their features, and the masks of their mentions on demand."""

from collections.abc import Iterator
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from audit.coco.buffers import as_flags, as_numbers, from_numbers
from audit.coco.schema import ANNOTATIONS
from audit.features.column import Column, numbers_or_zeros, single
from audit.features.references import FeatureReference
from audit.rules.mention import Mention, mention_of

Longs = NDArray[np.int64]

_MENTIONS_AT_ONCE = 1024
"""Mentions that are unpacked into Python at a time; packed in Arrow they take a tenth of the memory."""

MENTION_MASKS = pa.schema(
    [
        pa.field("position", pa.int64(), nullable=False),
        pa.field("setting", pa.string(), nullable=False),
        pa.field("is_own", pa.bool_(), nullable=False),
        *(ANNOTATIONS.field(name) for name in ("height", "width", "parts", "boxes", "confidences", "labels")),
        ANNOTATIONS.field("score"),
    ]
)
"""A row for each setting that has the mention of a subject. `position` is the row of the subject in the table
that was given; `is_own` is True for the subject's own mask, which every subject has once."""


class MentionMasks(Protocol):
    """Gives the masks of all settings of the mentions of some subjects."""

    def __call__(self, positions: Longs, /) -> pa.Table:
        """`MENTION_MASKS`, those of a position in any order; positions are int64 [n], ascending."""
        ...


class Subjects:
    """Some rows of a table of annotations, on which a rule is to say what becomes of them.

    Attributes:
        positions: int64 [n_subjects], the rows of the table that they are.
    """

    def __init__(self, table: pa.Table, positions: Longs, masks: MentionMasks) -> None:
        self.positions = positions
        self._table = table
        self._masks = masks

    def texts(self, name: str) -> pa.Array:
        """A column of text, string [n_subjects], null where unknown."""
        return self._column(name).cast(pa.string())

    def feature(self, reference: FeatureReference) -> Column:
        """The values of a feature, float64 [n_subjects]."""
        values = self._column(str(reference)).cast(pa.float64())
        return Column(values=numbers_or_zeros(values), is_known=as_flags(pc.is_valid(values)))

    def mentions(self, places: Longs) -> Iterator[Mention]:
        """The masks of the mentions of some subjects, in their order; places are ascending."""
        if not len(places):
            return
        positions = self.positions[places]
        rows = self._masks(positions)
        of_rows = as_numbers(single(rows, "position"))
        order: Longs = np.argsort(of_rows, kind="stable")
        starts, ends = (np.searchsorted(of_rows[order], positions, side) for side in ("left", "right"))
        for first in range(0, len(positions), _MENTIONS_AT_ONCE):
            some = slice(first, first + _MENTIONS_AT_ONCE)
            begin = starts[first]
            unpacked = rows.take(from_numbers(order[begin : ends[some][-1]])).to_pylist()
            for start, end in zip(starts[some] - begin, ends[some] - begin, strict=True):
                yield mention_of(unpacked[start:end])

    def _column(self, name: str) -> pa.Array:
        column = single(self._table, name)
        if len(self.positions) == len(column):
            return column
        return column.take(from_numbers(self.positions))
