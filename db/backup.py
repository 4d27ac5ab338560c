"""Copies of a live database by its own means: SQLite's online backup, PostgreSQL's pg_dump and pg_restore."""

import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Mapping
from contextlib import closing
from enum import StrEnum
from pathlib import Path

from sqlalchemy import inspect

from db.errors import ConflictError, NotFoundError, StoreError, UnreachableError
from db.store import BUSY_SECONDS, Store
from db.tables import SCHEMA_REVISION, metadata

_PAGES_AT_A_TIME = 2_000

_REVISION_TABLE = "alembic_version"


class CopyKind(StrEnum):
    """What a copy of a database is."""

    SQLITE = "sqlite"
    """A database file."""
    POSTGRESQL = "postgresql"
    """What `pg_dump --format=custom` writes."""


def copy_kind(store: Store) -> CopyKind:
    """Give what a copy of this database would be."""
    return CopyKind.POSTGRESQL if store.file is None else CopyKind.SQLITE


def check_copyable(store: Store) -> str:
    """Give the schema that the database has, of this version or an older one.

    Raises:
        NotFoundError: it has no audit tables, or what copies it is not installed.
    """
    if store.file is not None and not store.file.is_file():
        raise NotFoundError(f"database {store.file} is not there: name a workspace that has one")
    found = store.revision()
    if found is None:
        raise NotFoundError("the database has no audit tables, so there is nothing to copy")
    if store.file is None:
        _check_program("pg_dump", store)
    return found


def copy_database(store: Store, target: Path, advance: Callable[[int], object]) -> None:
    """Write a copy of the database as it is at one moment; nobody who writes to it waits.

    Args:
        store: the database.
        target: an empty file, which becomes the copy.
        advance: told the bytes that are done since the last call.

    Raises:
        NotFoundError: pg_dump is not installed, or older than the server.
        ConflictError: the copy does not hold together, as the database does not.
        UnreachableError: the database or the file system fails.
    """
    if store.file is None:
        _dump(store, target)
        advance(target.stat().st_size)
    else:
        _copy_file(store.file, target, advance)


def check_known(schema: str) -> bool:
    """Tell whether a schema is this version's own; False for an older one, which `upgrade` brings here.

    Raises:
        ConflictError: it is newer than this version.
    """
    if schema > SCHEMA_REVISION:
        raise ConflictError(
            f"the copy has schema {schema}, this version of mask-audit knows those up to {SCHEMA_REVISION}: "
            "use the version of mask-audit that made it"
        )
    return schema == SCHEMA_REVISION


def check_empty(store: Store) -> None:
    """Raise ConflictError unless the database has no tables, NotFoundError where pg_restore is not here."""
    with store.session() as connection:
        tables = inspect(connection).get_table_names()
    if tables:
        raise ConflictError(
            f"the database that --database names has tables ({', '.join(sorted(tables)[:3])}, …): "
            "give one that is empty"
        )
    _check_program("pg_restore", store)


def copy_fault(store: Store, schema: str) -> str | None:
    """Give what is wrong with a database that was made of a copy, as a clause; None where nothing is.

    Args:
        store: that database.
        schema: that the copy is said to have.
    """
    try:
        if store.file is not None:
            with closing(sqlite3.connect(f"{store.file.absolute().as_uri()}?mode=ro", uri=True)) as copy:
                fault = _fault(copy)
            if fault is not None:
                return fault
        found = store.revision()
    except (sqlite3.Error, StoreError) as error:
        return str(error)
    if found != schema:
        return f"it has {f'schema {found}' if found else 'no audit tables'}, not schema {schema}"
    return None


def restore_database(store: Store, copy: Path) -> None:
    """Fill an empty PostgreSQL database from what `copy_database` wrote of another; all of it, or nothing.

    Raises:
        UnreachableError: the database refuses, saying why.
    """
    # No owner and no privileges: the users of another server are not this one's.
    words = ("--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction")
    _run("pg_restore", (*words, str(copy)), store)


def _copy_file(file: Path, target: Path, advance: Callable[[int], object]) -> None:
    try:
        with (
            closing(sqlite3.connect(file, timeout=BUSY_SECONDS, isolation_level=None)) as source,
            closing(sqlite3.connect(target, isolation_level=None)) as copy,
        ):
            # A reader keeps the state that it began with (sqlite.org/wal.html), and nobody waits for it;
            # without this the copy starts anew whenever another process writes (sqlite.org/backup.html).
            source.execute("BEGIN")
            (page_size,) = source.execute("PRAGMA page_size").fetchone()
            source.execute("SELECT version_num FROM alembic_version").fetchone()
            done = 0

            def told(status: int, remaining: int, total: int) -> None:
                nonlocal done
                del status
                advance((total - remaining - done) * page_size)
                done = total - remaining

            source.backup(copy, pages=_PAGES_AT_A_TIME, progress=told)
            # One file with nothing beside it; whoever opens it next makes it a WAL database again.
            copy.execute("PRAGMA journal_mode = DELETE")
            _check_whole(copy)
    except sqlite3.Error as error:
        raise UnreachableError(
            f"database {file} cannot be copied ({error}): check that the disk has room, and that no other "
            "program holds it"
        ) from error


def _check_whole(copy: sqlite3.Connection) -> None:
    fault = _fault(copy)
    if fault is not None:
        raise ConflictError(
            f"the database is damaged ({fault}): go back to the last backup, or repair it "
            "(sqlite.org/recovery)"
        )


def _fault(copy: sqlite3.Connection) -> str | None:
    (found,) = copy.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        return str(found)
    dangling = copy.execute("PRAGMA foreign_key_check").fetchone()
    return None if dangling is None else f"a row of {dangling[0]} names one that is not there"


def _dump(store: Store, target: Path) -> None:
    _check_program("pg_dump", store)
    # Other programs may have tables in this database.
    tables = (f"--table={name}" for name in (*metadata.tables, _REVISION_TABLE))
    _run("pg_dump", ("--format=custom", f"--file={target}", *tables), store)


def _run(program: str, words: tuple[str, ...], store: Store) -> None:
    parameters = _connection_parameters(store)
    # Whoever lists processes sees their words, but not their environment.
    secret = {} if (password := parameters.pop("password", None)) is None else {"PGPASSWORD": password}
    finished = subprocess.run(  # noqa: S603  (no shell, and no word of it is a file's)
        (_found(program), "--no-password", f"--dbname={_conninfo(parameters)}", *words),
        env={**os.environ, **secret, "LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if finished.returncode:
        said = " ".join(finished.stderr.split()) or f"status {finished.returncode}"
        raise UnreachableError(f"{program} failed ({_without(password, said)})")


def _connection_parameters(store: Store) -> dict[str, str]:
    """What the URL says, as libpq names it: host, port, user, password, dbname, and its options."""
    _, given = store.url.get_dialect()().create_connect_args(store.url)
    return {key: str(each) for key, each in given.items()}


def _conninfo(parameters: Mapping[str, str]) -> str:
    # Quoted as libpq wants it (postgresql.org/docs/current/libpq-connect.html, 34.1.1.1).
    quoted = {key: each.replace("\\", "\\\\").replace("'", "\\'") for key, each in parameters.items()}
    return " ".join(f"{key}='{each}'" for key, each in quoted.items())


def _without(secret: str | None, text: str) -> str:
    return text.replace(secret, "***") if secret else text


def _check_program(program: str, store: Store) -> None:
    said = subprocess.run(  # noqa: S603
        (_found(program), "--version"), capture_output=True, text=True, check=False
    ).stdout
    found = re.search(r"(\d+)[.\d]*", said)
    version = int(found.group(1)) if found else 0
    with store.session() as connection:
        server = (connection.dialect.server_version_info or (0,))[0]
    if version < int(server):
        raise NotFoundError(
            f"{program} is of version {version}, and the server of version {server}: install PostgreSQL's "
            f"programs of version {server} or newer, and put them first on the PATH"
        )


def _found(program: str) -> str:
    path = shutil.which(program)
    if path is None:
        raise NotFoundError(
            f"{program} is not on the PATH: install PostgreSQL's client programs (on Debian: "
            "`apt install postgresql-client`), of the server's version or newer"
        )
    return path
