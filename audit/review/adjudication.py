"""Settles what several reviewers said of one mask."""

from collections import Counter
from collections.abc import Collection

from db.records import Verdict


def majority(verdicts: Collection[Verdict]) -> Verdict:
    """Give the verdict that most reviewers gave; without one, unsure, whatever their order.

    Args:
        verdicts: one per reviewer, at least one.

    Raises:
        ValueError: there is no verdict.

    >>> majority([Verdict.CORRECT, Verdict.CORRECT, Verdict.INCORRECT]).value
    'correct'
    >>> majority([Verdict.CORRECT, Verdict.INCORRECT]).value
    'unsure'
    """
    if not verdicts:
        raise ValueError("nobody has judged this mask, so there is nothing to settle")
    if is_disputed(verdicts):
        return Verdict.UNSURE
    return Counter(verdicts).most_common(1)[0][0] if len(verdicts) > 1 else next(iter(verdicts))


def is_disputed(verdicts: Collection[Verdict]) -> bool:
    """Whether reviewers disagree and none of their verdicts has the most votes: somebody must settle it.

    >>> is_disputed([Verdict.CORRECT, Verdict.INCORRECT]), is_disputed([Verdict.UNSURE])
    (True, False)
    """
    if len(verdicts) < 2:  # most masks, and counting takes long
        return False
    ranked = Counter(verdicts).most_common(2)
    return len(ranked) == 2 and ranked[0][1] == ranked[1][1]
