"""What a rule discards: the good masks lost with the bad, over all and domain by domain."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sampling.checks import as_codes, as_flags
from sampling.errors import EstimateError
from sampling.estimation.domains import FEWEST_COUNTED, DomainEstimate, estimates_by_domain
from sampling.estimation.estimate import Estimate, IntervalMethod
from sampling.estimation.outcomes import SampledOutcomes
from sampling.thresholds.judged import JudgedMasks

Flags = NDArray[np.bool_]
Codes = NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True)
class LostMasks:
    """How many good masks a rule drops; each number with its interval.

    Attributes:
        n: as estimated.
        low: at most n.
        high: at least n.
    """

    n: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainLoss:
    """What a rule does to one domain.

    Attributes:
        n_masks: of the population.
        n_dropped: those that the rule drops, exactly.
        share_lost: of the domain's right masks, the share that is dropped; counts are right verdicts.
        right_among_dropped: of the dropped masks, the share that is right; counts are dropped verdicts.
    """

    n_masks: int
    n_dropped: int
    share_lost: DomainEstimate
    right_among_dropped: DomainEstimate

    @property
    def n_kept(self) -> int:
        """Masks that the rule keeps, exactly."""
        return self.n_masks - self.n_dropped

    @property
    def is_small(self) -> bool:
        """Fewer right verdicts than a share should be read from."""
        return self.share_lost.n < FEWEST_COUNTED

    @property
    def lost(self) -> LostMasks | None:
        """Right masks that are dropped; None where some are dropped and none of those was judged."""
        if self.n_dropped == 0:
            return LostMasks(n=0.0, low=0.0, high=0.0)
        right = self.right_among_dropped.estimate
        if not isinstance(right, Estimate):
            return None
        interval = right.interval
        return LostMasks(
            n=self.n_dropped * right.value,
            low=self.n_dropped * interval.low,
            high=self.n_dropped * interval.high,
        )


def losses_by_domain(
    dropped: Flags,
    domain: Codes,
    judged: JudgedMasks,
    *,
    n_domains: int,
    stratum: Codes | None = None,
    confidence: float = 0.95,
) -> tuple[DomainLoss, ...]:
    """What every domain loses to a rule; for the whole population at once give one domain.

    Korn and Graubard's intervals, each with the confidence on its own. Verdicts that taught the rule make it
    look better than it is: leave them out where the others cover what is dropped.

    Args:
        dropped: what the rule drops of the population, shape (N,).
        domain: 0 … n_domains − 1 of every mask, shape (N,).
        judged: verdicts on a sample of the population, kept and dropped alike.
        n_domains: how many there are.
        stratum: what each verdict was drawn in, shape (n,); None for one stratum.
        confidence: of each interval, in (0, 1).

    Raises:
        EstimateError: shapes or codes that do not match.
        DesignError: the confidence is outside (0, 1).

    Source: as `sampling.estimation.domains`.

    >>> dropped = np.arange(1000) < 300
    >>> judged = JudgedMasks(
    ...     position=np.arange(0, 1000, 5), correct=np.arange(200) >= 40, weight=np.ones(200))
    >>> (loss,) = losses_by_domain(dropped, np.zeros(1000, np.intp), judged, n_domains=1)
    >>> loss.n_dropped, loss.share_lost.estimate.value, round(loss.lost.n), round(loss.lost.high)
    (300, 0.125, 100, 140)
    """
    dropped, domain = as_flags("dropped", dropped), as_codes("domain", domain)
    if dropped.shape != domain.shape:
        raise EstimateError(f"{dropped.size} decisions and {domain.size} domains: give one of each per mask")
    if domain.max(initial=-1) >= n_domains:
        raise EstimateError(f"a domain has the code {domain.max()}: give 0 to {n_domains - 1}")
    judged.check_within(dropped.size)
    is_dropped = dropped[judged.position]

    def share(counted: Flags, shown: Flags) -> tuple[DomainEstimate, ...]:
        outcomes = SampledOutcomes(
            stratum=np.zeros(judged.n, np.intp) if stratum is None else stratum,
            cluster=np.arange(judged.n),
            weight=judged.weight,
            is_counted=counted,
            is_correct=shown,
        )
        return estimates_by_domain(
            outcomes,
            domain[judged.position],
            n_domains=n_domains,
            fewest=1,
            confidence=confidence,
            method=IntervalMethod.KORN_GRAUBARD,
        )

    n_masks = np.bincount(domain, minlength=n_domains)
    n_dropped = np.bincount(domain[dropped], minlength=n_domains)
    return tuple(
        DomainLoss(n_masks=int(all_), n_dropped=int(gone), share_lost=lost, right_among_dropped=right)
        for all_, gone, lost, right in zip(
            n_masks,
            n_dropped,
            share(judged.correct, is_dropped),
            share(is_dropped, judged.correct),
            strict=True,
        )
    )
