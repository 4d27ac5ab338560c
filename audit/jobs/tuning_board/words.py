"""What a board says in words: figures with their intervals, and what they are no proof of."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from audit.features.references import FeatureReference
from audit.jobs.review_state import Outcome
from audit.jobs.tune import Tuned, TuneResult
from audit.jobs.tune_words import outside_text
from audit.jobs.tuning_board.gallery import GalleryMask
from audit.jobs.tuning_board.kept import Figures, KeptPart
from audit.jobs.tuning_board.saving import BY_EYE_FILE, CERTIFIED_FILE
from audit.jobs.tuning_board.scales import Scale, stop_text
from audit.jobs.tuning_data import LeftOut, TuningData
from audit.jobs.tuning_frame import DrawnFrom
from reports.numbers import (
    ABSENT,
    count_text,
    counted_text,
    exact_percent_text,
    p_value_text,
    percent_text,
    range_text,
)
from sampling.estimation.domains import DomainEstimate
from sampling.estimation.estimate import Bounds, NoEstimate
from sampling.thresholds.boxes import Direction
from sampling.thresholds.curve import AccuracyCurve, CurvePoint

BY_EYE = (
    "Moved by eye, thresholds carry no guarantee: they are chosen on the very verdicts that this accuracy is "
    "estimated from, so it flatters them."
)

_OUTCOMES = {
    Outcome.CORRECT: "correct",
    Outcome.INCORRECT: "incorrect",
    Outcome.MISSING: "without a mask",
}

_LONGEST_NAME = 80

SIGNS = {Direction.AT_LEAST: "≥", Direction.AT_MOST: "≤"}

OF_ALL = "The figures above are of all verdicts, those that chose the thresholds too; the certificate is not."

MOVED = "The sliders were moved from where they are certified."

SAVED_BY_EYE = (
    f"Put by eye, these rules go to {BY_EYE_FILE}: certified ones in {CERTIFIED_FILE} stay as they are."
)

_INSTEAD = "lower the target, or choose other features"

Row = dict[str, str | int | float | None]
"""Column → what stands there."""


def estimate_text(found: DomainEstimate) -> str:
    """A share with its interval and what it rests on."""
    if isinstance(found.estimate, NoEstimate):
        return f"{ABSENT} (no verdict)"
    interval = range_text(found.estimate.interval)
    return f"{percent_text(found.estimate.value)} ({interval}), {counted_text(found.n, 'verdict')}"


def shortened(name: str) -> str:
    """Give a name that fits on a card, with … where it is cut.

    >>> shortened("a bird"), len(shortened("bird" * 100))
    ('a bird', 80)
    """
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1].rstrip()}…"


def share_text(found: DomainEstimate) -> str:
    """A share alone."""
    return ABSENT if isinstance(found.estimate, NoEstimate) else percent_text(found.estimate.value)


def interval_text(found: DomainEstimate, of: str) -> str:
    """The interval of a share, and of how many judged masks it is a share."""
    if isinstance(found.estimate, NoEstimate):
        return f"none judged is {of}"
    return f"{range_text(found.estimate.interval)} %, {count_text(found.n)} {of}"


def kept_text(part: KeptPart) -> str:
    """How many masks are kept."""
    return f"{count_text(part.n_kept)} of {counted_text(part.n_masks, 'mask')}"


def headline(part: KeptPart) -> dict[str, tuple[str, str]]:
    """The figures that matter most, by name: the figure, and what it rests on."""
    return {
        "Kept": (percent_text(part.share_kept), kept_text(part)),
        "Accuracy of kept": (share_text(part.accuracy), interval_text(part.accuracy, "kept")),
        "Accuracy of dropped": (
            share_text(part.accuracy_of_dropped),
            interval_text(part.accuracy_of_dropped, "dropped"),
        ),
        "Right masks lost": (share_text(part.good_lost), interval_text(part.good_lost, "right")),
    }


def kept_rows(parts: Sequence[KeptPart], what: str) -> list[Row]:
    """What is kept of every slice, as a table."""
    return [
        {
            what: part.name,
            "masks": part.n_masks,
            "kept": percent_text(part.share_kept),
            "accuracy of kept": estimate_text(part.accuracy),
            "accuracy of dropped": estimate_text(part.accuracy_of_dropped),
            "right masks lost": estimate_text(part.good_lost),
        }
        for part in parts
    ]


def point_text(point: CurvePoint, direction: Direction) -> str:
    """What one threshold keeps, and how right that is."""
    sign = SIGNS[direction]
    coverage = f"{sign} {stop_text(point.threshold)} keeps {percent_text(point.coverage)}"
    if point.accuracy is None:
        return f"{coverage}; no verdict on them"
    band = range_text(Bounds(low=point.low, high=point.high))
    return f"{coverage}; {percent_text(point.accuracy)} right (band {band}), {point.n_kept:,} judged"


def guarantee_text(result: TuneResult) -> str:
    """What is guaranteed of what is kept, and by what; empty where nothing is."""
    if not isinstance(result.outcome, Tuned):
        return ""
    guarantee, tried = result.request.guarantee, result.outcome.chosen.tried
    kept = percent_text(result.outcome.n_kept / result.n_masks)
    outside = _outside_text(result.drawn_from)
    told = (
        f"Certified with {exact_percent_text(guarantee.confidence)} confidence: at least "
        f"{exact_percent_text(guarantee.target)} of the kept masks are right; {kept} are kept. Of "
        f"{count_text(result.n_certifying)} verdicts that had no part in choosing the thresholds, "
        f"{count_text(tried.n_kept)} are on kept masks, {count_text(tried.n_errors)} of them errors; "
        f"{p_value_text(tried.p_value)}."
    )
    return f"{told} {outside}" if outside else told


def refusal_text(result: TuneResult) -> str:
    """Why nothing is certified, and what would help; empty where something is."""
    if isinstance(result.outcome, Tuned):
        return ""
    guarantee, needed = result.request.guarantee, result.outcome.needed
    asked = (
        f"Nothing is certified: no thresholds on these features keep masks of which at least "
        f"{exact_percent_text(guarantee.target)} are right, with {exact_percent_text(guarantee.confidence)} "
        "confidence."
    )
    n_more = result.outcome.n_more_units
    if n_more is None:
        return f"{asked} None looks that accurate, so more verdicts alone will not do: {_INSTEAD}."
    if n_more > result.n_units_left:
        return f"{asked} It would take more verdicts than there are masks: {_INSTEAD}."
    more = _more_text(n_more, result.left_out.n_pending)
    if needed is None:
        return f"{asked} It takes {count_text(result.outcome.fewest)} certifying verdicts to try any. {more}"
    return (
        f"{asked} More verdicts would, every other time, certify thresholds that keep "
        f"{percent_text(needed.share_kept)} of the masks, if {percent_text(needed.accuracy)} of these are "
        f"right, as it seems. {more}"
    )


def _more_text(n_more: int, n_pending: int) -> str:
    """How to get the verdicts: those that are pending first, then by so many more units."""
    pending = f"Review the {count_text(n_pending)} that are pending"
    if not n_more:
        return f"{pending} first."
    larger = f"raw about {counted_text(n_more, 'more unit')}."
    return f"{pending}, and d{larger}" if n_pending else f"D{larger}"


def asked_text(n_asked: int) -> str:
    """What it means that the same verdicts were asked several times."""
    return (
        f"{count_text(n_asked)} different questions were put to these verdicts. Each answer holds with its "
        "confidence on its own; asking until one pleases voids the guarantee."
    )


def each_text(figures: Figures) -> str:
    """How sure the intervals of a table are."""
    sure = exact_percent_text(figures.confidence)
    return f"Each interval holds with {sure} confidence on its own, not all of them at once."


def curve_text(curve: AccuracyCurve) -> str:
    """What a curve is of, and what it leaves out."""
    sure = exact_percent_text(curve.confidence)
    told = (
        f"This threshold alone, per annotation. With {sure} confidence the true accuracy is in the "
        "band at every threshold at once."
    )
    if not curve.unknown.share:
        return told
    return f"{told} {percent_text(curve.unknown.share)} of the masks, of unknown value, are in none of it."


def basis_text(data: TuningData, at: datetime) -> str:
    """What the figures rest on."""
    n = counted_text(len(data.verdicts.position), "verdict")
    told = f"{n} on a population of {counted_text(data.masks.n_masks, 'mask')}, at {at:%H:%M} UTC."
    return " ".join(
        each
        for each in (
            told,
            left_out_text(data.left_out),
            _outside_text(data.drawn_from),
            "Reload the page for later ones.",
        )
        if each
    )


def _outside_text(drawn_from: DrawnFrom) -> str:
    told = outside_text(drawn_from)
    return f"{told}." if told else ""


def unknown_text(scale: Scale) -> str:
    """Of how many masks a feature is not known."""
    if scale.n_unknown == scale.n_masks:
        return "not known of any mask"
    if not scale.n_unknown:
        return "known of every mask"
    share = percent_text(scale.n_unknown / scale.n_masks)
    return f"not known of {counted_text(scale.n_unknown, 'mask')} ({share})"


def value_text(reference: FeatureReference, value: float | None) -> str:
    """A feature of one mask."""
    return f"{reference} {ABSENT if value is None else stop_text(float(f'{value:.3g}'))}"


def gallery_text(masks: Sequence[GalleryMask], *, n_shown: int, n_pages: int) -> str:
    """What the masks of a gallery are, and how many of them are shown on how many pages."""
    found = Counter(mask.outcome for mask in masks)
    told = ", ".join(f"{count_text(found[each])} {what}" for each, what in _OUTCOMES.items() if found[each])
    shown = f"{count_text(n_shown)} shown on {counted_text(n_pages, 'page')}"
    return f"{counted_text(len(masks), 'judged mask')}: {told}; {shown}." if masks else "There are none."


def left_out_text(left_out: LeftOut) -> str:
    """Which sampled masks say nothing here; empty where all do."""
    parts = {
        "await a verdict": left_out.n_pending,
        "are unsure": left_out.n_unsure,
        "cannot be judged": left_out.n_unjudgable,
        "have no such mask": left_out.n_absent,
    }
    told = [f"{count_text(n)} {what}" for what, n in parts.items() if n]
    return f"Of the sample's mentions {', '.join(told)}; they say nothing here." if told else ""
