"""On what terms a plan is made, and how it says that there is none."""

from dataclasses import dataclass, field
from math import isfinite

from sampling.checks import as_whole, check_open_share
from sampling.design.goals import Goal
from sampling.errors import DesignError

SECONDS_PER_VERDICT = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast a review goes, and how many verdicts a unit takes.

    Attributes:
        seconds_per_verdict: measured, or 3 until something is; above 0.
        verdicts_per_unit: settings with masks of their own on each unit; above 0.

    Raises:
        DesignError: a number is not above 0.
    """

    seconds_per_verdict: float = SECONDS_PER_VERDICT
    verdicts_per_unit: float = 1.0

    def __post_init__(self) -> None:
        for number in (self.seconds_per_verdict, self.verdicts_per_unit):
            if not (isfinite(number) and number > 0):
                raise DesignError(
                    f"{self.seconds_per_verdict} seconds per verdict and {self.verdicts_per_unit} verdicts "
                    "per unit are no pace: give numbers above 0"
                )

    def hours(self, n_units: float) -> float:
        """Hours that so many units take.

        >>> Pace(verdicts_per_unit=8).hours(1500)
        10.0
        """
        return n_units * self.verdicts_per_unit * self.seconds_per_verdict / 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """On what terms goals are planned.

    Attributes:
        confidence: in (0, 1).
        power: the wanted chance of a certification with one look, in (0, 1).
        pace: of the review.
        seed: of the reviews that are played to see when a sequential goal is reached, at least 0.

    Raises:
        DesignError: a number is outside its range.
    """

    confidence: float = 0.95
    power: float = 0.9
    pace: Pace = field(default_factory=Pace)
    seed: int = 1

    def __post_init__(self) -> None:
        check_open_share("confidence", self.confidence)
        check_open_share("power", self.power)
        if as_whole("the seed", self.seed) < 0:
            raise DesignError(f"the seed is {self.seed}: give a whole number of at least 0")


@dataclass(frozen=True, slots=True, kw_only=True)
class OutOfReach:
    """A goal that no sample of this frame reaches, and why, as a clause without a full stop."""

    goal: Goal
    reason: str
