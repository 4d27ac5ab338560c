"""A 2,000-unit draw from 7.2 million annotations of 2 million entities, beside pandas in the same run.

python -m benchmarks.draw. Of the draw in parts, the peak is that of the command, without its workers.
"""

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks.processes import best_of, measure_here, told

if TYPE_CHECKING:
    from audit.jobs.drawing import Design

SIZES = {"entity": 1400, "query": 400, "wiki": 200}
N_ENTITY, N_QUERY, N_WIKI = 5_204_504, 40_917, 1_965_145


def write_frame(path: Path) -> None:
    """The ids, entities and splits of a population of the size of Mask-OVEN-Wiki, entity sizes skewed."""
    rng = np.random.default_rng(1)
    n_rows = N_ENTITY + N_QUERY + N_WIKI
    number = np.arange(n_rows)
    kind = np.select([number < N_ENTITY, number < N_ENTITY + N_QUERY], [0, 1], 2)
    entity = np.choose(
        kind, [(12_000 * rng.random(n_rows) ** 2).astype(np.int64), 12_000 + number % 8_500, number]
    )
    split = np.array(list(SIZES))[kind]
    text = pc.cast
    table = pa.table(
        {
            "annotation_id": pc.binary_join_element_wise(
                "oven_entity_train_", text(pa.array(number), pa.string()), ""
            ),
            "category_id": pc.binary_join_element_wise("Q", text(pa.array(entity), pa.string()), ""),
            "split": pa.array(split).dictionary_encode(),
        }
    )
    pq.write_table(table, path, compression="zstd", row_group_size=6_000)


def draw_with_pandas(path: Path) -> None:
    import pandas as pd

    frame = pd.read_parquet(path).sample(frac=1, random_state=1).drop_duplicates("category_id")
    for split, n in SIZES.items():
        frame[frame["split"] == split].head(n).to_dict("records")


def draw_by_tickets(path: Path) -> None:
    from audit.jobs.drawing import Explicit, run_draw

    run_draw([str(path)], _design(), Explicit(sizes=SIZES))


def draw_in_parts(path: Path) -> None:
    from audit.jobs.draw_parts import Drawers
    from audit.jobs.drawing import Explicit, run_draw_in_parts
    from audit.jobs.progress import SILENT

    drawers = Drawers(scheduler=None, n_workers=2, progress=SILENT)
    run_draw_in_parts([str(path)], _design(), Explicit(sizes=SIZES), drawers)


def _design() -> "Design":
    from audit.jobs.drawing import Design
    from sampling.design.frame import Across, DrawnUnit
    from sampling.design.phase_one import SizeMeasure

    return Design(
        seed=1,
        unit=DrawnUnit.ENTITY,
        across=Across.SPLITS,
        per_entity=1,
        size_measure=SizeMeasure.NONE,
        splits=tuple(SIZES),
    )


WAYS: dict[str, Callable[[Path], None]] = {
    "pandas, shuffled": draw_with_pandas,
    "by tickets": draw_by_tickets,
    "in parts, two processes": draw_in_parts,
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("path", type=Path, nargs="?", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.way:
        measure_here(lambda: WAYS[arguments.way](arguments.path), n_cores=2)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "frame.parquet"
        write_frame(path)
        print(f"{sum(SIZES.values()):,} units of {N_ENTITY + N_QUERY + N_WIKI:,} annotations")
        peer = None
        for way in WAYS:
            measured = best_of("benchmarks.draw", "--way", way, str(path))
            peer = peer or measured
            print(told(way, measured, peer))


if __name__ == "__main__":
    main()
