"""Features of how far the settings agree on a mention: pair by pair, and each with all others.

0/0 is no number: two empty masks neither agree nor disagree. An empty mask and one that is not have nothing
in common, so their intersection over union is 0.
"""

from enum import StrEnum
from functools import cached_property

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from audit.coco.buffers import from_numbers, repeated
from audit.features import geometry, morphology
from audit.features.column import Column, Flags, ratio
from audit.features.overlap import common_areas
from audit.features.shapes import Masks
from audit.features.spans import Ints, Longs, SpanBatch

BOUNDARY_SHARE = 0.02
"""How far a boundary reaches into a mask, of the diagonal of the image: the default of Boundary IoU."""


class Comparison(StrEnum):
    """What became of comparing two masks of a mention."""

    COMPARED = "compared"
    BOTH_EMPTY = "both_empty"
    """Both masks are empty: every feature of the pair is 0/0."""
    SIZES_DIFFER = "sizes_differ"
    """The masks are of different sizes: no pixel of one is a pixel of the other."""
    UNREADABLE = "unreadable"
    """One of the masks cannot be read, or both."""


class Pairs:
    """Pairs of rows of the same mention, compared in each way that is asked for.

    Attributes:
        masks: of the rows.
        first: int64 [n_pairs], the place of one row of each pair.
        second: int64 [n_pairs], the place of the other.
    """

    def __init__(self, masks: Masks, mentions: NDArray[np.integer]) -> None:
        """Pair the rows; `mentions` [n_rows] numbers what each shows, equal ones next to each other."""
        self.masks = masks
        self.first, self.second = _pairs_within(mentions)

    @cached_property
    def comparisons(self) -> Ints:
        """The place of each pair's outcome in `Comparison`, int32 [n_pairs]."""
        a, b = self.first, self.second
        heights, widths, is_empty = self.masks.heights, self.masks.widths, self.areas == 0
        fits_any = is_empty & ((heights == 0) | (widths == 0))
        is_same_size = (heights[a] == heights[b]) & (widths[a] == widths[b])
        outcomes = {
            Comparison.UNREADABLE: ~(self.masks.is_readable[a] & self.masks.is_readable[b]),
            Comparison.SIZES_DIFFER: ~(is_same_size | fits_any[a] | fits_any[b]),
            Comparison.BOTH_EMPTY: is_empty[a] & is_empty[b],
        }
        places = [np.int32(_PLACES[outcome]) for outcome in outcomes]
        return np.select(list(outcomes.values()), places, np.int32(_PLACES[Comparison.COMPARED]))

    def ended_as(self, *outcomes: Comparison) -> Flags:
        """Whether each pair's comparison had one of some outcomes, bool [n_pairs]."""
        return np.isin(self.comparisons, [_PLACES[outcome] for outcome in outcomes])

    def states(self) -> pa.Array:
        """The outcome of each pair, string [n_pairs]."""
        names = pa.concat_arrays([repeated(outcome.value, 1) for outcome in Comparison])
        return names.take(from_numbers(self.comparisons))

    @property
    def areas(self) -> Longs:
        """Pixels of each row's mask."""
        return self.masks.areas

    @cached_property
    def common(self) -> Longs:
        """Pixels that both masks of a pair cover, int64 [n_pairs]."""
        return common_areas(self.masks.batch, self.first, self.masks.batch, self.second)

    @cached_property
    def interiors(self) -> SpanBatch:
        """The masks of the rows without their boundaries."""
        return morphology.interiors(self.masks.batch, self.masks.reaches(BOUNDARY_SHARE))

    def where_compared(self, column: Column) -> Column:
        """The same, unknown for pairs that could not be compared."""
        return Column(values=column.values, is_known=column.is_known & self.ended_as(Comparison.COMPARED))


class Votes:
    """What the other settings of its mention say of each row's mask.

    A setting that is filtered from another one repeats it: it does not vote, nor does that one on it.
    """

    def __init__(self, pairs: Pairs, origins: NDArray[np.integer], is_complete: Flags) -> None:
        """Count who votes on what.

        Args:
            pairs: of the rows.
            origins: numbers the complete setting that each row's is, or is filtered from; [n_rows].
            is_complete: whether a row's setting is filtered from none, bool [n_rows].
        """
        self.pairs = pairs
        speaks = pairs.ended_as(Comparison.COMPARED, Comparison.BOTH_EMPTY)
        speaks &= origins[pairs.first] != origins[pairs.second]
        on_first, on_second = speaks & is_complete[pairs.second], speaks & is_complete[pairs.first]
        self._voted = np.concatenate([pairs.first[on_first], pairs.second[on_second]])
        self._voters = np.concatenate([pairs.second[on_first], pairs.first[on_second]])
        self._common = np.concatenate([pairs.common[on_first], pairs.common[on_second]])

    @property
    def areas(self) -> Longs:
        """Pixels of each row's mask."""
        return self.pairs.areas

    def n_voters(self) -> Longs:
        """Other masks of the mention that vote on a row's, int64 [n_rows]."""
        return self._sums(np.ones_like(self._voted))

    def common(self) -> Longs:
        """Pixels in common with each of the voters, summed over them, int64 [n_rows]."""
        return self._sums(self._common)

    def areas_of_voters(self) -> Longs:
        """Pixels of each of the voters' masks, summed, int64 [n_rows]."""
        return self._sums(self.areas[self._voters])

    def _sums(self, of_votes: Longs) -> Longs:
        sums = np.zeros(len(self.areas), np.int64)
        np.add.at(sums, self._voted, of_votes)
        return sums


def iou(pairs: Pairs) -> Column:
    """|A ∩ B| / |A ∪ B|."""
    both = pairs.areas[pairs.first] + pairs.areas[pairs.second]
    return pairs.where_compared(ratio(pairs.common, both - pairs.common))


def a_in_b(pairs: Pairs) -> Column:
    """|A ∩ B| / |A|."""
    return pairs.where_compared(ratio(pairs.common, pairs.areas[pairs.first]))


def b_in_a(pairs: Pairs) -> Column:
    """|A ∩ B| / |B|."""
    return pairs.where_compared(ratio(pairs.common, pairs.areas[pairs.second]))


def boundary_iou(pairs: Pairs) -> Column:
    """The intersection over union of the two boundaries (Cheng et al., CVPR 2021).

    The boundary of a mask is what lies within d pixels of the background or of the border of the image, by a
    square of 2d + 1; d is 2 % of the diagonal of the image, rounded, at least 1. A boundary being a mask less
    its interior, what two have in common follows from what masks and interiors have.
    """
    masks, interiors = pairs.masks.batch, pairs.interiors
    a, b = pairs.first, pairs.second
    common = (
        pairs.common
        - common_areas(interiors, a, masks, b)
        - common_areas(masks, a, interiors, b)
        + common_areas(interiors, a, interiors, b)
    )
    boundaries = pairs.areas - geometry.areas(interiors)
    return pairs.where_compared(ratio(common, boundaries[a] + boundaries[b] - common))


def n_voters(votes: Votes) -> Column:
    """Other settings whose mask of the mention can be compared with this one; an empty mask can."""
    return Column(values=votes.n_voters(), is_known=np.ones(len(votes.areas), np.bool_))


def consensus_iou(votes: Votes) -> Column:
    """Σ min(m, v) / Σ max(m, v) over all pixels, m being the mask and v the share of voters that cover one.

    This is the intersection over union of a mask with what the *other* settings say on the whole; with one
    other it is that of the two masks. Its own vote is left out, or it would agree with itself; shares and not
    a majority count, so that there is no tie to break. m is 0 or 1, so that the sums are those of the pairs'
    intersections and of areas.
    """
    common = votes.common()
    return ratio(common, votes.n_voters() * votes.areas + votes.areas_of_voters() - common)


_PLACES = {comparison: place for place, comparison in enumerate(Comparison)}


def _pairs_within(mentions: NDArray[np.integer]) -> tuple[Longs, Longs]:
    """All pairs of places with the same mention, by the first place and then the second."""
    places = np.arange(len(mentions))
    firsts, seconds = [places[:0]], [places[:0]]
    for step in range(1, len(mentions)):
        of_one = places[: len(mentions) - step][mentions[:-step] == mentions[step:]]
        if not len(of_one):
            break
        firsts.append(of_one)
        seconds.append(of_one + step)
    first, second = np.concatenate(firsts), np.concatenate(seconds)
    order = np.lexsort((second, first))
    return first[order], second[order]
