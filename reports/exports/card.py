"""The section of a dataset card that says how good the annotations are, as YAML and as Markdown."""

from collections.abc import Iterator

from reports.blocks import Cell, Section, Table
from reports.cells import interval_cell, share_cell
from reports.content import ReportContent
from reports.drawing import design
from reports.estimands import cautions, estimands
from reports.exports.judging import judging_text
from reports.exports.yaml_text import yaml_lines
from reports.grid import setting_name
from reports.json_values import Object
from reports.markdown import escaped, section_lines
from reports.numbers import ABSENT, count_text, time_text
from reports.results import SettingResult
from reports.sentences import (
    UNDECIDED,
    provenance_text,
    quotable_text,
    scope_text,
    status_text,
    stopping_text,
)
from sampling.estimation.estimate import Estimate

YAML_MARKERS = ("# mask-audit:start", "# mask-audit:end")
"""Lines between which the card's YAML is ours."""

MARKDOWN_MARKERS = ("<!-- mask-audit:start -->", "<!-- mask-audit:end -->")
"""The same of its Markdown."""

MEASURED = (
    "People judge a random sample of these machine-made masks. The share of correct ones is the accuracy; its"
    " interval says how far the sample may be off."
)


def render_card(content: ReportContent) -> str:
    """A whole card: front matter that Hugging Face reads, and the section."""
    head = yaml_lines(
        {
            "annotations_creators": ["machine-generated"],
            "task_categories": ["image-segmentation"],
            "tags": ["mask-audit"],
        }
    )
    return "\n".join(("---", *head, card_metadata(content), "---", "", card_section(content), ""))


def card_metadata(content: ReportContent) -> str:
    """The figures as YAML under the key `mask_audit`, between their markers."""
    values = {
        "mask_audit": {
            "version": content.version,
            "created_at": time_text(content.created_at),
            "complete": content.is_complete,
            "sample": content.sample,
            "n_units": content.n_units,
            "seed": content.design.seed,
            "estimand": str(content.estimand),
            "only_where_masks_differ": content.design.contrast,
            "settings": [_figures(setting) for setting in content.settings],
        }
    }
    return "\n".join((YAML_MARKERS[0], *yaml_lines(values), YAML_MARKERS[1]))


def card_section(content: ReportContent) -> str:
    """The section as Markdown, between its markers."""
    lines = [MARKDOWN_MARKERS[0], "## Annotation quality", "", f"**{escaped(status_text(content))}**", ""]
    lines += [f"- {escaped(quotable_text(setting, content))}" for setting in content.settings]
    lines.append("")
    for section in _sections(content):
        if section.has_content:
            lines += section_lines(section, heading="###")
    return "\n".join((*lines, MARKDOWN_MARKERS[1]))


def _sections(content: ReportContent) -> Iterator[Section]:
    yield Section(
        title="Accuracy",
        table=_accuracy_table(content) if content.settings else None,
        paragraphs=(f"{provenance_text(content)}.",),
    )
    yield Section(
        title="How it was measured", paragraphs=(MEASURED, judging_text(content), scope_text(content))
    )
    yield design(content)
    yield estimands(content)
    yield Section(
        title="Limits",
        points=(*content.warnings, *cautions(content).points),
        paragraphs=tuple(text for text in (UNDECIDED, stopping_text(content)) if text),
    )


def _accuracy_table(content: ReportContent) -> Table:
    columns = (
        "Setting",
        "Reference",
        "Model",
        "Accuracy",
        "Interval",
        "n",
        "Correct",
        "Incorrect",
        "Missing",
    )
    rows = tuple(
        (
            Cell(text=setting_name(setting, content.settings)),
            Cell(text=setting.reference or ABSENT),
            Cell(text=setting.model or ABSENT),
            share_cell(setting.overall.accuracy),
            interval_cell(setting.overall.accuracy),
            Cell(text=count_text(counts.n_counted)),
            Cell(text=count_text(counts.n_correct)),
            Cell(text=count_text(counts.n_incorrect)),
            Cell(text=count_text(counts.n_missing)),
            Cell(text=count_text(counts.n_undecided)),
            Cell(text=count_text(counts.n_pending)),
        )
        for setting in content.settings
        for counts in (setting.overall.counts,)
    )
    return Table(columns=(*columns, "Undecided", "Pending"), rows=rows, n_labels=3)


def _figures(setting: SettingResult) -> Object:
    accuracy = setting.overall.accuracy
    named: Object = {
        "setting": setting.setting,
        "reference": setting.reference,
        "model": setting.model,
        "n_pending": setting.overall.counts.n_pending,
    }
    if not isinstance(accuracy, Estimate):
        return {**named, "why_none": accuracy.reason}
    return {
        **named,
        "accuracy": accuracy.value,
        "low": accuracy.interval.low,
        "high": accuracy.interval.high,
        "confidence": accuracy.interval.confidence,
        "method": str(accuracy.interval.method),
        "n": accuracy.n,
    }
