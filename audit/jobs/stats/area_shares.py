"""Tells how much of its image each mask covers: as it was measured, else from the run lengths."""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from audit.coco.buffers import as_flags, as_numbers
from audit.coco.canonical import canonical_counts
from audit.features.column import single
from audit.jobs.measure import FeatureState, feature_state
from audit.jobs.progress import Progress
from db.manifest import SettingRecord
from db.mask_sizes import masks_with_parts, measured_shares
from db.population import Population
from reports.stats.numbers import AreaShares

N_CLASSES = 20
_ROUNDING = 1e-9
"""A share of 3/20 is a little less than 0.15 as a float, and belongs to the class above 0.15 all the same."""

_MOST_WAITING = 2
"""Row groups that are read before they are decoded."""

_Shares = NDArray[np.float64]


def count_area_shares(population: Population, setting: SettingRecord, progress: Progress) -> AreaShares:
    """Count the masks of a setting that have a pixel, by the share of their image that they cover.

    Raises:
        UnreachableError: files of the population are gone or damaged.
    """
    is_measured = feature_state(population) is FeatureState.WHOLE
    read = _measured if is_measured else _computed
    counts = np.zeros(N_CLASSES, np.int64)
    progress.start(setting.n_annotations)
    for n_masks, shares in read(population, setting):
        classes = np.floor(shares * N_CLASSES + _ROUNDING).astype(np.int64)
        counts += np.bincount(np.minimum(classes, N_CLASSES - 1), minlength=N_CLASSES)
        progress.advance(n_masks)
    return AreaShares(counts=tuple(counts.tolist()))


def _measured(population: Population, setting: SettingRecord) -> Iterator[tuple[int, _Shares]]:
    for table in measured_shares(population, setting):
        shares = table["area_share"].drop_null()
        found = as_numbers(single(pa.table({"area_share": shares}), "area_share")) if len(shares) else _NONE
        yield table.num_rows, found[found > 0]


def _computed(population: Population, setting: SettingRecord) -> Iterator[tuple[int, _Shares]]:
    """Reading takes about as long as decoding: each has a thread of its own."""
    under_way: deque[tuple[int, Future[_Shares]]] = deque()
    with ThreadPoolExecutor(1) as decoding:
        for table in masks_with_parts(population, setting):
            under_way.append((table.num_rows, decoding.submit(area_shares, table)))
            if len(under_way) > _MOST_WAITING:
                n_masks, shares = under_way.popleft()
                yield n_masks, shares.result()
        for n_masks, shares in under_way:
            yield n_masks, shares.result()


def area_shares(masks: pa.Table) -> _Shares:
    """Give the shares of masks that have a pixel, float64 in (0, 1], in their order.

    Args:
        masks: `height`, `width` and `parts_area`; `parts` too where some mask may have several.
    """
    masks = masks.filter(pc.greater(masks["parts_area"], 0))
    if not masks.num_rows:
        return _NONE
    n_pixels = _numbers(masks, "height") * _numbers(masks, "width")
    areas = _numbers(masks, "parts_area")
    if "parts" in masks.column_names:
        several = as_flags(single(masks.append_column("n", _is_several(masks)), "n"))
        of_several = masks.filter(_is_several(masks))
        if of_several.num_rows:
            areas = areas.copy()
            areas[several] = canonical_counts(single(of_several, "parts"), n_pixels[several]).areas
    shares: _Shares = areas / n_pixels
    return shares


def _is_several(masks: pa.Table) -> pa.ChunkedArray:
    return pc.greater(pc.list_value_length(masks["parts"]), 1)


def _numbers(masks: pa.Table, name: str) -> NDArray[Any]:
    return as_numbers(single(masks, name)).astype(np.int64)


_NONE: _Shares = np.empty(0, np.float64)
