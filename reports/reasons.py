"""What goes wrong where: the reasons that verdicts name, by setting, and masks to look at."""

from reports.blocks import Cell, Section, Table
from reports.content import ReportContent
from reports.figures.figure import BarFigure, Measure, Series
from reports.grid import setting_name
from reports.numbers import count_text, words_text

OPTIONAL = "Reasons are optional and a verdict may name several, so they do not add up."


def reasons(content: ReportContent) -> Section:
    """How many units of each setting have a verdict that names each reason; wrong masks beside right ones."""
    title = "Reasons given"
    galleries = (*content.galleries.failures, *content.galleries.verdicts)
    rows = tuple(
        (
            Cell(text=setting_name(setting, content.settings)),
            Cell(text=words_text(reason)),
            Cell(text=count_text(n)),
        )
        for setting in content.settings
        for reason, n in setting.reasons.items()
    )
    if not rows:
        return Section(title=title, paragraphs=content.galleries.notes, galleries=galleries)
    return Section(
        title=title,
        paragraphs=(OPTIONAL, *content.galleries.notes),
        table=Table(columns=("Setting", "Reason", "Units"), rows=rows, n_labels=2),
        figures=(_figure(content),),
        galleries=galleries,
    )


def _figure(content: ReportContent) -> BarFigure:
    """Every reason that any setting has, the most frequent first, with a bar for each setting."""
    n_of = {
        reason: sum(setting.reasons.get(reason, 0) for setting in content.settings)
        for reason in dict.fromkeys(reason for setting in content.settings for reason in setting.reasons)
    }
    named = sorted(n_of, key=lambda reason: -n_of[reason])
    return BarFigure(
        key="reasons",
        title="Reasons by setting",
        caption=f"Units with a verdict that names the reason. {OPTIONAL}",
        labels=tuple(words_text(reason) for reason in named),
        series=tuple(
            Series(
                name=setting_name(setting, content.settings),
                values=tuple(setting.reasons.get(reason, 0) for reason in named),
            )
            for setting in content.settings
        ),
        measure=Measure.COUNT,
    )
