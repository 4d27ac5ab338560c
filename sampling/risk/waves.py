"""Drawing in waves: the first by a prior, every later one by what the verdicts so far say of the risk."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from sampling.errors import DesignError
from sampling.risk.cross_fitting import cross_fit
from sampling.risk.frame import (
    RiskFrame,
    Verdicts,
    Wave,
    check_judged,
    drawn_units,
    overall_probabilities,
)

FIRST_FLOOR = 0.5
"""The part of the first wave that is drawn without regard to the prior."""
LATER_FLOOR = 0.25
"""The part of all waves together that is drawn without regard to the model."""
PRIOR_VERDICTS = 80
"""So many verdicts say as much as a prior where to draw."""
LEAST_PART = 0.1
"""Every later wave gives each unit at least this part of its plain probability: so it can stand alone."""


def first_wave(frame: RiskFrame, n: int, *, start: float, prior: NDArray[np.float64] | None = None) -> Wave:
    """A first draw of n units by a guess at the risk, half of them without regard to it.

    π_i = n·a_i·(½ + ½·prior_i/Σ a_j prior_j), at most 1; drawn systematically in the order of stratum, prior
    and ticket, so that the probabilities are exact.

    Args:
        frame: what can be drawn.
        n: units to draw, 1 to N.
        start: where the systematic draw begins, in [0, 1): one random number.
        prior: a score for each unit, at least 0, that grows with its risk; without one π_i = n·a_i.

    Raises:
        DesignError: n, start or the prior is outside its range.

    Source: Madow, "On the theory of systematic sampling, II", Annals of Mathematical Statistics 20 (1949)
    333–354 (unequal probabilities).

    >>> from sampling.risk.frame import risk_frame
    >>> frame = risk_frame(np.empty((4, 0)), np.array([0.1, 0.2, 0.3, 0.4]))
    >>> first_wave(frame, 2, start=0.5).units
    array([1, 3])
    """
    if prior is None:
        prior = np.ones(frame.n_units)
    intensity = _guessed(frame, prior)
    return _draw(frame, _Wish(intensity=intensity, order=prior, before=()), n, start)


def next_wave(
    frame: RiskFrame,
    waves: tuple[Wave, ...],
    verdicts: Verdicts,
    n: int,
    *,
    start: float,
    prior: NDArray[np.float64] | None = None,
) -> Wave:
    """A draw of n more units, so that all waves together favour those that the model is unsure about.

    With sd_i = √(m_i(1 − m_i)), m_i the modelled risk, the waves together shall draw i with a probability
    ρ*_i ∝ a_i·(¾·sd_i/Σ a_j sd_j + ¼), at most 1. A prior counts as 80 verdicts: after v of them it is

        ρ*_i ∝ v·a_i·(¾·sd_i/Σ a_j sd_j + ¼) + 80·a_i·(½ + ½·prior_i/Σ a_j prior_j)

    This wave fills up what the earlier ones, ρ_i, left open:

        π_i = (ρ*_i − ρ_i)/(1 − ρ_i), at least n·a_i/10,

    scaled to n over the units not drawn yet, and drawn systematically among them in the order of stratum,
    risk and ticket. The m_i of a judged unit is of a model that did not see its verdict: so ρ does not depend
    on a unit's own verdict, and dividing by it leaves no bias to speak of.

    Args:
        frame: what can be drawn.
        waves: the earlier waves, at least one.
        verdicts: what is judged of them so far; the more, the better the model.
        n: units to draw, at most those not drawn yet.
        start: where the systematic draw begins, in [0, 1): one random number.
        prior: that of the first wave, if there was one; few verdicts teach less than a good guess.

    Raises:
        DesignError: n, start or the prior is outside its range.
        EstimateError: a verdict is of a unit that was not drawn.

    Source: Särndal, Swensson and Wretman, Model Assisted Survey Sampling, 1992, § 12.2 (π ∝ the residual's
    standard deviation); Zrnic and Candès, "Active statistical inference", ICML 2024 (mixed with uniform).
    """
    check_judged(verdicts, waves)
    fitted = cross_fit(frame, verdicts)
    risk = fitted.whole.predict(frame.scores)
    risk[verdicts.units] = fitted.out_of_fold
    intensity = _with_floor(frame.target, np.sqrt(risk * (1 - risk)), LATER_FLOOR)
    if prior is not None:
        trust = PRIOR_VERDICTS / (len(verdicts.units) + PRIOR_VERDICTS)
        intensity = (1 - trust) * intensity + trust * _guessed(frame, prior)
    return _draw(frame, _Wish(intensity=intensity, order=risk, before=waves), n, start)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    """What a wave should favour: how much of each unit, in which order, and what was drawn before."""

    intensity: NDArray[np.float64]
    order: NDArray[np.float64]
    before: tuple[Wave, ...]


def _guessed(frame: RiskFrame, prior: NDArray[np.float64]) -> NDArray[np.float64]:
    if len(prior) != frame.n_units or not np.isfinite(prior).all() or prior.min() < 0 or prior.max() == 0:
        raise DesignError("the prior needs a finite score of at least 0 for every unit, and one above 0")
    return _with_floor(frame.target, prior, FIRST_FLOOR)


def _with_floor(
    target: NDArray[np.float64], measure: NDArray[np.float64], floor: float
) -> NDArray[np.float64]:
    return target * (floor + (1 - floor) * measure / (target @ measure))


def _draw(frame: RiskFrame, wish: _Wish, n: int, start: float) -> Wave:
    left = np.ones(frame.n_units, dtype=bool)
    left[drawn_units(wish.before)] = False
    n_left = int(left.sum())
    if not 1 <= n <= n_left:
        raise DesignError(f"{n} units are asked for and {n_left} are left to draw: ask for at most those")
    if not 0 <= start < 1:
        raise DesignError(f"start is {start}: give a number from 0 to below 1")
    probabilities = _fill_up(frame, wish, left, n)
    order = np.lexsort((frame.tickets, wish.order, frame.strata))
    order = order[left[order]]
    reached = np.cumsum(probabilities[order])
    # Scaled and held inside: rounding must not lose the last unit.
    picks = np.searchsorted(reached * (n / reached[-1]), start + np.arange(n), side="right")
    return Wave(units=order[np.minimum(picks, n_left - 1)], probabilities=probabilities)


def _fill_up(frame: RiskFrame, wish: _Wish, left: NDArray[np.bool_], n: int) -> NDArray[np.float64]:
    """The probabilities of one wave, n over the units left, that bring all waves nearest to the intensity."""
    before = overall_probabilities(wish.before, frame.n_units)
    open_part = np.where(before < 1, 1 - before, 1.0)
    least = np.minimum(LEAST_PART * n * frame.target, 1.0) if wish.before else np.zeros(frame.n_units)

    def probabilities(scale: float) -> NDArray[np.float64]:
        wanted = (scale * wish.intensity - before) / open_part
        clipped: NDArray[np.float64] = np.clip(wanted, least, 1.0)
        return clipped

    def surplus(scale: float) -> float:
        return float(probabilities(scale)[left].sum()) - n

    enough = float(n)
    while surplus(enough) < 0:
        enough *= 2
    return probabilities(brentq(surplus, 0.0, enough, xtol=1e-12, rtol=1e-14))
