"""What is known of units as covariates without gaps, and a first guess at their risk from it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from sampling.errors import DesignError


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Covariate:
    """A number that is known of some units; arrays of one length.

    Attributes:
        values: float64; read only where it is known.
        is_known: bool.
    """

    values: NDArray[np.float64]
    is_known: NDArray[np.bool_]

    def __post_init__(self) -> None:
        if self.values.shape != self.is_known.shape or self.values.ndim != 1:
            raise DesignError(
                f"a covariate has {self.values.shape} values and {self.is_known.shape} marks: give one each"
            )


def without_gaps(covariates: Sequence[Covariate]) -> NDArray[np.float64]:
    """The covariates as a table, N × k: the median where one is not known, and a column that says where.

    A covariate that is known of every unit has one column, one of no unit none, every other two.

    >>> gappy = Covariate(values=np.array([1.0, 0.0, 3.0]), is_known=np.array([True, False, True]))
    >>> without_gaps([gappy]).tolist()
    [[1.0, 0.0], [2.0, 1.0], [3.0, 0.0]]
    """
    columns = [column for covariate in covariates for column in _columns(covariate)]
    n_units = len(covariates[0].values) if covariates else 0
    return np.column_stack(columns) if columns else np.empty((n_units, 0))


def _columns(covariate: Covariate) -> list[NDArray[np.float64]]:
    known = covariate.is_known
    if known.all():
        return [covariate.values.astype(np.float64)]
    if not known.any():
        return []
    filled = np.where(known, covariate.values, np.median(covariate.values[known]))
    return [filled, (~known).astype(np.float64)]


def riskier_where_low(signals: Sequence[Covariate]) -> NDArray[np.float64] | None:
    """A guess at the risk of every unit, in (0, 1): the lower the signals, the riskier.

    The mean over the signals of 1 − (rank − ½)/n among the n units of which it is known, ½ where it is not.

    Returns:
        None where no signal is known of any unit.

    >>> agreement = Covariate(values=np.array([0.9, 0.2, 0.0]), is_known=np.array([True, True, False]))
    >>> riskier_where_low([agreement]).tolist()
    [0.25, 0.75, 0.5]
    """
    told = [signal for signal in signals if signal.is_known.any()]
    if not told:
        return None
    guess: NDArray[np.float64] = np.mean([_from_ranks(signal) for signal in told], axis=0)
    return guess


def _from_ranks(signal: Covariate) -> NDArray[np.float64]:
    guess = np.full(len(signal.values), 0.5)
    known = signal.values[signal.is_known]
    guess[signal.is_known] = 1 - (rankdata(known) - 0.5) / len(known)
    return guess
