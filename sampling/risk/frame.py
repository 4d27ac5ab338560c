"""What is drawn in waves and what is known of it: the units, the waves, the verdicts."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sampling.checks import check_weights
from sampling.errors import DesignError, EstimateError
from sampling.risk.model import rank_normal_scores


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskFrame:
    """The units that can be drawn; arrays of length N.

    Attributes:
        scores: N × k, from `rank_normal_scores`; k is 0 where there are no covariates.
        target: a_i, the share of unit i in what is estimated, Σ a_i y_i; above 0, Σ a_i = 1.
        strata: the number of the unit's stratum; every stratum gets its share of a wave to within one unit.
        tickets: permanent random numbers in (0, 1): they order units of the same risk and deal out folds.
    """

    scores: NDArray[np.float64]
    target: NDArray[np.float64]
    strata: NDArray[np.intp]
    tickets: NDArray[np.float64]

    @property
    def n_units(self) -> int:
        """N."""
        return len(self.target)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wave:
    """What one wave drew, and how likely it was to draw each unit.

    Attributes:
        units: positions in the frame of what was drawn.
        probabilities: for each of the N units the probability that this wave draws it, given the earlier
            waves did not draw it. It never depends on the unit's own verdict: see `next_wave`.
    """

    units: NDArray[np.intp]
    probabilities: NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicts:
    """What the review said of the drawn units that could be judged.

    Attributes:
        units: positions in the frame, each once.
        is_wrong: the verdict of each.
    """

    units: NDArray[np.intp]
    is_wrong: NDArray[np.bool_]

    def __post_init__(self) -> None:
        if len(self.units) != len(self.is_wrong):
            raise EstimateError(f"{len(self.units)} units have {len(self.is_wrong)} verdicts: give one each")
        if len(np.unique(self.units)) != len(self.units):
            raise EstimateError("a unit has two verdicts: settle on one before estimating")


def risk_frame(
    covariates: NDArray[np.float64],
    tickets: NDArray[np.float64],
    *,
    target: NDArray[np.float64] | None = None,
    strata: NDArray[np.intp] | None = None,
) -> RiskFrame:
    """The frame of units with these covariates; without a target every unit counts the same.

    Args:
        covariates: N × k, k may be 0; what they mean does not matter, only their order.
        tickets: N numbers in (0, 1).
        target: N weights above 0, on any scale: 1 for the share of all units, N_e for annotations where a
            unit stands for an entity, the stratum's share over its size for a mix of strata.
        strata: N stratum numbers.

    Raises:
        DesignError: lengths differ, or a value is outside its range.

    >>> frame = risk_frame(np.empty((2, 0)), np.array([0.3, 0.6]), target=np.array([1.0, 3.0]))
    >>> frame.target.tolist()
    [0.25, 0.75]
    """
    n_units = len(covariates)
    target = np.ones(n_units) if target is None else target
    strata = np.zeros(n_units, dtype=np.intp) if strata is None else strata
    for name, values in (("tickets", tickets), ("target weights", target), ("strata", strata)):
        if len(values) != n_units:
            raise DesignError(f"there are {len(values)} {name} for {n_units} units: give one for each")
    check_weights("target weights", target)
    if not ((tickets > 0) & (tickets < 1)).all():
        raise DesignError("a ticket is not between 0 and 1: give each unit a number in (0, 1)")
    return RiskFrame(
        scores=rank_normal_scores(covariates), target=target / target.sum(), strata=strata, tickets=tickets
    )


def drawn_units(waves: tuple[Wave, ...]) -> NDArray[np.intp]:
    """Positions of everything the waves drew, in the order of the waves; no unit comes twice."""
    return np.concatenate([np.empty(0, dtype=np.intp), *(wave.units for wave in waves)])


def overall_probabilities(waves: tuple[Wave, ...], n_units: int) -> NDArray[np.float64]:
    """ρ_i = 1 − Π_t (1 − π_ti): the probability that one of the waves draws unit i; of N units."""
    missed = np.ones(n_units)
    for wave in waves:
        missed *= 1 - wave.probabilities
    return 1 - missed


def check_judged(verdicts: Verdicts, waves: tuple[Wave, ...]) -> None:
    """Refuse verdicts of units that no wave drew."""
    n_strange = int((~np.isin(verdicts.units, drawn_units(waves))).sum())
    if n_strange:
        raise EstimateError(f"{n_strange} verdicts are of units that were not drawn: leave them out")
