"""Draws from a frame in parts, by workers; merged, it is the draw from the whole frame, to the byte.

A part is the entities whose id has a certain hash, with all their annotations. It gives the sizes of its
strata and its smallest tickets, some hundred kilobytes whatever the frame; the sizes add up, and the smallest
tickets of the frame are among those of its parts. Nothing is exchanged between workers. The price is that
everybody reads the ids of the whole frame: an entity may have annotations in any file.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import ceil

from audit.errors import InputError
from audit.executors.executor import open_executor
from audit.jobs.progress import Progress
from db.drawing import DrawnRow, FramePart, FrameStratum, Phase1, count_rows, frame_parts, open_draw
from db.errors import UnreachableError
from sampling.design.phase_one import SizeMeasure

ROWS_OF_A_PART = 16_000_000
"""Annotations, on average: what a worker holds, in at most 1 GB of memory and the rest on disk."""

LEAST_PARTS = 4
"""So that a few workers share even a small frame, and a lost one costs little."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawers:
    """Workers that draw.

    Attributes:
        scheduler: address of a Dask scheduler, or None for processes of this machine.
        n_workers: processes of this machine.
        progress: of the parts of the frame.
    """

    scheduler: str | None
    n_workers: int
    progress: Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawRequest:
    """What is asked of a frame.

    Attributes:
        files: the frame's annotation files; workers must find them as they are named.
        phase1: what phase 2 will draw.
        splits: splits that the frame is restricted to; empty means all.
        per_entity: annotations that each entity keeps.
        at_most: smallest tickets of each split that are wanted.
    """

    files: tuple[str, ...]
    phase1: Phase1
    seed: int
    splits: tuple[str, ...]
    per_entity: int
    at_most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawPart:
    """What one worker is asked at a time."""

    request: DrawRequest
    part: FramePart

    def __str__(self) -> str:
        return str(self.part)


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnPart:
    """What a part of a frame holds, and its smallest tickets by split."""

    strata: tuple[FrameStratum, ...]
    smallest: Mapping[str, Sequence[DrawnRow]]


def draw_part(asked: DrawPart) -> DrawnPart:
    """Run phase 1 over a part; any worker may do it, any number of times.

    Raises:
        StoreError: as `open_draw` says.
    """
    request = asked.request
    try:
        with open_draw(
            request.files,
            request.phase1,
            seed=request.seed,
            splits=request.splits,
            per_entity=request.per_entity,
            part=asked.part,
        ) as engine:
            strata = tuple(engine.strata())
            smallest = {each.split: engine.smallest(each.split, request.at_most) for each in strata}
    except UnreachableError as error:
        raise UnreachableError(
            f"{error}; Dask workers, if any, must find the population under the same path"
        ) from error
    return DrawnPart(strata=strata, smallest=smallest)


@dataclass(slots=True, kw_only=True)
class MergedDraw:
    """What the parts of a frame gave so far, as one frame.

    Attributes:
        at_most: smallest tickets of each split that are kept.
    """

    at_most: int
    _strata: dict[str, FrameStratum] = field(default_factory=dict)
    _smallest: dict[str, list[DrawnRow]] = field(default_factory=lambda: defaultdict(list))

    def add(self, drawn: DrawnPart) -> None:
        """Take in what a part gave; the parts come in any order."""
        for each in drawn.strata:
            held = self._strata.get(each.split)
            self._strata[each.split] = each if held is None else _sum(held, each)
        for split, rows in drawn.smallest.items():
            self._smallest[split] = sorted([*self._smallest[split], *rows], key=_ticket_order)[: self.at_most]

    def strata(self) -> list[FrameStratum]:
        """Give what each split holds, by name."""
        return [self._strata[split] for split in sorted(self._strata)]

    def smallest(self, split: str, n: int) -> list[DrawnRow]:
        """Give the n ≤ `at_most` things of a split with the smallest tickets, or all where it has fewer."""
        return self._smallest[split][:n]


def refuse_indivisible(size_measure: SizeMeasure, contrast: object | None = None) -> None:
    """Refuse to draw in parts what has to be looked at as a whole.

    Raises:
        InputError: the chance of an entity depends on the sizes of all, or masks must be compared first.
    """
    if size_measure is not SizeMeasure.NONE:
        raise InputError(
            "--size-measure weighs every entity against all others, which one process does: leave out "
            "--scheduler and --workers"
        )
    if contrast is not None:
        raise InputError(
            "--contrast draws from the mentions on which two settings differ, which one process finds: leave "
            "out --scheduler and --workers"
        )


def draw_in_parts(request: DrawRequest, drawers: Drawers) -> MergedDraw:
    """Run phase 1 over a frame, each worker a part at a time; a lost worker's part is done again.

    Raises:
        InputError: fewer than one worker, or Dask is not installed.
        UnavailableError: workers cannot be reached, or end again and again.
        StoreError: as `open_draw` says.
    """
    merged = MergedDraw(at_most=request.at_most)
    with open_executor(scheduler=drawers.scheduler, n_workers=drawers.n_workers) as execute:
        n_parts = max(LEAST_PARTS, ceil(count_rows(request.files) / ROWS_OF_A_PART))
        drawers.progress.start(n_parts)
        parts = (DrawPart(request=request, part=part) for part in frame_parts(n_parts))
        for drawn in execute(draw_part, parts):
            merged.add(drawn)
            drawers.progress.advance(1)
    return merged


def _sum(a: FrameStratum, b: FrameStratum) -> FrameStratum:
    return replace(a, n_entities=a.n_entities + b.n_entities, n_annotations=a.n_annotations + b.n_annotations)


def _ticket_order(row: DrawnRow) -> tuple[str, str, tuple[str, ...]]:
    return row.ticket, row.entity_id, row.annotation_ids
