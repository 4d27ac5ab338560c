"""The folder that a filter writes: made beside its place, put there whole, told from folders of others."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from audit.errors import InputError, UnavailableError
from audit.jobs.filter_summary import MADE_BY
from db.manifest import SettingRecord, SourceRecord
from db.population import Population

SUMMARY_FILE = "summary.json"
DECISIONS_FILE = "decisions.csv"
RULES_FILE = "rules.toml"
OWN_FILES = (SUMMARY_FILE, DECISIONS_FILE, RULES_FILE)
"""What lies beside the filtered files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilteredFolder:
    """A folder that is being made.

    Attributes:
        files: what is to be in it.
        work: what is needed meanwhile.
    """

    files: Path
    work: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class _Former:
    """What a former filter wrote to a folder, by its own account; `setting` is what it filtered."""

    setting: str | None
    files: frozenset[str]


def check_target(target: Path, setting: SettingRecord, population: Population) -> bool:
    """Tell whether a former filter's output of a setting lies at a place.

    Raises:
        InputError: nothing can be written there: it is a file or a mount point, holds other files, what was
            filtered from another setting or what is to be filtered, or belongs to the workspace.
    """
    _refuse_place(target, setting.sources, population)
    if not target.exists():
        return False
    if not target.is_dir():
        raise InputError(f"--out {target} is a file: name a folder")
    held = {path.name for path in target.iterdir()}
    former = _written_before(target)
    others = sorted(held - former.files)
    if others:
        named = ", ".join(others[:3]) + (" …" if len(others) > 3 else "")
        raise InputError(
            f"--out {target} holds {named}, which no filter wrote: name an empty or a new folder"
        )
    if former.setting not in (None, setting.setting):
        raise InputError(
            f"--out {target} holds what was filtered from {former.setting!r}: name another --out"
        )
    return bool(held)


def _refuse_place(target: Path, sources: Sequence[SourceRecord], population: Population) -> None:
    if os.path.ismount(target):
        raise InputError(f"--out {target} is a mount point and cannot be replaced: name a folder inside it")
    if not target.parent.is_dir():
        raise InputError(f"--out {target} cannot be made: {target.parent} is no folder; make it first")
    if target.is_relative_to(population.folder.resolve()):
        raise InputError(f"--out {target} lies in the population: name a folder outside of it")
    for source in sources:
        if Path(source.path).is_relative_to(target):
            raise InputError(f"--out {target} holds {source.path}, which is to be filtered: name another")


def file_names(sources: Sequence[SourceRecord]) -> list[str]:
    """Give each source's file a name of its own: as it came, with a number where that is taken."""
    taken = {name.casefold() for name in OWN_FILES}
    names = []
    for source in sources:
        name, number = source.file, 1
        while name.casefold() in taken:
            number += 1
            stem, dot, ending = source.file.partition(".")
            name = f"{stem}-{number}{dot}{ending}"
        taken.add(name.casefold())
        names.append(name)
    return names


@contextmanager
def open_folder(target: Path) -> Iterator[FilteredFolder]:
    """Give a folder to write in, which takes its place when all went well and is gone otherwise.

    Raises:
        UnavailableError: the file system refuses, for instance because it is full.
    """
    try:
        beside = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
        try:
            folder = FilteredFolder(files=beside / "files", work=beside / "work")
            folder.files.mkdir()
            folder.work.mkdir()
            yield folder
            _put(folder.files, target, beside / "before")
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    except OSError as error:
        raise UnavailableError(f"{target} cannot be written: {error.strerror or error}") from error


def _put(files: Path, target: Path, before: Path) -> None:
    files.chmod(0o755)
    if target.exists():
        target.rename(before)
    try:
        files.rename(target)
    except BaseException:
        if before.exists():
            before.rename(target)
        raise
    descriptor = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _written_before(target: Path) -> _Former:
    try:
        summary = json.loads((target / SUMMARY_FILE).read_text(encoding="utf-8"))
        if summary["made_by"] == MADE_BY:
            files = frozenset((*OWN_FILES, *(each["file"] for each in summary["files"])))
            return _Former(setting=str(summary["setting"]), files=files)
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return _Former(setting=None, files=frozenset())
