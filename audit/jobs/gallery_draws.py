"""Draws what a gallery may show of a sample: its wrong masks, its right ones, those that settings differ in.

Everything comes in the order of hashed tickets, so whatever is shown first was chosen by chance and not by
taste, and anybody can tell that it was. A mention has the same ticket under every setting: where they can,
galleries show the same mentions.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from audit.jobs.review_state import Outcome, ReviewState
from audit.review.tickets import ticket_of
from db.records import Reason, Unit, UnitMask

WRONG = (Outcome.INCORRECT, Outcome.MISSING)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownMask:
    """What some settings made of a mention, and what became of it.

    Attributes:
        settings: that made it, at least one.
        mask_id: None where they made nothing.
        reasons: of the verdict.
    """

    settings: tuple[str, ...]
    mask_id: str | None
    outcome: Outcome
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Specimen:
    """A mention, and one of its masks or two."""

    unit: Unit
    masks: tuple[ShownMask, ...]

    @property
    def pictures(self) -> frozenset[tuple[str | None, frozenset[str | None]]]:
        """What tells its pictures apart: the mask, and the masks that share its crop."""
        together = frozenset(mask.mask_id for mask in self.masks)
        return frozenset((mask.mask_id, together) for mask in self.masks)


def wrong_masks(state: ReviewState, setting: str) -> tuple[Specimen, ...]:
    """Give the masks of a setting that were judged incorrect, by ticket."""
    return _with_outcome(state, setting, Outcome.INCORRECT)


def right_masks(state: ReviewState, setting: str) -> tuple[Specimen, ...]:
    """Give the masks of a setting that were judged correct, by ticket."""
    return _with_outcome(state, setting, Outcome.CORRECT)


def discordant_pairs(state: ReviewState, a: str, b: str) -> tuple[Specimen, ...]:
    """Give the mentions of which one setting's mask is right and the other's wrong or missing, by ticket.

    The mask of `a` comes first.
    """
    found = []
    for unit, one, other, *outcomes in zip(
        state.units,
        state.masks_made[a],
        state.masks_made[b],
        state.outcomes[a],
        state.outcomes[b],
        strict=True,
    ):
        if Outcome.CORRECT in outcomes and any(outcome in WRONG for outcome in outcomes):
            pair = (shown_mask(state, one, outcomes[0]), shown_mask(state, other, outcomes[1]))
            found.append(Specimen(unit=unit, masks=pair))
    return by_ticket(state, found)


def distinct_wrong_masks(state: ReviewState) -> tuple[Specimen, ...]:
    """Give the masks of all settings that were judged incorrect, by ticket; one that several made, once."""
    units = {unit.unit_id: unit for unit in state.units}
    makers: dict[tuple[int, str], list[str]] = {}
    for setting, made in state.masks_made.items():
        for each in made:
            if each.mask_id is not None and state.outcome_of_mask(each.mask_id) is Outcome.INCORRECT:
                makers.setdefault((each.unit_id, each.mask_id), []).append(setting)
    return by_ticket(
        state,
        (
            Specimen(
                unit=units[unit_id],
                masks=(
                    ShownMask(
                        settings=tuple(settings),
                        mask_id=mask_id,
                        outcome=Outcome.INCORRECT,
                        reasons=state.reasons_of(mask_id),
                    ),
                ),
            )
            for (unit_id, mask_id), settings in makers.items()
        ),
    )


def _with_outcome(state: ReviewState, setting: str, wanted: Outcome) -> tuple[Specimen, ...]:
    rows = zip(state.units, state.masks_made[setting], state.outcomes[setting], strict=True)
    found = (
        Specimen(unit=unit, masks=(shown_mask(state, made, outcome),))
        for unit, made, outcome in rows
        if outcome is wanted
    )
    return by_ticket(state, found)


def shown_mask(state: ReviewState, made: UnitMask, outcome: Outcome) -> ShownMask:
    """Give what one setting made of a mention."""
    return ShownMask(
        settings=(made.setting,),
        mask_id=made.mask_id,
        outcome=outcome,
        reasons=state.reasons_of(made.mask_id),
    )


def by_ticket(state: ReviewState, specimens: Iterable[Specimen]) -> tuple[Specimen, ...]:
    """Give specimens in the order of hashed tickets, those of one mention together."""
    # Not the ticket that the sample was drawn by: the smallest of those belong to the entities of which
    # there were most to choose from. Masks of one mention come in the order of their ids, which are hashes.
    seed = state.sample.seed
    return tuple(
        sorted(
            specimens,
            key=lambda each: (
                ticket_of("gallery", seed, each.unit.annotation_id),
                each.unit.unit_id,
                each.masks[0].mask_id or "",
            ),
        )
    )
