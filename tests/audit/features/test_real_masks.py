"""Every mask of real files has the features of its decoded pixels."""

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from audit.features.agreement import Comparison
from audit.features.compute import measure_agreement, measure_masks
from audit.jobs.ingest import IngestRequest, run_ingest
from audit.jobs.progress import SILENT
from benchmarks.decoded_features import agreement_of, features_of
from db.population import ANNOTATIONS_FILE, Population
from tests.audit.features.mask_rows import near

pytestmark = [
    pytest.mark.real_data,
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),  # pycocotools
]


YOLACTS = ("base", "im700", "darknet53", "resnet50")


def ingested(folder: Path, *requests: IngestRequest) -> pa.Table:
    population = Population(folder)
    for request in requests:
        run_ingest(population, request, workers=2, progress=SILENT)
    settings = population.manifest().settings
    return pa.concat_tables(
        [pq.read_table(path) for setting in settings for path in population.files(setting, ANNOTATIONS_FILE)]
    )


def coco_free(data: Path, split: str) -> list[IngestRequest]:
    people = data / "coco_free" / "annotations" / f"instances_{split}2017.json"
    derived = data / "coco_free" / "derived"
    return [
        IngestRequest(files=(people,), setting="people", split=split),
        *(
            IngestRequest(
                files=(derived / f"derived_{model}_instances_{split}2017.json",),
                setting=model,
                split=split,
                base=people,
                id_key="source_ann_id",
            )
            for model in ("gc", "ws")
        ),
    ]


def braintumor(data: Path, split: str, *models: str) -> list[IngestRequest]:
    people = data / "braintumor" / split / "_annotations.coco.json"
    predictions = data / "braintumor" / "pred"
    return [
        IngestRequest(files=(people,), setting="people", split=split),
        *(
            IngestRequest(
                files=(predictions / f"{split}_{model}.json",),
                setting=model,
                split=split,
                base=people,
                match="people",
            )
            for model in models
        ),
    ]


def yolact(data: Path, *models: str) -> list[IngestRequest]:
    folder = data / "yolact4"
    return [
        IngestRequest(
            files=(folder / f"yolact_{model}.results.json",),
            setting=model,
            split="val",
            base=folder / "images_categories.json",
            match=models[0] if model != models[0] else None,
        )
        for model in models
    ]


def every(n: int, table: pa.Table, *, first: int = 0) -> pa.Table:
    return table.take(list(range(first, table.num_rows, n)))


TABLES: dict[str, Callable[[Path, Path], pa.Table]] = {
    "photographs, train": lambda folder, data: ingested(folder, *coco_free(data, "train")),
    "photographs, val": lambda folder, data: ingested(folder, *coco_free(data, "val")),
    "scans, test": lambda folder, data: ingested(folder, *braintumor(data, "test", "modelA", "modelB")),
    "scans, valid": lambda folder, data: ingested(folder, *braintumor(data, "valid", "modelC")),
    "yolact": lambda folder, data: every(7, ingested(folder, *yolact(data, *YOLACTS[:2]))),
}
"""A folder for the population and that of the data in, rows of all settings out."""


@pytest.fixture(params=TABLES)
def table(request: pytest.FixtureRequest, tmp_path: Path, shared_data: Path) -> pa.Table:
    return TABLES[request.param](tmp_path, shared_data)


@pytest.mark.parametrize("third", range(3))
def test_real_masks_have_the_features_of_their_decoded_pixels(table: pa.Table, third: int) -> None:
    table = every(3, table, first=third)
    expected = [near(features_of(row)) for row in table.to_pylist()]
    assert measure_masks(table).to_pylist() == expected


def test_real_settings_agree_as_their_decoded_pixels_do(table: pa.Table) -> None:
    found = measure_agreement(table)
    pairs, settings = agreement_of(table.to_pylist())
    assert found.pairs.to_pylist() == [near(pair) for pair in pairs]
    assert found.settings.to_pylist() == [near(setting) for setting in settings]


def test_empty_masks_and_other_sizes_are_told_apart_where_mentions_are_paired_at_random(
    tmp_path: Path, shared_data: Path
) -> None:
    table = ingested(tmp_path, *yolact(shared_data, *YOLACTS))
    places = table["element_index"].cast(pa.string())
    table = table.set_column(table.schema.get_field_index("mention_id"), "mention_id", places)
    table = table.filter([place % 20 == 0 for place in table["element_index"].to_pylist()])
    found = measure_agreement(table)
    assert set(found.pairs["state"].to_pylist()) == {
        Comparison.COMPARED,
        Comparison.BOTH_EMPTY,
        Comparison.SIZES_DIFFER,
    }
    pairs, settings = agreement_of(table.to_pylist())
    assert found.pairs.to_pylist() == [near(pair) for pair in pairs]
    assert found.settings.to_pylist() == [near(setting) for setting in settings]
