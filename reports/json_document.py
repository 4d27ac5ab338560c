"""The report for machines: `report.json`, format 1."""

import json
from collections.abc import Mapping

from reports.content import (
    Claim,
    Design,
    Figure,
    GoalResult,
    GoldFindings,
    PreferenceResult,
    ReportContent,
    Result,
    SettingResult,
    Settling,
    SourceFindings,
    Width,
)
from reports.counts import counts_by_name
from reports.numbers import time_text
from sampling.comparison.contrast import Contrast
from sampling.comparison.paired import Comparison
from sampling.comparison.preference import PreferenceEstimate
from sampling.estimation.estimands import Estimand
from sampling.estimation.estimate import Bounds, Estimate, Interval, NoEstimate
from sampling.reviewers.agreement import Agreement, Coefficient
from sampling.reviewers.gold import GoldCorrectedAccuracy
from sampling.reviewers.measurement_error import CorrectedAccuracy
from sampling.sequential.reading import GoalState

JSON_FORMAT = 1
"""The version of `report.json`; a key that changes its meaning raises it."""

Object = dict[str, object]


def render_json(content: ReportContent) -> str:
    """`report.json`: proportions and differences in full; what is not available is absent, never null.

    `accuracy` and `interval` are of the estimand `mix`, the share of the sample, whatever the headline is;
    `comparisons`, `corrected`, `greatest_error` and what `preferences` says outside of its `estimands` are of
    the headline's estimand, which `estimand` names.
    """
    document = {
        "format": JSON_FORMAT,
        "version": content.version,
        "created_at": time_text(content.created_at),
        "complete": content.is_complete,
        "estimand": content.estimand,
        "not_in_sample": list(content.not_in_sample),
        "warnings": list(content.warnings),
        "sample": {
            "name": content.sample,
            "seed": content.design.seed,
            "design": _design(content.design),
            "allocation": content.design.allocation,
            "n_units": content.n_units,
            "goal": goal_object(content.goal, is_settled=content.is_complete and not content.has_grown),
        },
        "settings": [_setting(setting) for setting in content.settings],
        **_comparisons(content),
        **_preferences(content),
        **_agreement(content.agreement),
        **sources_object(content.by_source),
        "settlement": content.settling.policy,
        "disagreements": _disagreements(content.settling),
        **_gold(content.gold),
    }
    return json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def _disagreements(found: Settling) -> Object:
    return {
        "n_masks": found.n_disagreed,
        "n_settled_by_policy": found.n_settled_by_policy,
        "n_settled_by_lead": found.n_settled_by_lead,
        "n_disputed": found.n_disputed,
        "n_flagged": found.n_flagged,
        "n_adjudicated": found.n_adjudicated,
    }


def _design(design: Design) -> Object:
    return {
        "unit": design.unit,
        "across": design.across,
        "per_entity": design.per_entity,
        "size_measure": design.size_measure,
        "frame": design.frame,
        **({"contrast": list(design.contrast)} if design.contrast else {}),
        "population_fingerprint": design.population_fingerprint,
        "strata": [
            {
                "split": stratum.split,
                "n_units": stratum.n_units,
                "n_entities_drawn": stratum.n_entities_drawn,
                "n_entities": stratum.n_entities,
                "n_annotations": stratum.n_annotations,
            }
            for stratum in design.strata
        ],
    }


def goal_object(goal: GoalResult, *, is_settled: bool) -> Object:
    """A goal and how far it is reached.

    Args:
        goal: with its figures.
        is_settled: all units are judged, and the sample's size did not grow.
    """
    return {
        "goal": goal.goal,
        **_present(target=goal.target, margin=goal.margin),
        "confidence": goal.confidence,
        # A review that may stop where its verdicts say so has intervals of its own, under `running`.
        "planned_size_intervals_valid": is_settled or not goal.goal.is_sequential,
        **({"claims": [_claim(claim) for claim in goal.claims]} if goal.claims else {}),
        **({"widths": [_width(width) for width in goal.widths]} if goal.widths else {}),
    }


def _claim(claim: Claim) -> Object:
    found = claim.certification
    return {
        "setting": claim.setting,
        "state": _joint_state(claim),
        "p_value": found.p_value,
        "p_adjusted": claim.p_adjusted,
        "holds": claim.holds,
        "n_counted": found.n_counted,
        "n_blocks_read": found.n_blocks_read,
        "n_blocks": found.n_blocks,
        **_present(
            certified_at_block=found.certified_at_block,
            n_counted_when_certified=found.n_counted_when_certified,
        ),
        **_if_estimated("running", claim.running),
    }


def _joint_state(claim: Claim) -> GoalState:
    """Reached where the claim holds beside the others, whatever its own p-value says."""
    found = claim.certification
    if claim.holds or found.state is not GoalState.REACHED:
        return found.state
    return GoalState.EXHAUSTED if found.n_blocks_read == found.n_blocks else GoalState.GOING_ON


def _width(width: Width) -> Object:
    status = width.status
    return {
        "setting": width.setting,
        "state": status.state,
        **_present(half_width=status.half_width),
        "n_blocks_read": status.n_blocks_read,
        "n_blocks": status.n_blocks,
        **_present(reached_at_block=status.reached_at_block),
        **({"estimate": _estimate(status.estimate)} if status.estimate else {}),
        **_if_estimated("running", width.running),
    }


def _setting(setting: SettingResult) -> Object:
    return {
        "setting": setting.setting,
        **_present(reference=setting.reference, model=setting.model),
        **_result(setting.overall),
        **_estimands(setting.overall),
        **_corrected(setting.corrected),
        "by_split": {
            name: {**_result(result), **_estimands(result)} for name, result in setting.by_split.items()
        },
        "by_category": _results(setting.by_category),
        "by_size": _results(setting.by_size),
        "reasons": dict(setting.reasons),
    }


def _results(results: Mapping[str, Result]) -> Object:
    return {name: _result(result) for name, result in results.items()}


def _result(result: Result) -> Object:
    accuracy = result.estimands[Estimand.MIX]
    figure = (
        {"accuracy": accuracy.value, "interval": _interval(accuracy.interval)}
        if isinstance(accuracy, Estimate)
        else {}
    )
    return {**counts_by_name(result.counts), **figure, **_present(greatest_error=result.greatest_error)}


def _estimands(result: Result) -> Object:
    found = {
        str(estimand): _estimate(figure)
        for estimand, figure in result.estimands.items()
        if isinstance(figure, Estimate)
    }
    return {"estimands": found} if found else {}


def _corrected(found: CorrectedAccuracy | NoEstimate | None) -> Object:
    if not isinstance(found, CorrectedAccuracy):
        return {}
    return {
        "corrected": {
            **_if_estimated("raw", found.raw),
            "corrected": _estimate(found.corrected),
            "n_second": found.n_second,
            "n_overturned": found.n_overturned,
            "n_restored": found.n_restored,
            "n_undecided": found.n_undecided,
        }
    }


def _comparisons(content: ReportContent) -> Object:
    comparisons = [_comparison(each) for each in content.comparisons]
    contrasts = [_contrast(each, content.design.contrast) for each in content.contrasts]
    return {
        **({"comparisons": comparisons} if comparisons else {}),
        **({"contrasts": contrasts} if contrasts else {}),
    }


def _comparison(found: Comparison) -> Object:
    return {
        "a": found.a,
        "b": found.b,
        "difference": found.difference,
        "interval": _interval(found.interval),
        "p_value": found.p_value,
        "p_adjusted": found.p_adjusted,
        "n_pairs": found.n_pairs,
    }


def _contrast(found: Contrast, settings: tuple[str, str] | None) -> Object:
    return {
        **({"a": settings[0], "b": settings[1]} if settings else {}),
        "estimand": found.estimand,
        "difference": found.difference,
        "interval": _interval(found.interval),
        "p_value": found.p_value,
        "bounds": _bounds(found.bounds),
        "share_differing": found.share_differing,
        "n_drawn": found.n_drawn,
        "n_pairs": found.n_pairs,
        "n_eff": found.n_eff,
    }


def _preferences(content: ReportContent) -> Object:
    found = [_preference(each) for each in content.preferences]
    return {"preferences": found} if found else {}


def _preference(found: PreferenceResult) -> Object:
    counts, figures = found.counts, found.figures
    estimands = {
        str(estimand): _preference_figures(each)
        for estimand, each in found.estimands.items()
        if isinstance(each, PreferenceEstimate)
    }
    return {
        "a": found.a,
        "b": found.b,
        "n_pairs": counts.n_pairs,
        "n_a": counts.n_a,
        "n_b": counts.n_b,
        "n_same": counts.n_same,
        "n_identical": counts.n_identical,
        "n_pending": counts.n_pending,
        "n_unjudgable": counts.n_unjudgable,
        "n_not_compared": counts.n_not_compared,
        **(_preference_figures(figures) if isinstance(figures, PreferenceEstimate) else {}),
        **({"estimands": estimands} if estimands else {}),
    }


def _preference_figures(found: PreferenceEstimate) -> Object:
    return {
        "net": found.net,
        "interval": _interval(found.interval),
        "n_eff": found.n_eff,
        "a_better": _share(found.share_a),
        "b_better": _share(found.share_b),
        "same": _share(found.share_same),
        **_if_present("a_of_decided", found.a_of_decided),
    }


def _agreement(found: Agreement | NoEstimate | None) -> Object:
    if not isinstance(found, Agreement):
        return {}
    return {
        "agreement": {
            "n_units": found.n_units,
            "n_pairs": found.n_pairs,
            "n_reviewers": found.n_reviewers,
            "observed": _share(found.observed),
            **_if_present("incorrect", found.on_incorrect),
            **_if_present("correct", found.on_correct),
            **_if_present("krippendorff_alpha", found.alpha),
            "gwet_ac1": _share(found.ac1),
            **_kappa(found),
            **_present(remark=found.remark),
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
    agreement = {} if found.agreement is None else _if_estimated("agreement", found.agreement)
    return {"sources": {**counts, "n_masks_of_several": found.n_masks_of_several, **agreement}}


def _gold(found: GoldFindings | NoEstimate | None) -> Object:
    if not isinstance(found, GoldFindings):
        return {}
    specificity = {
        **_if_estimated("natural", found.rates.rejected_natural),
        **_if_estimated("synthetic", found.rates.rejected_synthetic),
    }
    corrected = [
        {"setting": setting, "raw": _estimate(each.raw), "corrected": _corrected_by_gold(each)}
        for setting, each in found.corrected.items()
        if isinstance(each, GoldCorrectedAccuracy)
    ]
    return {
        "gold": {
            **_if_estimated("sensitivity", found.rates.accepted),
            **({"specificity": specificity} if specificity else {}),
            "n_unsure": found.rates.n_unsure,
            **({"corrected": corrected} if corrected else {}),
        }
    }


def _corrected_by_gold(found: GoldCorrectedAccuracy) -> Object:
    return {"estimate": found.value, "interval": _interval(found.interval)}


def _kappa(found: Agreement) -> Object:
    if isinstance(found.kappa, NoEstimate):
        return {}
    return {"kappa": {"which": found.kappa_is, **_share(found.kappa)}}


def _if_present(key: str, figure: Estimate | Coefficient | NoEstimate) -> Object:
    return {} if isinstance(figure, NoEstimate) else {key: _share(figure)}


def _share(figure: Estimate | Coefficient) -> Object:
    if isinstance(figure, Estimate):
        return {"estimate": figure.value, "interval": _interval(figure.interval)}
    interval = {"low": figure.low, "high": figure.high, "confidence": figure.confidence}
    return {"estimate": figure.value, "interval": interval}


def _if_estimated(key: str, figure: Figure) -> Object:
    return {key: _estimate(figure)} if isinstance(figure, Estimate) else {}


def _estimate(estimate: Estimate) -> Object:
    return {
        "estimate": estimate.value,
        "interval": _interval(estimate.interval),
        "n": estimate.n,
        "n_eff": estimate.n_eff,
        "deff": estimate.deff,
    }


def _interval(interval: Interval) -> Object:
    return {
        "low": interval.low,
        "high": interval.high,
        "confidence": interval.confidence,
        "method": interval.method,
    }


def _bounds(bounds: Bounds) -> Object:
    return {"low": bounds.low, "high": bounds.high}


def _present(**values: object) -> Object:
    """The values that there are."""
    return {name: value for name, value in values.items() if value is not None}
