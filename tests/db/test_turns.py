"""Work for one at a time: the next one waits or is refused, and whoever dies lets go."""

import subprocess
import sys
import time
from pathlib import Path
from threading import Event, Thread

import pytest

from db.errors import BusyError
from db.store import Store
from db.turns import alone

PROJECT = Path(__file__).parents[2]
HOLD = """
import sys, time
from db.store import Store
from db.turns import alone
with alone(Store(sys.argv[1]), "push", wait_seconds=0):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_one_is_refused_and_let_in_afterwards(store: Store) -> None:
    with alone(store, "push", wait_seconds=0):
        with pytest.raises(BusyError, match="push"), alone(store, "push", wait_seconds=0):
            pass
        with alone(store, "pull", wait_seconds=0):
            pass
    with alone(store, "push", wait_seconds=0):
        pass


def test_a_second_one_waits_its_time(store: Store) -> None:
    is_held, may_end = Event(), Event()
    in_turn: list[str] = []

    def first() -> None:
        with alone(store, "push", wait_seconds=0):
            is_held.set()
            may_end.wait(20)
            in_turn.append("first")

    thread = Thread(target=first)
    thread.start()
    assert is_held.wait(20)
    Thread(target=lambda: (time.sleep(0.3), may_end.set())).start()
    with alone(store, "push", wait_seconds=20):
        in_turn.append("second")
    thread.join()
    assert in_turn == ["first", "second"]


def test_an_error_inside_gives_the_turn_back(store: Store) -> None:
    with pytest.raises(ValueError, match="inside"), alone(store, "push", wait_seconds=0):
        raise ValueError("inside")
    with alone(store, "push", wait_seconds=0):
        pass


def test_a_killed_process_gives_the_turn_back(store: Store, store_url: str) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, store_url], cwd=PROJECT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(BusyError), alone(store, "push", wait_seconds=0):
            pass
    finally:
        holder.kill()
        holder.communicate()
    with alone(store, "push", wait_seconds=20):
        pass
