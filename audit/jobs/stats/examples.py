"""Draws examples of a dataset: photo, mask, entity and question of some annotations, by seeded tickets."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from audit.coco.rle import RleError, decode_counts, mask_of_runs, union_runs
from audit.jobs.exhibit_photos import MOST_THREADS, Photos, shortened
from audit.jobs.progress import Progress
from audit.review.exhibit import draw_exhibit
from audit.review.images import ReadableImage
from db.manifest import SettingRecord
from db.mentions import Mention, PopulationMask, load_mentions, load_setting_masks
from db.population import Population
from db.statistics import Column, Draws, Statistics
from reports.blocks import Exhibit, Gallery, Picture
from reports.numbers import counted_text
from reports.stats.tables import name_text


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleRequest:
    """Which examples are drawn.

    Attributes:
        n_examples: 0 or more.
        seed: of the tickets.
        workers: threads that read photos.
    """

    n_examples: int
    seed: int
    workers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Example:
    mention: Mention
    mask: PopulationMask
    group: str | None


def draw_examples(
    population: Population,
    setting: SettingRecord,
    statistics: Statistics,
    request: ExampleRequest,
    progress: Progress,
) -> Gallery | None:
    """Give examples from every category in turn, or from every split where no category is known.

    Only masks with a pixel are drawn; a photo that cannot be had leaves the mask on grey, and is said.

    Returns:
        None where none are asked for, or no mask has a pixel.

    Raises:
        UnreachableError: the disk is full, or files of the population are gone.
    """
    if not request.n_examples:
        return None
    column: Column = Column.CATEGORY
    draws = statistics.drawn(Column.CATEGORY, request.n_examples, request.seed)
    if not any(name is not None for name in draws):
        column = Column.SPLIT
        draws = statistics.drawn(Column.SPLIT, request.n_examples, request.seed)
    sizes = {each.keys[0]: each.n_annotations for each in statistics.counted(column)}
    chosen = in_turn(draws, sizes, request.n_examples)
    examples = _load(population, setting, chosen)
    if not examples:
        return None
    return Gallery(
        key="examples",
        title=f"Examples by {column}",
        caption=f"{counted_text(len(examples), 'annotation')} drawn by seed {request.seed}, from each "
        f"{column} in turn, the largest first.",
        exhibits=_drawn(examples, request.workers, progress),
    )


def in_turn(draws: Draws, sizes: Mapping[str | None, int], n: int) -> dict[str, str | None]:
    """Give n ids from groups in turn, the largest first: all first ones, all second ones, and so on.

    Returns:
        Id → its group; fewer where there are no more.

    >>> in_turn({"bird": ("b1", "b2", "b3"), "car": ("c1",)}, {"bird": 30, "car": 70}, 3)
    {'c1': 'car', 'b1': 'bird', 'b2': 'bird'}
    """
    groups = sorted(draws, key=lambda group: (group is None, -sizes.get(group, 0), group or ""))
    most = max(map(len, draws.values()), default=0)
    in_order = (
        (draws[group][place], group) for place in range(most) for group in groups if place < len(draws[group])
    )
    return dict(list(in_order)[:n])


def _load(population: Population, setting: SettingRecord, chosen: Mapping[str, str | None]) -> list[_Example]:
    mentions = {each.annotation_id: each for each in load_mentions(population, setting, list(chosen))}
    mention_ids = [mention.mention_id for mention in mentions.values()]
    masks = {each.mention_id: each for each in load_setting_masks(population, setting, mention_ids)}
    return [
        _Example(mention=mentions[annotation_id], mask=masks[mentions[annotation_id].mention_id], group=group)
        for annotation_id, group in chosen.items()
    ]


def _drawn(examples: Sequence[_Example], workers: int, progress: Progress) -> tuple[Exhibit, ...]:
    photos = Photos.of(each.mention.images_root for each in examples)
    exhibits = []
    progress.start(len(examples))
    with ThreadPoolExecutor(min(workers, MOST_THREADS)) as pool:
        numbers = range(1, len(examples) + 1)
        for exhibit in pool.map(lambda n: _exhibit(n, examples[n - 1], photos), numbers):
            exhibits.append(exhibit)
            progress.advance(1)
    return tuple(exhibits)


def _exhibit(number: int, example: _Example, photos: Photos) -> Exhibit:
    mention = example.mention
    name = shortened(mention.entity_name or mention.entity_id or "no entity")
    pixels = _pixels(example.mask)
    groups = dict.fromkeys((name_text(example.group), mention.split))
    lines = [name, shortened(mention.question or ""), shortened(", ".join(groups))]
    pictures: tuple[Picture, ...] = ()
    if pixels is None:
        lines.append("the mask cannot be decoded")
    else:
        size = (pixels.shape[0], pixels.shape[1])
        photo = photos.read(mention.images_root, mention.file_name, size)
        if not isinstance(photo, ReadableImage):
            lines.append(f"no photo: {photo.reason}")
        [jpeg] = draw_exhibit([pixels], photo.jpeg if isinstance(photo, ReadableImage) else None)
        pictures = (Picture(name=f"example-{number:03}", jpeg=jpeg, alt=f"{name}: the mask"),)
    lines.append(f"annotation {mention.annotation_id}")
    return Exhibit(pictures=pictures, lines=tuple(line for line in lines if line))


def _pixels(mask: PopulationMask) -> NDArray[np.bool_] | None:
    if not mask.parts or mask.height is None or mask.width is None:
        return None
    try:
        parts = [decode_counts(part, height=mask.height, width=mask.width) for part in mask.parts]
    except RleError:
        return None
    return mask_of_runs(union_runs(parts), height=mask.height, width=mask.width)
