"""A folder of PNG masks, each named by its annotation's id."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from PIL import Image

from audit.coco import rle
from audit.coco.schema import ANNOTATIONS, ProblemKind, ProblemTally
from audit.coco.source import Source, mask_files

_FILES_AT_ONCE = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskFiles:
    """Consecutive files of a folder of masks.

    Attributes:
        first_index: position of the first in the folder's files by name.
        n_bytes_read: bytes on disk of the files up to the last one here, for showing progress.
    """

    files: tuple[Path, ...]
    first_index: int
    n_bytes_read: int

    def __len__(self) -> int:
        return len(self.files)


def mask_file_chunks(source: Source) -> Iterator[MaskFiles]:
    """The files of a folder of masks, some at a time."""
    files = mask_files(source)
    n_bytes = 0
    for first in range(0, len(files), _FILES_AT_ONCE):
        some = tuple(files[first : first + _FILES_AT_ONCE])
        n_bytes += sum(file.stat().st_size for file in some)
        yield MaskFiles(files=some, first_index=first, n_bytes_read=n_bytes)


def read_mask_files(chunk: MaskFiles, problems: ProblemTally) -> pa.Table:
    """The masks as rows of `schema.ANNOTATIONS`; they name neither image nor category."""
    rows = [_row(path, chunk.first_index + k, problems) for k, path in enumerate(chunk.files)]
    return pa.Table.from_pylist(rows, schema=ANNOTATIONS)


def read_png(path: Path) -> NDArray[np.bool_]:
    """The pixels of a mask, bool, shape [height, width]: what is not 0 is inside.

    Of a palette the index counts, not the colour. A pixel of a picture with transparency is inside where it
    is neither transparent nor black; if none is, where it is not transparent.

    Raises:
        OSError, SyntaxError, ValueError: it cannot be decoded.
    """
    with Image.open(path) as image:
        pixels: NDArray[Any] = np.asarray(image)
        has_alpha = image.mode in ("RGBA", "LA", "PA")
    is_set: NDArray[np.bool_] = pixels != 0
    if is_set.ndim == 2:
        return is_set
    colours = is_set[:, :, :-1] if has_alpha else is_set
    is_coloured: NDArray[np.bool_] = np.any(colours, axis=2)
    if not has_alpha:
        return is_coloured
    is_opaque: NDArray[np.bool_] = is_set[:, :, -1]
    return is_coloured & is_opaque if (is_coloured & is_opaque).any() else is_opaque


def _row(path: Path, index: int, problems: ProblemTally) -> dict[str, object]:
    row: dict[str, object] = {
        "annotation_id": path.stem,
        "id_is_made_up": False,
        "boxes": [],
        "confidences": [],
        "labels": [],
        "element_index": index,
    }
    try:
        mask = read_png(path)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        problems.add(ProblemKind.PNG_UNREADABLE, path.stem)
        return row
    runs = rle.runs_of_mask(mask)
    area = rle.area(runs)
    if area == 0:
        problems.add(ProblemKind.EMPTY_MASK, path.stem)
    height, width = mask.shape
    return row | {
        "height": height,
        "width": width,
        "parts": [rle.encode_runs(runs)] if area else [],
        "parts_area": area,
    }
