"""Changes values of one element's text and leaves every other byte of it as it was."""

import json
from collections.abc import Mapping
from typing import Any

from audit.coco.source import JSON_SPACE

_DECODER: Any = json.JSONDecoder(parse_int=str, parse_float=str)
"""Only where values end matters, so numbers stay text; its parts are no public names of `json`'s types."""

Span = tuple[int, int]


def edited(text: bytes, changes: Mapping[str, bytes]) -> bytes:
    """The text of an element with other values.

    Args:
        text: a JSON object.
        changes: key → the JSON text of its value. Wherever the key stands, its value is replaced; one that
            stands nowhere is added at the end.

    >>> edited(b'{"id": 1, "area": 9.0 }', {"area": b"4", "by": b'"us"'})
    b'{"id": 1, "area": 4, "by": "us" }'
    """
    # A letter of a key may be written as \u and its number.
    present = [key for key in changes if key.encode() in text or b"\\u" in text]
    spans = value_spans(text) if present else {}
    replaced = [(span, changes[key]) for key in present for span in spans.get(key, ())]
    pieces = []
    at = 0
    for (start, end), value in sorted(replaced):
        pieces += [text[at:start], value]
        at = end
    pieces.append(text[at:])
    added = {key: value for key, value in changes.items() if key not in spans}
    return _with_added(b"".join(pieces), added)


def value_spans(text: bytes) -> dict[str, list[Span]]:
    """Where the values of an object's keys stand in its text: start and end, as often as a key comes.

    >>> value_spans(b'{"a": [1, {"b": 2}], "a" : null}')
    {'a': [(6, 19), (27, 31)]}
    """
    # Bytes and characters are the same in Latin-1, and no key that is looked for needs more.
    characters = text.decode("latin-1")
    spans: dict[str, list[Span]] = {}
    at = _skip(characters, characters.index("{") + 1)
    while characters[at] == '"':
        key, at = _DECODER.parse_string(characters, at + 1)
        start = _skip(characters, _skip(characters, at) + 1)
        _, end = _DECODER.scan_once(characters, start)
        spans.setdefault(key, []).append((start, end))
        at = _skip(characters, end)
        if characters[at] == "}":
            break
        at = _skip(characters, at + 1)
    return spans


def _with_added(text: bytes, added: Mapping[str, bytes]) -> bytes:
    if not added:
        return text
    closing = text.rindex(b"}")
    content = text[:closing].rstrip(JSON_SPACE)
    written = ", ".join(f"{json.dumps(key)}: " + value.decode() for key, value in added.items()).encode()
    separator = b"" if content.endswith(b"{") else b", "
    return content + separator + written + text[len(content) :]


def _skip(characters: str, at: int) -> int:
    while characters[at] in " \t\n\r":
        at += 1
    return at
