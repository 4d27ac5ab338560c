"""Tells how fast reviewers were, by the verdicts of theirs that stand."""

from collections.abc import Sequence

import numpy as np

from audit.jobs.review_state import ReviewState
from db.records import StandingVerdict
from reports.review_findings import ReviewerPace


def paces(state: ReviewState) -> tuple[ReviewerPace, ...]:
    """Give everybody's pace, by name; readings and a lead's verdicts together."""
    given: dict[str, list[StandingVerdict]] = {}
    for each in (*state.standing, *state.adjudications):
        given.setdefault(each.reviewer, []).append(each)
    return tuple(_pace(name, given[name]) for name in sorted(given))


def _pace(reviewer: str, given: Sequence[StandingVerdict]) -> ReviewerPace:
    # Sums of floats depend on their order; the order of arrival is not that of a copy.
    seconds = sorted(each.seconds for each in given if each.seconds is not None)
    quartiles = tuple(float(each) for each in np.percentile(seconds, [25, 50, 75])) if seconds else None
    return ReviewerPace(
        reviewer=reviewer,
        n_verdicts=len(given),
        n_timed=len(seconds),
        quartiles=None if quartiles is None else (quartiles[0], quartiles[1], quartiles[2]),
        seconds=sum(seconds),
    )
