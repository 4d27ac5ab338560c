"""Counts of a population agree with a plain count of its rows; draws with tickets computed by hand."""

import shutil
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks.published_dataset import category_of, reduced, source_of, write_published
from db.manifest import SettingRecord
from db.population import ANNOTATIONS_FILE, Population
from db.statistics import Column, Counted, Naming, Statistics, count_elsewhere, open_statistics

ID_NAMES = Naming(
    sources=[("train images", r"oven\_entity\_train\_%"), ("nines", "Q%9")],
    categories=[("numbered", "%7")],
)


@pytest.fixture(scope="module")
def population(tmp_path_factory: pytest.TempPathFactory) -> Population:
    made = Population(tmp_path_factory.mktemp("published") / "population")
    write_published(made, reduced(2000))
    return made


@pytest.fixture(scope="module")
def setting(population: Population) -> SettingRecord:
    return population.manifest().settings[0]


@pytest.fixture(scope="module")
def rows(population: Population, setting: SettingRecord) -> list[dict[str, str]]:
    [file] = population.files(setting, ANNOTATIONS_FILE)
    columns = ["annotation_id", "category_id", "split", "part", "visibility", "image_id"]
    found: list[dict[str, str]] = pq.read_table(file, columns=columns).to_pylist()
    return found


@pytest.fixture
def statistics(population: Population, setting: SettingRecord) -> Iterator[Statistics]:
    with open_statistics(population, setting, Naming()) as opened:
        yield opened


Numbers = Mapping[tuple[str | None, ...], tuple[int, int]]


def counted_by_hand(keyed: list[tuple[tuple[str | None, ...], str]]) -> Numbers:
    annotations = Counter(key for key, _ in keyed)
    entities = defaultdict(set)
    for key, entity in keyed:
        entities[key].add(entity)
    return {key: (n, len(entities[key])) for key, n in annotations.items()}


def numbers_of(counted: tuple[Counted, ...]) -> Numbers:
    return {each.keys: (each.n_annotations, each.n_entities) for each in counted}


def number_in(entity_id: str) -> int:
    return int(entity_id.removeprefix("Q"))


@pytest.mark.parametrize(
    "columns",
    [
        (Column.SPLIT,),
        (Column.SPLIT, Column.PART),
        (Column.VISIBILITY,),
        (Column.SPLIT, Column.PART, Column.VISIBILITY),
    ],
)
def test_groups_add_up_to_what_a_plain_count_gives(
    statistics: Statistics, rows: list[dict[str, str]], columns: tuple[Column, ...]
) -> None:
    keyed = [(tuple(row[column] for column in columns), row["category_id"]) for row in rows]
    assert numbers_of(statistics.counted(*columns)) == counted_by_hand(keyed)


def test_sources_and_categories_are_what_is_said_of_entities(
    statistics: Statistics, rows: list[dict[str, str]]
) -> None:
    for column, said in ((Column.SOURCE, source_of), (Column.CATEGORY, category_of)):
        keyed = [((said(number_in(row["category_id"])),), row["category_id"]) for row in rows]
        assert numbers_of(statistics.counted(column)) == counted_by_hand(keyed)


def test_a_pattern_of_the_annotation_names_its_source_before_the_entity_does(
    population: Population, setting: SettingRecord, rows: list[dict[str, str]]
) -> None:
    def source(row: dict[str, str]) -> str | None:
        if row["annotation_id"].startswith("oven_entity_train_"):
            return "train images"
        said = source_of(number_in(row["category_id"]))
        return said or ("nines" if row["category_id"].endswith("9") else None)

    def category(row: dict[str, str]) -> str | None:
        ids = (row["annotation_id"], row["image_id"], row["category_id"])
        by_id = "numbered" if any(each.endswith("7") for each in ids) else None
        return category_of(number_in(row["category_id"])) or by_id

    with open_statistics(population, setting, ID_NAMES) as statistics:
        for column, named in ((Column.SOURCE, source), (Column.CATEGORY, category)):
            keyed = [((named(row),), row["category_id"]) for row in rows]
            assert numbers_of(statistics.counted(column)) == counted_by_hand(keyed)


def test_entities_fall_into_classes_by_their_annotations(
    statistics: Statistics, rows: list[dict[str, str]]
) -> None:
    sizes = Counter(Counter(row["category_id"] for row in rows).values())
    lows = (1, 2, 10, 100, 1000)
    expected = {
        low: sum(n for size, n in sizes.items() if low <= size < high)
        for low, high in zip(lows, (*lows[1:], 10**9), strict=True)
    }
    assert statistics.entity_sizes(lows) == expected


def test_the_totals_are_of_all_rows(statistics: Statistics, rows: list[dict[str, str]]) -> None:
    totals = statistics.totals()
    assert totals.n_annotations == len(rows)
    assert totals.n_entities == len({row["category_id"] for row in rows})
    assert totals.n_images == len({row["image_id"] for row in rows})
    assert (totals.n_empty, totals.n_unreadable, totals.median_size) == (0, 0, (4, 5))


def test_draws_are_the_smallest_tickets_of_each_group(
    statistics: Statistics, rows: list[dict[str, str]]
) -> None:
    def ticket(annotation_id: str) -> str:
        return sha256(f"mask-audit/1\nexample\n7\n{annotation_id}".encode()).hexdigest()

    ids: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        ids[row["split"]].append(row["annotation_id"])
    assert statistics.drawn(Column.SPLIT, 3, 7) == {
        split: tuple(sorted(of_split, key=ticket)[:3]) for split, of_split in ids.items()
    }
    assert statistics.drawn(Column.SPLIT, 3, 7) != statistics.drawn(Column.SPLIT, 3, 8)


def rewritten(population: Population, place: Path, change: Callable[[pa.Table], pa.Table]) -> Population:
    """A copy of a population with other annotations."""
    shutil.copytree(population.folder, place)
    copied = Population(place)
    [file] = copied.files(copied.manifest().settings[0], ANNOTATIONS_FILE)
    pq.write_table(change(pq.read_table(file)), file)
    return copied


def test_the_median_size_is_of_images_however_many_annotations_they_have(
    population: Population, tmp_path: Path
) -> None:
    def of_three_images(table: pa.Table) -> pa.Table:
        sizes = {"a": (100, 200), "b": (10, 20), "c": (11, 21), None: (7, 7)}
        images = [*"abc", None] + (table.num_rows - 4) * ["a"]
        for name, values in (
            ("image_id", images),
            ("height", [sizes[image][0] for image in images]),
            ("width", [sizes[image][1] for image in images]),
        ):
            at = table.schema.get_field_index(name)
            table = table.set_column(
                at, table.schema.field(at), pa.array(values, table.schema.field(at).type)
            )
        return table

    copied = rewritten(population, tmp_path / "copied", of_three_images)
    with open_statistics(copied, copied.manifest().settings[0], Naming()) as statistics:
        totals = statistics.totals()
    assert (totals.n_images, totals.n_without_image, totals.median_size) == (3, 1, (11, 21))


def test_mentions_that_a_counted_setting_lacks_are_counted_in_each_other_one(
    population: Population, setting: SettingRecord, tmp_path: Path
) -> None:
    fewer = rewritten(population, tmp_path / "fewer", lambda table: table.slice(3))
    [source] = setting.sources
    moved = fewer.folder / source.folder
    moved.rename(population.folder / "fewer")
    counted = replace(setting, setting="fewer", sources=(replace(source, folder="fewer"),))

    assert count_elsewhere(population, counted, [setting, counted]) == {setting.setting: 3, "fewer": 0}
    assert count_elsewhere(population, setting, [counted]) == {"fewer": 0}
    assert count_elsewhere(population, setting, []) == {}
