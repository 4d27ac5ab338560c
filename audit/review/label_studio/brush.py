"""Encodes a mask as Label Studio's brush: the run lengths of thi.ng's rle-pack, over the pixels as RGBA.

A head names the number of values (32 bits), the bits of a value less 1 (5) and of the four kinds of run
lengths less 1 (4 each). A run is a bit 1, its kind (2 bits), its length less 1, and its value (8 bits).
https://github.com/thi-ng/umbrella/tree/develop/packages/rle-pack
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

MAX_BRUSH_INTEGERS = 100_000
"""Seven times what an ellipse on 4000 × 3000 pixels takes; with more, a task opens and submits visibly later.

As JSON it is half a megabyte, which comes back with every annotation, and 200 such tasks stay well below the
250 MB that a server takes in one import.
"""

_CHANNELS = 4
_VALUE_BITS = 8
_LENGTH_BITS = np.array([3, 4, 8, 16], np.int64)
_LONGEST = 1 << _LENGTH_BITS
_RUN_BITS = 1 + 2 + _LENGTH_BITS + _VALUE_BITS
_HEAD_BITS = 32 + 5 + 4 * len(_LENGTH_BITS)

_Longs = NDArray[np.int64]


class TooComplexError(ValueError):
    """A mask of so many runs that a browser would choke on its brush."""


def encode_brush(mask: NDArray[np.bool_]) -> list[int]:
    """Give a mask as the `rle` of a brush region: bytes as integers in [0, 255].

    The pixels inside become opaque, since the browser draws by the alpha channel alone.

    Args:
        mask: bool [height, width], at least one pixel in all.

    Raises:
        TooComplexError: it would take more than `MAX_BRUSH_INTEGERS`.

    >>> encode_brush(np.array([[False, True]]))
    [0, 0, 0, 8, 57, 27, 252, 96, 17, 255, 128]
    """
    pixels = mask.ravel()
    lengths = _run_lengths(pixels) * _CHANNELS
    n_bits = _HEAD_BITS + _bits_of(lengths)
    if n_bits > 8 * MAX_BRUSH_INTEGERS:
        raise TooComplexError(f"a brush of {n_bits // 8:,} bytes is more than {MAX_BRUSH_INTEGERS:,}")
    packed = np.zeros(n_bits // 8 + 1, np.uint8)
    _pack(lengths, 255 * int(pixels[0]), mask.size * _CHANNELS, packed)
    return packed.tolist()


def _run_lengths(pixels: NDArray[np.bool_]) -> _Longs:
    changes = np.flatnonzero(pixels[1:] != pixels[:-1]) + 1
    return np.diff(changes, prepend=0, append=pixels.size)


def _bits_of(lengths: _Longs) -> int:
    kinds = np.searchsorted(_LONGEST[:-1], lengths)
    n_pieces = -(-lengths // _LONGEST[-1])
    return int((_RUN_BITS[kinds] * n_pieces).sum())


@njit(nogil=True, cache=True)
def _put(packed: NDArray[np.uint8], at: int, n_bits: int, value: int) -> int:
    """Writes the lowest bits of a value where every bit is still 0; gives the place after them."""
    for i in range(n_bits):
        if (value >> (n_bits - 1 - i)) & 1:
            packed[(at + i) >> 3] |= np.uint8(128 >> ((at + i) & 7))
    return at + n_bits


@njit(nogil=True, cache=True)
def _pack(lengths: _Longs, first: int, n_values: int, packed: NDArray[np.uint8]) -> None:
    """Writes head and runs; `first` is the value of the first run, 0 or 255."""
    at = _put(packed, 0, 32, n_values)
    at = _put(packed, at, 5, _VALUE_BITS - 1)
    for n_bits in _LENGTH_BITS:
        at = _put(packed, at, 4, n_bits - 1)
    value = first
    for length in lengths:
        kind = np.searchsorted(_LONGEST[:-1], length)
        left = length
        while left > 0:  # a run longer than the longest is written as several
            piece = min(left, _LONGEST[-1])
            at = _put(packed, at, 1, 1)
            at = _put(packed, at, 2, kind)
            at = _put(packed, at, _LENGTH_BITS[kind], piece - 1)
            at = _put(packed, at, _VALUE_BITS, value)
            left -= piece
        value = 255 - value
