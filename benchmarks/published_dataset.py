"""A generated population with the published counts of Mask-OVEN-Wiki, whole or at a reduced scale.

Every annotation has a mask of a few pixels; a quarter of the masks come in two parts that overlap. The
numbers of entities are those of the published files as far as they are printed, to two digits.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from audit.coco.schema import CATEGORIES, IMAGES
from audit.jobs.reading import POPULATION
from benchmarks.identity import source_in
from db.entities import ENTITIES, ENTITIES_FILE
from db.manifest import SettingRecord
from db.population import ANNOTATIONS_FILE, CATEGORIES_FILE, IMAGES_FILE, ParquetFile, Population

ROWS_AT_ONCE = 50_000
HEIGHT, WIDTH = 4, 5
ONE_PART, TWO_PARTS = [b"54;"], [b"54;", b"749"]
"""`rle.encode_runs` of 5, 4, 11 and of 7, 4, 9: 4 of 20 pixels, and 6 together."""
CATEGORY_NAMES = ("others", "animal", "plant", "food", "material", "location", "tools", "building", "vehicle")
SOURCE_NAMES = ("iNaturalist", "Wikipedia", "Food 101", "Cars", "Aircraft")
PRINTED_QUERY_VAL = 1_964
"""The only printed total that is not the sum of its parts, 588 + 1,406."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What a part of a split holds of entities that training has seen, or has not."""

    split: str
    part: str
    visibility: str
    n_annotations: int
    n_entities: int

    @property
    def name(self) -> str:
        """As `data_split` has it."""
        return f"{self.split}_{self.part}_{self.visibility}"


def _cells(split: str, part: str, n_entities: int, seen: int, unseen: int = 0) -> tuple[Cell, ...]:
    sizes = (("seen", seen), ("unseen", unseen))
    n_kinds = sum(n > 0 for _, n in sizes)
    return tuple(
        Cell(
            split=split,
            part=part,
            visibility=visibility,
            n_annotations=n,
            n_entities=min(n, n_entities // n_kinds),
        )
        for visibility, n in sizes
        if n
    )


TABLE_2 = (
    *_cells("entity", "train", 7_900, 4_464_748),
    *_cells("entity", "val", 3_200, 51_906, 56_549),
    *_cells("entity", "test", 15_900, 291_327, 316_817),
    *_cells("query", "train", 2_500, 23_514),
    *_cells("query", "val", 632, 588, 1_406),
    *_cells("query", "test", 5_400, 7_460, 7_979),
    *_cells("human", "test", 2_300, 12_057, 11_100),
    *_cells("wiki", "all", 4_060_000, 8_733, 1_956_412),
)
"""The published annotations of every part."""


def reduced(scale: int) -> tuple[Cell, ...]:
    """Give the cells with one in `scale` annotations and entities, each with one at least."""
    return tuple(
        replace(
            cell,
            n_annotations=max(1, cell.n_annotations // scale),
            n_entities=max(1, cell.n_entities // scale),
        )
        for cell in TABLE_2
    )


def entity_numbers(cell: Cell, first: int, n: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Give the entities of some annotations of a cell: each occurs, the lower numbers far oftener.

    Seen entities have even numbers and unseen ones odd; different splits have the same ones.
    """
    place = np.arange(first, first + n)
    skewed = (cell.n_entities * (place / cell.n_annotations) ** 2).astype(np.int64)
    number = np.where(place < cell.n_entities, place, skewed)
    return 2 * number + (cell.visibility == "unseen")


def write_published(population: Population, cells: tuple[Cell, ...] = TABLE_2, *, setting: str = "A") -> None:
    """Write the annotations of cells as one setting, and what is said of half of the entities."""
    with population.staging() as staging:
        folder = staging.new_folder()
        with ParquetFile(folder / ANNOTATIONS_FILE, POPULATION) as file:
            for table in _tables(cells, setting):
                file.write(table)
        for name, schema in ((IMAGES_FILE, IMAGES), (CATEGORIES_FILE, CATEGORIES)):
            with ParquetFile(folder / name, schema) as file:
                file.write(schema.empty_table())
        n_annotations = sum(cell.n_annotations for cell in cells)
        source = replace(source_in(setting), n_annotations=n_annotations, n_written=n_annotations)
        staging.commit(SettingRecord(setting=setting), [(folder, source)])
    with ParquetFile(population.folder / ENTITIES_FILE, ENTITIES) as file:
        file.write(_entities(max(cell.n_entities for cell in cells)))


def category_of(entity: int) -> str | None:
    """Give the category that is said of an entity: none of every second seen and every second unseen one."""
    return CATEGORY_NAMES[entity % len(CATEGORY_NAMES)] if entity % 4 < 2 else None


def source_of(entity: int) -> str | None:
    """Give the source that is said of an entity."""
    return SOURCE_NAMES[entity % len(SOURCE_NAMES)] if entity % 4 < 2 else None


def _entities(n: int) -> pa.Table:
    numbers = np.arange(2 * n)
    numbers = numbers[numbers % 4 < 2]
    columns = {
        "entity_id": _ids("Q", numbers),
        "name": _ids("Entity ", numbers),
        "type": pa.nulls(len(numbers), pa.string()),
        "category": pa.array(CATEGORY_NAMES).take(pa.array(numbers % len(CATEGORY_NAMES))),
        "source": pa.array(SOURCE_NAMES).take(pa.array(numbers % len(SOURCE_NAMES))),
    }
    return pa.table(columns, schema=ENTITIES)


def _tables(cells: tuple[Cell, ...], setting: str) -> Iterator[pa.Table]:
    n_before = 0
    for cell in cells:
        for first in range(0, cell.n_annotations, ROWS_AT_ONCE):
            n = min(ROWS_AT_ONCE, cell.n_annotations - first)
            yield _table(cell, first, n, n_before + first, setting)
        n_before += cell.n_annotations


def _table(cell: Cell, first: int, n: int, n_before: int, setting: str) -> pa.Table:
    places = np.arange(first, first + n)
    ids = _ids(f"oven_{cell.name}_", places)
    has_two = places % 4 == 0
    masks = pa.array([ONE_PART, TWO_PARTS], pa.list_(pa.binary()))
    columns = {
        "setting": pa.array([setting]).take(pa.array(np.zeros(n, np.int32))),
        "mention_id": ids,
        "annotation_id": ids,
        "id_is_made_up": pa.array(np.zeros(n, np.bool_)),
        "image_id": _ids("oven_", n_before + np.arange(n)),
        "category_id": _ids("Q", entity_numbers(cell, first, n)),
        **{
            name: pa.array([getattr(cell, name)]).take(pa.array(np.zeros(n, np.int32)))
            for name in ("split", "part", "visibility")
        },
        "height": pa.array(np.full(n, HEIGHT, np.int32)),
        "width": pa.array(np.full(n, WIDTH, np.int32)),
        "parts": masks.take(pa.array(has_two.astype(np.int32))),
        "parts_area": pa.array(np.where(has_two, 8, 4).astype(np.int64)),
        "element_index": pa.array(n_before + np.arange(n)),
    }
    none = pa.array([[]], pa.list_(pa.float64())).take(pa.array(np.zeros(n, np.int32)))
    lists = {"boxes": none, "confidences": none, "labels": none.cast(pa.list_(pa.string()))}
    rest = {name: pa.nulls(n, POPULATION.field(name).type) for name in ("text_prompt", "question", "score")}
    columns |= lists | rest
    return pa.table([columns[name] for name in POPULATION.names], schema=POPULATION)


def _ids(prefix: str, numbers: np.ndarray[tuple[int], np.dtype[np.int64]]) -> pa.Array:
    return pc.binary_join_element_wise(prefix, pc.cast(pa.array(numbers), pa.string()), "")
