"""Pieces and holes of masks, from their spans."""

import numpy as np
from numba import njit

from audit.coco.scanning import Int
from audit.features.spans import Ints, Longs, SpanBatch, Spans, spans_of


@njit(nogil=True, cache=True)
def pieces_and_holes(batch: SpanBatch) -> Ints:
    """The numbers of pieces and of holes of each mask, int32 [n_masks, 2]; see `count_pieces_and_holes`."""
    found = np.zeros((len(batch.heights), 2), np.int32)
    for mask in range(len(found)):
        found[mask, 0], found[mask, 1] = count_pieces_and_holes(spans_of(batch, mask))
    return found


@njit(nogil=True, cache=True)
def count_pieces_and_holes(spans: Spans) -> tuple[Int, Int]:
    """The numbers of pieces and of holes of a mask.

    A piece is what is connected by edges or corners of pixels (8-connectivity). A hole is a piece of the
    background, connected by edges alone (4-connectivity), that does not reach the border of the image.

    Pixels and spans being closed sets, a column of spans and what two neighbouring columns have in common
    are stretches of a line, so the Euler characteristic of the mask, its pieces less its holes, is the
    number of spans less the number of pairs that touch (inclusion-exclusion).
    """
    parents = np.arange(len(spans.lows))
    n_pieces = len(parents)
    n_touching = 0
    for column in range(len(spans.starts) - 2):
        i, j = spans.starts[column], spans.starts[column + 1]
        end_i, end_j = j, spans.starts[column + 2]
        while i < end_i and j < end_j:
            if spans.lows[i] <= spans.highs[j] and spans.lows[j] <= spans.highs[i]:
                n_touching += 1
                root, other = _root(parents, i), _root(parents, j)
                if root != other:
                    parents[max(root, other)] = min(root, other)
                    n_pieces -= 1
            if spans.highs[i] <= spans.highs[j]:
                i += 1
            else:
                j += 1
    return n_pieces, n_pieces - len(parents) + n_touching


@njit(nogil=True, cache=True)
def _root(parents: Longs, span: Int) -> Int:
    while parents[span] != span:
        parents[span] = parents[parents[span]]
        span = parents[span]
    return span
