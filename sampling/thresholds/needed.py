"""What it would take where nothing is certified: verdicts of the sample, not only of what is kept."""

from dataclasses import dataclass
from math import ceil

from sampling.checks import as_whole
from sampling.errors import EstimateError
from sampling.thresholds.certify import NothingCertified, TriedThreshold
from sampling.thresholds.kept import Guarantee, needed_at


@dataclass(frozen=True, slots=True, kw_only=True)
class NeededVerdicts:
    """How large a sample would certify, about every other time, the threshold that takes fewest.

    Attributes:
        n_verdicts: of such a sample, in all; those that certified nothing are among them only if the next
            test is counted as a second one.
        threshold: that it would certify.
        share_kept: the share of the population that this keeps.
        accuracy: that its kept masks are taken to have.
    """

    n_verdicts: int
    threshold: float
    share_kept: float
    accuracy: float


def needed_verdicts(found: NothingCertified, *, n_verdicts: int) -> NeededVerdicts | None:
    """The fewest verdicts that would certify some threshold of the path; None where no number would.

    For each threshold needed_at(ã)·n_verdicts/n_eff: ã = (a·n_eff + ½)/(n_eff + 1) its accuracy, drawn to
    the middle as a few verdicts without an error promise too much, n_eff the verdicts that its kept ones are
    worth, and needed_at at the greatest level that a threshold of the path was tested at. An outlook, no
    promise: the accuracies are estimates, and the most promising of several is so by chance, too.

    Args:
        found: what `certify` or `certify_weighted` answered.
        n_verdicts: that it answered from, on kept and dropped masks alike.

    Raises:
        EstimateError: fewer verdicts than some threshold kept.
    """
    most = max(step.n_kept for step in found.tried)
    if as_whole("n_verdicts", n_verdicts) < most:
        raise EstimateError(f"{n_verdicts} verdicts cannot be: one threshold alone keeps {most} of them")
    level = max(step.level for step in found.tried)
    at_level = Guarantee(target=found.guarantee.target, confidence=1 - level)
    outlooks = [_outlook(step, at_level, n_verdicts) for step in found.tried]
    return min(
        (outlook for outlook in outlooks if outlook is not None),
        key=lambda outlook: outlook.n_verdicts,
        default=None,
    )


def _outlook(step: TriedThreshold, guarantee: Guarantee, n_verdicts: int) -> NeededVerdicts | None:
    if step.accuracy is None:
        return None
    accuracy = (step.accuracy * step.n_effective + 0.5) / (step.n_effective + 1)
    needed = needed_at(accuracy, guarantee)
    if needed is None:
        return None
    return NeededVerdicts(
        n_verdicts=ceil(needed.n_kept * n_verdicts / step.n_effective),
        threshold=step.threshold,
        share_kept=step.share_kept,
        accuracy=accuracy,
    )
