"""What reviewers said of units, as small whole numbers in arrays."""

from dataclasses import dataclass, fields
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from sampling.checks import as_codes, as_weights, check_probabilities
from sampling.errors import EstimateError


class Reading(IntEnum):
    """What one reviewer said of one unit."""

    NONE = -1
    """The reviewer did not read it."""
    INCORRECT = 0
    CORRECT = 1
    UNSURE = 2


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SecondReadings:
    """A sample in which every unit was read once and some a second time, by somebody else, who decides.

    One row per unit that can be judged; a unit that is wrong without review (no mask) is `INCORRECT` twice
    with probability 1. Codes of any integer type become intp, weights of any real type float64.

    Only the draw decides whose second reading counts: one that was given beside it, for whatever reason, says
    nothing of the units that were not drawn, and is not handed in.

    Attributes:
        strata: int (n,); codes of the strata the units were drawn from.
        weights: float (n,); finite and above 0. All 1 for the share of the sample as allocated.
        first: int (n,); `CORRECT`, `INCORRECT` or `UNSURE`.
        second: int (n,); the same; `NONE` where the unit is not to be read again, or awaits it.
        chosen: bool (n,); whether the unit was drawn to be read again, which a probability of 1 is.
        probabilities: float (n,); in (0, 1]: the chance that the unit had to be read again, fixed before it
            was known whether it would be, and independent from unit to unit. It may depend on the first
            verdict: 1 for every incorrect and unsure one, a share for the correct ones.

    Raises:
        EstimateError: no unit; arrays of different lengths; a value that is no `Reading`; a second reading of
            a unit that was not drawn; one that was certain to be drawn and was not.
        DesignError: a weight or a probability outside its range.
    """

    strata: NDArray[np.integer]
    weights: NDArray[np.float64]
    first: NDArray[np.integer]
    second: NDArray[np.integer]
    chosen: NDArray[np.bool_]
    probabilities: NDArray[np.float64]

    def __post_init__(self) -> None:
        shapes = {field.name: getattr(self, field.name).shape for field in fields(self)}
        if len(set(shapes.values())) > 1 or self.first.ndim != 1 or self.first.size == 0:
            listed = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
            raise EstimateError(f"the arrays have the shapes {listed}: give one entry per unit, of 1 or more")
        check_readings("first readings", self.first, allowed=DECISIONS)
        check_readings("second readings", self.second, allowed=(Reading.NONE, *DECISIONS))
        for name in ("strata", "first", "second"):
            object.__setattr__(self, name, as_codes(name, getattr(self, name), least=Reading.NONE))
        object.__setattr__(self, "weights", as_weights("weights", self.weights))
        check_probabilities("probabilities of a second reading", self.probabilities)
        self._check_draw()

    def _check_draw(self) -> None:
        n_beside = int(((self.second != Reading.NONE) & ~self.chosen).sum())
        if n_beside:
            raise EstimateError(
                f"{n_beside} units have a second reading for which they were not drawn: leave it out"
            )
        n_certain = int(((self.probabilities == 1) & ~self.chosen).sum())
        if n_certain:
            raise EstimateError(
                f"{n_certain} units were certain to be drawn for a second reading and are not: mark them"
            )


DECISIONS = (Reading.INCORRECT, Reading.CORRECT, Reading.UNSURE)


def check_readings(name: str, readings: NDArray[np.integer], *, allowed: tuple[Reading, ...]) -> None:
    """Refuse values that are none of the allowed readings, with the first one."""
    wrong = ~np.isin(readings, allowed)
    if wrong.any():
        listed = ", ".join(f"{reading.value} ({reading.name.lower()})" for reading in allowed)
        raise EstimateError(
            f"{int(wrong.sum())} of {readings.size} {name} are none of {listed} "
            f"(the first is {readings[wrong][0]}): give codes of Reading"
        )
