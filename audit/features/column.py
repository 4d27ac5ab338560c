"""A column of numbers of which some are unknown, and the way from Arrow and back."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from audit.coco.buffers import as_flags, as_numbers, from_flags, from_numbers

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """Numbers, one per row.

    Attributes:
        values: any number type, shape [n_rows]; where unknown, anything.
        is_known: bool [n_rows].
    """

    values: NDArray[Any]
    is_known: Flags


def ratio(part: NDArray[Any], whole: NDArray[Any]) -> Column:
    """The quotient of two columns, unknown where the whole is 0: 0/0 is no number.

    >>> ratio(np.array([1, 0]), np.array([2, 0]))
    Column(values=array([0.5, 0. ]), is_known=array([ True, False]))
    """
    is_known = whole != 0
    values = np.zeros(len(part), np.float64)
    np.divide(part, whole, out=values, where=is_known)
    return Column(values=values, is_known=is_known)


def to_arrow(column: Column, kind: pa.DataType) -> pa.Array:
    """The column as an int32, int64 or float64 array, null where it is unknown."""
    values = np.where(column.is_known, column.values, 0).astype(_DTYPES[kind])
    numbers = from_numbers(values)
    if column.is_known.all():
        return numbers
    validity = from_flags(column.is_known).buffers()[1]
    return pa.Array.from_buffers(kind, len(values), [validity, numbers.buffers()[1]])


def read_numbers(rows: pa.Table, name: str) -> NDArray[Any]:
    """A column of int32 or float64, 0 where it is null."""
    return numbers_or_zeros(single(rows, name))


def numbers_or_zeros(array: pa.Array) -> NDArray[Any]:
    """The values of an int32 or float64 array, 0 where one is null; `fill_null` would load pandas."""
    values = as_numbers(array)
    return np.where(as_flags(pc.is_valid(array)), values, np.zeros(1, values.dtype))


def single(rows: pa.Table, name: str) -> pa.Array:
    """A column of at least one row as one array."""
    column = rows[name]
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


_DTYPES: dict[pa.DataType, np.dtype[Any]] = {
    pa.int32(): np.dtype(np.int32),
    pa.int64(): np.dtype(np.int64),
    pa.float64(): np.dtype(np.float64),
}
