"""What the learning verdicts, or a prior, say of every mask, and the path of nested boxes that follows.

All of it happens before the verdicts that certify are looked at; nothing here has to be right for the
guarantee to hold, it only decides how much is kept.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from sampling.errors import DesignError
from sampling.risk.model import fit_risk_model, rank_normal_scores
from sampling.thresholds.boxes import Direction, NestedBoxes, towards_kept
from sampling.thresholds.judged import JudgedMasks

Floats = NDArray[np.float64]

N_BOXES = 100
MOST_PEELED = 200_000
"""Of a larger population every so manieth mask in the order of the risk is peeled: bounds need no more."""


def learned_risk(features: Floats, learning: JudgedMasks) -> Floats:
    """How probable it is that each mask is wrong, by a ridge logistic model of the learning verdicts.

    The model sees clipped normal scores of the features' ranks, so only the order of their values counts; an
    unknown value is in the middle, and a column of its own says that it is unknown. Weights are left out:
    the model is of who is right given the features.

    Args:
        features: of the population, shape (N, f), NaN where unknown.
        learning: verdicts that will not certify.

    Returns:
        In [0.002, 0.998], shape (N,); the same for all where the verdicts tell nothing.

    Raises:
        DesignError: no mask, no feature, or an infinite value.
        EstimateError: a position outside the population.

    >>> features = np.linspace(0, 1, 101)[:, np.newaxis]
    >>> judged = JudgedMasks(position=np.arange(101), correct=np.arange(101) > 30, weight=np.ones(101))
    >>> learned_risk(features, judged)[[0, 50, 100]].round(2)
    array([0.99, 0.12, 0.  ])
    """
    learning.check_within(len(features))
    scores = _scores(features)
    model = fit_risk_model(scores[learning.position], ~learning.correct)
    return model.predict(scores)


def prior_risk(features: Floats, directions: tuple[Direction, ...]) -> Floats:
    """An order of the masks that nobody had to learn: the mean rank of what each feature speaks against them.

    Unknown counts as the worst. Good for `nested_boxes`; it is no probability.

    Args:
        features: of the population, shape (N, f), NaN where unknown.
        directions: on which side of each feature masks are taken to be better.

    Returns:
        In [0, 1), shape (N,): the mean share of masks that the features speak better of.

    Raises:
        DesignError: shapes that do not match, or an infinite value.

    >>> prior_risk(np.array([[0.9, 3.0], [0.1, 8.0]]), (Direction.AT_LEAST, Direction.AT_MOST))
    array([0. , 0.5])
    """
    turned = towards_kept(features, directions)
    below = [np.searchsorted(np.sort(column), column, side="right") for column in turned.T]
    return np.asarray(1 - np.mean(below, axis=0) / len(features))


def _scores(features: Floats) -> Floats:
    if features.ndim != 2 or 0 in features.shape:
        raise DesignError(
            f"the features have the shape {features.shape}: give masks by features, one or more"
        )
    unknown = np.isnan(features)
    known = np.where(unknown, np.nanmedian(np.where(unknown.all(axis=0), 0.0, features), axis=0), features)
    return rank_normal_scores(np.hstack([known, unknown[:, unknown.any(axis=0)].astype(np.float64)]))


def nested_boxes(
    features: Floats,
    risk: Floats,
    *,
    directions: tuple[Direction, ...] | None = None,
    n_boxes: int = N_BOXES,
) -> NestedBoxes:
    """The path of boxes that peels off, a thin slab at a time, what the risk speaks most against.

    From the box that holds all masks, each step raises one bound so that about N/n_boxes of the masks held
    leave with it (masks of equal value together, and those whose value is unknown where the feature had no
    bound); it takes the feature whose slab, or a longer one, has the highest mean risk: unknown values in
    front of the worst known ones would otherwise hide them for ever. Seen backwards the boxes nest from
    strict to loose.

    With one feature the boxes are thresholds at equal steps of what is kept, whatever the size of the risk.

    Args:
        features: of the population, shape (N, f), NaN where unknown.
        risk: `learned_risk`, `prior_risk`, or any other score that is higher for what should go, shape (N,).
        directions: one per feature; None for those in which the risk falls over the known values.
        n_boxes: steps at most, at least 1; fewer where many masks share their values.

    Raises:
        DesignError: shapes that do not match, values that are infinite, or a risk that is not finite.

    Source: Friedman and Fisher, "Bump hunting in high-dimensional data", Statistics and Computing 9 (1999)
    123–143 (top-down peeling), with a modelled mean in place of that of the slab's own few verdicts.

    >>> features, risk = np.array([[0.1], [0.4], [0.6], [0.9]]), np.array([0.4, 0.3, 0.2, 0.1])
    >>> boxes = nested_boxes(features, risk, n_boxes=4)
    >>> boxes.directions, boxes.lower.ravel()
    ((<Direction.AT_LEAST: 'at_least'>,), array([ 0.9,  0.6,  0.4, -inf]))
    """
    if features.ndim != 2 or 0 in features.shape or risk.shape != features.shape[:1]:
        raise DesignError(f"{risk.shape} risks and features {features.shape} do not match: give one per mask")
    if not np.isfinite(risk).all() or n_boxes < 1:
        raise DesignError(f"{n_boxes} boxes by such a risk cannot be: give finite risks and at least one box")
    peeled = np.argsort(risk, kind="stable")[:: -(-risk.size // MOST_PEELED)]
    features, risk = features[peeled], risk[peeled]
    if directions is None:
        directions = tuple(_direction(column, risk) for column in features.T)
    peeling = _Peeling(towards_kept(features, directions), risk)
    step = -(-risk.size // n_boxes)
    lower = [np.full(len(directions), -np.inf)]
    while (slab := peeling.worst_slab(step)) is not None:
        peeling.peel(slab)
        bounds = lower[-1].copy()
        bounds[slab.feature] = slab.bound
        lower.append(bounds)
    return NestedBoxes(directions=directions, lower=np.array(lower[::-1]))


def _direction(column: Floats, risk: Floats) -> Direction:
    known = ~np.isnan(column)
    ranks = rankdata(column[known])
    rises = float((ranks - ranks.mean()) @ risk[known]) > 0 if ranks.size else False
    return Direction.AT_MOST if rises else Direction.AT_LEAST


@dataclass(frozen=True, slots=True, kw_only=True)
class _Slab:
    """The n_masks worst masks of a feature, and the bound that leaves them out.

    `promise` is the highest mean risk of these and any number of the next worst.
    """

    feature: int
    n_masks: int
    bound: float
    promise: float


class _Peeling:
    """The masks that are still held, in the order of every feature."""

    def __init__(self, turned: Floats, risk: Floats) -> None:
        self._turned = turned
        self._risk = risk
        self._orders = [np.argsort(column, kind="stable") for column in turned.T]

    def worst_slab(self, step: int) -> _Slab | None:
        slabs = [self._slab(feature, step) for feature in range(len(self._orders))]
        return max((slab for slab in slabs if slab), key=lambda slab: slab.promise, default=None)

    def _slab(self, feature: int, step: int) -> _Slab | None:
        order = self._orders[feature]
        if order.size <= step:
            return None
        values = self._turned[order, feature]
        n_masks = int(np.searchsorted(values, values[step - 1], side="right"))
        if n_masks == order.size:
            return None
        means = np.cumsum(self._risk[order]) / np.arange(1, order.size + 1)
        return _Slab(
            feature=feature,
            n_masks=n_masks,
            bound=float(values[n_masks]),
            promise=float(means[n_masks - 1 : -1].max()),
        )

    def peel(self, slab: _Slab) -> None:
        held = np.ones(self._risk.size, dtype=np.bool_)
        held[self._orders[slab.feature][: slab.n_masks]] = False
        self._orders = [order[held[order]] for order in self._orders]
