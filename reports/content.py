"""Everything that any format of the report needs, as plain frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sampling.comparison.contrast import Contrast
from sampling.comparison.paired import Comparison
from sampling.comparison.preference import PreferenceCounts, PreferenceEstimate
from sampling.design.frame import Across, DrawnUnit
from sampling.design.goals import Goal
from sampling.design.phase_one import SizeMeasure
from sampling.estimation.cautions import Caution
from sampling.estimation.estimands import Estimand
from sampling.estimation.estimate import Bounds, Estimate, NoEstimate, VerdictCounts
from sampling.reviewers.agreement import Agreement
from sampling.reviewers.gold import GoldCorrectedAccuracy
from sampling.reviewers.measurement_error import CorrectedAccuracy
from sampling.reviewers.settlement import Settlement
from sampling.sequential.certification import Certification
from sampling.sequential.fixed_width import WidthStatus


class Span(StrEnum):
    """What the confidence of an interval is of."""

    EACH = "each"
    """Of each figure on its own."""
    TABLE = "table"
    """Of all settings of Table 1 at once (Bonferroni)."""


Figure = Estimate | NoEstimate
"""A figure with its interval, or why there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What was found in a set of units under one setting.

    Attributes:
        headline: which of the estimands is shown where there is room for one.
        estimands: the accuracy under each estimand.
        cautions: what makes the headline less than it seems.
        greatest_error: where nothing counted is wrong, the upper bound of the share of errors; else None.
        bounds: the share of the sample with every undecided unit wrong, and right; None where no unit was
            looked at.
    """

    counts: VerdictCounts
    headline: Estimand
    estimands: Mapping[Estimand, Figure]
    cautions: tuple[Caution, ...]
    greatest_error: float | None
    bounds: Bounds | None

    @property
    def accuracy(self) -> Figure:
        """The accuracy under the headline's estimand."""
        return self.estimands[self.headline]


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingResult:
    """What was found under one setting.

    Attributes:
        setting: its name.
        reference: the text reference the masks were made from, or None; without reference and model the
            setting is an overall row.
        model: the segmentation model that made them, or None.
        overall: the whole sample.
        by_split: split → the part of the sample drawn in it.
        by_category: category → the part of the sample in it; empty where no categories are known.
        by_size: size class of the setting's own masks → the part of the sample with such a mask.
        reasons: reason → units of this setting with a verdict that names it; a verdict may name several.
        corrected: the accuracy once second readings have corrected the first; why there is none, or None
            where no mask was read twice.
    """

    setting: str
    reference: str | None
    model: str | None
    overall: Result
    by_split: Mapping[str, Result]
    by_category: Mapping[str, Result]
    by_size: Mapping[str, Result]
    reasons: Mapping[str, int]
    corrected: CorrectedAccuracy | NoEstimate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferenceResult:
    """Which of two settings has the better masks, as reviewers saw them side by side.

    Attributes:
        a: the one setting.
        b: the other.
        headline: which of the estimands is shown where there is room for one.
        estimands: the figures under each estimand.
    """

    a: str
    b: str
    counts: PreferenceCounts
    headline: Estimand
    estimands: Mapping[Estimand, PreferenceEstimate | NoEstimate]

    @property
    def figures(self) -> PreferenceEstimate | NoEstimate:
        """The figures under the headline's estimand."""
        return self.estimands[self.headline]


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
class GoalResult:
    """How far a sample's goal is reached.

    Attributes:
        goal: what the sample is to show.
        target: the accuracy to certify, for `Goal.CERTIFY`.
        margin: the half width to reach, for `Goal.ESTIMATE`.
        confidence: of all claims together, or of each interval.
        claims: one per setting, for `Goal.CERTIFY`.
        widths: one per setting, for `Goal.ESTIMATE`.
    """

    goal: Goal
    target: float | None = None
    margin: float | None = None
    confidence: float
    claims: tuple[Claim, ...] = ()
    widths: tuple[Width, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StratumSize:
    """One split of the sample: how much was drawn, out of how much.

    Attributes:
        n_units: units of the sample, the rows of the audit.
        n_entities_drawn: entities among them.
        n_entities: M_h, entities that could be drawn in this split.
        n_annotations: N_h, annotations of the frame in this split.
        has_grown: the sample was drawn smaller at first.
    """

    split: str
    n_units: int
    n_entities_drawn: int
    n_entities: int
    n_annotations: int
    has_grown: bool


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


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketExample:
    """One annotation of the sample and its ticket, for readers who recompute it."""

    annotation_id: str
    ticket: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictSource:
    """How many of the verdicts that stand one reviewer gave through one front end.

    Attributes:
        n_verdicts: readings.
        n_adjudications: verdicts of a lead, which settle their masks.
    """

    reviewer: str
    source: str
    n_verdicts: int
    n_adjudications: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceCounts:
    """How much was read through one front end.

    Attributes:
        n_verdicts: readings that stand.
        n_masks: different masks that they are on.
    """

    n_verdicts: int
    n_masks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFindings:
    """Through which front ends the readings that stand came, and how far those agree.

    Attributes:
        counts: front end → what was read through it; only those through which something was.
        n_masks_of_several: masks that were read through more than one.
        agreement: on those, the share of agreeing pairs of front ends; why there is none, or None where no
            mask was read through more than one.
    """

    counts: Mapping[str, SourceCounts]
    n_masks_of_several: int = 0
    agreement: Figure | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldRates:
    """How masks of known answer were judged by reviewers who could not tell them from others.

    Attributes:
        accepted: P(judged correct | a lead found it correct), the sensitivity.
        rejected_natural: P(judged incorrect | a lead found it incorrect), a specificity.
        rejected_synthetic: P(judged incorrect | made wrong on purpose), another.
        n_unsure: verdicts that say neither, left out of all three.
    """

    accepted: Figure
    rejected_natural: Figure
    rejected_synthetic: Figure
    n_unsure: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldFindings:
    """What masks of known answer say of all reviewers together.

    Attributes:
        rates: how they judged them.
        corrected: setting → the accuracy of its judged masks once `accepted` and `rejected_natural` have
            corrected it; only settings that second readings do not correct, and none where a rate is lacking.
    """

    rates: GoldRates
    corrected: Mapping[str, GoldCorrectedAccuracy | NoEstimate]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settling:
    """What a mask counts as on which reviewers disagree, and how many there are.

    Attributes:
        policy: what settles one.
        n_disagreed: masks whose readings are not all the same.
        n_settled_by_lead: of those, settled by a lead's verdict.
        n_settled_by_policy: of those, settled by the policy alone.
        n_adjudicated: masks with a lead's verdict, disagreed on or not.
        n_disputed: masks that the policy leaves to a lead, and no lead settled.
        n_flagged: masks that a reviewer flagged, and no lead settled.
        n_not_to_settle: masks that would be among these two if they could be shown.
    """

    policy: Settlement
    n_disagreed: int = 0
    n_settled_by_lead: int = 0
    n_settled_by_policy: int = 0
    n_adjudicated: int = 0
    n_disputed: int = 0
    n_flagged: int = 0
    n_not_to_settle: int = 0


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
        by_source: through which front ends the readings came.
        comparisons: every pair of settings on the mentions judged under both, p-values held over all pairs.
        contrasts: for a sample of differing masks, the difference under each estimand.
        preferences: every two settings whose masks somebody compared side by side.
        agreement: how far reviewers agree; why that cannot be said, or None where nobody read a second time.
        gold: what masks of known answer say of the reviewers, or why they say nothing.
        not_in_sample: settings that were ingested after the draw and have no masks in it.
        sources: what each reviewer gave through each front end.
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
    by_source: SourceFindings
    comparisons: tuple[Comparison, ...] = ()
    contrasts: tuple[Contrast, ...] = ()
    preferences: tuple[PreferenceResult, ...] = ()
    agreement: Agreement | NoEstimate | None = None
    gold: GoldFindings | NoEstimate | None = None
    not_in_sample: tuple[str, ...] = ()
    sources: tuple[VerdictSource, ...] = ()
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
