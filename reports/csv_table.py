"""The report as a table for machines: one CSV row per setting and slice, and per two settings compared."""

import csv
import io
from collections.abc import Iterator

from reports.cells import is_too_few
from reports.content import ReportContent
from reports.counts import counts_by_name
from reports.numbers import time_text
from reports.results import PreferenceResult, Result, SettingResult
from reports.spreadsheet_text import guarded
from sampling.comparison.preference import PreferenceEstimate
from sampling.estimation.estimate import Estimate

CsvValue = str | int | float

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
    "estimand",
    "n_eff",
    "deff",
    "interval_valid",
    "settlement",
    "n_better",
    "n_worse",
    "n_same",
    "n_identical",
    "better",
    "worse",
    "net",
    "net_low",
    "net_high",
    "few_units",
)
"""New ones come at the end, so that whoever counts columns keeps counting right."""


UNPLANNED = ("category", "source", "size")
"""Slices whose size nobody planned: with few counted units the page shows no interval of them."""


def render_csv(content: ReportContent) -> str:
    """One row per setting and slice: all, split, category, source, size.

    Proportions lie in [0, 1] and are empty where there is none.

    Accuracy, limits, n_eff and deff are of the headline's estimand; the bounds for undecided units are of the
    sample's own share. `interval_valid` is "no" where the review may have stopped where its verdicts say so.
    `few_units` is "yes" of a category, source or size of so few units that the page leaves out its interval.
    Where somebody compared two settings side by side, a row of the slice "preference" has the one as its
    setting and the other as its name: how often the one's mask is better, or worse, and the difference `net`.
    A text that a spreadsheet would take for a formula is preceded by an apostrophe.
    """
    buffer = io.StringIO()
    # Quoting every text keeps a lone carriage return inside its field, which minimal quoting does not.
    writer = csv.DictWriter(
        buffer, CSV_COLUMNS, restval="", lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC
    )
    writer.writeheader()
    rows = [row for setting in content.settings for row in _rows(setting, content)]
    for row in [*rows, *map(_preference, content.preferences)]:
        values = _provenance(content) | row
        writer.writerow(
            {name: guarded(each) if isinstance(each, str) else each for name, each in values.items()}
        )
    return buffer.getvalue()


def _provenance(content: ReportContent) -> dict[str, CsvValue]:
    return {
        "sample": content.sample,
        "seed": content.design.seed,
        "created_at": time_text(content.created_at),
        "version": content.version,
    }


def _rows(setting: SettingResult, content: ReportContent) -> Iterator[dict[str, CsvValue]]:
    may_have_stopped = content.goal.may_stop_early and not setting.overall.counts.is_complete
    slices = [
        ("all", "", setting.overall),
        *(("split", name, result) for name, result in setting.by_split.items()),
        *(("category", name, result) for name, result in setting.by_category.items()),
        *(("source", name, result) for name, result in setting.by_source.items()),
        *(("size", name, result) for name, result in setting.by_size.items()),
    ]
    for kind, name, result in slices:
        estimate = _estimate(result)
        yield {
            "setting": setting.setting,
            "reference": setting.reference or "",
            "model": setting.model or "",
            "slice": kind,
            "name": name,
            "complete": "yes" if result.counts.is_complete else "no",
            "n": result.counts.n_counted,
            **counts_by_name(result.counts),
            **estimate,
            **_bounds(result),
            "estimand": result.headline,
            "settlement": content.settling.policy,
            **({"interval_valid": "no" if may_have_stopped else "yes"} if estimate else {}),
            "few_units": "yes" if kind in UNPLANNED and is_too_few(result) else "no",
        }


def _estimate(result: Result) -> dict[str, CsvValue]:
    if not isinstance(result.accuracy, Estimate):
        return {}
    interval = result.accuracy.interval
    return {
        "accuracy": result.accuracy.value,
        "low": interval.low,
        "high": interval.high,
        "confidence": interval.confidence,
        "method": interval.method,
        "n_eff": result.accuracy.n_eff,
        "deff": result.accuracy.deff,
    }


def _bounds(result: Result) -> dict[str, CsvValue]:
    if result.bounds is None:
        return {}
    return {
        "accuracy_if_undecided_wrong": result.bounds.low,
        "accuracy_if_undecided_right": result.bounds.high,
    }


def _preference(found: PreferenceResult) -> dict[str, CsvValue]:
    counts = found.counts
    return {
        "setting": found.a,
        "slice": "preference",
        "name": found.b,
        "complete": "no" if counts.n_pending else "yes",
        "n": counts.n_pairs,
        "n_pending": counts.n_pending,
        "n_unjudgable": counts.n_unjudgable,
        "n_better": counts.n_a,
        "n_worse": counts.n_b,
        "n_same": counts.n_same,
        "n_identical": counts.n_identical,
        "estimand": found.headline,
        **(_net(found.figures) if isinstance(found.figures, PreferenceEstimate) else {}),
    }


def _net(figures: PreferenceEstimate) -> dict[str, CsvValue]:
    return {
        "confidence": figures.interval.confidence,
        "method": figures.interval.method,
        "n_eff": figures.n_eff,
        "better": figures.share_a.value,
        "worse": figures.share_b.value,
        "net": figures.net,
        "net_low": figures.interval.low,
        "net_high": figures.interval.high,
        # Nothing stops a review by what is preferred.
        "interval_valid": "yes",
    }
