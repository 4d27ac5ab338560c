"""Every count of a result by the name that machines know it by."""

from sampling.estimation.estimate import VerdictCounts


def counts_by_name(counts: VerdictCounts) -> dict[str, int]:
    """The counts of CSV and JSON; units = reviewed + missing + unjudgable + pending + dropped."""
    return {
        "n_units": counts.n_units,
        "n_reviewed": counts.n_reviewed,
        "n_correct": counts.n_correct,
        "n_incorrect": counts.n_incorrect,
        "n_unsure": counts.n_unsure,
        "n_missing": counts.n_missing,
        "n_unjudgable": counts.n_unjudgable,
        "n_pending": counts.n_pending,
        "n_dropped": counts.n_dropped,
    }
