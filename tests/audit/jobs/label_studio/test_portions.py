"""Requests are halved until they are taken, and nothing is sent twice or out of order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.jobs.label_studio.portions import Portions
from audit.review.label_studio.server_faults import TooLargeError

LIMIT = 10


class Gate:
    """Takes no request beyond a limit."""

    def __init__(self) -> None:
        self.taken: list[int] = []
        self.n_refused = 0

    def take(self, sizes: object) -> None:
        some = list(sizes)  # type: ignore[call-overload]
        if sum(some) > LIMIT:
            self.n_refused += 1
            raise TooLargeError
        self.taken += some


@given(st.lists(st.lists(st.integers(1, LIMIT), max_size=60), max_size=4))
def test_whatever_fits_by_itself_arrives_once_in_its_order(groups: list[list[int]]) -> None:
    gate, portions = Gate(), Portions()
    for sizes in groups:
        portions.send(sizes, gate.take)
    assert gate.taken == [size for sizes in groups for size in sizes]
    assert gate.n_refused <= 6  # 60 things are halved to one in five steps; what was learnt is not forgotten


def test_a_single_thing_that_is_too_large_is_refused_after_those_before_it() -> None:
    gate = Gate()
    with pytest.raises(TooLargeError):
        Portions().send([4, 6, 11, 1], gate.take)
    assert gate.taken == [4, 6]
