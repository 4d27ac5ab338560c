"""Small dumps in Wikidata's own line format."""

import bz2
import gzip
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any


def a_statement(item: str, name: str, target: str, rank: str = "normal") -> dict[str, Any]:
    return {
        "mainsnak": {
            "snaktype": "value",
            "property": name,
            "hash": "9b48263bb51c506553aac2281ae331353b5c9002",
            "datavalue": {
                "value": {"entity-type": "item", "numeric-id": int(target[1:]), "id": target},
                "type": "wikibase-entityid",
            },
            "datatype": "wikibase-item",
        },
        "type": "statement",
        "qualifiers": {"P580": [{"snaktype": "somevalue", "property": "P580", "datatype": "time"}]},
        "id": f"{item}$46dd9d89-4999-eee6-20a4-c4f6650b1d9c",
        "rank": rank,
    }


def an_item(item: str, labels: Mapping[str, str] | None = None, **targets: Sequence[str]) -> dict[str, Any]:
    """An item as a dump has it; `P31=["Q5"]` gives it a statement. A target `!Q5` is deprecated."""
    claims = {
        name: [
            a_statement(item, name, target.removeprefix("!"), "deprecated" if target[0] == "!" else "normal")
            for target in listed
        ]
        for name, listed in targets.items()
    }
    labels = {"en": f"thing {item}"} if labels is None else labels
    return {
        "type": "item",
        "id": item,
        "labels": {each: {"language": each, "value": value} for each, value in labels.items()} or [],
        "descriptions": [],
        "aliases": [],
        "claims": claims or [],
        "sitelinks": {"enwiki": {"site": "enwiki", "title": item, "badges": []}},
        "pageid": int(item[1:]),
        "ns": 0,
        "title": item,
        "lastrevid": 2045714953,
        "modified": "2026-09-21T16:13:48Z",
    }


def a_property(name: str) -> dict[str, Any]:
    return {"type": "property", "datatype": "wikibase-item", "id": name, "labels": [], "claims": []}


def dump_text(entities: Iterable[Mapping[str, Any]]) -> bytes:
    lines = [json.dumps(each, separators=(",", ":")) for each in entities]
    return ("[\n" + ",\n".join(lines) + "\n]\n").encode()


def write_dump(file: Path, entities: Iterable[Mapping[str, Any]]) -> Path:
    """Write a dump, packed as its name says."""
    pack = {".gz": gzip.compress, ".bz2": bz2.compress}.get(file.suffix, bytes)
    file.write_bytes(pack(dump_text(entities)))
    return file
