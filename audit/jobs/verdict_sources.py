"""Through which front ends the readings came, and how far what came through one agrees with the others."""

from collections import Counter

from audit.jobs.review_state import ReviewState
from audit.jobs.second_readings import is_of_several_sources, source_agreement
from db.records import Source
from reports.review_findings import SourceCounts, SourceFindings


def source_findings(state: ReviewState, *, confidence: float) -> SourceFindings:
    """Give what was read through each front end, and how far they agree on what several read."""
    n_verdicts = Counter(each.source for each in state.standing)
    n_masks = Counter(source for _, source in {(each.mask_id, each.source) for each in state.standing})
    return SourceFindings(
        counts={
            source: SourceCounts(n_verdicts=n_verdicts[source], n_masks=n_masks[source])
            for source in Source
            if source in n_verdicts
        },
        n_masks_of_several=sum(map(is_of_several_sources, state.readings.values())),
        agreement=source_agreement(state, confidence=confidence),
    )
