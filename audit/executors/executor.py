"""Who computes: this process, processes of this machine, or the workers of a Dask cluster.

An executor is a `map`: a function and items in, results out, in the order of the items whoever was faster.
Items and results cross between processes, so both are small: paths and row ranges in, a table of numbers out.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol, TypeVar

from audit.errors import InputError
from audit.executors.dask_workers import open_dask_workers
from audit.executors.worker_processes import open_worker_processes

Item = TypeVar("Item")
Result = TypeVar("Result")


class ExecutorMap(Protocol):
    """Applies a function of a module, which has no effect but its result, to items."""

    def __call__(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        """Give the result of every item, in order; a few items are begun ahead of the one waited for."""
        ...


def open_executor(*, scheduler: str | None, n_workers: int) -> AbstractContextManager[ExecutorMap]:
    """Give the executor that was asked for, as long as it is open.

    Args:
        scheduler: address of a Dask scheduler; None computes on this machine.
        n_workers: processes of this machine; 1 is this process itself. Does not count on Dask.

    Raises:
        InputError: fewer than one worker, or Dask is not installed.
        UnavailableError: the scheduler does not answer, or has no workers.
    """
    if n_workers < 1:
        raise InputError(f"--workers {n_workers}: at least one worker is needed")
    if scheduler is not None:
        return open_dask_workers(scheduler)
    return open_this_process() if n_workers == 1 else open_worker_processes(n_workers)


@contextmanager
def open_this_process() -> Iterator[ExecutorMap]:
    """Give a map that does one item after the other here.

    It does so in a thread of its own: Ctrl-C reaches the main thread alone, where it must not meet compiled
    code that is about to hand back a result (Numba then crashes the process).
    """
    with ThreadPoolExecutor(1) as thread:

        def one_by_one(function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
            return (thread.submit(function, item).result() for item in items)

        yield one_by_one
