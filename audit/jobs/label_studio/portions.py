"""Sends things in requests no larger than what is taken."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from audit.review.label_studio.server_faults import TooLargeError

Thing = TypeVar("Thing")


class Portions:
    """Requests to one place, whose limit is learnt from what it refuses."""

    def __init__(self) -> None:
        self._most: int | None = None

    def send(self, things: Sequence[Thing], send: Callable[[Sequence[Thing]], None]) -> None:
        """Send things in their order, with half as many in each request as often as that is too large.

        Raises:
            TooLargeError: a single one is.
        """
        n_sent = 0
        while n_sent < len(things):
            some = things[n_sent:][: self._most]
            try:
                send(some)
            except TooLargeError:
                if len(some) == 1:
                    raise
                self._most = len(some) // 2
            else:
                n_sent += len(some)
