"""What is known of a sample by risk once it is reviewed: everything drawable, its waves, the verdicts."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from audit.jobs.estimates import COUNTED
from audit.jobs.review_state import Outcome, ReviewState
from audit.jobs.risk.drawable import Drawable, drawable_of
from db.errors import UnreachableError
from db.population import Population
from db.records import Sample, WaveKind
from db.risk_frames import load_risk_frame
from sampling.risk.frame import Verdicts, Wave


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DrawnByRisk:
    """A sample by risk.

    Attributes:
        everything: that could be drawn.
        waves: that drew its units.
        positions: of its units in everything, in the order of the units.
    """

    everything: Drawable
    waves: tuple[Wave, ...]
    positions: NDArray[np.intp]

    def verdicts(self, state: ReviewState, setting: str) -> Verdicts:
        """Give what the review said of the units under one setting; those that do not count are left out."""
        outcomes = state.outcomes[setting]
        counts = np.array([outcome in COUNTED for outcome in outcomes], dtype=np.bool_)
        is_wrong = np.array([outcome is not Outcome.CORRECT for outcome in outcomes], dtype=np.bool_)
        return Verdicts(units=self.positions[counts], is_wrong=is_wrong[counts])


def is_by_risk(sample: Sample) -> bool:
    """Tell whether a sample was drawn by risk."""
    return bool(sample.waves) and sample.waves[0].kind is WaveKind.RISK


@dataclass(frozen=True, slots=True, kw_only=True)
class LostFrame:
    """What a sample by risk was drawn from is not known any more, and why, as a sentence."""

    reason: str


RiskDraw = DrawnByRisk | LostFrame
"""A sample by risk, with or without what was not drawn."""


def load_drawn_by_risk(population: Population, state: ReviewState) -> DrawnByRisk:
    """Load what a sample by risk was drawn from.

    Raises:
        UnreachableError: the file is gone or damaged.
    """
    everything = drawable_of(load_risk_frame(population, state.sample.waves[-1].frame or ""))
    return DrawnByRisk(
        everything=everything,
        waves=everything.drawn(state.units),
        positions=everything.positions([unit.annotation_id for unit in state.units]),
    )


def find_risk_draw(population: Population, state: ReviewState) -> RiskDraw | None:
    """Load what a sample was drawn from, if it can be; give None for a sample that was not drawn by risk."""
    if not is_by_risk(state.sample):
        return None
    try:
        return load_drawn_by_risk(population, state)
    except UnreachableError as error:
        return LostFrame(reason=f"What the sample was drawn from is not at hand: {error}.")
