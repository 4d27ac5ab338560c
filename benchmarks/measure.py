"""`measure` by one worker, by two, and by two workers of a Dask cluster; memory at two sizes.

    python -m benchmarks.measure

Two settings of blobs in images of 400 × 500 pixels. The memory is that of the largest process. Starting the
workers counts, compiling does not.
"""

import argparse
import resource
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks.features import rows_of
from benchmarks.identity import in_a_process, source_in
from benchmarks.processes import Measured, best_of, told
from db.manifest import SettingRecord
from db.population import ANNOTATIONS_FILE, Population

N_MENTIONS = (40_000, 200_000)
N_DRAWN = 5_000
"""Mentions whose masks are drawn; the others repeat them."""
SETTINGS = ("A", "B")


def write_population(population: Population, n_mentions: int) -> None:
    from audit.jobs.reading import POPULATION

    rows = list(rows_of(len(SETTINGS) * N_DRAWN, seed=1))
    schema = pa.schema([POPULATION.field(name) for name in rows[0]])
    for name in SETTINGS:
        drawn = pa.Table.from_pylist([row for row in rows if row["setting"] == name], schema=schema)
        with population.staging() as staging:
            folder = staging.new_folder()
            with pq.ParquetWriter(folder / ANNOTATIONS_FILE, schema, compression="zstd") as file:
                for number in range(n_mentions // N_DRAWN):
                    ids = pc.binary_join_element_wise(drawn["mention_id"], f"again{number}", "-")
                    file.write_table(drawn.set_column(0, schema.field(0), ids))
            source = replace(source_in(name), n_written=n_mentions)
            staging.commit(SettingRecord(setting=name), [(folder, source)])


def run(population: Population, scheduler: str | None, n_workers: int) -> None:
    from audit.jobs.measure import MeasureRequest, run_measure
    from audit.jobs.progress import SILENT

    request = MeasureRequest(scheduler=scheduler, n_workers=n_workers)
    run_measure(population, request, measuring=SILENT, comparing=SILENT)


def run_on_dask(population: Population) -> None:
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0", silence_logs=50
    ) as cluster:
        run(population, cluster.scheduler_address, 1)


WAYS: dict[str, Callable[[Population], None]] = {
    "one worker": partial(run, scheduler=None, n_workers=1),
    "two workers": partial(run, scheduler=None, n_workers=2),
    "two Dask workers": run_on_dask,
}


def measure(way: str, folder: Path) -> None:
    """Measure one way on a copy; print what it took, for `best_of` to read."""
    copy = folder.with_name("copy")
    shutil.copytree(folder, copy)
    start = time.perf_counter()
    WAYS[way](Population(copy))
    seconds = time.perf_counter() - start
    shutil.rmtree(copy)
    peaks = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(seconds, max(peaks) / 1024)


def compare(folder: Path, n_mentions: int) -> None:
    population = Population(folder / str(n_mentions))
    in_a_process(partial(write_population, population, n_mentions))
    n_masks = len(SETTINGS) * n_mentions
    print(f"every feature of {n_masks:,} masks")
    peer: Measured | None = None
    for way in WAYS:
        measured = best_of("benchmarks.measure", "--way", way, str(population.folder), repetitions=2)
        peer = peer or measured
        print(told(way, measured, peer), f" {n_masks / measured.seconds:8,.0f} masks/s")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--mentions", type=int, nargs="*", default=N_MENTIONS)
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("folders", type=Path, nargs="*", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.way:
        measure(arguments.way, *arguments.folders)
        return
    with tempfile.TemporaryDirectory() as folder:
        for n_mentions in arguments.mentions:
            compare(Path(folder), n_mentions)


if __name__ == "__main__":
    main()
