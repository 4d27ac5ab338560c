"""What the verdicts say of the review itself, for machines."""

from reports.content import ReportContent
from reports.json_values import (
    Object,
    estimate_object,
    if_estimated,
    if_present,
    interval_object,
    present,
    share_object,
)
from reports.review_findings import GoldFindings, ReviewerPace, ReviewPolicy, Settling, SourceFindings
from sampling.estimation.estimate import NoEstimate
from sampling.reviewers.agreement import Agreement
from sampling.reviewers.gold import GoldCorrectedAccuracy


def disagreements_object(found: Settling) -> Object:
    """On how many masks reviewers disagree, and who settled them."""
    return {
        "n_masks": found.n_disagreed,
        "n_settled_by_policy": found.n_settled_by_policy,
        "n_settled_by_lead": found.n_settled_by_lead,
        "n_disputed": found.n_disputed,
        "n_flagged": found.n_flagged,
        "n_adjudicated": found.n_adjudicated,
        "n_not_to_settle": found.n_not_to_settle,
    }


def agreement_object(found: Agreement | NoEstimate | None) -> Object:
    """How far reviewers agree, under the key `agreement`; nothing where that cannot be said."""
    if not isinstance(found, Agreement):
        return {}
    return {
        "agreement": {
            "n_units": found.n_units,
            "n_pairs": found.n_pairs,
            "n_reviewers": found.n_reviewers,
            "observed": share_object(found.observed),
            **if_present("incorrect", found.on_incorrect),
            **if_present("correct", found.on_correct),
            **if_present("krippendorff_alpha", found.alpha),
            "gwet_ac1": share_object(found.ac1),
            **_kappa(found),
            **present(remark=found.remark),
        }
    }


def sources_object(found: SourceFindings) -> Object:
    """Through which front ends the readings came, under the key `sources`; nothing where there are none."""
    if not found.counts:
        return {}
    counts = {
        source: {"n_verdicts": each.n_verdicts, "n_masks": each.n_masks}
        for source, each in found.counts.items()
    }
    agreement = {} if found.agreement is None else if_estimated("agreement", found.agreement)
    return {"sources": {**counts, "n_masks_of_several": found.n_masks_of_several, **agreement}}


def reviewers_object(content: ReportContent) -> Object:
    """What everybody gave, through which front end and how fast, under `reviewers`; nothing of nobody."""
    if not content.sources:
        return {}
    paces = {pace.reviewer: pace for pace in content.paces}
    names = dict.fromkeys(each.reviewer for each in content.sources)
    return {
        "reviewers": [
            {
                "reviewer": name,
                "through": {
                    each.source: {"n_verdicts": each.n_verdicts, "n_adjudications": each.n_adjudications}
                    for each in content.sources
                    if each.reviewer == name
                },
                **(_pace(paces[name]) if name in paces else {}),
            }
            for name in names
        ]
    }


def _pace(found: ReviewerPace) -> Object:
    counts: Object = {"n_verdicts": found.n_verdicts, "n_timed": found.n_timed}
    if found.quartiles is None:
        return counts
    low, median, high = found.quartiles
    return counts | {
        "seconds": {"lower_quartile": low, "median": median, "upper_quartile": high, "sum": found.seconds}
    }


def policy_object(found: ReviewPolicy | None) -> Object:
    """How masks are handed to reviewers, under the key `reviewing`; nothing where that is not known."""
    if found is None:
        return {}
    return {
        "reviewing": {
            "first_readings": found.first_readings,
            "second_share": found.second_share,
            "gold_share": found.gold_share,
            "practice": found.practice,
            "guidelines": dict(found.guidelines),
        }
    }


def gold_object(found: GoldFindings | NoEstimate | None) -> Object:
    """What masks of known answer say, under the key `gold`; nothing where they say nothing."""
    if not isinstance(found, GoldFindings):
        return {}
    specificity = {
        **if_estimated("natural", found.rates.rejected_natural),
        **if_estimated("synthetic", found.rates.rejected_synthetic),
    }
    corrected = [
        {"setting": setting, "raw": estimate_object(each.raw), "corrected": _corrected_by_gold(each)}
        for setting, each in found.corrected.items()
        if isinstance(each, GoldCorrectedAccuracy)
    ]
    return {
        "gold": {
            **if_estimated("sensitivity", found.rates.accepted),
            **({"specificity": specificity} if specificity else {}),
            "n_unsure": found.rates.n_unsure,
            **({"corrected": corrected} if corrected else {}),
        }
    }


def _corrected_by_gold(found: GoldCorrectedAccuracy) -> Object:
    return {"estimate": found.value, "interval": interval_object(found.interval)}


def _kappa(found: Agreement) -> Object:
    if isinstance(found.kappa, NoEstimate):
        return {}
    return {"kappa": {"which": found.kappa_is, **share_object(found.kappa)}}
