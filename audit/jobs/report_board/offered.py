"""What a filter can ask for: the values that some mask of the sample has."""

from collections.abc import Mapping
from dataclasses import dataclass

from audit.jobs.estimates import SIZE_CLASSES, size_class
from audit.jobs.report_board.mask_filter import Facet, MaskFilter
from audit.jobs.review_state import Outcome, ReviewState
from db.records import Reason

REVIEWED, COUNTED = "reviewed", "counted"

OUTCOMES: Mapping[str, frozenset[Outcome]] = {
    **{outcome.name.lower(): frozenset({outcome}) for outcome in Outcome},
    REVIEWED: frozenset({Outcome.CORRECT, Outcome.INCORRECT, Outcome.UNSURE}),
    COUNTED: frozenset({Outcome.CORRECT, Outcome.INCORRECT, Outcome.MISSING}),
}
"""Each outcome, and what tables count together, by the names that stand in the address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFilter:
    """A filter as somebody wrote it.

    Attributes:
        wanted: what can be asked for.
        unknown: what cannot, as (facet, value).
    """

    wanted: MaskFilter
    unknown: tuple[tuple[Facet, str], ...]


def offered_values(state: ReviewState) -> dict[Facet, tuple[str, ...]]:
    """Give the values of each facet, in the order in which people look for them."""
    settings = tuple(setting.setting for setting in state.settings)
    found = {outcome for outcomes in state.outcomes.values() for outcome in outcomes}
    named = {reason for mask_id in state.settled for reason in state.reasons_of(mask_id)}
    who = {each.reviewer for each in (*state.standing, *state.adjudications)}
    sizes = {size_class(area) for area in state.areas.values()}
    splits = {unit.stratum for unit in state.units}
    return {
        Facet.SPLIT: tuple(each.split for each in state.sample.strata if each.split in splits),
        Facet.CATEGORY: tuple(sorted({unit.category for unit in state.units if unit.category})),
        Facet.SOURCE: tuple(sorted({unit.source for unit in state.units if unit.source})),
        Facet.SETTING: settings,
        Facet.AGAINST: settings if len(settings) > 1 else (),
        Facet.SIZE: tuple(size for size in SIZE_CLASSES if size in sizes),
        Facet.OUTCOME: tuple(name for name, outcomes in OUTCOMES.items() if outcomes & found),
        Facet.REASON: tuple(reason.value for reason in Reason if reason in named),
        Facet.REVIEWER: tuple(sorted(who)),
    }


def read_filter(parameters: Mapping[str, str], offered: Mapping[Facet, tuple[str, ...]]) -> ReadFilter:
    """Give the filter that an address asks for."""
    asked = {facet: parameters[facet] for facet in Facet if parameters.get(facet)}
    known = {facet: value for facet, value in asked.items() if value in offered[facet]}
    return ReadFilter(
        wanted=MaskFilter.of(known),
        unknown=tuple((facet, value) for facet, value in asked.items() if facet not in known),
    )
