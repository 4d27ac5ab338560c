"""How a long job tells how far it is."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Takes the progress of a job: how much there is in all, and how much more is done."""

    start: Callable[[int], object]
    advance: Callable[[int], object]


def _nothing(n: int) -> None:
    del n


SILENT = Progress(start=_nothing, advance=_nothing)
"""For jobs that nobody watches."""
