"""Chooses masks by a filter, in the order of the galleries' tickets; tells what to loosen where none fit."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from audit.jobs.estimates import size_class
from audit.jobs.gallery_draws import ShownMask, Specimen, by_ticket, discordant_pairs
from audit.jobs.report_board.mask_filter import Facet, MaskFilter
from audit.jobs.report_board.offered import OUTCOMES
from audit.jobs.review_state import Outcome, ReviewState
from db.records import Unit

PAGE_SIZE = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskPage:
    """Some of the masks that were chosen.

    Attributes:
        number: of the page, from 1.
        n_pages: at least 1.
    """

    specimens: tuple[Specimen, ...]
    number: int
    n_pages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Loosening:
    """A facet that hides masks.

    Attributes:
        n: specimens that would be shown without it, at least 1.
        loosened: the filter without it.
    """

    facet: Facet
    n: int
    loosened: MaskFilter


def chosen_masks(state: ReviewState, wanted: MaskFilter) -> tuple[Specimen, ...]:
    """Give the masks that a filter lets through, by ticket.

    A mask that several settings made of a mention comes once. Where two settings are held against each other,
    both their masks come together; outcome and size are then the first's, reason and reviewer either's.
    """
    setting, against = wanted.get(Facet.SETTING), wanted.get(Facet.AGAINST)
    if setting is not None and against is not None:
        pairs = discordant_pairs(state, setting, against) if setting != against else ()
        return tuple(pair for pair in pairs if _is_wanted(state, pair, wanted))
    return by_ticket(state, (each for each in _specimens(state, setting) if _is_wanted(state, each, wanted)))


def loosenings(state: ReviewState, wanted: MaskFilter) -> tuple[Loosening, ...]:
    """Give the facets without any one of which masks would be shown, the most masks first."""
    tried = ((facet, wanted.without(facet)) for facet, _ in wanted.values)
    found = (
        Loosening(facet=facet, n=len(chosen_masks(state, loosened)), loosened=loosened)
        for facet, loosened in tried
    )
    return tuple(sorted((each for each in found if each.n), key=lambda each: -each.n))


def page_of(specimens: Sequence[Specimen], number: int) -> MaskPage:
    """Give one page; a number beyond the last page gives the last."""
    n_pages = max(1, -(-len(specimens) // PAGE_SIZE))
    shown = min(max(number, 1), n_pages)
    return MaskPage(
        specimens=tuple(specimens[(shown - 1) * PAGE_SIZE : shown * PAGE_SIZE]), number=shown, n_pages=n_pages
    )


def is_unit_wanted(unit: Unit, wanted: MaskFilter) -> bool:
    """Whether a mention has the values that a filter asks of mentions."""
    has = {Facet.SPLIT: unit.stratum, Facet.CATEGORY: unit.category, Facet.SOURCE: unit.source}
    return all(has[facet] == value for facet, value in wanted.of_units.values)


def size_of(state: ReviewState, mask_id: str | None) -> str | None:
    """Give the class of a mask by its pixels; None where there is no mask."""
    return None if mask_id is None else size_class(state.areas[mask_id])


def _specimens(state: ReviewState, setting: str | None) -> Iterator[Specimen]:
    """What was made of each mention, by one setting or by all; each different mask is a specimen."""
    settings = tuple(state.masks_made) if setting is None else (setting,)
    for place, unit in enumerate(state.units):
        makers: dict[tuple[str | None, Outcome], list[str]] = {}
        for name in settings:
            made = state.masks_made[name][place]
            makers.setdefault((made.mask_id, state.outcomes[name][place]), []).append(name)
        for (mask_id, outcome), names in makers.items():
            mask = ShownMask(
                settings=tuple(names), mask_id=mask_id, outcome=outcome, reasons=state.reasons_of(mask_id)
            )
            yield Specimen(unit=unit, masks=(mask,))


def _is_wanted(state: ReviewState, specimen: Specimen, wanted: MaskFilter) -> bool:
    outcome, reason, reviewer = (wanted.get(each) for each in (Facet.OUTCOME, Facet.REASON, Facet.REVIEWER))
    size = wanted.get(Facet.SIZE)
    return (
        is_unit_wanted(specimen.unit, wanted)
        and (size is None or size_of(state, specimen.masks[0].mask_id) == size)
        and (outcome is None or specimen.masks[0].outcome in OUTCOMES[outcome])
        and (reason is None or any(reason in mask.reasons for mask in specimen.masks))
        and (reviewer is None or any(reviewer in _reviewers(state, mask) for mask in specimen.masks))
    )


def _reviewers(state: ReviewState, mask: ShownMask) -> frozenset[str]:
    if mask.mask_id is None:
        return frozenset()
    read = {each.reviewer for each in state.readings.get(mask.mask_id, ())}
    settled = state.adjudicated.get(mask.mask_id)
    return frozenset(read if settled is None else read | {settled.reviewer})
