"""Says what a workspace holds, how far its samples are, and what to do next."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from audit.jobs.goal_progress import goal_result
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
        n_judged: of these, how many have a verdict.
        seconds_per_verdict: the median of the verdicts that were timed; None where none was.
        goal: what it is to show, and how far that is.
        n_disputed: masks whose reviewers disagree without a majority.
        is_reached: its goal is reached, for every setting.
    """

    name: str
    n_units: int
    n_masks: int
    n_judged: int
    seconds_per_verdict: float | None
    n_disputed: int
    goal: GoalResult
    is_reached: bool

    @property
    def is_done(self) -> bool:
        """Nothing is left to review for its goal."""
        return self.is_reached or self.n_pending == 0

    @property
    def n_pending(self) -> int:
        """Masks that await a verdict."""
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
        load_review_state(workspace.store, name) for name in ([sample] if sample is not None else names)
    ]
    return WorkspaceStatus(
        settings=tuple(
            SettingStatus(
                setting=each.setting, n_annotations=sum(source.n_written for source in each.sources)
            )
            for each in workspace.population.manifest().settings
        ),
        samples=tuple(_sample_status(state, confidence=workspace.settings.confidence) for state in states),
    )


def pace(states: Sequence[ReviewState]) -> float | None:
    """Give the median seconds of the verdicts that were timed, or None where none was."""
    seconds = [each.seconds for state in states for each in state.standing if each.seconds is not None]
    return median(seconds) if seconds else None


def _sample_status(state: ReviewState, *, confidence: float) -> SampleStatus:
    masks = {
        made.mask_id: outcome
        for setting, outcomes in state.outcomes.items()
        for made, outcome in zip(state.masks_made[setting], outcomes, strict=True)
        if made.mask_id is not None and outcome is not Outcome.UNJUDGABLE
    }
    n_pending = sum(outcome is Outcome.PENDING for outcome in masks.values())
    goal = goal_result(state, confidence=confidence)
    return SampleStatus(
        name=state.sample.name,
        n_units=len(state.units),
        n_masks=len(masks),
        n_judged=len(masks) - n_pending,
        seconds_per_verdict=pace([state]),
        goal=goal,
        is_reached=_is_reached(goal),
        n_disputed=len(state.disputed & masks.keys()),
    )


def _is_reached(goal: GoalResult) -> bool:
    if goal.goal is Goal.CERTIFY:
        return bool(goal.claims) and all(claim.holds for claim in goal.claims)
    if goal.goal is Goal.ESTIMATE:
        return bool(goal.widths) and all(width.status.state is GoalState.REACHED for width in goal.widths)
    return False
