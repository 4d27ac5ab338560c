"""Writes a source again without some of its annotations, and with other masks or ids in some.

Everything else is copied byte for byte: what stands outside of `annotations`, blanks, the order of keys, a
byte order mark, and every element that nobody changed. Memory is a few chunks, whatever the size of the file.
"""

import gzip
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from audit.coco.corrections import CorrectedMask, correction_of
from audit.coco.document import CHUNK_BYTES, Chunk, Document
from audit.coco.element_edits import edited
from audit.coco.rows import GIVEN_ID_KEY
from audit.coco.source import JSON_SPACE, Source, SourceKind, mask_files
from audit.errors import InputError

_FILES_AT_ONCE = 64
_COPIED_AT_ONCE = 1 << 20
_GZIP_LEVEL = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What an annotation gets.

    Attributes:
        mask: in place of its own, or None.
        given_id: under the key `GIVEN_ID_KEY`, or as the name of its PNG file; None leaves its id alone.
    """

    mask: CorrectedMask | None
    given_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Edits:
    """What becomes of consecutive elements.

    Attributes:
        is_kept: bool [n_elements].
        changed: kept elements that change, by their place among these.
    """

    is_kept: NDArray[np.bool_]
    changed: Mapping[int, Edit]


EditsOf = Callable[[int, int], Edits]
"""First element and number of elements → what becomes of them; asked for from front to back."""


def write_edited(
    source: Source,
    target: Path,
    edits_of: EditsOf,
    advance: Callable[[int], object],
    *,
    chunk_bytes: int = CHUNK_BYTES,
) -> int:
    """Write a source as it is to be.

    Args:
        source: a file, or a folder of PNG masks.
        target: the file or folder to be made; nothing is there.
        edits_of: what becomes of the elements.
        advance: is told of bytes of the source that were read.
        chunk_bytes: of elements, gone through at a time.

    Returns:
        How many elements the source has.

    Raises:
        InputError: the source is not JSON, or an id cannot be the name of a file.
        OSError: the target cannot be written.
    """
    if source.kind is SourceKind.PNG_FOLDER:
        return _write_folder(source, target, edits_of, advance)
    n_elements = 0
    n_bytes_seen = 0
    with (
        Document(source, chunk_bytes=chunk_bytes) as document,
        _open_text(source) as before,
        _open_target(target, is_gzipped=source.is_gzipped) as after,
    ):
        copier = _Copier(before, after)
        for key in document.walk_keys():
            if key != "annotations":
                continue
            elements = _Elements(copier)
            for chunk in document.chunks():
                elements.write(chunk, edits_of(chunk.first_index, len(chunk)))
                n_elements += len(chunk)
                advance(chunk.n_bytes_read - n_bytes_seen)
                n_bytes_seen = chunk.n_bytes_read
            elements.end()
        copier.copy_rest()
    return n_elements


class _Copier:
    """Copies from one file to another what is not skipped."""

    def __init__(self, before: BinaryIO, after: BinaryIO) -> None:
        self._before = before
        self._after = after
        self._at = 0

    def copy_to(self, end: int) -> None:
        while self._at < end:
            data = self._before.read(min(end - self._at, _COPIED_AT_ONCE))
            if not data:
                raise OSError("it was cut short while it was read")
            self._after.write(data)
            self._at += len(data)

    def skip_to(self, start: int) -> None:
        self._before.seek(start)
        self._at = start

    def put(self, data: bytes) -> None:
        self._after.write(data)

    def copy_rest(self) -> None:
        shutil.copyfileobj(self._before, self._after, _COPIED_AT_ONCE)


class _Elements:
    """Writes the elements of an array, a separator between each two."""

    def __init__(self, copier: _Copier) -> None:
        self._copier = copier
        self._is_first = True
        self._blanks_of_last = b""

    def write(self, chunk: Chunk, edits: Edits) -> None:
        """Write the elements of a chunk that are kept."""
        if chunk.first_index == 0:
            self._copier.copy_to(chunk.text_offset + int(chunk.starts[0]))
        for first, stop in _runs(edits):
            if not self._is_first:
                self._copier.put(b",")
            self._is_first = False
            edit = edits.changed.get(first)
            if edit is None:
                self._copier.skip_to(chunk.text_offset + int(chunk.starts[first]))
                self._copier.copy_to(chunk.text_offset + int(chunk.ends[stop - 1]))
            else:
                self._copier.put(_edited_element(chunk.text(first), edit))
        self._copier.skip_to(chunk.text_offset + int(chunk.ends[-1]))
        last = chunk.text(len(chunk) - 1)
        is_kept = bool(edits.is_kept[-1])
        self._blanks_of_last = b"" if is_kept else last[len(last.rstrip(JSON_SPACE)) :]

    def end(self) -> None:
        """Write the blanks before the closing bracket, where the last element did not."""
        self._copier.put(self._blanks_of_last)


def _runs(edits: Edits) -> Iterator[tuple[int, int]]:
    """The kept elements: each changed one alone, those between together; first, and end exclusive."""
    is_alone = np.zeros(len(edits.is_kept), np.bool_)
    is_alone[list(edits.changed)] = True
    is_copied = edits.is_kept & ~is_alone
    starts = is_copied & ~np.concatenate(([False], is_copied[:-1]))
    ends = is_copied & ~np.concatenate((is_copied[1:], [False]))
    copied = zip(np.flatnonzero(starts).tolist(), (np.flatnonzero(ends) + 1).tolist(), strict=True)
    alone = ((place, place + 1) for place in np.flatnonzero(is_alone & edits.is_kept).tolist())
    yield from sorted((*copied, *alone))


def _edited_element(text: bytes, edit: Edit) -> bytes:
    changes = {} if edit.mask is None else correction_of(text, edit.mask)
    if edit.given_id is not None:
        changes[GIVEN_ID_KEY] = json.dumps(edit.given_id).encode()
    return edited(text, changes)


@contextmanager
def _open_text(source: Source) -> Iterator[BinaryIO]:
    with source.path.open("rb") as raw:
        if not source.is_gzipped:
            yield raw
            return
        with gzip.GzipFile(fileobj=raw) as unpacked:
            yield cast("BinaryIO", unpacked)


@contextmanager
def _open_target(target: Path, *, is_gzipped: bool) -> Iterator[BinaryIO]:
    with target.open("xb") as raw:
        if is_gzipped:
            with gzip.GzipFile(
                filename="", mode="wb", compresslevel=_GZIP_LEVEL, fileobj=raw, mtime=0
            ) as packed:
                yield cast("BinaryIO", packed)
        else:
            yield raw
        raw.flush()
        os.fsync(raw.fileno())


def _write_folder(source: Source, target: Path, edits_of: EditsOf, advance: Callable[[int], object]) -> int:
    files = mask_files(source)
    target.mkdir()
    for first in range(0, len(files), _FILES_AT_ONCE):
        chosen = files[first : first + _FILES_AT_ONCE]
        edits = edits_of(first, len(chosen))
        for place in np.flatnonzero(edits.is_kept).tolist():
            _write_png(chosen[place], target, edits.changed.get(place))
        advance(sum(file.stat().st_size for file in chosen))
    return len(files)


def _write_png(file: Path, folder: Path, edit: Edit | None) -> None:
    target = folder / (file.name if edit is None or edit.given_id is None else _png_name(edit.given_id))
    if target.exists():
        raise InputError(f"two masks of {file.parent} would both be {target.name}: their ids must differ")
    if edit is None or edit.mask is None:
        shutil.copyfile(file, target)
    else:
        Image.fromarray(edit.mask.pixels.astype(np.uint8) * 255).save(target, "PNG")


def _png_name(annotation_id: str) -> str:
    name = f"{annotation_id}.png"
    if "/" in name or "\0" in name or len(os.fsencode(name)) > 255:
        raise InputError(f"the id {annotation_id!r} cannot be the name of a PNG file")
    return name
