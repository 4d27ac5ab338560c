"""Where the masks of each mention lie, over the files of several settings.

A mention's masks stand in several files, in any order. They are not brought together on disk: a list of their
places is, 16 bytes a mask, and whoever compares them reads the rows that it names.
"""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from db.manifest import SourceRecord
from db.ordered_rows import OrderedRows, open_ordered, whole_numbers
from db.population import ANNOTATIONS_FILE, Population, query_engine

Longs = NDArray[np.int64]

_MEMORY = "1GB"
_ROWS = 2**40
"""More than a file has: a place is the number of its file times this, plus its row."""

_ROWS_AT_ONCE = 100_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stretch:
    """Some mentions with masks of several settings, and where these lie.

    Attributes:
        lead: number of the source that has the first mask of each of the mentions.
        places: int64 [n_masks], of the masks by mention, in the order of the lead's rows.
    """

    lead: int
    places: Longs

    def rows(self) -> dict[int, Longs]:
        """Give the rows of the masks in each source, ascending, by the source's number."""
        numbers, rows = np.divmod(self.places, _ROWS)
        return {int(number): np.sort(rows[numbers == number]) for number in np.unique(numbers)}


# Only what spills to disk: aggregates of fixed size, a join, a sort.
_PLACES = """
WITH leads AS (
    SELECT mention_id, min(place) AS lead FROM places GROUP BY mention_id HAVING count(*) > 1
)
SELECT lead, place FROM places JOIN leads USING (mention_id) ORDER BY lead, place
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedPlaces:
    """Some masks of a source, each with the places of all masks of its mention.

    Attributes:
        rows: int64 [n_places], of the source, which leads the mention.
        sources: int64 [n_places], number of the source where the mask lies.
        rows_there: int64 [n_places], its row in it.
    """

    rows: Longs
    sources: Longs
    rows_there: Longs


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """A list of places, in a file that is there as long as it is open.

    Attributes:
        n_masks: in the list.
    """

    file: Path
    n_masks: int

    def stretches(self, n_mentions: int) -> Iterator[Stretch]:
        """Give the mentions, at most so many at a time; no stretch has mentions of two leads."""
        leads: Longs = np.empty(0, np.int64)
        places: Longs = np.empty(0, np.int64)
        with pq.ParquetFile(self.file) as file:
            for batch in file.iter_batches(batch_size=_ROWS_AT_ONCE, use_threads=False):
                leads = np.concatenate([leads, _longs(batch["lead"])])
                places = np.concatenate([places, _longs(batch["place"])])
                ends = _ends(leads, n_mentions)[:-1]  # the last stretch may go on in the next batch
                yield from _between(leads, places, ends)
                if ends.size:
                    leads, places = leads[ends[-1] :], places[ends[-1] :]
        yield from _between(leads, places, _ends(leads, n_mentions))


class LedReading:
    """Goes through a list of places from front to back, by the rows of the leads."""

    def __init__(self, ordered: OrderedRows) -> None:
        self._ordered = ordered

    def of(self, lead: int, rows: range) -> LedPlaces:
        """Give the places of the masks of the mentions that rows of a source lead; ask for them in order."""
        found = self._ordered.before(lead * _ROWS + rows.stop)
        leads, places = whole_numbers(found["lead"]), whole_numbers(found["place"])
        is_asked = leads >= lead * _ROWS + rows.start
        sources, rows_there = np.divmod(places[is_asked], _ROWS)
        return LedPlaces(rows=leads[is_asked] % _ROWS, sources=sources, rows_there=rows_there)


@contextmanager
def read_led(places: Places) -> Iterator[LedReading]:
    """Open a list of places to go through it by the rows of the leads."""
    with open_ordered(places.file, "lead", ("lead", "place")) as ordered:
        yield LedReading(ordered)


@contextmanager
def open_places(
    population: Population, sources: Sequence[SourceRecord], *, only: Sequence[str] | None = None
) -> Iterator[Places]:
    """List the places of the masks of every mention that stands in more than one source.

    The list depends on nothing but the content of the sources and their order.

    Args:
        population: holds the sources.
        sources: of all settings; a mention is led by the first that has it.
        only: mention ids to which the list is restricted; None is all.
    """
    with tempfile.TemporaryDirectory(prefix="mask-audit-") as folder:
        file = Path(folder) / "places.parquet"
        _write_places(population, sources, only, file)
        yield Places(file=file, n_masks=pq.read_metadata(file).num_rows)


def _write_places(
    population: Population, sources: Sequence[SourceRecord], only: Sequence[str] | None, file: Path
) -> None:
    chosen = "" if only is None else " WHERE list_contains(getvariable('chosen_ids'), mention_id)"
    with query_engine(memory=_MEMORY) as connection:
        connection.execute("SET VARIABLE chosen_ids = $ids::VARCHAR[]", {"ids": list(only or ())})
        selects = []
        for number, source in enumerate(sources):
            path = str(population.folder / source.folder / ANNOTATIONS_FILE)
            connection.execute(f"SET VARIABLE file_{number} = $path", {"path": path})
            selects.append(
                f"SELECT mention_id, {number * _ROWS} + file_row_number AS place "  # noqa: S608 - of numbers
                f"FROM read_parquet(getvariable('file_{number}'), file_row_number=true){chosen}"
            )
        connection.execute(f"CREATE VIEW places AS {' UNION ALL '.join(selects)}")
        connection.sql(_PLACES).write_parquet(str(file), compression="zstd")


def _between(leads: Longs, places: Longs, ends: Longs) -> Iterator[Stretch]:
    start = 0
    for end in ends.tolist():
        yield Stretch(lead=int(leads[start] // _ROWS), places=places[start:end])
        start = end


def _ends(leads: Longs, n_mentions: int) -> Longs:
    """Where the stretches end; the first begins with the first of the leads."""
    is_first = np.diff(leads, prepend=-1) != 0
    firsts = np.flatnonzero(is_first)
    sources = leads[firsts] // _ROWS
    starts_source = np.flatnonzero(np.diff(sources, prepend=-1))
    within = np.arange(len(firsts)) - np.repeat(starts_source, np.diff(starts_source, append=len(firsts)))
    starts = firsts[within % n_mentions == 0]
    return np.append(starts[1:], len(leads)) if len(leads) else starts


def _longs(array: pa.Array) -> Longs:
    return np.frombuffer(array.buffers()[1], np.int64)[array.offset : array.offset + len(array)]
