"""Decides in which order one reviewer sees the masks of a sample, and which come next."""

import hashlib
import heapq
from collections import defaultdict, deque
from collections.abc import Container, Mapping, Sequence
from math import inf
from types import MappingProxyType

WINDOW_SIZE = 12
"""Items that a browser holds ready: at least 20 seconds of work."""

UNITS_APART = 20
"""Masks judged in between before another mask of the same mention is shown, where there are enough."""

ONE_BLOCK: Mapping[int, int] = MappingProxyType({})
"""No stored order: all units may come at any time."""


def review_order(
    mask_units: Mapping[str, int],
    *,
    seed: int,
    reviewer: str,
    block_of: Mapping[int, int] = ONE_BLOCK,
    apart: int = UNITS_APART,
) -> tuple[str, ...]:
    """All masks in the order of one reviewer: block after block, at random inside each.

    The order comes from hashed tickets: the same for the same seed and reviewer, whatever the order of
    `mask_units`, and unrelated between reviewers. Of the masks that may be shown, the one with the smallest
    ticket is next; a mask waits until `apart` others followed the last one of its mention, unless only such
    masks are left.

    Args:
        mask_units: the unit (mention) of every mask.
        seed: the sample's.
        reviewer: name.
        block_of: place of each unit in the sample's stored order; units that it does not name come last.
        apart: masks in between, at least 0.

    >>> review_order({"a": 1, "b": 1, "c": 2}, seed=7, reviewer="local", apart=1)
    ('b', 'c', 'a')
    >>> review_order({"a": 1, "b": 2, "c": 3}, seed=7, reviewer="local", block_of={1: 1, 2: 0, 3: 1})
    ('b', 'c', 'a')
    """
    tickets = sorted((_ticket(seed, reviewer, mask_id), mask_id) for mask_id in mask_units)
    blocks: dict[float, list[tuple[str, str]]] = defaultdict(list)
    for ticket, mask_id in tickets:
        blocks[block_of.get(mask_units[mask_id], inf)].append((ticket, mask_id))
    return tuple(mask_id for block in sorted(blocks) for mask_id in _apart(blocks[block], mask_units, apart))


def _apart(tickets: list[tuple[str, str]], mask_units: Mapping[str, int], apart: int) -> list[str]:
    """Masks in order of their tickets, but for those that wait for others of their mention."""
    waiting_of_unit: dict[int, deque[tuple[str, str]]] = defaultdict(deque)
    for ticket, mask_id in tickets:
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
    return order


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
