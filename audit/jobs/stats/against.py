"""Finds the numbers of another dataset: in what `stats` wrote of it, or by counting its workspace."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from audit.errors import InputError
from audit.jobs.progress import Progress
from audit.jobs.stats.dataset_numbers import count_dataset, naming_of, setting_to_count
from audit.settings import FILE_NAME, load_settings
from db.population import Population
from reports.stats.content import ComparedDataset
from reports.stats.json_document import read_numbers
from reports.stats.numbers import DatasetNumbers
from reports.stats.tables import OWN_NAME

STATS_FILE = "stats.json"
MOST_BYTES = 100_000_000
"""Of a file that is read at all: annotation files are larger, and no statistics are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherDataset:
    """Another dataset, and the file or folder that its numbers are told from."""

    name: str
    place: Path


def load_others(others: Sequence[OtherDataset], progress: Progress) -> tuple[ComparedDataset, ...]:
    """Give the numbers of other datasets.

    Raises:
        InputError: two have one name, or there are no numbers to be had from a place.
    """
    names = [other.name for other in others]
    if OWN_NAME in names:
        raise InputError(
            f"--against {OWN_NAME!r} is reserved for the dataset that is counted: give another name"
        )
    repeated = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    if repeated:
        raise InputError(
            f"--against {repeated[0]!r} is the name of two datasets: give each a name of its own"
        )
    return tuple(ComparedDataset(name=other.name, numbers=_load(other, progress)) for other in others)


def _load(other: OtherDataset, progress: Progress) -> DatasetNumbers:
    place = other.place
    if (place / FILE_NAME).is_file():
        settings = load_settings(place.absolute())
        population = Population(settings.population_folder)
        return count_dataset(population, setting_to_count(population, None), naming_of(settings), progress)
    if place.is_dir():
        place = place / STATS_FILE
    if not place.is_file():
        raise InputError(
            f"--against {other.name}={other.place}: there is neither a {STATS_FILE} nor a workspace; run "
            "`mask-audit stats` on that dataset, or name its workspace"
        )
    try:
        return read_numbers(json.loads(_text(place)))
    except (ValueError, RecursionError) as error:
        raise InputError(
            f"--against {other.name}={other.place} holds no numbers ({error}): annotation files are ingested "
            "into a workspace of their own first, and that is named"
        ) from error


def _text(file: Path) -> str:
    if file.stat().st_size > MOST_BYTES:
        raise ValueError("it is too large to be what `mask-audit stats` writes")
    return file.read_text(encoding="utf-8")
