"""The sections of the report as text and tables, before any format writes them."""

from collections.abc import Callable, Mapping

from reports.blocks import Cell, Section, Table
from reports.content import ReportContent, Result, SettingResult
from reports.grid import Grid, arrange, setting_name
from reports.numbers import ABSENT, count_text, percent_text, range_text, words_text
from reports.sentences import (
    UNDECIDED,
    design_facts,
    provenance_text,
    quotable_text,
    scope_text,
    ticket_code,
    ticket_text,
)
from sampling.estimation.estimate import Estimate, VerdictCounts

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


def accuracy_cell(result: Result, *, span: int = 1) -> Cell:
    """An accuracy with its interval, n and what qualifies it; where there is none, a dash and why."""
    accuracy = result.accuracy
    if not isinstance(accuracy, Estimate):
        return Cell(text=ABSENT, details=(accuracy.reason,), span=span)
    facts = [range_text(accuracy.interval), f"n = {count_text(accuracy.n)}"]
    if result.counts.n_dropped:
        facts.append(f"covers {count_text(result.counts.n_covered)} of {count_text(result.counts.n_units)}")
    facts += _incomplete_details(result.counts)
    return Cell(text=percent_text(accuracy.value), details=tuple(facts), span=span)


def _incomplete_details(counts: VerdictCounts) -> tuple[str, ...]:
    return () if counts.is_complete else (f"INCOMPLETE: {count_text(counts.n_pending)} pending",)


def table_one(content: ReportContent) -> Section:
    """Accuracy of every setting: references as rows, models as columns, then the rows across all models."""
    grid = arrange(content.settings)
    return Section(
        title=f"Table 1. Accuracy by {'reference and model' if grid.models else 'setting'}",
        paragraphs=(
            f"{provenance_text(content)}. Beside each accuracy stand its interval and n.",
            scope_text(content),
        ),
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
            *(quotable_text(setting, content) for setting in content.settings),
            *(
                f"Setting {name} is not in this sample: it came after the draw and has no masks there."
                for name in content.not_in_sample
            ),
        ),
    )


def by_split(content: ReportContent) -> Section:
    """Accuracy of every setting in every split."""
    return _by_part("Accuracy by split", "Split", content, lambda setting: setting.by_split)


def by_category(content: ReportContent) -> Section:
    """Accuracy of every setting in every category."""
    return _by_part("Accuracy by category", "Category", content, lambda setting: setting.by_category)


def _by_part(
    title: str,
    part_title: str,
    content: ReportContent,
    parts_of: Callable[[SettingResult], Mapping[str, Result]],
) -> Section:
    rows = tuple(
        (Cell(text=setting_name(setting, content.settings)), Cell(text=part), *_figure_cells(result))
        for setting in content.settings
        for part, result in parts_of(setting).items()
    )
    table = Table(columns=("Setting", part_title, "Accuracy", "Interval", "n"), rows=rows, n_labels=2)
    return Section(title=title, paragraphs=(f"{provenance_text(content)}.",), table=table if rows else None)


def _figure_cells(result: Result) -> tuple[Cell, ...]:
    cell = accuracy_cell(result)
    if not isinstance(result.accuracy, Estimate):
        return cell, Cell(text=ABSENT), Cell(text=count_text(result.counts.n_counted))
    return (
        Cell(text=cell.text, details=_incomplete_details(result.counts)),
        Cell(text=range_text(result.accuracy.interval)),
        Cell(text=count_text(result.accuracy.n)),
    )


def reasons(content: ReportContent) -> Section:
    """How many units of each setting have a verdict that names each reason."""
    rows = tuple(
        (
            Cell(text=setting_name(setting, content.settings)),
            Cell(text=words_text(reason)),
            Cell(text=count_text(n)),
        )
        for setting in content.settings
        for reason, n in setting.reasons.items()
    )
    return Section(
        title="Reasons given",
        paragraphs=("Reasons are optional and a verdict may name several, so they do not add up.",),
        table=Table(columns=("Setting", "Reason", "Units"), rows=rows, n_labels=2) if rows else None,
    )


def counts(content: ReportContent) -> Section:
    """Every count of every setting, whole and by split."""
    rows = []
    for setting in content.settings:
        name = setting_name(setting, content.settings)
        for split, result in {"all": setting.overall, **setting.by_split}.items():
            numbers = (Cell(text=count_text(count_of(result.counts))) for _, count_of in COUNT_COLUMNS)
            rows.append((Cell(text=name), Cell(text=split), *numbers))
    return Section(
        title="All counts",
        paragraphs=(
            "Units = reviewed + missing + unjudgable + pending + dropped; reviewed = correct + incorrect +"
            " unsure. Missing counts as incorrect; dropped units are outside a filtered setting's"
            " population.",
        ),
        table=Table(
            columns=("Setting", "Split", *(title for title, _ in COUNT_COLUMNS)), rows=tuple(rows), n_labels=2
        )
        if rows
        else None,
    )


def undecided(content: ReportContent) -> Section:
    """What the unsure and unjudgable units could change."""
    rows = tuple(
        (
            Cell(text=setting_name(setting, content.settings)),
            _share_cell(setting.overall),
            Cell(text=count_text(setting.overall.counts.n_unsure)),
            Cell(text=count_text(setting.overall.counts.n_unjudgable)),
            *_bound_cells(setting.overall),
        )
        for setting in content.settings
    )
    columns = ("Setting", "Decided only", "Unsure", "Unjudgable", "All wrong", "All right")
    return Section(
        title="Unsure and unjudgable",
        paragraphs=(UNDECIDED,),
        table=Table(columns=columns, rows=rows) if rows else None,
    )


def _share_cell(result: Result) -> Cell:
    accuracy = result.accuracy
    return Cell(text=percent_text(accuracy.value) if isinstance(accuracy, Estimate) else ABSENT)


def _bound_cells(result: Result) -> tuple[Cell, Cell]:
    if result.bounds is None:
        return Cell(text=ABSENT), Cell(text=ABSENT)
    return Cell(text=percent_text(result.bounds.low)), Cell(text=percent_text(result.bounds.high))


def design(content: ReportContent) -> Section:
    """How the sample was drawn, and from what."""
    return Section(
        title="How the sample was drawn",
        points=tuple(f"{term}: {fact}" for term, fact in design_facts(content)),
        table=Table(
            columns=("Split", "Units", "Entities drawn", "Entities (M_h)", "Annotations (N_h)"),
            rows=tuple(
                (
                    Cell(text=stratum.split),
                    Cell(text=count_text(stratum.n_units)),
                    Cell(text=count_text(stratum.n_entities_drawn)),
                    Cell(text=count_text(stratum.n_entities)),
                    Cell(text=count_text(stratum.n_annotations)),
                )
                for stratum in content.design.strata
            ),
        ),
    )


def tickets(content: ReportContent) -> Section:
    """How to repeat the draw."""
    return Section(title="Recompute a ticket", paragraphs=(ticket_text(content),), code=ticket_code(content))


def sources(content: ReportContent) -> Section:
    """Who judged, and where."""
    rows = tuple(
        (Cell(text=source.reviewer), Cell(text=source.source), Cell(text=count_text(source.n_verdicts)))
        for source in content.sources
    )
    if not rows:
        return Section(title="Who judged", points=("Nobody yet.",))
    return Section(
        title="Who judged",
        paragraphs=("Verdicts that stand; what was undone or changed is not counted.",),
        table=Table(columns=("Reviewer", "Through", "Verdicts"), rows=rows, n_labels=2),
    )


def written_sections(content: ReportContent) -> tuple[Section, ...]:
    """Every section after Table 1 that has something to say, for the formats that write them one by one."""
    every = (quotations, by_split, by_category, reasons, undecided, counts, design, tickets, sources)
    made = (section_of(content) for section_of in every)
    return tuple(section for section in made if section.table or section.points or section.code)
