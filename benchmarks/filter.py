"""`filter` beside the `ingest` of the same generated file; memory at two sizes.

    python -m benchmarks.filter                   # 0.2 GB and 1 GB, generated
    python -m benchmarks.filter --megabytes 200

One setting of the Mask-OVEN-Wiki form, measured before the clock starts; rules drop many of its masks by two
features. Filtering reads the source twice: to see that it is what was ingested, and to write it again.
"""

import shutil
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks.generate import BYTES_PER_ANNOTATION, write_file
from benchmarks.ingest import ingest
from benchmarks.processes import best_of, measure_here, run_by_size, told

RULES = """format = 1
[[rule]]
kind = "threshold"
feature = "confidence_max"
at_least = 0.5
[[rule]]
kind = "threshold"
feature = "area_share"
at_least = 0.25
"""

SETTING = "A"


def prepare(source: Path) -> None:
    """Ingest and measure a file into a population beside it."""
    from audit.jobs.ingest import IngestRequest, run_ingest
    from audit.jobs.measure import MeasureRequest, run_measure
    from audit.jobs.progress import SILENT

    population = _population(source)
    run_ingest(population, IngestRequest(files=(source,), setting=SETTING), workers=2, progress=SILENT)
    request = MeasureRequest(scheduler=None, n_workers=2)
    run_measure(population, request, measuring=SILENT, comparing=SILENT)
    source.with_name("rules.toml").write_text(RULES, encoding="utf-8")


def filter_source(source: Path, n_workers: int) -> None:
    from audit.jobs.filter import FilterRequest, run_filter
    from audit.jobs.progress import SILENT

    out = source.with_name("filtered")
    shutil.rmtree(out, ignore_errors=True)
    request = FilterRequest(
        setting=SETTING,
        rules=source.with_name("rules.toml"),
        out=out,
        workspace=None,
        scheduler=None,
        n_workers=n_workers,
    )
    run_filter(_population(source), request, checking=SILENT, deciding=SILENT, writing=SILENT)


def _population(source: Path):  # noqa: ANN202 - imports nothing heavy before the clock is set up
    from db.population import Population

    return Population(source.with_name("population"))


WAYS: dict[str, tuple[int, Callable[[Path], None]]] = {
    "ingest, one core": (1, partial(ingest, n_threads=1)),
    "filter, one core": (1, partial(filter_source, n_workers=1)),
    "ingest, two cores": (2, partial(ingest, n_threads=2)),
    "filter, two cores": (2, partial(filter_source, n_workers=2)),
}
"""Name → the cores it may use, and what it does to a source."""


def measure(way: str, source: Path, small: Path) -> None:
    """Measure one way in this process; compiled code and libraries are loaded before the clock starts."""
    n_cores, do = WAYS[way]
    do(small)
    measure_here(partial(do, source), n_cores=n_cores)


def compare(megabytes: float) -> None:
    """Print a line for each way on a generated file of this size."""
    with tempfile.TemporaryDirectory() as folder:
        sources = [Path(folder) / size / "generated.json" for size in ("small", "whole")]
        for source, n_bytes in zip(sources, (50 * BYTES_PER_ANNOTATION, megabytes * 1e6), strict=True):
            source.parent.mkdir()
            write_file(source, n_annotations=round(n_bytes / BYTES_PER_ANNOTATION), seed=1)
            prepare(source)
        small, whole = sources
        print(f"filter of {whole.stat().st_size / 1e6:,.0f} MB")
        peer = None
        for way in WAYS:
            measured = best_of("benchmarks.filter", "--way", way, str(whole), str(small))
            peer = peer or measured
            print(told(way, measured, peer), f" {whole.stat().st_size / 1e6 / measured.seconds:6.0f} MB/s")


def main() -> None:
    run_by_size(__doc__, WAYS, measure=measure, compare=compare, megabytes=[200.0, 1000.0])


if __name__ == "__main__":
    main()
