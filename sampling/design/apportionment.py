"""Whole numbers in proportion to measures, within bounds: once for a fresh draw, unit by unit for growth.

Measures and quotas are fractions throughout, so a result depends neither on the machine's rounding nor on the
order in which the shares are named.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from heapq import heapify, heappop, heapreplace
from math import floor


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What one claimant's size is made of.

    Attributes:
        measure: what it claims by, at least 0; above 0 where `most` is above `least`.
        least: the size it has at least, at least 0.
        most: the size it has at most, at least `least`.
    """

    measure: Fraction
    least: int
    most: int


def largest_remainder(shares: Mapping[str, Share], n: int) -> dict[str, int]:
    """The shares of n units by the method of the largest remainder (Hamilton), ties by name.

    The quotas q = min(most, max(least, λ·measure)) with the one λ at which they add up to n are rounded down,
    and what is left goes one each to the largest remainders. A quota at a bound is whole and gets nothing
    more, so every size is within its bounds and less than a unit away from its quota.

    Args:
        shares: by name.
        n: Σ least ≤ n ≤ Σ most.

    Returns:
        The sizes, in the order of `shares`; they add up to n.

    Source: Balinski and Young, Fair Representation, 2nd ed. 2001, ch. 2 and app. A.

    >>> claims = {"a": Fraction(50), "b": Fraction(30), "c": Fraction(10)}
    >>> largest_remainder({name: Share(measure=m, least=0, most=9) for name, m in claims.items()}, 11)
    {'a': 6, 'b': 4, 'c': 1}
    """
    level = _level(shares, n)
    quotas = {name: _quota(share, level) for name, share in shares.items()}
    sizes = {name: floor(quota) for name, quota in quotas.items()}
    by_remainder = sorted(quotas, key=lambda name: (sizes[name] - quotas[name], name))
    for name in by_remainder[: n - sum(sizes.values())]:
        sizes[name] += 1
    return sizes


def sainte_lague(shares: Mapping[str, Share], n: int) -> dict[str, int]:
    """The shares of n units given out one by one by the divisors 1, 3, 5, … (Sainte-Laguë, Webster).

    Everyone starts at `least`. The next unit goes to the largest measure/(2·size + 1) among those below
    `most`, ties by name. Hence it is monotone in n, and growing in two steps is growing in one.

    Args:
        shares: by name.
        n: Σ least ≤ n ≤ Σ most.

    Returns:
        The sizes, in the order of `shares`; they add up to n.

    Source: Balinski and Young, Fair Representation, 2nd ed. 2001, app. A (divisor methods are
    house-monotone; Webster's alone favours neither large nor small).

    >>> claims = {"a": Fraction(6), "b": Fraction(6), "c": Fraction(2)}
    >>> shares = {name: Share(measure=m, least=0, most=9) for name, m in claims.items()}
    >>> sainte_lague(shares, 10), sainte_lague(shares, 11)
    ({'a': 5, 'b': 4, 'c': 1}, {'a': 5, 'b': 5, 'c': 1})
    """
    sizes = {name: share.least for name, share in shares.items()}
    # 1/priority, for the heap hands out its smallest; a measure of 0 has least = most and never waits.
    waiting = [
        (Fraction(2 * share.least + 1) / share.measure, name)
        for name, share in shares.items()
        if share.least < share.most
    ]
    heapify(waiting)
    for _ in range(n - sum(sizes.values())):
        name = waiting[0][1]
        sizes[name] += 1
        if sizes[name] < shares[name].most:
            heapreplace(waiting, ((2 * sizes[name] + 1) / shares[name].measure, name))
        else:
            heappop(waiting)
    return sizes


def _quota(share: Share, level: Fraction) -> Fraction:
    return min(Fraction(share.most), max(Fraction(share.least), level * share.measure))


def _level(shares: Mapping[str, Share], n: int) -> Fraction:
    """The λ at which the quotas add up to n.

    Their sum is piecewise linear and never falls; it bends where a quota leaves its least or reaches its
    most, so λ lies on the piece that ends at the first bend with a sum of at least n.
    """
    free = [share for share in shares.values() if share.least < share.most]
    bends = sorted({bound / share.measure for share in free for bound in (share.least, share.most)})
    below = Fraction(0)
    for bend in bends:
        excess = sum(_quota(share, bend) for share in shares.values()) - n
        if excess >= 0:
            slope = sum(
                (
                    share.measure
                    for share in free
                    if share.least <= below * share.measure and bend * share.measure <= share.most
                ),
                Fraction(0),
            )
            return bend - excess / slope if excess else bend
        below = bend
    return below
