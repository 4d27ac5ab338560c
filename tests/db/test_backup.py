"""A live database is copied as it was at one moment, and filled again from the copy."""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, make_url, select, text

from db.backup import check_copyable, check_empty, check_known, copy_database, restore_database
from db.errors import ConflictError, NotFoundError, UnreachableError
from db.records import Reading, Source, Verdict
from db.reviewers import ensure_reviewer
from db.reviews import add_readings
from db.samples import add_masks, add_sample, put_units
from db.store import Store
from db.tables import SCHEMA_REVISION, journal, masks, metadata
from tests.builders import SOME_DAY, a_mask, a_sample, a_unit, made_by
from tests.postgresql import empty_database

REVIEWERS = ("ann", "bo")
N_MASKS = 400


def unwatched(n: int) -> None:
    """Takes progress that nobody looks at."""


@pytest.fixture
def filled(store: Store) -> Store:
    """A store with one sample of many masks; enough pages that a copy of it takes several steps."""
    with store.transaction() as transaction:
        sample = add_sample(transaction, a_sample())
        ids = [f"{number:03}" for number in range(N_MASKS)]
        unit_ids = put_units(transaction, sample.sample_id, [a_unit(each) for each in ids])
        add_masks(
            transaction,
            [a_mask(f"m{each}", parts=(bytes(48 for _ in range(20_000)),)) for each in ids],
            [made_by("A", unit_ids[each], f"m{each}") for each in ids],
        )
        for name in REVIEWERS:
            ensure_reviewer(transaction, name, SOME_DAY)
    return store


def hand_in(store: Store, name: str, number: int) -> None:
    event = Reading(
        mask_id=f"m{number % N_MASKS:03}",
        verdict=Verdict.CORRECT,
        client_key=f"{number:06}",
        decided_at=SOME_DAY,
    )
    with store.transaction() as transaction:
        reviewer = ensure_reviewer(transaction, name, SOME_DAY)
        add_readings(transaction, reviewer.reviewer_id, [event], source=Source.PAGE, now=SOME_DAY)


@contextmanager
def reviewing(store: Store) -> Iterator[None]:
    """Every reviewer hands in verdict after verdict, each in a thread, until the block ends."""
    ended = threading.Event()
    failures: list[BaseException] = []

    def work(name: str) -> None:
        try:
            number = 0
            while not ended.is_set():
                hand_in(store, name, number)
                number += 1
        except BaseException as error:  # noqa: BLE001
            failures.append(error)

    threads = [threading.Thread(target=work, args=(name,)) for name in REVIEWERS]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        ended.set()
        for thread in threads:
            thread.join()
    assert failures == []


def keys_of(store: Store) -> dict[int, list[str]]:
    """The client keys of each reviewer, in order."""
    keys: dict[int, list[str]] = {}
    with store.reading() as transaction:
        for row in transaction.connection.execute(select(journal).order_by(journal.c.entry_id)):
            keys.setdefault(row.reviewer_id, []).append(row.client_key)
    return keys


@contextmanager
def opened(store: Store, copy: Path, postgresql: str | None) -> Iterator[Store]:
    """The store that a copy is, or makes."""
    with ExitStack() as stack:
        if store.file is not None:
            again = Store(f"sqlite:///{copy}")
        else:
            again = Store(stack.enter_context(empty_database(postgresql)))
            check_empty(again)
            restore_database(again, copy)
        yield again
        again.close()


@pytest.fixture
def server(store_url: str, request: pytest.FixtureRequest) -> str | None:
    return None if store_url.startswith("sqlite") else request.getfixturevalue("postgresql_url")


def test_a_copy_made_while_reviewers_write_is_what_each_had_said_up_to_one_moment(
    filled: Store, server: str | None, tmp_path: Path
) -> None:
    copies = []
    with reviewing(filled):
        while len(keys_of(filled)) < len(REVIEWERS):
            pass
        for number in range(4):
            copies.append(tmp_path / f"copy-{number}")
            copies[-1].touch()
            copy_database(filled, copies[-1], unwatched)
    everything = keys_of(filled)

    lengths = []
    for copy in copies:
        with opened(filled, copy, server) as again:
            again.check()
            found = keys_of(again)
            assert found.keys() == everything.keys()
            for reviewer_id, keys in found.items():
                assert keys == everything[reviewer_id][: len(keys)]
            lengths.append(sum(map(len, found.values())))
            with again.reading() as transaction:
                n_masks = transaction.connection.scalar(select(func.count()).select_from(masks))
            assert n_masks == N_MASKS
    assert lengths == sorted(lengths)
    assert 0 < lengths[0] < sum(map(len, everything.values()))


def test_a_restored_database_has_every_table_row_by_row_and_goes_on(
    filled: Store, server: str | None, tmp_path: Path
) -> None:
    hand_in(filled, "ann", 1)
    copy = tmp_path / "copy"
    copy.touch()
    copy_database(filled, copy, unwatched)

    with opened(filled, copy, server) as again:
        with filled.reading() as before, again.reading() as after:
            for table in metadata.sorted_tables:
                rows = [set(map(repr, each.connection.execute(select(table)))) for each in (before, after)]
                assert rows[0] == rows[1]
        hand_in(again, "ann", 2)
        assert list(keys_of(again).values()) == [["000001", "000002"]]


def test_progress_adds_up_to_the_size_of_the_database(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/audit.sqlite")
    store.create()
    told: list[int] = []
    copy = tmp_path / "copy"
    copy_database(store, copy, told.append)
    assert sum(told) == copy.stat().st_size


def test_a_copy_of_a_file_is_one_file(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/audit.sqlite")
    store.create()
    (tmp_path / "place").mkdir()
    copy_database(store, tmp_path / "place" / "copy", unwatched)
    assert [each.name for each in (tmp_path / "place").iterdir()] == ["copy"]


def test_a_database_whose_rows_name_what_is_not_there_is_not_copied_as_if_it_were_whole(
    tmp_path: Path,
) -> None:
    store = Store(f"sqlite:///{tmp_path}/audit.sqlite")
    store.create()
    with closing(sqlite3.connect(tmp_path / "audit.sqlite")) as connection:
        connection.execute("INSERT INTO unit_masks VALUES (7, 'A', 'missing', NULL)")
        connection.commit()
    with pytest.raises(ConflictError, match="damaged .a row of unit_masks names one that is not there"):
        copy_database(store, tmp_path / "copy", unwatched)


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "audit.sqlite").write_bytes(b"no database" * 100)
    store = Store(f"sqlite:///{tmp_path}/audit.sqlite")
    with pytest.raises(UnreachableError, match="cannot be copied .file is not a database"):
        copy_database(store, tmp_path / "copy", unwatched)


def test_looking_for_a_database_that_is_not_there_makes_none(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="is not there"):
        check_copyable(Store(f"sqlite:///{tmp_path}/audit.sqlite"))
    assert list(tmp_path.iterdir()) == []


def test_a_copy_of_a_newer_version_is_refused() -> None:
    assert check_known(SCHEMA_REVISION)
    assert not check_known("0001")
    with pytest.raises(ConflictError, match="schema 9999"):
        check_known("9999")


@pytest.mark.postgresql
def test_other_programs_tables_stay_out_of_a_dump_and_in_their_database(
    postgresql_url: str, tmp_path: Path
) -> None:
    with empty_database(postgresql_url) as url, empty_database(postgresql_url) as other:
        store, again = Store(url), Store(other)
        store.create()
        with store.transaction() as transaction:
            transaction.connection.execute(text("CREATE TABLE guests (name text)"))
        copy_database(store, tmp_path / "copy", unwatched)
        with pytest.raises(ConflictError, match="has tables .*give one that is empty"):
            check_empty(store)
        restore_database(again, tmp_path / "copy")
        again.check()
        with again.reading() as transaction:
            assert not transaction.connection.dialect.has_table(transaction.connection, "guests")
        store.close()
        again.close()


def a_program(folder: Path, name: str, script: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


@pytest.mark.postgresql
def test_a_pg_dump_older_than_the_server_is_told_before_it_runs(
    postgresql_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with empty_database(postgresql_url) as url:
        store = Store(url)
        store.create()
        a_program(tmp_path / "bin", "pg_dump", 'echo "pg_dump (PostgreSQL) 9.6.24"')
        monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
        with pytest.raises(NotFoundError, match="pg_dump is of version 9, and the server of version"):
            check_copyable(store)
        monkeypatch.setenv("PATH", str(tmp_path / "empty"))
        with pytest.raises(NotFoundError, match="pg_dump is not on the PATH: install"):
            check_copyable(store)
        store.close()


@pytest.mark.postgresql
def test_a_password_is_on_no_command_line_and_in_no_message(
    postgresql_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with empty_database(postgresql_url) as url:
        secret = "it's a\\secret %"
        store = Store(make_url(url).set(password=secret).render_as_string(hide_password=False))
        store.create()
        script = (
            'if [ "$1" = --version ]; then echo "pg_dump (PostgreSQL) 99.1"; exit; fi\n'
            f'echo "$@" > {tmp_path}/words; printf %s "$PGPASSWORD" > {tmp_path}/password\n'
            'echo "cannot log in with $PGPASSWORD" >&2; exit 1'
        )
        a_program(tmp_path / "bin", "pg_dump", script)
        monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
        with pytest.raises(UnreachableError, match=r"pg_dump failed .cannot log in with \*\*\*") as told:
            copy_database(store, tmp_path / "copy", unwatched)
        store.close()
    assert secret not in str(told.value)
    assert secret not in (tmp_path / "words").read_text()
    assert "--format=custom" in (tmp_path / "words").read_text()
    assert (tmp_path / "password").read_text() == secret
