"""What a sample is to show: the goal with its figure, and what follows for the draw."""

from dataclasses import dataclass

from audit.errors import InputError
from audit.settings import Settings
from sampling.design.frame import DrawnUnit
from sampling.design.goals import Goal
from sampling.sequential.fixed_width import CALIBRATED_ERROR, WIDEST

MOST_VERDICTS = 2000
"""A sample that is reviewed until its goal is reached holds so many units unless its size is given."""


FIRST_WAVE = 300
"""The first wave of a sample by risk holds so many units unless its size is given."""

BY_RISK = (Goal.DESCRIBE, Goal.ESTIMATE)
"""The goals that a draw by risk serves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """What a sample is drawn for.

    Attributes:
        target: the accuracy to certify, for `Goal.CERTIFY`.
        margin: the half width to reach, for `Goal.ESTIMATE`.
        contrast: the two settings of which only the differing masks are drawn.
        unit: what is drawn.
        by_risk: whether that is done in waves, by how likely masks are wrong.
    """

    goal: Goal
    target: float | None
    margin: float | None
    contrast: tuple[str, str] | None
    unit: DrawnUnit
    by_risk: bool = False

    @property
    def default_size(self) -> int | None:
        """How many units, at most, where nobody says; None where somebody must."""
        if not self.goal.is_sequential:
            return None
        return FIRST_WAVE if self.by_risk else MOST_VERDICTS


TO_DESCRIBE = Intent(goal=Goal.DESCRIBE, target=None, margin=None, contrast=None, unit=DrawnUnit.ENTITY)


def intent(
    goal: str | None,
    *,
    target: float | None,
    margin: float | None,
    contrast: tuple[str, str] | None,
    unit: str | None,
    settings: Settings,
) -> Intent:
    """Give the intent that options name; what they leave open comes from the workspace's settings.

    Raises:
        InputError: options that contradict each other.
    """
    named = Goal(goal) if goal else _implied(target, margin, contrast)
    if target is not None and named is not Goal.CERTIFY:
        raise InputError(f"--certify names what goal certify is to show: leave it out with --goal {named}")
    if margin is not None and named is not Goal.ESTIMATE:
        raise InputError(f"--margin names what goal estimate is to reach: leave it out with --goal {named}")
    if contrast is not None and named is not Goal.COMPARE:
        raise InputError(f"--contrast draws to compare two settings: leave it out with --goal {named}")
    if contrast is not None and unit == DrawnUnit.ANNOTATION:
        raise InputError("--contrast draws entities with differing masks: leave out --unit annotation")
    if named is Goal.ESTIMATE:
        _check_width(settings.margin if margin is None else margin, settings.confidence)
    by_default = DrawnUnit.ANNOTATION if named is Goal.TUNE else DrawnUnit.ENTITY
    return Intent(
        goal=named,
        target=(settings.target if target is None else target) if named is Goal.CERTIFY else None,
        margin=(settings.margin if margin is None else margin) if named is Goal.ESTIMATE else None,
        contrast=contrast,
        unit=DrawnUnit(unit) if unit else by_default,
    )


def _implied(target: float | None, margin: float | None, contrast: tuple[str, str] | None) -> Goal:
    if contrast is not None:
        return Goal.COMPARE
    if target is not None:
        return Goal.CERTIFY
    return Goal.DESCRIBE if margin is None else Goal.ESTIMATE


def _check_width(margin: float, confidence: float) -> None:
    if margin > WIDEST:
        raise InputError(
            f"--margin {margin:g}: stopping at a width is calibrated for half widths up to {WIDEST:g}"
        )
    if calibrated(confidence) is None:
        raise InputError(
            f"goal estimate is calibrated for a confidence up to {max(CALIBRATED_ERROR):g} and audit.toml "
            f"asks for {confidence:g}: lower it, or plan a size with `mask-audit plan`"
        )


def calibrated(confidence: float) -> float | None:
    """Give the least confidence from this one on for which stopping at a width is calibrated, if any.

    >>> calibrated(0.93), calibrated(0.999)
    (0.95, None)
    """
    return min((each for each in CALIBRATED_ERROR if each >= confidence), default=None)
