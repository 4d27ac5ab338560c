"""Which verdicts choose thresholds and which certify them, told before any of these is given."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from audit.jobs.review_state import ReviewState
from audit.jobs.tuning_masks import Flags
from audit.review.tickets import share_of, ticket_of
from db.records import Unit
from sampling.design.frame import DrawnUnit

LEARNING_SHARE = 1 / 5
"""Of what was drawn, that whose verdicts choose what to try."""

NONE = -1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class UnitParts:
    """The part of each unit of a sample.

    Attributes:
        learns: bool: its verdicts choose what to try.
        alone_under: intp: the setting, by number, whose verdict speaks alone for all that was drawn with it,
            annotations of an entity and the settings of each; `NONE` where another annotation's does.
    """

    learns: Flags
    alone_under: NDArray[np.intp]


def parts_by_wave(state: ReviewState) -> UnitParts:
    """Give each unit of a sample with a region its part under one setting: the first wave learns."""
    learns = np.array([unit.wave == 0 for unit in state.units], np.bool_)
    return UnitParts(learns=learns, alone_under=np.zeros(learns.size, np.intp))


def parts_by_ticket(state: ReviewState, *, n_settings: int) -> UnitParts:
    """Give each unit its part.

    By hashes of the sample's seed and what was drawn, an entity or an annotation: a unit keeps its part when
    the sample grows, so a verdict that was used to choose never certifies later.
    """
    seed = state.sample.seed
    of_entities = state.sample.unit == DrawnUnit.ENTITY
    keys = [unit.entity_id if of_entities else unit.mention_id for unit in state.units]
    learns = [share_of(ticket_of("learning", seed, key)) < LEARNING_SHARE for key in keys]
    chosen: dict[str, Unit] = {}
    for key, unit in zip(keys, state.units, strict=True):
        chosen[key] = min(
            chosen.get(key, unit), unit, key=lambda each: (each.annotation_ticket, each.unit_id)
        )
    under = [
        int(share_of(ticket_of("alone", seed, key)) * n_settings) if chosen[key] is unit else NONE
        for key, unit in zip(keys, state.units, strict=True)
    ]
    return UnitParts(learns=np.array(learns, np.bool_), alone_under=np.array(under, np.intp))
