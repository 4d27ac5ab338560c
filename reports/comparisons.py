"""Settings against each other: on the mentions judged under both, and over the whole dataset."""

from collections.abc import Sequence
from math import comb

from reports.blocks import Cell, Section, Table
from reports.content import ReportContent
from reports.numbers import (
    count_text,
    difference_number,
    difference_range_text,
    exact_percent_text,
    method_text,
    n_eff_text,
    p_value_number,
    percent_text,
)
from reports.sentences import contrasted_names, differing_text, name_of, stopping_text
from sampling.comparison.contrast import Contrast, DifferenceEstimand
from sampling.comparison.paired import Comparison
from sampling.design.frame import DrawnUnit
from sampling.estimation.estimate import Estimate

MOST_PAIRS = 36
"""The pairs of nine settings; of more, those with the best setting are shown."""

COLUMNS = (
    "First",
    "Second",
    "Difference (pp)",
    "Interval",
    "p (Holm)",
    "Mentions",
    "Only first right",
    "Only second right",
)

MEANS = {
    DifferenceEstimand.ANNOTATION: (
        "per annotation: every annotation of the frame counts once, one with equal masks as a difference of 0"
    ),
    DifferenceEstimand.ENTITY: (
        "per entity: the mean difference over an entity's annotations, equal masks counting as 0, then the"
        " mean over all entities"
    ),
}


def comparisons(content: ReportContent) -> Section:
    """Every pair of settings, or with many of them those with the best."""
    title = "Settings compared"
    if not content.comparisons:
        return Section(title=title, points=_left_out(content))
    shown = _shown(content)
    rows = tuple(
        (
            Cell(text=name_of(pair.a, content)),
            Cell(text=name_of(pair.b, content)),
            Cell(text=difference_number(pair.difference)),
            Cell(text=difference_range_text(pair.interval)),
            Cell(text=p_value_number(pair.p_adjusted)),
            Cell(text=count_text(pair.n_pairs)),
            Cell(text=count_text(pair.counts.n_only_a)),
            Cell(text=count_text(pair.counts.n_only_b)),
        )
        for pair in shown
    )
    of_differing = f"{differing_text(content)} So are these differences." if content.design.contrast else ""
    paragraphs = (*_explained(content, shown), of_differing, stopping_text(content))
    return Section(
        title=title,
        points=_left_out(content),
        paragraphs=tuple(paragraph for paragraph in paragraphs if paragraph),
        table=Table(columns=COLUMNS, rows=rows, n_labels=2),
        galleries=content.galleries.discordant,
    )


def _left_out(content: ReportContent) -> tuple[str, ...]:
    """What a reader must not take for an oversight: that there is nothing to compare, or not everything."""
    n_settings = len(content.settings)
    if n_settings == 1:
        return ("There is one setting, so there is nothing to compare it with.",)
    n_left_out = comb(n_settings, 2) - len(content.comparisons)
    if n_left_out < 1:
        return ()
    pairs = "1 pair of settings is" if n_left_out == 1 else f"{count_text(n_left_out)} pairs of settings are"
    return (f"{pairs} not compared: too little is judged under both.",)


def _explained(content: ReportContent, shown: Sequence[Comparison]) -> list[str]:
    interval = content.comparisons[0].interval
    n = len(content.comparisons)
    texts = [
        "The accuracy of the first minus that of the second, in percentage points, on the mentions judged"
        f" right or wrong under both (estimand “{content.estimand}”). {method_text(interval)}s, one pair at"
        " a time.",
        _holm_text(n, 1 - interval.confidence),
    ]
    if len(shown) < n:
        texts.append(
            f"Of {count_text(n)} pairs these are the {count_text(len(shown))} with the setting of the highest"
            f" accuracy, {name_of(_best(content), content)}; report.json has all. The adjustment is for all,"
            " as which setting is best was seen in the same verdicts."
        )
    if content.design.unit is DrawnUnit.ENTITY and content.design.per_entity > 1:
        texts.append("Intervals and p-values allow for annotations of one entity being alike.")
    return texts


def _holm_text(n_pairs: int, error: float) -> str:
    if n_pairs == 1:
        return "With one pair, p needs no adjustment. A large p does not show that the two are equal."
    return (
        f"p is adjusted by Holm's procedure for all {count_text(n_pairs)} pairs: whoever calls every pair"
        f" with p at most {error:.10g} different errs anywhere in the table with a probability of at most"
        f" {exact_percent_text(error)}. A large p does not show that two settings are equal."
    )


def _shown(content: ReportContent) -> Sequence[Comparison]:
    if len(content.comparisons) <= MOST_PAIRS:
        return content.comparisons
    best = _best(content)
    return [pair for pair in content.comparisons if best in (pair.a, pair.b)]


def _best(content: ReportContent) -> str:
    accuracies = {
        setting.setting: setting.overall.accuracy.value
        for setting in content.settings
        if isinstance(setting.overall.accuracy, Estimate)
    }
    return max(accuracies, key=lambda setting: accuracies[setting])


def contrasts(content: ReportContent) -> Section:
    """The difference of the two settings over the whole dataset, for a sample of differing masks."""
    title = "The difference over the whole dataset"
    if not content.contrasts or content.design.contrast is None:
        return Section(title=title)
    a, b = contrasted_names(content)
    rows = tuple(
        (
            Cell(text=found.estimand),
            Cell(text=difference_number(found.difference)),
            Cell(text=difference_range_text(found.interval)),
            Cell(text=p_value_number(found.p_value)),
            Cell(text=difference_range_text(found.bounds)),
            Cell(text=percent_text(found.share_differing)),
            Cell(text=f"{count_text(found.n_pairs)} of {count_text(found.n_drawn)}"),
            Cell(text=n_eff_text(found.n_eff)),
        )
        for found in content.contrasts
    )
    columns = ("Per", "Difference (pp)", "Interval", "p", "If undecided", "Differing", "Decided", "n_eff")
    paragraphs = (_contrast_text(a, b, content.contrasts[0]), stopping_text(content))
    return Section(
        title=title,
        points=tuple(f"{MEANS[found.estimand]}." for found in content.contrasts),
        paragraphs=tuple(paragraph for paragraph in paragraphs if paragraph),
        table=Table(columns=columns, rows=rows),
    )


def _contrast_text(a: str, b: str, found: Contrast) -> str:
    return (
        f"The accuracy of {a} minus that of {b}, in percentage points, over all mentions, with equal masks"
        " and with differing ones. Where masks are equal so are the verdicts, so only differing mentions"
        " were drawn; how many there are is known without a verdict, and the difference cannot be greater"
        f" than their share. {method_text(found.interval)}s. “If undecided” says what the difference would"
        f" be if every undecided mention spoke for {b}, and if every one spoke for {a}."
    )
