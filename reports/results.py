"""What was found in a set of units, under one setting or two."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sampling.comparison.preference import PreferenceCounts, PreferenceEstimate
from sampling.estimation.cautions import Caution
from sampling.estimation.estimands import Estimand
from sampling.estimation.estimate import Bounds, Estimate, NoEstimate, VerdictCounts
from sampling.reviewers.measurement_error import CorrectedAccuracy


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
        by_source: source dataset → the part of the sample from it; empty where no sources are known.
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
    by_source: Mapping[str, Result] = field(default_factory=dict)
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
