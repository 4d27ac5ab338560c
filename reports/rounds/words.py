"""Sentences and clauses about two rounds."""

from reports.numbers import (
    count_text,
    counted_text,
    difference_number,
    difference_range_text,
    percent_text,
    range_text,
)
from reports.results import Figure
from reports.rounds.content import RoundsContent, SettingPresence, SettingRounds
from sampling.comparison.rounds import RoundDifference
from sampling.estimation.estimands import Estimand
from sampling.estimation.estimate import Estimate


def status_text(content: RoundsContent) -> str:
    """How far the figures can be relied on."""
    carried = (
        f" {counted_text(content.n_carried, 'verdict')} of the new round "
        f"{'is' if content.n_carried == 1 else 'are'} carried over from the old one."
        if content.n_carried
        else ""
    )
    if not content.settings:
        return "Nothing is compared: the samples have no setting in common."
    if content.is_complete:
        return f"Both rounds are judged.{carried}"
    n_old, n_new = (
        sum(counts.n_pending for counts in of_round)
        for of_round in (
            [each.old_counts for each in content.settings],
            [each.new_counts for each in content.settings],
        )
    )
    return (
        f"Incomplete: {count_text(n_old)} judgements are pending in the old round and {count_text(n_new)} in "
        f"the new one.{carried}"
    )


def mentions_text(content: RoundsContent) -> str:
    """What the two samples share."""
    shared = content.mentions
    said = (
        f"{count_text(shared.n_common)} ({count_text(shared.n_old)} in the old sample, "
        f"{count_text(shared.n_new)} in the new one)"
    )
    if shared.n_renamed:
        said += f"; {count_text(shared.n_renamed)} more have the same id but another entity or image"
    if shared.n_asked_otherwise:
        said += (
            f"; of {count_text(shared.n_asked_otherwise)} the name or the question is another, so none of "
            "their verdicts is carried"
        )
    return said


def difference_text(setting: SettingRounds, estimand: Estimand) -> str:
    """The accuracy before and after, and the difference, as one clause."""
    whole = setting.whole[estimand]
    if isinstance(whole, RoundDifference):
        said = (
            f"{difference_number(whole.difference)} percentage points "
            f"({difference_range_text(whole.interval)})"
        )
        before = setting.new_as_mixed_before
        if estimand is Estimand.MIX and isinstance(before, Estimate):
            said += (
                f", in the old sample's mix of splits, where the new accuracy is {percent_text(before.value)}"
            )
        return said
    return f"no difference, {whole.reason}"


def figure_text(figure: Figure) -> str:
    """An accuracy with its interval, or why there is none."""
    if not isinstance(figure, Estimate):
        return f"no estimate, {figure.reason}"
    return f"{percent_text(figure.value)} ({range_text(figure.interval)}, n = {count_text(figure.n)})"


def presence_text(setting: SettingPresence) -> str:
    """Whether a setting is what it was."""
    if setting.old is None:
        return "new"
    if setting.new is None:
        return "gone"
    return "the same files" if setting.is_same else "other files"
