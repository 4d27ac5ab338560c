"""Two rounds as a document."""

from dataclasses import replace

from reports.blocks import Cell, Section, Table
from reports.document import Document
from reports.figures.figure import IntervalFigure, IntervalRow
from reports.numbers import (
    ABSENT,
    coefficient_number,
    count_text,
    date_text,
    difference_number,
    difference_range_text,
    exact_percent_text,
    percent_text,
    range_text,
)
from reports.results import Figure
from reports.rounds.content import RoundFacts, RoundsContent, SettingRounds
from reports.rounds.words import mentions_text, presence_text, status_text
from sampling.comparison.paired import Comparison
from sampling.comparison.rounds import RoundDifference
from sampling.estimation.estimands import Estimand
from sampling.estimation.estimate import Estimate, NoEstimate, VerdictCounts

SHOWN_OF_FINGERPRINT = 12

MEANS = {
    Estimand.MIX: "the sample as it was allocated",
    Estimand.ENTITY: "each entity once",
    Estimand.ANNOTATION: "each annotation once",
}


def rounds_document(content: RoundsContent) -> Document:
    """The document of two rounds, in the order in which they are asked about."""
    return Document(
        key="rounds",
        title="Two rounds of an audit",
        lede="What changed from the old round to the new one?",
        status=status_text(content),
        is_done=content.is_complete,
        facts=(
            ("Old round", _round_text(content.old)),
            ("New round", _round_text(content.new)),
            ("Mentions in both", mentions_text(content)),
        ),
        warnings=content.warnings,
        sections={
            "difference": _differences(content),
            "common": _common(content),
            "estimands": _estimands(content),
            "masks": _masks(content),
            "settings": _settings(content),
            "design": _design(content),
            "methods": _methods(content),
        },
        provenance=f"All figures come from the bundles {content.old.file} and {content.new.file}",
        version=content.version,
        created_at=content.created_at,
    )


def _round_text(one: RoundFacts) -> str:
    made = f"bundled on {date_text(one.created_at)} by mask-audit {one.version}"
    return f"{one.file}: sample {one.sample}, {made}"


def _differences(content: RoundsContent) -> Section:
    rows = tuple(
        (
            Cell(text=each.setting),
            _figure_cell(each.old[content.estimand], each.old_counts),
            _new_cell(each, content.estimand),
            *_whole_cells(each.whole[content.estimand]),
        )
        for each in content.settings
    )
    title = "Accuracy, old and new"
    if not rows:
        return Section(title=title, paragraphs=("No setting is in both samples.",))
    limits = tuple(
        IntervalRow(
            label=f"{each.setting}, {name}",
            group=name,
            limits=(figure.interval.low, figure.value, figure.interval.high)
            if isinstance(figure, Estimate)
            else None,
            remark="" if isinstance(figure, Estimate) else figure.reason,
        )
        for each in content.settings
        for name, figure in (("old", each.old[content.estimand]), ("new", each.new[content.estimand]))
    )
    caption = (
        f"Accuracy (estimand “{content.estimand}”, {MEANS[content.estimand]}) of every setting in both "
        f"rounds, with {exact_percent_text(content.confidence)} intervals."
    )
    return Section(
        title=title,
        table=Table(
            columns=("Setting", "Old", "New", "Difference (pp)", "Interval", "Shared units"), rows=rows
        ),
        figures=(IntervalFigure(key="rounds", title=title, caption=caption, rows=limits),),
    )


def _common(content: RoundsContent) -> Section:
    rows = tuple((Cell(text=each.setting), *_common_cells(each.common)) for each in content.settings)
    return Section(
        title="On the mentions of both samples",
        paragraphs=(
            f"Mentions of both samples: {mentions_text(content)}.",
            "The same mentions before and after, each of them once: what became right, what became wrong.",
        ),
        table=Table(
            columns=("Setting", "Mentions", "Became right", "Became wrong", "Difference (pp)", "Interval"),
            rows=rows,
        )
        if rows
        else None,
    )


def _estimands(content: RoundsContent) -> Section:
    rows = tuple(
        (
            Cell(text=each.setting),
            Cell(text=estimand),
            _figure_cell(each.old[estimand], each.old_counts),
            _new_cell(each, estimand),
            *_whole_cells(each.whole[estimand]),
        )
        for each in content.settings
        for estimand in Estimand
    )
    return Section(
        title="Under each estimand",
        points=tuple(f"{estimand}: {means}" for estimand, means in MEANS.items()),
        table=Table(
            columns=("Setting", "Estimand", "Old", "New", "Difference (pp)", "Interval", "Shared units"),
            rows=rows,
            n_labels=2,
        )
        if rows
        else None,
    )


def _masks(content: RoundsContent) -> Section:
    rows = tuple(
        (
            Cell(text=each.setting),
            Cell(text=count_text(each.n_same)),
            Cell(text=count_text(each.n_changed)),
            Cell(text=count_text(each.n_carried)),
            Cell(text=count_text(each.n_judged_again)),
            Cell(text=count_text(each.n_judged_otherwise)),
        )
        for each in content.settings
    )
    return Section(
        title="Masks that are the same",
        paragraphs=(
            "Of the mentions of both samples: whether the mask has the very same pixels; verdicts carried "
            "over to units that nobody judged anew; and masks that people judged in both rounds, with how "
            "many of them came out otherwise.",
        ),
        table=Table(
            columns=("Setting", "Same", "Changed", "Carried", "Judged in both", "Judged otherwise"), rows=rows
        )
        if rows
        else None,
    )


def _settings(content: RoundsContent) -> Section:
    rows = tuple(
        (
            Cell(text=each.setting),
            Cell(text=presence_text(each)),
            *(
                Cell(
                    text=ABSENT if files is None else count_text(files.n_annotations),
                    details=() if files is None else (files.fingerprint[:SHOWN_OF_FINGERPRINT],),
                )
                for files in (each.old, each.new)
            ),
        )
        for each in content.presence
    )
    return Section(
        title="Settings and their files",
        paragraphs=("Annotations of each setting, and the beginning of the fingerprint of its files.",),
        table=Table(columns=("Setting", "", "Old", "New"), rows=rows, n_labels=2) if rows else None,
    )


def _design(content: RoundsContent) -> Section:
    title = "What else changed"
    if not content.changes:
        return Section(title=title, paragraphs=("Both samples were drawn in the same way.",))
    rows = tuple((Cell(text=each.what), Cell(text=each.old), Cell(text=each.new)) for each in content.changes)
    return Section(title=title, table=Table(columns=("", "Old", "New"), rows=rows, n_labels=3))


def _methods(content: RoundsContent) -> Section:
    return Section(
        title="How this was computed",
        paragraphs=(
            "The difference of the accuracies is new minus old. Its interval is made of the limits of both "
            "(MOVER, Zou and Donner 2008) and of the correlation that shared units give them (partially "
            "overlapping samples, Derrick et al. 2015), computed within splits and smoothed by two "
            "discordant pairs as in Bonett and Price 2012: samples of one seed share units, so they are "
            "neither pairs nor independent. On the mentions of both samples it is Bonett and Price's "
            "interval for pairs.",
            "Where the splits have other shares in the two samples, the difference of mixes is in the mix of "
            "the old one: each unit of the new sample counts as its split did there.",
            "A verdict is carried where the mask has the very same pixels, the mention shows the same "
            "entity in the same image under the same name and question, and nobody judged it anew.",
            f"Every interval holds with {exact_percent_text(content.confidence)} on its own, not all at "
            "once.",
        ),
    )


def _figure_cell(figure: Figure, counts: VerdictCounts) -> Cell:
    if not isinstance(figure, Estimate):
        return Cell(text=ABSENT, details=(figure.reason,))
    pending = () if counts.is_complete else (f"INCOMPLETE: {count_text(counts.n_pending)} pending",)
    details = (range_text(figure.interval), f"n = {count_text(figure.n)}", *pending)
    return Cell(text=percent_text(figure.value), details=details)


def _new_cell(setting: SettingRounds, estimand: Estimand) -> Cell:
    cell = _figure_cell(setting.new[estimand], setting.new_counts)
    before = setting.new_as_mixed_before
    if estimand is not Estimand.MIX or not isinstance(before, Estimate):
        return cell
    return replace(cell, details=(*cell.details, f"in the old mix {percent_text(before.value)}"))


def _whole_cells(whole: RoundDifference | NoEstimate) -> tuple[Cell, Cell, Cell]:
    if not isinstance(whole, RoundDifference):
        return Cell(text=ABSENT, details=(whole.reason,)), Cell(text=ABSENT), Cell(text=ABSENT)
    correlation = f"correlation {coefficient_number(whole.correlation)}"
    return (
        Cell(text=difference_number(whole.difference)),
        Cell(text=difference_range_text(whole.interval)),
        Cell(text=count_text(whole.n_shared), details=(correlation,) if whole.n_shared else ()),
    )


def _common_cells(common: Comparison | NoEstimate) -> tuple[Cell, ...]:
    if not isinstance(common, Comparison):
        return Cell(text=ABSENT, details=(common.reason,)), *(Cell(text=ABSENT) for _ in range(4))
    return (
        Cell(text=count_text(common.n_pairs)),
        Cell(text=count_text(common.counts.n_only_a)),
        Cell(text=count_text(common.counts.n_only_b)),
        Cell(text=difference_number(common.difference)),
        Cell(text=difference_range_text(common.interval)),
    )
