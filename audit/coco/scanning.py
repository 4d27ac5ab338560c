# ruff: noqa: SIM109, PLR1714 - comparing with a tuple compiles to slower code
"""Finding where JSON values end, compiled: strings, escapes and depth by the rules of JSON.

Arrays of bytes must have a length that 8 divides, so that they can be looked at eight bytes at a time; an
`end` says where what counts ends. Nothing here judges whether the JSON is right beyond what finding an end
needs: the parsers of an element do.
"""

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Words = NDArray[np.uint64]
Int = int | np.int64

_QUOTE, _BACKSLASH, _COMMA = 34, 92, 44
_OPEN_LIST, _CLOSE_LIST, _OPEN_OBJECT, _CLOSE_OBJECT = 91, 93, 123, 125
_QUOTES = np.uint64(0x2222222222222222)
_LOW_BITS = np.uint64(0x7F7F7F7F7F7F7F7F)
_ONES = np.uint64(0x0101010101010101)
_HIGH_BITS = np.uint64(0x8080808080808080)

DEPTH, IN_STRING, AFTER_BACKSLASH = 0, 1, 2
"""Places in the state that `scan` carries from one stretch of bytes to the next; all 0 at the start."""


@njit(nogil=True, cache=True)
def find_quote(words: Words, start: Int, end: Int) -> Int:
    """The first quotation mark from start on, or end; eight bytes at a time, no branch on what they are.

    A byte of `x` is 0 where there is a quotation mark. Adding 127 to its lower seven bits sets the highest
    one unless they are all 0, so in `marks` the highest bit of a byte is set exactly where the byte is 0.
    """
    place = np.uint64(start)
    stop = np.uint64(end)
    before = (np.uint64(1) << (np.uint64(8) * (place & np.uint64(7)))) - np.uint64(1)
    word = place >> np.uint64(3)
    while word << np.uint64(3) < stop:
        x = (words[word] ^ _QUOTES) | before
        marks = ~(((x & _LOW_BITS) + _LOW_BITS) | x | _LOW_BITS)
        if marks:
            below = (marks - np.uint64(1)) & ~marks
            n_bytes_below = ((below & _HIGH_BITS) >> np.uint64(7)) * _ONES >> np.uint64(56)
            found = np.int64((word << np.uint64(3)) + n_bytes_below)
            return found if found < end else end  # noqa: FURB136 - the two have different types
        before = np.uint64(0)
        word += np.uint64(1)
    return end


@njit(nogil=True, cache=True)
def n_backslashes_before(data: Bytes, start: Int, at: Int) -> Int:
    """How many backslashes stand directly before a place, not looking before start."""
    first = at
    while first > start and data[first - 1] == _BACKSLASH:
        first -= 1
    return at - first


@njit(nogil=True, cache=True)
def string_end(data: Bytes, words: Words, start: Int, end: Int) -> Int:
    """The place of the quotation mark that ends a string whose text begins at start, or end."""
    at = find_quote(words, start, end)
    while at < end and n_backslashes_before(data, start, at) & 1:
        at = find_quote(words, at + 1, end)
    return at


@njit(nogil=True, cache=True)
def scan(  # noqa: C901 - one pass over the bytes
    data: Bytes, start: Int, end: Int, state: NDArray[np.int64], separators: NDArray[Any]
) -> tuple[Int, Int, bool]:
    """Goes on to the bracket that closes the container begun before `start`, noting its commas.

    Args:
        data: bytes.
        start: where to go on.
        end: where the bytes at hand end.
        state: three numbers carried from one stretch to the next, changed in place.
        separators: int64, takes the places of the container's own commas; scanning stops when it is full.

    Returns:
        Where scanning stopped, how many separators were noted, and whether it stopped at the closing bracket.
    """
    if start == end:
        return start, 0, False
    words = data.view(np.uint64)
    depth = state[DEPTH]
    n_separators = 0
    at = start
    in_string = state[IN_STRING] != 0
    text_start = start
    if in_string and state[AFTER_BACKSLASH]:
        text_start = at + 1
        at = text_start
    while at < end:
        if in_string:
            at = string_end(data, words, text_start, end)
            if at == end:
                break
            in_string = False
        else:
            byte = data[at]
            if byte == _QUOTE:
                in_string = True
                text_start = at + 1
            elif byte == _OPEN_OBJECT or byte == _OPEN_LIST:
                depth += 1
            elif byte == _CLOSE_OBJECT or byte == _CLOSE_LIST:
                if depth == 0:
                    return at, n_separators, True
                depth -= 1
            elif byte == _COMMA and depth == 0:
                if n_separators == len(separators):
                    break
                separators[n_separators] = at
                n_separators += 1
        at += 1
    state[DEPTH] = depth
    state[IN_STRING] = in_string
    state[AFTER_BACKSLASH] = in_string and n_backslashes_before(data, text_start, end) & 1
    return at, n_separators, False


@njit(nogil=True, cache=True)
def depth_of(data: Bytes, end: Int) -> Int:
    """The greatest number of brackets open at once."""
    words = data.view(np.uint64)
    deepest = 0
    depth = 0
    at: Int = 0
    while at < end:
        byte = data[at]
        if byte == _QUOTE:
            at = string_end(data, words, at + 1, end)
        elif byte == _OPEN_OBJECT or byte == _OPEN_LIST:
            depth += 1
            deepest = max(deepest, depth)
        elif byte == _CLOSE_OBJECT or byte == _CLOSE_LIST:
            depth -= 1
        at += 1
    return deepest
