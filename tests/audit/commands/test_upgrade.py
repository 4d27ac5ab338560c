"""A workspace of the first release: every command says what to do before, and works after the upgrade."""

import csv
import json
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect

from db.store import Store
from db.tables import SCHEMA_REVISION, metadata
from tests.audit.commands.audited import report_of, status_of
from tests.audit.jobs.review.driving import Person
from tests.datasets import Run
from tests.first_release_workspace import unpack_first_release

SAID_BY_THE_FIRST_RELEASE = {
    "A": {"n_correct": 5, "n_incorrect": 3, "n_unsure": 2, "n_missing": 0, "n_pending": 2, "accuracy": 0.625},
    "B": {"n_correct": 1, "n_incorrect": 2, "n_unsure": 1, "n_missing": 1, "n_pending": 7, "accuracy": 0.25},
}
"""What its own `report` printed of the workspace when it made it."""

USING_A_WORKSPACE = [
    ("status",),
    ("report", "--out", "report"),
    ("sample", "--extend", "--size", "15"),
    ("sample", "list"),
    ("sample-export", "units.csv"),
    ("verdicts", "export", "verdicts.csv"),
    ("measure",),
    ("plan",),
    ("review", "--port", "0"),
    ("review-pack", "pack.html"),
    ("reviewer", "list"),
    ("tune", "--setting", "A", "--target", "0.9"),
    ("stats", "--out", "stats"),
    ("bundle", "--out", "bundle.zip"),
    ("export", "--format", "parquet", "--out", "verdicts.parquet"),
]


@pytest.fixture(autouse=True)
def without_a_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures are then written without pictures of them, which take seconds."""
    monkeypatch.setenv("PATH", "")


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """The workspace as the first release left it."""
    return unpack_first_release(tmp_path / "first")


@pytest.fixture
def upgraded(run: Run, old: Path) -> Path:
    assert run("upgrade", "-w", old).status == 0
    return old


def content_of(database: Path) -> list[str]:
    with closing(sqlite3.connect(database)) as connection:
        return list(connection.iterdump())


def row_counts(database: Path) -> dict[str, int]:
    with closing(sqlite3.connect(database)) as connection:
        names = [
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        return {
            name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0]
            for name in names
            if name != "alembic_version"
        }


@pytest.mark.parametrize("words", USING_A_WORKSPACE, ids=" ".join)
def test_before_it_every_command_says_one_line_and_changes_nothing(
    run: Run, old: Path, words: tuple[str, ...]
) -> None:
    before = content_of(old / "audit.sqlite")
    finished = run(*words, "-w", old)
    assert finished.status == 2
    assert finished.out == ""
    assert finished.err.count("\n") == 1
    assert f"has schema 0001, this version of mask-audit needs {SCHEMA_REVISION}" in finished.err
    assert "`mask-audit upgrade`" in finished.err
    assert content_of(old / "audit.sqlite") == before


def test_it_keeps_every_row_and_gives_the_tables_of_a_new_workspace(run: Run, old: Path) -> None:
    before = row_counts(old / "audit.sqlite")
    finished = run("upgrade", "-w", old, "--json")
    assert finished.json == {"before": "0001", "after": SCHEMA_REVISION}
    after = row_counts(old / "audit.sqlite")
    assert after == {name: before.get(name, 0) for name in after}
    assert before["journal"] == 11
    with closing(sqlite3.connect(old / "audit.sqlite")) as connection:
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    engine = create_engine(f"sqlite:///{old}/audit.sqlite")
    found = inspect(engine)
    columns = {name: {each["name"] for each in found.get_columns(name)} for name in metadata.tables}
    engine.dispose()
    assert columns == {name: {each.name for each in table.columns} for name, table in metadata.tables.items()}
    assert "nothing to do" in run("upgrade", "-w", old).out


def test_the_report_says_what_the_first_release_said(run: Run, upgraded: Path, tmp_path: Path) -> None:
    said = report_of(run, upgraded, tmp_path)
    assert {
        each["setting"]: {key: each[key] for key in SAID_BY_THE_FIRST_RELEASE["A"]}
        for each in said["settings"]
    } == SAID_BY_THE_FIRST_RELEASE
    assert said["sample"]["seed"] == 5
    assert run("report", "--out", tmp_path / "whole", "-w", upgraded).status == 0


def test_status_counts_what_was_judged(run: Run, upgraded: Path) -> None:
    [sample] = status_of(run, upgraded)["samples"]
    assert (sample["name"], sample["n_units"]) == ("first", 12)


def test_the_sample_grows_and_keeps_every_unit(run: Run, upgraded: Path, tmp_path: Path) -> None:
    def drawn(name: str) -> list[dict[str, str]]:
        assert run("sample-export", tmp_path / name, "-w", upgraded).status == 0
        with (tmp_path / name).open(newline="") as file:
            return list(csv.DictReader(file))

    before = drawn("before.csv")
    assert run("sample", "--extend", "--size", 15, "-w", upgraded).status == 0
    after = drawn("after.csv")
    assert len(after) == 15
    assert {each["annotation_id"] for each in before} < {each["annotation_id"] for each in after}


def test_the_review_goes_on_where_it_stood(run: Run, upgraded: Path, tmp_path: Path) -> None:
    store = Store(f"sqlite:///{upgraded}/audit.sqlite")
    person = Person(store, upgraded, "cy", first_readings=1, second_share=0.0)
    judged = person.say_of_all("correct")
    store.close()
    assert len(set(judged)) == len(judged) == 9
    assert report_of(run, upgraded, tmp_path)["settings"][0]["n_pending"] == 0


@pytest.mark.parametrize(
    "words", [words for words in USING_A_WORKSPACE if words[0] not in ("review", "tune")], ids=" ".join
)
def test_after_it_every_command_works(
    run: Run, upgraded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    finished = run(*words, "-w", upgraded)
    assert finished.status == 0, finished.err


KILLED = """
import os, signal, sys
from sqlalchemy import Engine, event
from db.store import Store

seen = []

@event.listens_for(Engine, "before_cursor_execute")
def kill(connection, cursor, statement, *rest):
    seen.append(statement)
    if len(seen) == int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)

Store(sys.argv[1]).upgrade()
print(len(seen))
"""


def upgrade_until(database: Path, n_statements: int) -> subprocess.CompletedProcess[str]:
    """Upgrade in a process that is killed before it hands over its n-th statement."""
    command = [sys.executable, "-c", KILLED, f"sqlite:///{database}", str(n_statements)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_an_upgrade_that_is_killed_leaves_the_old_one_whole(old: Path, tmp_path: Path) -> None:
    database = old / "audit.sqlite"
    before = content_of(database)
    (tmp_path / "copy.sqlite").write_bytes(database.read_bytes())
    n_statements = int(upgrade_until(tmp_path / "copy.sqlite", 0).stdout)
    for place in (5, n_statements // 3, n_statements // 2, n_statements - 1, n_statements):
        assert upgrade_until(database, place).returncode == -signal.SIGKILL
        assert content_of(database) == before
    Store(f"sqlite:///{database}").upgrade()
    Store(f"sqlite:///{database}").check()


def test_a_schema_that_was_changed_by_hand_is_told_and_left_alone(run: Run, old: Path) -> None:
    with closing(sqlite3.connect(old / "audit.sqlite")) as connection:
        connection.execute("ALTER TABLE samples DROP COLUMN fixed")
        connection.commit()
    before = content_of(old / "audit.sqlite")
    finished = run("upgrade", "-w", old, "--json")
    assert finished.status == 2
    assert "samples has no fixed" in json.loads(finished.out)["error"]["message"]
    assert content_of(old / "audit.sqlite") == before
