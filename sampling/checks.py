"""What every design and every estimate asks of its arguments; a refusal names the argument and its value."""

from math import isfinite
from operator import index
from typing import SupportsIndex

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sampling.errors import DesignError, EstimateError


def check_open_share(name: str, value: float) -> None:
    """Refuse a share that does not lie strictly between 0 and 1, such as a confidence or a target.

    >>> check_open_share("confidence", 0.95)
    """
    if not (isfinite(value) and 0 < value < 1):
        raise DesignError(f"{name} is {value}: give a number between 0 and 1, such as 0.95")


def as_whole(name: str, value: SupportsIndex) -> int:
    """The number as an int, which neither overflows nor rounds, from whatever integer type it has.

    Raises:
        DesignError: it is no integer.

    >>> as_whole("the size", np.uint8(200)) * 200
    40000
    """
    try:
        return index(value)
    except TypeError:
        raise DesignError(f"{name} is {value}: give a whole number") from None


def as_codes(name: str, values: ArrayLike, *, least: int = 0) -> NDArray[np.intp]:
    """The codes as intp of shape (n,), so that no product of theirs overflows.

    Raises:
        EstimateError: they are no integers, not in one dimension, or one is below `least`.

    >>> as_codes("stratum", np.array([200], dtype=np.uint8)) * 200
    array([40000])
    """
    given = np.asarray(values)
    if not np.issubdtype(given.dtype, np.integer):
        raise EstimateError(f"{name} holds {given.dtype}: give integer codes")
    _refuse_shape(name, given)
    codes = given.astype(np.intp, copy=False)
    if codes.size and codes.min() < least:
        raise EstimateError(f"{name} holds {codes.min()}: give codes of at least {least}")
    return codes


def as_flags(name: str, values: ArrayLike) -> NDArray[np.bool_]:
    """What is true of which unit, shape (n,).

    Raises:
        EstimateError: it holds something else than bool, or not in one dimension.
    """
    flags = np.asarray(values)
    if flags.dtype != np.bool_:
        raise EstimateError(f"{name} holds {flags.dtype}: give bool")
    _refuse_shape(name, flags)
    return flags


def as_weights(name: str, values: ArrayLike) -> NDArray[np.float64]:
    """The weights as float64 of shape (n,), so that no square of theirs wraps around.

    Raises:
        EstimateError: they are no real numbers, or not in one dimension.
        DesignError: one is not finite or not above 0.

    >>> as_weights("weights", np.array([60_000], dtype=np.int32)) ** 2
    array([3.6e+09])
    """
    given = np.asarray(values)
    if not (np.issubdtype(given.dtype, np.integer) or np.issubdtype(given.dtype, np.floating)):
        raise EstimateError(f"{name} holds {given.dtype}: give real numbers")
    _refuse_shape(name, given)
    weights = given.astype(np.float64, copy=False)
    check_weights(name, weights)
    return weights


def _refuse_shape(name: str, values: NDArray[np.generic]) -> None:
    if values.ndim != 1:
        raise EstimateError(f"{name} has the shape {values.shape}: give one dimension")


def check_weights(name: str, weights: NDArray[np.float64]) -> None:
    """Refuse weights that are not finite or not above 0, with the first one and how many there are."""
    wrong = ~(np.isfinite(weights) & (weights > 0))
    if wrong.any():
        first = int(np.argmax(wrong))
        raise DesignError(
            f"{int(wrong.sum())} of {weights.size} {name} are not finite numbers above 0 "
            f"(the first is {weights[first]} at position {first}): leave those units out or mend the weights"
        )


def check_probabilities(name: str, probabilities: NDArray[np.float64]) -> None:
    """Refuse probabilities outside (0, 1], with the first one and how many there are."""
    wrong = ~((probabilities > 0) & (probabilities <= 1))
    if wrong.any():
        first = int(np.argmax(wrong))
        raise DesignError(
            f"{int(wrong.sum())} of {probabilities.size} {name} are not above 0 and at most 1 "
            f"(the first is {probabilities[first]} at position {first}): a unit is drawn at most once"
        )
