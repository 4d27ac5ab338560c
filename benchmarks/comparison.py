"""Two settings compared: coverage of the intervals, errors of the families, cost and contrast draws.

python -m benchmarks.comparison [--replicates 2000]
"""

import argparse
from collections.abc import Iterator
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

from sampling.comparison.contrast import (
    Contrast,
    ContrastPopulation,
    ContrastSample,
    DifferenceEstimand,
    Differing,
    contrast,
)
from sampling.comparison.cost import ExpectedPairs, verdicts_needed
from sampling.comparison.family import adjust_over_family, all_pairs
from sampling.comparison.paired import (
    Comparison,
    PairedCounts,
    bonett_price_interval,
    compare_settings,
    count_pairs,
    newcombe_interval,
)

LAWS = (
    (0.01, 0.0),
    (0.008, 0.002),
    (0.005, 0.005),
    (0.02, 0.0),
    (0.03, 0.01),
    (0.06, 0.04),
    (0.11, 0.01),
    (0.2, 0.1),
)
"""P(only A right), P(only B right)."""


def tables(n: int, p_a: float, p_b: float) -> Iterator[tuple[int, int, float]]:
    """Every likely (only A, only B) of n pairs with its probability; together at least 1 − 1e-9."""
    for only_a in range(n + 1):
        of_a = float(binom.pmf(only_a, n, p_a))
        if of_a < 1e-12:
            continue
        of_b = binom.pmf(np.arange(n - only_a + 1), n - only_a, p_b / (1 - p_a))
        for only_b in np.flatnonzero(of_b > 1e-10).tolist():
            yield only_a, only_b, of_a * float(of_b[only_b])


def print_paired(n_replicates: int, rng: np.random.Generator) -> None:
    print("coverage / mean width in points; Bonett–Price and Wald enumerated, Newcombe simulated")
    print(f"{'n, only A, only B':24}{'Bonett–Price':>16}{'Wald':>16}{'Newcombe':>16}")
    for n in (200, 2000):
        for p_a, p_b in LAWS:
            truth, told = p_a - p_b, np.zeros(4)
            for only_a, only_b, probability in tables(n, p_a, p_b):
                interval = bonett_price_interval(
                    PairedCounts(n_only_a=only_a, n_only_b=only_b, n_neither=n - only_a - only_b)
                )
                d = (only_a - only_b) / n
                wald = 1.959964 * sqrt(((only_a + only_b) / n - d**2) / n)
                told += probability * np.array(
                    [
                        interval.low <= truth <= interval.high,
                        interval.high - interval.low,
                        abs(d - truth) <= wald,
                        2 * wald,
                    ]
                )
            both = 0.9 - max(p_a, p_b)
            drawn = rng.multinomial(n, [both, p_a, p_b, 1 - both - p_a - p_b], n_replicates)
            hybrid = [
                newcombe_interval(PairedCounts(n_both=c[0], n_only_a=c[1], n_only_b=c[2], n_neither=c[3]))
                for c in drawn.tolist()
            ]
            covered = np.mean([one.low <= truth <= one.high for one in hybrid])
            width = np.mean([one.high - one.low for one in hybrid])
            cells = (*told, covered, width)
            shown = "".join(
                f"{100 * c:>9.1f}/{100 * w:<6.2f}" for c, w in zip(cells[::2], cells[1::2], strict=True)
            )
            print(f"{f'{n}, {p_a}, {p_b}':24}{shown}")


def print_families(n_replicates: int, rng: np.random.Generator) -> None:
    print("\n8 equally accurate settings, 400 mentions: P(any adjusted p ≤ 0.05)")
    names = [str(i) for i in range(8)]
    rejected = np.zeros(3)
    for _ in range(n_replicates):
        easy = rng.random(400)
        right = rng.random((8, 400)) < np.where(easy < 0.8, 0.98, 0.55)
        compared = []
        for a, b in all_pairs(names):
            one = compare_settings(a, b, count_pairs(right[int(a)], right[int(b)]))
            assert isinstance(one, Comparison)
            compared.append(one)
        best = names[int(right.sum(axis=1).argmax())]
        families = (
            compared,
            [one for one in compared if best in (one.a, one.b)],
            [one for one in compared if "0" in (one.a, one.b)],
        )
        rejected += [any(one.p_adjusted <= 0.05 for one in adjust_over_family(f)) for f in families]
    for name, share in zip(
        ("all 28 pairs", "7 pairs with the best seen", "7 pairs with a baseline named before"),
        rejected / n_replicates,
        strict=True,
    ):
        print(f"{name:40}{share:>8.1%}")


def print_costs() -> None:
    print("\nverdicts for ±1.5 points, by the share of equal masks (of the rest 0.6/0.2/0.1 both/A/B right)")
    print(f"{'equal':8}{'unpaired':>10}{'paired':>10}{'shared':>10}{'differing':>10}")
    for share_same in (0.3, 0.5, 0.7, 0.9):
        needed = verdicts_needed(
            ExpectedPairs(share_same=share_same, accuracy_same=0.85, both=0.6, only_a=0.2, only_b=0.1),
            half_width=0.015,
        )
        cells = (needed.unpaired, needed.paired, needed.paired_shared, needed.differing)
        print(f"{share_same:<8}" + "".join(f"{cell:>10.0f}" for cell in cells))


def two_phases(
    n_annotations: NDArray[np.int64], n_differing: NDArray[np.int64], rng: np.random.Generator
) -> tuple[Differing, ContrastPopulation]:
    """Phase 1: an entity goes to a split with the share that its mentions have there."""
    strata = (rng.random(n_differing.size) < 0.2).astype(np.int64)
    everyone = Differing(strata=strata, n_differing=n_differing, n_annotations=n_annotations)
    return everyone, ContrastPopulation.of(
        everyone, n_annotations=2 * int(n_annotations.sum()), n_entities=2 * n_differing.size
    )


def print_contrast(n_replicates: int, rng: np.random.Generator) -> None:
    print("\ncontrast draws from 20,000 entities of log-normal size, A gaining where more differs")
    print(f"{'':44}{'ours':>22}{'root mean squared error':>32}")
    print(
        f"{'n_h, discordant, A gains, estimand':44}{'coverage':>10}{'half':>6}{'bias':>8}"
        f"{'ours':>8}{'ratio':>8}{'expand':>8}{'short':>8}"
    )
    n_annotations = np.ceil(np.exp(rng.normal(2, 1, 20_000))).astype(np.int64)
    n_differing = np.minimum(n_annotations, 1 + rng.binomial(n_annotations, 0.3))
    for sizes in ((30, 30), (200, 60), (600, 200)):
        for p_discordant, least in ((0.02, 0.5), (0.3, 0.5), (0.6, 0.85)):
            gain = np.clip(least + 0.1 * (np.log(n_differing) - 1), 0.05, 0.98)
            for estimand in DifferenceEstimand:
                covered, half, errors = 0, 0.0, np.zeros((n_replicates, 4))
                for replicate in range(n_replicates):
                    everyone, population = two_phases(n_annotations, n_differing, rng)
                    stakes = population.stakes(everyone, estimand)
                    truth = float(np.sum(stakes * p_discordant * (2 * gain - 1)))
                    sample = drawn_verdicts(everyone, gain, p_discordant, sizes, rng)
                    found = contrast(population, sample, estimand=estimand)
                    assert isinstance(found, Contrast)
                    covered += found.interval.low <= truth <= found.interval.high
                    half += (found.interval.high - found.interval.low) / 2
                    errors[replicate] = [found.difference, *other_estimates(population, sample, estimand)]
                    errors[replicate] -= truth
                errors *= 100
                shown = "".join(f"{error:>8.3f}" for error in np.sqrt(np.mean(errors**2, axis=0)))
                print(
                    f"{f'{sizes}, {p_discordant}, {least}, {estimand}':44}{covered / n_replicates:>10.1%}"
                    f"{100 * half / n_replicates:>6.2f}{errors[:, 0].mean():>+8.3f}{shown}"
                )


def other_estimates(
    population: ContrastPopulation, sample: ContrastSample, estimand: DifferenceEstimand
) -> tuple[float, float, float]:
    """Separate ratio, expansion by M_h/n_h, and the share that differs times the mean of entities."""
    h, y = sample.drawn.strata, sample.differences
    a, n_entities = population.stakes(sample.drawn, estimand), population.n_entities_differing
    sums = np.bincount(h, a * y)
    ratio = float(np.sum(population.stakes_by_stratum(estimand) * sums / np.bincount(h, a)))
    expanded = float(np.sum(n_entities / np.bincount(h) * sums))
    mean_per_entity = float(np.sum(n_entities / n_entities.sum() * np.bincount(h, y) / np.bincount(h)))
    return ratio, expanded, population.share_differing(estimand) * mean_per_entity


def drawn_verdicts(
    everyone: Differing,
    gain: NDArray[np.float64],
    p_discordant: float,
    sizes: tuple[int, int],
    rng: np.random.Generator,
) -> ContrastSample:
    drawn = np.concatenate(
        [rng.choice(np.flatnonzero(everyone.strata == h), n, replace=False) for h, n in enumerate(sizes)]
    )
    sign = np.where(rng.random(drawn.size) < gain[drawn], 1, -1)
    return ContrastSample(
        drawn=Differing(
            strata=everyone.strata[drawn],
            n_differing=everyone.n_differing[drawn],
            n_annotations=everyone.n_annotations[drawn],
        ),
        differences=np.where(rng.random(drawn.size) < p_discordant, sign, 0),
        decided=np.ones(drawn.size, dtype=np.bool_),
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--replicates", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=88)
    arguments = parser.parse_args()
    rng = np.random.default_rng(arguments.seed)
    print_paired(arguments.replicates, rng)
    print_families(5 * arguments.replicates, rng)
    print_costs()
    print_contrast(arguments.replicates, rng)


if __name__ == "__main__":
    main()
