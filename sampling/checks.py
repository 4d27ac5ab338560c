"""What every design and every estimate asks of its arguments; a refusal names the argument and its value."""

from math import isfinite

import numpy as np
from numpy.typing import NDArray

from sampling.errors import DesignError


def check_open_share(name: str, value: float) -> None:
    """Refuse a share that does not lie strictly between 0 and 1, such as a confidence or a target.

    >>> check_open_share("confidence", 0.95)
    """
    if not (isfinite(value) and 0 < value < 1):
        raise DesignError(f"{name} is {value}: give a number between 0 and 1, such as 0.95")


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
