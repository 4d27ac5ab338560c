"""Which of two settings has the better masks: what people said who saw both, apart from every accuracy."""

from reports.blocks import Cell, Section, Table
from reports.content import ReportContent
from reports.numbers import (
    ABSENT,
    count_text,
    difference_number,
    difference_range_text,
    method_text,
    percent_text,
    range_text,
)
from reports.results import PreferenceResult
from reports.sentences import differing_text, name_of
from sampling.comparison.preference import PreferenceCounts, PreferenceEstimate
from sampling.estimation.estimands import Estimand
from sampling.estimation.estimate import Estimate

COLUMNS = (
    "First against second",
    "First better",
    "Second better",
    "Same",
    "Net (pp)",
    "Of decided",
    "Mentions",
)

ASKED = (
    "Reviewers saw the two masks of a mention side by side, at random left and right and without names, and"
    " said which outline is better, or that neither is. Of several reviewers of a pair the majority counts;"
    " without one, neither is better. Preferences are no verdicts: no accuracy here knows of them, and a mask"
    " that is preferred may still be wrong."
)

COUNTING = {
    Estimand.MIX: "every sampled mention weighing the same",
    Estimand.ENTITY: "every mention weighing as many entities as it stands for",
    Estimand.ANNOTATION: "every mention weighing as many annotations as it stands for",
}


def preferences(content: ReportContent) -> Section:
    """Every two settings whose masks somebody compared side by side."""
    title = "Preferences"
    if not content.preferences:
        return Section(title=title)
    of_differing = f"{differing_text(content)} So are these." if content.design.contrast else ""
    return Section(
        title=title,
        points=tuple(preference_text(found, content) for found in content.preferences),
        paragraphs=tuple(text for text in (ASKED, _explained(content), of_differing) if text),
        table=Table(
            columns=COLUMNS,
            rows=tuple(_row(found, content) for found in content.preferences),
        ),
    )


def preference_text(found: PreferenceResult, content: ReportContent) -> str:
    """One sentence that carries all a reader needs; worded so that an incomplete figure cannot be quoted."""
    a, b = name_of(found.a, content), name_of(found.b, content)
    figures, counts = found.figures, found.counts
    if not isinstance(figures, PreferenceEstimate):
        return f"No preference between {a} and {b}: {figures.reason}."
    identical = (
        f", {count_text(counts.n_identical)} of them with identical masks" if counts.n_identical else ""
    )
    shares = (
        f"{a} better: {percent_text(figures.share_a.value)}, {b} better:"
        f" {percent_text(figures.share_b.value)}, the same: {percent_text(figures.share_same.value)} of"
        f" {count_text(counts.n_pairs)} mentions{identical}; net {difference_number(figures.net)} percentage"
        f" points ({method_text(figures.interval)} {difference_range_text(figures.interval)})."
    )
    if counts.n_pending:
        return f"Not for quotation, {count_text(counts.n_pending)} pairs are still to be compared: {shares}"
    return shares


def _explained(content: ReportContent) -> str:
    counting = COUNTING[content.estimand]
    open_pairs = (
        " While pairs are open, the decided ones stand for them."
        if any(found.counts.n_pending or found.counts.n_unjudgable for found in content.preferences)
        else ""
    )
    return (
        "Shares are of all mentions that both settings have a mask of (others are not compared), identical"
        f" masks among them as “the same”, {counting} (estimand “{content.estimand}”). Net is the share of"
        " the first minus that of the second, in percentage points. “Of decided” is the share of the first"
        " among the mentions on which one is better; at 50 % neither setting is preferred. Intervals are for"
        " one pair of settings at a time."
        f"{open_pairs}"
    )


def _row(found: PreferenceResult, content: ReportContent) -> tuple[Cell, ...]:
    names = Cell(
        text=f"{name_of(found.a, content)} against {name_of(found.b, content)}",
        details=(f"INCOMPLETE: {count_text(found.counts.n_pending)} pending",)
        if found.counts.n_pending
        else (),
    )
    mentions = Cell(text=count_text(found.counts.n_pairs), details=_left_out(found.counts))
    figures = found.figures
    if not isinstance(figures, PreferenceEstimate):
        none = Cell(text=ABSENT)
        return (names, none, none, none, Cell(text=ABSENT, details=(figures.reason,)), none, mentions)
    return (
        names,
        _share(figures.share_a),
        _share(figures.share_b),
        _share(figures.share_same),
        Cell(text=difference_number(figures.net), details=(difference_range_text(figures.interval),)),
        _share(figures.a_of_decided) if isinstance(figures.a_of_decided, Estimate) else Cell(text=ABSENT),
        mentions,
    )


def _share(found: Estimate) -> Cell:
    return Cell(text=percent_text(found.value), details=(range_text(found.interval),))


def _left_out(counts: PreferenceCounts) -> tuple[str, ...]:
    """What the number of mentions must not be read without."""
    facts = {
        "identical": counts.n_identical,
        "not compared": counts.n_not_compared,
        "unjudgable": counts.n_unjudgable,
    }
    return tuple(f"{count_text(n)} {what}" for what, n in facts.items() if n)
