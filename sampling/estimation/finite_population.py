"""How much of a stratum is left to chance once a sample of it is judged: the finite population correction."""

from sampling.errors import EstimateError

NEGLIGIBLE = 0.05
"""The sampling fraction up to which a stratum counts as endless: its interval is at most 2.5 % too wide."""


def unsampled_share(n_drawn: int, n_available: int) -> float:
    """The factor 1 − f of the stratum's variance, f = n_drawn/n_available; 1 where f is at most 5 %.

    It is for units drawn one by one out of all that the stratum has, where every entity has a single
    annotation. Where one of several annotations stands for its entity, the correction would take off
    the part of the variance inside entities too, which such a draw cannot tell from that between them: leave
    it out there. A stratum that is drawn whole keeps 1/n_available, as if one unit were left.

    Args:
        n_drawn: n_h, at least 1 and at most `n_available`.
        n_available: N_h.

    Raises:
        EstimateError: the numbers cannot belong to one draw.

    Source: Cochran, Sampling Techniques, 3rd ed. 1977, § 2.6 (the 5 % rule) and § 5.3.

    >>> unsampled_share(1400, 18_000), unsampled_share(200, 2_000_000), unsampled_share(40, 40)
    (0.9222222222222223, 1.0, 0.025)
    """
    if not 1 <= n_drawn <= n_available:
        raise EstimateError(
            f"{n_drawn} of {n_available} units cannot have been drawn: give 1 ≤ drawn ≤ available"
        )
    if n_drawn <= NEGLIGIBLE * n_available:
        return 1.0
    return max(1 - n_drawn / n_available, 1 / n_available)
