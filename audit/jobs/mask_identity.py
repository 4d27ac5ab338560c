"""Gives every mask of a setting the id that it would have in a sample, so that equal masks are known."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from audit.coco.buffers import as_flags, as_numbers, from_flags
from audit.coco.canonical import canonical_counts
from audit.jobs.mask_copies import MASK_ID_BYTES, mask_digest
from audit.jobs.progress import Progress
from db.identities import IDENTITIES, sources_to_identify, write_identities
from db.manifest import SettingRecord
from db.population import Population
from db.records import MaskState


def identify_masks(
    population: Population, settings: Sequence[SettingRecord], *, workers: int, progress: Progress
) -> None:
    """Write the identities of the masks of settings, where they are not there yet.

    A source that is done is done for good; interrupted, the sources that were done stay so.

    Args:
        population: holds the settings.
        settings: whose masks.
        workers: threads.
        progress: of masks.

    Raises:
        ConflictError: another command is writing to the population.
        UnreachableError: the disk is full, or the population's files are gone.
    """
    waiting = sources_to_identify(population, settings)
    if not waiting:
        return
    progress.start(sum(source.n_written for source in waiting))
    write_identities(population, settings, identities_of, workers=workers, advance=progress.advance)


def identities_of(rows: pa.Table) -> pa.Table:
    """Give rows of the population as rows of `IDENTITIES`: the state and id of what a sample would copy."""
    if not rows.num_rows:
        return IDENTITIES.empty_table()
    rows = rows.combine_chunks()
    heights, widths, parts_areas = (
        as_numbers(pc.fill_null(_single(rows, name), 0)) for name in ("height", "width", "parts_area")
    )
    is_empty = (parts_areas == 0) & as_flags(pc.is_valid(_single(rows, "parts_area")))
    n_pixels = heights.astype(np.int64) * widths
    n_pixels[parts_areas == 0] = 0
    canonical = canonical_counts(_single(rows, "parts"), n_pixels)
    mention_ids, starts = rows["mention_id"].to_pylist(), canonical.starts.tolist()
    counts = canonical.texts.data
    mask_ids = bytearray(MASK_ID_BYTES * rows.num_rows)
    for row in np.flatnonzero(canonical.is_sound).tolist():
        mask_ids[MASK_ID_BYTES * row : MASK_ID_BYTES * (row + 1)] = mask_digest(
            mention_ids[row],
            height=int(heights[row]),
            width=int(widths[row]),
            canonical_counts=counts[starts[row] : starts[row + 1]],
        )
    return pa.table(
        [
            rows["mention_id"],
            _states(canonical.is_sound, is_empty),
            _fixed_bytes(mask_ids, canonical.is_sound),
        ],
        schema=IDENTITIES,
    )


def _states(is_present: NDArray[np.bool_], is_empty: NDArray[np.bool_]) -> pa.Array:
    otherwise = pc.if_else(from_flags(is_empty), MaskState.MISSING.value, MaskState.UNREADABLE.value)
    return pc.if_else(from_flags(is_present), MaskState.PRESENT.value, otherwise)


def _fixed_bytes(values: bytearray, is_valid: NDArray[np.bool_]) -> pa.Array:
    validity = from_flags(is_valid).buffers()[1]
    return pa.Array.from_buffers(
        pa.binary(MASK_ID_BYTES), len(is_valid), [validity, pa.py_buffer(values)], int((~is_valid).sum())
    )


def _single(rows: pa.Table, name: str) -> pa.Array:
    return rows[name].chunk(0)
