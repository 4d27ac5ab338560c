"""How many to draw in each stratum: asked one by one, shared out by a rule, or grown from what is there."""

from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType

from sampling.checks import as_whole
from sampling.design.allocation_rules import AllocationRule
from sampling.design.apportionment import Share, largest_remainder, sainte_lague
from sampling.errors import DesignError

NOTHING: Mapping[str, int] = MappingProxyType({})


def explicit_allocation(available: Mapping[str, int], asked: Mapping[str, int]) -> dict[str, int]:
    """The sizes asked for, checked against what there is.

    Args:
        available: M_h (or N_h), what each stratum has to draw from.
        asked: n_h of the strata to draw from.

    Raises:
        DesignError: nothing is asked, a stratum is unknown, or a size is below 1 or above what its stratum
            has; one message names all of them.

    >>> explicit_allocation({"entity": 18000, "wiki": 2030000}, {"entity": 1400, "wiki": 200})
    {'entity': 1400, 'wiki': 200}
    """
    if not asked:
        raise DesignError(f"no stratum is asked for: name some of {_names(available)}")
    available, asked = _whole(available), _whole(asked)
    _refuse(_size_faults(available, asked, least=1))
    return asked


def allocate(
    available: Mapping[str, int],
    n: int,
    rule: AllocationRule,
    *,
    sizes: Mapping[str, int] | None = None,
    fixed: Mapping[str, int] = NOTHING,
    at_least: Mapping[str, int] = NOTHING,
) -> dict[str, int]:
    """A total of n units over the strata by a rule, summing exactly to n: for a fresh draw.

    The strata that are not fixed share n − Σ fixed by the method of the largest remainder (Hamilton), ties by
    the stratum's name, in exact fractions. A stratum whose share would fall below `at_least` gets that many,
    one whose share would pass what it has gets all it has, and the others share the rest. Largest remainder
    is not monotone in n (the Alabama paradox): a sample that grows uses `grow`.

    Args:
        available: M_h (or N_h), what each stratum has to draw from.
        n: units in all, the fixed ones included; at least 1.
        rule: by what they share.
        sizes: what the rule takes as the size of each stratum of `available`, where that is something else:
            N_h where entities are drawn and the accuracy of annotations matters.
        fixed: strata whose size is given.
        at_least: sizes that must not be undercut.

    Returns:
        n_h of every stratum of `available`, in its order; 0 where a stratum's share rounds to nothing.

    Raises:
        DesignError: the wishes contradict each other or what there is, with the numbers.

    Source: Cochran, Sampling Techniques, 3rd ed. 1977, ch. 5; Balinski and Young, Fair Representation,
    2nd ed. 2001 (largest remainder, Alabama paradox).

    >>> from sampling.design.allocation_rules import named_rule
    >>> allocate({"entity": 18000, "query": 8500, "wiki": 2030000}, 2000, named_rule("power:0.25", {}))
    {'entity': 393, 'query': 326, 'wiki': 1281}
    """
    shares = _shares(available, rule, available if sizes is None else sizes, fixed, at_least)
    return largest_remainder(shares, _possible_total(n, shares, fixed))


def grow(
    available: Mapping[str, int],
    present: Mapping[str, int],
    n: int,
    rule: AllocationRule,
    *,
    sizes: Mapping[str, int] | None = None,
    fixed: Mapping[str, int] = NOTHING,
) -> dict[str, int]:
    """A sample of present sizes grown to n units in all: no stratum shrinks, and the sum is exactly n.

    The units that come go one by one to the stratum that is furthest behind its share by Webster's divisors,
    so a sample grown in several steps is the sample grown at once.

    Args:
        available: M_h (or N_h), what each stratum has to draw from.
        present: n_h of the sample as it is; a stratum that is not named has none yet.
        n: units in all after growing, the fixed ones included; at least Σ present.
        rule: by what the strata share.
        sizes: as in `allocate`.
        fixed: strata whose size after growing is given, at least the present one.

    Returns:
        n_h of every stratum of `available`, in its order.

    Raises:
        DesignError: the wishes contradict each other or what there is, with the numbers.

    Source: Balinski and Young, Fair Representation, 2nd ed. 2001 (divisor methods are house-monotone).

    >>> from sampling.design.allocation_rules import PROPORTIONAL
    >>> grow({"a": 600, "b": 600, "c": 200}, {"a": 4, "b": 4, "c": 2}, 11, PROPORTIONAL)
    {'a': 5, 'b': 4, 'c': 2}
    """
    shares = _shares(available, rule, available if sizes is None else sizes, fixed, present)
    return sainte_lague(shares, _possible_total(n, shares, fixed))


def least_sizes(available: Mapping[str, int], minimum: int) -> dict[str, int]:
    """The minimum for every stratum, or all that it has where that is less; for `at_least`.

    Raises:
        DesignError: the minimum is negative.

    >>> least_sizes({"entity": 18000, "human": 60}, 100)
    {'entity': 100, 'human': 60}
    """
    if as_whole("the minimum of a stratum", minimum) < 0:
        raise DesignError(f"the minimum of a stratum is {minimum}: give at least 0")
    return {stratum: min(minimum, N_h) for stratum, N_h in available.items()}


def _shares(
    available: Mapping[str, int],
    rule: AllocationRule,
    sizes: Mapping[str, int],
    fixed: Mapping[str, int],
    at_least: Mapping[str, int],
) -> dict[str, Share]:
    available, sizes, fixed, at_least = map(_whole, (available, sizes, fixed, at_least))
    _refuse(
        _availability_faults(available)
        + _size_faults(available, fixed, least=0)
        + _size_faults(available, at_least, least=0)
        + _shrunk_faults(fixed, at_least)
        + _measure_faults(available, sizes)
    )
    measures = rule.measures({h: sizes[h] for h in available if h not in fixed and available[h]})
    return {
        stratum: Share(
            measure=measures.get(stratum, Fraction(0)),
            least=fixed.get(stratum, at_least.get(stratum, 0)),
            # A stratum that the rule gives no share of can only be held at its least.
            most=fixed.get(stratum, N_h if measures.get(stratum) else at_least.get(stratum, 0)),
        )
        for stratum, N_h in available.items()
    }


def _whole(sizes: Mapping[str, int]) -> dict[str, int]:
    """The sizes as ints, whatever integer type they have: those of numpy do not go into exact fractions."""
    return {stratum: as_whole(f"the size of stratum {stratum!r}", n_h) for stratum, n_h in sizes.items()}


def _availability_faults(available: Mapping[str, int]) -> list[str]:
    return [
        f"stratum {stratum!r} has {n_available} to draw from: give at least 0"
        for stratum, n_available in available.items()
        if n_available < 0
    ]


def _size_faults(available: Mapping[str, int], sizes: Mapping[str, int], *, least: int) -> list[str]:
    faults = []
    for stratum, n_h in sizes.items():
        if stratum not in available:
            faults.append(f"stratum {stratum!r} is not in the frame, which has {_names(available)}")
        elif n_h < least:
            faults.append(f"stratum {stratum!r} is asked for {n_h}: ask for at least {least}")
        elif n_h > available[stratum]:
            faults.append(
                f"stratum {stratum!r} has {available[stratum]} to draw from and {n_h} are asked: ask less"
            )
    return faults


def _shrunk_faults(fixed: Mapping[str, int], at_least: Mapping[str, int]) -> list[str]:
    return [
        f"stratum {stratum!r} is fixed at {n_h} but must keep {at_least[stratum]}"
        for stratum, n_h in fixed.items()
        if n_h < at_least.get(stratum, 0)
    ]


def _measure_faults(available: Mapping[str, int], sizes: Mapping[str, int]) -> list[str]:
    return [
        f"stratum {stratum!r} has {n_available} to draw from but no size above 0: give its size"
        for stratum, n_available in available.items()
        if n_available > 0 and sizes.get(stratum, 0) <= 0
    ]


def _possible_total(n: int, shares: Mapping[str, Share], fixed: Mapping[str, int]) -> int:
    """The size as an int, where the shares can add up to it."""
    n = as_whole("the size", n)
    n_fixed = sum(fixed.values())
    n_least = sum(share.least for share in shares.values()) - n_fixed
    n_most = sum(share.most for share in shares.values()) - n_fixed
    if n < 1:
        raise DesignError(f"the size is {n}: ask for at least 1 unit")
    if n - n_fixed < n_least:
        raise DesignError(
            f"size {n} is too small: {n_fixed} are fixed and the other strata must keep {n_least}"
        )
    if n - n_fixed > n_most:
        raise DesignError(
            f"size {n} is too large: {n_fixed} are fixed and the other strata have {n_most} in all"
        )
    return n


def _names(available: Mapping[str, int]) -> str:
    return ", ".join(repr(stratum) for stratum in sorted(available)) or "no stratum"


def _refuse(faults: list[str]) -> None:
    if faults:
        raise DesignError("; ".join(faults))
