"""Before the review: how many verdicts four ways of comparing two settings take for the same precision."""

from dataclasses import dataclass
from math import isfinite

from sampling.checks import check_open_share
from sampling.errors import DesignError
from sampling.estimation.limits import normal_quantile


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedPairs:
    """What is expected of two settings A and B.

    Attributes:
        share_same: of mentions whose two masks are the same, in [0, 1]; known once masks are compared.
        accuracy_same: of those masks, in [0, 1]; only the unpaired way needs it.
        both: of mentions with differing masks, the share with both right, in [0, 1].
        only_a: the share with A alone right.
        only_b: the share with B alone right; the rest has neither.

    Raises:
        DesignError: a share is outside [0, 1], or both, only_a and only_b add up to more than 1.
    """

    share_same: float
    accuracy_same: float
    both: float
    only_a: float
    only_b: float

    def __post_init__(self) -> None:
        shares = (self.share_same, self.accuracy_same, self.both, self.only_a, self.only_b)
        for share in shares:
            if not 0 <= share <= 1:
                raise DesignError(f"{share} is no share: give numbers from 0 to 1")
        if sum(shares[2:]) > 1 + 1e-9:
            raise DesignError(
                f"both, only_a and only_b add up to {sum(shares[2:])}: at most 1, the rest has neither right"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictsNeeded:
    """Expected verdicts on masks for one half width, as real numbers: round up what is drawn.

    Attributes:
        unpaired: two samples that do not share a mention.
        paired: one sample, both masks of each mention judged.
        paired_shared: the same, one verdict where both masks are the same.
        differing: both masks of mentions drawn where masks differ.
    """

    unpaired: float
    paired: float
    paired_shared: float
    differing: float


def verdicts_needed(
    expected: ExpectedPairs, *, half_width: float, confidence: float = 0.95
) -> VerdictsNeeded:
    """Verdicts for a difference of annotations to come out with a half width, by the normal approximation.

    With s = share_same, a, b and c the shares of both, only A and only B among differing masks, accuracies
    p_A = s·accuracy_same + (1 − s)(a + b) and p_B, and g = (z/half_width)²:

    - unpaired: 2g·(p_A(1 − p_A) + p_B(1 − p_B));
    - paired: 2g·((1 − s)(b + c) − (1 − s)²(b − c)²);
    - paired_shared: the pairs of `paired` times 2 − s;
    - differing: 2g·(1 − s)²·(b + c − (b − c)²).

    Sampling with replacement, every mention weighing the same; for other designs multiply by the design
    effect. Source: variances of a difference of proportions, Cochran 1977, § 3.2 and § 5A.

    Args:
        expected: shares.
        half_width: of the interval, in (0, 1): 0.015 is ±1.5 percentage points.
        confidence: in (0, 1).

    Raises:
        DesignError: the half width or the confidence is outside (0, 1).

    >>> expected = ExpectedPairs(share_same=0.7, accuracy_same=0.85, both=0.6, only_a=0.2, only_b=0.1)
    >>> needed = verdicts_needed(expected, half_width=0.015)
    >>> round(needed.unpaired), round(needed.paired), round(needed.paired_shared), round(needed.differing)
    (10065, 3042, 1978, 891)
    """
    check_open_share("confidence", confidence)
    if not (isfinite(half_width) and 0 < half_width < 1):
        raise DesignError(f"half_width is {half_width}: give a number between 0 and 1, such as 0.015")
    g = (normal_quantile(confidence) / half_width) ** 2
    s, differs = expected.share_same, 1 - expected.share_same
    p_a = s * expected.accuracy_same + differs * (expected.both + expected.only_a)
    p_b = s * expected.accuracy_same + differs * (expected.both + expected.only_b)
    discordant, difference = expected.only_a + expected.only_b, expected.only_a - expected.only_b
    n_pairs = g * (differs * discordant - (differs * difference) ** 2)
    return VerdictsNeeded(
        unpaired=2 * g * (p_a * (1 - p_a) + p_b * (1 - p_b)),
        paired=2 * n_pairs,
        paired_shared=(2 - s) * n_pairs,
        differing=2 * g * differs**2 * (discordant - difference**2),
    )
