"""How far the goal of a sample is reached."""

from dataclasses import dataclass

from reports.results import Figure
from sampling.design.goals import Goal
from sampling.sequential.certification import Certification
from sampling.sequential.fixed_width import WidthStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The claim that a setting's accuracy is at least the target.

    Attributes:
        p_adjusted: its p-value, adjusted for all claims of the sample.
        holds: it may be stated, whenever one looks.
        certification: how far the verdicts carry it.
        running: the accuracy with an interval that is valid at every moment.
    """

    setting: str
    p_adjusted: float
    holds: bool
    certification: Certification
    running: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Width:
    """How far a setting's interval is from the wanted half width.

    Attributes:
        status: where the review stands.
        running: the accuracy with an interval that is valid at every moment.
    """

    setting: str
    status: WidthStatus
    running: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Margin:
    """How far a setting's interval is from the wanted half width, where the sample is drawn in waves.

    Attributes:
        half_width: by the verdicts so far; None where they give no estimate.
        n_pending: units that await a verdict.
        n_more: verdicts expected to be lacking, those of the pending units included; 0 where none is, None
            where nothing can be expected, yet or any more.
        n_left: units that are left to draw.
    """

    setting: str
    half_width: float | None
    n_pending: int
    n_more: int | None
    n_left: int

    @property
    def n_beyond(self) -> int:
        """Verdicts expected to be lacking beyond those of the pending units."""
        return max(0, (self.n_more or 0) - self.n_pending)

    @property
    def is_at_its_end(self) -> bool:
        """Everything that can be drawn is judged."""
        return self.n_left == 0 and self.n_pending == 0

    @property
    def is_reached(self) -> bool:
        """The interval is narrow enough, and it is that of all units: nobody stopped where it looked so."""
        return self.n_more == 0 and self.n_pending == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalResult:
    """How far a sample's goal is reached.

    Attributes:
        goal: what the sample is to show.
        target: the accuracy to certify, for `Goal.CERTIFY`.
        margin: the half width to reach, for `Goal.ESTIMATE`.
        confidence: of all claims together, or of each interval.
        claims: one per setting, for `Goal.CERTIFY`.
        widths: one per setting, for `Goal.ESTIMATE` in blocks.
        margins: one per setting, for `Goal.ESTIMATE` in waves.
        n_waves: in which the sample was drawn; 0 where all is one draw.
    """

    goal: Goal
    target: float | None = None
    margin: float | None = None
    confidence: float
    claims: tuple[Claim, ...] = ()
    widths: tuple[Width, ...] = ()
    margins: tuple[Margin, ...] = ()
    n_waves: int = 0

    @property
    def may_stop_early(self) -> bool:
        """The review is read in blocks and may stop at the end of any: that is settled by its verdicts."""
        return self.goal.is_sequential and not self.n_waves
