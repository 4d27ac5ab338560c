"""What may be the name of a setting, a sample or a reviewer."""

from audit.errors import InputError

LONGEST = 200
"""Characters: longer names fit neither an index of PostgreSQL nor the column of a table."""


def name_fault(name: str) -> str | None:
    """Give what is wrong with a name, as the end of a sentence, or None.

    >>> name_fault("intension × G-SAM")
    >>> name_fault(" ")
    'has no name: give a few printable characters'
    """
    if not name.strip():
        return "has no name: give a few printable characters"
    if not name.isprintable():
        return f"has control characters in its name {name!r}: give printable ones"
    if len(name) > LONGEST:
        return f"has a name of {len(name):,} characters: give at most {LONGEST}"
    return None


def check_name(what: str, name: str) -> None:
    """Raise InputError unless a name will do."""
    fault = name_fault(name)
    if fault:
        raise InputError(f"{what} {fault}")
