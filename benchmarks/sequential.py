"""Reviews that stop when they know enough: verdicts and error rates, beside peeking and a fixed size.

python -m benchmarks.sequential
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln, xlog1py, xlogy
from scipy.stats import binom

from sampling.estimation.estimate import Estimate, IntervalMethod
from sampling.estimation.limits import proportion_limits
from sampling.sequential.certification import anytime_p_values
from sampling.sequential.confidence_sequence import confidence_sequence
from sampling.sequential.expectation import Scenario, simulated_reviews, verdicts_until
from sampling.sequential.fixed_width import CALIBRATED_ERROR, WidthRule
from sampling.sequential.reading import OrderedReview, ReadBlocks
from sampling.sequential.stopping_law import LimitsOf, stopping_law

TARGET, CAP, SEED, R = 0.9, 2_000, 4, 4_000
BY_ENTITY = (18_000.0, 8_500.0, 2_030_000.0)
BY_ANNOTATION = (5_176_000.0, 40_800.0, 1_970_000.0)
SEVEN_TWO_ONE = (1400, 400, 200)


def unit_by_unit(accuracy: float) -> ReadBlocks:
    """One stratum, looked at after every unit."""
    shape = (CAP, 1)
    return ReadBlocks(
        n_counted=np.ones(shape, dtype=np.int64),
        n_correct=np.random.default_rng(SEED).binomial(1, accuracy, size=(R, *shape)),
        weights=np.ones(1),
        last_block=np.arange(CAP),
        n_blocks=CAP,
        n_blocks_complete=CAP,
    )


def peeking(read: ReadBlocks) -> NDArray[np.bool_]:
    """Stop as soon as Wilson's one-sided 95 % limit is above the target, from 30 units on."""
    n = np.arange(1, CAP + 1).astype(np.float64)
    n_correct = read.n_correct[..., 0].cumsum(axis=1).astype(np.float64)
    lower = proportion_limits(n_correct, n, confidence=0.9).low
    return (lower >= TARGET) & (n >= 30)


def fixed_size(accuracy: float) -> str:
    """The units that an exact binomial test at 5 % needs to certify with 90 %, if p is known beforehand."""
    n = np.arange(30, 20_000)
    needed = binom.isf(0.05, n, TARGET) + 1
    has_power = np.asarray(binom.sf(needed - 1, n, accuracy) >= 0.9)
    return str(n[has_power][0]) if np.any(has_power) else "-"


def told(read: ReadBlocks, is_reached: NDArray[np.bool_]) -> str:
    verdicts = verdicts_until(read, is_reached)
    share = is_reached.any(axis=-1).mean()
    return f"{verdicts.mean():5.0f} ({np.quantile(verdicts, 0.9):4.0f}) {100 * share:5.1f} %"


def certified(read: ReadBlocks) -> NDArray[np.bool_]:
    return anytime_p_values(read, target=TARGET) <= 0.05


def certify_table() -> None:
    print(f"certify ≥ {TARGET} at 95 %, cap {CAP}: mean (p90) verdicts, share certified; R = {R}")
    columns = ("every unit", "blocks of 10", "blocks of 7/2/1", "peeking, Wilson")
    print("    p   ", *(f"{column:22}" for column in columns), "fixed n", sep="")
    for p in (0.9, 0.93, 0.948, 0.96):
        single = unit_by_unit(p)
        ten = simulated_reviews(Scenario(sizes=(CAP,), accuracies=(p,), n_reviews=R), seed=SEED)
        strata = Scenario(sizes=SEVEN_TWO_ONE, accuracies=(p + 0.011, p - 0.029, p - 0.019), n_reviews=R)
        mixed = simulated_reviews(strata, seed=SEED)
        reviews = [told(read, certified(read)) for read in (single, ten, mixed)]
        print(f"{p:5.3f}", *reviews, told(single, peeking(single)), fixed_size(p), sep="   ")


def mix_name(sizes: Sequence[int], weights: Sequence[float]) -> str:
    shares = " ".join(f"{weight / sum(weights):.3f}" for weight in weights)
    return f"{'/'.join(map(str, sizes)):13} weights {shares or 'by size':18}"


def boundary_table() -> None:
    print(f"\nfalsely certified where the mix is exactly at the target, nominal 5 %; R = {R}")
    for sizes, weights, accuracies in (
        (SEVEN_TWO_ONE, (), (0.93, 0.82, 0.85)),
        (SEVEN_TWO_ONE, (), (0.9, 0.9, 0.9)),
        (SEVEN_TWO_ONE, (), (6 / 7, 1.0, 1.0)),
        ((1401, 399, 200), (), (0.93, 0.82, 0.85)),
        ((5, 100, 900), (), (0.2, 0.9, 0.9)),
        (SEVEN_TWO_ONE, BY_ENTITY, (0.95, 0.8, 0.9)),
        ((100, 1000), (1.0, 1.0), (0.8, 1.0)),
    ):
        read = simulated_reviews(
            Scenario(sizes=sizes, weights=weights, accuracies=accuracies, n_reviews=R), seed=SEED
        )
        p_values = anytime_p_values(read, target=float(read.weights @ np.array(accuracies)) + 1e-12)
        rate = 100 * (p_values[:, -1] <= 0.05).mean()
        shares = " ".join(f"{p:.3f}" for p in accuracies)
        print(f"  {mix_name(sizes, weights)}  p_h {shares:20} {rate:4.1f} %")


def limits_of(error_rate: float, method: IntervalMethod) -> LimitsOf:
    return lambda x, n: proportion_limits(x, n, confidence=1 - error_rate, method=method)


def width_table() -> None:
    print("\nestimate to ± 0.05 at 95 %, one stratum, looked at after every unit; exact")
    print("  interval, error rate     least coverage: p ≤ .995   all p   mean n at p = .99 .95 .91 .85 .54")
    for method, error_rate in (
        (IntervalMethod.WILSON, 0.05),
        (IntervalMethod.WILSON, 0.035),
        (IntervalMethod.CLOPPER_PEARSON, 0.05),
        (IntervalMethod.CLOPPER_PEARSON, 0.035),
        (IntervalMethod.AGRESTI_COULL, 0.05),
        (IntervalMethod.AGRESTI_COULL, CALIBRATED_ERROR[0.95]),
    ):
        law = stopping_law(limits_of(error_rate, method), half_width=0.05)
        least = [100 * law.least_coverage(high=high)[0] for high in (0.995, 1 - 1e-6)]
        means = [round(law.mean_n(p)) for p in (0.99, 0.95, 0.91, 0.85, 0.54)]
        print(f"  {method.value:16} {error_rate:5.3f}  {least[0]:22.2f} {least[1]:11.2f}    ", *means)
    print("\nleast coverage over all p of the calibrated interval, by the block size; exact")
    for confidence, error_rate in CALIBRATED_ERROR.items():
        for half_width in (0.1, 0.05, 0.03, 0.02):
            least = [
                stopping_law(
                    limits_of(error_rate, IntervalMethod.AGRESTI_COULL),
                    half_width=half_width,
                    block_size=block_size,
                ).least_coverage()[0]
                for block_size in (1, 10, 20, 50)
            ]
            print(f"  {confidence:4} ± {half_width:4}", *(f"{100 * each:6.2f}" for each in least))


def stratified_width_table() -> None:
    print(
        f"\nestimate to ± w at 95 %, mixes: least coverage over six patterns of p_h (mean verdicts); R = {R}"
    )
    patterns = (
        (0.967, 0.897, 0.941),
        (0.82, 0.85, 0.93),
        (0.9, 1.0, 1.0),
        (1.0, 1.0, 0.9),
        (0.5, 0.9, 0.7),
        (0.997, 0.997, 0.997),
    )
    for sizes, weights in (
        (SEVEN_TWO_ONE, ()),
        ((666, 667, 667), ()),
        ((5, 100, 900), ()),
        (SEVEN_TWO_ONE, BY_ENTITY),
        ((960, 286, 754), BY_ANNOTATION),
        ((666, 667, 667), (0.7, 0.2, 0.1)),
        ((100, 1000), (0.5, 0.5)),
        ((60, 2000), (0.5, 0.5)),
    ):
        cells = []
        for half_width in (0.1, 0.05, 0.03, 0.02):
            found = [
                coverage_at_width(
                    Scenario(sizes=sizes, weights=weights, accuracies=p[: len(sizes)], n_reviews=R),
                    half_width,
                )
                for p in patterns
            ]
            cells.append(f"{100 * min(c for c, _ in found):5.1f} ({np.mean([n for _, n in found]):5.0f})")
        print(f"  {mix_name(sizes, weights)}", *cells, sep="  ")


def coverage_at_width(scenario: Scenario, half_width: float) -> tuple[float, float]:
    read = simulated_reviews(scenario, seed=SEED)
    rule = WidthRule(half_width=half_width)
    course = rule.follow(read)
    reached = rule.is_reached(course)
    last = np.where(reached.any(axis=-1), reached.argmax(axis=-1), reached.shape[-1] - 1)
    row = np.arange(last.size)
    truth = float(read.weights @ np.array(scenario.accuracies))
    covers = (course.low[row, last] <= truth) & (truth <= course.high[row, last])
    return float(covers.mean()), float(verdicts_until(read, reached).mean())


def sequence_table() -> None:
    print("\nwidth of a confidence sequence over Wilson's interval, one stratum; 200 reviews")
    print("     p      n   by betting   beta-binomial (38, 2)   (19, 1)   (1, 1)")
    for p in (0.7, 0.81, 0.9, 0.948, 0.98):
        for n in (50, 200, 2_000):
            x = np.random.default_rng(SEED).binomial(n, p, size=200)
            wilson = proportion_limits(x.astype(np.float64), np.full(x.size, float(n)), confidence=0.95)
            widths = [
                by_betting(x, n),
                *(beta_binomial(x, n, *prior) for prior in ((38, 2), (19, 1), (1, 1))),
            ]
            ratios = [float(np.mean(width / (wilson.high - wilson.low))) for width in widths]
            print(f"  {p:5.3f} {n:5}   " + "{:8.2f} {:18.2f} {:14.2f} {:8.2f}".format(*ratios))


def by_betting(successes: NDArray[np.int64], n: int) -> NDArray[np.float64]:
    block = np.arange(n) // 10
    plain = OrderedReview(block=block, stratum=0 * block, outcome=0 * block, weights=np.ones(1))
    width = {}
    for x in set(successes.tolist()):
        found = confidence_sequence(replace(plain, outcome=(np.arange(n) < x).astype(np.int64)))
        assert isinstance(found, Estimate)
        width[x] = found.interval.high - found.interval.low
    return np.array([width[x] for x in successes.tolist()])


def beta_binomial(x: NDArray[np.int64], n: int, a: float, b: float) -> NDArray[np.float64]:
    """The t with B(a + x, b + n − x)/B(a, b) < t^x·(1 − t)^(n−x)/0.05."""

    def is_rejected(t: NDArray[np.float64]) -> NDArray[np.bool_]:
        ratio = betaln(a + x, b + n - x) - betaln(a, b) - xlogy(x, t) - xlog1py(n - x, -t)
        return np.asarray(ratio >= -np.log(0.05))

    low = edge(is_rejected, x / n)
    return 1 - edge(lambda t: is_rejected(1 - t), 1 - x / n) - low


def edge(
    is_rejected: Callable[[NDArray[np.float64]], NDArray[np.bool_]], inside: NDArray[np.float64]
) -> NDArray[np.float64]:
    low, high = np.zeros_like(inside), np.maximum(inside, 1e-12)
    for _ in range(45):
        middle = (low + high) / 2
        rejected = is_rejected(middle)
        low, high = np.where(rejected, middle, low), np.where(rejected, high, middle)
    return low


TABLES: Sequence[Callable[[], None]] = (
    certify_table,
    boundary_table,
    width_table,
    stratified_width_table,
    sequence_table,
)


def main() -> None:
    for table in TABLES:
        table()


if __name__ == "__main__":
    main()
