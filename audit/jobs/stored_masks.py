"""The masks of all settings of some mentions, read from the population when somebody asks for them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from audit.coco.buffers import as_numbers, from_flags, from_numbers, repeated
from audit.features.column import single
from audit.rules.subjects import MENTION_MASKS
from db.manifest import Manifest, SettingRecord
from db.places import LedReading, open_places, read_led
from db.population import ANNOTATIONS_FILE, Population
from db.rows import read_rows

Longs = NDArray[np.int64]

_COLUMNS = MENTION_MASKS.names[3:]
"""What is read; before it comes what is known without."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskFile:
    """A file of the population, and the setting whose masks it holds."""

    file: Path
    setting: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StoredMasks:
    """Where the masks of some subjects' mentions lie; called, it reads those that are asked for.

    Attributes:
        files: that masks lie in.
        positions: int64 [n_masks], the subject whose mention each mask shows.
        numbers: int64 [n_masks], the file that it lies in.
        rows: int64 [n_masks], its row there.
        is_own: bool [n_masks], True for the mask of the subject itself.
    """

    files: tuple[MaskFile, ...]
    positions: Longs
    numbers: Longs
    rows: Longs
    is_own: NDArray[np.bool_]

    def __call__(self, positions: Longs, /) -> pa.Table:
        """Read `MENTION_MASKS` of some subjects."""
        asked = np.flatnonzero(np.isin(self.positions, positions))
        tables = [
            self._read(number, asked[self.numbers[asked] == number])
            for number in np.unique(self.numbers[asked]).tolist()
        ]
        return pa.concat_tables([MENTION_MASKS.empty_table(), *tables])

    def _read(self, number: int, places: Longs) -> pa.Table:
        places = places[np.argsort(self.rows[places], kind="stable")]
        table = read_rows(self.files[number].file, self.rows[places], _COLUMNS)
        known = {
            "position": from_numbers(self.positions[places]),
            "setting": repeated(self.files[number].setting, len(places)),
            "is_own": from_flags(self.is_own[places]),
        }
        return pa.table([*known.values(), *table.columns], schema=MENTION_MASKS)


class MaskPlaces:
    """Says where the masks of a setting's mentions lie, source by source, from front to back."""

    def __init__(self, files: Sequence[MaskFile], led: LedReading) -> None:
        self._files = tuple(files)
        self._led = led

    def of(self, subjects: pa.Table) -> StoredMasks:
        """Give the masks of consecutive rows of one source; `subjects` has `source` and `row`."""
        source = subjects["source"][0].as_py()
        own_rows: Longs = as_numbers(single(subjects, "row"))
        led = self._led.of(source, range(int(own_rows[0]), int(own_rows[-1]) + 1))
        is_other = led.sources != source
        n_own, n_others = len(own_rows), int(is_other.sum())
        return StoredMasks(
            files=self._files,
            positions=np.concatenate([np.arange(n_own), np.searchsorted(own_rows, led.rows[is_other])]),
            numbers=np.concatenate([np.full(n_own, source), led.sources[is_other]]),
            rows=np.concatenate([own_rows, led.rows_there[is_other]]),
            is_own=np.arange(n_own + n_others) < n_own,
        )


@contextmanager
def open_mask_places(
    population: Population, setting: SettingRecord, *, only: Sequence[str] | None = None
) -> Iterator[MaskPlaces]:
    """Find where the masks of a setting's mentions lie, under every setting that was not filtered from one.

    A filtered setting has no opinion of its own: its masks are another's, or what rules made of them.

    Args:
        population: holds the masks.
        setting: whose mentions.
        only: mention ids to which they are restricted; None is all.
    """
    settings = [setting, *_others(population.manifest(), setting)]
    files = [
        MaskFile(file=population.folder / source.folder / ANNOTATIONS_FILE, setting=each.setting)
        for each in settings
        for source in each.sources
    ]
    with (
        open_places(
            population, [source for each in settings for source in each.sources], only=only
        ) as places,
        read_led(places) as led,
    ):
        yield MaskPlaces(files, led)


def _others(manifest: Manifest, setting: SettingRecord) -> list[SettingRecord]:
    return [each for each in manifest.settings if each.subset_of is None and each.setting != setting.setting]
