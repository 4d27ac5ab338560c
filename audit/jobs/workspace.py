"""Makes and opens workspaces: the folder with the settings, the database and the population."""

import os
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from audit.errors import InputError
from audit.settings import FILE_NAME, Settings, find_workspace, load_settings, write_settings
from db.population import Population
from db.samples import load_sample
from db.store import Store
from sampling.reviewers.settlement import Settlement


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """An open workspace."""

    settings: Settings
    store: Store
    population: Population

    @property
    def workers(self) -> int:
        """Threads that read files."""
        return self.settings.workers or n_cores()

    @property
    def settlement(self) -> Settlement:
        """What settles a mask on which reviewers disagree."""
        return Settlement(self.settings.settlement)


def n_cores() -> int:
    """Give the cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeWorkspace:
    """A workspace's folder, and whether it was made just now."""

    folder: Path
    is_new: bool


def make_workspace(folder: Path, database: str | None) -> MadeWorkspace:
    """Make a workspace; one that is there already, with the same database, is left as it is.

    Raises:
        InputError: the folder is a file, or a workspace with another database.
        StoreError: the database cannot be used.
    """
    if (folder / FILE_NAME).is_file():
        settings = load_settings(folder)
        if database is not None and settings.database != database:
            raise InputError(
                f"{folder} is a workspace with another database: change it in {folder / FILE_NAME}, "
                "or name another folder"
            )
        Store(settings.database_url).create()
        return MadeWorkspace(folder=folder, is_new=False)
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder} is a file: name a folder")
    settings = Settings(folder=folder)
    if database is not None:
        settings = replace(settings, database=database)
    is_new_folder = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        store = Store(settings.database_url)
        store.create()
        store.close()
        write_settings(settings)
    except BaseException:
        if is_new_folder:
            shutil.rmtree(folder, ignore_errors=True)
        raise
    return MadeWorkspace(folder=folder, is_new=True)


def open_workspace(folder: Path | None) -> Workspace:
    """Open a workspace: the one named, or the nearest upwards from here.

    Raises:
        InputError: there is none, or its settings are wrong.
        StoreError: its database cannot be used.
    """
    settings = load_settings(find_workspace(Path.cwd()) if folder is None else folder.absolute())
    store = Store(settings.database_url)
    store.check()
    return Workspace(settings=settings, store=store, population=Population(settings.population_folder))


def upgrade_workspace(folder: Path | None) -> tuple[str, str]:
    """Bring a workspace's database to this version; give its schema revision before and after.

    Raises:
        InputError: there is no workspace, or its settings are wrong.
        StoreError: its database cannot be used, or is newer than this version.
    """
    settings = load_settings(find_workspace(Path.cwd()) if folder is None else folder.absolute())
    return Store(settings.database_url).upgrade()


def check_sample(store: Store, name: str | None) -> None:
    """Raise NotFoundError unless there is such a sample."""
    with store.reading() as transaction:
        load_sample(transaction, name)
