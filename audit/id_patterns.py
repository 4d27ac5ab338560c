"""Tells a source dataset or a category by the pattern of an id, where nobody said it of the entity."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Self

_LIKE = str.maketrans({"*": "%", "?": "_", "%": "\\%", "_": "\\_", "\\": "\\\\"})


@dataclass(frozen=True, slots=True, kw_only=True)
class IdPatterns:
    r"""Patterns of ids and the names that they give, in order; the first that matches counts.

    In a pattern `*` is any text, also none, and `?` one character; everything else is itself, upper and lower
    case told apart. A pattern is held against all of an id.

    Attributes:
        patterns: name and pattern of each.

    >>> sources = IdPatterns.of({"iNaturalist": "inat_*", "Wikipedia": "*_wiki_????"})
    >>> sources.name_of(None, "inat_0042"), sources.name_of("oven_wiki_0042"), sources.name_of("Q42")
    ('iNaturalist', 'Wikipedia', None)
    >>> sources.like
    (('iNaturalist', 'inat\\_%'), ('Wikipedia', '%\\_wiki\\_____'))
    """

    patterns: tuple[tuple[str, str], ...] = field(default=())

    @classmethod
    def of(cls, table: Mapping[str, str]) -> Self:
        """Give the patterns of a table of `audit.toml`."""
        return cls(patterns=tuple(table.items()))

    @property
    def names(self) -> tuple[str, ...]:
        """The names that they can give, in order."""
        return tuple(name for name, _ in self.patterns)

    @property
    def like(self) -> tuple[tuple[str, str], ...]:
        r"""Name and pattern for SQL's `LIKE … ESCAPE '\'`, which tells the same."""
        return tuple((name, pattern.translate(_LIKE)) for name, pattern in self.patterns)

    def name_of(self, *ids: str | None) -> str | None:
        """Give the name of the first id that a pattern matches, and of it the first pattern; None if none."""
        for each in ids:
            for name, pattern in self.patterns:
                if each is not None and _compiled(pattern).fullmatch(each):
                    return name
        return None


def pattern_faults(key: str, table: Mapping[str, str]) -> list[str]:
    """Give a clause for everything that is wrong in a table of patterns, such as one that can never count."""
    faults = []
    before: dict[str, str] = {}
    for name, pattern in table.items():
        if not name.strip():
            faults.append(f"{key} gives the pattern {pattern!r} an empty name")
        if not pattern:
            faults.append(f"{key}.{name} is an empty pattern, which no id matches")
        elif pattern in before:
            faults.append(f"{key}.{name} = {pattern!r} is the pattern of {before[pattern]!r}, which counts")
        before.setdefault(pattern, name)
    return faults


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    pieces = re.split(r"(\*+|\?)", pattern)
    expression = "".join(
        ".*" if piece.startswith("*") else "." if piece == "?" else re.escape(piece) for piece in pieces
    )
    return re.compile(expression, re.DOTALL)
