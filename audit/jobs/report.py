"""Writes the report of a sample in every format asked for."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from audit.jobs.document_files import (
    WrittenFiles,
    check_folder,
    check_outside,
    write_document_files,
    written_text,
)
from audit.jobs.image_check import check_images
from audit.jobs.loaded_report import ReportQuestion, load_content_of, load_named_state
from audit.jobs.progress import Progress
from audit.jobs.report_galleries import GalleryLimits, report_galleries
from audit.jobs.workspace import Workspace
from reports.content import ReportContent
from reports.formats import Format, render_report
from reports.goal_results import GoalResult
from reports.goals import progress_texts
from reports.numbers import percent_text, range_text
from reports.results import SettingResult, Span
from reports.sentences import name_of, only_at_full_size_text
from sampling.estimation.estimate import NoEstimate
from sampling.sequential.reading import GoalState

ILLUSTRATED = frozenset({Format.HTML, Format.MARKDOWN, Format.LATEX})
"""Formats that show pictures."""


class Bound(StrEnum):
    """What a gate holds against its limit."""

    ESTIMATE = "estimate"
    LOWER = "lower"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRequest:
    """What to report, and where to.

    Attributes:
        n_shown: things in each gallery at most; 0 gives no galleries.
    """

    question: ReportQuestion
    folder: Path
    formats: tuple[Format, ...]
    n_shown: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenReport:
    """What was reported, and the files it went to."""

    content: ReportContent
    files: WrittenFiles


def write_report(
    workspace: Workspace, request: ReportRequest, *, now: datetime, progress: Progress
) -> WrittenReport:
    """Count what the verdicts say and write it; every file is replaced whole.

    Raises:
        InputError: the folder cannot be one.
        StoreError: there is no such sample.
    """
    check_folder(request.folder)
    check_outside(request.folder, workspace.population.folder)
    check_images(workspace.store, request.question.sample, workers=workspace.workers, progress=progress)
    state = load_named_state(workspace, request.question.sample)
    content = load_content_of(workspace, state, request.question, now=now)
    if ILLUSTRATED.intersection(request.formats):
        names = {setting: name_of(setting, content) for setting in state.masks_made}
        limits = GalleryLimits(n_each=request.n_shown)
        galleries = report_galleries(workspace, state, names, limits, progress=progress)
        content = replace(content, galleries=galleries)
    files = write_document_files(request.folder, render_report(content, request.formats))
    return WrittenReport(content=content, files=files)


def summary(written: WrittenReport) -> list[str]:
    """Give the accuracy of every setting in words, and where the files are."""
    lines = [_line(setting) for setting in written.content.settings]
    if not written.content.is_complete:
        lines.append(f"incomplete: {written.content.n_pending:,} judgements are pending")
    lines += [f"{name}: {progress}" for name, progress in progress_texts(written.content.goal).items()]
    if only_at_full_size_text(written.content):
        lines.append(f"intervals above: {only_at_full_size_text(written.content)}")
    lines += [f"warning: {warning}" for warning in written.content.warnings]
    if written.content.design.contrast is None:
        lines += [
            f"{setting} is not in this sample: `mask-audit sample --carry`"
            for setting in written.content.not_in_sample
        ]
    return [*lines, *written_text(written.files)]


def gate_failures(content: ReportContent, least: float, bound: Bound) -> list[str]:
    """Give a sentence for every setting that does not reach a limit, or cannot be held against it yet."""
    failures = [
        fault
        for setting in content.settings
        if not _is_shown(content.goal, setting.setting, least, bound)
        and (fault := _gate_failure(setting, least, bound)) is not None
    ]
    absent = () if content.design.contrast is not None else content.not_in_sample
    return failures + [f"gate: {setting} is not in this sample" for setting in absent]


def formats_of(names: Sequence[str]) -> tuple[Format, ...]:
    """Give formats by name."""
    return tuple(Format(name) for name in names)


def span_of(name: str) -> Span:
    """Give what intervals' confidence is of, by name."""
    return Span(name)


def _line(setting: SettingResult) -> str:
    accuracy = setting.overall.accuracy
    if isinstance(accuracy, NoEstimate):
        return f"{setting.setting}: no estimate, {accuracy.reason}"
    return (
        f"{setting.setting}: {percent_text(accuracy.value)} correct "
        f"({range_text(accuracy.interval)}, n = {accuracy.n:,})"
    )


def _is_shown(goal: GoalResult, setting: str, least: float, bound: Bound) -> bool:
    """Whether a sequential goal that is reached shows as much, whatever else awaits a verdict."""
    if any(claim.setting == setting and claim.holds for claim in goal.claims):
        return goal.target is not None and goal.target >= least
    for width in goal.widths:
        estimate = width.status.estimate
        if width.setting == setting and estimate and width.status.state is GoalState.REACHED:
            return (estimate.interval.low if bound is Bound.LOWER else estimate.value) >= least
    return False


def _gate_failure(setting: SettingResult, least: float, bound: Bound) -> str | None:
    result = setting.overall
    if isinstance(result.accuracy, NoEstimate):
        return f"gate: {setting.setting} has no estimate, {result.accuracy.reason}"
    if not result.counts.is_complete:
        return f"gate: {setting.setting} is incomplete, {result.counts.n_pending:,} judgements are pending"
    reached = result.accuracy.interval.low if bound is Bound.LOWER else result.accuracy.value
    if reached < least:
        return f"gate: {setting.setting} reaches {reached:.4f} ({bound}), {least:g} was needed"
    return None
