"""Opens the audit's database and hands out transactions."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from threading import RLock
from typing import NoReturn

from sqlalchemy import Connection, Engine, Table, create_engine, event, inspect, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DataError,
    IntegrityError,
    NoSuchModuleError,
    OperationalError,
    StatementError,
)
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from db.errors import ConflictError, NotFoundError, StoreError, UnreachableError
from db.tables import SCHEMA_REVISION

_BEGIN = "audit_begin"

BUSY_SECONDS = 30
"""How long a writer on SQLite waits for another one, unless the URL says `?timeout=N`."""


@dataclass(frozen=True, slots=True)
class Transaction:
    """An open transaction: everything done through it is kept, or nothing is."""

    connection: Connection


class Store:
    """The audit's database: SQLite by default, PostgreSQL by URL."""

    def __init__(self, url: str) -> None:
        self._url = _parse(url)
        self._engine = _engine(self._url)
        # On SQLite one writes at a time. Between processes whoever waits asks again and again, and may be
        # overtaken for seconds; the threads of one process wait in line.
        self._turn: AbstractContextManager[object] = (
            RLock() if self._url.get_backend_name() == "sqlite" else nullcontext()
        )

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Give a transaction that may write; it is rolled back when the block raises."""
        # A reader that turns writer midway is refused at once if somebody wrote in between; taking the
        # write lock at the start makes it wait instead (sqlite.org/lang_transaction.html, 2.2).
        with self._turn, self._connected("BEGIN IMMEDIATE") as connection, connection.begin():
            yield Transaction(connection)

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """Give a transaction that only reads: it sees one state and makes no writer wait."""
        with self._connected() as connection:
            if connection.dialect.name == "postgresql":
                connection.execution_options(isolation_level="REPEATABLE READ")
            yield Transaction(connection)

    @contextmanager
    def session(self) -> Iterator[Connection]:
        """Give a connection that belongs to the block alone and commits each statement by itself."""
        with self._connected() as connection:
            yield connection.execution_options(isolation_level="AUTOCOMMIT")

    @property
    def file(self) -> Path | None:
        """The database's file where it is SQLite's, else None."""
        is_file = self._url.get_backend_name() == "sqlite" and self._url.database
        return Path(str(self._url.database)) if is_file else None

    @property
    def url(self) -> URL:
        """The database's URL, with its password: never to be shown."""
        return self._url

    def revision(self) -> str | None:
        """Give the schema that the database has; None where it has no audit tables."""
        with self._connected() as connection:
            return _revision(connection)

    def create(self) -> None:
        """Lay out the tables in an empty database; leave one of this version alone."""
        from db.migrations import upgrade_to_newest  # noqa: PLC0415  (Alembic is slow to import)

        found = self.revision()
        if found not in (None, SCHEMA_REVISION):
            raise ConflictError(_other_version(self._url, found))
        if found is None:
            upgrade_to_newest(self._engine)

    def check(self) -> None:
        """Raise unless the database answers and has the tables of this version."""
        found = self.revision()
        if found is None:
            raise NotFoundError(_without_tables(self._url))
        if found != SCHEMA_REVISION:
            raise ConflictError(_other_version(self._url, found))

    def upgrade(self) -> tuple[str, str]:
        """Bring an older database to the schema of this version; give the revision before and after."""
        from db.migrations import upgrade_to_newest  # noqa: PLC0415  (Alembic is slow to import)

        found = self.revision()
        if found is None:
            raise NotFoundError(_without_tables(self._url))
        if found > SCHEMA_REVISION:
            raise ConflictError(_other_version(self._url, found))
        if found < SCHEMA_REVISION:
            upgrade_to_newest(self._engine)
        return found, SCHEMA_REVISION

    def close(self) -> None:
        """Give all connections back."""
        self._engine.dispose()

    @contextmanager
    def _connected(self, begin: str = "BEGIN") -> Iterator[Connection]:
        try:
            connection = self._engine.connect().execution_options(**{_BEGIN: begin})
        except OperationalError as error:
            raise UnreachableError(
                f"database {_shown(self._url)} does not answer ({_first_line(error)}): "
                "check the URL, and that the server or the folder is there"
            ) from error
        except StatementError as error:
            _raise_explained(self._url, error)
        try:
            with connection:
                yield connection
        except StatementError as error:
            _raise_explained(self._url, error)


def insert_if_new(transaction: Transaction, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    """Insert rows; one whose key or unique columns are taken is left as it is."""
    if not rows:
        return
    insert = postgresql.insert if transaction.connection.dialect.name == "postgresql" else sqlite.insert
    transaction.connection.execute(insert(table).on_conflict_do_nothing(), rows)


def slices(ids: Iterable[str]) -> Iterator[list[str]]:
    """Give ids in lists short enough for one IN clause (SQLite takes 32,766 parameters)."""
    rest = iter(ids)
    while some := list(islice(rest, 10_000)):
        yield some


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise NotFoundError(
            "the database URL cannot be read: give sqlite:///FILE or postgresql://USER@HOST/NAME"
        ) from error
    if parsed.get_backend_name() not in ("sqlite", "postgresql"):
        raise NotFoundError(
            f"database kind {parsed.get_backend_name()!r} is not supported: "
            "give sqlite:///FILE or postgresql://USER@HOST/NAME"
        )
    if parsed.get_backend_name() == "sqlite" and parsed.database in (None, "", ":memory:"):
        raise NotFoundError("a database in memory is gone with the command: give sqlite:///FILE")
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    return parsed


def _engine(url: URL) -> Engine:
    try:
        if url.get_backend_name() != "sqlite":
            return create_engine(url, pool_pre_ping=True)
        # Opening an SQLite file takes a millisecond; a connection kept for later would outlive the command.
        engine = create_engine(
            url,
            connect_args={} if "timeout" in url.query else {"timeout": BUSY_SECONDS},
            poolclass=NullPool,
        )
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        raise NotFoundError(f"no driver for {url.drivername}: install mask-audit[postgresql]") from error
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", _begin)
    return engine


def _set_pragmas(connection: sqlite3.Connection, entry: ConnectionPoolEntry) -> None:
    del entry
    connection.isolation_level = None
    # FULL: a verdict the page has confirmed survives the loss of power, not only of the process.
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options()[_BEGIN])


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _without_tables(url: URL) -> str:
    return f"database {_shown(url)} has no audit tables: run `mask-audit init` on this workspace"


def _other_version(url: URL, found: str) -> str:
    what_to_do = (
        "bring it to this version with `mask-audit upgrade`"
        if found < SCHEMA_REVISION
        else "use the version of mask-audit that made it"
    )
    return (
        f"database {_shown(url)} has schema {found}, this version of mask-audit needs {SCHEMA_REVISION}: "
        f"{what_to_do}"
    )


def _raise_explained(url: URL, error: StatementError) -> NoReturn:
    fault = _fault(url, error)
    if fault is None:
        raise error
    raise fault from error


def _fault(url: URL, error: StatementError) -> StoreError | None:
    """Give what a failed statement means to people; None where the program itself is at fault."""
    if isinstance(error, OperationalError):
        return UnreachableError(
            f"database {_shown(url)} failed ({_first_line(error)}): try again; if it stays so, "
            "check that no other program holds it and that its disk has room"
        )
    if isinstance(error, DataError | IntegrityError) or isinstance(error.orig, ValueError | OverflowError):
        return ConflictError(f"database {_shown(url)} cannot hold what was handed in ({_first_line(error)})")
    # Its subclasses tell of wrong statements; itself, of a file that is none of SQLite's, or has bad pages.
    if type(error.orig) is sqlite3.DatabaseError:
        return ConflictError(
            f"database {_shown(url)} is damaged ({_first_line(error)}): go back to the last backup, or "
            "repair it (sqlite.org/recovery)"
        )
    return None


def _shown(url: URL) -> str:
    return url.render_as_string(hide_password=True)


def _first_line(error: StatementError) -> str:
    return str(error.orig).strip().splitlines()[0]
