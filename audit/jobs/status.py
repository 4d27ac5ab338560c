"""Says what a workspace holds, how far its samples are, and what to do next."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from audit.jobs.goal_progress import goal_result
from audit.jobs.gold_pool import GoldState, load_gold_state
from audit.jobs.review_state import Outcome, ReviewState, load_review_state
from audit.jobs.workspace import Workspace
from db.samples import load_samples
from reports.content import GoalResult
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
        seconds_per_verdict: the median of the verdicts that were timed; None where none was.
        goal: what it is to show, and how far that is.
        n_disputed: of these, on how many reviewers disagree and nobody settled it.
        n_flagged: of these, how many a reviewer flagged for a lead, and no lead settled.
        is_reached: its goal is reached, for every setting.
        gold: whether masks of known answer are mixed in.
    """

    name: str
    n_units: int
    n_masks: int
    n_judged: int
    n_unread: int
    seconds_per_verdict: float | None
    n_disputed: int
    n_flagged: int
    goal: GoalResult
    is_reached: bool
    gold: GoldState

    @property
    def is_done(self) -> bool:
        """Nothing is left to review for its goal."""
        return self.is_reached or self.n_pending == 0

    @property
    def n_pending(self) -> int:
        """Masks that await a verdict, a reviewer's or a lead's."""
        return self.n_masks - self.n_judged


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceStatus:
    """What a workspace holds."""

    settings: tuple[SettingStatus, ...]
    samples: tuple[SampleStatus, ...]


def workspace_status(workspace: Workspace, sample: str | None) -> WorkspaceStatus:
    """Give the settings of a workspace and how far its samples are, or one of them.

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
        samples=tuple(_sample_status(state, workspace) for state in states),
    )


def pace(states: Sequence[ReviewState]) -> float | None:
    """Give the median seconds of the verdicts that were timed, or None where none was."""
    seconds = [each.seconds for state in states for each in state.standing if each.seconds is not None]
    return median(seconds) if seconds else None


def _sample_status(state: ReviewState, workspace: Workspace) -> SampleStatus:
    masks = {
        made.mask_id: outcome
        for setting, outcomes in state.outcomes.items()
        for made, outcome in zip(state.masks_made[setting], outcomes, strict=True)
        if made.mask_id is not None and outcome is not Outcome.UNJUDGABLE
    }
    n_pending = sum(outcome is Outcome.PENDING for outcome in masks.values())
    goal = goal_result(state, confidence=workspace.settings.confidence)
    return SampleStatus(
        name=state.sample.name,
        n_units=len(state.units),
        n_masks=len(masks),
        n_judged=len(masks) - n_pending,
        n_unread=len(masks.keys() - state.settled.keys()),
        seconds_per_verdict=pace([state]),
        goal=goal,
        is_reached=_is_reached(goal),
        n_disputed=len(state.disputed & masks.keys()),
        n_flagged=len(state.flagged & masks.keys()),
        gold=load_gold_state(workspace.store, state.sample.sample_id, share=workspace.settings.gold_share),
    )


def _is_reached(goal: GoalResult) -> bool:
    if goal.goal is Goal.CERTIFY:
        return bool(goal.claims) and all(claim.holds for claim in goal.claims)
    if goal.goal is Goal.ESTIMATE:
        return bool(goal.widths) and all(width.status.state is GoalState.REACHED for width in goal.widths)
    return False
