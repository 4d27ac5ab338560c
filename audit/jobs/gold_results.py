"""What masks of known answer say of the reviewers, and of the accuracy that they leave."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from audit.jobs.estimates import Figures, reviewed_sample
from audit.jobs.gold_pool import GoldState, gold_state
from audit.jobs.review_state import Outcome, ReviewState
from db.gold import load_gold, load_gold_verdicts
from db.records import GoldVerdict, Known, Verdict
from db.store import Store
from reports.results import SettingResult
from reports.review_findings import GoldFindings, GoldRates
from sampling.estimation.estimands import estimates_by_estimand
from sampling.estimation.estimate import Estimate, NoEstimate
from sampling.reviewers.gold import (
    GoldCorrectedAccuracy,
    GoldReadings,
    gold_corrected_accuracy,
    reviewer_rates,
)
from sampling.reviewers.measurement_error import CorrectedAccuracy

JUDGED = (Outcome.CORRECT, Outcome.INCORRECT)


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldReview:
    """What reviewers said of a sample's masks of known answer, and whether such masks are mixed in."""

    state: GoldState
    verdicts: tuple[GoldVerdict, ...]


def load_gold_review(store: Store, sample_id: int, *, share: float) -> GoldReview:
    """Give what became of a sample's masks of known answer.

    Args:
        store: the workspace's.
        sample_id: which sample.
        share: of such masks among those shown, in [0, 0.5].
    """
    with store.reading() as transaction:
        return GoldReview(
            state=gold_state(load_gold(transaction, sample_id), share=share),
            verdicts=tuple(load_gold_verdicts(transaction, sample_id)),
        )


def rates_by_reviewer(verdicts: Sequence[GoldVerdict], *, confidence: float) -> dict[str, GoldRates]:
    """Give how each reviewer judged masks of known answer, by name; for leads' eyes alone."""
    of_reviewer: dict[str, list[GoldVerdict]] = defaultdict(list)
    for each in verdicts:
        of_reviewer[each.reviewer].append(each)
    return {name: gold_rates(of_reviewer[name], confidence=confidence) for name in sorted(of_reviewer)}


def gold_rates(verdicts: Sequence[GoldVerdict], *, confidence: float) -> GoldRates:
    """Give how masks of known answer were judged, with Clopper and Pearson's intervals.

    Args:
        verdicts: of one reviewer or of several.
        confidence: of each interval, in (0, 1).
    """
    natural = reviewer_rates(_readings(verdicts, Known.NATURAL), confidence=confidence)
    synthetic = reviewer_rates(_readings(verdicts, Known.SYNTHETIC), confidence=confidence)
    return GoldRates(
        accepted=natural.sensitivity,
        rejected_natural=natural.specificity,
        rejected_synthetic=synthetic.specificity,
        n_unsure=sum(each.verdict is Verdict.UNSURE for each in verdicts),
    )


def gold_findings(
    state: ReviewState, review: GoldReview, figures: Figures, results: Iterable[SettingResult]
) -> GoldFindings | NoEstimate:
    """Give what masks of known answer say of all reviewers, or why they say nothing.

    Args:
        state: of the sample.
        review: of its masks of known answer.
        figures: how they are made.
        results: of the settings; those that second readings correct are not corrected here.
    """
    if review.verdicts:
        uncorrected = [each.setting for each in results if not isinstance(each.corrected, CorrectedAccuracy)]
        return GoldFindings(
            rates=gold_rates(review.verdicts, confidence=figures.confidence),
            corrected=_corrected(state, review.verdicts, figures, uncorrected),
        )
    if review.state.is_on:
        return NoEstimate(reason="no mask of known answer has been judged yet")
    return NoEstimate(reason=f"masks of known answer are {review.state.sentence}")


def _corrected(
    state: ReviewState, verdicts: Sequence[GoldVerdict], figures: Figures, settings: Collection[str]
) -> Mapping[str, GoldCorrectedAccuracy | NoEstimate]:
    readings = _readings(verdicts, Known.NATURAL)
    if not readings.n_correct or not readings.n_incorrect:
        return {}
    judged = {setting: _as_judged(state, setting, figures) for setting in settings}
    return {
        setting: gold_corrected_accuracy(raw, readings, confidence=figures.confidence)
        if isinstance(raw, Estimate)
        else raw
        for setting, raw in judged.items()
    }


def _as_judged(state: ReviewState, setting: str, figures: Figures) -> Estimate | NoEstimate:
    """The accuracy of the masks that eyes have judged: no reviewer errs on one that is missing."""
    is_judged = np.array([outcome in JUDGED for outcome in state.outcomes[setting]], dtype=np.bool_)
    sample = replace(reviewed_sample(state, setting), is_counted=is_judged)
    return estimates_by_estimand(sample, confidence=figures.confidence)[figures.estimand]


def _readings(verdicts: Sequence[GoldVerdict], wrong: Known) -> GoldReadings:
    """Decided verdicts on correct masks, and on wrong ones of one kind."""
    n = Counter((each.known, each.verdict) for each in verdicts if each.verdict is not Verdict.UNSURE)
    accepted, rejected = n[Known.RIGHT, Verdict.CORRECT], n[wrong, Verdict.INCORRECT]
    return GoldReadings(
        n_correct=accepted + n[Known.RIGHT, Verdict.INCORRECT],
        n_accepted=accepted,
        n_incorrect=rejected + n[wrong, Verdict.CORRECT],
        n_rejected=rejected,
    )
