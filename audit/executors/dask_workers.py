"""The workers of a Dask cluster (`mask-audit[dask]`); the scheduler gives again what a lost one was doing."""

import logging
import socket
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib import import_module
from itertools import islice
from typing import Any, TypeVar

from audit.errors import InputError, UnavailableError

Item = TypeVar("Item")
Result = TypeVar("Result")

_SECONDS_TO_ANSWER = 10
_SECONDS_TO_COME_BACK = 60
"""That a cluster may be without any worker before what it was to do is given up."""

_AHEAD = 4
"""Items begun for each thread of the cluster before the first of them is handed on."""


@contextmanager
def open_dask_workers(address: str) -> Iterator["_Cluster"]:
    """Give a map over the workers of a Dask cluster, which may come and go meanwhile.

    Args:
        address: of the scheduler, such as tcp://10.0.0.1:8786.

    Raises:
        InputError: Dask is not installed, or the address is none.
        UnavailableError: the scheduler does not answer, has no workers, or is lost later; its workers go and
            none comes back; or an item ends every worker that takes it up.
    """
    distributed = _distributed()
    with _connected(distributed, address) as client:
        try:
            client.wait_for_workers(1, timeout=_SECONDS_TO_ANSWER)
        except TimeoutError as error:
            raise UnavailableError(
                f"the Dask scheduler at {address} has no workers: start some with `dask worker {address}`"
            ) from error
        yield _Cluster(distributed, client, address)


def _distributed() -> Any:  # noqa: ANN401  (the module; an extra, without types)
    try:
        distributed = import_module("distributed")
    except ImportError as error:
        raise InputError(
            "--scheduler needs Dask, which is not installed: add it with `pip install 'mask-audit[dask]'`, "
            "or leave the option out"
        ) from error
    # What it logs of lost connections, with tracebacks, is told in one sentence here.
    logging.getLogger("distributed.client").setLevel(logging.CRITICAL)
    return distributed


@contextmanager
def _connected(distributed: Any, address: str) -> Iterator[Any]:  # noqa: ANN401
    try:
        # Looked for first: a client that fails while it is made stops its loop whenever it is collected, and
        # waits for ever if another client is being made just then.
        place = import_module("distributed.comm").get_address_host_port(address)
        socket.create_connection(place, timeout=_SECONDS_TO_ANSWER).close()
        client = distributed.Client(address, timeout=_SECONDS_TO_ANSWER, set_as_default=False)
    except ValueError as error:
        raise InputError(
            f"--scheduler {address!r} is no address ({error}): give one such as tcp://HOST:8786"
        ) from error
    except OSError as error:
        raise UnavailableError(
            f"the Dask scheduler at {address} does not answer ({error}): check the address and that it runs"
        ) from error
    try:
        yield client
    finally:
        client.close()


class _Cluster:
    """The workers behind one scheduler; called, it is a map."""

    def __init__(self, distributed: Any, client: Any, address: str) -> None:  # noqa: ANN401
        self._distributed = distributed
        self._client = client
        self._address = address

    def __call__(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        coming = iter(items)
        under_way: deque[tuple[Item, Any]] = deque()
        with self._loss_told():
            try:
                while True:
                    for item in islice(coming, max(0, self._room() - len(under_way))):
                        # Not pure: an item is not to be taken for an equal one of an earlier run.
                        under_way.append((item, self._client.submit(function, item, pure=False)))
                    if not under_way:
                        return
                    yield self._result(*under_way.popleft())
            finally:
                self._client.cancel([future for _, future in under_way])

    def _room(self) -> int:
        threads: dict[str, int] = self._client.nthreads()
        return max(1, _AHEAD * sum(threads.values()))

    def _result(self, item: object, future: Any) -> Any:  # noqa: ANN401
        while True:
            try:
                return future.result(timeout=_SECONDS_TO_ANSWER)
            except self._distributed.KilledWorker as error:
                raise UnavailableError(
                    f"workers of {self._address} ended while computing the same partition ({item}): check "
                    "that their memory suffices; what is done stays"
                ) from error
            except TimeoutError:
                if future.status == "error":  # the function's own
                    raise
                self._wait_for_workers()

    def _wait_for_workers(self) -> None:
        """Return as soon as there are any; with none left, nobody would ever answer."""
        try:
            self._client.wait_for_workers(1, timeout=_SECONDS_TO_COME_BACK)
        except TimeoutError as error:
            raise UnavailableError(
                f"the Dask scheduler at {self._address} has had no workers for {_SECONDS_TO_COME_BACK} "
                "seconds: read what they logged before they ended (each needs mask-audit, in the version "
                "of this command), and run the command again; what is done stays"
            ) from error

    @contextmanager
    def _loss_told(self) -> Iterator[None]:
        comm = import_module("distributed.comm")
        try:
            yield
        except (self._distributed.CancelledError, comm.CommClosedError) as error:
            raise UnavailableError(
                f"the Dask scheduler at {self._address} was lost: what is done stays, run the command again"
            ) from error
