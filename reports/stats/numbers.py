"""The numbers of one dataset."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Annotations, and the different entities that they have."""

    n_annotations: int
    n_entities: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PartNumbers:
    """A part of a split, such as its validation part.

    Attributes:
        part: None where the split has none.
        total: an entity that is seen and unseen counts once.
        by_visibility: "seen" and "unseen", as far as there are such; None is neither.
    """

    part: str | None
    total: Counts
    by_visibility: Mapping[str | None, Counts]


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitNumbers:
    """A split with its parts.

    Attributes:
        total: annotations are the sum of the parts'; an entity that several parts have counts once.
        by_visibility: of all its parts.
    """

    split: str
    total: Counts
    by_visibility: Mapping[str | None, Counts]
    parts: tuple[PartNumbers, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedNumbers:
    """What has one source dataset, or one category.

    Attributes:
        name: None is not known.
        by_split: of those splits that have any.
    """

    name: str | None
    total: Counts
    by_split: Mapping[str, Counts]


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeClass:
    """Entities that have about as many annotations.

    Attributes:
        lowest: fewest annotations, 1 or more.
        highest: most; None is without limit.
    """

    lowest: int
    highest: int | None
    n_entities: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaShares:
    """How much of their images masks cover: the union of a mask's parts over height × width.

    Attributes:
        counts: masks with a pixel by share, in classes of equal width from 0 to 1; a share on a border
            belongs to the class above it, a share of 1 to the last.
    """

    counts: tuple[int, ...]

    @property
    def n_masks(self) -> int:
        """How many there are."""
        return sum(self.counts)

    @property
    def edges(self) -> tuple[float, ...]:
        """Where classes begin and end, one more than there are."""
        n = len(self.counts)
        return tuple(edge / n for edge in range(n + 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetNumbers:
    """Everything that is counted of a dataset: of the masks of one setting, where several show the same.

    Attributes:
        total: an entity counts once, in whatever splits it is.
        by_visibility: of all splits.
        n_images: different ones that annotations name.
        n_without_entity: annotations that name no entity.
        n_without_image: annotations that name no image.
        n_empty: masks without a pixel.
        n_unreadable: masks that cannot be read.
        median_size: height and width of the images in pixels, each by itself; None where none is known.
        splits: by name.
        sources: the largest first, what is not known last; only that where nothing is known.
        categories: the same.
        entity_sizes: ascending, without gaps.
        area: of masks that have a pixel.
    """

    setting: str
    total: Counts
    by_visibility: Mapping[str | None, Counts]
    n_images: int
    n_without_entity: int
    n_without_image: int
    n_empty: int
    n_unreadable: int
    median_size: tuple[int, int] | None
    splits: tuple[SplitNumbers, ...]
    sources: tuple[NamedNumbers, ...]
    categories: tuple[NamedNumbers, ...]
    entity_sizes: tuple[SizeClass, ...]
    area: AreaShares
