"""What may be the name of a setting, a sample or a reviewer."""

import unicodedata

from audit.errors import InputError

LONGEST = 200
"""Characters: longer names fit neither an index of PostgreSQL nor the column of a table."""

_JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"


def name_fault(name: str) -> str | None:
    """Give what is wrong with a name, as the end of a sentence, or None.

    >>> name_fault("intension × G-SAM")
    >>> name_fault("می\N{ZERO WIDTH NON-JOINER}خواهم")
    >>> name_fault(" ")
    'has no name: give a few printable characters'
    """
    if not name.strip():
        return "has no name: give a few printable characters"
    if not _without_joiners(name).isprintable():
        return f"has control characters in its name {name!r}: give printable ones"
    if len(name) > LONGEST:
        return f"has a name of {len(name):,} characters: give at most {LONGEST}"
    return None


def with_ending(name: str, ending: str) -> str:
    """Give a name with an ending, shortened before the ending where it would be too long.

    >>> with_ending("A", " after filtering")
    'A after filtering'
    """
    return name[: LONGEST - len(ending)].rstrip(f" {_JOINERS}") + ending


def _without_joiners(name: str) -> str:
    """Leave out what says whether two letters join, where it does: Persian and Indic names are written so.

    Between Latin letters it would only make a second name that looks like the first.
    """
    kept = [
        letter
        for place, letter in enumerate(name)
        if letter not in _JOINERS
        or not all(map(_may_join, (name[place - 1 : place], name[place + 1 : place + 2])))
    ]
    return "".join(kept)


def _may_join(neighbour: str) -> bool:
    return neighbour != "" and not neighbour.isascii() and unicodedata.category(neighbour)[0] in "LM"


def check_name(what: str, name: str) -> None:
    """Raise InputError unless a name will do."""
    fault = name_fault(name)
    if fault:
        raise InputError(f"{what} {fault}")
