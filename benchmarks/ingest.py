"""Ingest to Parquet beside `pycocotools.coco.COCO(file)`, which writes nothing; memory at two sizes.

python -m benchmarks.ingest                   # 0.2 GB and 2 GB, generated
python -m benchmarks.ingest --megabytes 200
"""

import contextlib
import io
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.generate import BYTES_PER_ANNOTATION, write_file
from benchmarks.processes import best_of, measure_here, run_by_size, told


def read_with_pycocotools(path: Path) -> None:
    from pycocotools.coco import COCO

    with contextlib.redirect_stdout(io.StringIO()):
        COCO(str(path))


def ingest(path: Path, n_threads: int) -> None:
    from audit.jobs.ingest import IngestRequest, run_ingest
    from audit.jobs.progress import SILENT
    from db.population import Population

    folder = Path(tempfile.mkdtemp(dir=path.parent))
    request = IngestRequest(files=(path,), setting="A")
    run_ingest(Population(folder / "population"), request, workers=n_threads, progress=SILENT)
    shutil.rmtree(folder)


WAYS: dict[str, tuple[int, Callable[[Path], None]]] = {
    "COCO(file), one core": (1, read_with_pycocotools),
    "ingest, one core": (1, lambda path: ingest(path, 1)),
    "ingest, two cores": (2, lambda path: ingest(path, 2)),
}
"""Name → the cores it may use, and what it does."""


def measure(way: str, path: Path, small: Path) -> None:
    """Measure one way in this process; compiled code and libraries are loaded before the clock starts."""
    n_cores, do = WAYS[way]
    do(small)
    measure_here(lambda: do(path), n_cores=n_cores)


def compare(megabytes: float) -> None:
    """Print a line for each way on a generated file of this size."""
    with tempfile.TemporaryDirectory() as folder:
        small, path = Path(folder) / "small.json", Path(folder) / "generated.json"
        write_file(small, n_annotations=20, seed=1)
        write_file(path, n_annotations=round(megabytes * 1e6 / BYTES_PER_ANNOTATION), seed=1)
        print(f"ingest of {path.stat().st_size / 1e6:,.0f} MB")
        peer = None
        for way in WAYS:
            if megabytes > 1000 and way.startswith("COCO"):
                print(f"  {way:<28} left out: it would take {2.8 * megabytes / 1000:.0f} GB")
                continue
            measured = best_of("benchmarks.ingest", "--way", way, str(path), str(small))
            peer = peer or measured
            print(told(way, measured, peer), f" {path.stat().st_size / 1e6 / measured.seconds:6.0f} MB/s")


def main() -> None:
    run_by_size(__doc__, WAYS, measure=measure, compare=compare, megabytes=[200.0, 2000.0])


if __name__ == "__main__":
    main()
