"""Runs a design over the population: which mentions are drawn, and with what probability."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from audit.errors import InputError
from audit.jobs.draw_parts import Drawers, DrawRequest, draw_in_parts, refuse_indivisible
from db.drawing import Draw, DrawnRow, FrameStratum, Phase1, open_draw
from db.records import DifferingSizes, Stratum
from sampling.design.allocation import NOTHING, allocate, explicit_allocation, grow, least_sizes
from sampling.design.allocation_rules import PROPORTIONAL, AllocationRule
from sampling.design.frame import Across, Candidate, DrawnUnit
from sampling.design.pareto import numbers_of, pareto_draw, planned_odds
from sampling.design.pareto_probabilities import inclusion_probabilities
from sampling.design.phase_one import SizeMeasure
from sampling.design.selection import draw
from sampling.design.weights import (
    Weights,
    annotation_draw_weights,
    entity_draw_weights,
    unequal_draw_weights,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Explicit:
    """A size for each split that is drawn from."""

    sizes: Mapping[str, int]

    def __str__(self) -> str:
        return ", ".join(f"{split}={n}" for split, n in self.sizes.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """A size in all, shared out by a rule, but for splits whose size is fixed.

    Attributes:
        minimum: units of every split at least, or all that it has.
        is_cap: the size is a limit; where the frame has fewer, all of it.
    """

    size: int
    rule: AllocationRule = PROPORTIONAL
    fixed: Mapping[str, int] = field(default_factory=dict)
    minimum: int = 0
    is_cap: bool = False

    def __str__(self) -> str:
        shares = "in proportion" if self.rule == PROPORTIONAL else str(self.rule)
        least = f", at least {self.minimum} each" if self.minimum else ""
        fixed = "".join(f", {split}={n} fixed" for split, n in self.fixed.items())
        return f"{self.size} {shares}{least}{fixed}"


Allocation = Explicit | Shared


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """How to draw, whatever the size.

    Attributes:
        per_entity: annotations taken of each drawn entity; 1 where annotations are drawn directly.
        size_measure: what the chance of an entity grows with, inside its split.
        splits: splits that the frame is restricted to; empty means all.
    """

    seed: int
    unit: DrawnUnit
    across: Across
    per_entity: int
    size_measure: SizeMeasure
    splits: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnMention:
    """One drawn annotation: what drew it, and its weights."""

    annotation_id: str
    candidate: Candidate
    n_annotations_of_entity: int
    n_entities_in_stratum: int
    weights: Weights


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """The outcome of a draw, by stratum and ticket.

    Attributes:
        differing: of a contrast, what phase 1 put into each split.
    """

    strata: tuple[Stratum, ...]
    mentions: tuple[DrawnMention, ...]
    differing: Mapping[str, DifferingSizes] = field(default_factory=dict)


def run_draw(
    files: Sequence[str],
    design: Design,
    allocation: Allocation,
    *,
    present: Mapping[str, int] = NOTHING,
    first: Mapping[str, int] = NOTHING,
    compared: str | None = None,
) -> Drawing:
    """Draw from a frame.

    Args:
        files: the frame's annotation files.
        design: how.
        allocation: how many.
        present: sizes that strata have already, where the sample grows.
        first: sizes of the first draw, where the sample grows.
        compared: of a contrast, the file of every mention that was compared.

    Raises:
        InputError: the frame has no annotation in these splits.
        DesignError: a stratum is unknown or has fewer than asked.
    """
    _refuse_contradictions(design)
    with open_draw(
        files, phase_1_of(design), seed=design.seed, splits=design.splits, per_entity=design.per_entity
    ) as engine:
        frame = _frame(engine, design)
        sizes = sizes_of(design, allocation, frame, present)
        if design.size_measure is SizeMeasure.NONE:
            mentions = _alike(engine, design, frame, sizes)
        else:
            mentions = _by_size(engine, design, frame, sizes, first or sizes)
        differing = engine.differing(compared) if compared else {}
    return Drawing(strata=_strata(frame, sizes, mentions), mentions=tuple(mentions), differing=differing)


def run_draw_in_parts(
    files: Sequence[str],
    design: Design,
    allocation: Allocation,
    drawers: Drawers,
    *,
    present: Mapping[str, int] = NOTHING,
) -> Drawing:
    """Draw from a frame that others look at in parts: the same as `run_draw`, to the byte.

    Args:
        files: the frame's annotation files, which the drawers must find under the same names.
        design: how.
        allocation: how many.
        drawers: who looks at the frame.
        present: sizes that strata have already, where the sample grows.

    Raises:
        InputError: the frame has no annotation in these splits, the design cannot be drawn in parts, or a
            wrong number of workers.
        DesignError: a stratum is unknown or has fewer than asked.
        UnavailableError: workers cannot be reached, or end again and again.
    """
    _refuse_contradictions(design)
    refuse_indivisible(design.size_measure)
    request = DrawRequest(
        files=tuple(files),
        phase1=phase_1_of(design),
        seed=design.seed,
        splits=design.splits,
        per_entity=design.per_entity,
        at_most=_most_of_a_split(allocation),
    )
    merged = draw_in_parts(request, drawers)
    frame = _frame(merged, design)
    sizes = sizes_of(design, allocation, frame, present)
    mentions = _alike(merged, design, frame, sizes)
    return Drawing(strata=_strata(frame, sizes, mentions), mentions=tuple(mentions))


class _Engine(Protocol):
    """What phase 1 made of a frame."""

    def strata(self) -> list[FrameStratum]: ...

    def smallest(self, split: str, n: int) -> list[DrawnRow]: ...


def _frame(engine: _Engine, design: Design) -> dict[str, FrameStratum]:
    """Give what there is to draw from, by split."""
    frame = {stratum.split: stratum for stratum in engine.strata()}
    if not frame:
        raise InputError(f"the frame has no annotation in {', '.join(design.splits) or 'any split'}")
    return frame


def _most_of_a_split(allocation: Allocation) -> int:
    """Give what no split gets more of, before it is known what there is."""
    if isinstance(allocation, Explicit):
        return max(allocation.sizes.values(), default=0)
    return max(allocation.size, allocation.minimum, *allocation.fixed.values(), 0)


def _refuse_contradictions(design: Design) -> None:
    if design.unit is DrawnUnit.ANNOTATION and (design.per_entity != 1 or design.across is not Across.SPLITS):
        raise InputError(
            "--per-entity and --across say how entities are drawn: leave them out, or draw with --unit entity"
        )
    if design.size_measure is not SizeMeasure.NONE and (
        design.unit is DrawnUnit.ANNOTATION or design.per_entity != 1
    ):
        raise InputError(
            "--size-measure draws one annotation of each entity: leave out --unit annotation and --per-entity"
        )


def phase_1_of(design: Design) -> Phase1:
    """Give what a ticket of phase 2 buys under a design."""
    if design.unit is DrawnUnit.ANNOTATION:
        return Phase1.ANNOTATION
    return Phase1.ENTITY if design.across is Across.SPLITS else Phase1.ENTITY_WITHIN_SPLIT


def sizes_of(
    design: Design, allocation: Allocation, frame: Mapping[str, FrameStratum], present: Mapping[str, int]
) -> dict[str, int]:
    """Give how much an allocation draws of each split.

    Args:
        design: what is drawn.
        allocation: what was asked.
        frame: what there is, by split.
        present: sizes that strata have already, where the sample grows.

    Raises:
        DesignError: a stratum is unknown or has fewer than asked.
    """
    available = {
        split: stratum.n_annotations if design.unit is DrawnUnit.ANNOTATION else stratum.n_entities
        for split, stratum in frame.items()
    }
    if isinstance(allocation, Explicit):
        return explicit_allocation(available, allocation.sizes)
    if present:
        return grow(available, present, allocation.size, allocation.rule, fixed=allocation.fixed)
    at_least = {
        split: n
        for split, n in least_sizes(available, allocation.minimum).items()
        if split not in allocation.fixed
    }
    most = sum(allocation.fixed.get(split, n) for split, n in available.items())
    size = min(allocation.size, most) if allocation.is_cap else allocation.size
    return allocate(available, size, allocation.rule, fixed=allocation.fixed, at_least=at_least)


def _alike(
    engine: _Engine, design: Design, frame: Mapping[str, FrameStratum], sizes: Mapping[str, int]
) -> list[DrawnMention]:
    """Draw with one chance for all of a split: the smallest tickets."""
    rows = [row for split, n in sizes.items() for row in engine.smallest(split, n)]
    return [
        mention
        for candidate in draw((_candidate(row) for row in rows), sizes)
        for mention in _mentions(
            candidate,
            frame[candidate.stratum],
            _weights(design, candidate, frame[candidate.stratum], sizes[candidate.stratum]),
        )
    ]


def _by_size(
    engine: Draw,
    design: Design,
    frame: Mapping[str, FrameStratum],
    sizes: Mapping[str, int],
    first: Mapping[str, int],
) -> list[DrawnMention]:
    """Draw by Pareto sampling, with the odds of the first draw, so that a longer one contains a shorter."""
    mentions = []
    for split, n in sorted(sizes.items()):
        if n == 0:
            continue
        entities = engine.sizes(split)
        odds = planned_odds(design.size_measure.sizes(entities.n_annotations), first[split] or n)
        drawn = pareto_draw(numbers_of(entities.first_bytes), odds, n)
        chance = dict(
            zip(
                entities.places[drawn].tolist(), inclusion_probabilities(odds, n)[drawn].tolist(), strict=True
            )
        )
        rows = engine.at(split, entities.places[drawn])
        for place in entities.places[drawn].tolist():
            candidate = _candidate(rows[place])
            weights = unequal_draw_weights(probability=chance[place], N_e=candidate.n_annotations, k=1)
            mentions += _mentions(candidate, frame[split], weights)
    return mentions


def _candidate(row: DrawnRow) -> Candidate:
    return Candidate(
        stratum=row.split,
        entity_id=row.entity_id,
        annotation_ids=row.annotation_ids,
        n_annotations=row.n_annotations,
        ticket=row.ticket,
    )


def _weights(design: Design, candidate: Candidate, stratum: FrameStratum, n_h: int) -> Weights:
    if design.unit is DrawnUnit.ANNOTATION:
        return annotation_draw_weights(n_h=n_h, N_h=stratum.n_annotations, N_e=candidate.n_annotations)
    return entity_draw_weights(
        n_h=n_h,
        M_h=stratum.n_entities,
        N_e=candidate.n_annotations,
        k=len(candidate.annotation_ids),
    )


def _mentions(candidate: Candidate, stratum: FrameStratum, weights: Weights) -> list[DrawnMention]:
    return [
        DrawnMention(
            annotation_id=annotation_id,
            candidate=candidate,
            n_annotations_of_entity=candidate.n_annotations,
            n_entities_in_stratum=stratum.n_entities,
            weights=weights,
        )
        for annotation_id in candidate.annotation_ids
    ]


def _strata(
    frame: Mapping[str, FrameStratum], sizes: Mapping[str, int], mentions: Sequence[DrawnMention]
) -> tuple[Stratum, ...]:
    drawn: dict[str, list[str]] = {split: [] for split in sizes}
    for mention in mentions:
        drawn[mention.candidate.stratum].append(mention.candidate.entity_id)
    return tuple(
        Stratum(
            split=split,
            n_units=len(entity_ids),
            n_entities_drawn=len(set(entity_ids)),
            n_entities=frame[split].n_entities,
            n_annotations=frame[split].n_annotations,
            n_first=sizes[split],
        )
        for split, entity_ids in drawn.items()
    )
