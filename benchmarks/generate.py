"""A generated annotation file of the Mask-OVEN-Wiki shape, of any size: the same bytes for the same seed.

    python -m benchmarks.generate --megabytes 180 --seed 1 generated.json

About 2.8 kB per annotation; masks are blobs with ragged borders that do not repeat, so that neither a cache
nor a compressor is flattered.
"""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from audit.coco import rle_kernels as kernels

BYTES_PER_ANNOTATION = 2_800
_SPLITS = np.array(["entity_train_seen", "entity_val_unseen", "query_val_seen", "wiki_all_unseen"])
_KINDS = np.array(["bird", "plant", "building", "vehicle", "dish", "tool", "sport", "person", "rock", "lake"])


@njit(cache=True)
def _blob_runs(height: int, n_columns: int, steps: NDArray[np.int64], runs: NDArray[np.uint32]) -> int:
    """Runs of a blob with a hole in an eighth of its columns; `steps` [n_columns, 2] move its border."""
    top, bottom = height // 4, height * 3 // 4
    n_runs = 0
    outside = 0
    for column in range(n_columns):
        top = min(max(top + steps[column, 0], 1), height // 2 - 8)
        bottom = min(max(bottom + steps[column, 1], height // 2 + 8), height - 1)
        runs[n_runs] = outside + top
        n_runs += 1
        if column * 8 // n_columns == 4:
            runs[n_runs] = height // 2 - top
            runs[n_runs + 1] = 4
            runs[n_runs + 2] = bottom - height // 2 - 4
            n_runs += 3
        else:
            runs[n_runs] = bottom - top
            n_runs += 1
        outside = height - bottom
    runs[n_runs] = outside
    return n_runs + 1


def blob(height: int, width: int, n_columns: int, rng: np.random.Generator) -> dict[str, Any]:
    """The RLE of a blob in the first columns of an image."""
    steps = rng.integers(-2, 3, size=(n_columns, 2))
    runs = np.empty(4 * n_columns + 1, np.uint32)
    n_runs = _blob_runs(height, n_columns, steps, runs)
    runs[n_runs - 1] += height * (width - n_columns)
    data = np.empty(7 * n_runs, np.uint8)
    counts = data[: kernels.encode_into(runs[:n_runs], data)].tobytes().decode("ascii")
    return {"size": [height, width], "counts": counts}


def _annotation(
    index: int, size: tuple[int, int], n_entities: int, rng: np.random.Generator
) -> dict[str, Any]:
    height, width = size
    n_parts = 1 + (rng.random() < 0.25)
    kind = str(rng.choice(_KINDS))
    scores = rng.uniform(0.3, 1.0, size=n_parts)
    corners = rng.uniform(0, 1, size=(n_parts, 4)) * (width / 2, height / 2, width / 2, height / 2)
    return {
        "id": f"oven_generated_{index:08d}",
        "image_id": f"oven_{index:08d}",
        "category_id": f"Q{rng.integers(n_entities) + 1}",
        "segmentation": [blob(height, width, 830 // n_parts, rng) for _ in range(n_parts)],
        "bbox": [
            [round(x, 2), round(y, 2), round(x + w + 1, 2), round(y + h + 1, 2)]
            for x, y, w, h in corners.tolist()
        ],
        "text_prompt": f"A organisms known by a particular common name named '{kind} {index}', seen outdoors",
        "label": [f"a {kind} number {index}({score:.2f})" for score in scores],
        "question": f"what kind of {kind} is this?",
        "data_split": str(rng.choice(_SPLITS)),
    }


def pieces(n_annotations: int, seed: int) -> Iterator[str]:
    """The text of the file, piece by piece."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(860, 1201, size=(n_annotations, 2)).tolist()
    n_entities = max(1, n_annotations // 4)
    yield '{"images": ['
    for index, (height, width) in enumerate(sizes):
        name = f"/{index % 100:02d}/oven_{index:08d}.jpg"
        image = {"id": f"oven_{index:08d}", "file_name": name, "height": height, "width": width}
        yield (", " if index else "") + json.dumps(image)
    yield '], "categories": ['
    for entity in range(n_entities):
        yield (", " if entity else "") + json.dumps({"id": f"Q{entity + 1}", "name": f"Entity {entity + 1}"})
    yield '], "annotations": ['
    for index, (height, width) in enumerate(sizes):
        yield (", " if index else "") + json.dumps(_annotation(index, (height, width), n_entities, rng))
    yield "]}"


def write_file(path: Path, *, n_annotations: int, seed: int) -> None:
    """Writes the file."""
    with path.open("w", encoding="ascii", buffering=1 << 20) as file:
        for piece in pieces(n_annotations, seed):
            file.write(piece)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("path", type=Path)
    parser.add_argument("--megabytes", type=float, default=180.0)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    n_annotations = max(1, round(arguments.megabytes * 1e6 / BYTES_PER_ANNOTATION))
    write_file(arguments.path, n_annotations=n_annotations, seed=arguments.seed)
    print(f"{arguments.path}: {n_annotations:,} annotations, {arguments.path.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
