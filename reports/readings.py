"""What second readings say: how far reviewers agree, and the accuracy once their errors are corrected."""

from reports.blocks import Cell, Section, Table
from reports.cells import interval_cell, share_cell
from reports.content import ReportContent
from reports.grid import setting_name
from reports.numbers import (
    ABSENT,
    coefficient_number,
    count_text,
    counted_text,
    exact_percent_text,
    method_text,
    percent_text,
    range_text,
)
from reports.review_findings import SourceFindings
from reports.sentences import stopping_text
from sampling.estimation.estimate import Estimate, NoEstimate
from sampling.reviewers.agreement import Agreement, Coefficient, Kappa, Remark
from sampling.reviewers.measurement_error import CorrectedAccuracy

KAPPAS = {Kappa.COHEN: "Cohen's kappa", Kappa.FLEISS: "Fleiss' kappa"}

REMARKS = {
    Remark.PREVALENCE: (
        "AC1 is high and kappa and alpha are low because one verdict is rare: reviewers agree on most masks,"
        " and much less on which masks are of the rare kind. Look at the agreement on that verdict, and do"
        " not quote one coefficient alone."
    ),
}
TOGETHER = (
    "Agreement on “incorrect” is the share of “incorrect” readings that another reviewer of the mask shares."
    " The coefficients leave out agreement by chance, each with its own idea of chance: 1 is perfect, 0 is"
    " what chance gives. AC1 hides that a rare verdict is unreliable; alpha and kappa hide that it is rare."
    " Read them together."
)


def agreement(content: ReportContent) -> Section:
    """The panel of agreement, or why there is none; empty where nobody read a second time."""
    title = "How far reviewers agree"
    found = content.agreement
    if found is None:
        return Section(title=title)
    if isinstance(found, NoEstimate):
        return Section(title=title, points=(f"No figure: {found.reason}.",))
    figures: tuple[tuple[str, Estimate | Coefficient | NoEstimate], ...] = (
        ("Observed agreement", found.observed),
        ("Agreement on “incorrect”", found.on_incorrect),
        ("Agreement on “correct”", found.on_correct),
        ("Krippendorff's alpha", found.alpha),
        ("Gwet's AC1", found.ac1),
        (KAPPAS[found.kappa_is], found.kappa),
    )
    between = content.front_ends.agreement
    if between is not None:
        figures = (*figures, ("Agreement between sources", between))
    rows = tuple((Cell(text=name), *_cells(figure)) for name, figure in figures)
    return Section(
        title=title,
        points=(REMARKS[found.remark],) if found.remark else (),
        paragraphs=(_of_what(found), TOGETHER, *_between_sources(content.front_ends)),
        table=Table(columns=("Figure", "Value", "Interval"), rows=rows),
    )


def _of_what(found: Agreement) -> str:
    confidence = exact_percent_text(found.observed.interval.confidence)
    return (
        f"{count_text(found.n_units)} masks with two decided readings or more,"
        f" {count_text(found.n_pairs)} pairs of readings, {count_text(found.n_reviewers)} reviewers. Unsure"
        f" readings are left out. {confidence} intervals, over masks: they speak of these reviewers, not of"
        " others."
    )


def _between_sources(found: SourceFindings) -> tuple[str, ...]:
    if found.agreement is None:
        return ()
    masks = counted_text(found.n_masks_of_several, "mask")
    return (
        f"{masks} {'was' if found.n_masks_of_several == 1 else 'were'} read through more than one of"
        f" {', '.join(f'“{source}”' for source in found.counts)}: the agreement between sources compares what"
        " was read first through each.",
    )


def _cells(figure: Estimate | Coefficient | NoEstimate) -> tuple[Cell, Cell]:
    if isinstance(figure, NoEstimate):
        return Cell(text=ABSENT, details=(figure.reason,)), Cell(text=ABSENT)
    if isinstance(figure, Estimate):
        return Cell(text=percent_text(figure.value)), Cell(text=f"{range_text(figure.interval)} %")
    limits = f"{coefficient_number(figure.low)} to {coefficient_number(figure.high)}"
    return Cell(text=coefficient_number(figure.value)), Cell(text=limits)


def corrected(content: ReportContent) -> Section:
    """The accuracy as first read and as second readings correct it."""
    title = "Corrected for reviewers' errors"
    found = [(setting, setting.corrected) for setting in content.settings if setting.corrected is not None]
    if not found:
        return Section(title=title)
    rows = tuple(
        (Cell(text=setting_name(setting, content.settings)), *_corrected_cells(each))
        for setting, each in found
    )
    columns = (
        "Setting",
        "As first read",
        "Interval",
        "Corrected",
        "Interval",
        "Read twice",
        "Overturned",
        "Restored",
        "Undecided",
    )
    paragraphs = (_corrected_text(content, [each for _, each in found]), stopping_text(content))
    return Section(
        title=title,
        paragraphs=tuple(paragraph for paragraph in paragraphs if paragraph),
        table=Table(columns=columns, rows=rows),
    )


def _corrected_text(content: ReportContent, found: list[CorrectedAccuracy | NoEstimate]) -> str:
    methods = {
        f" {method_text(each.corrected.interval)}s." for each in found if isinstance(each, CorrectedAccuracy)
    }
    return (
        "The last reading is taken for the truth: a lead's verdict, else the second reading's. Those of"
        " “correct” verdicts that were drawn for it stand for the ones that were not; what was read again"
        " beside the draw is left out here. Overturned: correct at first, incorrect at last; restored: the"
        " other way round; undecided: unsure at last."
        f" Estimand “{content.estimand}”.{''.join(sorted(methods))}"
    )


def _corrected_cells(found: CorrectedAccuracy | NoEstimate) -> tuple[Cell, ...]:
    if isinstance(found, NoEstimate):
        none = Cell(text=ABSENT)
        return none, none, Cell(text=ABSENT, details=(found.reason,)), *[none] * 5
    return (
        share_cell(found.raw),
        interval_cell(found.raw),
        share_cell(found.corrected),
        interval_cell(found.corrected),
        Cell(text=count_text(found.n_second)),
        Cell(text=count_text(found.n_overturned)),
        Cell(text=count_text(found.n_restored)),
        Cell(text=count_text(found.n_undecided)),
    )
