"""Tells how masks are handed to reviewers, and under which guideline verdicts were given."""

from collections import Counter

from audit.jobs.review_state import ReviewState
from audit.settings import Settings
from reports.review_findings import ReviewPolicy


def review_policy(state: ReviewState, settings: Settings) -> ReviewPolicy:
    """Give the policy as the workspace is set, and the guidelines of the readings that stand."""
    guidelines = Counter(each.guideline_hash for each in state.standing if each.guideline_hash)
    return ReviewPolicy(
        first_readings=settings.first_readings,
        second_share=settings.second_share,
        gold_share=settings.gold_share,
        practice=settings.practice,
        guidelines=dict(sorted(guidelines.items())),
    )
