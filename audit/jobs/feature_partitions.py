"""Cuts the population into partitions of features: which masks each has, and what it depends on.

The cuts depend on the population alone, never on who computes, so that the same files come out whoever does.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count, groupby, islice
from operator import attrgetter
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from audit.features.catalogue import VERSION, Needs, features_of
from audit.jobs.feature_portions import FeaturePortion, MaskPortion, MentionPortion
from db.features import FeatureTable, Partition
from db.manifest import Manifest, SettingRecord, SourceRecord, source_key
from db.places import Places
from db.population import ANNOTATIONS_FILE, Population

ROWS_OF_A_PORTION = 2_048
"""Masks, or mentions with as many masks as settings have them: what a worker holds in memory."""

PORTIONS_OF_A_PARTITION = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedPartition:
    """A partition and the portions whose results it consists of, in order."""

    partition: Partition
    portions: tuple[FeaturePortion, ...]

    @property
    def n_masks(self) -> int:
        """Of all portions."""
        return sum(portion.n_masks for portion in self.portions)


def sources_of(manifest: Manifest) -> list[SourceRecord]:
    """Give the sources of all settings, in order of first ingestion."""
    return [source for setting in manifest.settings for source in setting.sources]


def features_made_from(manifest: Manifest) -> str:
    """Give the fingerprint of all that the features of a population depend on, and of where they are."""
    folders = (source.folder for source in sources_of(manifest))
    return _fingerprint(_version(*Needs), *_keys(manifest), *folders)


def mask_partitions(population: Population, setting: SettingRecord) -> Iterator[PlannedPartition]:
    """Cut a setting into partitions of the features that a mask has by itself."""
    version = _version(Needs.MASK, Needs.CONFIDENCE, Needs.BOXES)
    size = ROWS_OF_A_PORTION * PORTIONS_OF_A_PARTITION
    for source in setting.sources:
        folder = population.folder / source.folder
        for number, first in enumerate(range(0, source.n_written, size)):
            portions = tuple(
                _mask_portions(folder / ANNOTATIONS_FILE, range(first, min(first + size, source.n_written)))
            )
            made_from = _fingerprint(
                version, source_key(source), f"{first} {ROWS_OF_A_PORTION} {len(portions)}"
            )
            yield PlannedPartition(
                partition=Partition(
                    folder=folder, number=number, tables=(FeatureTable.MASKS,), made_from=made_from
                ),
                portions=portions,
            )


def agreement_partitions(
    population: Population, manifest: Manifest, places: Places
) -> Iterator[PlannedPartition]:
    """Cut the mentions that several settings have into partitions of what their masks have in common.

    A partition is stale as soon as another file has masks of its mentions, or one of theirs has changed.
    """
    version = _version(Needs.PAIR, Needs.SETTINGS)
    folders = [population.folder / source.folder for source in sources_of(manifest)]
    keys, origins = _keys(manifest), manifest.origins()
    for lead, stretches in groupby(places.stretches(ROWS_OF_A_PORTION), key=attrgetter("lead")):
        for number in count():
            chosen = [stretch.rows() for stretch in islice(stretches, PORTIONS_OF_A_PARTITION)]
            if not chosen:
                break
            inputs = (
                part for rows in chosen for source in rows for part in (keys[source], rows[source].tobytes())
            )
            yield PlannedPartition(
                partition=Partition(
                    folder=folders[lead],
                    number=number,
                    tables=(FeatureTable.PAIRS, FeatureTable.SETTINGS),
                    made_from=_fingerprint(version, *inputs),
                ),
                portions=tuple(_mention_portion(folders, rows, origins) for rows in chosen),
            )


def _mask_portions(file: Path, rows: range) -> Iterator[MaskPortion]:
    for first in rows[::ROWS_OF_A_PORTION]:
        yield MaskPortion(file=file, first=first, n_masks=min(ROWS_OF_A_PORTION, rows.stop - first))


def _mention_portion(
    folders: list[Path], rows: Mapping[int, NDArray[np.int64]], origins: Mapping[str, str]
) -> MentionPortion:
    return MentionPortion(
        rows={folders[source] / ANNOTATIONS_FILE: numbers for source, numbers in rows.items()},
        origins=origins,
    )


def _keys(manifest: Manifest) -> list[str]:
    """What the masks of each source are: whose, filtered from whose, and from which bytes."""
    origins = manifest.origins()
    return [
        f"{setting.setting}\n{origins.get(setting.setting, '')}\n{source_key(source)}"
        for setting in manifest.settings
        for source in setting.sources
    ]


def _version(*needs: Needs) -> str:
    """What the features of some needs are: their table of the catalogue."""
    features = (f"{feature.name} {feature.kind} {feature.unit}" for feature in features_of(*needs))
    return "\n".join((str(VERSION), *features))


def _fingerprint(*parts: str | bytes) -> str:
    digest = hashlib.sha256()
    for part in parts:
        content = part.encode() if isinstance(part, str) else part
        digest.update(len(content).to_bytes(8, "big") + content)
    return digest.hexdigest()
