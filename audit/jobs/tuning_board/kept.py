"""What is kept and what is lost: shares of the population, which are known, and what the verdicts say."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from audit.jobs.estimates import reviewed_sample
from audit.jobs.tuning_data import TuningData
from audit.jobs.tuning_masks import Codes, Flags, Floats
from sampling.estimation.domains import NOT_IN_A_DOMAIN, DomainEstimate, estimates_by_domain
from sampling.estimation.estimands import Estimand
from sampling.estimation.outcomes import SampledOutcomes

_DROPPED, _KEPT = 0, 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What the figures of a board are of.

    Attributes:
        estimand: the masks' weights.
        confidence: of each interval on its own, in (0, 1).
    """

    estimand: Estimand
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPart:
    """What is kept of some masks.

    Attributes:
        name: of the split or category; empty for all.
        n_masks: of the population.
        n_kept: of these.
        accuracy: of those kept.
        accuracy_of_dropped: of the others.
        good_lost: the share of the right masks that is dropped.
    """

    name: str
    n_masks: int
    n_kept: int
    accuracy: DomainEstimate
    accuracy_of_dropped: DomainEstimate
    good_lost: DomainEstimate

    @property
    def share_kept(self) -> float:
        """Exact: features are known of every mask."""
        return self.n_kept / self.n_masks if self.n_masks else 0.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class JudgedUnits:
    """The units of a sample under one setting, and where their judged masks are among the population's.

    Attributes:
        outcomes: every unit that was drawn.
        places: of each unit's mask, int64; −1 where it has none that is known to be right or wrong.
    """

    outcomes: SampledOutcomes
    places: NDArray[np.int64]

    def flags_of(self, masks: Flags) -> Flags:
        """Which units have one of some masks."""
        return (self.places >= 0) & masks[self.places]

    def values(self, of_masks: Floats) -> Floats:
        """A feature of each unit's mask, NaN where unknown."""
        return np.where(self.places >= 0, of_masks[self.places], np.nan)


def judged_units(data: TuningData, estimand: Estimand) -> JudgedUnits:
    """Give the sampled units of the one setting that was loaded."""
    [setting] = data.settings
    outcomes = reviewed_sample(data.state, setting.setting).outcomes(estimand)
    places = np.full(outcomes.n_units, -1, np.int64)
    places[data.verdicts.unit] = data.verdicts.position
    return JudgedUnits(outcomes=replace(outcomes, is_counted=places >= 0), places=places)


def what_is_kept(data: TuningData, kept: Flags, figures: Figures) -> KeptPart:
    """Give what is kept of all masks.

    Args:
        data: of one setting.
        kept: which of its masks, bool.
        figures: of what.
    """
    every = Codes(names=("",), codes=np.zeros(data.masks.n_masks, np.int32))
    [part] = what_is_kept_by(data, kept, every, figures)
    return part


def what_is_kept_by(data: TuningData, kept: Flags, slices: Codes, figures: Figures) -> tuple[KeptPart, ...]:
    """Give what is kept of every slice; masks in no slice are in none.

    Args:
        data: of one setting.
        kept: which of its masks, bool.
        slices: the slice of each.
        figures: of what.
    """
    units = judged_units(data, figures.estimand)
    n = len(slices.names)
    of_unit = np.where(units.places >= 0, slices.codes[units.places], NOT_IN_A_DOMAIN)
    is_kept = units.flags_of(kept)
    by_fate = np.where(of_unit < 0, NOT_IN_A_DOMAIN, of_unit + n * np.where(is_kept, _KEPT, _DROPPED))
    accuracies = estimates_by_domain(
        units.outcomes, by_fate, n_domains=2 * n, fewest=1, confidence=figures.confidence
    )
    lost = estimates_by_domain(
        _good_lost(units.outcomes, is_kept), of_unit, n_domains=n, fewest=1, confidence=figures.confidence
    )
    n_masks, n_kept = slices.counts(np.ones_like(kept)), slices.counts(kept)
    return tuple(
        KeptPart(
            name=name,
            n_masks=n_masks[name],
            n_kept=n_kept[name],
            accuracy=accuracies[code + n * _KEPT],
            accuracy_of_dropped=accuracies[code + n * _DROPPED],
            good_lost=lost[code],
        )
        for code, name in enumerate(slices.names)
    )


def _good_lost(outcomes: SampledOutcomes, is_kept: Flags) -> SampledOutcomes:
    """The sample seen as one of right masks, of which some are lost."""
    return replace(outcomes, is_counted=outcomes.is_counted & outcomes.is_correct, is_correct=~is_kept)
