"""Counts of verdicts → the accuracy of a setting, as the share of the sample."""

from sampling.estimation.estimate import Estimate, NoEstimate, VerdictCounts
from sampling.estimation.intervals import wilson_interval


def sample_accuracy(counts: VerdictCounts, *, confidence: float = 0.95) -> Estimate | NoEstimate:
    """The share of the counted units that are right, with Wilson's interval; or why there is none.

    n_accepted/n_counted, every unit of the sample weighing the same: the estimand `mix`, the accuracy of a
    population composed as the sample was allocated. There is none while nobody found a mask right or wrong,
    but some await a verdict or are undecided: missing ones alone would make it 0.

    >>> sample_accuracy(VerdictCounts(n_units=5, n_correct=3, n_incorrect=1, n_missing=1)).value
    0.6
    >>> sample_accuracy(VerdictCounts(n_units=5, n_pending=5))
    NoEstimate(reason='nothing has been judged yet')
    """
    is_open = counts.n_pending + counts.n_undecided > 0
    if counts.n_counted == 0 or (is_open and counts.n_correct + counts.n_incorrect == 0):
        return NoEstimate(reason=_why_nothing_counts(counts))
    return Estimate(
        value=counts.n_accepted / counts.n_counted,
        interval=wilson_interval(counts.n_accepted, counts.n_counted, confidence=confidence),
        n=counts.n_counted,
        n_eff=counts.n_counted,
    )


def _why_nothing_counts(counts: VerdictCounts) -> str:
    if counts.n_covered == 0:
        return "no unit is in this setting's population" if counts.n_units else "there are no units"
    if counts.n_undecided == 0 or (counts.n_pending and counts.n_reviewed == 0):
        return "nothing has been judged yet"
    if counts.n_pending:
        return "everything judged so far is unsure or unjudgable"
    if counts.n_missing:
        return "every unit that has a mask is unsure or unjudgable"
    return "every unit is unsure or unjudgable"
