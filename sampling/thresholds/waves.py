"""Tuning in two waves: the first teaches the boxes, the second is drawn where a certificate is in reach."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sampling.errors import DesignError
from sampling.thresholds.kept import Guarantee
from sampling.thresholds.path import ThresholdPath, threshold_path

Floats = NDArray[np.float64]

REACH = 0.8
"""A box is in reach if it is expected to hold at most this many times the errors that the target allows.

Below 1, as a box that is just accurate enough cannot be certified, and the model is fitted to its verdicts.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateRegion:
    """The part of the population that the verdicts of the second wave are drawn from.

    Attributes:
        threshold: masks with at least this score are in it; as a box, `NestedBoxes.box(threshold)`.
        share: of the population, in (0, 1].
        expected_error: the mean risk in it.
    """

    threshold: float
    share: float
    expected_error: float


def candidate_region(
    scores: Floats, risk: Floats, guarantee: Guarantee, *, reach: float = REACH
) -> CandidateRegion | None:
    """The loosest box whose expected share of errors is at most reach·(1 − target); None where none is.

    Verdicts on masks outside it would be spent on boxes that will not be certified; those inside count more
    often for those that can be. Whatever region is chosen, the guarantee holds if the verdicts that certify
    are a simple random sample of it and none of them was known when it was chosen. Where masks of the first
    wave are not drawn again it is about the others: that matters where they are a large part of the region.

    Args:
        scores: of the population along the path of boxes (`NestedBoxes.scores`), shape (N,).
        risk: `learned_risk` of the population, shape (N,).
        guarantee: target and confidence.
        reach: above 0; 0.6 to 1.0 keep about as much (`benchmarks/thresholds.py`), more costs verdicts.

    Raises:
        DesignError: shapes that do not match, no mask, or a reach that is not above 0.

    >>> scores, risk = np.arange(10.0), np.linspace(0.3, 0.0, 10)
    >>> candidate_region(scores, risk, Guarantee(target=0.9)).threshold
    5.0
    """
    if scores.shape != risk.shape or scores.size == 0 or not reach > 0:
        raise DesignError(
            f"{scores.shape} scores, {risk.shape} risks and the reach {reach} make no region: "
            "give one of each per mask, and a reach above 0"
        )
    order = np.argsort(-scores, kind="stable")
    falling = scores[order]
    expected = np.cumsum(risk[order]) / np.arange(1, risk.size + 1)
    is_last_of_its_score = np.append(falling[1:] < falling[:-1], True)
    within = np.flatnonzero(is_last_of_its_score & (expected <= reach * (1 - guarantee.target)))
    if not within.size:
        return None
    last = within[-1]
    return CandidateRegion(
        threshold=float(falling[last]),
        share=float((last + 1) / scores.size),
        expected_error=float(expected[last]),
    )


def path_inside(
    scores: Floats, region: CandidateRegion, guarantee: Guarantee, *, n_verdicts: int
) -> ThresholdPath:
    """The path for verdicts that were drawn inside the region; its shares are of the whole population.

    Args:
        scores: of the population, shape (N,).
        region: what the verdicts were drawn from.
        guarantee: target and confidence.
        n_verdicts: verdicts of the second wave, at least 1.

    Raises:
        DesignError: no mask is in the region, or no verdict.

    >>> region = CandidateRegion(threshold=2.0, share=0.8, expected_error=0.12)
    >>> path = path_inside(np.arange(10.0), region, Guarantee(target=0.5), n_verdicts=20)
    >>> float(path.thresholds[-1]), round(float(path.shares[-1]), 3)
    (2.0, 0.8)
    """
    inside = scores[scores >= region.threshold]
    path = threshold_path(inside, guarantee, n_verdicts=n_verdicts)
    return replace(path, shares=path.shares * (inside.size / scores.size))
