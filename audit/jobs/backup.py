"""Copies a live workspace into one archive: settings, database, population, each as it was at one moment."""

import json
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path
from shutil import copyfile

from audit.errors import InputError
from audit.jobs.backup_archive import opened_archive, place_beside, written_archive
from audit.jobs.progress import Progress
from audit.settings import FILE_NAME, Settings, find_workspace, load_settings
from db.backup import CopyKind, check_copyable, copy_database, copy_kind
from db.errors import ConflictError
from db.manifest import FILE_NAME as MANIFEST_NAME
from db.manifest import Manifest, load_manifest
from db.population import Population
from db.store import Store

FORMAT = 1
ABOUT_NAME = "backup.json"
SETTINGS_FOLDER = "workspace"
POPULATION_FOLDER = "population"
DATABASE_NAMES = {CopyKind.SQLITE: "database.sqlite", CopyKind.POSTGRESQL: "database.dump"}

_SETTINGS_ENDINGS = (".toml", ".md")


class PopulationPart(StrEnum):
    """What of the population goes into a backup."""

    WHOLE = "whole"
    MANIFEST = "manifest"
    """Everything but the folders of ingested files: their masks and features."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupRequest:
    """What to copy, and where to.

    Attributes:
        workspace: None for the nearest upwards.
    """

    workspace: Path | None
    file: Path
    population: PopulationPart


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """What was copied.

    Attributes:
        schema: of the database.
        n_files: that were copied.
        n_bytes: of the archive.
        private: files in it that may hold passwords.
        left_out: files that the settings name, which lie outside the workspace.
        has_replaced: an earlier backup was there.
    """

    file: Path
    schema: str
    n_files: int
    n_bytes: int
    private: tuple[str, ...]
    left_out: tuple[str, ...]
    has_replaced: bool


def back_up(request: BackupRequest, *, now: datetime, progress: Progress) -> Backup:
    """Copy a workspace that people may be working in; the file is there when all of it was read again.

    The database is copied first and the population after it, so a sample's files are never older than it. The
    database may be older than this version: a backup before `upgrade` needs no other program.

    Raises:
        InputError: there is no workspace, or the file cannot be one.
        StoreError: the database or the population cannot be copied.
        UnavailableError: the file system refuses.
    """
    folder = request.workspace
    settings = load_settings(find_workspace(Path.cwd()) if folder is None else folder.absolute())
    with closing(Store(settings.database_url)) as store:
        return _back_up(request, settings, store, now=now, progress=progress)


def _back_up(
    request: BackupRequest, settings: Settings, store: Store, *, now: datetime, progress: Progress
) -> Backup:
    schema = check_copyable(store)
    has_replaced = _check_replaceable(request.file)
    beside = _settings_files(settings)
    with place_beside(request.file) as place:
        copy = place / DATABASE_NAMES[copy_kind(store)]
        copy.touch(mode=0o600)
        progress.start(store.file.stat().st_size if store.file is not None else 0)
        copy_database(store, copy, progress.advance)
        population = Population(settings.population_folder)
        with _population_files(population, request.population, place) as of_population:
            files = {copy.name: copy} | beside | of_population
            # All of it is written, and read again.
            progress.start(2 * sum(file.stat().st_size for file in files.values()))
            with written_archive(request.file, place, now, progress.advance) as archive:
                archive.add_text(ABOUT_NAME, _about(store, schema, request.population, now))
                for name, file in files.items():
                    archive.add_file(name, file, progress.advance)
    return Backup(
        file=request.file,
        schema=schema,
        n_files=len(files),
        n_bytes=request.file.stat().st_size,
        private=tuple(name.partition("/")[2] for name in beside if name.endswith(".toml")),
        left_out=tuple(_outside(settings)),
        has_replaced=has_replaced,
    )


def _about(store: Store, schema: str, population: PopulationPart, now: datetime) -> str:
    content = {
        "format": FORMAT,
        "created_at": now.isoformat(timespec="seconds"),
        "version": f"mask-audit {version('mask-audit')}",
        "database": copy_kind(store),
        "schema": schema,
        "population": population,
    }
    return json.dumps(content, indent=1)


def _check_replaceable(file: Path) -> bool:
    """Tell whether an earlier backup lies there; raise InputError where it is anything else."""
    if not file.exists() or file.is_dir():
        return False
    try:
        with opened_archive(file) as archive:
            archive.text(ABOUT_NAME)
    except InputError as error:
        raise InputError(f"{file} is there and is no backup: name another file, or remove it") from error
    return True


def _settings_files(settings: Settings) -> dict[str, Path]:
    """The files of the workspace that people wrote, by name in the archive."""
    folder = settings.folder.resolve()
    found = {each for each in folder.iterdir() if each.suffix in _SETTINGS_ENDINGS and each.is_file()}
    found |= {file for file in _named_files(settings) if file.is_relative_to(folder)}
    return {f"{SETTINGS_FOLDER}/{file.relative_to(folder).as_posix()}": file for file in sorted(found)}


def _outside(settings: Settings) -> Iterator[str]:
    folder = settings.folder.resolve()
    return (str(file) for file in _named_files(settings) if not file.is_relative_to(folder))


def _named_files(settings: Settings) -> Iterable[Path]:
    named = (settings.folder / name for name in (FILE_NAME, settings.guideline, settings.oidc))
    return (file.resolve() for file in named if file.is_file())


@contextmanager
def _population_files(population: Population, part: PopulationPart, place: Path) -> Iterator[dict[str, Path]]:
    """Give the population's files by name in the archive; they stay until the block ends.

    The manifest is read once, into `place`: the files are those that it names, whatever is ingested then.
    """
    with population.held():
        files = {each.name: each for each in _files_in(population.folder)}
        if MANIFEST_NAME in files:
            files[MANIFEST_NAME] = Path(copyfile(files[MANIFEST_NAME], place / MANIFEST_NAME))
        if part is PopulationPart.WHOLE:
            files |= _source_files(population, load_manifest(place))
        yield {f"{POPULATION_FOLDER}/{name}": file for name, file in sorted(files.items())}


def _source_files(population: Population, manifest: Manifest) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for source in (source for setting in manifest.settings for source in setting.sources):
        folder = population.folder / source.folder
        if not folder.is_dir():
            raise ConflictError(
                f"{folder}, which holds masks of {source.file}, is not there: ingest the file again, or "
                "leave the population's masks out with --without-population"
            )
        found |= {f"{source.folder}/{each.name}": each for each in _files_in(folder)}
    return found


def _files_in(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from (each for each in folder.iterdir() if each.is_file() and not each.name.startswith("."))
