"""Reads an offline pack as a browser does: by its elements, not by its text."""

import json
from base64 import b64decode
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any


@dataclass
class ReadPack:
    """The elements of a pack by id, and what else a test may ask of the page."""

    elements: dict[str, str] = field(default_factory=dict)
    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    script: str = field(default="")

    @property
    def manifest(self) -> dict[str, Any]:
        return json.loads(self.elements["pack-manifest"])

    @property
    def opening(self) -> dict[str, Any]:
        packed = b64decode(self.manifest["opening"])
        return json.loads(packed[4 : 4 + int.from_bytes(packed[:4], "little")])

    @property
    def items(self) -> list[dict[str, Any]]:
        """The header of every item, in order."""
        n_items = len(self.manifest["task_ids"])
        return [json.loads(self.elements[f"pack-item-{number}"])["header"] for number in range(n_items)]

    @property
    def photos(self) -> list[bytes]:
        names = [name for name in self.elements if name.startswith("pack-photo-")]
        return [b64decode(self.elements[name]) for name in names]

    @property
    def policy(self) -> str:
        """What the page lets the browser fetch."""
        (policy,) = (
            attributes["content"]
            for tag, attributes in self.tags
            if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
        )
        return policy or ""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.pack = ReadPack()
        self._inside: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.pack.tags.append((tag, attributes))
        self._inside = (attributes.get("id") or "") if tag == "script" else None

    def handle_data(self, data: str) -> None:
        if self._inside == "":
            self.pack.script += data
        elif self._inside is not None:
            self.pack.elements[self._inside] = self.pack.elements.get(self._inside, "") + data

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002  (the parser's own interface)
        self._inside = None


def read_pack(page: bytes | Path) -> ReadPack:
    content = page.read_bytes() if isinstance(page, Path) else page
    reader = _Reader()
    reader.feed(content.decode())
    reader.close()
    return reader.pack
