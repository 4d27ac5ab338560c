"""What is known of every mask of some settings, as columns of one length that thresholds are tried on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import nan

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from audit.features.references import FeatureReference
from audit.jobs.measured import open_measured_masks
from audit.jobs.progress import Progress
from db.manifest import SettingRecord
from db.population import Population

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Codes:
    """Of every mask which of some names it has.

    Attributes:
        names: in order.
        codes: int32, the position in `names`; −1 where it has none.
    """

    names: tuple[str, ...]
    codes: NDArray[np.int32]

    def counts(self, chosen: Flags) -> dict[str, int]:
        """Count the chosen masks by name; those without a name are in none."""
        found = np.bincount(self.codes[chosen & (self.codes >= 0)], minlength=len(self.names))
        return dict(zip(self.names, found.tolist(), strict=True))

    def where(self, chosen: Flags) -> "Codes":
        """The same of the chosen masks alone, by all names."""
        return replace(self, codes=self.codes[chosen])

    def in_use(self) -> "Codes":
        """The same without the names that no mask has."""
        used = np.unique(self.codes[self.codes >= 0])
        rank = np.full(len(self.names) + 1, -1, np.int32)
        rank[used] = np.arange(used.size)
        return Codes(names=tuple(self.names[code] for code in used), codes=rank[self.codes])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TuningMasks:
    """Every mask of some settings, in the order of the settings, their files and the rows of these.

    Attributes:
        settings: of each mask.
        splits: of each mask.
        categories: of each mask that has one.
        references: of the features, one per column.
        features: float64, shape (N, f), NaN where unknown: what pure arithmetic takes.
    """

    settings: Codes
    splits: Codes
    categories: Codes
    references: tuple[FeatureReference, ...]
    features: Floats

    @property
    def n_masks(self) -> int:
        """Of all settings."""
        return len(self.settings.codes)

    def with_features(self, numbers: Sequence[int]) -> "TuningMasks":
        """The same with some of the features, by their columns."""
        if list(numbers) == list(range(len(self.references))):
            return self
        return replace(
            self,
            references=tuple(self.references[number] for number in numbers),
            features=self.features[:, list(numbers)],
        )

    def where(self, chosen: Flags) -> "TuningMasks":
        """The chosen masks alone; splits and categories that none of these has are gone."""
        return replace(
            self,
            settings=self.settings.where(chosen),
            splits=self.splits.where(chosen).in_use(),
            categories=self.categories.where(chosen).in_use(),
            features=self.features[chosen],
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LoadedMasks:
    """The masks of some settings, and where those of the sampled mentions are among them.

    Attributes:
        places: setting → mention id → the mask's place; a mention that the setting lacks is in none.
    """

    masks: TuningMasks
    places: Mapping[str, Mapping[str, int]]

    def where(self, chosen: Flags) -> "LoadedMasks":
        """The chosen masks alone."""
        moved = np.cumsum(chosen) - 1
        places = {
            setting: {mention: int(moved[place]) for mention, place in found.items() if chosen[place]}
            for setting, found in self.places.items()
        }
        return LoadedMasks(masks=self.masks.where(chosen), places=places)


def load_tuning_masks(
    population: Population,
    settings: Sequence[SettingRecord],
    references: Sequence[FeatureReference],
    mention_ids: Sequence[str],
    *,
    progress: Progress,
) -> LoadedMasks:
    """Load what is known of every mask: 8 bytes a feature and mask, and 12 besides.

    Args:
        population: holds the masks and their features.
        settings: whose masks, at least one.
        references: features to load.
        mention_ids: those of the sample.
        progress: is told of every mask.

    Raises:
        InputError: the population was not measured, or not since it changed; or a feature is of a pair with
            a setting that is not there.
    """
    columns = _Columns.of_size(sum(setting.n_annotations for setting in settings), references)
    wanted = pa.array(mention_ids, pa.string())
    places: dict[str, dict[str, int]] = {}
    progress.start(len(columns.settings))
    for code, setting in enumerate(settings):
        of_setting = places.setdefault(setting.setting, {})
        for first, batch in _batches(population, setting, references, columns):
            columns.settings[first : first + len(batch)] = code
            found = pc.indices_nonzero(pc.is_in(batch["mention_id"], wanted)).to_numpy()
            mentions = batch["mention_id"].take(pa.array(found)).to_pylist()
            of_setting.update(zip(mentions, (first + found).tolist(), strict=True))
            progress.advance(len(batch))
    return LoadedMasks(masks=columns.masks([each.setting for each in settings]), places=places)


@dataclass(slots=True, kw_only=True, eq=False)
class _Columns:
    """Columns that are filled batch by batch, so that no more than a batch is held twice."""

    n_filled: int
    settings: NDArray[np.int32]
    splits: "_NameColumn"
    categories: "_NameColumn"
    references: tuple[FeatureReference, ...]
    features: Floats

    @classmethod
    def of_size(cls, n_masks: int, references: Sequence[FeatureReference]) -> "_Columns":
        return cls(
            n_filled=0,
            settings=np.zeros(n_masks, np.int32),
            splits=_NameColumn.of_size(n_masks),
            categories=_NameColumn.of_size(n_masks),
            references=tuple(references),
            # Column by column: a feature is looked at as a whole.
            features=np.empty((n_masks, len(references)), order="F"),
        )

    def fill(self, batch: pa.Table) -> int:
        """Append a batch; give the place of its first mask."""
        first = self.n_filled
        here = slice(first, first + len(batch))
        self.splits.fill(here, batch["split"])
        self.categories.fill(here, batch["category"])
        for number, reference in enumerate(self.references):
            self.features[here, number] = pc.fill_null(batch[str(reference)].cast(pa.float64()), nan)
        self.n_filled = here.stop
        return first

    def masks(self, settings: Sequence[str]) -> TuningMasks:
        return TuningMasks(
            settings=Codes(names=tuple(settings), codes=self.settings),
            splits=self.splits.codes(),
            categories=self.categories.codes(),
            references=self.references,
            features=self.features,
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _NameColumn:
    """Names as they turn up, and of every mask the position of its own."""

    found: dict[str, int]
    positions: NDArray[np.int32]

    @classmethod
    def of_size(cls, n_masks: int) -> "_NameColumn":
        return cls(found={}, positions=np.full(n_masks, -1, np.int32))

    def fill(self, here: slice, column: pa.ChunkedArray) -> None:
        encoded = column.combine_chunks().dictionary_encode()
        names = encoded.dictionary.to_pylist()
        codes = np.array([self.found.setdefault(name, len(self.found)) for name in names] + [-1], np.int32)
        self.positions[here] = codes[pc.fill_null(encoded.indices, len(names)).to_numpy(zero_copy_only=False)]

    def codes(self) -> Codes:
        """The same with the names in order."""
        names = sorted(self.found)
        rank = {name: place for place, name in enumerate(names)}
        ranks = np.array([rank[name] for name in self.found] + [-1], np.int32)
        return Codes(names=tuple(names), codes=ranks[self.positions])


def _batches(
    population: Population,
    setting: SettingRecord,
    references: Sequence[FeatureReference],
    columns: _Columns,
) -> Iterator[tuple[int, pa.Table]]:
    with open_measured_masks(population, setting, references) as measured:
        for batch in measured.batches():
            yield columns.fill(batch), batch
