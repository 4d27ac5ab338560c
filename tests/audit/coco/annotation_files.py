"""Files for the reader's tests, and both ways of reading their annotations."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from pycocotools import mask as pycocotools_mask

from audit.coco.reader import Chunk, ParsedChunk, ParseOptions, parse_chunk, read_chunks
from audit.coco.rows import read_rows
from audit.coco.schema import ANNOTATIONS, MAX_EXAMPLES, Problem, ProblemKind, ProblemTally
from audit.coco.source import open_source

HEIGHT, WIDTH = 6, 8
IMAGE_SIZES = {"i1": (HEIGHT, WIDTH), "7": (HEIGHT, WIDTH)}


@dataclass(frozen=True, kw_only=True)
class Account:
    """All that was read from a file's annotations."""

    table: pa.Table
    problems: tuple[Problem, ...]

    @property
    def rows(self) -> list[dict[str, Any]]:
        return self.table.to_pylist()

    @property
    def kinds(self) -> dict[str, int]:
        return {problem.kind.value: problem.n for problem in self.problems}

    def example_ids(self, kind: ProblemKind) -> tuple[str, ...]:
        return next(problem.example_ids for problem in self.problems if problem.kind is kind)


def options(*, id_key: str | None = None, split: str | None = None) -> ParseOptions:
    return ParseOptions(
        stem="file",
        id_key=id_key,
        split=split,
        image_sizes=lambda ids: {i: IMAGE_SIZES[i] for i in ids if i in IMAGE_SIZES},
    )


def rle(mask: np.ndarray) -> dict[str, Any]:
    """A compressed RLE as pycocotools writes it."""
    encoded = pycocotools_mask.encode(np.asfortranarray(mask.astype(np.uint8)))
    return {"size": list(encoded["size"]), "counts": encoded["counts"].decode()}


def box_mask(x1: int, y1: int, x2: int, y2: int) -> np.ndarray:
    mask = np.zeros((HEIGHT, WIDTH), bool)
    mask[y1:y2, x1:x2] = True
    return mask


def oven_annotation(**changes: Any) -> dict[str, Any]:
    """An annotation of the Mask-OVEN-Wiki form with nothing wrong; a change to None leaves a key out."""
    annotation = {
        "id": "a1",
        "image_id": "i1",
        "category_id": "Q1",
        "segmentation": [rle(box_mask(1, 1, 4, 4)), rle(box_mask(3, 3, 6, 5))],
        "bbox": [[1.0, 1.0, 4.0, 4.0], [3.0, 3.0, 6.0, 5.0]],
        "text_prompt": 'A bird named "crow" \\ {raven} [x], ü',
        "label": ["a bird(0.44)", "the genus corvus(0.3)"],
        "question": "what is this?",
        "data_split": "query_val_seen",
    }
    return {key: value for key, value in (annotation | changes).items() if value is not None}


def coco_annotation(**changes: Any) -> dict[str, Any]:
    """An annotation of the COCO form, with whole-number ids and one compressed RLE."""
    annotation = {
        "id": 12,
        "image_id": 7,
        "category_id": 3,
        "segmentation": rle(box_mask(1, 1, 4, 4)),
        "bbox": [1, 1, 3, 3],
        "area": 9.0,
        "iscrowd": 0,
    }
    return {key: value for key, value in (annotation | changes).items() if value is not None}


def write(path: Path, content: Any) -> Path:
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def read_file(
    path: Path, *, chunk_bytes: int = 1 << 16, id_key: str | None = None, split: str | None = None
) -> Account:
    """A file's annotations, as a job reads them."""
    tally = ProblemTally()
    tables = [ANNOTATIONS.empty_table()]
    for chunk in read_chunks(open_source(path), chunk_bytes=chunk_bytes):
        parsed = parse_chunk(chunk, options(id_key=id_key, split=split))
        tables.append(parsed.table)
        tally.merge(parsed.problems)
    return Account(table=pa.concat_tables(tables), problems=tally.problems())


def read_annotations(folder: Path, annotations: Sequence[Any], **how: Any) -> Account:
    """Annotations, written into a file of their own and read."""
    return read_file(write(folder / "file.json", {"annotations": annotations}), **how)


def only_chunk(path: Path) -> Chunk:
    (chunk,) = read_chunks(open_source(path))
    assert isinstance(chunk, Chunk)
    return chunk


def account_of(parsed: ParsedChunk) -> Account:
    return Account(table=parsed.table.combine_chunks(), problems=parsed.problems.problems())


def account_of_chunk(chunk: Chunk, how: ParseOptions) -> Account:
    """As the product reads a chunk: in columns what can be."""
    return account_of(parse_chunk(chunk, how))


def account_row_by_row(chunk: Chunk, how: ParseOptions) -> Account:
    """Every row of a chunk with a diagnosis, nothing in columns."""
    tally = ProblemTally()
    table = read_rows(chunk, range(len(chunk)), how, tally).table
    made_up = table["annotation_id"].filter(table["id_is_made_up"])
    tally.add_many(ProblemKind.ID_MADE_UP, len(made_up), made_up[:MAX_EXAMPLES].to_pylist())
    return Account(table=table.combine_chunks(), problems=tally.problems())
