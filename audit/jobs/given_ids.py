"""Which annotations of a filtered file are given an id, so that they pair with those that they come from."""

import gzip
from enum import Enum
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from audit.coco.buffers import as_numbers
from audit.coco.rows import GIVEN_ID_KEY
from audit.coco.schema import ProblemKind
from audit.coco.source import Source, SourceKind
from audit.features.column import single
from audit.jobs.reading import MADE_UP
from db.manifest import SourceRecord
from db.rows import read_rows

_READ_AT_ONCE = 1 << 20


class Giving(Enum):
    """Which annotations of a source are given the id that they have in the population."""

    NONE = "none"
    """All have an id of their own, found by the same field again."""
    MADE_UP = "made up"
    """Those whose id was made up."""
    TAKEN = "taken"
    """Those, and those that took the id of another setting's mask."""
    EVERY = "every"
    """Every one, as some need it and only one field can be named besides `id`."""


def giving_of(source: SourceRecord, file: Source) -> Giving:
    """Tell which annotations of a source are given an id; `file` is the source itself, opened."""
    giving = _giving_of(source)
    if giving in (Giving.MADE_UP, Giving.TAKEN) and source.id_key is None and _holds_key(file):
        return Giving.EVERY  # the key of those that are given none would be taken for their id
    return giving


def id_key_of(source: SourceRecord) -> str | None:
    """Give the `--id-key` with which the filtered file of a source is ingested."""
    return source.id_key if _giving_of(source) is Giving.NONE else GIVEN_ID_KEY


def given_ids(subjects: pa.Table, giving: Giving, *, file: Path, setting: str) -> pa.Array:
    """Give the id that each annotation is given, null where it is given none.

    Args:
        subjects: rows of one source, with `annotation_id`, `mention_id` and `row`.
        giving: what goes for the source.
        file: the annotations of the source.
        setting: that it belongs to.
    """
    ids = subjects["annotation_id"]
    if giving is Giving.NONE:
        return pa.nulls(len(ids), pa.string())
    if giving is Giving.EVERY:
        return ids
    is_given = read_rows(file, as_numbers(single(subjects, "row")), ("id_is_made_up",))["id_is_made_up"]
    if giving is Giving.TAKEN:
        of_no_other = pc.binary_join_element_wise(ids, setting, MADE_UP)
        is_given = pc.or_(is_given, pc.not_equal(subjects["mention_id"], of_no_other))
    return pc.if_else(is_given, ids, pa.scalar(None, pa.string()))


def _giving_of(source: SourceRecord) -> Giving:
    is_made_up = any(problem.kind == ProblemKind.ID_MADE_UP for problem in source.problems)
    if source.matched is None and not is_made_up:
        return Giving.NONE
    if source.id_key not in (None, GIVEN_ID_KEY):
        return Giving.EVERY
    return Giving.MADE_UP if source.matched is None else Giving.TAKEN


def _holds_key(file: Source) -> bool:
    """Whether the key that ids are given under stands anywhere in a file already."""
    if file.kind is SourceKind.PNG_FOLDER:
        return False
    key = GIVEN_ID_KEY.encode()
    before = b""
    with gzip.open(file.path, "rb") if file.is_gzipped else file.path.open("rb") as stream:
        while block := stream.read(_READ_AT_ONCE):
            if key in before + block:
                return True
            before = block[1 - len(key) :]
    return False
