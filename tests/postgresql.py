"""A throw-away PostgreSQL cluster, for tests and for benchmarks."""

import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text

UNPRIVILEGED_USERS = ("postgres", "nobody")


@contextmanager
def postgresql_server(*options: str) -> Iterator[str]:
    """Run a cluster with these server options; give the URL of an empty database of it.

    It is reached through a socket in its own folder: that needs no port, so processes side by side cannot
    take each other's.
    """
    programs = _programs()
    if programs is None:
        raise FileNotFoundError(missing_for_postgresql())
    # pytest's own folders are closed to the user that the server runs as.
    folder = Path(tempfile.mkdtemp(prefix="mask-audit-pg-"))
    user = _server_user()
    if user is not None:
        shutil.chown(folder, user)
    cluster, log = folder / "cluster", folder / "log"
    given = ("listen_addresses=''", f"unix_socket_directories={folder}", *options)
    words = " ".join(f"-c {option}" for option in given)
    try:
        _run_as(user, programs / "initdb", "-D", cluster, "-U", "postgres", "-A", "trust", "-E", "UTF8", "-N")
        _run_as(user, programs / "pg_ctl", "start", "-D", cluster, "-l", log, "-o", words, "-w", "-s")
        try:
            yield f"postgresql://postgres@/postgres?host={folder}"
        finally:
            _run_as(user, programs / "pg_ctl", "stop", "-D", cluster, "-m", "immediate", "-s")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def empty_database(server_url: str) -> Iterator[str]:
    """Give the URL of a new database of a server, gone afterwards whoever is still connected."""
    server = server_url.replace("postgresql://", "postgresql+psycopg://")
    name = f"audit_{uuid.uuid4().hex}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield server.replace("/postgres?", f"/{name}?")
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


def missing_for_postgresql() -> str | None:
    """Why no cluster can be run here; None where one can."""
    if _programs() is None:
        return "no PostgreSQL: initdb is neither on the PATH nor under /usr/lib/postgresql"
    if os.geteuid() == 0 and _server_user() is None:
        return f"PostgreSQL refuses root, and none of {', '.join(UNPRIVILEGED_USERS)} is a user here"
    return None


def _programs() -> Path | None:
    """The folder of `initdb` and `pg_ctl`; Debian keeps them off the PATH, by version."""
    if path := shutil.which("initdb"):
        return Path(path).parent
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    return found[-1].parent if found else None


def _server_user() -> str | None:
    """Who the server must run as: PostgreSQL refuses root; anybody else runs it as themselves."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next((name for name in UNPRIVILEGED_USERS if name in known), None)


def _run_as(user: str | None, *command: str | Path) -> None:
    identity = {} if user is None else {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}
    finished = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False, **identity)
    if finished.returncode:
        raise RuntimeError(f"{Path(command[0]).name} failed: {finished.stderr or finished.stdout}")
