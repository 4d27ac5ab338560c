"""Thresholds of several features at once: boxes, and nested boxes as a path from strict to loose."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from sampling.errors import DesignError

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


class Direction(StrEnum):
    """On which side of a bound masks are kept."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"

    @property
    def sign(self) -> float:
        """What turns "at most" into "at least"."""
        return 1.0 if self is Direction.AT_LEAST else -1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """One threshold of a box.

    Attributes:
        feature: which column of the features.
        direction: masks at least, or at most, this are kept.
        value: finite; itself kept.
    """

    feature: int
    direction: Direction
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """What is kept: masks that meet every bound; without a bound, all of them."""

    bounds: tuple[Bound, ...]

    def holds(self, features: Floats) -> Flags:
        """Which masks are in the box, shape (N,). One whose bounded feature is unknown (NaN) is not.

        Args:
            features: shape (N, f), NaN where unknown.

        >>> box = Box(bounds=(Bound(feature=0, direction=Direction.AT_MOST, value=0.5),))
        >>> box.holds(np.array([[0.5], [0.6], [np.nan]]))
        array([ True, False, False])
        """
        held = np.ones(features.shape[0], dtype=np.bool_)
        for bound in self.bounds:
            column = features[:, bound.feature]
            held &= column >= bound.value if bound.direction is Direction.AT_LEAST else column <= bound.value
        return held


def towards_kept(features: Floats, directions: tuple[Direction, ...]) -> Floats:
    """The features turned so that more is kept of the greater; −∞ where unknown, shape (N, f).

    Raises:
        DesignError: there is not one direction per column, or a value is infinite.
    """
    if features.ndim != 2 or features.shape[1] != len(directions):
        raise DesignError(
            f"features {features.shape} and {len(directions)} directions do not match: give one per column"
        )
    if np.isinf(features).any():
        raise DesignError("a feature is infinite: give finite numbers, and NaN where one is unknown")
    signs = np.array([direction.sign for direction in directions])
    return np.where(np.isnan(features), -np.inf, features * signs)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NestedBoxes:
    """Boxes from the strictest to the loosest, each within the next, ordered before they are certified.

    Attributes:
        directions: one per feature, f ≥ 1.
        lower: what each box asks of the features as `towards_kept` turns them, none rising down a column,
            −∞ where it asks nothing, shape (m, f), m ≥ 1.

    Raises:
        DesignError: shapes that do not match, a bound that is +∞ or NaN, or boxes that do not nest.
    """

    directions: tuple[Direction, ...]
    lower: Floats

    def __post_init__(self) -> None:
        if self.lower.ndim != 2 or self.lower.shape[1] != len(self.directions) or not self.lower.size:
            raise DesignError(
                f"bounds {self.lower.shape} and {len(self.directions)} directions do not match: "
                "give at least one box, and one bound and direction per feature"
            )
        if not (self.lower < np.inf).all():
            raise DesignError("a bound is no number: give finite ones, and −∞ where a box asks nothing")
        if (self.lower[1:] > self.lower[:-1]).any():
            raise DesignError(
                "a box does not lie within the next: order them from the strictest, no bound rising"
            )

    def scores(self, features: Floats) -> Floats:
        """The score that makes a path of boxes one of thresholds: how many of the boxes hold the mask.

        Args:
            features: shape (N, f), NaN where unknown.

        Returns:
            0 (in no box) … m (in all), shape (N,): box j, from 0, holds the masks of at least m − j.

        >>> boxes = NestedBoxes(
        ...     directions=(Direction.AT_LEAST, Direction.AT_MOST),
        ...     lower=np.array([[0.8, -0.3], [0.5, -np.inf]]))
        >>> boxes.scores(np.array([[0.9, 0.2], [0.9, 0.4], [0.1, 0.1], [0.6, np.nan], [np.nan, 0.1]]))
        array([2., 1., 0., 1., 0.])
        """
        turned = towards_kept(features, self.directions)
        # A mask is in as many boxes as the feature that is in fewest of them: bounds fall down each column.
        within = [
            np.searchsorted(lower[::-1], column, side="right")
            for column, lower in zip(turned.T, self.lower.T, strict=True)
        ]
        return np.asarray(np.min(within, axis=0), dtype=np.float64)

    def box(self, threshold: float) -> Box:
        """The box that keeps the masks whose score is at least the threshold.

        Raises:
            DesignError: no box does: the threshold is not in 1 … m.

        >>> boxes = NestedBoxes(directions=(Direction.AT_MOST,), lower=np.array([[-0.3], [-np.inf]]))
        >>> boxes.box(2.0).bounds
        (Bound(feature=0, direction=<Direction.AT_MOST: 'at_most'>, value=0.3),)
        >>> boxes.box(1.0).bounds
        ()
        """
        m = len(self.lower)
        if not (threshold == int(threshold) and 1 <= threshold <= m):
            raise DesignError(f"no box has the threshold {threshold}: give a whole number from 1 to {m}")
        asked = self.lower[m - int(threshold)]
        return Box(
            bounds=tuple(
                Bound(feature=feature, direction=direction, value=direction.sign * float(bound))
                for feature, (direction, bound) in enumerate(zip(self.directions, asked, strict=True))
                if bound > -np.inf
            )
        )
