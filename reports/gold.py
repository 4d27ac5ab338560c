"""What masks of known answer say: how often reviewers are right, and the accuracy that this corrects."""

from reports.blocks import Cell, Section, Table
from reports.cells import interval_cell, share_cell
from reports.content import ReportContent
from reports.grid import setting_name
from reports.numbers import ABSENT, count_text, method_text, percent_text, range_text
from reports.results import Figure
from reports.review_findings import GoldFindings, GoldRates
from sampling.estimation.estimate import Estimate, NoEstimate
from sampling.reviewers.gold import GoldCorrectedAccuracy

MIXED_IN = (
    "Masks of known answer were mixed unmarked into what reviewers were shown. Sensitivity is the share of"
    " correct ones that they accepted, specificity that of incorrect ones that they rejected. These verdicts"
    " count for nothing else in this report."
)
HARDER = (
    "The masks that a lead found correct or incorrect are mostly those on which reviewers had disagreed:"
    " harder than others, so that reviewers do better than this on the rest."
)
EASIER = (
    "Masks made wrong on purpose can be easier to tell than those that a machine got wrong: they measure"
    " attention, and no accuracy is corrected by them."
)
TAKEN_FOR_GRANTED = (
    "Correct and natural wrong masks of known answer correct the accuracy here (Rogan and Gladen), as if"
    " reviewers erred on them as often as on the sample. They err more often on masks that were hard to"
    " settle, and the correction then goes too far: do not quote it in place of the accuracy as judged."
    " Second readings need no such assumption, and take the place of these figures where there are any."
)


def gold(content: ReportContent) -> Section:
    """How all reviewers together judged masks of known answer, or why nobody did."""
    title = "Reviewers on masks of known answer"
    if content.gold is None:
        return Section(title=title)
    if isinstance(content.gold, NoEstimate):
        return Section(title=title, points=(f"No figure: {content.gold.reason}.",))
    rates = content.gold.rates
    return Section(
        title=title,
        paragraphs=(MIXED_IN, _unsure_text(rates), *_cautions(rates)),
        table=rates_table(rates),
    )


def rates_table(rates: GoldRates) -> Table:
    """Sensitivity and specificity, natural and synthetic masks apart."""
    rows = (
        ("Found correct by a lead", "Sensitivity", rates.accepted),
        ("Found incorrect by a lead", "Specificity", rates.rejected_natural),
        ("Made wrong on purpose", "Specificity", rates.rejected_synthetic),
    )
    return Table(
        columns=("Masks", "Figure", "Verdicts", "Judged so", "Interval"),
        rows=tuple((Cell(text=masks), Cell(text=name), *_cells(figure)) for masks, name, figure in rows),
        n_labels=2,
    )


def gold_corrected(content: ReportContent) -> Section:
    """The accuracy of judged masks as masks of known answer correct it, where second readings do not."""
    title = "Corrected by masks of known answer"
    found = content.gold.corrected if isinstance(content.gold, GoldFindings) else {}
    rows = tuple(
        (Cell(text=setting_name(setting, content.settings)), *_corrected_cells(found[setting.setting]))
        for setting in content.settings
        if setting.setting in found
    )
    if not rows:
        return Section(title=title)
    return Section(
        title=title,
        paragraphs=(TAKEN_FOR_GRANTED, _of_what(content, tuple(found.values()))),
        table=Table(columns=("Setting", "As judged", "Interval", "Corrected", "Interval"), rows=rows),
    )


def _unsure_text(rates: GoldRates) -> str:
    measured = (rates.accepted, rates.rejected_natural, rates.rejected_synthetic)
    methods = {f"{method_text(each.interval)}s" for each in measured if isinstance(each, Estimate)}
    left_out = f"Unsure verdicts are left out: {count_text(rates.n_unsure)}."
    return " ".join((left_out, *(f"{method}, of all reviewers together." for method in methods)))


def _cautions(rates: GoldRates) -> tuple[str, ...]:
    is_settled = isinstance(rates.accepted, Estimate) or isinstance(rates.rejected_natural, Estimate)
    is_made = isinstance(rates.rejected_synthetic, Estimate)
    return (*((HARDER,) if is_settled else ()), *((EASIER,) if is_made else ()))


def _cells(figure: Figure) -> tuple[Cell, ...]:
    if isinstance(figure, NoEstimate):
        return Cell(text="0"), Cell(text=ABSENT), Cell(text=ABSENT)
    return Cell(text=count_text(figure.n)), share_cell(figure), interval_cell(figure)


def _of_what(content: ReportContent, found: tuple[GoldCorrectedAccuracy | NoEstimate, ...]) -> str:
    methods = {method_text(each.interval) for each in found if isinstance(each, GoldCorrectedAccuracy)}
    return (
        "Of masks that were judged: missing ones are wrong without a reviewer."
        f" Estimand “{content.estimand}”."
        f"{''.join(f' Corrected: {method}s.' for method in sorted(methods))}"
    )


def _corrected_cells(found: GoldCorrectedAccuracy | NoEstimate) -> tuple[Cell, ...]:
    if isinstance(found, NoEstimate):
        none = Cell(text=ABSENT)
        return none, none, Cell(text=ABSENT, details=(found.reason,)), none
    corrected = Cell(text=percent_text(found.value)), Cell(text=range_text(found.interval))
    return share_cell(found.raw), interval_cell(found.raw), *corrected
