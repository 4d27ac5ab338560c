"""Decides in which order one reviewer sees the masks of a sample, and which come next."""

import hashlib
import heapq
from collections import defaultdict, deque
from collections.abc import Container, Mapping, Sequence

WINDOW_SIZE = 12
"""Items that a browser holds ready: at least 20 seconds of work."""

UNITS_APART = 20
"""Masks judged in between before another mask of the same mention is shown, where there are enough."""


def review_order(
    mask_units: Mapping[str, int], *, seed: int, reviewer: str, apart: int = UNITS_APART
) -> tuple[str, ...]:
    """All masks in the random order of one reviewer, the masks of one mention kept apart.

    The order comes from hashed tickets: the same for the same seed and reviewer, whatever the order of
    `mask_units`, and unrelated between reviewers. Of the masks that may be shown, the one with the smallest
    ticket is next; a mask waits until `apart` others followed the last one of its mention, unless only such
    masks are left.

    Args:
        mask_units: the unit (mention) of every mask.
        seed: the sample's.
        reviewer: name.
        apart: masks in between, at least 0.

    >>> review_order({"a": 1, "b": 1, "c": 2}, seed=7, reviewer="local", apart=1)
    ('b', 'c', 'a')
    """
    waiting_of_unit: dict[int, deque[tuple[str, str]]] = defaultdict(deque)
    for ticket, mask_id in sorted((_ticket(seed, reviewer, mask_id), mask_id) for mask_id in mask_units):
        waiting_of_unit[mask_units[mask_id]].append((ticket, mask_id))
    ready = [masks.popleft() for masks in waiting_of_unit.values()]
    heapq.heapify(ready)
    resting: deque[tuple[int, int]] = deque()  # position from which the unit may be shown again, unit
    order: list[str] = []
    while ready or resting:
        while resting and (resting[0][0] <= len(order) or not ready):
            heapq.heappush(ready, waiting_of_unit[resting.popleft()[1]].popleft())
        _, mask_id = heapq.heappop(ready)
        order.append(mask_id)
        if waiting_of_unit[mask_units[mask_id]]:
            resting.append((len(order) + apart, mask_units[mask_id]))
    return tuple(order)


def next_masks(order: Sequence[str], settled: Container[str], *, n: int = WINDOW_SIZE) -> list[str]:
    """The first `n` masks of an order that are not settled: what the reviewer judges next.

    >>> next_masks(["a", "b", "c", "d"], {"a", "c"}, n=2)
    ['b', 'd']
    """
    coming: list[str] = []
    for mask_id in order:
        if len(coming) == n:
            break
        if mask_id not in settled:
            coming.append(mask_id)
    return coming


def _ticket(seed: int, reviewer: str, mask_id: str) -> str:
    return hashlib.sha256(f"mask-audit/1\nreview\n{seed}\n{reviewer}\n{mask_id}".encode()).hexdigest()
