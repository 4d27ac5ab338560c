"""Runs a design over the population: which mentions are drawn, and with what probability."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from audit.errors import InputError
from db.drawing import DrawnRow, FrameStratum, Phase1, open_draw
from db.records import Stratum
from sampling.design.allocation import NOTHING, explicit_allocation, proportional_allocation
from sampling.design.frame import Across, Candidate, DrawnUnit
from sampling.design.selection import draw
from sampling.design.weights import Weights, annotation_draw_weights, entity_draw_weights


@dataclass(frozen=True, slots=True, kw_only=True)
class Explicit:
    """A size for each split that is drawn from."""

    sizes: Mapping[str, int]

    def __str__(self) -> str:
        return ", ".join(f"{split}={n}" for split, n in self.sizes.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class Proportional:
    """A size in all, shared out in proportion to what each split has, but for splits whose size is fixed."""

    size: int
    fixed: Mapping[str, int]

    def __str__(self) -> str:
        fixed = "".join(f", {split}={n} fixed" for split, n in self.fixed.items())
        return f"{self.size} in proportion{fixed}"


Allocation = Explicit | Proportional


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """How to draw, whatever the size.

    Attributes:
        per_entity: annotations taken of each drawn entity; 1 where annotations are drawn directly.
        splits: splits that the frame is restricted to; empty means all.
    """

    seed: int
    unit: DrawnUnit
    across: Across
    per_entity: int
    splits: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnMention:
    """One drawn annotation: what drew it, and its weights."""

    annotation_id: str
    candidate: Candidate
    n_entities_in_stratum: int
    weights: Weights


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """The outcome of a draw, by stratum and ticket."""

    strata: tuple[Stratum, ...]
    mentions: tuple[DrawnMention, ...]


def run_draw(
    files: Sequence[str], design: Design, allocation: Allocation, *, at_least: Mapping[str, int] = NOTHING
) -> Drawing:
    """Draw from a frame.

    Args:
        files: the frame's annotation files.
        design: how.
        allocation: how many.
        at_least: sizes that strata have already and keep.

    Raises:
        InputError: the frame has no annotation in these splits.
        DesignError: a stratum is unknown or has fewer than asked.
    """
    if design.unit is DrawnUnit.ANNOTATION and (design.per_entity != 1 or design.across is not Across.SPLITS):
        raise InputError(
            "--per-entity and --across say how entities are drawn: leave them out, or draw with --unit entity"
        )
    with open_draw(
        files, _phase1(design), seed=design.seed, splits=design.splits, per_entity=design.per_entity
    ) as engine:
        frame = {stratum.split: stratum for stratum in engine.strata()}
        if not frame:
            raise InputError(f"the frame has no annotation in {', '.join(design.splits) or 'any split'}")
        sizes = _sizes(design, allocation, frame, at_least)
        rows = [row for split, n in sizes.items() for row in engine.smallest(split, n)]
    drawn = draw((_candidate(row) for row in rows), sizes)
    mentions = tuple(
        mention
        for candidate in drawn
        for mention in _mentions(design, candidate, frame[candidate.stratum], sizes[candidate.stratum])
    )
    return Drawing(strata=_strata(frame, sizes, mentions), mentions=mentions)


def _phase1(design: Design) -> Phase1:
    if design.unit is DrawnUnit.ANNOTATION:
        return Phase1.ANNOTATION
    return Phase1.ENTITY if design.across is Across.SPLITS else Phase1.ENTITY_WITHIN_SPLIT


def _sizes(
    design: Design, allocation: Allocation, frame: Mapping[str, FrameStratum], at_least: Mapping[str, int]
) -> dict[str, int]:
    available = {
        split: stratum.n_annotations if design.unit is DrawnUnit.ANNOTATION else stratum.n_entities
        for split, stratum in frame.items()
    }
    if isinstance(allocation, Explicit):
        return explicit_allocation(available, allocation.sizes)
    return proportional_allocation(available, allocation.size, fixed=allocation.fixed, at_least=at_least)


def _candidate(row: DrawnRow) -> Candidate:
    return Candidate(
        stratum=row.split,
        entity_id=row.entity_id,
        annotation_ids=row.annotation_ids,
        n_annotations=row.n_annotations,
        ticket=row.ticket,
    )


def _mentions(design: Design, candidate: Candidate, stratum: FrameStratum, n_h: int) -> list[DrawnMention]:
    if design.unit is DrawnUnit.ANNOTATION:
        weights = annotation_draw_weights(n_h=n_h, N_h=stratum.n_annotations, N_e=candidate.n_annotations)
    else:
        weights = entity_draw_weights(
            n_h=n_h,
            M_h=stratum.n_entities,
            N_e=candidate.n_annotations,
            k=len(candidate.annotation_ids),
        )
    return [
        DrawnMention(
            annotation_id=annotation_id,
            candidate=candidate,
            n_entities_in_stratum=stratum.n_entities,
            weights=weights,
        )
        for annotation_id in candidate.annotation_ids
    ]


def _strata(
    frame: Mapping[str, FrameStratum], sizes: Mapping[str, int], mentions: Sequence[DrawnMention]
) -> tuple[Stratum, ...]:
    return tuple(
        Stratum(
            split=split,
            n_units=sum(mention.candidate.stratum == split for mention in mentions),
            n_entities_drawn=len(
                {mention.candidate.entity_id for mention in mentions if mention.candidate.stratum == split}
            ),
            n_entities=frame[split].n_entities,
            n_annotations=frame[split].n_annotations,
        )
        for split in sizes
    )
