"""What the sample is made of: its cases and entities, and its categories beside the population's."""

from dataclasses import dataclass

from reports.blocks import Cell, Section, Table
from reports.content import Design, ReportContent
from reports.figures.figure import BarFigure, Measure, Series
from reports.numbers import ABSENT, count_text, counted_text, percent_text
from reports.sample_findings import Composition
from sampling.design.frame import DrawnUnit
from sampling.estimation.estimate import NoEstimate

MOST_CATEGORIES = 20
"""Shown by name; the rest is put together."""

NO_CATEGORY = "no category"

COUNTED = {DrawnUnit.ENTITY: "entities", DrawnUnit.ANNOTATION: "annotations"}


def table_six(content: ReportContent) -> Section:
    """Cases and entities of the sample, by split and in all."""
    title = "Table 6. Cases and entities of the sample"
    made = content.composition
    if made is None or not made.splits:
        return Section(title=title)
    rows = [(split.split, split.n_units, split.n_entities) for split in made.splits]
    rows.append(("all", content.n_units, made.n_entities))
    together = sum(split.n_entities for split in made.splits)
    shared = (
        "" if together == made.n_entities else " In all, an entity that is in several splits counts once."
    )
    return Section(
        title=title,
        paragraphs=(
            "A case is one mention, whose mask is judged under every setting; entities are the different ones"
            f" that the cases show.{shared}",
        ),
        table=Table(
            columns=("Split", "Cases", "Entities"),
            rows=tuple(
                (Cell(text=split), Cell(text=count_text(n_units)), Cell(text=count_text(n_entities)))
                for split, n_units, n_entities in rows
            ),
        ),
    )


def figure_four(content: ReportContent) -> Section:
    """Categories of the sample beside those of the population."""
    title = "Figure 4. Entity categories of the sample and of the population"
    made = content.composition
    if made is None or not made.has_categories:
        return Section(title=title)
    shown = _shown(made)
    parts = [_Part(name="Sample", n=tuple(n for _, n, _ in shown))]
    if not isinstance(made.of_population, NoEstimate):
        in_what = f"Population ({COUNTED[made.counted]})"
        parts.append(_Part(name=in_what, n=tuple(n for _, _, n in shown)))
    return Section(
        title=title,
        table=Table(
            columns=("Category", *(column for part in parts for column in (part.name, "Share"))),
            rows=tuple(
                (Cell(text=label), *(cell for part in parts for cell in part.cells(place)))
                for place, (label, _, _) in enumerate(shown)
            ),
        ),
        figures=(
            BarFigure(
                key="figure-4",
                title="Entity categories of the sample and of the population",
                caption=_said(content, made),
                labels=tuple(label for label, _, _ in shown),
                series=tuple(Series(name=part.name, values=part.shares) for part in parts),
                measure=Measure.SHARE,
            ),
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """The counts of the sample, or of the population, by the categories shown."""

    name: str
    n: tuple[int, ...]

    @property
    def shares(self) -> tuple[float | None, ...]:
        total = sum(self.n)
        return tuple(n / total if total else None for n in self.n)

    def cells(self, place: int) -> tuple[Cell, Cell]:
        share = self.shares[place]
        return Cell(text=count_text(self.n[place])), Cell(
            text=ABSENT if share is None else percent_text(share)
        )


def _shown(made: Composition) -> list[tuple[str, int, int]]:
    """Categories with their counts in the sample and the population, the largest of the sample first."""
    of_sample = made.categories
    of_population = {} if isinstance(made.of_population, NoEstimate) else made.of_population
    known = {name for name in (*of_sample, *of_population) if name is not None}
    ranked = sorted(known, key=lambda name: (-of_sample.get(name, 0), -of_population.get(name, 0), name))
    named, others = ranked[:MOST_CATEGORIES], ranked[MOST_CATEGORIES:]
    shown = [(name, of_sample.get(name, 0), of_population.get(name, 0)) for name in named]
    for label, names in ((f"{count_text(len(others))} other categories", others), (NO_CATEGORY, [None])):
        n_sample, n_population = (
            sum(counts.get(name, 0) for name in names) for counts in (of_sample, of_population)
        )
        if n_sample or n_population:
            shown.append((label, n_sample, n_population))
    return shown


def _said(content: ReportContent, made: Composition) -> str:
    """What is counted, out of how many; and why the two differ by design."""
    sample = f"Sample: {counted_text(content.n_units, 'case')}."
    if isinstance(made.of_population, NoEstimate):
        return f"{sample} Population: not shown, {made.of_population.reason}."
    total = count_text(sum(made.of_population.values()))
    return (
        f"{sample} Population: {total} {COUNTED[made.counted]} of setting {content.design.frame}, all splits."
        f" {_differing_by_design(content.design)}"
    )


def _differing_by_design(design: Design) -> str:
    if design.contrast is not None:
        return "The sample holds only mentions whose masks differ, so the two differ also by design."
    if design.is_by_risk:
        return "The sample was drawn by risk, so the two differ also by design."
    return "The two differ also by design where splits were drawn at different rates."
