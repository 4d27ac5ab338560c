"""Texts in CSV files that a spreadsheet will open."""

import re

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
SIGNED_NUMBER = re.compile(r"[+-][\d,]+(\.\d+)?( %)?")


def guarded(text: str) -> str:
    """The text, with an apostrophe before one that a spreadsheet would run (OWASP, "CSV injection").

    A number with its sign stays one.

    >>> guarded("=cmd()"), guarded("+cmd()"), guarded("+3.1 %")
    ("'=cmd()", "'+cmd()", '+3.1 %')
    """
    is_formula = text.startswith(FORMULA_STARTS) and not SIGNED_NUMBER.fullmatch(text)
    return f"'{text}" if is_formula else text
