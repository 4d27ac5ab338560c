"""Counts of a population agree with a plain count of its rows; draws with tickets computed by hand."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from hashlib import sha256

import pyarrow.parquet as pq
import pytest

from benchmarks.published_dataset import category_of, reduced, source_of, write_published
from db.manifest import SettingRecord
from db.population import ANNOTATIONS_FILE, Population
from db.statistics import Column, Counted, Naming, Statistics, open_statistics

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
