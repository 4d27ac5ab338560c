"""Everything that any format of the report needs, as plain frozen values."""

from dataclasses import dataclass, field
from datetime import datetime

from reports.galleries import ReportGalleries
from reports.goal_results import GoalResult
from reports.results import PreferenceResult, SettingResult, Span
from reports.review_findings import (
    GoldFindings,
    ReviewerPace,
    ReviewPolicy,
    Settling,
    SourceFindings,
    VerdictSource,
)
from reports.risk_findings import RiskFindings
from reports.sample_findings import Composition
from sampling.comparison.contrast import Contrast
from sampling.comparison.paired import Comparison
from sampling.design.frame import Across, DrawnUnit
from sampling.design.phase_one import SizeMeasure
from sampling.estimation.estimands import Estimand
from sampling.estimation.estimate import NoEstimate
from sampling.reviewers.agreement import Agreement


@dataclass(frozen=True, slots=True, kw_only=True)
class StratumSize:
    """One split of the sample: how much was drawn, out of how much.

    Attributes:
        n_units: units of the sample, the rows of the audit.
        n_entities_drawn: entities among them.
        n_entities: M_h, entities that could be drawn in this split.
        n_annotations: N_h, annotations of the frame in this split.
        has_grown: the sample was drawn smaller at first.
        mix_share: what it counts in the mix, where its units do not say so; else None.
    """

    split: str
    n_units: int
    n_entities_drawn: int
    n_entities: int
    n_annotations: int
    has_grown: bool
    mix_share: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """How the sample was drawn, and from what.

    Attributes:
        per_entity: annotations picked of each drawn entity.
        allocation: what was asked, as text for people.
        size_measure: what an entity's chance grew with, inside its split.
        frame: the setting drawn from.
        contrast: the two settings of which only differing masks were drawn, or None.
        population_fingerprint: names the contents of the frame's files.
        is_by_risk: chances differ by how likely masks were thought to be wrong.
    """

    unit: DrawnUnit
    across: Across
    per_entity: int
    allocation: str
    seed: int
    size_measure: SizeMeasure
    frame: str
    contrast: tuple[str, str] | None
    population_fingerprint: str
    strata: tuple[StratumSize, ...]
    is_by_risk: bool = False

    @property
    def has_weighted_mix(self) -> bool:
        """Units count differently in the mix."""
        return any(stratum.mix_share is not None for stratum in self.strata)

    @property
    def is_in_waves(self) -> bool:
        """It was drawn in waves, whose shares of the mix are those of the first."""
        return self.is_by_risk or self.has_weighted_mix


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketExample:
    """One annotation of the sample and its ticket, for readers who recompute it."""

    annotation_id: str
    ticket: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportContent:
    """One report on one sample.

    Attributes:
        title: what was audited.
        sample: the sample's name.
        version: the program and its version, such as "mask-audit 0.1.0".
        created_at: when this report was made, timezone-aware.
        sampled_at: when the sample was drawn, timezone-aware.
        settings: in the order in which they are shown.
        estimand: the headline's.
        span: what the intervals' confidence is of.
        goal: what the sample was drawn to show, and how far that is reached.
        settling: what a mask counts as on which reviewers disagree.
        front_ends: through which front ends the readings came.
        comparisons: every pair of settings on the mentions judged under both, p-values held over all pairs.
        contrasts: for a sample of differing masks, the difference under each estimand.
        preferences: every two settings whose masks somebody compared side by side.
        agreement: how far reviewers agree; why that cannot be said, or None where nobody read a second time.
        gold: what masks of known answer say of the reviewers, or why they say nothing.
        risk: of a sample by risk, its waves and what the model did; None of any other.
        not_in_sample: settings that were ingested after the draw and have no masks in it.
        sources: what each reviewer gave through each front end.
        paces: how fast each reviewer was.
        policy: how masks are handed to reviewers.
        composition: of the sample, and of the population beside it.
        recipe: the commands that make the same sample and report again, as lines of a shell.
        galleries: masks to be looked at.
        warnings: whole sentences.
    """

    title: str
    sample: str
    version: str
    created_at: datetime
    sampled_at: datetime
    design: Design
    settings: tuple[SettingResult, ...]
    estimand: Estimand
    span: Span
    goal: GoalResult
    settling: Settling
    front_ends: SourceFindings
    comparisons: tuple[Comparison, ...] = ()
    contrasts: tuple[Contrast, ...] = ()
    preferences: tuple[PreferenceResult, ...] = ()
    agreement: Agreement | NoEstimate | None = None
    gold: GoldFindings | NoEstimate | None = None
    risk: RiskFindings | None = None
    not_in_sample: tuple[str, ...] = ()
    sources: tuple[VerdictSource, ...] = ()
    paces: tuple[ReviewerPace, ...] = ()
    policy: ReviewPolicy | None = None
    composition: Composition | None = None
    recipe: tuple[str, ...] = ()
    galleries: ReportGalleries = field(default=ReportGalleries())
    warnings: tuple[str, ...] = ()
    ticket_example: TicketExample | None = None

    @property
    def n_units(self) -> int:
        """Units of the sample."""
        return sum(stratum.n_units for stratum in self.design.strata)

    @property
    def has_grown(self) -> bool:
        """The sample was drawn smaller at first: its size may have followed from its verdicts."""
        return any(stratum.has_grown for stratum in self.design.strata)

    @property
    def n_pending(self) -> int:
        """Verdicts that are still to come, counted under every setting."""
        return sum(setting.overall.counts.n_pending for setting in self.settings)

    @property
    def n_verdicts(self) -> int:
        """Verdicts that stand; one on a mask that several settings made counts once."""
        return sum(source.n_verdicts for source in self.sources)

    @property
    def is_complete(self) -> bool:
        """Nothing awaits a verdict."""
        return all(setting.overall.counts.is_complete for setting in self.settings)
