"""Drawing with unequal probabilities by the same tickets: Pareto sampling.

Every unit has a permanent random number u from its ticket and positive odds θ from its size; the n units with
the smallest [u/(1 − u)]/θ are drawn. With θ = λ/(1 − λ) and λ = n·size/Σ size this is Rosén's Pareto πps, and
the inclusion probabilities are λ but for an error of the second order.

A unit's rank depends on its own ticket and odds and on nothing else. Hence, as long as the odds stay, a
longer draw contains every shorter one, for every n. Odds made anew for another n do not promise that: a unit
whose λ comes near 1 overtakes others. A sample that grows keeps the odds of its first size; its inclusion
probabilities are then near cθ/(1 + cθ), no longer quite in proportion to the sizes, and known all the same
(`sampling.design.pareto_probabilities`).
"""

from collections.abc import Sequence
from math import fsum

import numpy as np
from numpy.typing import NDArray

from sampling.checks import as_weights, as_whole, check_weights
from sampling.errors import DesignError

Numbers = NDArray[np.float64]


def ticket_numbers(tickets: Sequence[str]) -> Numbers:
    """The permanent random numbers of tickets: u = the first 8 bytes / 2^64, strictly between 0 and 1.

    A ticket of zeros alone becomes 2^−65, one that would round to 1 the largest double below 1.

    Args:
        tickets: as `entity_ticket` and `annotation_ticket` give them: lower-case hex, 16 digits or more.

    Returns:
        u of each ticket, float64.

    Raises:
        DesignError: something is not a ticket.

    >>> ticket_numbers(["80" + 62 * "0", 64 * "f", 64 * "0"]).tolist() == [0.5, 1 - 2**-53, 2**-65]
    True
    """
    digits = "".join(ticket[:16] for ticket in tickets)
    if len(digits) != 16 * len(tickets):
        raise DesignError("a ticket has fewer than 16 hex digits: give tickets as the draw makes them")
    try:
        first_bytes = np.frombuffer(bytes.fromhex(digits), dtype=">u8")
    except ValueError:
        raise DesignError(
            "a ticket is not written in hex digits: give tickets as the draw makes them"
        ) from None
    return numbers_of(first_bytes.astype(np.uint64))


def numbers_of(first_bytes: NDArray[np.uint64]) -> Numbers:
    """The permanent random numbers of tickets whose first 8 bytes are read as one big-endian number.

    >>> numbers_of(np.array([2**63, 0], dtype=np.uint64)).tolist() == [0.5, 2**-65]
    True
    """
    numbers: Numbers = np.clip(first_bytes / 2.0**64, 2.0**-65, 1 - 2.0**-53)
    return numbers


def planned_odds(sizes: Numbers, n: int) -> Numbers:
    """The odds θ = λ/(1 − λ) of a draw of n with probabilities in proportion to size, λ = n·size/Σ size.

    Units whose λ would reach 1 are taken for certain, with infinite odds; the others share what is left of n,
    again and again until no λ reaches 1. The order of the sizes does not matter to the last bit.

    Args:
        sizes: finite and above 0: √N_e, N_e, or a measure of risk.
        n: units to draw, 1 ≤ n ≤ number of units.

    Returns:
        θ of each unit, float64; `inf` where it is certain.

    Raises:
        DesignError: a size is not a finite number above 0, or n is outside its range.

    Source: Rosén, "On sampling with probability proportional to size", Journal of Statistical Planning and
    Inference 62 (1997) 159–191; Ohlsson, "Sequential Poisson sampling", Journal of Official Statistics 14
    (1998) 149–162.

    >>> planned_odds(np.array([1.0, 1.0, 2.0, 9.0]), 2).tolist()
    [0.3333333333333333, 0.3333333333333333, 1.0, inf]
    """
    sizes = as_weights("sizes", sizes)
    _check_size(n, sizes.size)
    certain = np.full(sizes.shape, n == sizes.size)
    n_left, total = n, fsum(sizes)
    while not certain.all() and (reached := ~certain & (n_left * sizes >= total)).any():
        certain |= reached
        n_left, total = n - int(certain.sum()), fsum(sizes[~certain])
    odds: Numbers = np.full(sizes.shape, np.inf)
    share = n_left * sizes[~certain]
    odds[~certain] = share / (total - share)
    return odds


def pareto_draw(numbers: Numbers, odds: Numbers, n: int) -> NDArray[np.intp]:
    """The positions of the n units with the smallest [u/(1 − u)]/θ, by ascending rank.

    For the same numbers and odds a longer draw begins with the shorter one. Equal ranks go by position, so
    hand the units in by id where a draw must not depend on the order of a file.

    Args:
        numbers: u, strictly between 0 and 1, such as `ticket_numbers` gives.
        odds: θ above 0, `inf` for units that are certain; as long as `numbers`.
        n: units to draw: at least 1 and as many as are certain, at most all.

    Raises:
        DesignError: lengths differ, a number is outside its range, or n is.

    >>> pareto_draw(np.array([0.5, 0.2, 0.9, 0.4]), np.array([1.0, 0.1, np.inf, 1.0]), 3)
    array([2, 3, 0])
    """
    if numbers.shape != odds.shape or numbers.ndim != 1:
        raise DesignError(
            f"{numbers.shape} random numbers and {odds.shape} odds do not match: give one of each to a unit"
        )
    if not ((numbers > 0) & (numbers < 1)).all():
        raise DesignError("a random number is not between 0 and 1: make them with ticket_numbers")
    check_odds(odds, n)
    ranks = numbers / ((1 - numbers) * odds)
    last = np.partition(ranks, n - 1)[n - 1]
    below = np.flatnonzero(ranks < last)
    chosen = np.concatenate([below, np.flatnonzero(ranks == last)[: n - below.size]])
    by_rank: NDArray[np.intp] = chosen[np.lexsort((chosen, ranks[chosen]))]
    return by_rank


def check_odds(odds: Numbers, n: int) -> None:
    """Refuse odds that are not above 0, and an n that leaves out a certain unit or every uncertain one.

    Raises:
        DesignError: with the number that is wrong.
    """
    check_weights("odds", np.where(np.isposinf(odds), 1.0, odds))
    _check_size(n, odds.size)
    n_certain = int(np.isposinf(odds).sum())
    if n < n_certain or n == n_certain < odds.size:
        raise DesignError(
            f"{n_certain} of {odds.size} units are certain and {n} are asked: ask for more than are certain"
        )


def _check_size(n: int, n_available: int) -> None:
    if not 1 <= as_whole("the number of units", n) <= n_available:
        raise DesignError(f"{n} units of {n_available} cannot be drawn: ask for at least 1 and at most all")
