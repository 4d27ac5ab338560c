"""What the accuracy is of: the three answers that the same verdicts give, and what to be careful about."""

from collections.abc import Callable

from reports.blocks import Cell, Section, Table
from reports.cells import incomplete_details
from reports.content import ReportContent
from reports.grid import setting_name
from reports.numbers import (
    ABSENT,
    count_text,
    deff_text,
    exact_percent_text,
    n_eff_text,
    percent_text,
    range_text,
)
from reports.results import Figure, Result, SettingResult
from reports.sentences import differing_text, provenance_text
from sampling.design.frame import Across
from sampling.estimation.cautions import FEWEST_EFFECTIVE, Caution
from sampling.estimation.estimands import Estimand
from sampling.estimation.estimate import Estimate, NoEstimate

MEANINGS = {
    Estimand.MIX: (
        "mix: every unit of the sample counts once. It is the accuracy if the splits had the shares that the"
        " sample gave them"
    ),
    Estimand.ENTITY: (
        "entity: every entity counts once, however many annotations it has. Pick an entity, then one of its"
        " annotations: so often its mask is right."
    ),
    Estimand.ANNOTATION: (
        "annotation: every annotation counts once, so large splits and entities with many annotations weigh"
        " most. Pick any annotation: so often its mask is right."
    ),
}
MIX_BY_CHANCE = "mix: the accuracy if the splits had the shares that the sample's allocation gave them"
IN_EVERY_SPLIT = "Drawn within splits, an entity counts once in every split that it has annotations in."
COLUMNS = {
    Estimand.MIX: "Share of the sample (mix)",
    Estimand.ENTITY: "Per entity",
    Estimand.ANNOTATION: "Per annotation",
}
FEW = f"fewer than {FEWEST_EFFECTIVE}"
EFFECTIVE = (
    "n_eff is how many units of a simple random sample would tell as much; the design effect is n / n_eff."
    " Above 1, the way the sample was drawn costs precision for this question; below 1, it gains."
)


def estimands(content: ReportContent) -> Section:
    """Per setting the accuracy of the mix, of entities and of annotations, side by side."""
    rows = tuple(
        (
            Cell(text=setting_name(setting, content.settings)),
            *(_cell(setting.overall.estimands[estimand]) for estimand in Estimand),
            Cell(
                text=count_text(setting.overall.counts.n_counted)
                if isinstance(setting.overall.accuracy, Estimate)
                else ABSENT,
                details=incomplete_details(setting.overall.counts),
            ),
        )
        for setting in content.settings
    )
    if not rows:
        return Section(title="What the accuracy is of")
    paragraphs = (
        f"The same verdicts answer three questions. Table 1 answers “{content.estimand}”. {EFFECTIVE}",
        differing_text(content),
        f"{provenance_text(content)}.",
    )
    return Section(
        title="What the accuracy is of",
        points=tuple(_meaning(estimand, content) for estimand in Estimand),
        paragraphs=tuple(paragraph for paragraph in paragraphs if paragraph),
        table=Table(columns=("Setting", *COLUMNS.values(), "n"), rows=rows),
    )


def _meaning(estimand: Estimand, content: ReportContent) -> str:
    if estimand is Estimand.ENTITY and content.design.across is Across.WITHIN_SPLIT:
        return f"{MEANINGS[estimand]} {IN_EVERY_SPLIT}"
    if estimand is not Estimand.MIX:
        return MEANINGS[estimand]
    if content.design.has_weighted_mix:
        by_allocation = (
            f"{percent_text(stratum.mix_share)} {stratum.split}"
            for stratum in content.design.strata
            if stratum.mix_share is not None
        )
        return f"{MIX_BY_CHANCE} ({', '.join(by_allocation)})."
    shares = (
        f"{percent_text(stratum.n_units / content.n_units)} {stratum.split}"
        for stratum in content.design.strata
        if content.n_units
    )
    return f"{MEANINGS[estimand]} ({', '.join(shares)}); published tables mostly print this one."


def _cell(figure: Figure) -> Cell:
    if isinstance(figure, NoEstimate):
        return Cell(text=ABSENT, details=(figure.reason,))
    few = f", {FEW}" if figure.n_eff < FEWEST_EFFECTIVE else ""
    facts = (
        range_text(figure.interval),
        f"n_eff = {n_eff_text(figure.n_eff)}{few}",
        f"design effect {deff_text(figure.deff)}",
    )
    return Cell(text=percent_text(figure.value), details=facts)


def cautions(content: ReportContent) -> Section:
    """What makes a headline less than it seems, one point per kind with the settings that it holds for."""
    points = []
    for caution, text in CAUTIONS.items():
        affected = [
            _affected(caution, setting, content)
            for setting in content.settings
            if caution in setting.overall.cautions
        ]
        if affected:
            points.append(f"{text}: {'; '.join(affected)}.")
    return Section(title="What to be careful about", points=tuple(points))


CAUTIONS = {
    Caution.FEW_EFFECTIVE: (
        "The figure tells no more than fewer than 30 units of a simple random sample would; do not build on"
        " it"
    ),
    Caution.SMALL_KISH: (
        "Units weigh so differently that fewer than 100 units of equal weight would do as well: a few of them"
        " carry the figure"
    ),
    Caution.LARGE_DEFF: (
        "For this question the design needs more than twice the verdicts of a simple random sample"
    ),
    Caution.NO_ERRORS: "Nothing counted is wrong. Quote the bound, not 100 %",
    Caution.THIN_STRATUM: "A split has fewer than 30 counted units, so how much it varies is a guess",
    Caution.EMPTY_STRATUM: (
        "A split that was drawn from has no counted unit, so the figure is of the other splits alone"
    ),
}


def _affected(caution: Caution, setting: SettingResult, content: ReportContent) -> str:
    name = setting_name(setting, content.settings)
    accuracy = setting.overall.accuracy
    if caution not in FACTS or not isinstance(accuracy, Estimate):
        return name
    return f"{name} ({FACTS[caution](setting.overall, accuracy)})"


def no_error_text(result: Result, accuracy: Estimate) -> str:
    """The rule of three in words."""
    if result.greatest_error is None:
        return f"no error among {count_text(accuracy.n)}"
    return (
        f"no error among {count_text(accuracy.n)}: the share of errors is at most"
        f" {percent_text(result.greatest_error)} ({exact_percent_text(accuracy.interval.confidence)},"
        " one-sided)"
    )


FACTS: dict[Caution, Callable[[Result, Estimate], str]] = {
    Caution.FEW_EFFECTIVE: lambda _, accuracy: f"n_eff = {n_eff_text(accuracy.n_eff)}",
    Caution.LARGE_DEFF: lambda _, accuracy: f"design effect {deff_text(accuracy.deff)}",
    Caution.NO_ERRORS: no_error_text,
}
