"""The report for machines: `report.json`, format 1."""

import json
from collections.abc import Mapping

from reports.content import Design, ReportContent
from reports.counts import counts_by_name
from reports.json_goal import goal_object
from reports.json_review import agreement_object, disagreements_object, gold_object, sources_object
from reports.json_values import (
    Object,
    bounds_object,
    estimate_object,
    if_estimated,
    if_present,
    interval_object,
    present,
    share_object,
)
from reports.numbers import time_text
from reports.results import PreferenceResult, Result, SettingResult
from reports.risk_findings import RiskFindings
from sampling.comparison.contrast import Contrast
from sampling.comparison.paired import Comparison
from sampling.comparison.preference import PreferenceEstimate
from sampling.estimation.estimands import Estimand
from sampling.estimation.estimate import Estimate, NoEstimate
from sampling.reviewers.measurement_error import CorrectedAccuracy

JSON_FORMAT = 1
"""The version of `report.json`; a key that changes its meaning raises it."""


def render_json(content: ReportContent) -> str:
    """`report.json`: proportions and differences in full; what is not available is absent, never null.

    `accuracy` and `interval` are of the estimand `mix`, whatever the headline is: the share of the sample,
    but of a sample by risk (`sample.waves`) an estimate, and n_correct over n is then one of nothing;
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
            **_waves(content.risk),
            "goal": goal_object(content.goal, is_settled=content.is_complete and not content.has_grown),
        },
        "settings": [_setting(setting, content.risk) for setting in content.settings],
        **_comparisons(content),
        **_preferences(content),
        **agreement_object(content.agreement),
        **sources_object(content.by_source),
        "settlement": content.settling.policy,
        "disagreements": disagreements_object(content.settling),
        **gold_object(content.gold),
    }
    return json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


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


def _waves(found: RiskFindings | None) -> Object:
    if found is None:
        return {}
    waves = [{"n": wave.n, "n_verdicts": wave.n_verdicts, **present(auc=wave.auc)} for wave in found.waves]
    return {"waves": waves, "features": list(found.features)}


def _model(setting: str, found: RiskFindings | None) -> Object:
    if found is None or setting not in found.models:
        return {}
    its = found.models[setting]
    return {"risk_model": {"power": its.power, **present(auc=its.auc)}}


def _setting(setting: SettingResult, risk: RiskFindings | None) -> Object:
    return {
        "setting": setting.setting,
        **present(reference=setting.reference, model=setting.model),
        **_result(setting.overall),
        **_estimands(setting.overall),
        **_corrected(setting.corrected),
        **_model(setting.setting, risk),
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
        {"accuracy": accuracy.value, "interval": interval_object(accuracy.interval)}
        if isinstance(accuracy, Estimate)
        else {}
    )
    return {**counts_by_name(result.counts), **figure, **present(greatest_error=result.greatest_error)}


def _estimands(result: Result) -> Object:
    found = {
        str(estimand): estimate_object(figure)
        for estimand, figure in result.estimands.items()
        if isinstance(figure, Estimate)
    }
    return {"estimands": found} if found else {}


def _corrected(found: CorrectedAccuracy | NoEstimate | None) -> Object:
    if not isinstance(found, CorrectedAccuracy):
        return {}
    return {
        "corrected": {
            **if_estimated("raw", found.raw),
            "corrected": estimate_object(found.corrected),
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
        "interval": interval_object(found.interval),
        "p_value": found.p_value,
        "p_adjusted": found.p_adjusted,
        "n_pairs": found.n_pairs,
    }


def _contrast(found: Contrast, settings: tuple[str, str] | None) -> Object:
    return {
        **({"a": settings[0], "b": settings[1]} if settings else {}),
        "estimand": found.estimand,
        "difference": found.difference,
        "interval": interval_object(found.interval),
        "p_value": found.p_value,
        "bounds": bounds_object(found.bounds),
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
        "interval": interval_object(found.interval),
        "n_eff": found.n_eff,
        "a_better": share_object(found.share_a),
        "b_better": share_object(found.share_b),
        "same": share_object(found.share_same),
        **if_present("a_of_decided", found.a_of_decided),
    }
