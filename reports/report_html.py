"""The report as one HTML file: its Table 1 and its tables by setting have a layout of their own."""

from collections.abc import Iterable, Mapping

from reports import cells, goals, numbers, sentences
from reports.content import ReportContent
from reports.drawing import design_facts
from reports.figures import axis as axes
from reports.grid import arrange, setting_name
from reports.html import render_page
from reports.report_document import report_document
from reports.results import Result

SIZE_CLASSES = ("small", "medium", "large")


def render_report_html(content: ReportContent) -> str:
    """The whole report as one HTML document; every text of the content is escaped."""
    axis = axes.axis_of(content.settings)
    reasons = _reasons(content)
    return render_page(
        "report.html",
        report_document(content),
        content=content,
        grid=arrange(content.settings),
        axis=axis,
        splits=_splits(content),
        categories=_largest_first(setting.by_category for setting in content.settings),
        sources=_largest_first(setting.by_source for setting in content.settings),
        sizes=_sizes(content),
        reasons=reasons,
        most_of_reason=max((1, *reasons.values())),
        design_facts=design_facts,
        cells=cells,
        goals=goals,
        sentences=sentences,
        numbers=numbers,
        name_of=lambda setting: setting_name(setting, content.settings),
        whisker_of=lambda result: axes.whisker_of(result, axis),
        models=tuple(dict.fromkeys(s.model for s in content.settings if s.model is not None)),
    )


def _splits(content: ReportContent) -> tuple[str, ...]:
    """Every split of any setting, in the order of the strata where it is one."""
    of_strata = (stratum.split for stratum in content.design.strata)
    of_settings = tuple(split for setting in content.settings for split in setting.by_split)
    return tuple(split for split in dict.fromkeys((*of_strata, *of_settings)) if split in of_settings)


def _largest_first(slices: Iterable[Mapping[str, Result]]) -> tuple[str, ...]:
    """Every name of any setting's slices, the largest slice first."""
    n_units: dict[str, int] = {}
    for by_name in slices:
        for name, result in by_name.items():
            n_units[name] = max(n_units.get(name, 0), result.counts.n_units)
    return tuple(sorted(n_units, key=lambda name: (-n_units[name], name)))


def _sizes(content: ReportContent) -> tuple[str, ...]:
    """Every size class of any setting, from small to large."""
    found = {size for setting in content.settings for size in setting.by_size}
    return (*(size for size in SIZE_CLASSES if size in found), *sorted(found.difference(SIZE_CLASSES)))


def _reasons(content: ReportContent) -> dict[str, int]:
    """Every reason of any setting, and the most units that name it under one setting."""
    most: dict[str, int] = {}
    for setting in content.settings:
        for reason, n in setting.reasons.items():
            most[reason] = max(most.get(reason, 0), n)
    return most
