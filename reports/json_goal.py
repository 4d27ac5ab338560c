"""How far a goal is reached, for machines."""

from reports.goal_results import Claim, GoalResult, Margin, Width
from reports.json_values import Object, estimate_object, if_estimated, present
from sampling.sequential.reading import GoalState


def goal_object(goal: GoalResult, *, is_settled: bool) -> Object:
    """A goal and how far it is reached.

    Args:
        goal: with its figures.
        is_settled: all units are judged, and the sample's size did not grow.
    """
    return {
        "goal": goal.goal,
        **present(target=goal.target, margin=goal.margin),
        "confidence": goal.confidence,
        # A review that may stop where its verdicts say so has intervals of its own, under `running`.
        "planned_size_intervals_valid": is_settled or not goal.may_stop_early,
        **({"claims": [_claim(claim) for claim in goal.claims]} if goal.claims else {}),
        **({"widths": [_width(width) for width in goal.widths]} if goal.widths else {}),
        **({"margins": [_margin(margin) for margin in goal.margins]} if goal.margins else {}),
    }


def _claim(claim: Claim) -> Object:
    found = claim.certification
    return {
        "setting": claim.setting,
        "state": _joint_state(claim),
        "p_value": found.p_value,
        "p_adjusted": claim.p_adjusted,
        "holds": claim.holds,
        "n_counted": found.n_counted,
        "n_blocks_read": found.n_blocks_read,
        "n_blocks": found.n_blocks,
        **present(
            certified_at_block=found.certified_at_block,
            n_counted_when_certified=found.n_counted_when_certified,
        ),
        **if_estimated("running", claim.running),
    }


def _joint_state(claim: Claim) -> GoalState:
    """Reached where the claim holds beside the others, whatever its own p-value says."""
    found = claim.certification
    if claim.holds or found.state is not GoalState.REACHED:
        return found.state
    return GoalState.EXHAUSTED if found.n_blocks_read == found.n_blocks else GoalState.GOING_ON


def _width(width: Width) -> Object:
    status = width.status
    return {
        "setting": width.setting,
        "state": status.state,
        **present(half_width=status.half_width),
        "n_blocks_read": status.n_blocks_read,
        "n_blocks": status.n_blocks,
        **present(reached_at_block=status.reached_at_block),
        **({"estimate": estimate_object(status.estimate)} if status.estimate else {}),
        **if_estimated("running", width.running),
    }


def _margin(margin: Margin) -> Object:
    return {
        "setting": margin.setting,
        "reached": margin.is_reached,
        **present(half_width=margin.half_width, n_more=margin.n_more),
        "n_pending": margin.n_pending,
    }
