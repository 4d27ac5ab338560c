"""What the statistics of a dataset say: its numbers, those of other datasets, and examples."""

from dataclasses import dataclass
from datetime import datetime

from reports.blocks import Gallery
from reports.stats.numbers import DatasetNumbers


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherSetting:
    """Another setting, which is not counted.

    Attributes:
        n_elsewhere: annotations that show mentions which the counted setting does not have.
        subset_of: the setting that it is filtered from, or None.
    """

    setting: str
    n_annotations: int
    n_elsewhere: int
    subset_of: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedDataset:
    """Another dataset, for comparison."""

    name: str
    numbers: DatasetNumbers


@dataclass(frozen=True, slots=True, kw_only=True)
class StatsContent:
    """Everything that any format needs.

    Attributes:
        files: names of the annotation files that were counted.
        others: settings that were not counted.
        against: other datasets.
        examples: None where none were asked for, or none could be drawn.
        version: the program and its version.
        created_at: timezone-aware.
    """

    numbers: DatasetNumbers
    files: tuple[str, ...]
    others: tuple[OtherSetting, ...]
    against: tuple[ComparedDataset, ...]
    examples: Gallery | None
    version: str
    created_at: datetime
