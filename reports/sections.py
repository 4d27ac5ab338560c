"""The sections of the report as text and tables, before any format writes them."""

from collections.abc import Callable

from reports.blocks import Cell, Section, Table
from reports.cells import accuracy_cell, share_cell
from reports.comparisons import comparisons, contrasts
from reports.composition import figure_four, table_six
from reports.content import ReportContent
from reports.drawing import design, recipe, tickets
from reports.estimands import cautions, estimands
from reports.goals import goal, quotable_texts
from reports.gold import gold, gold_corrected
from reports.grid import Grid, arrange, setting_name
from reports.interval_chart import intervals
from reports.numbers import ABSENT, count_text, percent_text
from reports.preferences import preferences
from reports.readings import agreement, corrected
from reports.reasons import reasons
from reports.results import Result, SettingResult
from reports.reviewing import pace, reviewing
from reports.risk import risk
from reports.sentences import (
    MISSING,
    UNDECIDED,
    absence_text,
    origin_text,
    provenance_text,
    quotable_text,
    scope_text,
    stopping_text,
)
from reports.settlement import settlement
from reports.slices import by_category, by_size, by_source, by_split
from sampling.estimation.estimands import Estimand
from sampling.estimation.estimate import VerdictCounts

COUNT_COLUMNS: tuple[tuple[str, Callable[[VerdictCounts], int]], ...] = (
    ("Units", lambda counts: counts.n_units),
    ("Reviewed", lambda counts: counts.n_reviewed),
    ("Correct", lambda counts: counts.n_correct),
    ("Incorrect", lambda counts: counts.n_incorrect),
    ("Unsure", lambda counts: counts.n_unsure),
    ("Missing", lambda counts: counts.n_missing),
    ("Unjudgable", lambda counts: counts.n_unjudgable),
    ("Pending", lambda counts: counts.n_pending),
    ("Dropped", lambda counts: counts.n_dropped),
)
"""Units = Reviewed + Missing + Unjudgable + Pending + Dropped; Reviewed = Correct + Incorrect + Unsure."""


def table_one(content: ReportContent) -> Section:
    """Accuracy of every setting: references as rows, models as columns, then the rows across all models."""
    grid = arrange(content.settings)
    paragraphs = (
        f"{provenance_text(content)}. Beside each accuracy stand its interval and n.",
        stopping_text(content),
        scope_text(content),
    )
    return Section(
        title=f"Table 1. Accuracy by {'reference and model' if grid.models else 'setting'}",
        paragraphs=tuple(paragraph for paragraph in paragraphs if paragraph),
        table=_grid_table(grid) if content.settings else None,
    )


def _grid_table(grid: Grid) -> Table:
    rows = []
    for row in grid.rows:
        n_lines = max(len(of_model) for of_model in row.cells)
        rows += [
            (Cell(text=row.reference), *(_grid_cell(of_model, line) for of_model in row.cells))
            for line in range(n_lines)
        ]
    n_models = max(1, len(grid.models))
    rows += [
        (Cell(text=setting.setting), accuracy_cell(setting.overall, span=n_models))
        for setting in grid.spanning
    ]
    columns = ("Reference", *grid.models) if grid.models else ("Setting", "Accuracy")
    return Table(columns=columns, rows=tuple(rows))


def _grid_cell(of_model: tuple[SettingResult, ...], line: int) -> Cell:
    """Settings that share a reference and a model stand below each other, each with its name."""
    if line >= len(of_model):
        return Cell(text="")
    cell = accuracy_cell(of_model[line].overall)
    name = (of_model[line].setting,) if len(of_model) > 1 else ()
    return Cell(text=cell.text, details=(*name, *cell.details))


def quotations(content: ReportContent) -> Section:
    """One sentence per setting, and the settings of which there is none."""
    return Section(
        title="In one sentence each",
        points=(
            *quotable_texts(content),
            *(quotable_text(setting, content) for setting in content.settings),
            *(
                f"Setting {name} is not in this sample: {absence_text(content)}."
                for name in content.not_in_sample
            ),
        ),
    )


def counts(content: ReportContent) -> Section:
    """Every count of every setting, whole and by split."""
    rows, total = [], total_label(content)
    for setting in content.settings:
        name = setting_name(setting, content.settings)
        for split, result in ((total, setting.overall), *setting.by_split.items()):
            numbers = (Cell(text=count_text(count_of(result.counts))) for _, count_of in COUNT_COLUMNS)
            rows.append((Cell(text=name), Cell(text=split), *numbers))
    if not rows:
        return Section(title="All counts")
    return Section(
        title="All counts",
        paragraphs=(
            "Units = reviewed + missing + unjudgable + pending + dropped; reviewed = correct + incorrect +"
            " unsure. Missing counts as incorrect; dropped units are outside a filtered setting's"
            " population.",
        ),
        table=Table(
            columns=("Setting", "Split", *(title for title, _ in COUNT_COLUMNS)), rows=tuple(rows), n_labels=2
        ),
    )


def total_label(content: ReportContent) -> str:
    """What a row over all splits is labelled with, unlike any split; a split may be named “all” too."""
    splits = {split for setting in content.settings for split in setting.by_split}
    label = "all"
    while label in splits:
        label = f"({label})"
    return label


def undecided(content: ReportContent) -> Section:
    """What missing masks count as, and what the unsure and unjudgable units could change."""
    rows = tuple(
        (
            Cell(text=setting_name(setting, content.settings)),
            share_cell(setting.overall.estimands[Estimand.MIX]),
            Cell(text=count_text(setting.overall.counts.n_missing)),
            Cell(text=count_text(setting.overall.counts.n_unsure)),
            Cell(text=count_text(setting.overall.counts.n_unjudgable)),
            *_bound_cells(setting.overall),
        )
        for setting in content.settings
    )
    if not rows:
        return Section(title="Missing, unsure and unjudgable")
    columns = ("Setting", "Decided only", "Missing", "Unsure", "Unjudgable", "All wrong", "All right")
    return Section(
        title="Missing, unsure and unjudgable",
        paragraphs=(MISSING, UNDECIDED),
        table=Table(columns=columns, rows=rows),
    )


def _bound_cells(result: Result) -> tuple[Cell, Cell]:
    if result.bounds is None:
        return Cell(text=ABSENT), Cell(text=ABSENT)
    return Cell(text=percent_text(result.bounds.low)), Cell(text=percent_text(result.bounds.high))


def sources(content: ReportContent) -> Section:
    """Who judged, and where, and whose verdicts as a lead settled masks."""
    if not content.sources:
        return Section(title="Who judged", points=("Nobody yet.",))
    columns, counts = ["Reviewer", "Through", "Verdicts"], [[each.n_verdicts] for each in content.sources]
    if any(each.n_adjudications for each in content.sources):
        columns.append("Settled as a lead")
        counts = [[each.n_verdicts, each.n_adjudications] for each in content.sources]
    rows = tuple(
        (
            Cell(text=each.reviewer),
            Cell(text=each.source),
            *(Cell(text=count_text(n)) for n in of_source),
        )
        for each, of_source in zip(content.sources, counts, strict=True)
    )
    origin = origin_text(content.front_ends)
    return Section(
        title="Who judged",
        paragraphs=(
            "Verdicts that stand; what was undone or changed is not counted.",
            *((f"Where they were given: {origin}.",) if origin else ()),
        ),
        table=Table(columns=tuple(columns), rows=rows, n_labels=2),
    )


SECTIONS: dict[str, Callable[[ReportContent], Section]] = {
    "estimands": estimands,
    "cautions": cautions,
    "goal": goal,
    "risk": risk,
    "intervals": intervals,
    "sentences": quotations,
    "comparisons": comparisons,
    "contrast": contrasts,
    "preferences": preferences,
    "splits": by_split,
    "categories": by_category,
    "source_datasets": by_source,
    "sizes": by_size,
    "reasons": reasons,
    "agreement": agreement,
    "settlement": settlement,
    "corrected": corrected,
    "gold": gold,
    "gold_corrected": gold_corrected,
    "undecided": undecided,
    "counts": counts,
    "table-6": table_six,
    "figure-4": figure_four,
    "design": design,
    "tickets": tickets,
    "recipe": recipe,
    "reviewing": reviewing,
    "sources": sources,
    "pace": pace,
}
"""Every section after Table 1, in order, by the name of its place in the page."""


def written_sections(content: ReportContent) -> tuple[Section, ...]:
    """Every section after Table 1 that has something to say, for the formats that write them one by one."""
    made = (section_of(content) for section_of in SECTIONS.values())
    return tuple(section for section in made if section.has_content)
