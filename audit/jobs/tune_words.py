"""Says what was tuned, or why nothing could be: in lines for people and as JSON."""

import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from audit.jobs.tune import Losses, NotTuned, TriedRules, Tuned, TuneResult
from audit.jobs.tuned_thresholds import TunedThreshold
from audit.jobs.tuning_data import LeftOut
from audit.jobs.tuning_frame import DrawnFrom
from reports.numbers import (
    count_text,
    counted_text,
    exact_percent_text,
    n_eff_text,
    p_value_text,
    percent_text,
    range_text,
)
from sampling.estimation.estimands import Estimand
from sampling.estimation.estimate import Estimate
from sampling.thresholds.boxes import Direction
from sampling.thresholds.certify import KeptTest, TriedThreshold
from sampling.thresholds.curve import AccuracyCurve, CurvePoint
from sampling.thresholds.losses import DomainLoss

_OF = {
    Estimand.ANNOTATION: "per annotation kept",
    Estimand.ENTITY: "per entity, of what is kept",
    Estimand.MIX: "of what is kept, splits in the shares that the sample gave them",
}
_SIDES = {Direction.AT_LEAST: "at least", Direction.AT_MOST: "at most"}
_POINTS_SHOWN = 8
_IDS_SHOWN = 5


def tune_lines(result: TuneResult) -> list[str]:
    """Give what was tuned by what, and what came out."""
    return [*_basis(result), *_curve_lines(result.curve), *_outcome_lines(result)]


def refusal(result: TuneResult) -> str:
    """Give in one sentence why nothing was certified and what to do; empty where something was."""
    if isinstance(result.outcome, Tuned):
        return ""
    asked = f"no threshold on {_features(result)} is certified to keep {_goal(result)}"
    if result.to_queue:
        return f"{asked}: {_unjudged(result.to_queue)}"
    return f"{asked}: {_what_it_takes(result, result.outcome)}"


def _what_it_takes(result: TuneResult, outcome: NotTuned) -> str:
    otherwise = "lower --target, or name other --features"
    if outcome.n_more_units is None:
        return f"none looks that accurate, so more verdicts alone will not do; {otherwise}"
    if result.left_out.n_elsewhere:
        return (
            "only the first wave of the sample speaks of these masks: draw a sample of their own, "
            f"mask-audit sample --goal tune --name NAME, or {otherwise}"
        )
    if outcome.n_more_units > result.n_units_left:
        return f"it would take more verdicts than there are masks to judge; {otherwise}"
    if outcome.needed is None:
        certify = "verdict certifies" if result.n_certifying == 1 else "verdicts certify"
        return (
            f"{count_text(result.n_certifying)} {certify}, and it takes {count_text(outcome.fewest)} to try "
            f"a threshold: {_more(result, outcome.n_more_units)}"
        )
    share, accuracy = percent_text(outcome.needed.share_kept), percent_text(outcome.needed.accuracy)
    return (
        f"thresholds that keep {share} of the masks would be certified every other time, if {accuracy} of "
        f"these are right, as it seems, by more verdicts: {_more(result, outcome.n_more_units)}"
    )


def _more(result: TuneResult, n_more: int) -> str:
    pending = f"review the {count_text(result.left_out.n_pending)} that are pending"
    if not n_more:
        return f"{pending} first"
    before = f"{pending}, and " if result.left_out.n_pending else ""
    return (
        f"{before}draw about {counted_text(n_more, 'more unit')} (mask-audit sample --extend --name "
        f"{shlex.quote(result.sample)}, then review), or lower --target"
    )


def tune_json(result: TuneResult, *, written: Path | None) -> dict[str, Any]:
    """Give the same for programs, and where the rule set was written; what is not known is absent."""
    request = result.request
    found: dict[str, Any] = {
        "settings": list(request.settings),
        "sample": result.sample,
        "target": request.guarantee.target,
        "confidence": request.guarantee.confidence,
        "estimand": request.estimand,
        "test": result.test,
        "features": [
            {"feature": str(reference), "keeps": direction}
            for reference, direction in zip(result.references, result.directions, strict=True)
        ],
        "n_masks": result.n_masks,
        "n_outside": result.drawn_from.n,
        "n_learning": result.n_learning,
        "n_certifying": result.n_certifying,
        "n_certifying_by_setting": dict(result.n_certifying_of),
        "n_pending": result.left_out.n_pending,
        "n_unsure": result.left_out.n_unsure,
        "n_unjudgable": result.left_out.n_unjudgable,
        "n_dropped_before": result.n_dropped_before,
        "n_corrected": result.n_corrected,
        "to_queue": list(result.to_queue),
        "is_certified": isinstance(result.outcome, Tuned),
        "written": None if written is None else str(written),
    }
    if result.base_sample is not None:
        found["base_sample"] = result.base_sample
    if result.curve is not None:
        found["curve"] = [_point_json(point) for point in result.curve.points]
    return found | _outcome_json(result.outcome)


def _basis(result: TuneResult) -> Iterator[str]:
    learning, certifying = counted_text(result.n_learning, "verdict"), count_text(result.n_certifying)
    yield (
        f"{', '.join(result.request.settings)}, sample {result.sample}: "
        f"{learning} chose what to try, {certifying} others certify"
    )
    if len(result.request.settings) > 1:
        by_setting = ", ".join(f"{name} {count_text(n)}" for name, n in result.n_certifying_of.items())
        yield (
            "of each mention one setting's verdict certifies, those of others are not independent of it: "
            f"{by_setting}"
        )
    yield from _limits(result)
    yield from _left_out_lines(result.left_out)
    if result.request.base is not None:
        yield from _base_lines(result, result.request.base)
    if result.to_queue:
        yield f"warning: {_unjudged(result.to_queue)}"
    yield f"tried: {', '.join(_tried_features(result))}"


def _limits(result: TuneResult) -> Iterator[str]:
    outside = outside_text(result.drawn_from)
    if outside:
        yield f"warning: {outside}"
    if result.test is not KeptTest.EXACT_BINOMIAL and result.request.guarantee.target < _CALIBRATED_FROM:
        yield f"warning: {_ROUGH}"


def _left_out_lines(left: LeftOut) -> Iterator[str]:
    if left.n_pending:
        yield f"warning: {counted_text(left.n_pending, 'mask')} without a verdict left out: {_PENDING}"
    if left.n_unsure + left.n_unjudgable:
        unsure, unjudgable = count_text(left.n_unsure), count_text(left.n_unjudgable)
        yield f"left out: {unsure} unsure, {unjudgable} that cannot be judged"
    if left.n_elsewhere:
        elsewhere = counted_text(left.n_elsewhere, "verdict")
        yield f"left out: {elsewhere} on units drawn in a region of other masks, or without these rules"


def _base_lines(result: TuneResult, base: Path) -> Iterator[str]:
    dropped, corrected = counted_text(result.n_dropped_before, "mask"), count_text(result.n_corrected)
    yield f"first {base}: drops {dropped}, corrects {corrected}, which are kept"
    if result.base_sample == result.sample:
        yield (
            f"warning: verdicts of sample {result.sample} chose the rules of {base} too, so the confidence "
            "does not hold for what these let through: certify by a sample that had no part in them"
        )


_CALIBRATED_FROM = 0.9

_ROUGH = (
    "the weighted test keeps its confidence for targets of 90 % and more; below, at 95 %, up to 6 % of "
    "simulated reviews certified falsely instead of 5 %: ask for more confidence, or draw annotations"
)


def outside_text(drawn_from: DrawnFrom) -> str:
    """Give which masks the sample could not have drawn; empty where there are none."""
    if not drawn_from.n:
        return ""
    found = " and ".join(
        f"{counted_text(n, 'mask')} of {setting}" for setting, n in drawn_from.n_outside.items()
    )
    of = f"{drawn_from.frame}, {'split' if len(drawn_from.splits) == 1 else 'splits'} "
    return (
        f"{found} {'has' if drawn_from.n == 1 else 'have'} no mention in what the sample was drawn from "
        f"({of}{', '.join(drawn_from.splits)}): nothing is certified of them, and the rules act on them too; "
        "a sample that is drawn from all their splits, with --frame of their setting, would speak of them"
    )


_PENDING = "what is certified before the review is whole must not depend on what the verdicts were"


def _unjudged(to_queue: Sequence[str]) -> str:
    some = ", ".join(to_queue[:_IDS_SHOWN]) + (", …" if len(to_queue) > _IDS_SHOWN else "")
    return (
        f"{counted_text(len(to_queue), 'corrected mask')} of the sample without a verdict count as wrong "
        f"({some}): mask-audit filter by these rules, ingest --subset-of, sample --carry, review"
    )


def _tried_features(result: TuneResult) -> Iterator[str]:
    for reference, direction in zip(result.references, result.directions, strict=True):
        yield f"{reference} {_SIDES[direction]}"


def _features(result: TuneResult) -> str:
    return ", ".join(map(str, result.references))


def _goal(result: TuneResult) -> str:
    guarantee = result.request.guarantee
    within = " in what the sample was drawn from" if result.drawn_from.n else ""
    return (
        f"masks of {', '.join(result.request.settings)}{within} that are at least "
        f"{exact_percent_text(guarantee.target)} accurate, with {exact_percent_text(guarantee.confidence)} "
        "confidence"
    )


def _curve_lines(curve: AccuracyCurve | None) -> Iterator[str]:
    if curve is None:
        return
    confidence = exact_percent_text(curve.confidence)
    yield f"accuracy per annotation over the threshold (band of {confidence} for all at once):"
    step = max(1, len(curve.points) // _POINTS_SHOWN)
    for point in curve.points[step - 1 :: step]:
        accuracy = "no verdict" if point.accuracy is None else percent_text(point.accuracy)
        yield (
            f"  {_SIDES[curve.direction]} {point.threshold:.4g}: keeps {percent_text(point.coverage)}, "
            f"{accuracy} right ({percent_text(point.low)} to {percent_text(point.high)})"
        )


def _outcome_lines(result: TuneResult) -> Iterator[str]:
    match result.outcome:
        case Tuned() as tuned:
            yield from _tuned_lines(result, tuned)
        case NotTuned() as nothing:
            yield "nothing certified; what came nearest:"
            for each in nothing.candidates:
                yield f"  {_thresholds(each.thresholds)}: {_evidence(each.tried, result.test)}"


def _tuned_lines(result: TuneResult, tuned: Tuned) -> Iterator[str]:
    yield f"certified to keep {_goal(result)} ({_OF[result.request.estimand]}):"
    for threshold in tuned.chosen.thresholds:
        yield f"  {_threshold(threshold)}"
    if not tuned.chosen.thresholds:
        yield "  no threshold: all of them may be kept"
    yield f"verdicts: {_evidence(tuned.chosen.tried, result.test)}"
    share = percent_text(tuned.n_kept / result.n_masks)
    yield f"kept: {count_text(tuned.n_kept)} of {counted_text(result.n_masks, 'mask')} ({share})"
    yield from _loss_lines(tuned.losses)


def _evidence(tried: TriedThreshold, test: KeptTest) -> str:
    is_exact = test is KeptTest.EXACT_BINOMIAL
    weighted = "" if is_exact else f", worth {n_eff_text(tried.n_effective)} of equal weight"
    how = "exact test" if is_exact else "weighted test"
    return (
        f"{count_text(tried.n_kept)} certifying on kept masks{weighted}, "
        f"{count_text(tried.n_errors)} of them errors; {p_value_text(tried.p_value)} ({how})"
    )


def _thresholds(thresholds: Sequence[TunedThreshold]) -> str:
    return " and ".join(map(_threshold, thresholds)) or "all masks"


def _threshold(threshold: TunedThreshold) -> str:
    return f"{threshold.reference} {_SIDES[threshold.direction]} {threshold.value:.6g}"


def _loss_lines(losses: Losses) -> Iterator[str]:
    yield f"dropped: {_loss(losses.overall)}"
    for title, slices in (("split", losses.by_split), ("category", losses.by_category)):
        for name, loss in slices.items():
            yield f"  {title} {name}: {_loss(loss)}"


def _loss(loss: DomainLoss) -> str:
    dropped = f"{count_text(loss.n_dropped)} of {count_text(loss.n_masks)} masks"
    share = loss.share_lost.estimate
    if not isinstance(share, Estimate):
        return f"{dropped}; no right mask was judged here"
    few = f", only {count_text(loss.share_lost.n)} right masks judged" if loss.is_small else ""
    return f"{dropped}, of the right ones {percent_text(share.value)} ({range_text(share.interval)}{few})"


def _outcome_json(outcome: Tuned | NotTuned) -> dict[str, Any]:
    match outcome:
        case Tuned():
            return {
                **_rules_json(outcome.chosen),
                "n_kept_masks": outcome.n_kept,
                "losses": {
                    "overall": _loss_json(outcome.losses.overall),
                    "by_split": _losses_json(outcome.losses.by_split),
                    "by_category": _losses_json(outcome.losses.by_category),
                },
            }
        case NotTuned():
            more = {} if outcome.n_more_units is None else {"n_more_units": outcome.n_more_units}
            return {"candidates": [_rules_json(each) for each in outcome.candidates]} | more


def _rules_json(rules: TriedRules) -> dict[str, Any]:
    tried = rules.tried
    found = {
        "thresholds": [
            {"feature": str(each.reference), each.direction.value: each.value} for each in rules.thresholds
        ],
        "share_kept": tried.share_kept,
        "n_kept": tried.n_kept,
        "n_errors": tried.n_errors,
        "n_effective": tried.n_effective,
        "p_value": tried.p_value,
    }
    return found if tried.accuracy is None else found | {"accuracy": tried.accuracy}


def _losses_json(losses: Mapping[str, DomainLoss]) -> dict[str, Any]:
    return {name: _loss_json(loss) for name, loss in losses.items()}


def _loss_json(loss: DomainLoss) -> dict[str, Any]:
    found: dict[str, Any] = {"n_masks": loss.n_masks, "n_dropped": loss.n_dropped}
    share = loss.share_lost.estimate
    if isinstance(share, Estimate):
        found["share_of_right_lost"] = _with_interval(share.value, share.interval.low, share.interval.high)
    if loss.lost is not None:
        found["n_right_lost"] = _with_interval(loss.lost.n, loss.lost.low, loss.lost.high)
    return found


def _with_interval(value: float, low: float, high: float) -> dict[str, float]:
    return {"estimate": value, "low": low, "high": high}


def _point_json(point: CurvePoint) -> dict[str, Any]:
    found = {
        "threshold": point.threshold,
        "share_kept": point.coverage,
        "low": point.low,
        "high": point.high,
        "n_kept": point.n_kept,
        "n_errors": point.n_errors,
    }
    return found if point.accuracy is None else found | {"accuracy": point.accuracy}


def next_steps(result: TuneResult, out: Path) -> Iterable[str]:
    """Give what to do with a written rule set."""
    yield f"written: {out}"
    if len(result.request.settings) == 1:
        words = ("mask-audit", "filter", "--setting", result.request.settings[0], "--rules", str(out))
        yield f"next: {shlex.join(words)} --out DIR"
