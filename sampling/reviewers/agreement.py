"""How far reviewers of the same units agree: figures that mean something only together."""

from dataclasses import dataclass, replace
from enum import StrEnum
from math import atanh, sqrt, tanh

import numpy as np
from numpy.typing import NDArray

from sampling.checks import as_weights, check_open_share
from sampling.errors import EstimateError
from sampling.estimation.estimate import Estimate, IntervalMethod, NoEstimate
from sampling.estimation.intervals import wilson_interval
from sampling.estimation.limits import normal_quantile
from sampling.reviewers.coefficients import (
    Figure,
    Totals,
    cohen_kappa,
    fleiss_kappa,
    gwet_ac1,
    krippendorff_alpha,
    linearised_variance,
    observed_agreement,
    specific_agreement,
    totals_per_unit,
)
from sampling.reviewers.readings import DECISIONS, Reading, check_readings

CLASSES = (Reading.INCORRECT, Reading.CORRECT)
EVERY_PAIR = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
HALF_OF_EACH_KIND = np.array([0.5, 0.25, 0.25, 0.5])
"""Half a unit that two reviewers call incorrect, half that they call correct, half on which they differ."""

PARADOX = 0.2
"""Of AC1 less κ, which differ by their chance alone: one step on the scale of Landis and Koch (1977)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ratings:
    """Who said what of which unit.

    Attributes:
        codes: int (units, reviewers); a `Reading`, `NONE` where the reviewer did not read the unit.
        weights: float (units,); what each unit stands for, 1 for all where units were read twice at random.
            Where the first verdict decided the chance of a second reading, one over that chance: otherwise
            the figures are of a set in which errors and doubts were gathered on purpose.

    Raises:
        EstimateError: arrays that do not fit; a value that is no `Reading`.
        DesignError: a weight that is not finite or not above 0.
    """

    codes: NDArray[np.integer]
    weights: NDArray[np.float64]

    def __post_init__(self) -> None:
        if self.codes.ndim != 2 or self.weights.shape != self.codes.shape[:1]:
            raise EstimateError(
                f"codes have the shape {self.codes.shape} and weights {self.weights.shape}: give codes as "
                "units × reviewers and one weight per unit"
            )
        check_readings("readings", self.codes, allowed=(Reading.NONE, *DECISIONS))
        object.__setattr__(self, "weights", as_weights("weights", self.weights))


@dataclass(frozen=True, slots=True, kw_only=True)
class Coefficient:
    """Agreement beyond chance: 1 for perfect, 0 for what chance gives, below 0 for less.

    Attributes:
        value: in [−1, 1].
        low: lower limit, at most `value`.
        high: upper limit, at least `value`.
        confidence: nominal coverage, in (0, 1).
    """

    value: float
    low: float
    high: float
    confidence: float


class Kappa(StrEnum):
    """Whose κ it is."""

    COHEN = "cohen"
    """Two reviewers, each with shares of their own."""
    FLEISS = "fleiss"
    """More than two, who may differ from unit to unit."""


class Remark(StrEnum):
    """What the figures say only together."""

    PREVALENCE = "prevalence"
    """AC1 is far above κ because one verdict is rare: the reviewers agree on most units, and less on which
    units are of the rare kind. AC1 hides that; κ and α hide that there are few such units."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How far reviewers agree, of units with two decided readings or more.

    Attributes:
        n_units: such units.
        n_pairs: pairs of readings of the same unit.
        n_reviewers: who gave those readings.
        observed: the share of agreeing pairs in a unit, on average.
        on_incorrect: of "incorrect" readings, the share that another reviewer of the unit shares.
        on_correct: the same of "correct" readings.
        alpha: Krippendorff's α for classes without an order.
        ac1: Gwet's AC1.
        kappa: Cohen's or Fleiss' κ.
        kappa_is: which of them.
        remark: why the coefficients disagree, where they do.
    """

    n_units: int
    n_pairs: int
    n_reviewers: int
    observed: Estimate
    on_incorrect: Estimate | NoEstimate
    on_correct: Estimate | NoEstimate
    alpha: Coefficient | NoEstimate
    ac1: Coefficient
    kappa: Coefficient | NoEstimate
    kappa_is: Kappa
    remark: Remark | None


def agreement(ratings: Ratings, *, confidence: float = 0.95) -> Agreement | NoEstimate:
    """The panel of agreement on verdicts; unsure readings count as gaps.

    Intervals are over draws of units, by linearised variances V. Shares have Wilson's on n_eff = p̃(1−p̃)/V,
    coefficients Fisher's tanh(atanh θ̃ ± z·√V/(1−θ̃²)). For V, p̃ and θ̃ alone there is half a unit more of each
    kind: two reviewers say "incorrect", both say "correct", they differ. So no agreement that happens to be
    perfect is taken for certain, nor the lack of a unit that both reject; without the halves an interval of α
    for 50 units holds as little as half of what it says.

    They assume that units were drawn independently, and speak of these reviewers, not of others.

    Returns:
        The panel; `NoEstimate` where no unit has two decided readings. Where all readings are the same, α
        and κ are `NoEstimate`: there is nothing to tell apart; a class that nobody named has no specific
        agreement.

    Raises:
        DesignError: the confidence is not in (0, 1).

    Source: `sampling.reviewers.coefficients`; Fisher, Metron 1 (1921), for the transformation; Feinstein and
    Cicchetti, "High agreement but low kappa: I", J. Clinical Epidemiology 43 (1990) 543–549, for the remark.

    >>> codes = np.array([[1, 1]] * 88 + [[0, 0]] * 4 + [[0, 1]] * 4 + [[1, 0]] * 4)
    >>> panel = agreement(Ratings(codes=codes, weights=np.ones(100)))
    >>> round(panel.observed.value, 2), round(panel.on_incorrect.value, 2), panel.remark
    (0.92, 0.5, <Remark.PREVALENCE: 'prevalence'>)
    >>> round(panel.alpha.value, 2), round(panel.ac1.value, 2), round(panel.kappa.value, 2)
    (0.46, 0.91, 0.46)
    """
    check_open_share("confidence", confidence)
    is_decided = np.isin(ratings.codes, CLASSES)
    n_readings = is_decided.sum(axis=1)
    is_paired = n_readings > 1
    if not is_paired.any():
        return NoEstimate(reason="no unit has two decided readings, so there is nothing to compare")
    took_part = is_decided[is_paired].any(axis=0)
    codes = np.where(is_decided, ratings.codes, Reading.NONE)[is_paired][:, took_part]
    weights = ratings.weights[is_paired]
    figures = _Figures(
        rows=totals_per_unit(codes, weights / weights.mean(), len(CLASSES)), confidence=confidence
    )
    kappa_is = Kappa.COHEN if codes.shape[1] == 2 else Kappa.FLEISS
    ac1, kappa = figures.coefficient(gwet_ac1), figures.coefficient_if_told_apart(KAPPAS[kappa_is])
    return Agreement(
        n_units=len(codes),
        n_pairs=int((n_readings * (n_readings - 1) // 2).sum()),
        n_reviewers=codes.shape[1],
        observed=figures.share(observed_agreement, n=len(codes)),
        on_incorrect=figures.specific(Reading.INCORRECT),
        on_correct=figures.specific(Reading.CORRECT),
        alpha=figures.coefficient_if_told_apart(krippendorff_alpha),
        ac1=ac1,
        kappa=kappa,
        kappa_is=kappa_is,
        remark=_remark(ac1, kappa),
    )


KAPPAS = {Kappa.COHEN: cohen_kappa, Kappa.FLEISS: fleiss_kappa}


def _remark(ac1: Coefficient, kappa: Coefficient | NoEstimate) -> Remark | None:
    if isinstance(kappa, Coefficient) and ac1.value - kappa.value >= PARADOX:
        return Remark.PREVALENCE
    return None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Figures:
    """Makes each figure of the panel from the same rows, whose weights average 1."""

    rows: Totals
    confidence: float

    def share(self, figure: Figure, *, n: int) -> Estimate:
        value = float(figure(self._totals))
        smoothed = self._smoothed(figure)
        n_eff = smoothed.value * (1 - smoothed.value) / smoothed.variance
        interval = wilson_interval(value * n_eff, n_eff, confidence=self.confidence)
        return Estimate(
            value=value, interval=replace(interval, method=IntervalMethod.WILSON_EFFECTIVE), n=n, n_eff=n_eff
        )

    def specific(self, class_: Reading) -> Estimate | NoEstimate:
        n = int((self.rows.readings[:, class_] > 0).sum())
        if n == 0:
            return NoEstimate(reason=f"no reading says {class_.name.lower()}")
        return self.share(specific_agreement(class_), n=n)

    def coefficient(self, figure: Figure) -> Coefficient:
        value = float(figure(self._totals))
        smoothed = self._smoothed(figure)
        reach = normal_quantile(self.confidence) * sqrt(smoothed.variance) / (1 - smoothed.value**2)
        return Coefficient(
            value=value,
            low=min(value, tanh(atanh(smoothed.value) - reach)),
            high=max(value, tanh(atanh(smoothed.value) + reach)),
            confidence=self.confidence,
        )

    def coefficient_if_told_apart(self, figure: Figure) -> Coefficient | NoEstimate:
        if (self._totals.readings > 0).sum() == 1:
            return NoEstimate(reason="all readings say the same, so nothing tells agreement from chance")
        return self.coefficient(figure)

    @property
    def _totals(self) -> Totals:
        return replace(self.rows, values=self.rows.values.sum(axis=0))

    def _smoothed(self, figure: Figure) -> "_Smoothed":
        pairs = totals_per_unit(EVERY_PAIR, np.ones(len(EVERY_PAIR)), len(CLASSES))
        rows = replace(self.rows, values=np.vstack([self.rows.values, pairs.values]))
        masses = np.append(np.ones(len(self.rows.values)), HALF_OF_EACH_KIND)
        value = float(figure(replace(rows, values=masses @ rows.values)))
        return _Smoothed(value=value, variance=linearised_variance(figure, rows, masses))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Smoothed:
    """A figure with half a unit more of each kind, and its variance."""

    value: float
    variance: float
