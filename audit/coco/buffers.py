"""Arrow arrays seen as NumPy arrays, and the reverse.

`pyarrow.Array.to_numpy`, `pyarrow.array` and `pyarrow.repeat` would do, but load pandas: 70 MB and 0.8 s.
"""

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

_DTYPES: dict[pa.DataType, np.dtype[Any]] = {
    pa.int32(): np.dtype(np.int32),
    pa.int64(): np.dtype(np.int64),
    pa.float64(): np.dtype(np.float64),
}


def as_numbers(array: pa.Array) -> NDArray[Any]:
    """The values of an int32, int64 or float64 array, not copied; in place of a null stands anything."""
    return _view(array, _DTYPES[array.type])


def as_flags(array: pa.Array) -> NDArray[np.bool_]:
    """The values of a boolean array; null is False."""
    validity, values = array.buffers()
    flags = _bits(values, array)
    return flags if validity is None else flags & _bits(validity, array)


def from_numbers(numbers: NDArray[Any]) -> pa.Array:
    """An int32, int64 or float64 array without nulls, not copied."""
    kind = next(kind for kind, dtype in _DTYPES.items() if dtype == numbers.dtype)
    return pa.Array.from_buffers(kind, len(numbers), [None, pa.py_buffer(np.ascontiguousarray(numbers))])


def from_flags(flags: NDArray[np.bool_]) -> pa.Array:
    """A boolean array without nulls."""
    bits = np.packbits(flags, bitorder="little")
    return pa.Array.from_buffers(pa.bool_(), len(flags), [None, pa.py_buffer(bits)])


def repeated(text: str, n: int) -> pa.Array:
    """A string array of n times the same text."""
    value = text.encode()
    ends = np.arange(n + 1, dtype=np.int32) * np.int32(len(value))
    return pa.Array.from_buffers(pa.string(), n, [None, pa.py_buffer(ends), pa.py_buffer(value * n)])


def _view(array: pa.Array, dtype: np.dtype[Any]) -> NDArray[Any]:
    values = array.buffers()[1]
    if values is None or len(array) == 0:
        return np.empty(0, dtype)
    return np.frombuffer(values, dtype)[array.offset : array.offset + len(array)]


def _bits(bitmap: pa.Buffer, array: pa.Array) -> NDArray[np.bool_]:
    end = array.offset + len(array)
    bits = np.unpackbits(np.frombuffer(bitmap, np.uint8), count=end, bitorder="little")
    return bits[array.offset :].view(np.bool_)
