"""Figures as the cells of tables."""

from reports.blocks import Cell
from reports.numbers import ABSENT, count_text, n_eff_text, percent_text, range_text
from reports.results import Figure, Result
from sampling.estimation.cautions import Caution
from sampling.estimation.domains import FEWEST_COUNTED
from sampling.estimation.estimate import Estimate, VerdictCounts

TOO_FEW = f"fewer than {FEWEST_COUNTED}"


def accuracy_cell(result: Result, *, span: int = 1) -> Cell:
    """An accuracy with its interval, n and what qualifies it; where there is none, a dash and why."""
    accuracy = result.accuracy
    if not isinstance(accuracy, Estimate):
        return Cell(text=ABSENT, details=(accuracy.reason,), span=span)
    facts = [range_text(accuracy.interval), f"n = {count_text(accuracy.n)}"]
    if result.counts.n_dropped:
        facts.append(f"covers {count_text(result.counts.n_covered)} of {count_text(result.counts.n_units)}")
    return Cell(text=percent_text(accuracy.value), details=(*facts, *qualifications(result)), span=span)


def domain_cell(result: Result) -> Cell:
    """An accuracy of a slice that nobody planned the size of; with few counted units, their counts alone."""
    if not is_too_few(result):
        return accuracy_cell(result)
    return Cell(text=counts_text(result), details=(TOO_FEW, *incomplete_details(result.counts)))


def is_too_few(result: Result) -> bool:
    """Something was judged and counts, and less than an interval needs."""
    return isinstance(result.accuracy, Estimate) and result.counts.n_counted < FEWEST_COUNTED


def counts_text(result: Result) -> str:
    """How many of the counted units are right."""
    return f"{count_text(result.counts.n_accepted)} of {count_text(result.counts.n_counted)}"


def incomplete_details(counts: VerdictCounts) -> tuple[str, ...]:
    """What is still to come, loudly."""
    return () if counts.is_complete else (f"INCOMPLETE: {count_text(counts.n_pending)} pending",)


def share_cell(figure: Figure) -> Cell:
    """An estimate without its interval, or a dash."""
    return Cell(text=percent_text(figure.value) if isinstance(figure, Estimate) else ABSENT)


def interval_cell(figure: Figure) -> Cell:
    """The interval of an estimate, or a dash."""
    return Cell(text=range_text(figure.interval) if isinstance(figure, Estimate) else ABSENT)


def qualifications(result: Result) -> tuple[str, ...]:
    """What a figure must not be read without, in the space that a cell has; the loudest comes last."""
    details = []
    if result.greatest_error is not None:
        details.append(f"no error: at most {percent_text(result.greatest_error)} wrong")
    if Caution.FEW_EFFECTIVE in result.cautions and isinstance(result.accuracy, Estimate):
        details.append(f"n_eff only {n_eff_text(result.accuracy.n_eff)}")
    return (*details, *incomplete_details(result.counts))
