"""Elements of a chunk as an Arrow table, for chunks whose elements are all of one shape."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.json

from audit.coco.document import Chunk
from audit.coco.lifting import Lifted, lift
from audit.coco.scanning import Bytes

_MAX_BYTES = 2**31 - 1
"""Arrow counts the bytes of a block, and of the texts of a column, in 32 bits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """The regular elements of a chunk.

    Attributes:
        table: one row per regular element, one chunk per column; counts of RLEs read as `""`.
        lifted: which elements are regular, and the counts.
    """

    table: pa.Table
    lifted: Lifted


def read_lines(chunk: Chunk, schema: pa.Schema) -> Lines | None:
    """The regular elements of a chunk, or None where one of them does not fit the schema.

    Other keys than the schema's are ignored; a missing key is null; a repeated one does not fit.
    """
    n_bytes = int(chunk.ends[-1] - chunk.starts[0]) + 2 * len(chunk)
    if n_bytes > _MAX_BYTES:
        return None
    lines = pa.allocate_buffer(n_bytes)
    texts = pa.allocate_buffer(n_bytes)
    lifted = lift(
        chunk.data, chunk.starts, chunk.ends, np.frombuffer(lines, np.uint8), np.frombuffer(texts, np.uint8)
    )
    if not lifted.is_ascii and not _is_unicode(lifted.lines):
        return None
    if len(lifted.lines) == 0:
        return None
    try:
        table = pyarrow.json.read_json(
            pa.BufferReader(pa.py_buffer(lifted.lines)),
            read_options=pyarrow.json.ReadOptions(use_threads=False, block_size=len(lifted.lines) + 1),
            parse_options=pyarrow.json.ParseOptions(
                explicit_schema=schema, unexpected_field_behavior="ignore"
            ),
        )
    except pa.ArrowInvalid:
        return None
    if table.num_rows != int(lifted.is_regular.sum()):
        return None
    return Lines(table=table.combine_chunks(), lifted=lifted)


def _is_unicode(text: Bytes) -> bool:
    try:
        str(memoryview(text.data), "utf-8")
    except UnicodeDecodeError:
        return False
    return True
