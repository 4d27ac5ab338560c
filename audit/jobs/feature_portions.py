"""What one worker measures at a time: where rows lie goes in, their features come out.

A portion is some kilobytes of paths and row numbers. The worker reads the rows itself, so it must find the
population under the same path; it writes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from audit.features.compute import AGREEMENT_COLUMNS, MASK_COLUMNS, measure_agreement, measure_masks
from db.features import FeatureTable
from db.rows import read_rows


class FeaturePortion(Protocol):
    """Some masks, and how they are measured."""

    @property
    def n_masks(self) -> int:
        """How many."""
        ...

    def features(self) -> Mapping[FeatureTable, pa.Table]:
        """Read and measure them."""
        ...


def features_of_portion(portion: FeaturePortion) -> Mapping[FeatureTable, pa.Table]:
    """Give the features of a portion's masks; any worker may call it, any number of times."""
    return portion.features()


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskPortion:
    """Consecutive rows of a file, each a mask to be measured by itself."""

    file: Path
    first: int
    n_masks: int

    def __str__(self) -> str:
        return f"rows {self.first:,} to {self.first + self.n_masks - 1:,} of {self.file}"

    def features(self) -> Mapping[FeatureTable, pa.Table]:
        """Read and measure them."""
        rows = np.arange(self.first, self.first + self.n_masks)
        return {FeatureTable.MASKS: measure_masks(read_rows(self.file, rows, MASK_COLUMNS))}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MentionPortion:
    """All masks of some mentions, to be compared with each other.

    Attributes:
        rows: int64, ascending, by the file that they are in; mentions come out in the order of the first.
        origins: the complete setting that each one is filtered from, of those that are.
    """

    rows: Mapping[Path, NDArray[np.int64]]
    origins: Mapping[str, str]

    def __str__(self) -> str:
        return "; ".join(f"{len(rows):,} rows of {file}" for file, rows in self.rows.items())

    @property
    def n_masks(self) -> int:
        """How many."""
        return sum(len(rows) for rows in self.rows.values())

    def features(self) -> Mapping[FeatureTable, pa.Table]:
        """Read and compare them."""
        tables = [read_rows(file, rows, AGREEMENT_COLUMNS) for file, rows in self.rows.items()]
        found = measure_agreement(pa.concat_tables(tables), origins=self.origins)
        return {FeatureTable.PAIRS: found.pairs, FeatureTable.SETTINGS: found.settings}
