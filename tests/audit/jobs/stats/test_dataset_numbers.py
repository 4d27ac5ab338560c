"""The published counts give the published table; real files give what a plain count of their JSON gives."""

import json
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest

from audit.errors import InputError
from audit.jobs.ingest import IngestRequest, run_ingest
from audit.jobs.progress import SILENT
from audit.jobs.stats.dataset_numbers import count_dataset, naming_of, setting_to_count
from audit.settings import Settings
from benchmarks.published_dataset import PRINTED_QUERY_VAL, TABLE_2, Cell, reduced, write_published
from db.population import Population
from db.statistics import Naming
from reports.stats.numbers import Counts, DatasetNumbers


def numbers_of(population: Population, naming: Naming | None = None) -> DatasetNumbers:
    return count_dataset(population, setting_to_count(population, None), naming or Naming(), SILENT)


def published(folder: Path, cells: tuple[Cell, ...]) -> DatasetNumbers:
    population = Population(folder / "population")
    write_published(population, cells)
    return numbers_of(population)


def examples_of(numbers: DatasetNumbers) -> dict[tuple[str, str | None, str | None], int]:
    return {
        (split.split, part.part, visibility): counts.n_annotations
        for split in numbers.splits
        for part in split.parts
        for visibility, counts in part.by_visibility.items()
    }


def check_sums(numbers: DatasetNumbers) -> None:
    for split in numbers.splits:
        assert split.total.n_annotations == sum(part.total.n_annotations for part in split.parts)
        for part in split.parts:
            of_kinds = part.by_visibility.values()
            assert part.total.n_annotations == sum(counts.n_annotations for counts in of_kinds)
            # Seen entities and unseen ones are different, so that here they add up too.
            assert part.total.n_entities == sum(counts.n_entities for counts in of_kinds)
    assert numbers.total.n_annotations == sum(split.total.n_annotations for split in numbers.splits)


def test_a_thousandth_of_the_published_dataset_gives_its_table(tmp_path: Path) -> None:
    cells = reduced(1000)
    numbers = published(tmp_path, cells)
    assert examples_of(numbers) == {
        (cell.split, cell.part, cell.visibility): cell.n_annotations for cell in cells
    }
    assert {
        (split.split, part.part, visibility): counts.n_entities
        for split in numbers.splits
        for part in split.parts
        for visibility, counts in part.by_visibility.items()
    } == {(cell.split, cell.part, cell.visibility): cell.n_entities for cell in cells}
    check_sums(numbers)
    entity = next(split for split in numbers.splits if split.split == "entity")
    assert [part.part for part in entity.parts] == ["train", "val", "test"]


@pytest.mark.slow
def test_the_published_dataset_gives_the_published_table(tmp_path: Path) -> None:
    numbers = published(tmp_path, TABLE_2)
    # As printed, seen before unseen.
    assert examples_of(numbers) == {
        ("entity", "train", "seen"): 4_464_748,
        ("entity", "val", "seen"): 51_906,
        ("entity", "val", "unseen"): 56_549,
        ("entity", "test", "seen"): 291_327,
        ("entity", "test", "unseen"): 316_817,
        ("query", "train", "seen"): 23_514,
        ("query", "val", "seen"): 588,
        ("query", "val", "unseen"): 1_406,
        ("query", "test", "seen"): 7_460,
        ("query", "test", "unseen"): 7_979,
        ("human", "test", "seen"): 12_057,
        ("human", "test", "unseen"): 11_100,
        ("wiki", "all", "seen"): 8_733,
        ("wiki", "all", "unseen"): 1_956_412,
    }
    check_sums(numbers)
    totals = {
        (split.split, part.part): part.total.n_annotations for split in numbers.splits for part in split.parts
    }
    printed = {
        ("entity", "train"): 4_464_748,
        ("entity", "val"): 108_455,
        ("entity", "test"): 608_144,
        ("query", "train"): 23_514,
        ("query", "val"): PRINTED_QUERY_VAL,
        ("query", "test"): 15_439,
        ("human", "test"): 23_157,
        ("wiki", "all"): 1_965_145,
    }
    assert {key: (totals[key], printed[key]) for key in printed if totals[key] != printed[key]} == {
        ("query", "val"): (1_994, 1_964)
    }
    # The printed totals of the dataset repeat that difference of 30.
    assert numbers.total.n_annotations - 30 == 7_210_566
    # A quarter of the masks, in two parts, cover 6 of 20 pixels, the others 4.
    n_two = sum(-(-cell.n_annotations // 4) for cell in TABLE_2)
    assert {place: n for place, n in enumerate(numbers.area.counts) if n} == {
        4: numbers.total.n_annotations - n_two,
        6: n_two,
    }


REAL_FILES = (
    "coco_free/annotations/instances_train2017.json",
    "coco_free/annotations/instances_val2017.json",
    "lvis_gt100/lvis_val_100.json",
    "odd_coco/obss__tests__data__coco_utils__terrain_all_coco.json",
    "odd_coco/labelmeai__examples__instance_segmentation__data_dataset_coco__annotations.json",
    "odd_coco/MiXaiLL76__tests__dataset__gt_dataset.json",
)


@pytest.mark.real_data
@pytest.mark.parametrize("name", REAL_FILES)
def test_a_real_file_gives_what_a_plain_count_of_it_gives(
    shared_data: Path, tmp_path: Path, name: str
) -> None:
    file = shared_data / name
    content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    population = Population(tmp_path / "population")
    run_ingest(population, IngestRequest(files=(file,), setting="A"), workers=1, progress=SILENT)
    numbers = numbers_of(population)

    annotations = list({each["id"]: each for each in reversed(content["annotations"])}.values())
    category_of = {
        each["id"]: (each.get("supercategory") or "").strip() or None
        for each in reversed(content["categories"])
    }
    by_category = Counter(category_of.get(each["category_id"]) for each in annotations)
    entities = defaultdict(set)
    for each in annotations:
        entities[category_of.get(each["category_id"])].add(each["category_id"])

    assert numbers.total == Counts(
        n_annotations=len(annotations), n_entities=len({each["category_id"] for each in annotations})
    )
    assert numbers.n_images == len({each["image_id"] for each in annotations})
    assert {each.name: (each.total.n_annotations, each.total.n_entities) for each in numbers.categories} == {
        name: (n, len(entities[name])) for name, n in by_category.items()
    }
    per_entity = Counter(each["category_id"] for each in annotations)
    assert [each.n_entities for each in numbers.entity_sizes] == [
        sum(each.lowest <= n <= (each.highest or n) for n in per_entity.values())
        for each in numbers.entity_sizes
    ]
    assert numbers.area.n_masks + numbers.n_empty + numbers.n_unreadable == len(annotations)
    assert [(split.split, len(split.parts)) for split in numbers.splits] == [("all", 1)]


def test_names_that_nobody_knows_come_last_and_the_largest_first(tmp_path: Path) -> None:
    numbers = published(tmp_path, reduced(5000))
    for named in (numbers.sources, numbers.categories):
        assert named[-1].name is None
        sizes = [each.total.n_annotations for each in named[:-1]]
        assert sizes == sorted(sizes, reverse=True)
        assert all(
            sum(counts.n_annotations for counts in each.by_split.values()) == each.total.n_annotations
            for each in named
        )


def test_patterns_of_the_settings_name_sources_and_categories(tmp_path: Path) -> None:
    population = Population(tmp_path / "population")
    write_published(population, reduced(5000))
    settings = Settings(
        folder=tmp_path, sources={"wiki images": "oven_wiki_*"}, categories={"odd": "Q*1", "all": "*"}
    )
    numbers = numbers_of(population, naming_of(settings))
    wiki = next(split.total.n_annotations for split in numbers.splits if split.split == "wiki")
    of_wiki = next(each for each in numbers.sources if each.name == "wiki images")
    assert of_wiki.total.n_annotations == wiki
    assert list(of_wiki.by_split) == ["wiki"]
    # The annotation's id comes before the entity's, and "*" matches it.
    assert {"odd", None}.isdisjoint(each.name for each in numbers.categories)


def test_an_empty_workspace_is_refused_with_what_comes_first(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nothing is ingested yet in .*mask-audit ingest FILE"):
        setting_to_count(Population(tmp_path / "population"), None)
