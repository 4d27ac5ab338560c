"""How many verdicts ±1 percentage point takes when they are drawn by risk, beside a simple random sample.

Populations of 100,000 units of which 5.2 % are wrong, and four covariates. The model never sees a verdict
that it did not pay for, and there is no prior. Waves: a quarter, a quarter, a half. The populations and the
draws are of seeds that nothing was tuned on.
"""

import argparse
from collections.abc import Callable
from dataclasses import dataclass, replace
from time import perf_counter

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import expit
from scipy.stats import rankdata

from sampling.estimation.estimate import Estimate, NoEstimate
from sampling.estimation.intervals import wilson_interval
from sampling.risk.active import FrameKind, estimate_by_risk, estimate_wave_by_wave
from sampling.risk.frame import RiskFrame, Verdicts, Wave, drawn_units, risk_frame
from sampling.risk.waves import first_wave, next_wave

N_UNITS, ACCURACY = 100_000, 0.948
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """Units with covariates, and which of them are wrong."""

    covariates: Floats
    is_wrong: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What R audits of one population came to; shares, not percentages."""

    half_width: float
    coverage: float
    bias: float
    spread: float
    power: float
    auc: float


def observed(latent: Floats) -> Floats:
    """Four standard normal columns as an IoU, a confidence, an area and a count of components."""
    iou, confidence, area, components = latent.T
    return np.column_stack([expit(1 - iou), np.clip(0.6 - 0.2 * confidence, 0, 1), np.exp(area), components])


def worst(score: Floats, rng: np.random.Generator, *, slope: float, n_wrong: int) -> NDArray[np.bool_]:
    """The units with the largest slope·score + logistic noise: a logistic law with a given number."""
    disturbed = slope * score + rng.logistic(size=len(score))
    is_wrong = np.zeros(len(score), dtype=bool)
    is_wrong[np.argpartition(-disturbed, n_wrong)[:n_wrong]] = True
    return is_wrong


def with_auc(score: Floats, auc: float, seed: int, n_wrong: int) -> NDArray[np.bool_]:
    def excess(slope: float) -> float:
        is_wrong = worst(score, np.random.default_rng(seed), slope=slope, n_wrong=n_wrong)
        ranks = rankdata(score)
        above = ranks[is_wrong].sum() - n_wrong * (n_wrong + 1) / 2
        return float(above / (n_wrong * (len(score) - n_wrong)) - auc)

    slope = brentq(excess, 0.02, 20, xtol=1e-3)
    return worst(score, np.random.default_rng(seed), slope=slope, n_wrong=n_wrong)


def wrong_units(accuracy: float) -> int:
    return round(N_UNITS * (1 - accuracy))


def logistic(auc: float, seed: int, accuracy: float = ACCURACY) -> Population:
    """The law that the model can learn: logistic in the covariates' normal scores."""
    latent = np.random.default_rng(seed).normal(size=(N_UNITS, 4))
    score = latent @ np.array([1.0, 0.6, 0.3, 0.2])
    return Population(
        covariates=observed(latent), is_wrong=with_auc(score, auc, seed + 1, wrong_units(accuracy))
    )


def useless(seed: int) -> Population:
    """Covariates that say nothing."""
    told = logistic(0.85, seed)
    return replace(
        told, covariates=observed(np.random.default_rng(seed + 2).normal(size=told.covariates.shape))
    )


def hidden(seed: int) -> Population:
    """AUC .85 for 70 % of the errors; 30 % are in a random 4 % of the units, all of which look safe."""
    rng = np.random.default_rng(seed + 3)
    told = logistic(0.85, seed)
    latent = np.random.default_rng(seed).normal(size=(N_UNITS, 4))
    safe = np.flatnonzero((latent @ np.array([1.0, 0.6, 0.3, 0.2]) < 0) & ~told.is_wrong)
    n_hidden = round(0.3 * told.is_wrong.sum())
    is_wrong = told.is_wrong.copy()
    is_wrong[rng.choice(np.flatnonzero(told.is_wrong), n_hidden, replace=False)] = False
    is_wrong[rng.choice(rng.choice(safe, N_UNITS // 25, replace=False), n_hidden, replace=False)] = True
    return replace(told, is_wrong=is_wrong)


def clustered(seed: int) -> Population:
    """Errors come by source: 500 of 200 units, whose log odds spread by 1.5; no covariate tells."""
    rng = np.random.default_rng(seed)
    latent = rng.normal(size=(N_UNITS, 4))
    by_source = np.repeat(1.5 * rng.normal(size=500), N_UNITS // 500)
    score = latent @ np.array([1.0, 0.6, 0.3, 0.2]) + by_source
    return Population(
        covariates=observed(latent), is_wrong=worst(score, rng, slope=1.3, n_wrong=wrong_units(ACCURACY))
    )


def tangled(seed: int) -> Population:
    """Heavy tails, thresholds and an interaction, which a linear model of scores is wrong about."""
    rng = np.random.default_rng(seed)
    covariates = rng.standard_t(2, size=(N_UNITS, 4))
    one, other, third, fourth = covariates.T
    score = (
        2.5 * (one > 1.5) + 1.5 * (one > 0) * (other > 0) + 1.2 * (np.abs(third) > 2) - 0.4 * np.tanh(fourth)
    )
    return Population(
        covariates=covariates, is_wrong=worst(score, rng, slope=1.3, n_wrong=wrong_units(ACCURACY))
    )


def audit(
    frame: RiskFrame,
    is_wrong: NDArray[np.bool_],
    sizes: tuple[int, ...],
    rng: np.random.Generator,
    prior: Floats | None = None,
) -> tuple[tuple[Wave, ...], Verdicts]:
    """The waves of one audit and its verdicts."""
    waves: tuple[Wave, ...] = (first_wave(frame, sizes[0], start=rng.random(), prior=prior),)
    for n in sizes[1:]:
        so_far = verdicts_of(waves, is_wrong)
        waves = (*waves, next_wave(frame, waves, so_far, n, start=rng.random(), prior=prior))
    return waves, verdicts_of(waves, is_wrong)


def verdicts_of(waves: tuple[Wave, ...], is_wrong: NDArray[np.bool_]) -> Verdicts:
    units = drawn_units(waves)
    return Verdicts(units=units, is_wrong=is_wrong[units])


def waves_of(n: int) -> tuple[int, ...]:
    """A quarter, a quarter, a half."""
    return n // 4, n // 4, n - 2 * (n // 4)


def thirds(n: int) -> tuple[int, ...]:
    """Three equal waves, where a prior tells the first one much."""
    return n // 3, n // 3, n - 2 * (n // 3)


def simulate(
    population: Population,
    n: int,
    *,
    n_audits: int,
    seed: int,
    prior: Floats | None = None,
    kind: FrameKind = FrameKind.PICKED,
) -> Outcome:
    """R audits of n verdicts by risk, from one seed."""
    rng = np.random.default_rng(seed)
    frame = risk_frame(population.covariates, np.full(len(population.is_wrong), 0.5))
    found = []
    for _ in range(n_audits):
        ticketed = replace(frame, tickets=rng.random(frame.n_units))
        sizes = waves_of(n) if prior is None else thirds(n)
        waves, verdicts = audit(ticketed, population.is_wrong, sizes, rng, prior)
        result = estimate_by_risk(ticketed, waves, verdicts, kind=kind)
        if isinstance(result, NoEstimate):
            raise TypeError(result.reason)
        found.append((result.estimate, result.power, result.auc or 0.5))
    return outcome(found, 1 - float(population.is_wrong.mean()))


def outcome(found: list[tuple[Estimate, float, float]], truth: float) -> Outcome:
    values = np.array([estimate.value for estimate, _, _ in found])
    low = np.array([estimate.interval.low for estimate, _, _ in found])
    high = np.array([estimate.interval.high for estimate, _, _ in found])
    return Outcome(
        half_width=float((high - low).mean() / 2),
        coverage=float(((low <= truth) & (truth <= high)).mean()),
        bias=float(values.mean() - truth),
        spread=float(values.std(ddof=1)),
        power=float(np.mean([power for _, power, _ in found])),
        auc=float(np.mean([auc for _, _, auc in found])),
    )


def simulate_wave_by_wave(population: Population, n: int, *, n_audits: int, seed: int) -> Outcome:
    """The same with every wave standing alone."""
    rng = np.random.default_rng(seed)
    frame = risk_frame(population.covariates, np.full(len(population.is_wrong), 0.5))
    found = []
    for _ in range(n_audits):
        ticketed = replace(frame, tickets=rng.random(frame.n_units))
        waves, verdicts = audit(ticketed, population.is_wrong, waves_of(n), rng)
        result = estimate_wave_by_wave(ticketed, waves, verdicts)
        if isinstance(result, NoEstimate):
            raise TypeError(result.reason)
        found.append((result, 0.0, 0.5))
    return outcome(found, 1 - float(population.is_wrong.mean()))


def simple_random_size(accuracy: float, half_width: float) -> int:
    """Verdicts of a simple random sample for this half width of Wilson's interval."""
    n = 1
    while True:
        interval = wilson_interval(accuracy * n, n)
        if (interval.high - interval.low) / 2 <= half_width:
            return n
        n += 1


LAWS: dict[str, tuple[Callable[[int], Population], int]] = {
    "logistic, AUC .75": (lambda seed: logistic(0.75, seed), 1600),
    "logistic, AUC .85": (lambda seed: logistic(0.85, seed), 1200),
    "logistic, AUC .95": (lambda seed: logistic(0.95, seed), 700),
    "useless covariates": (useless, 1930),
    "30 % of the errors hidden": (hidden, 1700),
    "clustered by source": (clustered, 1700),
    "thresholds, heavy tails": (tangled, 1700),
    "logistic, AUC .85, 98 % right": (lambda seed: logistic(0.85, seed, 0.98), 600),
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--audits", type=int, default=400)
    parser.add_argument("--seed", type=int, default=16_180)
    arguments = parser.parse_args()
    print("| population | verdicts | ± pp | coverage % | bias pp | sd pp | λ | AUC | SRS for the same ± |")
    print("|---|---|---|---|---|---|---|---|---|")
    for name, (law, n) in LAWS.items():
        begun = perf_counter()
        population = law(arguments.seed)
        got = simulate(population, n, n_audits=arguments.audits, seed=arguments.seed + 7)
        plain = simple_random_size(1 - float(population.is_wrong.mean()), got.half_width)
        print(
            row(name, n, got),
            f"{plain} (×{plain / n:.2f}) |",
            f"<!-- {perf_counter() - begun:.0f} s -->",
            flush=True,
        )
    for name in ("logistic, AUC .85", "30 % of the errors hidden"):
        law, n = LAWS[name]
        got = simulate_wave_by_wave(
            law(arguments.seed), n, n_audits=arguments.audits, seed=arguments.seed + 8
        )
        print(row(f"{name}: wave by wave", n, got), "|", flush=True)


def row(name: str, n: int, got: Outcome) -> str:
    figures = (got.half_width, got.coverage, got.bias, got.spread)
    texts = [f"{100 * figure:.{digits}f}" for figure, digits in zip(figures, (3, 1, 3, 3), strict=True)]
    return f"| {name} | {n} | {' | '.join(texts)} | {got.power:.2f} | {got.auc:.3f} |"


if __name__ == "__main__":
    main()
