"""How many to draw in each stratum: asked one by one, or in proportion with exact rounding."""

from collections.abc import Mapping
from types import MappingProxyType

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
    _refuse(_size_faults(available, asked, least=1))
    return dict(asked)


def proportional_allocation(
    available: Mapping[str, int],
    n: int,
    *,
    fixed: Mapping[str, int] = NOTHING,
    at_least: Mapping[str, int] = NOTHING,
) -> dict[str, int]:
    """A total of n units over the strata in proportion to what each has, summing exactly to n.

    The strata that are not fixed share n − Σ fixed by the method of the largest remainder (Hamilton), ties by
    the stratum's name, in whole numbers throughout. A stratum whose share would fall below `at_least` gets
    that many and the others share the rest. No stratum gets more than it has. Largest remainder alone is not
    monotone in n (the Alabama paradox), so a sample that grows passes its present sizes as `at_least`.

    Args:
        available: M_h (or N_h), what each stratum has to draw from.
        n: units in all, the fixed ones included; at least 1.
        fixed: strata whose size is given.
        at_least: sizes that must not be undercut.

    Returns:
        n_h of every stratum of `available`, in its order; 0 where a stratum's share rounds to nothing.

    Raises:
        DesignError: the wishes contradict each other or what there is, with the numbers.

    Source: Cochran, Sampling Techniques, 3rd ed. 1977, ch. 5 (proportional allocation); Balinski and Young,
    Fair Representation, 2nd ed. 2001 (largest remainder, Alabama paradox).

    >>> proportional_allocation({"entity": 17900, "query": 5100, "wiki": 2030000}, 2000, fixed={"wiki": 200})
    {'entity': 1401, 'query': 399, 'wiki': 200}
    """
    _refuse(
        _size_faults(available, fixed, least=0)
        + _size_faults(available, at_least, least=0)
        + _shrunk_faults(fixed, at_least)
    )
    n_shared = n - sum(fixed.values())
    shared = {stratum: N_h for stratum, N_h in available.items() if stratum not in fixed}
    floor = {stratum: at_least.get(stratum, 0) for stratum in shared}
    _refuse(_total_faults(n, n_shared, n_least=sum(floor.values()), n_available=sum(shared.values())))
    sizes = _share_above(shared, n_shared, floor)
    return {stratum: fixed[stratum] if stratum in fixed else sizes[stratum] for stratum in available}


def _share_above(available: Mapping[str, int], n: int, at_least: Mapping[str, int]) -> dict[str, int]:
    """Largest remainder, with the strata whose quota is below their least size held at it.

    Holding one lowers the quotas of the rest, so it is repeated until no quota is too low. A quota never
    passes what a stratum has, since n ≤ Σ available holds at every step.
    """
    n_available = sum(available.values())
    held = {
        stratum: at_least[stratum]
        for stratum, N_h in available.items()
        if n * N_h < at_least[stratum] * n_available
    }
    if not held:
        return _largest_remainder(available, n)
    rest = {stratum: N_h for stratum, N_h in available.items() if stratum not in held}
    return held | _share_above(rest, n - sum(held.values()), at_least)


def _largest_remainder(available: Mapping[str, int], n: int) -> dict[str, int]:
    if n == 0:
        return dict.fromkeys(available, 0)
    n_available = sum(available.values())
    sizes = {stratum: n * N_h // n_available for stratum, N_h in available.items()}
    by_remainder = sorted(available, key=lambda stratum: (-(n * available[stratum] % n_available), stratum))
    for stratum in by_remainder[: n - sum(sizes.values())]:
        sizes[stratum] += 1
    return sizes


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


def _total_faults(n: int, n_shared: int, *, n_least: int, n_available: int) -> list[str]:
    if n < 1:
        return [f"the size is {n}: ask for at least 1 unit"]
    n_fixed = n - n_shared
    if n_shared < n_least:
        return [f"size {n} is too small: {n_fixed} are fixed and the other strata must keep {n_least}"]
    if n_shared > n_available:
        return [f"size {n} is too large: {n_fixed} are fixed and the other strata have {n_available} in all"]
    return []


def _names(available: Mapping[str, int]) -> str:
    return ", ".join(repr(stratum) for stratum in sorted(available)) or "no stratum"


def _refuse(faults: list[str]) -> None:
    if faults:
        raise DesignError("; ".join(faults))
