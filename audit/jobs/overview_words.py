"""How a review goes, in words and as tables for its lead."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from audit.jobs.overview import Overview, ReviewerProgress
from audit.jobs.readings_left import reviewers_lacking_text
from reports.numbers import ABSENT, count_text, counted_text, duration_text, percent_text, range_text
from reports.settlement import not_shown_text
from sampling.estimation.estimate import Estimate, NoEstimate
from sampling.reviewers.conduct import Conduct, Sign

Row = dict[str, str | int | float]
"""Column → what stands there."""

_SIGNS = {
    Sign.FAST: "gives many verdicts in under 300 ms",
    Sign.DRIFT: "says “correct” more or less often as time goes on",
    Sign.UNLIKE_OTHERS: "says “correct” more or less often than the others",
    Sign.ONE_SIDED: "has given one answer all along",
}


def headline(found: Overview) -> dict[str, str]:
    """Give the figures that matter most, by name."""
    return {
        "Masks read": f"{count_text(found.n_read)} / {count_text(found.n_masks)}",
        "Read by several": count_text(found.n_read_twice),
        "Readings owed": count_text(found.readings_left.n_owed),
        "Disputed": count_text(found.n_disputed),
        "Flagged": count_text(found.n_flagged),
        "Pace": ABSENT if found.seconds is None else f"{found.seconds:.1f} s",
        "Last hour": count_text(found.n_lately),
    }


def work_left(found: Overview) -> str:
    """Say how much is to be read, and how long that takes at the pace so far, and what cannot be done."""
    n_left, n_owed = found.n_masks - found.n_read, found.readings_left.n_owed
    parts = (
        f"{counted_text(n_left, 'mask')} {'awaits its' if n_left == 1 else 'await their'} first reading",
        f"{counted_text(n_owed, 'second reading')} {'is' if n_owed == 1 else 'are'} owed",
    )
    said = ", and ".join(part for part, n in zip(parts, (n_left, n_owed), strict=True) if n)
    if said and found.seconds is not None:
        said += f": about {duration_text((n_left + n_owed) * found.seconds)} of work"
    lacking = reviewers_lacking_text(found.readings_left)
    sentences = (
        "" if n_left else "Every mask has been read",
        said,
        f"Readings are lacking: {lacking}" if lacking else "",
        not_shown_text(found.n_not_to_settle),
    )
    return " ".join(f"{sentence}." for sentence in sentences if sentence)


def warnings(found: Overview) -> list[str]:
    """Say of which reviewer a lead should look into what."""
    return [
        f"{each.name} {_SIGNS[sign]}. Talk to them before you trust these verdicts."
        for each in found.reviewers
        if each.conduct
        for sign in each.conduct.signs
    ]


def setting_rows(found: Overview) -> list[Row]:
    """Give how far each setting is in each split; `settled` is a share."""
    return [
        {
            "setting": each.setting,
            "split": each.split,
            "units": each.n_units,
            "settled": each.n_settled / each.n_units,
        }
        for each in found.settings
    ]


def reviewer_rows(reviewers: Sequence[ReviewerProgress], now: datetime) -> list[Row]:
    """Give what each reviewer did, and how it looks.

    Of each kind of gold it is told which share they judged rightly, with its interval.
    """
    return [
        {
            "reviewer": each.name,
            "last seen": _ago(now - each.last_at),
            "readings": each.n_readings,
            "last hour": each.n_lately,
            "s a mask": ABSENT if each.seconds is None else f"{each.seconds:.1f}",
            "< 300 ms": each.n_fast,
            "“correct” at first": _correct_share(each.conduct),
            "right gold": _short(each.gold.accepted) if each.gold else ABSENT,
            "wrong gold": _short(each.gold.rejected_natural) if each.gold else ABSENT,
            "synthetic gold": _short(each.gold.rejected_synthetic) if each.gold else ABSENT,
        }
        for each in reviewers
    ]


def agreement_figures(found: Overview) -> dict[str, str] | str:
    """Give how far reviewers agree, by name, or say why there is no figure."""
    if found.agreement is None:
        return "No mask has been read by several people yet."
    if isinstance(found.agreement, NoEstimate):
        return f"No figure: {found.agreement.reason}."
    return {
        "Reviewers agree": figure_text(found.agreement.observed),
        "… on “incorrect”": figure_text(found.agreement.on_incorrect),
        "… on “correct”": figure_text(found.agreement.on_correct),
    }


def gold_figures(found: Overview) -> dict[str, str]:
    """Give how masks of known answer were judged by all reviewers, by name."""
    return {
        "Right ones accepted": figure_text(found.gold.accepted),
        "Wrong ones rejected": figure_text(found.gold.rejected_natural),
        "Synthetic ones rejected": figure_text(found.gold.rejected_synthetic),
    }


def figure_text(figure: Estimate | NoEstimate) -> str:
    """Give a share with its interval and what it rests on."""
    if isinstance(figure, NoEstimate):
        return ABSENT
    low, high = percent_text(figure.interval.low), percent_text(figure.interval.high)
    return f"{percent_text(figure.value)} ({low} to {high}, n = {count_text(figure.n)})"


def _short(figure: Estimate | NoEstimate) -> str:
    if isinstance(figure, NoEstimate):
        return ABSENT
    return f"{percent_text(figure.value)} ({range_text(figure.interval)}) of {count_text(figure.n)}"


def _correct_share(conduct: Conduct | None) -> str:
    if conduct is None:
        return ABSENT
    return f"{percent_text(conduct.n_correct / conduct.n)} of {count_text(conduct.n)}"


def _ago(passed: timedelta) -> str:
    minutes = max(0, int(passed.total_seconds() // 60))
    if minutes < 2:
        return "now"
    return f"{minutes} min ago" if minutes < 120 else f"{minutes // 60} h ago"
