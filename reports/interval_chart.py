"""The accuracy of every setting with its interval, as a figure."""

from reports.blocks import Section
from reports.content import ReportContent
from reports.figures.figure import IntervalFigure, IntervalRow
from reports.grid import setting_name
from reports.results import SettingResult
from reports.sentences import provenance_text, stopping_text
from sampling.estimation.estimate import NoEstimate


def intervals(content: ReportContent) -> Section:
    """One row for every setting of Table 1."""
    title = "Accuracy with its interval"
    if not content.settings:
        return Section(title=title)
    caption = " ".join(
        text
        for text in (
            f"Accuracy (estimand “{content.estimand}”) and interval of every setting.",
            f"{provenance_text(content)}.",
            stopping_text(content),
        )
        if text
    )
    return Section(
        title=title,
        figures=(
            IntervalFigure(
                key="intervals",
                title=title,
                caption=caption,
                rows=tuple(_row(setting, content) for setting in content.settings),
            ),
        ),
    )


def _row(setting: SettingResult, content: ReportContent) -> IntervalRow:
    result = setting.overall
    name = setting_name(setting, content.settings)
    if isinstance(result.accuracy, NoEstimate):
        return IntervalRow(label=name, group=setting.model, limits=None, remark=result.accuracy.reason)
    interval = result.accuracy.interval
    return IntervalRow(
        label=name,
        group=setting.model,
        limits=(interval.low, result.accuracy.value, interval.high),
        remark="" if result.counts.is_complete else "incomplete",
    )
