"""The tables of a dataset's statistics."""

from collections.abc import Iterable, Mapping, Sequence

from reports.blocks import Cell, Table
from reports.numbers import ABSENT, count_text, percent_text
from reports.stats.content import StatsContent
from reports.stats.numbers import Counts, DatasetNumbers, NamedNumbers, PartNumbers, SplitNumbers

TOTAL = "total"
UNKNOWN = "unknown"
OWN_NAME = "this dataset"
MOST_ROWS = 200
"""Of a table by name; `stats.json` has all."""

_NOTHING = Counts(n_annotations=0, n_entities=0)
_VISIBILITIES = ("seen", "unseen")


def split_table(numbers: DatasetNumbers) -> Table:
    """Give entities and examples of every part of every split, seen and unseen where there are such."""
    visibilities = _VISIBILITIES if set(_VISIBILITIES) & numbers.by_visibility.keys() else ()
    has_parts = any(part.part is not None for split in numbers.splits for part in split.parts)
    rows = [row for split in numbers.splits for row in _split_rows(split, visibilities)]
    if len(numbers.splits) > 1:
        rows.append((TOTAL, "", *_split_cells(numbers.total, numbers.by_visibility, visibilities)))
    columns = (
        "Split",
        "Part",
        *(f"{what} entities" for what in map(str.capitalize, visibilities)),
        "Entities",
        *(f"{what} examples" for what in map(str.capitalize, visibilities)),
        "Examples",
    )
    table = _table(columns, rows, n_labels=2)
    return table if has_parts else _without_column(table, 1)


def named_table(title: str, named: Sequence[NamedNumbers], splits: Sequence[SplitNumbers]) -> Table:
    """Give the examples of every source or category by split, then in all, with their share and entities."""
    n_all = sum(each.total.n_annotations for each in named)
    names = [split.split for split in splits] if len(splits) > 1 else []
    rows = [
        (
            name_text(each.name),
            *(count_text(each.by_split.get(name, _NOTHING).n_annotations) for name in names),
            count_text(each.total.n_annotations),
            percent_text(each.total.n_annotations / n_all) if n_all else ABSENT,
            count_text(each.total.n_entities),
        )
        for each in named[:MOST_ROWS]
    ]
    return _table((title, *names, "Examples", "Share", "Entities"), rows, n_labels=1)


def dataset_table(content: StatsContent) -> Table:
    """Give the totals of this dataset and of those that it is compared with."""
    datasets = ((OWN_NAME, content.numbers), *((other.name, other.numbers) for other in content.against))
    rows = [
        (
            name,
            count_text(numbers.total.n_annotations),
            count_text(numbers.total.n_entities),
            count_text(numbers.n_images),
            _n_named(numbers.categories),
            _n_named(numbers.sources),
        )
        for name, numbers in datasets
    ]
    columns = ("Dataset", "Annotations", "Entities", "Images", "Categories", "Sources")
    return _table(columns, rows, n_labels=1)


def name_text(name: str | None) -> str:
    """Give a name of a source or a category, or what stands for none."""
    return UNKNOWN if name is None else name


def is_known(named: Sequence[NamedNumbers]) -> bool:
    """Tell whether anything has a name."""
    return any(each.name is not None for each in named)


def _split_rows(split: SplitNumbers, visibilities: Sequence[str]) -> Iterable[tuple[str, ...]]:
    of_parts: tuple[PartNumbers, ...] = split.parts
    for part in of_parts:
        yield (split.split, part.part or "", *_split_cells(part.total, part.by_visibility, visibilities))
    if len(of_parts) > 1:
        yield (split.split, TOTAL, *_split_cells(split.total, split.by_visibility, visibilities))


def _split_cells(
    total: Counts, by_visibility: Mapping[str | None, Counts], visibilities: Sequence[str]
) -> tuple[str, ...]:
    """Where annotations are neither seen nor unseen, a 0 would say that somebody had looked."""
    is_said = not total.n_annotations or not by_visibility.keys().isdisjoint(visibilities)
    counts = [by_visibility.get(name, _NOTHING) if is_said else None for name in visibilities]
    return (
        *(ABSENT if each is None else count_text(each.n_entities) for each in (*counts, total)),
        *(ABSENT if each is None else count_text(each.n_annotations) for each in (*counts, total)),
    )


def _n_named(named: Sequence[NamedNumbers]) -> str:
    n = sum(each.name is not None for each in named)
    return count_text(n) if n else ABSENT


def _table(columns: tuple[str, ...], rows: Sequence[tuple[str, ...]], *, n_labels: int) -> Table:
    return Table(
        columns=columns,
        rows=tuple(tuple(Cell(text=text) for text in row) for row in rows),
        n_labels=n_labels,
    )


def _without_column(table: Table, index: int) -> Table:
    return Table(
        columns=table.columns[:index] + table.columns[index + 1 :],
        rows=tuple(row[:index] + row[index + 1 :] for row in table.rows),
        n_labels=table.n_labels - 1,
    )
