"""The database is laid out by migrations, opened only in the right version, and shared by several writers."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from db.errors import ConflictError, NotFoundError, UnreachableError
from db.migrations import configuration
from db.reviewers import ensure_reviewer, load_reviewers
from db.store import Store
from db.tables import SCHEMA_REVISION, metadata


def test_the_migrations_make_exactly_the_tables(store: Store, store_url: str) -> None:
    engine = create_engine(store_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_the_schema_revision_is_the_newest_migration() -> None:
    assert ScriptDirectory.from_config(configuration()).get_current_head() == SCHEMA_REVISION


def test_creating_twice_keeps_what_is_there(store: Store, now) -> None:
    with store.transaction() as transaction:
        ensure_reviewer(transaction, "ann", now)
    store.create()
    with store.reading() as transaction:
        assert [reviewer.name for reviewer in load_reviewers(transaction)] == ["ann"]


def test_every_table_and_column_that_needs_it_says_what_it_holds() -> None:
    assert all(table.comment for table in metadata.sorted_tables)


def test_a_failed_block_leaves_nothing_behind(store: Store, now) -> None:
    with pytest.raises(RuntimeError, match="halfway"), store.transaction() as transaction:
        ensure_reviewer(transaction, "ann", now)
        raise RuntimeError("halfway")
    with store.reading() as transaction:
        assert load_reviewers(transaction) == []


def test_many_writers_at_once_all_get_their_turn(store: Store, now) -> None:
    def write(number: int) -> None:
        with store.transaction() as transaction:
            load_reviewers(transaction)
            ensure_reviewer(transaction, f"reviewer {number:02}", now)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(40)))
    with store.reading() as transaction:
        assert len(load_reviewers(transaction)) == 40


def test_sqlite_keeps_a_log_and_checks_references(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/audit.sqlite")
    store.create()
    with store.reading() as transaction:
        pragmas = {
            name: transaction.connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "foreign_keys", "synchronous", "busy_timeout")
        }
    store.close()
    assert pragmas == {"journal_mode": "wal", "foreign_keys": 1, "synchronous": 2, "busy_timeout": 30_000}


def test_a_database_of_another_version_is_refused_by_name(tmp_path: Path) -> None:
    file = tmp_path / "audit.sqlite"
    Store(f"sqlite:///{file}").create()
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(ConflictError, match=f"9999.*needs {SCHEMA_REVISION}"):
        Store(f"sqlite:///{file}").check()
    with pytest.raises(ConflictError, match="9999"):
        Store(f"sqlite:///{file}").create()


@pytest.mark.parametrize(
    ("url", "error", "message"),
    [
        ("not a url", NotFoundError, "cannot be read"),
        ("mysql://somewhere/audit", NotFoundError, "mysql.*not supported"),
        ("postgresql://u@h:port/audit", NotFoundError, "cannot be read"),
        ("sqlite://", NotFoundError, "in memory"),
        ("sqlite:////no/such/folder/audit.sqlite", UnreachableError, "does not answer"),
        ("postgresql://nobody:secret@127.0.0.1:1/audit", UnreachableError, "does not answer"),
    ],
)
def test_a_database_that_cannot_be_used_is_named_without_its_password(
    url: str, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message) as caught:
        Store(url).check()
    assert "secret" not in str(caught.value)


def test_a_database_without_tables_says_how_to_get_them(store_url: str) -> None:
    store = Store(store_url)
    with pytest.raises(NotFoundError, match="mask-audit init"):
        store.check()
    store.close()


def test_a_database_that_stays_locked_is_told_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "audit.sqlite"
    Store(f"sqlite:///{file}").create()
    with sqlite3.connect(file, isolation_level=None) as holder:
        holder.execute("BEGIN IMMEDIATE")
        impatient = Store(f"sqlite:///{file}?timeout=0.05")
        with pytest.raises(UnreachableError, match="locked"), impatient.transaction():
            pass
        impatient.close()
    holder.close()


def test_a_reader_sees_one_state_while_others_write(store: Store, now) -> None:
    with store.reading() as transaction:
        assert load_reviewers(transaction) == []
        with store.transaction() as writer:
            ensure_reviewer(writer, "ann", now)
        assert load_reviewers(transaction) == []


def test_a_time_that_has_none_in_utc_is_told_in_words(store: Store) -> None:
    before_all = datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=23)))
    with (
        pytest.raises(ConflictError, match="cannot hold what was handed in"),
        store.transaction() as transaction,
    ):
        ensure_reviewer(transaction, "Ann", before_all)


def test_text_that_the_database_cannot_hold_is_told_in_words(store: Store, now) -> None:
    with store.reading() as transaction:
        is_sqlite = transaction.connection.dialect.name == "sqlite"
    if is_sqlite:
        pytest.skip("SQLite holds a NUL")
    with pytest.raises(ConflictError, match="cannot hold"), store.transaction() as transaction:
        ensure_reviewer(transaction, "a\0b", now)
