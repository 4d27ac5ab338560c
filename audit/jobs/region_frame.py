"""What a wave inside a region can be drawn from: sizes, and of each split the smallest tickets."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from heapq import nsmallest

import numpy as np
import pyarrow as pa

from audit.features.column import single
from audit.jobs.measured import open_measured_masks
from audit.jobs.progress import Progress
from audit.jobs.tuned_thresholds import TunedThreshold
from audit.jobs.tuning_masks import Flags
from db.manifest import SettingRecord
from db.population import Population
from sampling.design.allocation import allocate
from sampling.design.allocation_rules import PROPORTIONAL
from sampling.design.selection import annotation_ticket
from sampling.design.weights import Weights, unequal_annotation_weights
from sampling.errors import DesignError
from sampling.thresholds.boxes import Bound, Box


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionDraw:
    """What is to be drawn.

    Attributes:
        region: thresholds that bound it.
        n: how many more units.
        seed: of the tickets.
        splits: that the sample was drawn from.
        held: annotation ids that the sample has.
    """

    region: tuple[TunedThreshold, ...]
    n: int
    seed: int
    splits: Collection[str]
    held: Collection[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionFrame:
    """A setting's masks as a draw sees them.

    Attributes:
        draw: what is to be drawn.
        n_of_entity: annotations of each entity.
        sizes: masks by split and whether they are inside.
        n_held: units of the sample by the same, those drawn now included once `drawn` was called.
        held_inside: annotation ids of the units inside.
        smallest: split → tickets and ids of the masks inside that are not held, the n smallest.
    """

    draw: RegionDraw
    n_of_entity: Counter[str] = field(default_factory=Counter)
    sizes: Counter[tuple[str, bool]] = field(default_factory=Counter)
    n_held: Counter[tuple[str, bool]] = field(default_factory=Counter)
    held_inside: set[str] = field(default_factory=set)
    smallest: dict[str, list[tuple[str, str]]] = field(default_factory=dict)

    def drawn(self) -> list[str]:
        """Draw: annotation ids, splits in proportion to the masks inside that are left.

        Raises:
            DesignError: fewer are left.
        """
        left = {split: self.sizes[split, True] - self.n_held[split, True] for split in self.smallest}
        if sum(left.values()) < self.draw.n:
            raise DesignError(
                f"{sum(left.values())} masks of the region are not in the sample yet, and {self.draw.n} "
                "more are asked: give a smaller --size"
            )
        found = []
        for split, n in allocate(left, self.draw.n, PROPORTIONAL).items():
            self.n_held[split, True] += n
            found += [annotation_id for _, annotation_id in self.smallest[split][:n]]
        return found

    def weights(self, split: str, entity_id: str, *, is_inside: bool) -> Weights:
        """Give what a unit stands for, now that the draw is made: all of its side of its split alike."""
        where = split, is_inside
        return unequal_annotation_weights(
            probability=self.n_held[where] / self.sizes[where], N_e=self.n_of_entity[entity_id]
        )


def read_region_frame(
    population: Population, setting: SettingRecord, draw: RegionDraw, *, progress: Progress
) -> RegionFrame:
    """Read what a setting has inside and outside of a region.

    Raises:
        InputError: the population was not measured, or not since it changed.
    """
    references = list(dict.fromkeys(each.reference for each in draw.region))
    box = Box(
        bounds=tuple(
            Bound(feature=references.index(each.reference), direction=each.direction, value=each.value)
            for each in draw.region
        )
    )
    frame = RegionFrame(draw=draw)
    with open_measured_masks(population, setting, references) as masks:
        progress.start(masks.n_masks)
        for batch in masks.batches():
            features = np.empty((len(batch), len(references)))
            for number, reference in enumerate(references):
                features[:, number] = single(batch, str(reference)).cast(pa.float64())
            _take(frame, batch, box.holds(features))
            progress.advance(len(batch))
    return frame


def _take(frame: RegionFrame, batch: pa.Table, inside: Flags) -> None:
    columns: Sequence[list[str]] = [
        single(batch, name).to_pylist() for name in ("annotation_id", "split", "entity_id")
    ]
    found: dict[str, list[tuple[str, str]]] = {}
    for annotation_id, split, entity_id, is_inside in zip(*columns, inside.tolist(), strict=True):
        if split not in frame.draw.splits:
            continue
        frame.n_of_entity[entity_id or ""] += 1
        frame.sizes[split, is_inside] += 1
        if annotation_id in frame.draw.held:
            frame.n_held[split, is_inside] += 1
            frame.held_inside.update([annotation_id] if is_inside else [])
        elif is_inside:
            ticket = annotation_ticket(frame.draw.seed, annotation_id)
            found.setdefault(split, []).append((ticket, annotation_id))
    for split, tickets in found.items():
        frame.smallest[split] = nsmallest(frame.draw.n, [*frame.smallest.get(split, []), *tickets])
