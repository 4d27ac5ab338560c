"""The report for machines: `report.json`, format 1."""

import json

from reports.content import ReportContent
from reports.json_review import (
    agreement_object,
    disagreements_object,
    gold_object,
    policy_object,
    reviewers_object,
    sources_object,
)
from reports.json_sample import sample_object
from reports.json_setting import setting_object
from reports.json_values import Object, bounds_object, if_present, interval_object, share_object
from reports.numbers import time_text
from reports.results import PreferenceResult
from sampling.comparison.contrast import Contrast
from sampling.comparison.paired import Comparison
from sampling.comparison.preference import PreferenceEstimate

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
        "sample": sample_object(content),
        "settings": [setting_object(setting, content.risk) for setting in content.settings],
        **_comparisons(content),
        **_preferences(content),
        **agreement_object(content.agreement),
        **sources_object(content.front_ends),
        "settlement": content.settling.policy,
        "disagreements": disagreements_object(content.settling),
        **gold_object(content.gold),
        **reviewers_object(content),
        **policy_object(content.policy),
    }
    return json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


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
        "n_only_a": found.counts.n_only_a,
        "n_only_b": found.counts.n_only_b,
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
