"""Work that only one process at a time may do on a database; whoever dies lets the next one in."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import Connection, func, select

from db.errors import BusyError
from db.store import Store

_PAUSE_SECONDS = 0.2


@contextmanager
def alone(store: Store, work: str, *, wait_seconds: float) -> Iterator[None]:
    """Keep everybody else on this database from the same work until the block ends.

    On SQLite by a locked file beside the database, on PostgreSQL by an advisory lock: either is given back
    by the system when its process ends, however it ends.

    Args:
        store: the database.
        work: names the work.
        wait_seconds: how long to wait for somebody who is at it.

    Raises:
        BusyError: somebody is still at it.
    """
    if store.file is None:
        with store.session() as connection, _advisory_lock(connection, work, wait_seconds):
            yield
    else:
        with _locked_file(store.file, work, wait_seconds):
            yield


@contextmanager
def _locked_file(database: Path, work: str, wait_seconds: float) -> Iterator[None]:
    lock = FileLock(database.with_name(f"{database.name}.{sha256(work.encode()).hexdigest()[:16]}.lock"))
    try:
        lock.acquire(timeout=wait_seconds)
    except Timeout as error:
        raise _busy(work) from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _advisory_lock(connection: Connection, work: str, wait_seconds: float) -> Iterator[None]:
    number = int.from_bytes(sha256(work.encode()).digest()[:8], signed=True)
    deadline = time.monotonic() + wait_seconds
    while not connection.scalar(select(func.pg_try_advisory_lock(number))):
        if time.monotonic() >= deadline:
            raise _busy(work)
        time.sleep(_PAUSE_SECONDS)
    try:
        yield
    finally:
        connection.execute(select(func.pg_advisory_unlock(number)))


def _busy(work: str) -> BusyError:
    return BusyError(f"another process is at it ({work}): wait until it is done, and try again")
