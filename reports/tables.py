"""The report for machines: one CSV row per setting and slice, and `report.json`."""

import csv
import io
import json
from collections.abc import Iterator, Mapping

from reports.content import ReportContent, Result, SettingResult
from reports.numbers import time_text
from sampling.estimation.estimate import Estimate, VerdictCounts

JSON_FORMAT = 1
"""The version of `report.json`; a key that changes its meaning raises it."""

CsvValue = str | int | float

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")

CSV_COLUMNS = (
    "sample",
    "seed",
    "created_at",
    "version",
    "complete",
    "setting",
    "reference",
    "model",
    "slice",
    "name",
    "n_units",
    "n_reviewed",
    "n_correct",
    "n_incorrect",
    "n_unsure",
    "n_missing",
    "n_unjudgable",
    "n_pending",
    "n_dropped",
    "n",
    "accuracy",
    "low",
    "high",
    "confidence",
    "method",
    "accuracy_if_undecided_wrong",
    "accuracy_if_undecided_right",
)


def render_csv(content: ReportContent) -> str:
    """One row per setting and slice (all, split, category); proportions in [0, 1], empty where there is none.

    A text that a spreadsheet would take for a formula is preceded by an apostrophe.
    """
    buffer = io.StringIO()
    # Quoting every text keeps a lone carriage return inside its field, which minimal quoting does not.
    writer = csv.DictWriter(
        buffer, CSV_COLUMNS, restval="", lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC
    )
    writer.writeheader()
    for setting in content.settings:
        for row in _csv_rows(setting):
            writer.writerow(
                {name: _guarded(value) for name, value in (_csv_provenance(content) | row).items()}
            )
    return buffer.getvalue()


def _csv_provenance(content: ReportContent) -> dict[str, CsvValue]:
    return {
        "sample": content.sample,
        "seed": content.design.seed,
        "created_at": time_text(content.created_at),
        "version": content.version,
    }


def _csv_rows(setting: SettingResult) -> Iterator[dict[str, CsvValue]]:
    slices = [
        ("all", "", setting.overall),
        *(("split", name, result) for name, result in setting.by_split.items()),
        *(("category", name, result) for name, result in setting.by_category.items()),
    ]
    for kind, name, result in slices:
        yield {
            "setting": setting.setting,
            "reference": setting.reference or "",
            "model": setting.model or "",
            "slice": kind,
            "name": name,
            "complete": "yes" if result.counts.is_complete else "no",
            "n": result.counts.n_counted,
            **_counts(result.counts),
            **_csv_estimate(result),
            **_csv_bounds(result),
        }


def _csv_estimate(result: Result) -> dict[str, CsvValue]:
    if not isinstance(result.accuracy, Estimate):
        return {}
    interval = result.accuracy.interval
    return {
        "accuracy": result.accuracy.value,
        "low": interval.low,
        "high": interval.high,
        "confidence": interval.confidence,
        "method": interval.method,
    }


def _csv_bounds(result: Result) -> dict[str, CsvValue]:
    if result.bounds is None:
        return {}
    return {
        "accuracy_if_undecided_wrong": result.bounds.low,
        "accuracy_if_undecided_right": result.bounds.high,
    }


def _guarded(value: CsvValue) -> CsvValue:
    """The value, with an apostrophe before a text that a spreadsheet would run (OWASP, "CSV injection")."""
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return value


def render_json(content: ReportContent) -> str:
    """`report.json`, format 1: proportions in [0, 1]; what is not available is absent, never null."""
    document = {
        "format": JSON_FORMAT,
        "version": content.version,
        "created_at": time_text(content.created_at),
        "complete": content.is_complete,
        "not_in_sample": list(content.not_in_sample),
        "warnings": list(content.warnings),
        "sample": {
            "name": content.sample,
            "seed": content.design.seed,
            "design": _json_design(content),
            "allocation": content.design.allocation,
            "n_units": content.n_units,
        },
        "settings": [_json_setting(setting) for setting in content.settings],
    }
    return json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def _json_design(content: ReportContent) -> dict[str, object]:
    design = content.design
    return {
        "unit": design.unit,
        "across": design.across,
        "per_entity": design.per_entity,
        "frame": design.frame,
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


def _json_setting(setting: SettingResult) -> dict[str, object]:
    identity = {"setting": setting.setting, "reference": setting.reference, "model": setting.model}
    return {
        **{name: value for name, value in identity.items() if value is not None},
        **_json_result(setting.overall),
        "by_split": _json_results(setting.by_split),
        "by_category": _json_results(setting.by_category),
        "reasons": dict(setting.reasons),
    }


def _json_results(results: Mapping[str, Result]) -> dict[str, object]:
    return {name: _json_result(result) for name, result in results.items()}


def _json_result(result: Result) -> dict[str, object]:
    if not isinstance(result.accuracy, Estimate):
        return {**_counts(result.counts)}
    interval = result.accuracy.interval
    return {
        **_counts(result.counts),
        "accuracy": result.accuracy.value,
        "interval": {
            "low": interval.low,
            "high": interval.high,
            "confidence": interval.confidence,
            "method": interval.method,
        },
    }


def _counts(counts: VerdictCounts) -> dict[str, int]:
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
