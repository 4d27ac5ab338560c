"""What of a row is nobody's business outside: names of people, what they wrote, where files lie."""

from collections.abc import Mapping, Sequence

from db.evidence import Row, Value


def with_pseudonyms(rows: Mapping[str, Sequence[Row]], called: Mapping[str, str]) -> dict[str, Sequence[Row]]:
    """Give rows with pseudonyms for reviewers, and without their remarks: free text may name anybody.

    Args:
        rows: by table.
        called: each reviewer's name → pseudonym.
    """
    changed: dict[str, Sequence[Row]] = dict(rows)
    changed["reviewers"] = [{**row, "name": called[str(row["name"])]} for row in rows["reviewers"]]
    for table in ("journal", "preferences"):
        changed[table] = [{**row, "comment": ""} for row in rows[table]]
    return changed


def without_image_roots(rows: Mapping[str, Sequence[Row]]) -> dict[str, Sequence[Row]]:
    """Give rows without the folders of this machine that images lie in; public addresses stay."""
    units = [{**row, "images_root": _public(row["images_root"])} for row in rows["units"]]
    return {**rows, "units": units}


def _public(root: Value) -> Value:
    """Give an image root that anybody may be told: an address on the web without a password or a key."""
    is_plain = isinstance(root, str) and root.startswith(("http://", "https://"))
    return root if is_plain and not any(sign in str(root) for sign in "@?#") else None
