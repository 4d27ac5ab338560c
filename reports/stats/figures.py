"""The figures of a dataset's statistics, beside those of other datasets."""

from collections.abc import Callable, Sequence
from operator import attrgetter

from reports.figures.figure import BarFigure, HistogramFigure, Measure, Scale, Series
from reports.numbers import count_text, counted_text
from reports.stats.content import StatsContent
from reports.stats.numbers import Counts, DatasetNumbers, NamedNumbers, SizeClass
from reports.stats.tables import OWN_NAME, is_known, name_text

MOST_BARS = 24
"""Of a figure; the table below it has more."""

_NamesOf = Callable[[DatasetNumbers], tuple[NamedNumbers, ...]]
_Number = Callable[[Counts], int]

_N_ENTITIES: _Number = attrgetter("n_entities")
_N_ANNOTATIONS: _Number = attrgetter("n_annotations")


def category_figures(content: StatsContent) -> tuple[BarFigure, ...]:
    """Give categories' shares of entities and annotations, and their annotations beside other datasets'."""
    categories = content.numbers.categories
    if not is_known(categories):
        return ()
    shown = categories[:MOST_BARS]
    total = content.numbers.total
    shares = BarFigure(
        key="figure-5",
        title="Categories",
        caption=_caption(
            f"Share of {counted_text(total.n_annotations, 'annotation')} and of "
            f"{count_text(total.n_entities)} entities by category.",
            len(categories) - len(shown),
        ),
        labels=tuple(name_text(each.name) for each in shown),
        series=(
            Series(name="entities", values=_shares(shown, total, _N_ENTITIES)),
            Series(name="annotations", values=_shares(shown, total, _N_ANNOTATIONS)),
        ),
        measure=Measure.SHARE,
    )
    return (shares, *_compared_categories(content))


def area_figure(content: StatsContent) -> HistogramFigure | None:
    """Give how much of their images masks cover; None where no mask has a pixel."""
    own = content.numbers.area
    if not own.n_masks:
        return None
    series = [
        Series(name=name, values=tuple(n / numbers.area.n_masks for n in numbers.area.counts))
        for name, numbers in _datasets(content)
        if numbers.area.n_masks and len(numbers.area.counts) == len(own.counts)
    ]
    return HistogramFigure(
        key="mask-area-share",
        title="How much of its image a mask covers",
        caption=f"Share of {counted_text(own.n_masks, 'mask')} that have a pixel; "
        "a mask is the union of its parts.",
        axis="share of the image's pixels",
        edges=own.edges,
        series=tuple(series),
        measure=Measure.SHARE,
    )


def source_figure(content: StatsContent) -> BarFigure | None:
    """Give the entities by source, and in all, beside other datasets'; None where there is nothing to say."""
    if not is_known(content.numbers.sources) and not content.against:
        return None
    labels = _labels(content, lambda numbers: numbers.sources)
    series = [
        Series(name=name, values=(numbers.total.n_entities, *_values(labels, numbers.sources, _N_ENTITIES)))
        for name, numbers in _datasets(content)
    ]
    return BarFigure(
        key="figure-10",
        title="Entities by source",
        caption=_caption(
            "Different entities of each source dataset; one that several have counts in each of them, and "
            "once in all." + (" Logarithmic scale." if content.against else ""),
            len(content.numbers.sources) - MOST_BARS,
        ),
        labels=("all", *(name_text(name) for name in labels)),
        series=tuple(series),
        measure=Measure.COUNT,
        scale=Scale.LOG if content.against else Scale.LINEAR,
    )


def entity_figure(content: StatsContent) -> BarFigure | None:
    """Give how many entities have how many annotations; None where there is no entity."""
    sizes = content.numbers.entity_sizes
    if not content.numbers.total.n_entities:
        return None
    return BarFigure(
        key="entity-sizes",
        title="Annotations of an entity",
        caption=f"{count_text(content.numbers.total.n_entities)} entities by how many annotations they have. "
        "Logarithmic scale.",
        labels=tuple(map(size_text, sizes)),
        series=(Series(name="entities", values=tuple(each.n_entities for each in sizes)),),
        measure=Measure.COUNT,
        scale=Scale.LOG,
    )


def size_text(size: SizeClass) -> str:
    """Give a class of entities as a range.

    >>> size_text(SizeClass(lowest=2, highest=9, n_entities=0)), size_text(
    ...     SizeClass(lowest=1000, highest=None, n_entities=1))
    ('2–9', '1,000 or more')
    """
    if size.highest is None:
        return f"{count_text(size.lowest)} or more"
    lowest, highest = count_text(size.lowest), count_text(size.highest)
    return lowest if size.lowest == size.highest else f"{lowest}–{highest}"


def _compared_categories(content: StatsContent) -> tuple[BarFigure, ...]:
    datasets = [(name, numbers) for name, numbers in _datasets(content) if is_known(numbers.categories)]
    unknown = [other.name for other in content.against if not is_known(other.numbers.categories)]
    if len(datasets) < 2:
        return ()
    labels = _labels(content, lambda numbers: numbers.categories)
    lacks = f" Of {', '.join(unknown)} no category is known." if unknown else ""
    figure = BarFigure(
        key="figure-5-against",
        title="Categories beside other datasets",
        caption=_caption(
            f"Annotations by category. Logarithmic scale.{lacks}", len(content.numbers.categories) - MOST_BARS
        ),
        labels=tuple(map(name_text, labels)),
        series=tuple(
            Series(name=name, values=_values(labels, numbers.categories, _N_ANNOTATIONS))
            for name, numbers in datasets
        ),
        measure=Measure.COUNT,
        scale=Scale.LOG,
    )
    return (figure,)


def _datasets(content: StatsContent) -> Sequence[tuple[str, DatasetNumbers]]:
    return ((OWN_NAME, content.numbers), *((other.name, other.numbers) for other in content.against))


def _labels(content: StatsContent, names_of: _NamesOf) -> tuple[str | None, ...]:
    """The names of this dataset, then those that others have alone; what nobody knows of any comes last."""
    named = (names_of(numbers) for _, numbers in _datasets(content))
    different = dict.fromkeys(each.name for of_one in named if is_known(of_one) for each in of_one)
    known = [name for name in different if name is not None][:MOST_BARS]
    return (*known, None) if None in different else tuple(known)


def _values(
    labels: Sequence[str | None], named: Sequence[NamedNumbers], number: _Number
) -> tuple[float | None, ...]:
    """A number of each name; none of a dataset that knows no name at all."""
    by_name = {each.name: number(each.total) for each in named}
    return tuple(by_name.get(name, 0) if is_known(named) else None for name in labels)


def _shares(named: Sequence[NamedNumbers], total: Counts, number: _Number) -> tuple[float | None, ...]:
    return tuple(number(each.total) / number(total) if number(total) else None for each in named)


def _caption(text: str, n_left_out: int) -> str:
    return f"{text} {count_text(n_left_out)} more are in stats.json." if n_left_out > 0 else text
