"""Figures of agreement, as functions of totals over units, with their linearised variances.

A unit enters with its readings per class, so that any number of reviewers and any gaps are allowed. Only
units with two readings or more say anything. All figures take totals, so one derivative serves all the
variances.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[Any]
"""Floating-point or, where a derivative is taken, complex."""

STEP = 1e-30
"""Of the complex-step derivative, which has no cancellation and so no smallest useful step."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Totals:
    """What the figures are made of: a row per unit, or its sum; K classes, r_k readings of class k, r in all.

    Attributes:
        values: float or complex (..., 2 + 5K), with the columns below in their order.
        n_classes: K.
    """

    values: Numbers
    n_classes: int

    @property
    def units(self) -> Numbers:
        """Weight of the units."""
        return self.values[..., 0]

    @property
    def agree(self) -> Numbers:
        """Share of a unit's pairs of readings that agree: Σ_k r_k(r_k − 1)/(r(r − 1))."""
        return self.values[..., 1]

    @property
    def shares(self) -> Numbers:
        """(..., K) Share of a unit's readings in each class: r_k/r."""
        return self._block(0)

    @property
    def matched(self) -> Numbers:
        """(..., K) Readings of each class times the share of others that agree: r_k(r_k − 1)/(r − 1)."""
        return self._block(1)

    @property
    def readings(self) -> Numbers:
        """(..., K) Readings of each class: r_k."""
        return self._block(2)

    @property
    def by_first(self) -> Numbers:
        """(..., K) Of two reviewers, what the first said."""
        return self._block(3)

    @property
    def by_second(self) -> Numbers:
        """(..., K) Of two reviewers, what the second said."""
        return self._block(4)

    def _block(self, index: int) -> Numbers:
        start = 2 + index * self.n_classes
        return self.values[..., start : start + self.n_classes]


Figure = Callable[[Totals], Numbers]
"""Takes totals (..., columns) and gives an array of the leading shape."""


def totals_per_unit(codes: NDArray[np.integer], weights: NDArray[np.float64], n_classes: int) -> Totals:
    """The rows of units that were read twice or more.

    Args:
        codes: int (units, reviewers); 0 to K − 1, anything else is a gap; two readings or more per unit.
        weights: float (units,); what each unit stands for.
        n_classes: K, at least 2.
    """
    said = codes[:, :, None] == np.arange(n_classes)
    r_k = said.sum(axis=1, dtype=np.float64)
    r = r_k.sum(axis=1, keepdims=True)
    matched = r_k * (r_k - 1) / (r - 1)
    of_two = said[:, :2] if codes.shape[1] == 2 else np.zeros((len(codes), 2, n_classes))
    ones = np.ones_like(r)
    agree = matched.sum(axis=1, keepdims=True) / r
    columns = np.hstack([ones, agree, r_k / r, matched, r_k, of_two[:, 0], of_two[:, 1]])
    return Totals(values=weights[:, None] * columns, n_classes=n_classes)


def observed_agreement(totals: Totals) -> Numbers:
    """The share of agreeing pairs of readings in a unit, on average over units: Σ_i a_i/n.

    Source: Fleiss, "Measuring nominal scale agreement among many raters", Psychological Bulletin 76 (1971).
    """
    return totals.agree / totals.units


def specific_agreement(class_: int) -> Figure:
    """The chance that another reviewer of the same unit says the class, too, where one has said it.

    Σ_i r_ik(r_ik − 1)/(r_i − 1) over Σ_i r_ik; for two reviewers 2a/(2a + b + c).

    Source: Cicchetti and Feinstein, "High agreement but low kappa: II", J. Clinical Epidemiology 43 (1990)
    551–558; for gaps each reading weighs the same, as in Krippendorff's coincidences.
    """

    def figure(totals: Totals) -> Numbers:
        return totals.matched[..., class_] / totals.readings[..., class_]

    return figure


def krippendorff_alpha(totals: Totals) -> Numbers:
    """Krippendorff's α for classes without an order: 1 − D_o/D_e.

    D_o = 1 − Σ_k o_kk/N and D_e = (N² − Σ_k N_k²)/(N(N − 1)), with coincidences o_kk and N_k readings of
    class k among the N of units read twice or more. It counts chance with the readings at hand, less one.

    Source: Krippendorff, Content Analysis, 2nd ed., 2004, ch. 11.
    """
    n = totals.readings.sum(axis=-1)
    observed: Numbers = 1 - totals.matched.sum(axis=-1) / n
    expected: Numbers = (n**2 - (totals.readings**2).sum(axis=-1)) / (n * (n - 1))
    return 1 - observed / expected


def gwet_ac1(totals: Totals) -> Numbers:
    """Gwet's AC1: (p_a − p_e)/(1 − p_e) with p_e = Σ_k π_k(1 − π_k)/(K − 1), π_k the mean share of class k.

    Source: Gwet, "Computing inter-rater reliability and its variance in the presence of high agreement",
    British Journal of Mathematical and Statistical Psychology 61 (2008) 29–48.
    """
    shares = totals.shares / totals.units[..., None]
    return _beyond_chance(totals, (shares * (1 - shares)).sum(axis=-1) / (totals.n_classes - 1))


def fleiss_kappa(totals: Totals) -> Numbers:
    """Fleiss' κ: (p_a − p_e)/(1 − p_e) with p_e = Σ_k π_k², for reviewers who need not be the same per unit.

    Source: Fleiss 1971; with gaps as in Gwet, Handbook of Inter-Rater Reliability, 4th ed., 2014, ch. 2.
    """
    shares = totals.shares / totals.units[..., None]
    return _beyond_chance(totals, (shares**2).sum(axis=-1))


def cohen_kappa(totals: Totals) -> Numbers:
    """Cohen's κ of two reviewers: (p_a − p_e)/(1 − p_e) with p_e = Σ_k p_k·q_k, their shares of class k.

    Source: Cohen, "A coefficient of agreement for nominal scales", Educational and Psychological
    Measurement 20 (1960) 37–46.
    """
    chance = (totals.by_first * totals.by_second).sum(axis=-1) / totals.units**2
    return _beyond_chance(totals, chance)


def linearised_variance(figure: Figure, rows: Totals, masses: NDArray[np.float64]) -> float:
    """The variance of a figure over draws of units: n/(n − 1)·Σ_i m_i·(u_i − ū)², u_i the influence of row i.

    The influence is the derivative of the figure, at the totals Σ m_i·row_i, along row i. It is taken by a
    complex step, which is exact to rounding; for AC1 and κ it gives the closed formulas in Gwet 2008.

    Args:
        figure: of totals; the same units twice over must give the same figure, or nearly so (α).
        rows: (units, columns).
        masses: float (units,); how many units each row is; they add up to n > 1.

    Source: Deville, "Variance estimation for complex statistics and estimators", Survey Methodology 25
    (1999); Squire and Trapp, "Using complex variables to estimate derivatives", SIAM Review 40 (1998).
    """
    totals = masses @ rows.values
    influence = figure(replace(rows, values=totals + 1j * STEP * rows.values)).imag / STEP
    n = masses.sum()
    centred = influence - masses @ influence / n
    return float(n / (n - 1) * (masses @ centred**2))


def _beyond_chance(totals: Totals, chance: Numbers) -> Numbers:
    beyond: Numbers = (observed_agreement(totals) - chance) / (1 - chance)
    return beyond
