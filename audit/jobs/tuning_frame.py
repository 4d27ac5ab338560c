"""Which masks a sample could have drawn: of others its verdicts say nothing, whatever these are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from audit.features.column import single
from audit.jobs.measured import open_measured_masks
from audit.jobs.sample_growth import refuse_changed_frame
from audit.jobs.tuning_masks import Flags, TuningMasks
from db.manifest import SettingRecord, frame_files
from db.population import Population
from db.records import Sample


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnFrom:
    """What a sample was drawn from, and which masks that leaves out.

    Attributes:
        frame: the setting.
        splits: its splits of which something was drawn, in order.
        n_outside: setting → its masks of mentions that are not in there; settings that have none are absent.
    """

    frame: str
    splits: tuple[str, ...]
    n_outside: Mapping[str, int]

    @property
    def n(self) -> int:
        """Masks outside, of all settings."""
        return sum(self.n_outside.values())


def drawable_masks(
    population: Population, settings: Sequence[SettingRecord], masks: TuningMasks, sample: Sample
) -> Flags:
    """Give which masks of settings have a mention that a sample could have drawn, bool [n_masks].

    Raises:
        InputError: what the sample was drawn from has changed since.
        NotFoundError: it is gone.
    """
    frame = population.manifest().get(sample.frame)
    refuse_changed_frame(sample, frame_files(frame))
    splits = drawn_splits(sample)
    in_splits = np.array([name in splits for name in masks.splits.names] + [False])[masks.splits.codes]
    others = [each for each in settings if each.setting != frame.setting]
    drawable = _drawable_mentions(population, frame, splits) if others else None
    found = []
    for code, setting in enumerate(settings):
        if setting.setting == frame.setting:
            found.append(in_splits[masks.settings.codes == code])
        else:
            found.append(pc.is_in(_mentions(population, setting), drawable).to_numpy())
    return np.concatenate(found)


def drawn_splits(sample: Sample) -> tuple[str, ...]:
    """Give the splits of which something was drawn."""
    return tuple(stratum.split for stratum in sample.strata if stratum.n_units)


def _drawable_mentions(population: Population, frame: SettingRecord, splits: Sequence[str]) -> pa.Array:
    wanted = pa.array(splits, pa.string())
    with open_measured_masks(population, frame, ()) as masks:
        found = [
            single(batch, "mention_id").filter(pc.is_in(single(batch, "split"), wanted))
            for batch in masks.batches()
        ]
    return pa.chunked_array(found, pa.string()).combine_chunks()


def _mentions(population: Population, setting: SettingRecord) -> pa.ChunkedArray:
    """The mention of each mask of a setting."""
    with open_measured_masks(population, setting, ()) as masks:
        found = [single(batch, "mention_id") for batch in masks.batches()]
    return pa.chunked_array(found, pa.string())
