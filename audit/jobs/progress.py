"""How a long job tells how far it is."""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Takes the progress of a job: how much there is in all, and how much more is done."""

    start: Callable[[int], object]
    advance: Callable[[int], object]


def _nothing(n: int) -> None:
    del n


SILENT = Progress(start=_nothing, advance=_nothing)
"""For jobs that nobody watches."""


class StoppedError(Exception):
    """The main thread no longer waits for the result."""


def stoppable(progress: Progress, stop: Event) -> Progress:
    """Give progress that ends the thread that makes it, by StoppedError, once `stop` is set."""

    def advance(n: int) -> None:
        if stop.is_set():
            raise StoppedError
        progress.advance(n)

    return Progress(start=progress.start, advance=advance)
