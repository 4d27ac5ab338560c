"""Thresholds with a guarantee: how often each way of choosing one errs, and how much it keeps.

python -m benchmarks.thresholds [--replicates 400]
"""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import expit, ndtr, ndtri
from scipy.stats import binom, rankdata

from sampling.estimation.estimate import Estimate
from sampling.estimation.outcomes import SampledOutcomes
from sampling.estimation.stratified import estimate
from sampling.risk.model import fit_risk_model
from sampling.thresholds.certify import Certified, ScoredVerdicts, certify
from sampling.thresholds.kept import Guarantee
from sampling.thresholds.path import learning_part, threshold_path
from sampling.thresholds.weighted import weighted_kept_p_value

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

N_POPULATION, N_VERDICTS = 100_000, 2000
GOAL = Guarantee(target=0.95)
MIXING = np.array([0.75, 0.5, 0.3, 0.2])
LEVELS = (
    np.linspace(-3, 1.2, 13),  # agreement of two masks
    np.linspace(-3, 0.8, 6),  # confidence
    np.array([-9.0, -1.0, -0.5, 0.0]),  # area
    np.array([-9.0, 0.0]),  # components
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """A population whose masks are right with probabilities that four covariates tell in part."""

    name: str
    covariates: Floats
    accuracy: Floats

    @property
    def prior_score(self) -> Floats:
        """A score nobody had to learn: rank of the first covariate and half the rank of the second."""
        return rankdata(self.covariates[:, 0]) + 0.5 * rankdata(self.covariates[:, 1])

    def kept_accuracy(self, kept: Flags) -> float:
        """The true accuracy of what is kept."""
        return float(self.accuracy[kept].mean())

    @property
    def oracle_share(self) -> float:
        """What the best possible rule, by the true accuracy of every mask, keeps."""
        falling = np.sort(self.accuracy)[::-1]
        means = np.cumsum(falling) / np.arange(1, falling.size + 1)
        return float(np.mean(means >= GOAL.target))


def law(p: float, slope: float, rng: np.random.Generator) -> Law:
    latent = rng.normal(size=N_POPULATION)
    noise = rng.normal(size=(N_POPULATION, 4))
    covariates = MIXING * latent[:, np.newaxis] + np.sqrt(1 - MIXING**2) * noise
    signal = covariates @ np.array([0.7, 0.5, 0.2, 0.1])
    signal = slope * (signal - signal.mean()) / signal.std()
    intercept = brentq(lambda c: expit(c + signal).mean() - p, -10, 20)
    accuracy = expit(intercept + signal)
    order = np.argsort(signal)
    right, wrong = np.cumsum(accuracy[order]), np.cumsum(1 - accuracy[order])
    area = float(np.sum(accuracy[order] * wrong) / (right[-1] * wrong[-1]))
    return Law(name=f"p = {p}, AUC {area:.2f}", covariates=covariates, accuracy=accuracy)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """The verdicts of one review."""

    law: Law
    drawn: NDArray[np.int64]
    correct: Flags
    rng: np.random.Generator


Choice = Callable[[Draw], Flags | None]


def along(scores: Floats, draw: Draw, certifying: Flags, n_starts: int) -> Flags | None:
    verdicts = ScoredVerdicts(scores=scores[draw.drawn[certifying]], correct=draw.correct[certifying])
    path = threshold_path(scores, GOAL, n_verdicts=int(certifying.sum()), n_starts=n_starts)
    found = certify(verdicts, path, GOAL)
    return scores >= found.chosen.threshold if isinstance(found, Certified) else None


def prior(n_starts: int) -> Choice:
    def choose(draw: Draw) -> Flags | None:
        everyone = np.ones(draw.drawn.size, dtype=np.bool_)
        return along(draw.law.prior_score, draw, everyone, n_starts)

    return choose


def learned_on_a_part(draw: Draw) -> Flags | None:
    learning = learning_part(draw.drawn.size, 1 / 3, draw.rng)
    covariates = np.clip(draw.law.covariates, -2, 2)
    model = fit_risk_model(covariates[draw.drawn[learning]], ~draw.correct[learning])
    return along(-model.predict(covariates), draw, ~learning, 5)


def learned_elsewhere(draw: Draw) -> Flags | None:
    covariates = np.clip(draw.law.covariates, -2, 2)
    other = draw.rng.choice(N_POPULATION, N_VERDICTS)
    model = fit_risk_model(covariates[other], draw.rng.random(N_VERDICTS) >= draw.law.accuracy[other])
    return along(-model.predict(covariates), draw, np.ones(draw.drawn.size, dtype=np.bool_), 5)


def box_choices(population: Law) -> dict[str, Choice]:
    bounds = np.array(list(product(*LEVELS)))
    in_box = np.array([(population.covariates >= low).all(axis=1) for low in bounds])

    def best(passes: Callable[[Floats, Floats], Flags]) -> Choice:
        def choose(draw: Draw) -> Flags | None:
            held = in_box[:, draw.drawn]
            n_kept = held.sum(axis=1).astype(np.float64)
            n_errors = (held & ~draw.correct).sum(axis=1).astype(np.float64)
            ok = passes(n_kept, n_errors)
            return in_box[int(np.argmax(np.where(ok, n_kept, -1)))] if ok.any() else None

        return choose

    def by_share(n_kept: Floats, n_errors: Floats) -> Flags:
        return (n_kept >= 30) & (n_errors <= (1 - GOAL.target) * n_kept)

    def by_p_value(n_boxes: int) -> Callable[[Floats, Floats], Flags]:
        return lambda n_kept, n_errors: binom.cdf(n_errors, n_kept, 1 - GOAL.target) <= GOAL.error / n_boxes

    return {
        f"best of {len(bounds)} boxes by its share": best(by_share),
        "best box by its own exact p-value": best(by_p_value(1)),
        "best box, Bonferroni": best(by_p_value(len(bounds))),
    }


def print_choices(n_replicates: int, rng: np.random.Generator) -> None:
    print(f"kept accuracy ≥ {GOAL.target}, {N_VERDICTS} verdicts, {n_replicates} replicates")
    for p, slope in ((0.83, 1.9), (0.86, 1.1), (0.83, 4.6)):
        population = law(p, slope, rng)
        print(f"\n{population.name}; the oracle keeps {population.oracle_share:.0%}")
        print(f"{'':36}{'kept':>8}{'violated':>10}{'nothing':>9}")
        choices = box_choices(population) | {
            "walk, prior score, 1 start": prior(1),
            "walk, prior score, 5 starts": prior(5),
            "walk, 1/3 teaches the score": learned_on_a_part,
            "walk, score of other settings": learned_elsewhere,
        }
        draws = []
        for _ in range(n_replicates):
            drawn = rng.choice(N_POPULATION, N_VERDICTS)
            correct = rng.random(N_VERDICTS) < population.accuracy[drawn]
            draws.append(Draw(law=population, drawn=drawn, correct=correct, rng=rng))
        for name, choose in choices.items():
            kept = [choose(draw) for draw in draws]
            shares = [0.0 if one is None else float(one.mean()) for one in kept]
            violated = [one is not None and population.kept_accuracy(one) < GOAL.target for one in kept]
            nothing = [one is None for one in kept]
            print(f"{name:36}{np.mean(shares):>8.1%}{np.mean(violated):>10.1%}{np.mean(nothing):>9.1%}")


def print_weights(n_replicates: int, rng: np.random.Generator) -> None:
    print("\nweighted verdicts, weighted accuracy exactly the target; P(certified) at 0.05 and at 0.01")
    print(f"{'':44}{'unweighted':>16}{'Wilson n_eff':>16}{'ours':>16}")
    for target, spread, slope, n in product((0.95, 0.9, 0.8), (0.5, 1.0, 1.3), (0.0, -0.8), (300, 1000)):
        p_values = np.array([weighted_p_values(target, spread, slope, n, rng) for _ in range(n_replicates)])
        told = "".join(
            f"{np.mean(column <= 0.05):>9.1%}{np.mean(column <= 0.01):>7.1%}" for column in p_values.T
        )
        relation = "small are better" if slope else "tell nothing"
        print(f"{f'{target}, n = {n}, spread {spread}, {relation}':44}{told}")


def weighted_p_values(
    target: float, spread: float, slope: float, n: int, rng: np.random.Generator
) -> list[float]:
    z = rng.normal(size=n)
    # Weighting by exp(spread·z) shifts z by spread, so the weighted mean of Φ(c + slope·z) is exactly p.
    c = ndtri(target) * np.sqrt(1 + slope**2) - slope * spread
    correct, weights = rng.random(n) < ndtr(c + slope * z), np.exp(spread * z)
    outcomes = SampledOutcomes(
        stratum=np.zeros(n, dtype=np.intp),
        cluster=np.arange(n),
        weight=weights,
        is_counted=np.ones(n, dtype=np.bool_),
        is_correct=correct,
    )
    found = estimate(outcomes)
    assert isinstance(found, Estimate)
    e = 1 - target
    z_wilson = (found.value - target) / np.sqrt(target * e / found.n_eff)
    return [
        float(binom.cdf(np.sum(~correct), n, e)),
        float(ndtr(-z_wilson)),
        weighted_kept_p_value(correct, weights, target),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--replicates", type=int, default=400)
    parser.add_argument("--seed", type=int, default=55)
    arguments = parser.parse_args()
    rng = np.random.default_rng(arguments.seed)
    print_choices(arguments.replicates, rng)
    print_weights(10 * arguments.replicates, rng)


if __name__ == "__main__":
    main()
