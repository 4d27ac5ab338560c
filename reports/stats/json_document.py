"""`stats.json`: the numbers of a dataset for machines, and for the comparison with another one.

Format 1, all counts whole numbers, all names text or null for what is not known:

    {"format": 1, "version", "created_at", "files": […],
     "settings_not_counted": [{"setting", "n_annotations", "n_elsewhere", "subset_of"}],
     "numbers": {
        "setting", "n_annotations", "n_entities", "n_images", "n_without_entity", "n_without_image",
        "n_empty", "n_unreadable", "median_size": [height, width] or null,
        "by_visibility": [COUNTS + "visibility"],
        "splits": [COUNTS + {"split", "by_visibility", "parts": [COUNTS + {"part", "by_visibility"}]}],
        "sources": [COUNTS + {"name", "by_split": [COUNTS + "split"]}], "categories": the same,
        "entity_sizes": [{"lowest", "highest": null for no limit, "n_entities"}],
        "area": {"counts": […], "edges": […]}},
     "against": [{"name", "numbers"}]}

COUNTS is "n_annotations" and "n_entities". A name is a value, never a key: names may be empty or null.
"""

import json
import reprlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from reports.numbers import time_text
from reports.stats.content import StatsContent
from reports.stats.numbers import (
    AreaShares,
    Counts,
    DatasetNumbers,
    NamedNumbers,
    PartNumbers,
    SizeClass,
    SplitNumbers,
)

FORMAT = 1
_MOST = 2**63 - 1
"""Of anything that is counted."""

_TOTALS = ("n_images", "n_without_entity", "n_without_image", "n_empty", "n_unreadable")

Json = dict[str, Any]


def render_stats_json(content: StatsContent) -> str:
    """Give `stats.json`; it holds no pictures."""
    document = {
        "format": FORMAT,
        "version": content.version,
        "created_at": time_text(content.created_at),
        "files": list(content.files),
        "settings_not_counted": others_json(content),
        "numbers": numbers_json(content.numbers),
        "against": [
            {"name": other.name, "numbers": numbers_json(other.numbers)} for other in content.against
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def others_json(content: StatsContent) -> list[Json]:
    """Give the settings that were not counted as they stand in `stats.json`."""
    return [asdict(other) for other in content.others]


def numbers_json(numbers: DatasetNumbers) -> Json:
    """Give the numbers of a dataset as they stand in `stats.json`."""
    return {
        "setting": numbers.setting,
        **asdict(numbers.total),
        **{name: getattr(numbers, name) for name in _TOTALS},
        "median_size": numbers.median_size and list(numbers.median_size),
        "by_visibility": _counts_by("visibility", numbers.by_visibility),
        "splits": [_split_json(split) for split in numbers.splits],
        "sources": [_named_json(source) for source in numbers.sources],
        "categories": [_named_json(category) for category in numbers.categories],
        "entity_sizes": [asdict(size) for size in numbers.entity_sizes],
        "area": {"counts": list(numbers.area.counts), "edges": list(numbers.area.edges)},
    }


def read_numbers(document: object) -> DatasetNumbers:
    """Give the numbers that a `stats.json` holds.

    Args:
        document: the parsed file.

    Raises:
        ValueError: it is no such file, or of another format; the text says which, as a clause.
    """
    if not isinstance(document, dict) or not {"format", "numbers"} <= document.keys():
        raise ValueError("it is not what `mask-audit stats` writes")
    if document["format"] != FORMAT:
        raise ValueError(
            f"it is of format {reprlib.repr(document['format'])}, and format {FORMAT} was needed"
        )
    try:
        return _numbers(document["numbers"])
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"its numbers are incomplete or damaged ({error})") from error


def _numbers(written: Json) -> DatasetNumbers:
    return DatasetNumbers(
        setting=_name(written["setting"]) or "",
        total=_counts(written),
        by_visibility=_read_by("visibility", written["by_visibility"]),
        median_size=_size(written["median_size"]),
        splits=tuple(
            SplitNumbers(
                split=_name(split["split"]) or "",
                total=_counts(split),
                by_visibility=_read_by("visibility", split["by_visibility"]),
                parts=tuple(
                    PartNumbers(
                        part=_name(part["part"]),
                        total=_counts(part),
                        by_visibility=_read_by("visibility", part["by_visibility"]),
                    )
                    for part in split["parts"]
                ),
            )
            for split in written["splits"]
        ),
        sources=_read_named(written["sources"]),
        categories=_read_named(written["categories"]),
        entity_sizes=tuple(
            SizeClass(
                lowest=_count(size["lowest"]),
                highest=None if size["highest"] is None else _count(size["highest"]),
                n_entities=_count(size["n_entities"]),
            )
            for size in written["entity_sizes"]
        ),
        area=_area(written["area"]["counts"]),
        **{name: _count(written[name]) for name in _TOTALS},
    )


def _split_json(split: SplitNumbers) -> Json:
    return {
        "split": split.split,
        **asdict(split.total),
        "by_visibility": _counts_by("visibility", split.by_visibility),
        "parts": [
            {
                "part": part.part,
                **asdict(part.total),
                "by_visibility": _counts_by("visibility", part.by_visibility),
            }
            for part in split.parts
        ],
    }


def _named_json(named: NamedNumbers) -> Json:
    return {"name": named.name, **asdict(named.total), "by_split": _counts_by("split", named.by_split)}


def _counts_by(key: str, counts: Mapping[str | None, Counts] | Mapping[str, Counts]) -> list[Json]:
    return [{key: name, **asdict(each)} for name, each in counts.items()]


def _read_named(written: Sequence[Json]) -> tuple[NamedNumbers, ...]:
    return tuple(
        NamedNumbers(
            name=_name(named["name"]),
            total=_counts(named),
            by_split={str(name): counts for name, counts in _read_by("split", named["by_split"]).items()},
        )
        for named in written
    )


def _read_by(key: str, written: Sequence[Json]) -> dict[str | None, Counts]:
    return {_name(each[key]): _counts(each) for each in written}


def _counts(written: Json) -> Counts:
    return Counts(n_annotations=_count(written["n_annotations"]), n_entities=_count(written["n_entities"]))


def _count(value: object) -> int:
    if type(value) is not int or not 0 <= value <= _MOST:
        raise TypeError(f"{reprlib.repr(value)} is no count")
    return value


def _name(value: object) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise TypeError(f"{reprlib.repr(value)} is no name")
    try:
        value.encode()
    except UnicodeEncodeError as error:  # half of a pair, which JSON can write and no file can hold
        raise TypeError(f"{reprlib.repr(value)} is no text") from error
    return value


def _area(counts: Sequence[object]) -> AreaShares:
    if not counts:
        raise TypeError("there are no classes of areas")
    return AreaShares(counts=tuple(map(_count, counts)))


def _size(value: object) -> tuple[int, int] | None:
    if value is None:
        return None
    if not isinstance(value, list) or len(value) != 2:
        raise TypeError(f"{reprlib.repr(value)} is no size")
    return _count(value[0]), _count(value[1])
