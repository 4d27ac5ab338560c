"""Names by patterns of ids, inside DuckDB: the twin of `audit.id_patterns`, which a test holds to agree."""

from collections.abc import Sequence

NamePatterns = Sequence[tuple[str, str]]
r"""Name and pattern of `LIKE … ESCAPE '\'`, in the order in which they are tried."""


def named_by(patterns: NamePatterns, *columns: str) -> str:
    r"""Give the SQL expression of the name that the first of some ids has by the first pattern; null if none.

    Args:
        patterns: any text; quoted here.
        columns: expressions of the ids, in the order in which they are looked at.

    >>> named_by([("cars", "car\\_%")], "image_id")
    "CASE WHEN image_id LIKE 'car\\_%' ESCAPE '\\' THEN 'cars' END"
    """
    cases = [
        rf"WHEN {column} LIKE {_text(pattern)} ESCAPE '\' THEN {_text(name)}"
        for column in columns
        for name, pattern in patterns
    ]
    return f"CASE {' '.join(cases)} END" if cases else "NULL::VARCHAR"


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
