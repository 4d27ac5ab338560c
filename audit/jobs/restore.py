"""Makes a workspace again out of a backup, in a folder of its own; whole, or not at all."""

import json
import re
import tempfile
import tomllib
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from shutil import rmtree

from audit.errors import InputError, UnavailableError
from audit.jobs.backup import (
    ABOUT_NAME,
    DATABASE_NAMES,
    FORMAT,
    POPULATION_FOLDER,
    SETTINGS_FOLDER,
    PopulationPart,
)
from audit.jobs.backup_archive import Archive, opened_archive
from audit.jobs.progress import Progress
from audit.settings import FILE_NAME, Settings
from db.backup import CopyKind, check_empty, check_known, copy_fault, restore_database
from db.population import Population
from db.store import Store

_OF_SQLITE = "sqlite:///"
_DATABASE_LINE = re.compile(r"^[ \t]*database[ \t]*=.*$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreRequest:
    """What to restore, and where to.

    Attributes:
        folder: absent or empty.
        database: URL of an empty database; None for a file in the folder.
    """

    file: Path
    folder: Path
    database: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What was restored.

    Attributes:
        created_at: when the backup was made, as it says.
        needs_upgrade: its database is older than this version.
        has_masks: the population's masks were in it.
    """

    folder: Path
    created_at: str
    n_files: int
    needs_upgrade: bool
    has_masks: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _About:
    created_at: str
    database: CopyKind
    schema: str
    population: PopulationPart


def restore(request: RestoreRequest, *, progress: Progress) -> Restored:
    """Make a workspace of a backup; each file is held against its sum.

    Raises:
        InputError: the file is no backup or damaged, the folder is not empty, or the database does not fit.
        StoreError: the database is not empty, or refuses.
        UnavailableError: the file system refuses.
    """
    _check_folder(request.folder)
    with opened_archive(request.file) as archive:
        about = _about(archive)
        needs_upgrade = not check_known(about.schema)
        url = _database_url(request, about)
        if about.database is CopyKind.POSTGRESQL:
            with closing(Store(url)) as store:
                check_empty(store)
        progress.start(archive.n_bytes)
        place = _place_beside(request.folder)
        try:
            _fill(archive, place, about, url, progress)
            place.rename(request.folder)
        except OSError as error:
            raise UnavailableError(f"{request.folder} cannot be made: {error.strerror or error}") from error
        finally:
            rmtree(place, ignore_errors=True)
        return Restored(
            folder=request.folder,
            created_at=about.created_at,
            n_files=len(archive.sums) - 1,
            needs_upgrade=needs_upgrade,
            has_masks=about.population is PopulationPart.WHOLE,
        )


def _fill(archive: Archive, place: Path, about: _About, url: str, progress: Progress) -> None:
    settings = Settings(folder=place, database=url)
    copy_name = DATABASE_NAMES[about.database]
    targets = {
        SETTINGS_FOLDER: place,
        POPULATION_FOLDER: Population(settings.population_folder).folder,
    }
    for name in archive.sums:
        folder, _, rest = name.partition("/")
        if folder in targets and rest:
            archive.extract(name, targets[folder] / rest, progress.advance)
    file = place / FILE_NAME
    if not file.is_file():
        raise InputError(f"{archive.file} holds no {FILE_NAME}: it is not what `mask-audit backup` wrote")
    file.write_text(_with_database(file.read_text(encoding="utf-8"), url), encoding="utf-8")
    # Last: a database that was filled cannot be emptied from here.
    with closing(Store(settings.database_url)) as store:
        if store.file is not None:
            _fill_file(archive, about, store, store.file, progress)
            return
        copy = place / copy_name
        archive.extract(copy_name, copy, progress.advance)
        restore_database(store, copy)
        copy.unlink()
        _check_database(archive, about, store)


def _fill_file(archive: Archive, about: _About, store: Store, file: Path, progress: Progress) -> None:
    try:
        archive.extract(DATABASE_NAMES[about.database], file, progress.advance)
        _check_database(archive, about, store)
    except BaseException:
        file.unlink(missing_ok=True)  # which may lie outside the folder
        raise


def _check_database(archive: Archive, about: _About, store: Store) -> None:
    fault = copy_fault(store, about.schema)
    if fault is not None:
        raise InputError(
            f"{archive.file} is damaged (the database in it: {' '.join(fault.split())}): take another copy "
            "of it"
        )


def _about(archive: Archive) -> _About:
    try:
        content = json.loads(archive.text(ABOUT_NAME))
        if content["format"] != FORMAT:
            raise InputError(
                f"{archive.file} is a backup of format {content['format']}, this version knows {FORMAT}: use "
                "the version of mask-audit that made it"
            )
        return _About(
            created_at=str(content["created_at"]),
            database=CopyKind(content["database"]),
            schema=str(content["schema"]),
            population=PopulationPart(content["population"]),
        )
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise InputError(
            f"{archive.file} does not say what it is a backup of ({ABOUT_NAME}: {error})"
        ) from error


def _database_url(request: RestoreRequest, about: _About) -> str:
    if about.database is CopyKind.POSTGRESQL:
        if request.database is None or request.database.startswith("sqlite"):
            raise InputError(
                f"{request.file} is of a workspace on PostgreSQL: name an empty database with "
                "--database postgresql://USER@HOST/NAME"
            )
        return request.database
    url = request.database or Settings(folder=request.folder).database
    if not url.startswith(_OF_SQLITE):
        raise InputError(
            f"{request.file} is of a workspace on SQLite, which cannot become one on another database: leave "
            "--database out, or name sqlite:///FILE"
        )
    file = Store(replace(Settings(folder=request.folder), database=url).database_url).file
    if file is None or file.exists():
        raise InputError(f"{file} is there already: name a file for the database that is not")
    return url


def _check_folder(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"{folder} is there and not an empty folder: name a new one")
    if not folder.absolute().parent.is_dir():
        raise InputError(f"{folder} cannot be made: {folder.absolute().parent} is no folder")


def _place_beside(folder: Path) -> Path:
    try:
        return Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.absolute().parent))
    except OSError as error:
        raise UnavailableError(f"{folder} cannot be made: {error.strerror or error}") from error


def _with_database(text: str, url: str) -> str:
    """The text of audit.toml with another database, everything else as it was written."""
    line = f"database = {json.dumps(url)}"
    tables = re.search(r"^[ \t]*\[", text, re.MULTILINE)
    above = len(text) if tables is None else tables.start()
    head = _DATABASE_LINE.sub(lambda _: line, text[:above], count=1)
    if line not in head:
        head = f"{line}\n{head}"
    changed = head + text[above:]
    if tomllib.loads(changed)["database"] != url:
        raise InputError(
            f"{FILE_NAME} of the backup writes its database in a way that cannot be changed here"
        )
    return changed
