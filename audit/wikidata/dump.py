"""Reads a Wikidata dump: a JSON array with one entity per line, plain or packed, in one pass.

Lines that cannot matter are told by their bytes and never parsed: of a hundred million items a few million
are classes or taxa. The format: https://doc.wikimedia.org/Wikibase/master/php/docs_topics_json.html
"""

import bz2
import gzip
import json
import re
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import IO, Any

from audit.errors import InputError
from audit.wikidata.item import Item, item_number

INSTANCE_OF = "P31"
SUBCLASS_OF = ("P279", "P171")

_GZIP_MAGIC, _BZIP2_MAGIC = b"\x1f\x8b", b"BZh"
_HEAD_BYTES = 1 << 20
_LONGEST_LINE = 1 << 28
_STEP_BYTES = 1 << 22
_BUFFER_BYTES = 1 << 20

_BEGINNING = re.compile(rb'\s*(\[\s*)?(\{[^\n]*"(id|entity)"\s*:\s*"[LPQ][1-9]|\]\s*\Z)')
_USUAL_START = re.compile(
    rb'\{\s*(?:"type"\s*:\s*"[a-z]+"\s*,\s*)?"id"\s*:\s*"(?:Q([1-9][0-9]{0,8})|[LP][^"]*)"'
)
_CLASS_MARK = re.compile(f'"(?:{"|".join(SUBCLASS_OF)})"'.encode())


def is_dump(file: Path) -> bool:
    """Tell whether a file begins as a dump does, packed or not.

    Raises:
        InputError: the file is packed, and damaged or no dump.
    """
    with _unpacked(file) as (stream, _):
        head = stream.read(_HEAD_BYTES)
    found = _BEGINNING.match(head) is not None
    if not found and _magic(file) in (_GZIP_MAGIC, _BZIP2_MAGIC):
        raise InputError(
            f"{file} holds no Wikidata dump: one JSON object per line was needed, each with an id"
        )
    return found


def read_dump(file: Path, wanted: Collection[int], advance: Callable[[int], object]) -> Iterator[Item]:
    """Give the items of a dump that are wanted, and all that are a class or a taxon below another one.

    Args:
        file: the dump.
        wanted: numbers of items.
        advance: is told how many more bytes of the file are read.

    Raises:
        InputError: the file is cut off, damaged, or has a line that is no entity.
    """
    with _unpacked(file) as (stream, position):
        at, n_read = 0, 0
        last = b""
        is_array = False
        for number, line in enumerate(iter(lambda: stream.readline(_LONGEST_LINE), b""), 1):
            n_read += len(line)
            if n_read >= _STEP_BYTES:
                advance(position() - at)
                at, n_read = position(), 0
            text = line.strip()
            is_array |= number == 1 and text.startswith(b"[")
            last = text or last
            if _may_matter(text, wanted):
                item = _item(text, file, number)
                if item is not None and (item.number in wanted or item.subclass_of or item.redirects_to):
                    yield item
        advance(position() - at)
    if is_array and not last.endswith(b"]"):
        raise InputError(f"{file} is cut off: its list is not closed; download it again")


def _may_matter(line: bytes, wanted: Collection[int]) -> bool:
    start = _USUAL_START.match(line)
    if start is None:
        return line not in (b"", b"[", b"]")
    if start[1] is None:  # a property or a lexeme
        return False
    return int(start[1]) in wanted or _CLASS_MARK.search(line) is not None


def _item(line: bytes, file: Path, number: int) -> Item | None:
    """The item of a line; None for a property or a lexeme."""
    text = line.removeprefix(b"[").removesuffix(b"]").rstrip().removesuffix(b",")
    try:
        entity = json.loads(text)
        if "redirect" in entity:
            return _redirect(entity)
        found = item_number(entity["id"])
        return None if found is None else _with_statements(found, entity)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InputError(
            f"{file}, line {number:,}: it is no entity of Wikidata; download the dump again, or drop the line"
        ) from error


def _redirect(entity: Mapping[str, Any]) -> Item | None:
    merged, target = item_number(entity["entity"]), item_number(entity["redirect"])
    return None if merged is None else Item(number=merged, redirects_to=target)


def _with_statements(number: int, entity: Mapping[str, Any]) -> Item:
    claims = entity.get("claims") or {}  # an empty map is written as an empty list
    statements = {name: claims.get(name, []) for name in (INSTANCE_OF, *SUBCLASS_OF)}
    return Item(
        number=number,
        name=_name(entity.get("labels") or {}),
        instance_of=_targets(statements[INSTANCE_OF]),
        subclass_of=tuple(dict.fromkeys(n for name in SUBCLASS_OF for n in _targets(statements[name]))),
        n_deprecated=sum(_is_deprecated(each) for listed in statements.values() for each in listed),
    )


def _name(labels: Mapping[str, Any]) -> str | None:
    for language in ("en", "mul", *sorted(labels)):
        if language in labels:
            # A half of a surrogate pair is no Unicode, and could not be stored.
            name = str(labels[language]["value"]).encode("utf-8", "replace").decode().strip()
            if name:
                return name
    return None


def _targets(statements: Collection[Mapping[str, Any]]) -> tuple[int, ...]:
    """The items that statements name; those that say "some", "none" or were found wrong name none."""
    named = [
        _value_number(each["mainsnak"]["datavalue"]["value"])
        for each in statements
        if not _is_deprecated(each) and each["mainsnak"]["snaktype"] == "value"
    ]
    return tuple(dict.fromkeys(number for number in named if number is not None))


def _value_number(value: Mapping[str, Any]) -> int | None:
    # Dumps before 2016 give the number alone.
    return item_number(value["id"]) if "id" in value else int(value["numeric-id"])


def _is_deprecated(statement: Mapping[str, Any]) -> bool:
    return bool(statement.get("rank") == "deprecated")


def _magic(file: Path) -> bytes:
    with file.open("rb") as stream:
        head = stream.read(len(_BZIP2_MAGIC))
    return next((magic for magic in (_GZIP_MAGIC, _BZIP2_MAGIC) if head.startswith(magic)), b"")


@contextmanager
def _unpacked(file: Path) -> Iterator[tuple[IO[bytes], Callable[[], int]]]:
    """The unpacked bytes of a file, and how many of the file's own bytes are read."""
    try:
        magic = _magic(file)
        with file.open("rb") as raw:
            stream: Any = raw
            if magic == _GZIP_MAGIC:
                stream = BufferedReader(gzip.GzipFile(fileobj=raw), _BUFFER_BYTES)
            elif magic == _BZIP2_MAGIC:
                stream = BufferedReader(bz2.BZ2File(raw), _BUFFER_BYTES)
            yield stream, raw.tell
    except (FileNotFoundError, IsADirectoryError) as error:
        raise InputError(
            f"{file} is not there: name a Wikidata dump (.json, .json.gz, .json.bz2) or a CSV"
        ) from error
    except (EOFError, zlib.error) as error:
        raise InputError(f"{file} is cut off or damaged ({error}): download it again") from error
    except OSError as error:
        if error.errno is not None:
            raise
        raise InputError(f"{file} is damaged ({error}): download it again") from error
