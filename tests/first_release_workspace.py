"""The workspace that the first release made, as it was: see first_release/README.md."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

FIRST_RELEASE = Path(__file__).parent / "first_release"
PLACE = "@PLACE@"
"""Stands in the kept files where the folder stood in which the workspace was made."""


def unpack_first_release(place: Path) -> Path:
    """Make the workspace in `place`, with its photographs beside it; give its folder."""
    folder = place / "audit"
    shutil.copytree(FIRST_RELEASE / "photos", place / "photos")
    shutil.copytree(FIRST_RELEASE / "population", folder / "population")
    for name in ("audit.toml", "guideline.md"):
        shutil.copy(FIRST_RELEASE / name, folder / name)
    manifest = folder / "population" / "manifest.json"
    manifest.write_text(_placed(manifest, place), encoding="utf-8")
    with closing(sqlite3.connect(folder / "audit.sqlite")) as connection:
        connection.executescript(_placed(FIRST_RELEASE / "audit.sql", place))
    return folder


def _placed(file: Path, place: Path) -> str:
    return file.read_text(encoding="utf-8").replace(PLACE, str(place))
