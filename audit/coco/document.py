"""Walking through a JSON file of any size with a window of a few megabytes: keys, and arrays in chunks."""

import gzip
import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self, cast

import numpy as np
from numpy.typing import NDArray

from audit.coco import scanning
from audit.coco.scanning import Int
from audit.coco.source import GZIP_ERRORS, JSON_SPACE, UTF8_BOM, Source, SourceKind, damaged_gzip
from audit.errors import InputError

CHUNK_BYTES = 3_000_000
"""Bytes of array elements handed out at once: larger chunks take more memory and are not read faster."""

LISTED_KEYS = ("images", "categories", "annotations")
"""The keys that are read; each must hold an array and may occur once."""

_MAX_ELEMENTS = 1 << 18
_SPACES = frozenset(JSON_SPACE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """Consecutive elements of an array, as bytes nobody has judged yet.

    Attributes:
        data: uint8, the elements with what stands between them.
        starts: int64, where each element begins in `data`, blanks before it included.
        ends: int64, where each element ends in `data`, exclusive.
        first_index: position of the first element in its array.
        text_offset: bytes of the file's (unpacked) text before `data`.
        n_bytes_read: bytes of the file on disk read so far, for showing progress.
    """

    path: Path
    data: NDArray[np.uint8]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    first_index: int
    text_offset: int
    n_bytes_read: int

    def __len__(self) -> int:
        return len(self.starts)

    def text(self, k: int) -> bytes:
        """The bytes of the k-th element."""
        return self.data[self.starts[k] : self.ends[k]].tobytes()


class Document:
    """A JSON file that is walked through once, from front to back.

    A bare list is walked as if it were the value of `annotations`.
    """

    def __init__(self, source: Source, *, chunk_bytes: int = CHUNK_BYTES) -> None:
        self._source = source
        self._chunk_bytes = chunk_bytes
        self._data = np.empty(0, np.uint8)
        self._at = 0
        self._end = 0
        self._offset = 0
        self._separators = np.empty(_MAX_ELEMENTS, np.int64)
        self._stack = ExitStack()
        self._raw = self._stack.enter_context(source.path.open("rb"))
        self._file: BinaryIO = self._raw
        if source.is_gzipped:
            unpacking = gzip.GzipFile(fileobj=self._raw)
            self._file = cast("BinaryIO", self._stack.enter_context(unpacking))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def walk_keys(self) -> Iterator[str]:
        """Each key of the outermost object, the walk standing at its value; a value left unread is skipped.

        Raises:
            InputError: the file is cut off, is not JSON between its values, or repeats one of `LISTED_KEYS`.
        """
        self._skip_bom()
        if self._source.kind is SourceKind.LIST:
            yield from self._the_one_key()
        else:
            yield from self._object_keys()
        if not self._at_end():
            raise self._malformed("something follows its end")

    def chunks(self) -> Iterator[Chunk]:
        """The elements of the array that the walk stands at.

        Raises:
            InputError: the value is no array, or the file is cut off.
        """
        if self._peek() != ord("["):
            raise self._malformed("a list was needed here")
        self._at += 1
        state = np.zeros(3, np.int64)
        n_elements = 0
        scanned: Int = self._at
        while True:
            scanned, n_separators, is_closed = scanning.scan(
                self._data, scanned, self._end, state, self._separators
            )
            chunk = self._chunk(int(n_separators), int(scanned) if is_closed else None, n_elements)
            if len(chunk):
                n_elements += len(chunk)
                yield chunk
            if is_closed:
                self._at = int(scanned)
                self._expect("]")
                return
            if n_separators:
                self._at = int(self._separators[n_separators - 1]) + 1
            if n_separators < _MAX_ELEMENTS:
                scanned -= self._at
                self._more_or_fail()

    def _chunk(self, n_separators: int, closed_at: int | None, first_index: int) -> Chunk:
        ends = self._separators[:n_separators].copy()
        if closed_at is not None and (first_index or n_separators or not self._is_blank(self._at, closed_at)):
            ends = np.append(ends, closed_at)
        starts = np.empty_like(ends)
        if len(ends):
            starts[0] = self._at
            starts[1:] = ends[:-1] + 1
        return Chunk(
            path=self._source.path,
            data=self._data,
            starts=starts,
            ends=ends,
            first_index=first_index,
            text_offset=self._offset,
            n_bytes_read=self._raw.tell(),
        )

    def _the_one_key(self) -> Iterator[str]:
        before = self._offset + self._at
        yield "annotations"
        if self._offset + self._at == before:
            self._skip_value()

    def _object_keys(self) -> Iterator[str]:
        self._expect("{")
        seen: set[str] = set()
        if self._peek() == ord("}"):
            self._at += 1
            return
        while True:
            key = self._key()
            if key in seen and key in LISTED_KEYS:
                raise InputError(
                    f"{self._source.path} has the key {key!r} twice (again at byte "
                    f"{self._offset + self._at}), and which one is meant cannot be told: remove one."
                )
            seen.add(key)
            self._peek()
            before = self._offset + self._at
            yield key
            if self._offset + self._at == before:
                self._skip_value()
            if self._peek() == ord("}"):
                self._at += 1
                return
            self._expect(",")

    def _key(self) -> str:
        text = self._string()
        try:
            key = str(json.loads(text))
        except ValueError as error:
            raise self._malformed("a key is not a JSON string") from error
        self._expect(":")
        return key

    def _string(self) -> bytes:
        self._expect('"')
        while (
            closed_at := int(scanning.string_end(self._data, self._data.view(np.uint64), self._at, self._end))
        ) == self._end:
            self._more_or_fail()
        text = b'"' + self._data[self._at : closed_at + 1].tobytes()
        self._at = closed_at + 1
        return text

    def _skip_value(self) -> None:
        first = self._peek()
        if first in b"[{":
            self._skip_container()
        elif first == ord('"'):
            self._string()
        else:
            self._skip_literal()

    def _skip_container(self) -> None:
        closing = "]" if self._peek() == ord("[") else "}"
        self._at += 1
        state = np.zeros(3, np.int64)
        while True:
            at, _, is_closed = scanning.scan(self._data, self._at, self._end, state, self._separators)
            self._at = int(at)
            if is_closed:
                self._expect(closing)
                return
            if self._at == self._end:
                self._more_or_fail()

    def _skip_literal(self) -> None:
        text = bytearray()
        while (byte := self._byte_here()) not in b",}]" and byte not in _SPACES:
            text.append(byte)
            self._at += 1
        try:
            json.loads(text)
        except ValueError as error:
            raise self._malformed("a value was needed here") from error

    def _byte_here(self) -> int:
        if self._at == self._end:
            self._more_or_fail()
        return int(self._data[self._at])

    def _peek(self) -> int:
        """The next byte that is no blank, left where it is."""
        if self._at_end():
            raise self._cut_off()
        return int(self._data[self._at])

    def _at_end(self) -> bool:
        """Whether nothing but blanks is left; walks over them."""
        while True:
            while self._at < self._end:
                if int(self._data[self._at]) not in _SPACES:
                    return False
                self._at += 1
            if not self._more():
                return True

    def _expect(self, character: str) -> None:
        if self._peek() != ord(character):
            raise self._malformed(f"{character} was needed here")
        self._at += 1

    def _skip_bom(self) -> None:
        self._more()
        if self._data[: min(3, self._end)].tobytes() == UTF8_BOM:
            self._at = 3

    def _is_blank(self, start: int, end: int) -> bool:
        return not self._data[start:end].tobytes().strip(JSON_SPACE)

    def _more_or_fail(self) -> None:
        if not self._more():
            raise self._cut_off()

    def _more(self) -> bool:
        """Moves the window on to what has not been walked through, and reads behind it; False at the end."""
        n_kept = self._end - self._at
        data = np.empty(-(-max(self._chunk_bytes, 2 * n_kept) // 8) * 8, np.uint8)
        data[:n_kept] = self._data[self._at : self._end]
        self._offset += self._at
        self._data, self._at, self._end = data, 0, n_kept
        try:
            n_read = self._fill(memoryview(data)[n_kept:])  # type: ignore[arg-type]
        except GZIP_ERRORS as error:
            raise damaged_gzip(self._source.path, error) from error
        self._end += n_read
        return n_read > 0

    def _fill(self, room: memoryview) -> int:
        n_read = 0
        while n_read < len(room) and (n := self._file.readinto(room[n_read:])):  # type: ignore[attr-defined]
            n_read += n
        return n_read

    def _cut_off(self) -> InputError:
        return InputError(
            f"{self._source.path} is cut off at byte {self._offset + self._end}, before its JSON ends: "
            "get the whole file."
        )

    def _malformed(self, what: str) -> InputError:
        return InputError(
            f"{self._source.path} is not JSON of a known form at byte {self._offset + self._at} ({what}): "
            "a COCO-like file was needed."
        )
