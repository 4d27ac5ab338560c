"""Features of masks beside a loop that decodes every mask; both are held to the same values.

    python -m benchmarks.features

The masks are blobs of `benchmarks.generate` in images of 400 × 500 pixels, each mention under two settings.
"""

import argparse
import math
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.generate import blob
from benchmarks.identity import in_a_process
from benchmarks.processes import best_of, measure_here, told

HEIGHT, WIDTH = 400, 500
N_MASKS = 2_000
N_COMPARED = 400
N_MANY = 40_000
AT_ONCE = 4_000
"""Masks in a row group, which is what is in memory at a time."""
TOLERANCE = 1e-9


def rows_of(n_masks: int, seed: int) -> Iterator[dict[str, Any]]:
    rng = np.random.default_rng(seed)
    for number in range(n_masks):
        n_parts = 1 + int(rng.random() < 0.25)
        corners = rng.uniform(0, 1, (n_parts, 4)) * (WIDTH / 2, HEIGHT / 2, WIDTH / 2, HEIGHT / 2)
        scores = rng.uniform(0.3, 1.0, n_parts).round(2).tolist()
        blobs = [blob(HEIGHT, WIDTH, int(rng.integers(200, WIDTH)), rng) for _ in range(n_parts)]
        yield {
            "mention_id": f"m{number // 2}",
            "setting": "AB"[number % 2],
            "height": HEIGHT,
            "width": WIDTH,
            "parts": [one["counts"].encode() for one in blobs],
            "boxes": [side for x, y, w, h in corners.tolist() for side in (x, y, x + w, y + h)],
            "confidences": scores,
            "labels": [f"a bird({score})" for score in scores],
            "score": None,
        }


def write_rows(path: Path, n_masks: int, seed: int) -> None:
    from audit.jobs.reading import POPULATION

    names = ("mention_id", "setting", "height", "width", "parts", "boxes", "confidences", "labels", "score")
    schema = pa.schema([POPULATION.field(name) for name in names])
    with pq.ParquetWriter(path, schema) as file:
        for rows in batched(rows_of(n_masks, seed), AT_ONCE):
            file.write_table(pa.Table.from_pylist(rows, schema=schema))


def batched(rows: Iterator[dict[str, Any]], n: int) -> Iterator[list[dict[str, Any]]]:
    while some := list(islice(rows, n)):
        yield some


def geometry_by_spans(table: pa.Table) -> None:
    from audit.features.catalogue import Needs, features_of
    from audit.features.compute import measure_agreement, measure_masks

    morphology = ("n_components_opened", "n_components_closed")
    measure_masks(table, [it for it in features_of(Needs.MASK) if it.name not in morphology])
    measure_agreement(table, [it for it in features_of(Needs.PAIR) if it.name == "iou"], ())


def geometry_by_pixels(table: pa.Table) -> None:
    from benchmarks.decoded_features import coco_iou, decode, geometry_of

    rows = table.to_pylist()
    for first, second in zip(rows[::2], rows[1::2], strict=True):
        masks = decode(first), decode(second)
        for mask in masks:
            geometry_of(mask)
        coco_iou(masks[0].rle, masks[1].rle, is_crowd=0)


def catalogue_by_spans(table: pa.Table) -> tuple[list[Any], list[Any], list[Any]]:
    from audit.features.compute import measure_agreement, measure_masks

    masks, agreement = measure_masks(table), measure_agreement(table)
    return masks, agreement.pairs, agreement.settings


def catalogue_by_pixels(table: pa.Table) -> tuple[list[Any], list[Any], list[Any]]:
    from benchmarks.decoded_features import agreement_of, features_of

    rows = table.to_pylist()
    return [features_of(row) for row in rows], *agreement_of(rows)


WAYS: dict[str, Callable[[pa.Table], object]] = {
    "geometry and IoU, decoded": geometry_by_pixels,
    "geometry and IoU, spans": geometry_by_spans,
    "all features, decoded": catalogue_by_pixels,
    "all features, spans": catalogue_by_spans,
}
"""Of each two, the first is the peer."""


def measure(way: str, path: Path, small: Path) -> None:
    """Measure one way in this process; compiled code and libraries are loaded before the clock starts."""
    WAYS[way](pq.read_table(small))

    def do() -> None:
        with pq.ParquetFile(path) as file:
            for group in range(file.num_row_groups):
                WAYS[way](file.read_row_group(group, use_threads=False))

    measure_here(do, n_cores=1)


def compare_values(table: pa.Table) -> int:
    """How many values the whole catalogue has; refuses to go on where the two ways differ in one."""
    n_values = 0
    for found, expected in zip(catalogue_by_spans(table), catalogue_by_pixels(table), strict=True):
        for mine, theirs in zip(found.to_pylist(), expected, strict=True):
            for name, value in theirs.items():
                n_values += 1
                if not is_same(mine[name], value):
                    raise SystemExit(f"{name} of {theirs['mention_id']}: {mine[name]} instead of {value}")
    return n_values


def is_same(mine: object, theirs: object) -> bool:
    if isinstance(mine, float) and isinstance(theirs, float):
        return math.isclose(mine, theirs, rel_tol=TOLERANCE)
    return mine == theirs


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("files", type=Path, nargs="*", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.way:
        measure(arguments.way, *arguments.files)
        return
    with tempfile.TemporaryDirectory() as folder:
        rows, many, small = (Path(folder) / f"{name}.parquet" for name in ("rows", "many", "small"))
        for path, n_masks in ((rows, N_MASKS), (many, N_MANY), (small, 4)):
            in_a_process(partial(write_rows, path, n_masks, 1))
        print(f"features of {N_MASKS:,} masks of {HEIGHT} × {WIDTH} pixels, one core")
        measured = {way: best_of("benchmarks.features", "--way", way, str(rows), str(small)) for way in WAYS}
        for peer, mine in zip(list(WAYS)[::2], list(WAYS)[1::2], strict=True):
            for way in (peer, mine):
                line = told(way, measured[way], measured[peer])
                print(line, f" {N_MASKS / measured[way].seconds:8,.0f} masks/s")
        [*_, way] = WAYS
        at_length = best_of("benchmarks.features", "--way", way, str(many), str(small), repetitions=1)
        print(
            told(f"{way}, {N_MANY:,}", at_length, at_length), f" {N_MANY / at_length.seconds:8,.0f} masks/s"
        )
        n_values = compare_values(pq.read_table(rows).slice(0, N_COMPARED))
        print(f"  {n_values:,} values of {N_COMPARED} masks are the same in both ways")


if __name__ == "__main__":
    main()
