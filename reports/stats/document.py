"""The statistics of a dataset as a document: sections, and what stands above them."""

from collections.abc import Callable, Iterator

from reports.blocks import Section
from reports.document import Document
from reports.numbers import count_text, counted_text, percent_text
from reports.stats.content import OtherSetting, StatsContent
from reports.stats.figures import area_figure, category_figures, entity_figure, source_figure
from reports.stats.numbers import NamedNumbers
from reports.stats.tables import MOST_ROWS, dataset_table, is_known, named_table, split_table

KEY = "stats"

HOW_TO_SAY = (
    "say it of entities (mask-audit entities FILE, column {column}), or by patterns of ids under [{table}] "
    "in audit.toml"
)


def stats_document(content: StatsContent) -> Document:
    """Give the statistics in the form that every format writes."""
    numbers = content.numbers
    sections = {key: section_of(content) for key, section_of in SECTIONS.items()}
    return Document(
        key=KEY,
        title="Statistics of the dataset",
        lede="What the dataset holds: how many annotations of which entities, from where, and how large the "
        "masks are.",
        status=_status_text(content),
        is_done=numbers.total.n_annotations > 0,
        facts=tuple(_facts(content)),
        warnings=tuple(_warnings(content)),
        sections={key: section for key, section in sections.items() if section.has_content},
        provenance=f"Counted by {content.version} from {', '.join(content.files)}",
        version=content.version,
        created_at=content.created_at,
    )


def splits(content: StatsContent) -> Section:
    """Table 2: entities and examples per split and part."""
    numbers = content.numbers
    neither = numbers.by_visibility.get(None)
    remarks = ["An entity counts once in each total, in whatever parts it is; examples add up."]
    if neither and len(numbers.by_visibility) > 1:
        remarks.append(
            f"{counted_text(neither.n_annotations, 'example')} are neither seen nor unseen: they are in the "
            "totals alone."
        )
    return Section(
        title="Table 2. Entities and examples by split",
        paragraphs=(" ".join(remarks),),
        table=split_table(numbers),
    )


def sources(content: StatsContent) -> Section:
    """Table 7: annotations by source dataset and split."""
    named = content.numbers.sources
    if not is_known(named):
        return Section(
            title="Table 7. Annotations by source dataset",
            paragraphs=(
                f"No source dataset is known: {HOW_TO_SAY.format(column='source', table='sources')}.",
            ),
        )
    return Section(
        title="Table 7. Annotations by source dataset",
        paragraphs=tuple(_unknown(named, "source dataset")),
        table=named_table("Source", named, content.numbers.splits),
    )


def categories(content: StatsContent) -> Section:
    """Figure 5: the categories of the population."""
    named = content.numbers.categories
    if not is_known(named):
        return Section(
            title="Figure 5. Categories",
            paragraphs=(
                f"No category is known: {HOW_TO_SAY.format(column='category', table='categories')}.",
            ),
        )
    return Section(
        title="Figure 5. Categories",
        paragraphs=tuple(_unknown(named, "category")),
        table=named_table("Category", named, content.numbers.splits),
        figures=category_figures(content),
    )


def mask_sizes(content: StatsContent) -> Section:
    """How much of their images masks cover, and which masks there are not."""
    numbers = content.numbers
    figure = area_figure(content)
    points = [
        f"{counted_text(numbers.area.n_masks, 'mask')} with a pixel, {count_text(numbers.n_empty)} empty, "
        f"{count_text(numbers.n_unreadable)} that cannot be read."
    ]
    if numbers.median_size is not None:
        height, width = numbers.median_size
        points.append(f"Median height and width of the images: {count_text(height)} and {count_text(width)} "
                      "pixels.")  # fmt: skip
    return Section(title="Sizes of masks", points=tuple(points), figures=() if figure is None else (figure,))


def entities_by_source(content: StatsContent) -> Section:
    """Figure 10: the different entities of each source."""
    figure = source_figure(content)
    return Section(title="Figure 10. Entities by source", figures=() if figure is None else (figure,))


def entity_sizes(content: StatsContent) -> Section:
    """How many annotations entities have."""
    figure = entity_figure(content)
    return Section(title="Annotations of an entity", figures=() if figure is None else (figure,))


def other_datasets(content: StatsContent) -> Section:
    """The totals of other datasets beside this one's."""
    title = "Beside other datasets"
    return Section(title=title, table=dataset_table(content)) if content.against else Section(title=title)


def examples(content: StatsContent) -> Section:
    """Figures 7 and 8: some masks to be looked at."""
    return Section(
        title="Figures 7 and 8. Examples",
        galleries=() if content.examples is None else (content.examples,),
    )


def other_settings(content: StatsContent) -> Section:
    """Settings that were not counted, most of which show the same mentions."""
    if not content.others:
        return Section(title="Other settings")
    is_same = not any(other.n_elsewhere for other in content.others)
    return Section(
        title="Other settings",
        paragraphs=(
            "They show the same mentions, and are not counted again." if is_same else "They are not counted.",
        ),
        points=tuple(map(_other_text, content.others)),
    )


SECTIONS: dict[str, Callable[[StatsContent], Section]] = {
    "table-2": splits,
    "table-7": sources,
    "figure-5": categories,
    "mask-sizes": mask_sizes,
    "figure-10": entities_by_source,
    "entity-sizes": entity_sizes,
    "other-datasets": other_datasets,
    "examples": examples,
    "other-settings": other_settings,
}
"""In order; the keys name tables' files."""


def _other_text(other: OtherSetting) -> str:
    origin = f", filtered from {other.subset_of}" if other.subset_of else ""
    elsewhere = f", {count_text(other.n_elsewhere)} of other mentions" if other.n_elsewhere else ""
    return f"{other.setting}: {counted_text(other.n_annotations, 'annotation')}{origin}{elsewhere}"


def _status_text(content: StatsContent) -> str:
    numbers = content.numbers
    if not numbers.total.n_annotations:
        return f"Nothing is counted: setting {numbers.setting} has no annotations."
    return (
        f"Counted from {counted_text(numbers.total.n_annotations, 'annotation')}: all of setting "
        f"{numbers.setting}."
    )


def _facts(content: StatsContent) -> Iterator[tuple[str, str]]:
    numbers = content.numbers
    yield "Annotations", count_text(numbers.total.n_annotations)
    yield "Entities", count_text(numbers.total.n_entities)
    yield "Images", count_text(numbers.n_images)
    yield "Setting", numbers.setting
    yield "Files", ", ".join(content.files)


def _warnings(content: StatsContent) -> Iterator[str]:
    numbers = content.numbers
    if not numbers.total.n_annotations:
        yield f"Setting {numbers.setting} has no annotations: every count is 0."
    for other in content.others:
        if other.n_elsewhere:
            n_elsewhere = counted_text(other.n_elsewhere, "mention")
            yield (
                f"Setting {other.setting} shows {n_elsewhere} not counted here: "
                f"--setting {other.setting} counts them."
            )
    for n, lacks in (
        (numbers.n_without_entity, "name no entity, and are in no count of entities"),
        (numbers.n_without_image, "name no image"),
        (numbers.n_unreadable, "have a mask that cannot be read"),
        (numbers.n_empty, "have an empty mask"),
    ):
        if n:
            yield f"{count_text(n)} of {counted_text(numbers.total.n_annotations, 'annotation')} {lacks}."


def _unknown(named: tuple[NamedNumbers, ...], what: str) -> Iterator[str]:
    unknown = next((each.total for each in named if each.name is None), None)
    n_all = sum(each.total.n_annotations for each in named)
    if unknown is not None:
        yield (
            f"The {what} of {count_text(unknown.n_annotations)} of {counted_text(n_all, 'annotation')} "
            f"({percent_text(unknown.n_annotations / n_all)}) is not known."
        )
    if len(named) > MOST_ROWS:
        yield f"The table has the {MOST_ROWS} largest of {count_text(len(named))}; stats.json has all."
