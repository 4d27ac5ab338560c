"""Whoever computes, the same results come out in the same order, and a lost worker costs nothing."""

import gc
import itertools
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from audit.errors import InputError, UnavailableError
from audit.executors.executor import ExecutorMap, open_executor
from tests.audit.executors.worker_functions import (
    Fatal,
    complain,
    process_id,
    slowest_first,
    square,
    square_or_die,
)

PROJECT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Two real worker processes behind a scheduler."""
    distributed = pytest.importorskip("distributed", reason="the extra `dask` is not installed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0", silence_logs=50
    ) as running:
        yield running


@pytest.fixture(params=["this process", "processes", "dask"])
def executor(request: pytest.FixtureRequest) -> AbstractContextManager[ExecutorMap]:
    if request.param == "dask":
        address = request.getfixturevalue("cluster").scheduler_address
        return open_executor(scheduler=address, n_workers=1)
    return open_executor(scheduler=None, n_workers=1 if request.param == "this process" else 2)


def test_results_come_in_the_order_of_the_tasks(executor: AbstractContextManager[ExecutorMap]) -> None:
    with executor as execute:
        assert list(execute(slowest_first, range(30))) == list(range(30))
        assert list(execute(square, iter(range(5)))) == [0, 1, 4, 9, 16]
        assert list(execute(square, [])) == []


def test_tasks_are_taken_as_they_are_needed(executor: AbstractContextManager[ExecutorMap]) -> None:
    with executor as execute:
        taken = itertools.count()
        results = execute(square, taken)
        assert next(results) == 0
        assert next(taken) < 30
        results.close()  # type: ignore[attr-defined]


def test_the_error_of_a_task_is_raised_here(executor: AbstractContextManager[ExecutorMap]) -> None:
    with executor as execute:
        with pytest.raises(FileNotFoundError, match=r"photo\.png"):
            list(execute(complain, range(9)))
        assert list(execute(square, range(9))) == [number**2 for number in range(9)]


@pytest.mark.parametrize("where", ["processes", "dask"])
def test_what_a_killed_worker_was_doing_is_done_again(
    where: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    lives = tmp_path / "lives"
    lives.write_bytes(b"1")
    scheduler = request.getfixturevalue("cluster").scheduler_address if where == "dask" else None
    with open_executor(scheduler=scheduler, n_workers=2) as execute:
        results = list(execute(square_or_die, [Fatal(number=number, lives=lives) for number in range(20)]))
    assert lives.stat().st_size == 0
    assert results == [number**2 for number in range(20)]


@pytest.mark.slow
@pytest.mark.parametrize("where", ["processes", "dask"])
def test_a_task_that_kills_every_worker_is_given_up_and_named(
    where: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    lives = tmp_path / "lives"
    lives.write_bytes(b"1" * 99)
    scheduler = request.getfixturevalue("cluster").scheduler_address if where == "dask" else None
    with (
        open_executor(scheduler=scheduler, n_workers=2) as execute,
        pytest.raises(UnavailableError, match="same partition.*number 5.*memory"),
    ):
        list(execute(square_or_die, [Fatal(number=number, lives=lives) for number in range(20)]))


@pytest.mark.slow
def test_a_map_that_is_given_up_for_an_error_says_nothing_when_it_is_collected(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(OSError, match="is full"), open_executor(scheduler=None, n_workers=2) as execute:
        results = execute(slowest_first, range(1, 30))
        next(results)
        raise OSError("the disk is full")
    del results
    gc.collect()
    assert capfd.readouterr().err == ""


def test_two_processes_share_the_work() -> None:
    with open_executor(scheduler=None, n_workers=2) as execute:
        workers = set(execute(process_id, range(40)))
    assert len(workers) == 2
    assert os.getpid() not in workers


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{process}/stat")
    return not status.exists() or status.read_text().rpartition(") ")[2][0] != "Z"


def eventually(condition: Any) -> bool:
    deadline = time.monotonic() + 60
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return bool(condition())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("how", "seconds"),
    [
        pytest.param(signal.SIGINT, 600, id="Ctrl-C ends them at once"),
        pytest.param(signal.SIGKILL, 2, id="killed: they end after what they are doing"),
    ],
)
def test_workers_end_with_whoever_started_them(how: signal.Signals, seconds: float, tmp_path: Path) -> None:
    script = (
        "from pathlib import Path\n"
        "from audit.executors.executor import open_executor\n"
        "from tests.audit.executors.worker_functions import Wait, sleep\n"
        f"waits = [Wait(seconds={seconds}, file=Path({str(tmp_path / 'at')!r}))] * 2\n"
        "with open_executor(scheduler=None, n_workers=2) as execute:\n"
        "    list(execute(sleep, waits))\n"
    )
    said = tmp_path / "said"
    with said.open("wb") as stream:
        parent = subprocess.Popen(
            [sys.executable, "-c", script], cwd=PROJECT, stderr=stream, start_new_session=True
        )
    assert eventually(lambda: len(list(tmp_path.glob("at.*"))) == 2)
    workers = [int(path.suffix[1:]) for path in tmp_path.glob("at.*")]
    assert all(is_alive(worker) for worker in workers)
    if how is signal.SIGINT:
        os.killpg(parent.pid, how)  # as a terminal does: to the workers too
    else:
        parent.send_signal(how)
    parent.wait(60)
    assert eventually(lambda: not any(is_alive(worker) for worker in workers))
    # The parent of this script tells that it was interrupted; its workers say nothing.
    assert b"BrokenPipeError" not in said.read_bytes()
    assert b"_serve" not in said.read_bytes()


def test_a_wrong_number_of_workers_is_refused() -> None:
    with pytest.raises(InputError, match="--workers 0: at least one"):
        open_executor(scheduler=None, n_workers=0)


def test_what_is_no_address_is_refused() -> None:
    with (
        pytest.raises(InputError, match="'nonsense' is no address.*tcp://HOST:8786"),
        open_executor(scheduler="nonsense", n_workers=1),
    ):
        pass


def test_a_scheduler_that_does_not_answer_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("audit.executors.dask_workers._SECONDS_TO_ANSWER", 1)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    with (
        pytest.raises(UnavailableError, match=f"{address} does not answer"),
        open_executor(scheduler=address, n_workers=1),
    ):
        pass


def test_a_scheduler_without_workers_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    distributed = pytest.importorskip("distributed", reason="the extra `dask` is not installed")
    monkeypatch.setattr("audit.executors.dask_workers._SECONDS_TO_ANSWER", 1)
    with (
        distributed.LocalCluster(n_workers=0, dashboard_address=":0") as empty,
        pytest.raises(UnavailableError, match="has no workers: start some with `dask worker"),
        open_executor(scheduler=empty.scheduler_address, n_workers=1),
    ):
        pass


@pytest.mark.slow
def test_work_that_no_worker_is_left_for_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    distributed = pytest.importorskip("distributed", reason="the extra `dask` is not installed")
    monkeypatch.setattr("audit.executors.dask_workers._SECONDS_TO_ANSWER", 1)
    monkeypatch.setattr("audit.executors.dask_workers._SECONDS_TO_COME_BACK", 1)
    with (
        distributed.LocalCluster(
            n_workers=1, threads_per_worker=1, processes=False, protocol="tcp://", dashboard_address=":0"
        ) as cluster,
        open_executor(scheduler=cluster.scheduler_address, n_workers=1) as execute,
    ):
        results = execute(slowest_first, range(1, 30))
        assert next(results) == 1
        cluster.scale(0)
        with pytest.raises(UnavailableError, match="has had no workers for 1 seconds: read what they logged"):
            list(results)


def test_without_dask_the_option_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with (
        pytest.raises(InputError, match=r"pip install 'mask-audit\[dask\]'"),
        open_executor(scheduler="tcp://127.0.0.1:8786", n_workers=1),
    ):
        pass
