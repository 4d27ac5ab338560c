"""The statistics of 7.2 million annotations beside pandas, which reads the same Parquet; memory of each.

python -m benchmarks.stats. The population has the published counts; a quarter of its masks come in two parts.
pandas groups the columns that Table 2 needs, with the different entities of each group, and no more; `stats`
counts everything that it writes, with the union of every mask's parts, and draws 12 examples.
"""

import argparse
import shutil
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from benchmarks.identity import in_a_process
from benchmarks.processes import best_of, measure_here, told
from benchmarks.published_dataset import TABLE_2, write_published
from db.population import ANNOTATIONS_FILE, Population


def count_with_pandas(folder: Path) -> None:
    import pandas as pd

    [file] = (folder / "population").glob(f"*/{ANNOTATIONS_FILE}")
    keys = ["split", "part", "visibility"]
    columns = [*keys, "category_id", "image_id", "parts_area"]
    frame = pd.read_parquet(file, columns=columns)
    for depth in range(len(keys)):
        frame.groupby(keys[: depth + 1], observed=True)["category_id"].agg(["size", "nunique"])
    frame["category_id"].value_counts()
    frame["image_id"].nunique()


def write_stats(folder: Path) -> None:
    from audit.jobs.progress import SILENT
    from audit.jobs.report import formats_of
    from audit.jobs.stats.written_stats import StatsRequest, write_stats
    from audit.jobs.workspace import open_workspace

    out = Path(tempfile.mkdtemp(dir=folder))
    request = StatsRequest(
        folder=out,
        setting=None,
        against=(),
        n_examples=12,
        formats=formats_of(("html", "md", "latex", "csv", "json")),
    )
    write_stats(open_workspace(folder), request, now=datetime.now(UTC), counting=SILENT, drawing=SILENT)
    shutil.rmtree(out)


WAYS: dict[str, Callable[[Path], None]] = {
    "pandas, Table 2 alone": count_with_pandas,
    "stats": write_stats,
}


def make(folder: Path) -> None:
    from audit.jobs.workspace import make_workspace

    make_workspace(folder, None)
    write_published(Population(folder / "population"))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("folder", type=Path, nargs="?", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.way:
        measure_here(lambda: WAYS[arguments.way](arguments.folder), n_cores=2)
        return
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "workspace"
        in_a_process(partial(make, folder))
        print(f"statistics of {sum(cell.n_annotations for cell in TABLE_2):,} annotations")
        peer = None
        for way in WAYS:
            measured = best_of("benchmarks.stats", "--way", way, str(folder), repetitions=2)
            peer = peer or measured
            print(told(way, measured, peer))


if __name__ == "__main__":
    main()
