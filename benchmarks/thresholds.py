"""Thresholds with a guarantee: how often each way of choosing one errs, and how much it keeps.

python -m benchmarks.thresholds [--replicates 400] [--part choices|weights|band]
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
from sampling.estimation.intervals import clopper_pearson_interval
from sampling.estimation.outcomes import SampledOutcomes
from sampling.estimation.stratified import estimate
from sampling.thresholds.boxes import Direction
from sampling.thresholds.certify import Certified
from sampling.thresholds.curve import CurvePoint, accuracy_curve
from sampling.thresholds.judged import JudgedMasks
from sampling.thresholds.kept import Guarantee
from sampling.thresholds.learning import learned_risk, nested_boxes, prior_risk
from sampling.thresholds.path import ThresholdPath, learning_part, threshold_path
from sampling.thresholds.starts import start_where_likely
from sampling.thresholds.waves import candidate_region, path_inside
from sampling.thresholds.weighted import certify_judged, weighted_kept_p_value

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

N_POPULATION = 20_000
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

    def draw(self, n: int, rng: np.random.Generator, inside: Flags | None = None) -> JudgedMasks:
        """So many verdicts on masks drawn alike, from the whole population or a part of it."""
        pool = np.arange(N_POPULATION) if inside is None else np.flatnonzero(inside)
        position = rng.choice(pool, n)
        correct = rng.random(n) < self.accuracy[position]
        return JudgedMasks(position=position, correct=correct, weight=np.ones(n))

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


Choice = Callable[[Law, int, np.random.Generator], Flags | None]


def certified(scores: Floats, judged: JudgedMasks, path: ThresholdPath) -> Flags | None:
    found = certify_judged(judged, scores, path, GOAL)
    return scores >= found.chosen.threshold if isinstance(found, Certified) else None


def along(scores: Floats, judged: JudgedMasks, n_starts: int = 5) -> Flags | None:
    path = threshold_path(scores, GOAL, n_verdicts=judged.n, n_starts=n_starts)
    return certified(scores, judged, path)


def boxes(population: Law, risk: Floats) -> Floats:
    return nested_boxes(population.covariates, risk).scores(population.covariates)


def score(_: Law, risk: Floats) -> Floats:
    """A threshold on the risk itself: no rule of thresholds, but what boxes are measured against."""
    return -risk


Scoring = Callable[[Law, Floats], Floats]


def prior_score(n_starts: int) -> Choice:
    return lambda population, n, rng: along(population.prior_score, population.draw(n, rng), n_starts)


def prior_boxes(population: Law, n: int, rng: np.random.Generator) -> Flags | None:
    telling = population.covariates[:, :2]
    risk = prior_risk(telling, (Direction.AT_LEAST, Direction.AT_LEAST))
    return along(nested_boxes(telling, risk).scores(telling), population.draw(n, rng))


def one_feature(population: Law, n: int, rng: np.random.Generator) -> Flags | None:
    return along(population.covariates[:, 0], population.draw(n, rng))


def part_learns(scoring: Scoring, share: float) -> Choice:
    def choose(population: Law, n: int, rng: np.random.Generator) -> Flags | None:
        judged = population.draw(n, rng)
        learning = learning_part(n, share, rng)
        risk = learned_risk(population.covariates, judged.where(learning))
        return along(scoring(population, risk), judged.where(~learning))

    return choose


def part_learns_and_says_where_to_start(share: float) -> Choice:
    def choose(population: Law, n: int, rng: np.random.Generator) -> Flags | None:
        judged = population.draw(n, rng)
        learning = learning_part(n, share, rng)
        certifying = judged.where(~learning)
        risk = learned_risk(population.covariates, judged.where(learning))
        scores = boxes(population, risk)
        path = threshold_path(scores, GOAL, n_verdicts=certifying.n)
        path = start_where_likely(path, scores, risk, GOAL, n_verdicts=certifying.n)
        return certified(scores, certifying, path)

    return choose


def learned_elsewhere(scoring: Scoring) -> Choice:
    def choose(population: Law, n: int, rng: np.random.Generator) -> Flags | None:
        risk = learned_risk(population.covariates, population.draw(2000, rng))
        return along(scoring(population, risk), population.draw(n, rng))

    return choose


def two_waves(scoring: Scoring, reach: float, share: float = 0.25) -> Choice:
    def choose(population: Law, n: int, rng: np.random.Generator) -> Flags | None:
        n_first = round(n * share)
        risk = learned_risk(population.covariates, population.draw(n_first, rng))
        scores = scoring(population, risk)
        region = candidate_region(scores, risk, GOAL, reach=reach)
        if region is None:
            return None
        second = population.draw(n - n_first, rng, scores >= region.threshold)
        return certified(scores, second, path_inside(scores, region, GOAL, n_verdicts=second.n))

    return choose


def box_choices(population: Law) -> dict[str, Choice]:
    bounds = np.array(list(product(*LEVELS)))
    in_box = np.array([(population.covariates >= low).all(axis=1) for low in bounds])

    def best(passes: Callable[[Floats, Floats], Flags]) -> Choice:
        def choose(population: Law, n: int, rng: np.random.Generator) -> Flags | None:
            judged = population.draw(n, rng)
            held = in_box[:, judged.position]
            n_kept = held.sum(axis=1).astype(np.float64)
            n_errors = (held & ~judged.correct).sum(axis=1).astype(np.float64)
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
    print(f"kept accuracy ≥ {GOAL.target}, {n_replicates} replicates")
    for p, slope in ((0.83, 1.9), (0.86, 1.1), (0.83, 4.6)):
        population = law(p, slope, rng)
        print(f"\n{population.name}; the oracle keeps {population.oracle_share:.0%}")
        ways = box_choices(population) | {
            "one feature": one_feature,
            "prior score, 1 start": prior_score(1),
            "prior score": prior_score(5),
            "prior boxes of two features": prior_boxes,
            "1/3 teaches the score": part_learns(score, 1 / 3),
            "1/3 teaches the boxes": part_learns(boxes, 1 / 3),
            "1/5 teaches the boxes": part_learns(boxes, 1 / 5),
            "1/5 teaches boxes and start": part_learns_and_says_where_to_start(1 / 5),
            "score of 2,000 other verdicts": learned_elsewhere(score),
            "boxes of 2,000 other verdicts": learned_elsewhere(boxes),
        }
        ways |= {
            f"two waves, boxes, reach {reach}": two_waves(boxes, reach) for reach in (0.6, 0.8, 1.0, 1.3)
        }
        ways |= {"two waves, score, reach 0.8": two_waves(score, 0.8)}
        for n in (2000, 700):
            print(f"{f'{n} verdicts':36}{'kept':>8}{'violated':>10}{'nothing':>9}")
            for name, choose in ways.items():
                print_choice(name, population, [choose(population, n, rng) for _ in range(n_replicates)])


def print_choice(name: str, population: Law, kept: list[Flags | None]) -> None:
    shares = [0.0 if one is None else float(one.mean()) for one in kept]
    violated = [one is not None and population.kept_accuracy(one) < GOAL.target for one in kept]
    nothing = [one is None for one in kept]
    print(f"{name:36}{np.mean(shares):>8.1%}{np.mean(violated):>10.1%}{np.mean(nothing):>9.1%}", flush=True)


def print_weights(n_replicates: int, rng: np.random.Generator) -> None:
    print("\nweighted verdicts, weighted accuracy exactly the target; P(certified) at 0.05 and at 0.01")
    print(f"{'':44}{'unweighted':>16}{'Wilson n_eff':>16}{'exact min n':>16}{'ours':>16}{'power':>8}")
    for target, spread, slope, n in product((0.95, 0.9, 0.8), (0.5, 1.0, 1.3), (0.0, -0.8), (300, 1000)):
        samples = [weighted_sample(target, spread, slope, n, rng) for _ in range(n_replicates)]
        p_values = np.array([p_values_of(sample, target) for sample in samples])
        better = 1 - 0.4 * (1 - target)
        good = [weighted_sample(better, spread, slope, n, rng) for _ in range(n_replicates // 4)]
        power = np.mean([weighted_kept_p_value(*sample, target) <= 0.05 for sample in good])
        told = "".join(
            f"{np.mean(column <= 0.05):>9.1%}{np.mean(column <= 0.01):>7.1%}" for column in p_values.T
        )
        relation = "small are better" if slope else "tell nothing"
        print(f"{f'{target}, n = {n}, spread {spread}, {relation}':44}{told}{power:>8.0%}", flush=True)


Weighted = tuple[Flags, Floats]


def weighted_sample(p: float, spread: float, slope: float, n: int, rng: np.random.Generator) -> Weighted:
    z = rng.normal(size=n)
    # Weighting by exp(spread·z) shifts z by spread, so the weighted mean of Φ(c + slope·z) is exactly p.
    c = ndtri(p) * np.sqrt(1 + slope**2) - slope * spread
    return rng.random(n) < ndtr(c + slope * z), np.exp(spread * z)


def p_values_of(sample: Weighted, target: float) -> list[float]:
    correct, weights = sample
    n, e = correct.size, 1 - target
    outcomes = SampledOutcomes(
        stratum=np.zeros(n, dtype=np.intp),
        cluster=np.arange(n),
        weight=weights,
        is_counted=np.ones(n, dtype=np.bool_),
        is_correct=correct,
    )
    found = estimate(outcomes)
    assert isinstance(found, Estimate)
    z_wilson = (found.value - target) / np.sqrt(target * e / found.n_eff)
    least = int(min(found.n_eff, outcomes.kish_n))
    return [
        float(binom.cdf(np.sum(~correct), n, e)),
        float(ndtr(-z_wilson)),
        1.25 * float(binom.cdf(np.ceil((1 - found.value) * least), least, e)),
        weighted_kept_p_value(correct, weights, target),
    ]


def print_band(n_replicates: int, rng: np.random.Generator) -> None:
    print("\n95 % bands over all thresholds: missed somewhere, and mean width where a tenth or more is kept")
    print(f"{'':36}{'missed':>8}{'ours':>8}{'DKW':>8}{'one at a time':>15}")
    values = rng.normal(size=N_POPULATION)
    laws = {
        "no error": np.ones(N_POPULATION),
        "0.95, rising": expit(3.4 + values),
        "0.83, rising": expit(1.9 + values),
        "1 above, 0.3 below": np.where(values > 0, 1.0, 0.3),
        "0.5 everywhere": np.full(N_POPULATION, 0.5),
    }
    for (name, accuracy), n in product(laws.items(), (100, 300, 1000)):
        truth = np.cumsum(accuracy[np.argsort(-values)]) / np.arange(1, N_POPULATION + 1)
        missed, widths = [], []
        for _ in range(n_replicates):
            position = rng.integers(0, N_POPULATION, n)
            correct = rng.random(n) < accuracy[position]
            judged = JudgedMasks(position=position, correct=correct, weight=np.ones(n))
            points = accuracy_curve(values, judged, direction=Direction.AT_LEAST, n_points=100).points
            missed.append(any(misses(point, truth) for point in points))
            widths += [band_widths(point, n) for point in points if point.coverage >= 0.1]
        ours, dkw, alone = np.mean(widths, axis=0)
        label = f"{name}, n = {n}"
        print(f"{label:36}{np.mean(missed):>8.1%}{ours:>8.3f}{dkw:>8.3f}{alone:>15.3f}", flush=True)


def misses(point: CurvePoint, truth: Floats) -> bool:
    true = truth[round(point.coverage * N_POPULATION) - 1]
    return not point.low - 1e-12 <= true <= point.high + 1e-12


def band_widths(point: CurvePoint, n: int) -> tuple[float, float, float]:
    """Of our band, of Dvoretzky, Kiefer and Wolfowitz's, and of an interval for this threshold alone."""
    reach = np.sqrt(np.log(2 / 0.05) / (2 * n)) / point.coverage
    accuracy = 0.5 if point.accuracy is None else point.accuracy
    dkw = min(accuracy + reach, 1) - max(accuracy - reach, 0)
    if not point.n_kept:
        return point.high - point.low, dkw, 1.0
    alone = clopper_pearson_interval(point.n_errors, point.n_kept)
    return point.high - point.low, dkw, alone.high - alone.low


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--replicates", type=int, default=400)
    parser.add_argument("--seed", type=int, default=55)
    parser.add_argument("--part", choices=["choices", "weights", "band"], help="one part only")
    arguments = parser.parse_args()
    rng = np.random.default_rng(arguments.seed)
    parts = {
        "choices": lambda: print_choices(arguments.replicates, rng),
        "weights": lambda: print_weights(10 * arguments.replicates, rng),
        "band": lambda: print_band(arguments.replicates, rng),
    }
    for name, part in parts.items():
        if arguments.part in (None, name):
            part()


if __name__ == "__main__":
    main()
