"""Text of a dataset as every format of a figure can hold it."""

import re

# What XML 1.0 cannot hold: control characters, lone surrogates and what is no character at all.
UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)


def printable(text: str) -> str:
    """The text with U+FFFD for what no XML can hold.

    >>> printable(f"a{chr(0)}b") == f"a{chr(0xFFFD)}b"
    True
    """
    return UNPRINTABLE.sub("\ufffd", text)
