"""What rules make of every annotation of a setting: decided portion by portion, kept in a file per source."""

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from audit.coco.buffers import as_numbers
from audit.executors.executor import ExecutorMap
from audit.features.column import single
from audit.jobs.given_ids import Giving, given_ids
from audit.jobs.progress import Progress
from audit.jobs.stored_masks import MaskPlaces, StoredMasks
from audit.rules.deciding import apply_rules
from audit.rules.rule_set import RuleSet
from db.manifest import SettingRecord
from db.measured import MeasuredMasks
from db.population import ANNOTATIONS_FILE, ParquetFile, Population

ROWS_OF_A_PORTION = 2_048
"""Annotations that a worker decides on at a time."""

WHO = ("annotation_id", "split", "image_id", "entity_id", "entity_name", "category")
"""What is known of an annotation besides its mask."""

DECIDED = pa.schema(
    [
        pa.field("element_index", pa.int64(), nullable=False),
        *(pa.field(name, pa.string()) for name in WHO),
        pa.field("action", pa.string(), nullable=False),
        pa.field("rule", pa.string()),
        pa.field("why", pa.string()),
        pa.field("height", pa.int32()),
        pa.field("width", pa.int32()),
        pa.field("parts", pa.list_(pa.binary())),
        pa.field("given_id", pa.string()),
    ]
)
"""A row for each annotation: who it is, what becomes of it and why, the mask that it gets where it is
corrected, and the id that it is given where its file does not tell the one that it has in the population."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DecisionPortion:
    """Some annotations of a source, on which one worker decides.

    Attributes:
        subjects: with the features that the rules look at.
        masks: where those of their mentions lie.
        file: of the population, with the rows of the subjects.
        setting: that they belong to.
    """

    rule_set: RuleSet
    subjects: pa.Table
    masks: StoredMasks
    file: Path
    setting: str
    giving: Giving

    def __str__(self) -> str:
        return f"{len(self.subjects):,} annotations from row {self.subjects['row'][0]} of {self.file}"

    def decided(self) -> pa.Table:
        """Give `DECIDED` of the annotations."""
        decisions = apply_rules(self.rule_set, self.subjects, self.masks)
        columns = {name: self.subjects[name] for name in ("element_index", *WHO)}
        columns |= {name: decisions[name] for name in ("action", "rule", "why", "height", "width", "parts")}
        ids = given_ids(self.subjects, self.giving, file=self.file, setting=self.setting)
        return pa.table([*columns.values(), ids], names=DECIDED.names).cast(DECIDED)


def decide_portion(portion: DecisionPortion) -> pa.Table:
    """Give `DECIDED` of a portion; any worker may call it, any number of times."""
    return portion.decided()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decider:
    """Applies rules to a setting.

    Attributes:
        givings: which annotations of each source of the setting are given an id.
        execute: has the portions decided on.
    """

    population: Population
    setting: SettingRecord
    rule_set: RuleSet
    givings: Sequence[Giving]
    execute: ExecutorMap

    def write_decisions(
        self, masks: MeasuredMasks, places: MaskPlaces, folder: Path, progress: Progress
    ) -> list[Path]:
        """Write a file of `DECIDED` for each source, in the order of its elements; give their paths."""
        files = [folder / f"{number}.parquet" for number in range(len(self.setting.sources))]
        sources: deque[int] = deque()
        progress.start(masks.n_masks)
        with ExitStack() as stack:
            writers = [stack.enter_context(ParquetFile(file, DECIDED)) for file in files]
            for table in self.execute(decide_portion, self._portions(masks, places, sources)):
                writers[sources.popleft()].write(table)
                progress.advance(len(table))
        return files

    def _portions(
        self, masks: MeasuredMasks, places: MaskPlaces, sources: deque[int]
    ) -> Iterator[DecisionPortion]:
        """Cut the masks into portions of one source each; notes the sources as they are handed out."""
        for batch in masks.batches(ROWS_OF_A_PORTION):
            for subjects in _by_source(batch):
                number = subjects["source"][0].as_py()
                source = self.setting.sources[number]
                sources.append(number)
                yield DecisionPortion(
                    rule_set=self.rule_set,
                    subjects=subjects,
                    masks=places.of(subjects),
                    file=self.population.folder / source.folder / ANNOTATIONS_FILE,
                    setting=self.setting.setting,
                    giving=self.givings[number],
                )


def _by_source(batch: pa.Table) -> Iterator[pa.Table]:
    starts = np.flatnonzero(np.diff(as_numbers(single(batch, "source")), prepend=-1)).tolist()
    for start, end in zip(starts, [*starts[1:], len(batch)], strict=True):
        yield batch.slice(start, end - start)
