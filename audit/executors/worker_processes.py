"""Worker processes of this machine, an item at a time each; what a lost worker was doing is done again.

`concurrent.futures` gives up all of its pool when one process of it dies, and its processes outlive a parent
that is killed; here each has a pipe of its own, and ends when the other end is gone.
"""

import signal
import traceback
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar

from audit.errors import UnavailableError

Item = TypeVar("Item")
Result = TypeVar("Result")

_AHEAD = 4
"""Items begun for each worker before the first of them is handed on: bounds what waits in memory."""

_MOST_LOSSES = 3
"""Workers that one item may cost."""

_CONTEXT = get_context("spawn")  # a fork would copy locks that threads of Arrow hold


@contextmanager
def open_worker_processes(n_workers: int) -> Iterator["_Crew"]:
    """Give a map over worker processes; they end with it, also by Ctrl-C.

    Raises:
        UnavailableError: an item ends every worker that takes it up.
    """
    crew = _Crew(n_workers)
    try:
        yield crew
    finally:
        crew.dismiss()


@dataclass(slots=True, kw_only=True)
class _Work:
    """The items of one map.

    Attributes:
        coming: items with their numbers, not taken yet.
        again: items whose worker was lost.
        given: number and item that each worker has, by its connection.
        done: results that wait for an earlier one.
        n_handed_on: results that went out.
    """

    coming: Iterator[tuple[int, Any]]
    again: deque[tuple[int, Any]] = field(default_factory=deque)
    given: dict[Connection, tuple[int, Any]] = field(default_factory=dict)
    done: dict[int, Any] = field(default_factory=dict)
    n_handed_on: int = field(default=0)
    n_losses: Counter[int] = field(default_factory=Counter)

    def take(self, most_ahead: int) -> tuple[int, Any] | None:
        """The next item to begin; None where none is left, or enough are begun."""
        if self.again:
            return self.again.popleft()
        return next(self.coming, None) if len(self.given) + len(self.done) < most_ahead else None

    def lose(self, connection: Connection) -> None:
        """Put back what a lost worker was doing."""
        number, item = self.given.pop(connection)
        self.n_losses[number] += 1
        if self.n_losses[number] >= _MOST_LOSSES:
            raise UnavailableError(
                f"{_MOST_LOSSES} worker processes ended while computing the same partition ({item}): check "
                "that memory suffices, or take fewer --workers; what is done stays"
            )
        self.again.append((number, item))


class _Crew:
    """So many workers, started when there is work; called, it is a map."""

    def __init__(self, n_workers: int) -> None:
        self._n_workers = n_workers
        self._workers: dict[Connection, BaseProcess] = {}

    def __call__(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        work = _Work(coming=enumerate(items))
        try:
            while True:
                self._hand_out(function, work)
                while work.n_handed_on in work.done:
                    result = work.done.pop(work.n_handed_on)
                    work.n_handed_on += 1
                    yield result
                    self._hand_out(function, work)
                if not work.given:
                    return
                for connection in wait(list(work.given)):
                    self._hear(connection, work)  # type: ignore[arg-type]  # what was given is connections
        finally:
            # Abandoned: nobody is to take their answers for another map's. The crew may be dismissed by then.
            for connection in work.given.keys() & self._workers.keys():
                self._end(connection)

    def dismiss(self) -> None:
        """End the workers, whatever they are doing."""
        for process in self._workers.values():
            process.terminate()
        for connection in list(self._workers):
            self._end(connection)

    def _hand_out(self, function: Callable[[Item], Result], work: _Work) -> None:
        while len(work.given) < self._n_workers:
            numbered = work.take(_AHEAD * self._n_workers)
            if numbered is None:
                return
            connection = self._idle(work)
            work.given[connection] = numbered
            try:
                connection.send((function, numbered[1]))
            except OSError:
                self._lose(connection, work)

    def _idle(self, work: _Work) -> Connection:
        for connection in self._workers:
            if connection not in work.given:
                return connection
        connection, process = _start()
        self._workers[connection] = process
        return connection

    def _hear(self, connection: Connection, work: _Work) -> None:
        try:
            result, error = connection.recv()
        except (EOFError, OSError):
            self._lose(connection, work)
            return
        number, _ = work.given.pop(connection)
        if error is not None:
            raise error
        work.done[number] = result

    def _lose(self, connection: Connection, work: _Work) -> None:
        self._end(connection)
        work.lose(connection)

    def _end(self, connection: Connection) -> None:
        process = self._workers.pop(connection)
        process.terminate()
        process.join()
        connection.close()


def _start() -> tuple[Connection, BaseProcess]:
    ours, theirs = _CONTEXT.Pipe()
    process = _CONTEXT.Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    theirs.close()  # so that ours ends when the process does
    return ours, process


def _serve(connection: Connection) -> None:
    """Compute what comes in until the other end is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to all; who started us ends us
    while True:
        try:
            function, item = connection.recv()
        except (EOFError, OSError):
            return
        answer: tuple[Any, Exception | None]
        try:
            answer = function(item), None
        except Exception as error:  # noqa: BLE001  (raised where the result is waited for)
            error.add_note(traceback.format_exc())
            answer = None, error
        try:
            connection.send(answer)
        except OSError:  # who started us was killed meanwhile
            return
