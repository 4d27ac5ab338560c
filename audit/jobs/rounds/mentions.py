"""Which units of two samples are the same mention, and of which both settings' masks are the same."""

from collections.abc import Iterator
from dataclasses import dataclass

from audit.jobs.review_state import Outcome, ReviewState
from db.records import Unit, UnitMask
from reports.rounds.content import SharedMentions


@dataclass(frozen=True, slots=True, kw_only=True)
class CommonUnit:
    """A mention that both samples hold.

    Attributes:
        old: its place among the old sample's units.
        new: its place among the new one's.
        is_asked_alike: its entity has the same name and the same question, so that a verdict means the same.
    """

    old: int
    new: int
    is_asked_alike: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CommonMask:
    """What a setting made of a common mention, in each round."""

    unit: CommonUnit
    old: UnitMask
    new: UnitMask
    old_outcome: Outcome
    new_outcome: Outcome

    @property
    def is_same(self) -> bool:
        """The very same pixels of the same mention, or a mask in neither."""
        return self.old.mask_id == self.new.mask_id and self.old.state == self.new.state


def common_units(old: ReviewState, new: ReviewState) -> tuple[CommonUnit, ...]:
    """Give the mentions of both samples, in the order of the new one.

    An id that stands for another entity or image now is another mention: made-up ids count rows of a file.
    """
    place = {mention_key(unit): number for number, unit in enumerate(old.units)}
    return tuple(
        CommonUnit(
            old=place[mention_key(unit)],
            new=number,
            is_asked_alike=_asked(old.units[place[mention_key(unit)]]) == _asked(unit),
        )
        for number, unit in enumerate(new.units)
        if mention_key(unit) in place
    )


def shared_mentions(old: ReviewState, new: ReviewState, common: tuple[CommonUnit, ...]) -> SharedMentions:
    """Count the mentions of both samples."""
    ids = {unit.mention_id for unit in old.units}
    return SharedMentions(
        n_old=len(old.units),
        n_new=len(new.units),
        n_common=len(common),
        n_renamed=sum(unit.mention_id in ids for unit in new.units) - len(common),
        n_asked_otherwise=sum(not each.is_asked_alike for each in common),
    )


def common_masks(
    old: ReviewState, new: ReviewState, common: tuple[CommonUnit, ...], setting: str
) -> Iterator[CommonMask]:
    """Give what a setting that both samples hold made of each common mention."""
    made, outcomes = (
        (old.masks_made[setting], new.masks_made[setting]),
        (
            old.outcomes[setting],
            new.outcomes[setting],
        ),
    )
    for unit in common:
        yield CommonMask(
            unit=unit,
            old=made[0][unit.old],
            new=made[1][unit.new],
            old_outcome=outcomes[0][unit.old],
            new_outcome=outcomes[1][unit.new],
        )


def mention_key(unit: Unit) -> tuple[str, str, str]:
    """Give what tells a mention from every other one of either round."""
    return unit.mention_id, unit.entity_id, unit.image_id


def _asked(unit: Unit) -> tuple[str | None, str | None]:
    return unit.entity_name, unit.question
