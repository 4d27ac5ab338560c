"""Says what a workspace holds, how far its samples are, and what to do next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from audit.jobs.goal_progress import goal_result
from audit.jobs.gold_pool import GoldState, load_gold_state
from audit.jobs.measure import FeatureState, feature_state
from audit.jobs.readings_left import ReadingsLeft, load_readings_left
from audit.jobs.review_state import ReviewState, load_review_state
from audit.jobs.risk.judged import find_risk_draw
from audit.jobs.verdict_sources import source_findings
from audit.jobs.workspace import Workspace
from db.samples import load_samples
from reports.goal_results import GoalResult
from reports.review_findings import SourceFindings
from sampling.design.goals import Goal
from sampling.sequential.reading import GoalState


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingStatus:
    """One setting of the population."""

    setting: str
    n_annotations: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleStatus:
    """How far the review of one sample is.

    Attributes:
        n_masks: different masks that eyes can judge; several settings may have made one.
        n_judged: of these, how many are settled, if only for now.
        n_unread: of these, how many nobody has read.
        front_ends: through which front ends the readings came.
        seconds_per_verdict: the median of the verdicts that were timed; None where none was.
        goal: what it is to show, and how far that is.
        n_disputed: of these, on how many reviewers disagree and nobody settled it.
        n_flagged: of these, how many a reviewer flagged for a lead, and no lead settled.
        n_not_to_settle: masks that would be disputed or flagged if they could be shown.
        readings_left: that masks are owed beyond their first.
        is_reached: its goal is reached, for every setting.
        gold: whether masks of known answer are mixed in.
    """

    name: str
    n_units: int
    n_masks: int
    n_judged: int
    n_unread: int
    front_ends: SourceFindings
    seconds_per_verdict: float | None
    n_disputed: int
    n_flagged: int
    n_not_to_settle: int
    readings_left: ReadingsLeft
    goal: GoalResult
    is_reached: bool
    gold: GoldState

    @property
    def is_done(self) -> bool:
        """Nothing is left to review for its goal."""
        return self.is_reached or (self.n_pending == 0 and self.readings_left.n_owed == 0)

    @property
    def n_pending(self) -> int:
        """Masks that await a verdict, a reviewer's or a lead's."""
        return self.n_masks - self.n_judged


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceStatus:
    """What a workspace holds."""

    settings: tuple[SettingStatus, ...]
    features: FeatureState
    samples: tuple[SampleStatus, ...]


def workspace_status(workspace: Workspace, sample: str | None, now: datetime) -> WorkspaceStatus:
    """Give the settings of a workspace and how far its samples are, or one of them.

    Args:
        workspace: an open one.
        sample: None for all samples.
        now: by which links may have expired.

    Raises:
        StoreError: there is no sample of that name.
    """
    with workspace.store.reading() as transaction:
        names = [each.name for each in load_samples(transaction)]
    states = [
        load_review_state(workspace.store, name, workspace.settlement)
        for name in ([sample] if sample is not None else names)
    ]
    return WorkspaceStatus(
        settings=tuple(
            SettingStatus(
                setting=each.setting, n_annotations=sum(source.n_written for source in each.sources)
            )
            for each in workspace.population.manifest().settings
        ),
        features=feature_state(workspace.population),
        samples=tuple(_sample_status(state, workspace, now) for state in states),
    )


def pace(states: Sequence[ReviewState]) -> float | None:
    """Give the median seconds of the verdicts that were timed, or None where none was."""
    seconds = [each.seconds for state in states for each in state.standing if each.seconds is not None]
    return median(seconds) if seconds else None


def _sample_status(state: ReviewState, workspace: Workspace, now: datetime) -> SampleStatus:
    masks = state.judgable
    n_judged = sum(mask_id in masks and each.verdict is not None for mask_id, each in state.settled.items())
    drawn = find_risk_draw(workspace.population, state)
    goal = goal_result(state, drawn, confidence=workspace.settings.confidence)
    return SampleStatus(
        name=state.sample.name,
        n_units=len(state.units),
        n_masks=len(masks),
        n_judged=n_judged,
        n_unread=len(masks - state.settled.keys()),
        front_ends=source_findings(state, confidence=workspace.settings.confidence),
        seconds_per_verdict=pace([state]),
        goal=goal,
        is_reached=_is_reached(goal),
        n_disputed=len(state.disputed),
        n_flagged=len(state.flagged),
        n_not_to_settle=len(state.not_to_settle),
        readings_left=load_readings_left(workspace.store, workspace.settings, state, now),
        gold=load_gold_state(workspace.store, state.sample.sample_id, share=workspace.settings.gold_share),
    )


def _is_reached(goal: GoalResult) -> bool:
    if goal.goal is Goal.CERTIFY:
        return bool(goal.claims) and all(claim.holds for claim in goal.claims)
    if goal.n_waves:
        return bool(goal.margins) and all(margin.is_reached for margin in goal.margins)
    if goal.goal is Goal.ESTIMATE:
        return bool(goal.widths) and all(width.status.state is GoalState.REACHED for width in goal.widths)
    return False
