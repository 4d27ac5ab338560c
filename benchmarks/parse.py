"""How fast an annotation file becomes Arrow tables, against `pycocotools.coco.COCO(file)` in the same run.

    python -m benchmarks.parse                    # generates 180 MB
    python -m benchmarks.parse masks.json         # any file

Each way runs in a process of its own, several times; the best time and the peak memory are told. Nothing is
written. Compiled code is loaded before the clock starts.
"""

import argparse
import contextlib
import io
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from benchmarks.generate import BYTES_PER_ANNOTATION, write_file

_REPETITIONS = 3


def read_with_pycocotools(path: Path) -> int:
    from pycocotools.coco import COCO

    with contextlib.redirect_stdout(io.StringIO()):
        return len(COCO(str(path)).anns)


def read_in_threads(path: Path, n_threads: int) -> int:
    from audit.coco.reader import ParseOptions, parse_chunk, read_categories, read_chunks, read_images
    from audit.coco.schema import ProblemTally
    from audit.coco.source import open_source

    source, tally = open_source(path), ProblemTally()
    for tables in (read_images(source, tally), read_categories(source, tally)):
        for _ in tables:
            pass
    options = ParseOptions(stem=source.stem, id_key=None, split=None, image_sizes=lambda _: {})
    n_rows = 0
    waiting: deque[Future[int]] = deque()
    with ThreadPoolExecutor(n_threads) as pool:
        for chunk in read_chunks(source):
            waiting.append(pool.submit(lambda chunk=chunk: parse_chunk(chunk, options).table.num_rows))
            if len(waiting) > n_threads:
                n_rows += waiting.popleft().result()
        return n_rows + sum(future.result() for future in waiting)


WAYS: dict[str, tuple[int, Callable[[Path], int]]] = {
    "COCO()": (1, read_with_pycocotools),
    "one core": (1, lambda path: read_in_threads(path, 1)),
    "two cores": (2, lambda path: read_in_threads(path, 2)),
}
"""Name → the cores it may use, and what it does."""


def measure(way: str, path: Path, small: Path) -> None:
    """Prints annotations, seconds and peak megabytes of one reading in this process."""
    n_cores, read = WAYS[way]
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:n_cores])
    read(small)
    start = time.perf_counter()
    n_annotations = read(path)
    seconds = time.perf_counter() - start
    print(n_annotations, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def compare(path: Path, small: Path) -> None:
    """Prints a line for each way."""
    print(f"{path.name}: {path.stat().st_size / 1e6:.0f} MB")
    reference = 0.0
    for way in WAYS:
        command = [sys.executable, "-m", "benchmarks.parse", str(path), "--way", way, "--small", str(small)]
        lines = [
            subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
            for _ in range(_REPETITIONS)
        ]
        n_annotations, seconds, megabytes = min(lines, key=lambda line: float(line[1]))
        reference = reference or float(seconds)
        ratio = reference / float(seconds)
        print(
            f"{way:>10}: {int(n_annotations):,} annotations, {float(seconds):.2f} s, "
            f"{ratio:.2f} x COCO(), peak {float(megabytes):.0f} MB"
        )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("path", type=Path, nargs="?")
    parser.add_argument("--megabytes", type=float, default=180.0)
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--small", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.way:
        measure(arguments.way, arguments.path, arguments.small)
        return
    with tempfile.TemporaryDirectory() as folder:
        small, path = Path(folder) / "small.json", arguments.path
        write_file(small, n_annotations=20, seed=1)
        if path is None:
            path = Path(folder) / "generated.json"
            write_file(path, n_annotations=round(arguments.megabytes * 1e6 / BYTES_PER_ANNOTATION), seed=1)
        compare(path, small)


if __name__ == "__main__":
    main()
