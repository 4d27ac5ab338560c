"""Everything that any format of the report needs, as plain frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sampling.design.frame import Across, DrawnUnit
from sampling.estimation.accuracy import sample_accuracy
from sampling.estimation.estimate import Bounds, Estimate, NoEstimate, VerdictCounts, accuracy_bounds


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What was found in a set of units under one setting.

    Attributes:
        bounds: the accuracy with every undecided unit wrong, and right; None where no unit was looked at.
    """

    counts: VerdictCounts
    accuracy: Estimate | NoEstimate
    bounds: Bounds | None


def result_of(counts: VerdictCounts, *, confidence: float = 0.95) -> Result:
    """The result that these counts give; without a counted unit, the reason why there is no estimate."""
    return Result(
        counts=counts,
        accuracy=sample_accuracy(counts, confidence=confidence),
        bounds=accuracy_bounds(counts) if counts.n_counted + counts.n_undecided else None,
    )


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
        reasons: reason → units of this setting with a verdict that names it; a verdict may name several.
    """

    setting: str
    reference: str | None
    model: str | None
    overall: Result
    by_split: Mapping[str, Result]
    by_category: Mapping[str, Result]
    reasons: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class StratumSize:
    """One split of the sample: how much was drawn, out of how much.

    Attributes:
        n_units: units of the sample, the rows of the audit.
        n_entities_drawn: entities among them.
        n_entities: M_h, entities that could be drawn in this split.
        n_annotations: N_h, annotations of the frame in this split.
    """

    split: str
    n_units: int
    n_entities_drawn: int
    n_entities: int
    n_annotations: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """How the sample was drawn, and from what.

    Attributes:
        per_entity: annotations picked of each drawn entity.
        allocation: what was asked, as text for people.
        frame: the setting drawn from.
        population_fingerprint: names the contents of the frame's files.
    """

    unit: DrawnUnit
    across: Across
    per_entity: int
    allocation: str
    seed: int
    frame: str
    population_fingerprint: str
    strata: tuple[StratumSize, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketExample:
    """One annotation of the sample and its ticket, for readers who recompute it."""

    annotation_id: str
    ticket: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictSource:
    """How many of the verdicts that stand one reviewer gave through one front end."""

    reviewer: str
    source: str
    n_verdicts: int


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
        not_in_sample: settings that were ingested after the draw and have no masks in it.
        warnings: whole sentences.
    """

    title: str
    sample: str
    version: str
    created_at: datetime
    sampled_at: datetime
    design: Design
    settings: tuple[SettingResult, ...]
    not_in_sample: tuple[str, ...] = ()
    sources: tuple[VerdictSource, ...] = ()
    warnings: tuple[str, ...] = ()
    ticket_example: TicketExample | None = None

    @property
    def n_units(self) -> int:
        """Units of the sample."""
        return sum(stratum.n_units for stratum in self.design.strata)

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
