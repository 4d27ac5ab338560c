"""How much room a text takes, guessed without its font, and where it is broken or cut."""

import unicodedata
from functools import lru_cache

ELLIPSIS = "…"

# Widths in em of a wide sans-serif (DejaVu Sans), so that the guess errs on the side of room.
NARROW = frozenset("iljtfrI.,:;'|!()[]/ ·")
WIDE = frozenset("mwMW%@—…")


def text_width(text: str, size: float) -> float:
    """About how wide a line of sans-serif text is, in the unit of `size`, which is that of one em."""
    return size * sum(map(_em, text))


@lru_cache(maxsize=4096)
def _em(character: str) -> float:
    if unicodedata.combining(character) or unicodedata.category(character) in {"Cf", "Mn"}:
        return 0.0
    if unicodedata.east_asian_width(character) in {"W", "F"}:
        return 1.05
    if character in NARROW:
        return 0.38
    if character in WIDE:
        return 1.0
    return 0.72 if character.isupper() else 0.62


def broken(text: str, *, width: float, size: float, most_lines: int) -> tuple[str, ...]:
    """The text in lines that fit, broken at spaces where it can be; what is too much is cut with "…".

    >>> broken("a red double-decker bus", width=90, size=12, most_lines=2)
    ('a red double-', 'decker bus')
    >>> broken("abcdefghijklmnopqrstuvwxyz", width=60, size=12, most_lines=1)
    ('abcdef…',)
    """
    lines: list[str] = []
    rest = " ".join(text.split())
    while rest and len(lines) < most_lines:
        n = _n_fitting(rest, width, size)
        n = n if n == len(rest) else _break_before(rest, n)
        lines.append(rest[:n].rstrip())
        rest = rest[n:].lstrip()
    if rest:
        last = lines[-1]
        while last and text_width(last + ELLIPSIS, size) > width:
            last = last[:-1]
        lines[-1] = last.rstrip() + ELLIPSIS
    return tuple(lines) or ("",)


def _n_fitting(text: str, width: float, size: float) -> int:
    """How many characters fit, at least one."""
    room = width
    for index, character in enumerate(text):
        room -= size * _em(character)
        if room < 0:
            return max(1, index)
    return len(text)


def _break_before(text: str, n: int) -> int:
    """The last place up to `n` where a line may break, or `n` where that would leave half a line empty."""
    space = text.rfind(" ", 0, n + 1)
    hyphen = text.rfind("-", 0, n) + 1
    best = max(space, hyphen)
    return best if best > n / 2 else n
