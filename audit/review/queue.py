"""Decides in which order one reviewer sees the masks of a sample, and which come next."""

import heapq
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from math import inf
from types import MappingProxyType

from audit.review.tickets import ticket_of

WINDOW_SIZE = 12
"""Items that a browser holds ready: at least 20 seconds of work."""

MOST_HELD = 4 * WINDOW_SIZE
"""Nobody is given more while they hold so many, however many of them are said not to be had at present."""

N_RECENT = 40
"""Verdicts that a browser knows of: ten to show, the rest so that undo never waits."""

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
    """All masks in the order of one reviewer who works alone: block after block, at random inside each.

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
    order = ticket_order(mask_units, seed=seed, reviewer=reviewer, block_of=block_of)
    return tuple(in_turn(order, mask_units, block_of=block_of, apart=apart))


def ticket_order(
    mask_units: Mapping[str, int], *, seed: int, reviewer: str, block_of: Mapping[int, int] = ONE_BLOCK
) -> tuple[str, ...]:
    """All masks, block after block, inside each in order of hashed tickets.

    The tickets are the same for the same seed and reviewer, whatever the order of `mask_units`, and unrelated
    between reviewers. The arguments are those of `review_order`.
    """
    return tuple(
        sorted(
            mask_units,
            key=lambda mask_id: (
                block_of.get(mask_units[mask_id], inf),
                ticket_of("review", seed, reviewer, mask_id),
                mask_id,
            ),
        )
    )


def in_turn(
    masks: Iterable[str],
    mask_units: Mapping[str, int],
    *,
    block_of: Mapping[int, int] = ONE_BLOCK,
    latest: Sequence[int] = (),
    apart: int = UNITS_APART,
) -> Iterator[str]:
    """Masks in the order given, except that masks of one mention are kept apart inside a block.

    Of the masks that may be shown the first is next; a mask waits until `apart` others followed the last one
    of its mention, unless its block has no other left. Whoever is given only some of these masks is given the
    same later ones if they are asked for again with what was shown in `latest`.

    Args:
        masks: block after block, each in its order.
        mask_units: the unit (mention) of every mask.
        block_of: as for `review_order`.
        latest: the units of the masks shown last, oldest first.
        apart: masks in between, at least 0.

    >>> list(in_turn("abc", {"a": 1, "b": 1, "c": 2}, latest=[2], apart=1))
    ['a', 'c', 'b']
    """
    shown = deque(latest, maxlen=apart)
    for _, block in groupby(masks, key=lambda mask_id: block_of.get(mask_units[mask_id], inf)):
        for mask_id in _apart(block, mask_units, shown):
            shown.append(mask_units[mask_id])
            yield mask_id


def _apart(masks: Iterable[str], mask_units: Mapping[str, int], shown: Sequence[int]) -> Iterator[str]:
    """Masks of one block; those of the units in `shown`, which the caller keeps up to date, wait."""
    waiting_of_unit: dict[int, deque[tuple[int, str]]] = defaultdict(deque)
    for place, mask_id in enumerate(masks):
        waiting_of_unit[mask_units[mask_id]].append((place, mask_id))
    resting = deque(unit for unit in dict.fromkeys(reversed(shown)) if unit in waiting_of_unit)
    resting.reverse()  # the one shown last comes last
    ready = [waiting_of_unit[unit].popleft() for unit in waiting_of_unit.keys() - set(resting)]
    heapq.heapify(ready)
    while ready or resting:
        while resting and (resting[0] not in shown or not ready):
            heapq.heappush(ready, waiting_of_unit[resting.popleft()].popleft())
        _, mask_id = heapq.heappop(ready)
        yield mask_id
        if waiting_of_unit[mask_units[mask_id]]:
            resting.append(mask_units[mask_id])
