"""How much masks of one size have in common, from their spans."""

import numpy as np
from numba import njit

from audit.features.spans import Longs, SpanBatch, common_length, spans_of


@njit(nogil=True, cache=True)
def common_areas(a: SpanBatch, rows_a: Longs, b: SpanBatch, rows_b: Longs) -> Longs:
    """Pixels that a mask of one batch shares with one of another, pair by pair, int64 [n_pairs].

    Args:
        a: masks.
        rows_a: int64 [n_pairs], places in a.
        b: masks, which may be the same ones.
        rows_b: int64 [n_pairs], places in b.

    Masks of a pair are to be of one size; an empty one may be of any.
    """
    found = np.zeros(len(rows_a), np.int64)
    for pair in range(len(rows_a)):
        one, other = spans_of(a, rows_a[pair]), spans_of(b, rows_b[pair])
        for column in range(min(len(one.starts), len(other.starts)) - 1):
            found[pair] += common_length(one, column, other, column, 0)
    return found
