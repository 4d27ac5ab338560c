"""How well a mask is supported by those of all settings of its mention.

If the mask of one setting is the right one, and each may be with a probability that goes by its confidence,
then the support of a candidate is the intersection over union with the right one that is to be expected. The
best supported candidate is the choice of least expected loss (minimum Bayes risk; Kumar and Byrne, 2004).
The mask that is judged has its say too: without it, two settings would each give way to the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum

from audit.coco.rle_kernels import Runs
from audit.rules.corrections import iou
from audit.rules.mention import Mention


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Voter:
    """A mask that supports others as far as they agree with it.

    Attributes:
        runs: not empty.
        weight: its confidence, in [0, 1].
    """

    runs: Runs
    weight: float


def voters_of(mention: Mention, unknown_confidence: float) -> tuple[Voter, ...]:
    """The masks of a mention that can be compared; empty ones support nothing and do not vote.

    Args:
        mention: whose masks.
        unknown_confidence: the weight of a mask without a confidence; other weights are cut to [0, 1].
    """
    return tuple(
        Voter(runs=each.runs, weight=_weight(each.confidence, unknown_confidence))
        for each in mention.visible()
        if each.runs is not None
    )


def support(candidate: Runs, voters: Sequence[Voter]) -> float:
    """Σ weight × IoU(candidate, voter) / Σ weight, in [0, 1]; 0 where no voter has any weight."""
    total = fsum(voter.weight for voter in voters)
    if not total:
        return 0.0
    # Rounded once, so that the order of the settings does not break a tie.
    return fsum(voter.weight * iou(candidate, voter.runs) for voter in voters) / total


def _weight(confidence: float | None, unknown_confidence: float) -> float:
    return unknown_confidence if confidence is None else min(max(confidence, 0.0), 1.0)
