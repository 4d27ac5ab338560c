"""A stored order of review: blocks that each hold every stratum, in nearly the shares of the whole."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from sampling.checks import as_whole
from sampling.errors import DesignError

SMALLEST_BLOCK = 10


def block_numbers(sizes: Mapping[str, int]) -> dict[str, NDArray[np.int64]]:
    """The block of every unit, by stratum and rank; a rank is the place by ticket within the stratum, from 0.

    K = max(1, min(min n_h, ⌊n/10⌋)) blocks; rank j of stratum h goes to block ⌊j·K/n_h⌋. Every block holds
    ⌊n_h/K⌋ or ⌈n_h/K⌉ units of each stratum and so at least one, as the test of a mix asks for; the
    first blocks of a stratum are as good a random sample of it as any, since tickets are random.

    Args:
        sizes: n_h, units drawn in each stratum; at least 1 each.

    Returns:
        For every stratum n_h block numbers from 0 to K − 1, never falling with the rank.

    Raises:
        DesignError: there is no stratum, or one has no unit.

    >>> order = block_numbers({"entity": 1400, "query": 400, "wiki": 200})
    >>> {stratum: int((blocks == 17).sum()) for stratum, blocks in order.items()}
    {'entity': 7, 'query': 2, 'wiki': 1}
    """
    sizes = {stratum: as_whole(f"the size of stratum {stratum!r}", n_h) for stratum, n_h in sizes.items()}
    _refuse_empty(sizes)
    n_blocks = max(1, min(*sizes.values(), sum(sizes.values()) // SMALLEST_BLOCK))
    return {stratum: np.arange(n_h, dtype=np.int64) * n_blocks // n_h for stratum, n_h in sizes.items()}


def grown_block_numbers(
    present: Mapping[str, NDArray[np.int64]], sizes: Mapping[str, int]
) -> dict[str, NDArray[np.int64]]:
    """The order of a sample that has grown: units keep their blocks, the added ones form further blocks.

    The added units are laid out by `block_numbers` among themselves, so every further block again holds every
    stratum. A claim about the mix keeps the weights of the first draw, whatever the added shares are.

    Args:
        present: what `block_numbers`, or an earlier growth, gave.
        sizes: n_h after the growth, of the same strata, each above its present size.

    Raises:
        DesignError: the strata differ, or one of them gains nothing.

    >>> order = block_numbers({"entity": 30, "wiki": 10})
    >>> grown = grown_block_numbers(order, {"entity": 45, "wiki": 15})
    >>> int(order["wiki"].max()), grown["wiki"][10:].tolist()
    (3, [4, 4, 4, 5, 5])
    """
    _refuse_empty({stratum: blocks.size for stratum, blocks in present.items()})
    if present.keys() != sizes.keys():
        raise DesignError(
            f"the order has the strata {sorted(present)} and sizes are given for {sorted(sizes)}: "
            "an ordered sample grows in all its strata and in no other"
        )
    added = {stratum: sizes[stratum] - blocks.size for stratum, blocks in present.items()}
    if idle := [f"{stratum!r} ({sizes[stratum]})" for stratum, n_added in added.items() if n_added < 1]:
        raise DesignError(
            f"no unit is added to {', '.join(idle)}: every further block needs every stratum, "
            "so let each gain at least 1"
        )
    first = 1 + max(int(blocks.max()) for blocks in present.values())
    further = block_numbers(added)
    return {
        stratum: np.concatenate([blocks, first + further[stratum]]) for stratum, blocks in present.items()
    }


def _refuse_empty(sizes: Mapping[str, int]) -> None:
    if not sizes:
        raise DesignError("no stratum is given: an order of review needs at least one")
    for stratum, n_h in sizes.items():
        if n_h < 1:
            raise DesignError(
                f"stratum {stratum!r} has {n_h} units: every block needs every stratum, so draw at least 1"
            )
