"""Counts everything that is said of a dataset."""

from collections.abc import Iterable, Mapping, Sequence

from audit.errors import InputError
from audit.id_patterns import IdPatterns
from audit.jobs.progress import Progress
from audit.jobs.stats.area_shares import count_area_shares
from audit.settings import Settings
from db.manifest import SettingRecord
from db.population import Population
from db.statistics import Column, Counted, Naming, Statistics, open_statistics
from reports.stats.numbers import (
    AreaShares,
    Counts,
    DatasetNumbers,
    NamedNumbers,
    PartNumbers,
    SizeClass,
    SplitNumbers,
)

SIZE_CLASSES = (1, 2, 10, 100, 1_000, 10_000, 100_000)
"""The fewest annotations of the entities of each class."""

PARTS_IN_ORDER = ("train", "val", "test")
"""Others come after them, by name."""

_KeyedCounts = Mapping[tuple[str | None, ...], Counts]


def naming_of(settings: Settings) -> Naming:
    """Give the patterns of a workspace as the population is asked with."""
    return Naming(
        sources=IdPatterns.of(settings.sources).like, categories=IdPatterns.of(settings.categories).like
    )


def setting_to_count(population: Population, name: str | None) -> SettingRecord:
    """Give a setting by name, or the first that was ingested.

    Raises:
        InputError: nothing was ingested.
        NotFoundError: there is no such setting.
    """
    manifest = population.manifest()
    if not manifest.settings:
        raise InputError(
            f"nothing is ingested yet in {population.folder.parent}: `mask-audit ingest FILE --setting NAME` "
            "comes first"
        )
    return manifest.settings[0] if name is None else manifest.get(name)


def count_dataset(
    population: Population, setting: SettingRecord, naming: Naming, progress: Progress
) -> DatasetNumbers:
    """Count the annotations of a setting by everything that is known of them.

    Raises:
        UnreachableError: the disk is full, or files of the population are gone.
    """
    area = count_area_shares(population, setting, progress)
    with open_statistics(population, setting, naming) as statistics:
        return numbers_of(statistics, setting.setting, area)


def numbers_of(statistics: Statistics, setting: str, area: AreaShares) -> DatasetNumbers:
    """Give the counts of a setting's annotations beside those of its masks' areas."""
    totals = statistics.totals()
    return DatasetNumbers(
        setting=setting,
        total=Counts(n_annotations=totals.n_annotations, n_entities=totals.n_entities),
        by_visibility={each.keys[0]: _counts(each) for each in statistics.counted(Column.VISIBILITY)},
        n_images=totals.n_images,
        n_without_entity=totals.n_without_entity,
        n_without_image=totals.n_without_image,
        n_empty=totals.n_empty,
        n_unreadable=totals.n_unreadable,
        median_size=totals.median_size,
        splits=tuple(_splits(statistics)),
        sources=_named(statistics, Column.SOURCE),
        categories=_named(statistics, Column.CATEGORY),
        entity_sizes=_size_classes(statistics.entity_sizes(SIZE_CLASSES)),
        area=area,
    )


def _splits(statistics: Statistics) -> Iterable[SplitNumbers]:
    of_splits = _keyed(statistics.counted(Column.SPLIT))
    of_parts = _keyed(statistics.counted(Column.SPLIT, Column.PART))
    seen_of_splits = _keyed(statistics.counted(Column.SPLIT, Column.VISIBILITY))
    seen_of_parts = _keyed(statistics.counted(Column.SPLIT, Column.PART, Column.VISIBILITY))
    for key, total in of_splits.items():
        parts = [
            PartNumbers(part=part_key[1], total=of_part, by_visibility=_within(seen_of_parts, part_key))
            for part_key, of_part in of_parts.items()
            if part_key[:1] == key
        ]
        yield SplitNumbers(
            split=key[0] or "",
            total=total,
            by_visibility=_within(seen_of_splits, key),
            parts=tuple(sorted(parts, key=_place_of)),
        )


def _place_of(part: PartNumbers) -> tuple[int, str]:
    name = part.part or ""
    return (PARTS_IN_ORDER.index(name) if name in PARTS_IN_ORDER else len(PARTS_IN_ORDER), name)


def _named(statistics: Statistics, column: Column) -> tuple[NamedNumbers, ...]:
    by_split = _keyed(statistics.counted(column, Column.SPLIT))
    of_names: dict[str | None, dict[str, Counts]] = {}
    for (name, split), counts in by_split.items():
        of_names.setdefault(name, {})[split or ""] = counts
    found = (
        NamedNumbers(name=each.keys[0], total=_counts(each), by_split=of_names[each.keys[0]])
        for each in statistics.counted(column)
    )
    return tuple(sorted(found, key=lambda each: (each.name is None, -each.total.n_annotations)))


def _size_classes(n_entities: Mapping[int, int]) -> tuple[SizeClass, ...]:
    """Those up to the largest that any entity is in."""
    lows = list(n_entities)
    n_shown = max((place + 1 for place, low in enumerate(lows) if n_entities[low]), default=0)
    highest: list[int | None] = [*(low - 1 for low in lows[1:]), None]
    return tuple(
        SizeClass(lowest=low, highest=high, n_entities=n_entities[low])
        for low, high in list(zip(lows, highest, strict=True))[:n_shown]
    )


def _within(counts: _KeyedCounts, key: tuple[str | None, ...]) -> dict[str | None, Counts]:
    return {keys[-1]: each for keys, each in counts.items() if keys[:-1] == key}


def _keyed(counted: Sequence[Counted]) -> _KeyedCounts:
    return {each.keys: _counts(each) for each in counted}


def _counts(counted: Counted) -> Counts:
    return Counts(n_annotations=counted.n_annotations, n_entities=counted.n_entities)
