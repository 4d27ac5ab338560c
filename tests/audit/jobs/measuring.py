"""A population of small settings, measured by this process or others, and what lies there afterwards."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from audit.jobs.ingest import IngestRequest, run_ingest
from audit.jobs.measure import MeasureRequest, MeasureResult, run_measure
from audit.jobs.progress import SILENT, Progress
from db.features import FeatureTable, feature_files
from db.population import Population
from tests.datasets import a_dataset, an_annotation, rectangle, write_json

HERE = MeasureRequest(scheduler=None, n_workers=1)


def ingest(
    population: Population, setting: str, annotations: list[dict[str, Any]], file: str = "a.json"
) -> None:
    folder = population.folder.parent / setting
    folder.mkdir(exist_ok=True)
    path = write_json(folder / file, a_dataset(annotations))
    run_ingest(population, IngestRequest(files=(path,), setting=setting), workers=1, progress=SILENT)


def three_settings(folder: Path, n_mentions: int = 60) -> Population:
    """Masks of which some are empty, of other sizes or absent, in files of another order each."""
    population = Population(folder / "population")
    numbers = list(range(n_mentions))
    ingest(population, "A", [an_annotation(each, of(each, 0)) for each in numbers])
    ingest(population, "B", [an_annotation(each, of(each, 3)) for each in reversed(numbers) if each % 7])
    half = n_mentions // 2
    ingest(population, "C", [an_annotation(each, of(each, 5)) for each in numbers[half:]], "late.json")
    ingest(population, "C", [an_annotation(each, of(each, 5)) for each in numbers[:half]], "early.json")
    return population


def of(number: int, shift: int) -> Any:
    """A rectangle that every setting has elsewhere; some are empty, of all settings or of one."""
    if number % 11 == 10 or (shift and number % 5 == 4):
        return rectangle(0, 0, 0, 0)
    return rectangle(number % 20 + shift, 5 + number % 9, 4 + number % 13, 3 + number % 17)


def measured(
    population: Population,
    request: MeasureRequest = HERE,
    *,
    measuring: Progress = SILENT,
    comparing: Progress = SILENT,
) -> MeasureResult:
    return run_measure(population, request, measuring=measuring, comparing=comparing)


def advancing(advance: Any) -> Progress:
    return replace(SILENT, advance=advance)


def features(population: Population, setting: str, table: FeatureTable) -> pa.Table:
    files = feature_files(population, population.manifest().get(setting).sources, table)
    return pa.concat_tables(pq.read_table(file) for file in files)


def bytes_on_disk(population: Population) -> Mapping[str, bytes]:
    """The files of all features, by their place."""
    return {
        str(path.relative_to(population.folder)): path.read_bytes()
        for path in sorted(population.folder.rglob("*-features-*.parquet"))
    }
