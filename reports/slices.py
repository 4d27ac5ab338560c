"""The accuracy in parts of the sample: splits, categories, source datasets, sizes of masks."""

from collections.abc import Callable, Mapping

from reports.blocks import Cell, Section, Table
from reports.cells import (
    TOO_FEW,
    counts_text,
    incomplete_details,
    interval_cell,
    is_too_few,
    qualifications,
    share_cell,
)
from reports.content import ReportContent
from reports.grid import setting_name
from reports.numbers import count_text, counted_text
from reports.results import Result, SettingResult
from reports.sentences import provenance_text
from sampling.estimation.domains import FEWEST_COUNTED
from sampling.estimation.estimate import NoEstimate

Parts = Callable[[SettingResult], Mapping[str, Result]]

FEW = (
    f"Parts with fewer than {FEWEST_COUNTED} counted units show how many of them are right, and no interval:"
    " it would be too wide to tell anything, and too often wrong."
)
SIZES = (
    "By the area of the setting's own mask, as COCO has it: small below 32² pixels, medium below 96², large"
    " from there. So the same unit may be in another class under another setting."
)


def by_split(content: ReportContent) -> Section:
    """Accuracy of every setting in every split, whatever its size: that was planned."""
    return _section("split", content, lambda setting: setting.by_split, (), _cells)


def by_category(content: ReportContent) -> Section:
    """Accuracy of every setting in every category."""
    notes = (FEW, *_without("category", content, lambda setting: setting.by_category))
    return _section("category", content, lambda setting: setting.by_category, notes, _domain_cells)


def by_source(content: ReportContent) -> Section:
    """Accuracy of every setting in every source dataset."""
    notes = (FEW, *_without("source dataset", content, lambda setting: setting.by_source))
    return _section("source dataset", content, lambda setting: setting.by_source, notes, _domain_cells)


def by_size(content: ReportContent) -> Section:
    """Accuracy of every setting by the size of its masks."""
    notes = (SIZES, FEW, *_without_size(content))
    return _section("mask size", content, lambda setting: setting.by_size, notes, _domain_cells)


def _without(kind: str, content: ReportContent, parts_of: Parts) -> tuple[str, ...]:
    """How many units no row counts; they are the same under every setting."""
    n = max((_n_in_no_part(setting, parts_of(setting)) for setting in content.settings), default=0)
    if n < 1:
        return ()
    have, are = ("has", "is") if n == 1 else ("have", "are")
    return (f"{counted_text(n, 'unit')} {have} no {kind} and {are} in no row.",)


def _n_in_no_part(setting: SettingResult, parts: Mapping[str, Result]) -> int:
    return setting.overall.counts.n_units - sum(part.counts.n_units for part in parts.values())


def _without_size(content: ReportContent) -> tuple[str, ...]:
    """How many missing masks of each setting no row counts."""
    missing = {
        setting_name(setting, content.settings): setting.overall.counts.n_missing
        - sum(part.counts.n_missing for part in setting.by_size.values())
        for setting in content.settings
        if setting.by_size
    }
    of_settings = ", ".join(f"{count_text(n)} of {name}" for name, n in missing.items() if n > 0)
    return (f"Missing masks have no size and are in no row: {of_settings}.",) if of_settings else ()


def _section(
    kind: str,
    content: ReportContent,
    parts_of: Parts,
    notes: tuple[str, ...],
    cells_of: Callable[[Result], tuple[Cell, ...]],
) -> Section:
    title = f"Accuracy by {kind}"
    rows = tuple(
        (Cell(text=setting_name(setting, content.settings)), Cell(text=part), *cells_of(result))
        for setting in content.settings
        for part, result in parts_of(setting).items()
    )
    if not rows:
        return Section(title=title)
    paragraphs = (f"{provenance_text(content)}.", *notes)
    columns = ("Setting", kind.capitalize(), "Accuracy", "Interval", "n")
    return Section(title=title, paragraphs=paragraphs, table=Table(columns=columns, rows=rows, n_labels=2))


def _cells(result: Result) -> tuple[Cell, ...]:
    share = share_cell(result.accuracy)
    why = (result.accuracy.reason,) if isinstance(result.accuracy, NoEstimate) else qualifications(result)
    return Cell(text=share.text, details=why), interval_cell(result.accuracy), _n_cell(result)


def _domain_cells(result: Result) -> tuple[Cell, ...]:
    if not is_too_few(result):
        return _cells(result)
    counted = Cell(text=counts_text(result), details=incomplete_details(result.counts))
    return counted, Cell(text=TOO_FEW), _n_cell(result)


def _n_cell(result: Result) -> Cell:
    return Cell(text=count_text(result.counts.n_counted))
