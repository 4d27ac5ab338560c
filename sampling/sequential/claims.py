"""Claims on several settings that share one error rate."""

from collections.abc import Mapping
from dataclasses import dataclass

from sampling.checks import check_open_share
from sampling.comparison.family import holm
from sampling.errors import DesignError


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimStatus:
    """One claim among several.

    Attributes:
        p_value: its anytime-valid p-value, taken alone.
        p_adjusted: the same, adjusted for all claims of the family; at least `p_value`.
        holds: it may be stated.
    """

    p_value: float
    p_adjusted: float
    holds: bool


def joint_claims(p_values: Mapping[str, float], *, confidence: float = 0.95) -> dict[str, ClaimStatus]:
    """Which claims may be stated now.

    The probability that a false one is ever stated is at most 1 − confidence. Holm's procedure over
    anytime-valid p-values. Those never rise, and Holm's adjusted values fall with them, so a claim that holds
    goes on holding, whichever settings are reviewed further. The family is fixed before the first verdict: a
    claim given up keeps its place with its last p-value, or with 1.

    Args:
        p_values: the p-value of every claim of the family, such as `Certification.p_value`, by its name.
        confidence: in (0, 1), for the family as a whole.

    Raises:
        DesignError: there is no claim, a p-value is outside [0, 1], or the confidence is outside (0, 1).

    Source: Holm, "A simple sequentially rejective multiple test procedure", Scandinavian J. Statistics 6
    (1979) 65–70.

    >>> claims = joint_claims({"box": 0.001, "point": 0.03, "text": 0.02})
    >>> [(name, claim.p_adjusted, claim.holds) for name, claim in claims.items()]
    [('box', 0.003, True), ('point', 0.04, True), ('text', 0.04, True)]
    """
    check_open_share("confidence", confidence)
    if not p_values:
        raise DesignError("no claim is given: name at least one setting and its p-value")
    adjusted = holm(list(p_values.values()))
    # 1 − confidence may round to just below the error rate meant: 0.1 must hold at 0.9.
    greatest = (1 - confidence) * (1 + 1e-12)
    return {
        name: ClaimStatus(p_value=p_values[name], p_adjusted=p, holds=p <= greatest)
        for name, p in zip(p_values, adjusted, strict=True)
    }
