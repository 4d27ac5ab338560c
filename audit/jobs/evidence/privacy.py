"""What of a row is nobody's business outside: names of people, what they wrote, where files lie."""

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath, PureWindowsPath
from urllib.parse import urlsplit, urlunsplit

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


def without_places(rows: Mapping[str, Sequence[Row]]) -> dict[str, Sequence[Row]]:
    """Give rows without the folders of this machine that images lie in; public addresses stay."""
    units = [
        {
            **row,
            "images_root": _public(row["images_root"]),
            "file_name": _without_place(row["file_name"], row["images_root"]),
        }
        for row in rows["units"]
    ]
    return {**rows, "units": units}


def _public(root: Value) -> Value:
    """Give an image root that anybody may be told: an address on the web without a password or a key."""
    return root if _is_on_the_web(root) and not any(sign in str(root) for sign in "@?#") else None


def _without_place(name: Value, root: Value) -> Value:
    """Give the name of an image's file without a folder outside its root, a password or a key.

    >>> _without_place("/home/ann/photos/1.jpg", None), _without_place("04/1.jpg", "/home/ann/photos")
    ('1.jpg', '04/1.jpg')
    >>> _without_place("https://ann:secret@example.org/1.jpg?key=5", None)
    'https://example.org/1.jpg'
    """
    if not isinstance(name, str):
        return name
    if _is_on_the_web(name) or _is_on_the_web(root):
        address = urlsplit(name)
        return urlunsplit((address.scheme, address.netloc.rpartition("@")[2], address.path, "", ""))
    if "://" in name:
        return PurePosixPath(urlsplit(name).path).name
    there = PureWindowsPath(name)  # which takes both kinds of slashes
    leads_out = there.drive or there.root or ".." in there.parts or name.startswith("~")
    return there.name if leads_out else name


def _is_on_the_web(place: Value) -> bool:
    return isinstance(place, str) and place.lower().startswith(("http://", "https://"))
