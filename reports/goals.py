"""What the sample is to show, how far it is, and how many verdicts that was to take."""

from reports.blocks import Cell, Section, Table
from reports.cells import interval_cell, share_cell
from reports.content import ReportContent
from reports.goal_results import Claim, GoalResult, Margin, Width
from reports.numbers import (
    ABSENT,
    count_text,
    counted_text,
    exact_percent_number,
    exact_percent_text,
    half_width_text,
    method_text,
    p_value_text,
    percent_text,
    quoted_interval_text,
)
from reports.results import Figure
from reports.sentences import GOAL_TITLE, name_of, origin_facts, where_text
from sampling.design.goals import Goal
from sampling.estimation.estimate import Estimate
from sampling.sequential.certification import Certification
from sampling.sequential.fixed_width import WidthStatus
from sampling.sequential.reading import GoalState

PLANNED = {
    Goal.DESCRIBE: "the accuracy",
    Goal.COMPARE: "the difference of settings",
    Goal.TUNE: "thresholds whose kept masks reach a target",
}
USED_UP = "that says nothing against the masks"


def goal(content: ReportContent) -> Section:
    """The goal, a line per setting, and the intervals that are valid while the review runs."""
    found = content.goal
    if found.n_waves:
        return _in_waves(content)
    if not found.may_stop_early:
        return Section(title=GOAL_TITLE, paragraphs=(_planned_text(content),))
    parts: tuple[Claim | Width, ...] = (*found.claims, *found.widths)
    rows = tuple((Cell(text=name_of(part.setting, content)), *_running_cells(part.running)) for part in parts)
    columns = ("Setting", "Accuracy so far", "Interval valid at every moment", "n")
    return Section(
        title=GOAL_TITLE,
        paragraphs=(_sequential_text(content), _running_text(found)),
        points=tuple(
            f"{name_of(setting, content)}: {progress}." for setting, progress in progress_texts(found).items()
        )
        or ("No setting has a unit that can be judged.",),
        table=Table(columns=columns, rows=rows) if rows else None,
    )


def _in_waves(content: ReportContent) -> Section:
    return Section(
        title=GOAL_TITLE,
        paragraphs=(f"The sample was drawn to {aim_text(content.goal)}, by risk.",),
        points=tuple(
            f"{name_of(setting, content)}: {progress}."
            for setting, progress in progress_texts(content.goal).items()
        ),
    )


def progress_texts(found: GoalResult) -> dict[str, str]:
    """How far each setting is, as a clause without a full stop; nothing where the size was planned."""
    claims = {claim.setting: _claim_text(claim, found) for claim in found.claims}
    widths = {width.setting: _width_text(width.status, found) for width in found.widths}
    return claims | widths | {margin.setting: _reach_text(margin, found) for margin in found.margins}


def aim_text(found: GoalResult) -> str:
    """What the sample is to do, as a clause without a full stop."""
    if found.goal is Goal.CERTIFY:
        return _certify_aim(found)
    return _estimate_aim(found) if found.goal is Goal.ESTIMATE else f"show {PLANNED[found.goal]}"


def quotable_texts(content: ReportContent) -> tuple[str, ...]:
    """One sentence for every goal that is reached; it may be quoted, whatever else awaits a verdict."""
    found = content.goal
    certified = (
        f"The masks of {name_of(claim.setting, content)}{where_text(content)} are at least"
        f" {_target_text(found)} correct (certified at {exact_percent_text(found.confidence)} confidence,"
        f" anytime-valid {p_value_text(claim.p_adjusted)}, n = {count_text(claim.certification.n_counted)},"
        f" estimand mix, {', '.join(origin_facts(content))})."
        for claim in found.claims
        if claim.holds
    )
    narrow = (
        f"{percent_text(width.status.estimate.value)} of the masks of"
        f" {name_of(width.setting, content)}{where_text(content)} were judged correct"
        f" ({_stop_facts(width.status.estimate)}, estimand mix, {', '.join(origin_facts(content))})."
        for width in found.widths
        if width.status.estimate is not None and width.status.state is GoalState.REACHED
    )
    return (*certified, *narrow)


def _stop_facts(estimate: Estimate) -> str:
    return f"{quoted_interval_text(estimate.interval)}, n = {count_text(estimate.n)}"


def _planned_text(content: ReportContent) -> str:
    size = f"{count_text(content.n_units)} units ({content.design.allocation})"
    if content.has_grown:
        return (
            f"The sample was drawn to show {PLANNED[content.goal.goal]}, smaller at first, and has grown to"
            f" {size}. Its intervals hold if that size did not follow from what the first verdicts showed."
        )
    return (
        f"The sample was drawn to show {PLANNED[content.goal.goal]}. Its size of {size} was set before the"
        " review, so its intervals hold once all of them are judged, and not if the review stops where its"
        " verdicts look good."
    )


def _sequential_text(content: ReportContent) -> str:
    found = content.goal
    return (
        f"The sample was drawn to {aim_text(found)}. It holds at most {count_text(content.n_units)} units"
        f" ({content.design.allocation}) in a stored order of blocks, and the review may stop at the end of"
        " any block that reaches the goal: how many verdicts there are was settled by the verdicts"
        " themselves. Only complete blocks are read, in their order."
    )


def _certify_aim(found: GoalResult) -> str:
    return f"certify an accuracy of at least {_target_text(found)}"


def _estimate_aim(found: GoalResult) -> str:
    return (
        f"estimate the accuracy to {_margin_text(found)} at {exact_percent_text(found.confidence)} confidence"
    )


def _target_text(found: GoalResult) -> str:
    return ABSENT if found.target is None else exact_percent_text(found.target)


def _margin_text(found: GoalResult) -> str:
    return ABSENT if found.margin is None else f"± {exact_percent_number(found.margin)} percentage points"


def _running_text(found: GoalResult) -> str:
    figures = (*(claim.running for claim in found.claims), *(width.running for width in found.widths))
    methods = sorted({method_text(each.interval) for each in figures if isinstance(each, Estimate)})
    shown = f" ({', '.join(methods)}s)" if methods else ""
    error = exact_percent_text(1 - found.confidence)
    claims = (
        f" The chance that a claim that is not so is ever certified is at most {error}, for all settings"
        " together."
        if found.goal is Goal.CERTIFY
        else ""
    )
    return (
        f"The intervals here{shown} hold whenever one looks, for the mix of splits as allocated; that is why"
        f" they are wider than those of a planned size.{claims}"
    )


def _is_used_up(certification: Certification) -> bool:
    return certification.state is GoalState.EXHAUSTED or certification.n_blocks_read == certification.n_blocks


def _claim_text(claim: Claim, found: GoalResult) -> str:
    certification = claim.certification
    p = p_value_text(claim.p_adjusted)
    if claim.holds:
        test = f"anytime-valid, {p}{_holm(found)}"
        return f"certified at least {_target_text(found)} ({test}) {_when(claim, found)}"
    read = _read_text(certification)
    if _is_used_up(certification):
        return f"the sample is used up without certifying {_target_text(found)} ({p}, {read}): {USED_UP}"
    if certification.state is GoalState.REACHED and certification.n_blocks_read < certification.n_blocks:
        alone = p_value_text(certification.p_value)
        return (
            f"not certified yet: {alone} alone would do, but {len(found.claims)} claims share the error rate,"
            f" and that makes it {p} (Holm), {read}"
        )
    return f"not certified yet: {p} {read}"


def _holm(found: GoalResult) -> str:
    return f", Holm over {len(found.claims)} claims" if len(found.claims) > 1 else ""


def _when(claim: Claim, found: GoalResult) -> str:
    """When a claim held: alone it is known from which verdict on, among others only that it does now."""
    first = claim.certification.n_counted_when_certified
    if len(found.claims) > 1 or first is None:
        return _read_text(claim.certification)
    return f"from {count_text(first)} verdicts on; {_read_text(claim.certification)}"


def _read_text(certification: Certification) -> str:
    verdicts = f"after {count_text(certification.n_counted)} verdicts"
    return f"{verdicts}, blocks read {_blocks_text(certification)}"


def _blocks_text(progress: Certification | WidthStatus) -> str:
    return f"{count_text(progress.n_blocks_read)} of {count_text(progress.n_blocks)}"


def _width_text(status: WidthStatus, found: GoalResult) -> str:
    blocks = f"blocks read {_blocks_text(status)}"
    if status.half_width is None:
        return f"going on: no block is complete yet, {blocks}"
    reach = half_width_text(status.half_width)
    if status.state is GoalState.GOING_ON or status.estimate is None:
        return f"going on: {reach} so far, {_margin_text(found)} is wanted, {blocks}"
    at_last = f"{percent_text(status.estimate.value)} ({_stop_facts(status.estimate)})"
    if status.state is GoalState.EXHAUSTED:
        return f"the sample is used up before {_margin_text(found)}: {at_last}, {reach}, {blocks}"
    stop = "" if status.reached_at_block is None else f" at block {count_text(status.reached_at_block + 1)}"
    return f"reached {_margin_text(found)}{stop}: {at_last}, an interval for this stop alone, {blocks}"


def _reach_text(margin: Margin, found: GoalResult) -> str:
    if margin.half_width is None:
        return f"going on: nothing can be said yet, {_margin_text(found)} is wanted"
    reach = half_width_text(margin.half_width)
    if margin.is_reached:
        return f"reached {_margin_text(found)}: {reach} by all units"
    if margin.is_at_its_end:
        end = f"everything that can be drawn is judged: {reach} is as near as it gets"
        return f"{end}, {_margin_text(found)} was wanted"
    so_far = f"going on: {reach} so far, {_margin_text(found)} is wanted"
    awaited = f"{counted_text(margin.n_pending, 'unit')} pending"
    if not margin.n_beyond:
        return f"{so_far}; {awaited}, which may do"
    more = f"about {counted_text(margin.n_beyond, 'verdict')} more"
    if margin.n_pending:
        more = f"{awaited}, {more} beyond them"
    if margin.n_beyond > margin.n_left:
        left = counted_text(margin.n_left, "unit")
        more = f"{more}, and {left} left to draw: out of reach with this unit of sampling"
    return f"{so_far}; {more}"


def _running_cells(running: Figure) -> tuple[Cell, ...]:
    if not isinstance(running, Estimate):
        return Cell(text=ABSENT, details=(running.reason,)), Cell(text=ABSENT), Cell(text=ABSENT)
    return share_cell(running), interval_cell(running), Cell(text=count_text(running.n))
