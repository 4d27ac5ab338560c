"""Measures every mask: the features of the catalogue, beside the population, partition by partition."""

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import pyarrow as pa

from audit.errors import InputError
from audit.executors.executor import ExecutorMap, open_executor
from audit.features.agreement import Comparison
from audit.jobs.feature_partitions import (
    PlannedPartition,
    agreement_partitions,
    features_made_from,
    mask_partitions,
    sources_of,
)
from audit.jobs.feature_portions import FeaturePortion, features_of_portion
from audit.jobs.progress import Progress
from db.features import (
    Mark,
    count_masks,
    count_pairs,
    fingerprint_of_files,
    load_mark,
    named_feature_errors,
    remove_other_features,
    save_mark,
    write_partition,
)
from db.manifest import Manifest
from db.places import open_places
from db.population import Population, Staging


class FeatureState(StrEnum):
    """How far the features of a population are."""

    NONE = "none"
    """They have never been there for every mask."""
    OUTDATED = "outdated"
    """They were, and masks or formulas have changed since."""
    HARMED = "harmed"
    """They were, and files of them are gone since, or of another length."""
    WHOLE = "whole"
    """They are there for every mask."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureRequest:
    """Who measures.

    Attributes:
        scheduler: address of a Dask scheduler, or None for processes of this machine.
        n_workers: processes of this machine.
    """

    scheduler: str | None
    n_workers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredSetting:
    """What the masks of one setting are.

    Attributes:
        n_masks: annotations, with or without a mask.
        n_empty: those with a mask without a pixel.
        n_unreadable: those whose mask cannot be decoded, so that they have no feature.
        n_done_before: those whose own features were there already.
        n_pairs: pairs of one of its masks with another setting's of the same mention.
        n_size_differs: those of which nothing can be said, as the two masks are of different sizes.
    """

    setting: str
    n_masks: int
    n_empty: int
    n_unreadable: int
    n_done_before: int
    n_pairs: int
    n_size_differs: int

    def as_line(self) -> str:
        """Give it for people."""
        before = f" ({self.n_done_before:,} measured before)" if self.n_done_before else ""
        differing = f", {self.n_size_differs:,} of different sizes" if self.n_size_differs else ""
        return (
            f"setting {self.setting}: {self.n_masks:,} masks{before}, {self.n_empty:,} empty, "
            f"{self.n_unreadable:,} unreadable; {self.n_pairs:,} pairs with other settings{differing}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureResult:
    """What became of a request.

    Attributes:
        n_compared: masks that were compared with those of other settings.
        n_compared_before: those of them of which that was done already.
    """

    settings: tuple[MeasuredSetting, ...]
    n_compared: int
    n_compared_before: int

    def remarks(self) -> list[str]:
        """Give what people should know of it, in sentences."""
        if len(self.settings) < 2 or self.n_compared:
            return []
        return [
            "no two settings have a mention in common, so how far they agree is not known: ids that are made "
            "up never pair; ingest one again with --match and the other's name, or both with their --id-key"
        ]


def run_measure(
    population: Population, request: MeasureRequest, *, measuring: Progress, comparing: Progress
) -> MeasureResult:
    """Write the features of every mask that has none, or outdated ones; what is done stays when interrupted.

    Args:
        population: is not to be changed meanwhile, which other commands are told.
        request: who measures.
        measuring: of masks, each by itself.
        comparing: of masks, each with those of other settings.

    Raises:
        InputError: nothing is ingested, or an option is wrong.
        UnavailableError: workers cannot be reached, or end again and again.
        ConflictError: another command is writing to the population.
        UnreachableError: the disk is full, or the population's files are gone.
    """
    manifest = population.manifest()
    if not sources_of(manifest):
        raise InputError("the population is empty: ingest masks with `mask-audit ingest FILE --setting NAME`")
    with (
        population.staging() as staging,
        named_feature_errors(population),
        open_executor(scheduler=request.scheduler, n_workers=request.n_workers) as execute,
    ):
        manifest = population.manifest()  # nobody else writes now
        measurement = _Measurement(staging=staging, execute=execute)
        measuring.start(sum(source.n_written for source in sources_of(manifest)))
        n_done_before = {
            setting.setting: measurement.carry_out(mask_partitions(population, setting), measuring)
            for setting in manifest.settings
        }
        with open_places(population, sources_of(manifest)) as places:
            comparing.start(places.n_masks)
            n_compared_before = measurement.carry_out(
                agreement_partitions(population, manifest, places), comparing
            )
            n_compared = places.n_masks
        remove_other_features(population, sources_of(manifest), measurement.files)
        save_mark(staging, population, _mark(population, manifest))
    return MeasureResult(
        settings=_account(population, manifest, n_done_before),
        n_compared=n_compared,
        n_compared_before=n_compared_before,
    )


class _Measurement:
    """Has partitions computed and writes them.

    Attributes:
        files: of the partitions that are there now.
    """

    def __init__(self, staging: Staging, execute: ExecutorMap) -> None:
        self.files: set[Path] = set()
        self._staging = staging
        self._execute = execute

    def carry_out(self, partitions: Iterable[PlannedPartition], progress: Progress) -> int:
        """Write the partitions that are not there as they should be; give the masks of the others."""
        begun: deque[PlannedPartition] = deque()
        n_before = 0

        def portions() -> Iterator[FeaturePortion]:
            nonlocal n_before
            for planned in partitions:
                self.files.update(planned.partition.paths())
                if planned.partition.is_written():
                    n_before += planned.n_masks
                    progress.advance(planned.n_masks)
                else:
                    begun.append(planned)
                    yield from planned.portions

        results = self._execute(features_of_portion, portions())
        for result in results:
            planned = begun.popleft()
            found = [result]
            progress.advance(planned.portions[0].n_masks)
            for portion, later in zip(planned.portions[1:], results, strict=False):
                found.append(later)
                progress.advance(portion.n_masks)
            tables = {table: pa.concat_tables(each[table] for each in found) for table in result}
            write_partition(self._staging, planned.partition, tables)
        return n_before


def _account(
    population: Population, manifest: Manifest, n_done_before: dict[str, int]
) -> tuple[MeasuredSetting, ...]:
    pairs = count_pairs(population, sources_of(manifest))
    n_pairs: Counter[str] = Counter()
    for (name, _), n in pairs.items():
        n_pairs[name] += n
    settings = []
    for setting in manifest.settings:
        masks = count_masks(population, setting)
        settings.append(
            MeasuredSetting(
                setting=setting.setting,
                n_masks=masks.n_masks,
                n_empty=masks.n_empty,
                n_unreadable=masks.n_unreadable,
                n_done_before=n_done_before[setting.setting],
                n_pairs=n_pairs[setting.setting],
                n_size_differs=pairs[setting.setting, Comparison.SIZES_DIFFER],
            )
        )
    return tuple(settings)


def feature_state(population: Population) -> FeatureState:
    """Give how far the features are, without reading them."""
    mark = load_mark(population)
    if mark is None:
        return FeatureState.NONE
    right = _mark(population, population.manifest())
    if mark.made_from != right.made_from:
        return FeatureState.OUTDATED
    return FeatureState.WHOLE if mark == right else FeatureState.HARMED


def _mark(population: Population, manifest: Manifest) -> Mark:
    """How the features are if all of them are there."""
    return Mark(
        made_from=features_made_from(manifest),
        listing=fingerprint_of_files(population, sources_of(manifest)),
    )
