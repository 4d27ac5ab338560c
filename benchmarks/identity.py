"""Telling masks apart beside pycocotools; then two settings of 7.2 million masks compared and drawn from.

    python -m benchmarks.identity

The peers read the same Parquet. The first decodes the union of a mask's parts and hashes its pixels; the
second hashes the counts of the union, trusting that equal pixels come with equal counts.
"""

import argparse
import shutil
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.draw import N_ENTITY, N_QUERY, N_WIKI, SIZES, write_frame
from benchmarks.generate import write_file
from benchmarks.processes import best_of, measure_here, told
from db.manifest import SettingRecord, SourceRecord
from db.population import ANNOTATIONS_FILE, Population

N_MASKS = (10_000, 100_000)
DIFFER = {"B": 0.5, "C": 0.3}
"""The share of masks that a setting does not have in common with A."""


def source_in(folder: str) -> SourceRecord:
    return SourceRecord(
        file=folder,
        path=folder,
        fingerprint=folder,
        n_bytes=0,
        split=None,
        images_root=None,
        base=None,
        base_fingerprint=None,
        id_key=None,
        matched=None,
        folder=folder,
        n_annotations=0,
        n_written=0,
        n_normalised=0,
        n_skipped=0,
        dialects={},
        problems=(),
    )


def setting_in(folder: str) -> SettingRecord:
    return SettingRecord(setting=folder, sources=(source_in(folder),))


def ingest(population: Population, n_masks: int) -> None:
    from audit.jobs.ingest import IngestRequest, run_ingest
    from audit.jobs.progress import SILENT

    file = population.folder.with_suffix(".json")
    write_file(file, n_annotations=n_masks, seed=1)
    run_ingest(population, IngestRequest(files=(file,), setting="A"), workers=2, progress=SILENT)
    file.unlink()


def masks_of(population: Population) -> Iterator[dict[str, Any]]:
    [path] = population.files(population.manifest().get("A"), ANNOTATIONS_FILE)
    with pq.ParquetFile(path) as file:
        for group in range(file.num_row_groups):
            table = file.read_row_group(group, columns=["height", "width", "parts"], use_threads=False)
            yield from table.to_pylist()


def union_of(mask: dict[str, Any]) -> dict[str, Any]:
    from pycocotools import mask as coco_mask

    size = [mask["height"], mask["width"]]
    union: dict[str, Any] = coco_mask.merge([{"size": size, "counts": part} for part in mask["parts"]])
    return union


def hash_pixels(population: Population) -> None:
    from pycocotools import mask as coco_mask

    for mask in masks_of(population):
        sha256(coco_mask.decode(union_of(mask)).T).digest()


def hash_counts(population: Population) -> None:
    for mask in masks_of(population):
        sha256(union_of(mask)["counts"]).digest()


def identify(population: Population, n_threads: int) -> None:
    from audit.jobs.mask_identity import identify_masks
    from audit.jobs.progress import SILENT
    from db.identities import IDENTITIES_FILE

    setting = population.manifest().get("A")
    for file in population.files(setting, IDENTITIES_FILE):
        Path(file).unlink(missing_ok=True)
    identify_masks(population, [setting], workers=n_threads, progress=SILENT)


def write_settings(population: Population) -> None:
    """The ids of `benchmarks.draw`, and identities of which some share is not the first setting's."""
    from db.identities import IDENTITIES, IDENTITIES_FILE

    folder = population.folder / "A"
    folder.mkdir(parents=True)
    write_frame(folder / "ids.parquet")
    frame = pq.read_table(folder / "ids.parquet")
    frame = frame.append_column("mention_id", frame["annotation_id"])
    pq.write_table(frame, folder / ANNOTATIONS_FILE, compression="zstd", row_group_size=6_000)
    rng = np.random.default_rng(1)
    mask_ids = rng.integers(0, 256, size=(frame.num_rows, 12), dtype=np.uint8)
    for name, share in {"A": 0.0, **DIFFER}.items():
        made = mask_ids.copy()
        made[rng.random(len(made)) < share, :8] = rng.integers(0, 256, size=8, dtype=np.uint8)
        (population.folder / name).mkdir(exist_ok=True)
        states = pa.array(["present"]).take(pa.array(np.zeros(len(made), np.int32)))
        ids = pa.Array.from_buffers(pa.binary(12), len(made), [None, pa.py_buffer(made.tobytes())])
        table = pa.table([frame["mention_id"], states, ids], schema=IDENTITIES)
        pq.write_table(table, population.folder / name / IDENTITIES_FILE, compression="zstd")


def draw_contrast(population: Population) -> None:
    from db.contrasts import open_contrast
    from db.drawing import Phase1, open_draw

    pair = (setting_in("A"), setting_in("B"))
    with (
        open_contrast(population, setting_in("A"), pair, splits=[]) as contrast,
        open_draw([contrast.differing], Phase1.ENTITY, seed=1, splits=[], per_entity=1) as engine,
    ):
        engine.strata()
        rows = [row for split, n in SIZES.items() for row in engine.smallest(split, n)]
        contrast.n_annotations_of([row.entity_id for row in rows])


def count_shared(population: Population) -> None:
    from db.contrasts import count_shared_masks

    settings = [setting_in(name) for name in ("A", *DIFFER)]
    count_shared_masks(population, settings[0], settings, splits=[])


IDENTIFYING: dict[str, tuple[int, Callable[[Population], None]]] = {
    "pycocotools, pixels": (1, hash_pixels),
    "pycocotools, counts": (1, hash_counts),
    "identities, one core": (1, partial(identify, n_threads=1)),
    "identities, two cores": (2, partial(identify, n_threads=2)),
}
COMPARING: dict[str, tuple[int, Callable[[Population], None]]] = {
    "contrast of 2, drawn from": (2, draw_contrast),
    "masks shared by 3": (2, count_shared),
}
"""Name → the cores it may use, and what it does."""


def measure(way: str, population: Population, small: Population) -> None:
    """Measure one way in this process; compiled code and libraries are loaded before the clock starts."""
    n_cores, do = (IDENTIFYING | COMPARING)[way]
    if way in IDENTIFYING:
        do(small)
    measure_here(lambda: do(population), n_cores=n_cores)


def compare_identifying(folder: Path, small: Population) -> None:
    for n_masks in N_MASKS:
        population = Population(folder / str(n_masks))
        in_a_process(partial(ingest, population, n_masks))
        print(f"identities of {n_masks:,} masks")
        peer = None
        for way in IDENTIFYING:
            if n_masks > N_MASKS[0] and way == "pycocotools, pixels":
                continue
            words = ("--way", way, str(population.folder), str(small.folder))
            measured = best_of("benchmarks.identity", *words)
            peer = peer or measured
            print(told(way, measured, peer), f" {n_masks / measured.seconds:8,.0f} masks/s")
        shutil.rmtree(population.folder)


def compare_settings(folder: Path, small: Population) -> None:
    population = Population(folder / "settings")
    in_a_process(partial(write_settings, population))
    print(f"settings of {N_ENTITY + N_QUERY + N_WIKI:,} masks")
    for way in COMPARING:
        words = ("--way", way, str(population.folder), str(small.folder))
        measured = best_of("benchmarks.identity", *words, repetitions=2)
        print(told(way, measured, measured))


def in_a_process(do: Callable[[], None]) -> None:
    """Do a thing elsewhere: a process that is started inherits the peak memory of the one that starts it."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        pool.submit(do).result()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--way", choices=IDENTIFYING | COMPARING, help=argparse.SUPPRESS)
    parser.add_argument("folders", type=Path, nargs="*", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.way:
        measure(arguments.way, *map(Population, arguments.folders))
        return
    with tempfile.TemporaryDirectory() as folder:
        small = Population(Path(folder) / "small")
        in_a_process(partial(ingest, small, 20))
        compare_identifying(Path(folder), small)
        compare_settings(Path(folder), small)


if __name__ == "__main__":
    main()
