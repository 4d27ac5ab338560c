"""The accuracy from verdicts that were drawn in waves by risk.

`estimate_by_risk` weighs all waves together and is the one to report. `estimate_wave_by_wave` lets every wave
stand alone: it is exactly unbiased, whatever the model, and less precise.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from sampling.errors import EstimateError
from sampling.estimation.estimate import Estimate, Interval, IntervalMethod, NoEstimate
from sampling.estimation.intervals import wilson_interval
from sampling.risk.cross_fitting import CrossFit, cross_fit
from sampling.risk.frame import (
    RiskFrame,
    Verdicts,
    Wave,
    check_judged,
    drawn_units,
    overall_probabilities,
)
from sampling.risk.model import fit_risk_model


class FrameKind(StrEnum):
    """What the units of the frame are, and so what would be uncertain if every one were judged."""

    WHOLE = "whole"
    """All there are: nothing would be uncertain, and a draw of a good part of them is worth more."""
    PICKED = "picked"
    """Each was picked among several, as one annotation of an entity: the picking would be uncertain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskEstimate:
    """The accuracy, and what the model did for it.

    Attributes:
        estimate: the share that is right.
        power: λ in [0, 1], how far the model's predictions were used; 0 where they do not help.
        auc: the probability that the model finds a wrong unit riskier than a right one, in the population,
            from predictions that did not see the unit's verdict; none where all verdicts are the same.
    """

    estimate: Estimate
    power: float
    auc: float | None


def estimate_by_risk(
    frame: RiskFrame,
    waves: tuple[Wave, ...],
    verdicts: Verdicts,
    *,
    confidence: float = 0.95,
    kind: FrameKind = FrameKind.PICKED,
) -> RiskEstimate | NoEstimate:
    """The share of the target that is right: a cross-fitted, power-tuned difference estimator over all waves.

    With w_i = a_i/ρ_i, ρ_i the probability that some wave draws unit i, y = 1 for a wrong unit, m the risk by
    the models that did not see i, means ȳ and m̄ of the judged units weighted by w, and M = Σ a_i m_i:

        error share  p = ȳ + λ·(M − m̄),  λ = Σ w²(y − ȳ)(m − m̄)/Σ w²(m − m̄)², cut to [0, 1]
        variance     V = Σ w²·((1 − ρj)·r·r° + ρj·c·(y − ȳ)²)/(Σw)²,  r = y − ȳ − λ(m − m̄)
        smoothed     Ṽ = V + (p̃(1 − p̃) − p(1 − p))·Σ a_i²·(1/(ρ_i·j) − 1 + c),  p̃ = (n·p + ½)/(n + 1)
        n_eff        p̃(1 − p̃)/Ṽ

    and Wilson's interval on n_eff. r° is the residual r by the model of all verdicts: r² would count what the
    models have yet to learn as an error of the share, r°² would take what was learned by heart for knowledge,
    and the product errs on neither side.

    j is the share of the drawn units that are judged, weighted by a/ρ: what could not be judged is as unknown
    as what was not drawn. c is 0 in a `WHOLE` frame, and n_eff at most N². In a `PICKED` one c is 1: another
    picking has another M, and the second term estimates Σ a_i²(y_i − ȳ)², what would be uncertain if every
    unit were judged. r·r° alone would lack the λ²·var(m′)/N of `prediction_powered_mean`.

    Share and variance are smoothed by half an error and half a success more, anywhere in the population:
    without a single error the interval is as wide as that of a sample with these probabilities and no model.
    Equal probabilities and λ = 0 give n_eff = n, or n/(1 − n/N) in a `WHOLE` frame, whatever the verdicts;
    λ = 0 gives the weighted share of the design, λ = 1 the difference estimator.

    Good for about 80 verdicts and more with 5 errors among them. A unit without a verdict is left out, as if
    verdicts were lacking at random.

    Raises:
        EstimateError: a verdict is of a unit that was not drawn.
        DesignError: the confidence is outside (0, 1).

    Source: Särndal, Swensson and Wretman 1992, ch. 6 (difference and regression estimator, V) and 9 (two
    phases); MacKinnon and White, "Some heteroskedasticity-consistent covariance matrix estimators", Journal
    of Econometrics 29 (1985) 305–325 (HC2: for least squares and folds of one, r·r° is r°²/(1 − leverage));
    Angelopoulos, Duchi and Zrnic, "PPI++", arXiv 2311.01453, 2023 (λ); Zrnic and Candès, ICML 2024;
    Chernozhukov et al. 2018 (cross-fitting); Owen and Zhou, "Safe and effective importance sampling", JASA
    95 (2000) 135–143 (weights of a mixture).

    >>> from sampling.risk.frame import risk_frame
    >>> from sampling.risk.waves import first_wave
    >>> frame = risk_frame(np.empty((1000, 0)), np.linspace(0.001, 0.999, 1000))
    >>> wave = first_wave(frame, 100, start=0.5)
    >>> verdicts = Verdicts(units=wave.units, is_wrong=wave.units % 20 == 5)
    >>> found = estimate_by_risk(frame, (wave,), verdicts)
    >>> found.estimate.value, round(found.estimate.n_eff), found.power
    (1.0, 100, 0.0)
    """
    check_judged(verdicts, waves)
    n = len(verdicts.units)
    if n < 2:
        return NoEstimate(reason="fewer than 2 units have been judged")
    weights = _Weights.of(frame, waves, verdicts, kind)
    fitted = cross_fit(frame, verdicts)
    wrong = verdicts.is_wrong.astype(np.float64)
    off, predicted = weights.centred(wrong), weights.centred(fitted.out_of_fold)
    power = _power(weights, off, predicted, fitted)
    learned = weights.centred(fitted.whole.predict(frame.scores[verdicts.units]))
    variance = weights.variance((off - power * predicted) * (off - power * learned), off**2)
    wrong_share = weights.mean(wrong) + power * (_mean_risk(frame, fitted) - weights.mean(fitted.out_of_fold))
    precision = _Precision(variance=variance, spread=weights.spread, n_units=frame.n_units)
    return RiskEstimate(
        estimate=_estimate(wrong_share, precision, n, confidence),
        power=power,
        auc=_weighted_auc(fitted.out_of_fold, verdicts.is_wrong, weights.weight),
    )


def estimate_wave_by_wave(
    frame: RiskFrame, waves: tuple[Wave, ...], verdicts: Verdicts, *, confidence: float = 0.95
) -> Estimate | NoEstimate:
    """The share of the target that is right, with every wave standing alone: a martingale.

    Given everything before wave t, T_t = Σ_before a_i y_i + Σ_rest a_i m_i + Σ_wave (a_i/π_ti)(y_i − m_i) has
    the mean Σ a_i y_i, as m models the earlier verdicts alone (0 in the first wave) and π_ti is exact.
    The error share is Σ (n_t/n)·T_t and its variance Σ (n_t/n)²·V_t, as the T_t are uncorrelated; V_t is that
    of a draw with replacement. Unbiased for whatever model, population and n, but for the cut to [0, 1];
    wider than `estimate_by_risk` where units that the model holds for safe are wrong after all.

    It is of the frame as it stands: where its units were picked among several, the picking would come on top.

    Raises:
        EstimateError: a drawn unit has no verdict, or a verdict is of a unit that was not drawn.
        DesignError: the confidence is outside (0, 1).

    Source: Zrnic and Candès 2024, sec. 4 (sequential); Cook, Mishler and Ramdas, "Semiparametric efficient
    inference in adaptive experiments", CLeaR 2024 (martingale differences).
    """
    check_judged(verdicts, waves)
    drawn = drawn_units(waves)
    n = len(drawn)
    if len(verdicts.units) < n:
        raise EstimateError(
            f"{n - len(verdicts.units)} of {n} drawn units have no verdict: judge them, or use the estimate "
            "over all waves, which can leave them out"
        )
    if min((len(wave.units) for wave in waves), default=0) < 2:
        return NoEstimate(reason="a wave has fewer than 2 units")
    wrong_share, variance = _wave_by_wave(frame, waves, verdicts)
    spread = sum(
        (len(wave.units) / n) ** 2 * float(np.sum(frame.target**2 / wave.probabilities)) for wave in waves
    )
    precision = _Precision(variance=variance, spread=spread, n_units=frame.n_units)
    return _estimate(wrong_share, precision, n, confidence)


def _wave_by_wave(frame: RiskFrame, waves: tuple[Wave, ...], verdicts: Verdicts) -> tuple[float, float]:
    """The error share Σ (n_t/n)·T_t, not cut to [0, 1], and its variance."""
    wrong: NDArray[np.float64] = np.zeros(frame.n_units)
    wrong[verdicts.units] = verdicts.is_wrong
    drawn = drawn_units(waves)
    share = variance = 0.0
    n_before = 0
    for wave in waves:
        its_share, its_variance = _standing_alone(frame, wave, wrong, drawn[:n_before])
        part = len(wave.units) / len(drawn)
        share += part * its_share
        variance += part**2 * its_variance
        n_before += len(wave.units)
    return share, variance


def _standing_alone(
    frame: RiskFrame, wave: Wave, wrong: NDArray[np.float64], before: NDArray[np.intp]
) -> tuple[float, float]:
    """The error share T_t by one wave, and its variance."""
    risk: NDArray[np.float64] = np.zeros(frame.n_units)
    if before.size:
        risk = fit_risk_model(frame.scores[before], wrong[before] > 0).predict(frame.scores)
    risk[before] = wrong[before]
    terms = (frame.target / wave.probabilities)[wave.units] * (wrong - risk)[wave.units]
    n = len(terms)
    return float(frame.target @ risk + terms.sum()), float(n * terms.var(ddof=1))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Weights:
    """The weights of the judged units, w = a/ρ, and what a frame that is whole takes off a variance.

    Attributes:
        weight: w of each judged unit.
        drawing: 1 − ρj of each, the part that the drawing has in its uncertainty.
        picking: ρj of each in a `PICKED` frame, otherwise 0: the part that the picking has.
        spread: Σ a²(1/(ρj) − 1) over the population, and Σ a² more in a `PICKED` frame.
    """

    weight: NDArray[np.float64]
    drawing: NDArray[np.float64]
    picking: NDArray[np.float64]
    spread: float

    @staticmethod
    def of(frame: RiskFrame, waves: tuple[Wave, ...], verdicts: Verdicts, kind: FrameKind) -> "_Weights":
        probability = overall_probabilities(waves, frame.n_units)
        weight = frame.target / probability
        # ρ is the chance of being drawn: ρ·j is that of being drawn and judged.
        counted = probability * _judged_share(weight, waves, verdicts)
        picking = counted if kind is FrameKind.PICKED else np.zeros(frame.n_units)
        return _Weights(
            weight=weight[verdicts.units],
            drawing=(1 - counted)[verdicts.units],
            picking=picking[verdicts.units],
            spread=float(np.sum(frame.target**2 * (1 - counted + picking) / counted)),
        )

    def mean(self, values: NDArray[np.float64]) -> float:
        return float(self.weight @ values / self.weight.sum())

    def centred(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        return values - self.mean(values)

    def variance(self, by_drawing: NDArray[np.float64], by_picking: NDArray[np.float64]) -> float:
        squares = (self.weight / self.weight.sum()) ** 2
        # A handful of verdicts can have residuals of opposite signs.
        drawn = max(float(squares @ (self.drawing * by_drawing)), 0.0)
        return drawn + float(squares @ (self.picking * by_picking))


def _judged_share(weight: NDArray[np.float64], waves: tuple[Wave, ...], verdicts: Verdicts) -> float:
    """The weighted share of the drawn units that have a verdict; exactly 1 where all have."""
    drawn = drawn_units(waves)
    if len(verdicts.units) == len(drawn):
        return 1.0
    return float(weight[verdicts.units].sum() / weight[drawn].sum())


def _power(
    weights: _Weights, wrong: NDArray[np.float64], predicted: NDArray[np.float64], fitted: CrossFit
) -> float:
    if not any(model.slopes.any() for model in fitted.models):
        return 0.0
    squares = weights.weight**2
    return float(np.clip(squares @ (wrong * predicted) / (squares @ predicted**2), 0, 1))


def _mean_risk(frame: RiskFrame, fitted: CrossFit) -> float:
    """M, by each model in proportion to the verdicts that it predicts."""
    by_model = [float(frame.target @ model.predict(frame.scores)) for model in fitted.models]
    return float(np.average(by_model, weights=np.bincount(fitted.folds, minlength=len(by_model))))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Precision:
    """The estimated variance, the weights' spread (1/n for a simple random sample), and N."""

    variance: float
    spread: float
    n_units: int


def _estimate(wrong_share: float, precision: _Precision, n: int, confidence: float) -> Estimate:
    wrong_share = min(max(wrong_share, 0.0), 1.0)
    value = 1 - wrong_share
    smoothed = (n * wrong_share + 0.5) / (n + 1)
    scatter = smoothed * (1 - smoothed)
    variance = precision.variance + (scatter - wrong_share * value) * precision.spread
    n_eff = 1 / max(variance / scatter, precision.n_units**-2)
    interval = wilson_interval(value * n_eff, n_eff, confidence=confidence)
    return Estimate(
        value=value,
        interval=Interval(
            low=min(interval.low, value),
            high=max(interval.high, value),
            confidence=confidence,
            method=IntervalMethod.DIFFERENCE,
        ),
        n=n,
        n_eff=n_eff,
    )


def _weighted_auc(
    risk: NDArray[np.float64], is_wrong: NDArray[np.bool_], weight: NDArray[np.float64]
) -> float | None:
    """Σ over pairs of w·w′·[risk > risk′, half where equal], a wrong unit with a right one."""
    if is_wrong.all() or not is_wrong.any():
        return None
    level = rankdata(risk, method="dense") - 1
    wrong = np.bincount(level, weights=weight * is_wrong)
    right = np.bincount(level, weights=weight * ~is_wrong)
    safer = np.cumsum(right) - right / 2
    return float(wrong @ safer / (wrong.sum() * right.sum()))
